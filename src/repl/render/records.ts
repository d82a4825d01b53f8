/** Arrays and Maps of similar objects as tables: `interfaces()`, `routes()`, what a script has collected. */
import { types } from 'node:util'
import { PacketList } from '../../capture/index.js'
import { grouped } from '../../exchange/job.js'
import { printable } from '../../exchange/printable.js'
import type { Style } from '../../exchange/terminal-colours.js'
import { Packet, toHex } from '../../packet/index.js'
import { type Column, table } from '../../tools/fitted-table.js'
import { type Context, countLine, isA } from './context.js'
import { inspected } from './values.js'

/** Fewer than this is shown as it is. */
const LEAST_ROWS = 2
/** More columns than this are no table any more. */
const MOST_COLUMNS = 24
/** Rows that decide about the columns; those behind them are as the first ones, or their cells are empty. */
const LOOKED_AT = 1000
const MOST_CHARACTERS = 200

/** Of what the network's functions give, what people look for last: these columns are left out first. */
const MINOR = new Set([
  'index',
  'linkType',
  'backend',
  'interfaceIndex',
  'type',
  'protocol',
  'scope',
  'table',
  'family',
  'packetsAToB',
  'bytesAToB',
  'packetsBToA',
  'bytesBToA',
  'start',
])

const INSPECT = Symbol.for('nodejs.util.inspect.custom')

type Fields = ReadonlyMap<string, unknown>

/** The table of an array or a Map of objects with the same fields; undefined where it is none. */
export function recordsText(value: object, context: Context): string | undefined {
  if (value instanceof Map) return mapText(value, context)
  // A list with a look of its own keeps it.
  if (!Array.isArray(value) || (INSPECT in value && Object.getPrototypeOf(value) !== Array.prototype)) return undefined
  return arrayText(value, context)
}

function arrayText(array: readonly unknown[], context: Context): string | undefined {
  const fields = similar(array.slice(0, LOOKED_AT))
  if (fields === undefined) return undefined
  const shown = fields.slice(0, context.rows)
  const numbers: Column = {
    heading: '#',
    cells: shown.map((_, i) => String(i)),
    align: 'right',
    style: 'gray',
    gives: 0,
  }
  return tableText([numbers, ...columnsOf(fields, shown)], shown.length, array.length, context)
}

function mapText(map: ReadonlyMap<unknown, unknown>, context: Context): string | undefined {
  const entries = [...firstEntries(map, LOOKED_AT)]
  const values = entries.map(([, value]) => value)
  const fields = similar(values) ?? packetLists(values)
  if (fields === undefined) return undefined
  const shown = fields.slice(0, context.rows)
  const keys: Column = { heading: 'key', cells: entries.slice(0, shown.length).map(([key]) => cellText(key)), gives: 0 }
  const { lines, foot } = partsOf([keys, ...columnsOf(fields, shown)], context)
  const count = `${grouped(map.size)} ${map.size === 1 ? 'entry' : 'entries'}`
  const { label = '', paint } = context
  const more =
    shown.length < map.size
      ? `${grouped(shown.length)} of ${count} · [...${label}].slice(${shown.length}) shows the next`
      : count
  return [...lines, ...foot, paint('gray', more)].join('\n')
}

/** Lists of packets by what they have of each kind, as `sessions()` gives them. */
function packetLists(values: readonly unknown[]): Fields[] | undefined {
  if (values.length === 0 || !values.every((value) => isA(value, PacketList))) return undefined
  return (values as PacketList[]).map((list) => {
    const { TCP, UDP, ICMP, Other } = list.counts()
    const some = (count: number): number | undefined => (count === 0 ? undefined : count)
    return new Map([
      ['packets', list.length],
      ...Object.entries({ TCP: some(TCP), UDP: some(UDP), ICMP: some(ICMP), other: some(Other) }),
    ] as [string, unknown][])
  })
}

function* firstEntries<K, V>(map: ReadonlyMap<K, V>, count: number): Generator<[K, V]> {
  let left = count
  for (const entry of map) {
    if (left-- <= 0) return
    yield entry
  }
}

function tableText(columns: readonly Column[], shown: number, count: number, context: Context): string {
  const { lines, foot } = partsOf(columns, context)
  if (shown < count) foot.push(countLine(shown, count, grouped(count), context))
  return [...lines, ...foot].join('\n')
}

function partsOf(columns: readonly Column[], { paint, width }: Context): { lines: string[]; foot: string[] } {
  const { lines, leftOut } = table(columns, width, paint)
  return { lines, foot: leftOut.length === 0 ? [] : [paint('gray', `no room for ${leftOut.join(', ')}`)] }
}

