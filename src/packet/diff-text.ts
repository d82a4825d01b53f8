import { toBytes } from './bytes.js'
import { differencesOf, type FieldDifference, type LayerDifference } from './diff.js'
import { type ByteDifference, byteDifferenceLines, byteDifferences } from './diff-bytes.js'
import { PacketError } from './errors.js'
import type { Packet } from './packet.js'
import { type Painter, painterFor, unpainted } from './paint.js'
import type { FieldRange } from './places.js'

export interface DiffOptions {
  /** What is the same too: fields, or rows of bytes. */
  all?: boolean
}

const INSPECT = Symbol.for('nodejs.util.inspect.custom')
/** Byte fields that are longer are shown as rows, with what differs marked. */
const LONG = 16
/** Characters of a value that are shown. */
const TEXT_LENGTH = 300

/** What differs between two packets: an array of fields, which prints as a list of `-` and `+`. */
export class PacketDiff extends Array<FieldDifference> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array
  }

  _layers: LayerDifference[] = []

  /** `no difference`, or all that differs in one text. */
  override toString(): string {
    return this._text(unpainted)
  }

  toJSON(): unknown[] {
    return Array.from(this, ({ layer, field, a, b }) => ({ layer, field, a, b }))
  }

  [INSPECT](_depth: number, options: { colors?: boolean } = {}): string {
    return this._text(painterFor({ color: options.colors === true }))
  }

  _text(paint: Painter): string {
    const { _layers: layers } = this
    if (layers.length === 0) return 'no difference'
    const width = Math.max(10, ...layers.flatMap(({ fields }) => fields.map(({ field }) => field.length)))
    return layers.flatMap((layer, number) => layerLines(layer, number, width, paint)).join('\n')
  }
}

/** What differs between two byte strings: an array of pieces, which prints as rows of `-` and `+`. */
export class BytesDiff extends Array<ByteDifference> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array
  }

  _a: Uint8Array = new Uint8Array(0)
  _b: Uint8Array = new Uint8Array(0)
  _all = false

  override toString(): string {
    return this._text(unpainted)
  }

  [INSPECT](_depth: number, options: { colors?: boolean } = {}): string {
    return this._text(painterFor({ color: options.colors === true }))
  }

  _text(paint: Painter): string {
    if (this.length === 0 && !this._all) return 'no difference'
    return byteDifferenceLines(this._a, this._b, this._all, paint).join('\n')
  }
}

/**
 * Compares two packets field by field as they are on the wire, or two byte strings byte by byte; of a packet and bytes the
 * bytes of both. The result is an array of what differs, empty where nothing does, and prints with `-` and `+`.
 * @throws PacketError for anything else
 */
export function diff(a: Packet, b: Packet, options?: DiffOptions): PacketDiff
export function diff(a: Packet | Uint8Array | string, b: Uint8Array | string, options?: DiffOptions): BytesDiff
export function diff(a: Uint8Array | string, b: Packet, options?: DiffOptions): BytesDiff
export function diff(a: unknown, b: unknown, { all = false }: DiffOptions = {}): PacketDiff | BytesDiff {
  if (isPacket(a) && isPacket(b)) {
    const result = new PacketDiff()
    result._layers = differencesOf(a, b, all)
    Object.defineProperty(result, '_layers', { enumerable: false })
    for (const { fields } of result._layers) result.push(...fields)
    return result
  }
  const result = new BytesDiff()
  result._a = bytesOf(a)
  result._b = bytesOf(b)
  result._all = all
  for (const name of ['_a', '_b', '_all']) Object.defineProperty(result, name, { enumerable: false })
  result.push(...byteDifferences(result._a, result._b))
  return result
}

function isPacket(value: unknown): value is Packet {
  return typeof value === 'object' && value !== null && '_layer' in value && '_payload' in value
}

function bytesOf(value: unknown): Uint8Array {
  if (typeof value === 'string' || value instanceof Uint8Array) return toBytes(value)
  if (isPacket(value)) return value.bytes()
  const what =
    typeof value === 'object' && value !== null && typeof (value as { length?: unknown }).length === 'number'
      ? 'a list: give one packet of it, such as list[0]'
      : value === null
        ? 'null'
        : typeof value
  throw new PacketError(`diff: takes two packets, or two byte strings, not ${what}`)
}

function layerLines({ layer, has, fields }: LayerDifference, number: number, width: number, paint: Painter): string[] {
  const title =
    has === 'both'
      ? paint('title', layer, number)
      : has === 'a'
        ? `${paint('before', `- ${layer}`)} ${paint('aside', 'only in the first')}`
        : `${paint('after', `+ ${layer}`)} ${paint('aside', 'only in the second')}`
  return [title, ...fields.flatMap((field) => fieldLines(field, width, paint))]
}

function fieldLines(difference: FieldDifference, width: number, paint: Painter): string[] {
  const { field, a, b, aText, bText, aRange, bRange, isSame } = difference
  const label = field.padEnd(width)
  if (isSame) return [`    ${paint('field', label)}= ${cut(aText ?? '', 0)}${place(bRange, paint)}`]
  if (a instanceof Uint8Array && b instanceof Uint8Array && Math.max(a.length, b.length) > LONG) {
    const sizes = a.length === b.length ? `${a.length} bytes` : `${a.length} bytes, then ${b.length}`
    const rows = byteDifferenceLines(a, b, false, paint)
    return [`    ${paint('field', label)}: ${sizes}${place(aRange, paint)}`, ...rows.map(indented)]
  }
  const from = firstDifference(aText ?? '', bText ?? '')
  const lines: string[] = []
  if (aText !== undefined) lines.push(`${paint('before', `-   ${label}= ${cut(aText, from)}`)}${place(aRange, paint)}`)
  if (bText !== undefined) {
    const isElsewhere = aRange?.offset !== bRange?.offset || aRange?.length !== bRange?.length
    lines.push(`${paint('after', `+   ${label}= ${cut(bText, from)}`)}${isElsewhere ? place(bRange, paint) : ''}`)
  }
  return lines
}

/** A row of bytes below its field: the sign stays at the edge. */
function indented(row: string): string {
  return /^ {8}/.test(row) ? `  ${row}` : row.replace(/^((?:\x1b\[[\d;]*m)*[-+ ](?:\x1b\[[\d;]*m)*) /, '$1   ')
}

/** `  byte 22`, `  bytes 26–29`, `  bits 4–7 of byte 14`. */
function place(range: FieldRange | undefined, paint: Painter): string {
  if (range === undefined || range.length === 0) return ''
  const { offset, length, bits } = range
  const bytes = length === 1 ? `byte ${offset}` : `bytes ${offset}–${offset + length - 1}`
  const last = bits === undefined ? 0 : bits.first + bits.count - 1
  const which = bits === undefined ? '' : bits.count === 1 ? `bit ${bits.first} of ` : `bits ${bits.first}–${last} of `
  return `  ${paint('aside', which + bytes)}`
}

function firstDifference(a: string, b: string): number {
  let at = 0
  while (at < a.length && at < b.length && a[at] === b[at]) at++
  return at
}

/** A long text around the place where it differs. */
function cut(text: string, from: number): string {
  if (text.length <= TEXT_LENGTH) return text
  const start = Math.max(0, Math.min(from - 40, text.length - TEXT_LENGTH))
  const end = start + TEXT_LENGTH
  return `${start > 0 ? '…' : ''}${text.slice(start, end)}${end < text.length ? '…' : ''}`
}
