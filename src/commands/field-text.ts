/** A field of a layer in words: its kind, size, default, names of its values. */
import { type Field, Kind, type Packet } from '../packet/index.js'

const NUMBER_KINDS: Readonly<Record<number, string>> = {
  [Kind.BITS]: 'bits',
  [Kind.U8]: 'u8',
  [Kind.U16]: 'u16',
  [Kind.U24]: 'u24',
  [Kind.U32]: 'u32',
  [Kind.U64]: 'u64',
  [Kind.U16LE]: 'u16le',
  [Kind.U32LE]: 'u32le',
  [Kind.U64LE]: 'u64le',
  [Kind.IPV4]: 'ipv4',
  [Kind.IPV6]: 'ipv6',
  [Kind.MAC]: 'mac',
}

/** The kind as a layer is declared with: `u16`, `flags`, `ipv4`; of others what they hold. */
export function kindText(field: Field): string {
  if (field.flagNames !== null) return 'flags'
  if (field.kind !== Kind.CODEC) return NUMBER_KINDS[field.kind] ?? 'number'
  return field.codec?.kindName ?? 'value'
}

/** `16 bits`, `64 bytes`, `variable`. */
export function sizeText(field: Field): string {
  const bits = sizeInBits(field)
  if (bits === undefined) return 'variable'
  if (field.kind === Kind.CODEC || bits > 64) return `${bits / 8} bytes`
  return bits === 1 ? '1 bit' : `${bits} bits`
}

/** Bits of the field when they are always as many, else undefined. */
export function sizeInBits(field: Field): number | undefined {
  if (field.kind !== Kind.CODEC) return field.bits
  return field.size > 0 ? field.size * 8 : undefined
}

/** What unset means: a value, `auto` (computed when built), `by route` (found when sent), or nothing where it is empty. */
export function defaultText(field: Field): string {
  if (field.automatic !== null) return 'auto'
  if (field.dynamicDefault !== null) return 'by route'
  if (field.defaultValue === undefined) return field.kind === Kind.CODEC ? 'empty' : ''
  return valueText(field, field.present(field.defaultValue))
}

/** A presented value in words: the number with its name, `''` for an empty text, `none` for no flags. */
export function valueText(field: Field, value: unknown, packet?: Packet): string {
  const text = field.show(value, packet)
  if (text === '') return field.flagNames === null ? "''" : 'none'
  return typeof value === 'number' && field.enumName(value, packet) !== undefined ? `${value} ${text}` : text
}

/** Names of values, or the flags from the lowest bit up. @param most how many names; the rest is counted */
export function namesText(field: Field, most = Number.POSITIVE_INFINITY): string {
  if (field.flagNames !== null) return flagsText(field.flagNames)
  const names = namesOf(field)
  if (names.length === 0) return ''
  const shown = names.slice(0, most).map(([number, name]) => `${number} ${name}`)
  return `${shown.join(', ')}${names.length > most ? `, … (${names.length} in all)` : ''}`
}

/** Numbers with their names; those that depend on another field are in {@link namesByOther}. */
export function namesOf(field: Field): [number: string, name: string][] {
  return Object.entries(field.enumNames ?? {})
}

/** Names by the value of another field, such as codes by type. */
export function namesByOther(field: Field): [selector: string, names: [string, string][]][] {
  return Object.entries(field.nameTables ?? {}).map(([selector, names]) => [selector, Object.entries(names)])
}

function flagsText(flags: readonly string[]): string {
  const named = flags.filter((flag) => flag !== '')
  return named.join(named.some((flag) => flag.length > 1) ? ' ' : '')
}

/** What else is to be said of it: whether it is there in all packets. */
export function conditionText(field: Field): string {
  return field.condition === null ? '' : 'only in some packets'
}
