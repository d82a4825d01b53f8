/** Fields of layers: their names with what they are, and the names that their values may have. */
import { meaningOf } from '../../commands/field-meanings.js'
import { defaultText, kindText, sizeText } from '../../commands/field-text.js'
import { type Field, Kind } from '../../packet/index.js'
import type { Completion } from './types.js'
import { oneLine } from './values.js'

/** Flags that are usual together, by the letters that a layer has. */
const COMBINATIONS: Readonly<Record<string, readonly (readonly [text: string, meaning: string])[]>> = {
  FSRPAUECN: [
    ['S', 'opens a connection'],
    ['SA', 'accepts it'],
    ['A', 'acknowledges'],
    ['PA', 'data'],
    ['FA', 'no more data'],
    ['R', 'refuses, or breaks off'],
    ['RA', 'refuses a SYN'],
    ['FPU', 'Xmas scan'],
  ],
}

/** The names of flags that are single letters. */
const LETTERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  FSRPAUECN: {
    F: 'FIN: no more data',
    S: 'SYN: opens a connection',
    R: 'RST: refuses, or breaks off',
    P: 'PSH: data is to be handed over at once',
    A: 'ACK: the field ack counts',
    U: 'URG: the field urgptr counts',
    E: 'ECE: there was congestion (ECN)',
    C: 'CWR: slows down because of congestion (ECN)',
    N: 'NS (RFC 3540), AE (RFC 9768)',
  },
}

const KINDS: Readonly<Record<string, string>> = {
  ipv4: 'IPv4 address',
  ipv6: 'IPv6 address',
  mac: 'MAC address',
}

/** What a field is in one line: `16 bits, default http · Port of the receiver`. */
export function fieldDetail(field: Field): string {
  const unset = defaultText(field)
  const isPlain = unset === '' || unset === 'empty' || unset === 'none'
  const byDefault = unset === 'auto' ? 'automatic' : unset === 'by route' ? unset : `default ${unset}`
  const meaning = meaningOf(field)
  const facts = isPlain ? formText(field) : `${formText(field)}, ${byDefault}`
  return oneLine(meaning === undefined ? facts : `${facts} · ${meaning}`)
}

/** Kind and size, as far as the kind does not say the size: `16 bits`, `9 flags`, `IPv4 address`, `options`. */
function formText(field: Field): string {
  if (field.flagNames !== null) return field.bits === 1 ? '1 flag' : `${field.bits} flags`
  const kind = kindText(field)
  if (field.kind !== Kind.CODEC) return KINDS[kind] ?? sizeText(field)
  return field.size > 0 ? `${kind}, ${sizeText(field)}` : kind
}

/** Names for a value of a field, with the numbers they stand for. Nothing where it has none. */
export function valuesOfField(field: Field, typed: string): Completion[] {
  if (field.flagNames !== null) return flagValues(field.flagNames, typed)
  const tables = field.nameTables === null ? [field.enumNames ?? {}] : Object.values(field.nameTables)
  const items = new Map<string, Completion>()
  for (const [number, name] of tables.flatMap((table) => Object.entries(table))) {
    if (items.has(name)) continue
    const preset = field.nameTables === null && Number(number) === field.defaultValue ? ', the default' : ''
    items.set(name, { text: name, kind: 'value', detail: `${number}${preset}` })
  }
  return [...items.values()]
}

/** Single letters are typed one behind the other: what is there stays, and each further flag is offered behind it. */
function flagValues(flags: readonly string[], typed: string): Completion[] {
  const named = flags.filter((flag) => flag !== '')
  const detailOf = (flag: string): string => `flag, ${hex(2 ** flags.indexOf(flag))}`
  if (named.some((flag) => flag.length > 1)) {
    const start = typed.lastIndexOf('+') + 1
    const given = typed.slice(0, start).split('+')
    return named
      .filter((flag) => !given.includes(flag))
      .map((flag) => ({ text: typed.slice(0, start) + flag, label: flag, kind: 'value', detail: detailOf(flag) }))
  }
  const letters = flags.join('')
  const meanings = Object.hasOwn(LETTERS, letters) ? LETTERS[letters]! : {}
  const usual = (Object.hasOwn(COMBINATIONS, letters) ? COMBINATIONS[letters]! : []).filter(([text]) =>
    text.startsWith(typed),
  )
  const items: Completion[] = usual.map(([text, meaning]) => ({
    text,
    kind: 'value',
    detail: `${[...text].map((letter) => meanings[letter]?.split(':')[0] ?? letter).join(' ')}: ${meaning}`,
  }))
  const texts = new Set(usual.map(([text]) => text))
  for (const flag of named) {
    const text = typed + flag
    if (typed.includes(flag) || texts.has(text)) continue
    items.push({ text, kind: 'value', detail: meanings[flag] ?? detailOf(flag) })
  }
  return items
}

function hex(number: number): string {
  return `0x${number.toString(16)}`
}

/** The names of options that a list of options takes, such as TCP's `MSS`. */
export function optionNamesOf(field: Field): Completion[] {
  const names = field.codec?.optionNames?.() ?? []
  return names.map(([name, about]) => ({ text: name, kind: 'value', detail: about }))
}