/** The fields of each, when all are objects of one kind whose fields are mostly the same. */
function similar(values: readonly unknown[]): Fields[] | undefined {
  if (values.length < LEAST_ROWS) return undefined
  const all: Fields[] = []
  let prototype: unknown
  for (const value of values) {
    if (typeof value !== 'object' || value === null || types.isProxy(value)) return undefined
    const own = Object.getPrototypeOf(value) as object | null
    if (all.length > 0 && own !== prototype) return undefined
    prototype = own
    if (!isRecord(value, own)) return undefined
    const fields = fieldsOf(value)
    if (fields === undefined) return undefined
    all.push(fields)
  }
  const counts = new Map<string, number>()
  for (const fields of all) for (const key of fields.keys()) counts.set(key, (counts.get(key) ?? 0) + 1)
  if (counts.size === 0 || counts.size > MOST_COLUMNS) return undefined
  const common = [...counts.values()].filter((count) => count * 2 >= all.length).length
  return common * 2 >= counts.size ? all : undefined
}

/** A plain object, or one of a class whose fields are plain values. */
function isRecord(value: object, prototype: object | null): boolean {
  if (prototype === null || prototype === Object.prototype) return !(INSPECT in value)
  if (Array.isArray(value) || value instanceof Packet || value instanceof Map || value instanceof Set) return false
  if (value instanceof Error || value instanceof Date || ArrayBuffer.isView(value) || types.isPromise(value))
    return false
  const fields = fieldsOf(value)
  return fields !== undefined && fields.size > 0 && [...fields.values()].every(isShort)
}

/** The own data fields of an object; undefined when it has accessors, which are the user's code. */
function fieldsOf(value: object): Fields | undefined {
  const fields = new Map<string, unknown>()
  for (const key of Object.keys(value)) {
    const { get, set, value: held } = Object.getOwnPropertyDescriptor(value, key)!
    if (get !== undefined || set !== undefined) return undefined
    fields.set(key, held)
  }
  return fields
}

/** Whether a value takes little room in any case. */
function isShort(value: unknown): boolean {
  if (typeof value === 'function') return false
  if (typeof value !== 'object' || value === null) return true
  return (
    Array.isArray(value) &&
    !types.isProxy(value) &&
    value.every((each) => typeof each !== 'object' || each === null || isAddress(each))
  )
}

function columnsOf(all: readonly Fields[], shown: readonly Fields[]): Column[] {
  const keys = [...new Set(all.flatMap((fields) => [...fields.keys()]))]
  const columns = keys.map((key): Column => {
    const values = shown.map((fields) => fields.get(key))
    const isNumber = values.every(
      (value) => value === undefined || typeof value === 'number' || typeof value === 'bigint',
    )
    const isList = values.some((value) => typeof value === 'object' && value !== null)
    return {
      heading: printable(key),
      cells: values.map(cellText),
      align: isNumber ? 'right' : 'left',
      gives: isList ? 2 : 1,
      // Six letters of a word or an address are worth less than the columns that they make room for.
      least: isList ? 8 : 12,
      comfortable: isList ? 12 : 24,
      isOptional: MINOR.has(key),
      styleOf: (row) => styleOf(values[row]),
    }
  })
  return columns.filter(({ cells }) => cells.some((text) => text !== ''))
}

function styleOf(value: unknown): Style | undefined {
  if (typeof value === 'boolean' || value === null) return 'yellow'
  return typeof value === 'number' || typeof value === 'bigint' ? 'cyan' : undefined
}

/** A value in one line, safe to print. */
function cellText(value: unknown): string {
  return oneLine(rawText(value))
}

function rawText(value: unknown): string {
  if (value === undefined) return ''
  if (typeof value === 'string') return value.slice(0, MOST_CHARACTERS)
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean' || value === null)
    return String(value)
  if (typeof value !== 'object' || types.isProxy(value)) return inspected(value, { depth: 0 })
  if (value instanceof Packet) return value.summary()
  if (value instanceof Uint8Array) return toHex(value.subarray(0, MOST_CHARACTERS / 2))
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString()
  if (isAddress(value)) return `${String(ownValue(value, 'address'))}/${String(ownValue(value, 'prefix'))}`
  if (Array.isArray(value)) return value.slice(0, 20).map(rawText).join(', ')
  return inspected(value, { depth: 1 })
}

/** An address with the length of its network, as interfaces have them. */
function isAddress(value: object): boolean {
  return typeof ownValue(value, 'address') === 'string' && typeof ownValue(value, 'prefix') === 'number'
}

function ownValue(value: object, key: string): unknown {
  return types.isProxy(value) ? undefined : Object.getOwnPropertyDescriptor(value, key)?.value
}

function oneLine(text: string): string {
  return printable(text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text).replace(
    /\s*[\n\t]\s*/g,
    ' ',
  )
}
