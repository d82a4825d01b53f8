/** Values as text: what the prompt and `netshell -e` print. */
import { types } from 'node:util'
import { printable, printableJson } from '../exchange/printable.js'
import { setting } from '../exchange/settings.js'
import { type Paint, plain } from '../exchange/terminal-colours.js'
import { Packet, toHex } from '../packet/index.js'
import { answersText } from './render/answers.js'
import type { Context } from './render/context.js'
import { listTable, listText, packetsOf, paintSummary, summaryOf } from './render/packet-list.js'
import { recordsText } from './render/records.js'
import { bytesText, errorText, stringText, timerText, valueText } from './render/values.js'

/** How to print. */
export interface RenderOptions {
  paint?: Paint
  /** Columns of the terminal. */
  width?: number
  /** Rows of the terminal: tables have no more than fit on it. */
  height?: number
  /** Text without quotes (`netshell -e`). */
  raw?: boolean
  /** The reader is no terminal: text stays as it is, control characters too. Only with `raw`. */
  verbatim?: boolean
  /** Lists of packets and of similar objects as tables that fit the width: for people at a terminal. */
  tables?: boolean
  /** The name under which the value is found again, such as `_3`: how to see more of it is told with it. */
  label?: string
}

/** Rows of a table that are shown on the smallest screen, and lines that it has besides: name, headings, count, the next prompt. */
const LEAST_ROWS = 5
const AROUND_ROWS = 5

/** The text of a value, without a line end; undefined when there is nothing to print. It never throws. */
export function render(value: unknown, options: RenderOptions = {}): string | undefined {
  const {
    paint = plain,
    width = 80,
    height = Number.POSITIVE_INFINITY,
    raw = false,
    verbatim = false,
    tables = false,
    label,
  } = options
  if (value === undefined) return undefined
  const context: Context = {
    paint,
    width,
    rows: Math.min(setting('rows'), Math.max(LEAST_ROWS, height - AROUND_ROWS)),
    label,
  }
  if (typeof value === 'string') {
    if (raw) return verbatim ? value : printable(value)
    return stringText(value, context)
  }
  try {
    return objectText(value, context, tables) ?? valueText(value, context)
  } catch {
    // What is looked at may be the user's own, and fail: as plain as possible then.
    return valueText(value, context)
  }
}

/** What has a look of its own. */
function objectText(value: unknown, context: Context, tables: boolean): string | undefined {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return undefined
  const { paint } = context
  if (value instanceof Packet) return paintSummary(summaryOf(value), paint)
  if (value instanceof Uint8Array) return bytesText(value, context)
  if (types.isNativeError(value)) return errorText(value, context)
  const timer = timerText(value, context)
  if (timer !== undefined) return timer
  const answers = tables ? answersText(value, context) : undefined
  if (answers !== undefined) return answers
  const packets = packetsOf(value)
  if (packets) return tables ? listTable(packets, context) : listText(packets, context)
  return tables ? recordsText(value, context) : undefined
}

/** JSON lines of a value: one for each packet of a list, else one. Bytes become hexadecimal text. */
export function renderJson(value: unknown): string[] {
  if (value === undefined) return []
  const isObject = typeof value === 'object' && value !== null
  const packets = value instanceof Packet && value.count() > 1 ? value : isObject ? packetsOf(value) : null
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
