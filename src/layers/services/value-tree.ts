/** Values made of numbers, texts, bytes and lists of such: how lists of options print, compare and write them as JSON. */
import { escapeBytes, fromHex, quoted, sameBytes, toHex } from '../../packet/index.js'
import { printable } from './dns-texts.js'

/** A number, a text, bytes, or a list of such. */
export type ValueTree = number | bigint | string | Uint8Array | readonly ValueTree[]

/** JSON of a value: bytes are `{"hex": "…"}`, so that no text is taken for them; large numbers are their digits. */
export function treeJson(value: ValueTree): unknown {
  if (value instanceof Uint8Array) return { hex: toHex(value) }
  if (typeof value === 'bigint')
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : { number: value.toString() }
  return Array.isArray(value) ? value.map(treeJson) : value
}

/** The value that `treeJson` printed. */
export function treeFromJson(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(treeFromJson)
  const { hex, number } = (json ?? {}) as { hex?: unknown; number?: unknown }
  if (typeof hex === 'string') return fromHex(hex)
  return typeof number === 'string' && /^\d+$/.test(number) ? BigInt(number) : json
}

/** A value as `show()` prints it: texts in quotes where they are more than a word, bytes in hexadecimal. */
export function treeText(value: ValueTree | undefined): string {
  if (value === undefined) return ''
  if (value instanceof Uint8Array) return toHex(value)
  if (Array.isArray(value)) return `(${value.map(treeText).join(' ')})`
  if (typeof value !== 'string') return String(value)
  return /^[\w.:/@+-]+$/.test(value) ? value : quoted(value)
}

/** JavaScript that gives the value. */
export function treeCommand(value: ValueTree): string {
  if (value instanceof Uint8Array) return `hex('${toHex(value)}')`
  if (Array.isArray(value)) return `[${value.map(treeCommand).join(', ')}]`
  if (typeof value === 'bigint') return `${value}n`
  return typeof value === 'string' ? quoted(value) : String(value)
}

/** Whether two values are the same. */
export function sameTree(a: ValueTree, b: ValueTree): boolean {
  if (a instanceof Uint8Array || b instanceof Uint8Array)
    return a instanceof Uint8Array && b instanceof Uint8Array && sameBytes(a, b)
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b
  return a.length === b.length && a.every((each, i) => sameTree(each as ValueTree, b[i] as ValueTree))
}

/** Bytes or a text as a person reads it in a summary; nothing where the field was cut off. */
export function readable(value: string | Uint8Array | undefined): string {
  if (value === undefined) return ''
  return typeof value === 'string' ? printable(value) : escapeBytes(value)
}
