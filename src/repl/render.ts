/** Values as text: what the prompt and `netshell -e` print. */
import { inspect } from 'node:util'
import { printable, printableJson } from '../exchange/printable.js'
import { hexdumpOf, Packet, toHex } from '../packet/index.js'
import { type Paint, plain } from './colours.js'

/** How to print. */
export interface RenderOptions {
  paint?: Paint
  /** Columns of the terminal. */
  width?: number
  /** Text without quotes (`netshell -e`). */
  raw?: boolean
  /** The reader is no terminal: text stays as it is, control characters too. Only with `raw`. */
  verbatim?: boolean
}

/** Packets of a list that are shown before `… 80 more`. */
const SHOWN = 20
/** Bytes that are shown as a plain row of hexadecimal digits; more get a dump. */
const SHORT_BYTES = 32
/** Bytes of a dump. */
const DUMPED = 512

/** The text of a value, without a line end; undefined when there is nothing to print. */
export function render(
  value: unknown,
  { paint = plain, width = 80, raw = false, verbatim = false }: RenderOptions = {},
): string | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'string') {
    if (raw && verbatim) return value
    return raw || value.includes('\n') ? printable(value) : paint('green', printable(inspect(value)))
  }
  if (value instanceof Packet) return paintSummary(printable(value.summary()), paint)
  if (value instanceof Uint8Array) return bytesText(value, paint)
  const packets = packetsOf(value)
  if (packets) return listText(packets, paint)
  const text = inspect(value, {
    colors: paint !== plain,
    breakLength: Math.max(width - 2, 40),
    depth: 4,
    maxArrayLength: 100,
    maxStringLength: 2000,
    numericSeparator: false,
  })
  return printable(text, paint !== plain)
}

/** JSON lines of a value: one for each packet of a list, else one. Bytes become hexadecimal text. */
export function renderJson(value: unknown): string[] {
  if (value === undefined) return []
  const packets = value instanceof Packet && value.count() > 1 ? value : packetsOf(value)
  if (packets) return Array.from(packets as Iterable<Packet>, (packet) => printableJson(toJson(packet)))
  return [printableJson(toJson(value))]
}

function toJson(value: unknown): string {
  return (
    JSON.stringify(value, function (this: Record<string, unknown>, key, converted: unknown) {
      // Buffers have a toJSON of their own, so look at what was there before it.
      const original = this[key]
      if (original instanceof Uint8Array) return toHex(original)
      if (typeof converted === 'bigint') return safeNumber(converted)
      if (converted instanceof Map) return Object.fromEntries(converted)
      if (converted instanceof Set) return [...converted]
      if (converted instanceof Error) return { error: converted.message }
      return converted
    }) ?? 'null'
  )
}

function safeNumber(value: bigint): number | string {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : String(value)
}

interface PacketSequence extends Iterable<Packet> {
  readonly length: number
}

/** The value as a list of packets, or null. A list of the capture part is one by its methods, an array by what is in it. */
function packetsOf(value: unknown): PacketSequence | null {
  if (typeof value !== 'object' || value === null) return null
  if (Array.isArray(value)) return value.length > 0 && value.every((item) => item instanceof Packet) ? value : null
  const list = value as Partial<PacketSequence> & { summary?: unknown; nsummary?: unknown }
  const isList = typeof list.summary === 'function' && typeof list.length === 'number' && Symbol.iterator in list
  return isList ? (list as PacketSequence) : null
}

function listText(packets: PacketSequence, paint: Paint): string {
  const { length } = packets
  const lines: string[] = []
  const digits = Math.max(4, String(length).length)
  for (const packet of packets) {
    if (lines.length === SHOWN) break
    lines.push(
      `${paint('gray', String(lines.length).padStart(digits, '0'))} ${paintSummary(printable(packet.summary()), paint)}`,
    )
  }
  const kind = Array.isArray(packets) ? `${length} packet${length === 1 ? '' : 's'}` : String(packets)
  const more = length > SHOWN ? `${length - SHOWN} more: .slice(${SHOWN}) shows the next, [n] one` : ''
  lines.push(paint('gray', more ? `${kind} (${more})` : kind))
  return lines.join('\n')
}

/** `Ether / IP / TCP 10.0.0.1:80 > … S / Raw`: the layers stand out. */
function paintSummary(summary: string, paint: Paint): string {
  if (paint === plain) return summary
  return summary
    .split(' / ')
    .map((part) => part.replace(/^[\w.:-]+/, (name) => paint('cyan', name)))
    .join(paint('gray', ' / '))
}

function bytesText(bytes: Uint8Array, paint: Paint): string {
  const count = `${bytes.length} byte${bytes.length === 1 ? '' : 's'}`
  if (bytes.length <= SHORT_BYTES) {
    return bytes.length === 0 ? paint('gray', count) : `${paint('yellow', toHex(bytes))} ${paint('gray', `(${count})`)}`
  }
  const rest = bytes.length > DUMPED ? `, the first ${DUMPED} shown` : ''
  return `${hexdumpOf(bytes.subarray(0, DUMPED)).trimEnd()}\n${paint('gray', count + rest)}`
}
