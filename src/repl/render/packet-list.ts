/** Lists of packets: a table at a terminal, numbered summaries elsewhere. */

import { types } from 'node:util'
import { endpointsOf } from '../../capture/conversations.js'
import { PacketList } from '../../capture/index.js'
import { grouped } from '../../exchange/job.js'
import { printable } from '../../exchange/printable.js'
import { type Paint, plain } from '../../exchange/terminal-colours.js'
import { Packet } from '../../packet/index.js'
import { type Column, cutMiddle, table } from '../../tools/fitted-table.js'
import { type Context, counted, countLine, isA } from './context.js'

/** A list of the capture part, or an array of packets. */
export interface PacketSequence extends Iterable<Packet> {
  readonly length: number
}

/** At least so many columns: there is room for microseconds. */
const WIDE = 100
/** How a column of addresses gives way: an IPv4 address with its port is shown in any case, of longer ones the ends. */
const ADDRESS = { cut: cutMiddle, gives: 1, least: 15, comfortable: 21 }

/** Beyond so many, what kinds of packets there are is not counted for the line below. */
const MOST_COUNTED = 100_000

/** The value as a list of packets, or null. A list of the capture part is one by its methods, an array by what is in it. */
export function packetsOf(value: object): PacketSequence | null {
  if (Array.isArray(value)) return isA(value[0], Packet) && value.every((item) => isA(item, Packet)) ? value : null
  if (value instanceof PacketList) return value
  const isList = ['summary', Symbol.iterator].every((name) => typeof fieldOf(value, name) === 'function')
  return isList && typeof fieldOf(value, 'length') === 'number' ? (value as PacketSequence) : null
}

/** A field or method of an object or its classes, unless getting it would run code. */
function fieldOf(value: object, name: string | symbol): unknown {
  for (let owner: object | null = value; owner !== null; owner = Object.getPrototypeOf(owner) as object | null) {
    if (types.isProxy(owner)) return undefined
    const property = Object.getOwnPropertyDescriptor(owner, name)
    if (property !== undefined) return property.value
  }
  return undefined
}

/** Numbered summaries and a count. */
export function listText(packets: PacketSequence, { paint, rows }: Context): string {
  const { length } = packets
  const digits = Math.max(4, String(length).length)
  const lines = firstOf(packets, rows).map(
    (packet, i) => `${paint('gray', String(i).padStart(digits, '0'))} ${paintSummary(summaryOf(packet), paint)}`,
  )
  const kind = Array.isArray(packets) ? `${length} packet${length === 1 ? '' : 's'}` : printable(String(packets))
  const more = length > rows ? `${length - rows} more: .slice(${rows}) shows the next, [n] one` : ''
  lines.push(paint('gray', more ? `${kind} (${more})` : kind))
  return lines.join('\n')
}

/** A table of packets: number, time since the first one, from, to, protocol, bytes, and what it says. */
export function listTable(packets: PacketSequence, context: Context): string {
  const { length } = packets
  const { paint, width } = context
  const shown = firstOf(packets, context.rows)
  const kinds = kindsText(packets)
  const foot = countLine(
    shown.length,
    length,
    counted(length, 'packet') + kinds,
    context,
    Array.isArray(packets) ? undefined : '.show()',
  )
  if (shown.length === 0) return foot
  const rows = shown.map(rowOf)
  const start = rows.find(({ time }) => time !== undefined)?.time ?? 0
  const cells = (cell: (row: Row) => string): string[] => rows.map(cell)
  const columns: Column[] = [
    { heading: '#', cells: rows.map((_, i) => String(i)), align: 'right', style: 'gray', gives: 0 },
    {
      heading: 'Time s',
      cells: cells(({ time }) => (time === undefined ? '' : (time - start).toFixed(width < WIDE ? 4 : 6))),
      align: 'right',
      style: 'gray',
      gives: 0,
    },
    { heading: 'Source', cells: cells(({ source }) => source), ...ADDRESS },
    { heading: 'Destination', cells: cells(({ destination }) => destination), ...ADDRESS },
    { heading: 'Proto', cells: cells(({ protocol }) => protocol), style: 'cyan', gives: 0, least: 5 },
    { heading: 'Bytes', cells: cells(({ bytes }) => bytes), align: 'right', gives: 0, isOptional: true },
    {
      heading: 'Info',
      cells: cells(({ info }) => info),
      gives: 2,
      least: 12,
      comfortable: 20,
      styleOf: (row) => (rows[row]!.isBroken ? 'red' : undefined),
    },
  ]
  const used = columns.filter(({ cells: texts }) => texts.some((text) => text !== ''))
  return [...table(used, width, paint).lines, foot].join('\n')
}

/** `Ether / IP / TCP 10.0.0.1:80 > … S / Raw`: the layers stand out. */
export function paintSummary(summary: string, paint: Paint): string {
  if (paint === plain) return summary
  return summary
    .split(' / ')
    .map((part) => part.replace(/^[\w.:-]+/, (name) => paint('cyan', name)))
    .join(paint('gray', ' / '))
}

/** The summary of a packet, safe to print; layers of the user's own may fail at it. */
export function summaryOf(packet: Packet): string {
  try {
    return printable(packet.summary()).replaceAll('\n', ' ')
  } catch (error) {
    return `${packet.layerName}: its summary fails (${errorText(error)})`
  }
}

/** One packet in the table. */
export interface Row {
  time: number | undefined
  source: string
  destination: string
  protocol: string
  bytes: string
  info: string
  isBroken: boolean
}

/** What a packet has in each column. */
export function rowOf(packet: Packet): Row {
  const row: Row = {
    time: packet.time,
    source: '',
    destination: '',
    protocol: packet.layerName,
    bytes: '',
    info: '',
    isBroken: false,
  }
  try {
    const { source, destination } = endpointsOf(packet)
    // A set of addresses stands in quotes.
    row.source = oneLine(source).replaceAll("'", '')
    row.destination = oneLine(destination).replaceAll("'", '')
    Object.assign(row, saidBy(packet))
    const many = packet.count()
    if (many > 1) row.info = `${row.info} (stands for ${counted(many, 'packet')})`.trimStart()
    row.bytes = String(packet._meta?.originalLength ?? packet.bytes().length)
    const issue = packet.issues()[0]
    if (issue !== undefined) {
      row.isBroken = true
      row.info = oneLine(`! ${issue}`)
    }
  } catch (error) {
    row.isBroken = true
    row.info = `! ${errorText(error)}`
  }
  return row
}

/** Which layer tells most about the packet, and what it says beyond the addresses. */
function saidBy(packet: Packet): { protocol: string; info: string } {
  const layers = packet.layers()
  const speaker = layers.findLast((layer) => layer._layer.behaviour.summary !== undefined)
  if (speaker === undefined) return { protocol: packet.layerName, info: summaryOf(packet) }
  const { layerName } = speaker
  const inner = layers.slice(layers.indexOf(speaker) + 1).filter((layer) => layer.layerName !== 'Padding')
  if (layerName === 'TCP') return { protocol: layerName, info: segmentText(speaker, inner) }
  const summary = oneLine(speaker._layer.behaviour.summary!(speaker as never))
  const said = summary
    .replace(new RegExp(`^${layerName}(?= |$) ?`), '')
    // The addresses have columns of their own.
    .replace(/^\S+ > \S+ ?/, '')
  const rest = inner.length === 0 ? '' : inner.map((layer) => contentText(layer)).join(' / ')
  return { protocol: layerName, info: [said, rest].filter((text) => text !== '').join(', ') }
}

/** `SA, seq 7, ack 1, 100 bytes`. */
function segmentText(segment: Packet, inner: readonly Packet[]): string {
  const flags = String(segment._read(segment._layer.indexOf('flags')))
  const parts = [flags === '' ? 'no flags' : flags, `seq ${String(segment.raw('seq'))}`]
  if (flags.includes('A')) parts.push(`ack ${String(segment.raw('ack'))}`)
  return [...parts, ...inner.map(contentText)].join(', ')
}

function contentText(layer: Packet): string {
  return layer._layer.isOpaque ? counted((layer._stored(0) as Uint8Array).length, 'byte') : layer.layerName
}

/** `: TCP 3, UDP 1, 2 lost, file damaged`, where the list knows it. */
function kindsText(packets: PacketSequence): string {
  const list = packets as Partial<PacketList>
  if (typeof list.counts !== 'function' || packets.length > MOST_COUNTED) return ''
  const parts = Object.entries(list.counts()).flatMap(([name, count]) =>
    count === 0 ? [] : [`${name === 'Other' ? 'other' : name} ${grouped(count)}`],
  )
  const { kernel = 0, interface: nic = 0, netshell = 0 } = list.statistics?.lost ?? {}
  if (kernel + nic + netshell > 0) parts.push(`${grouped(kernel + nic + netshell)} lost`)
  if ((list.warnings?.length ?? 0) > 0) parts.push('file damaged')
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`
}

function firstOf(packets: PacketSequence, count: number): Packet[] {
  const first: Packet[] = []
  if (count > 0)
    for (const packet of packets) {
      first.push(packet)
      if (first.length >= count) break
    }
  return first
}

function oneLine(text: string): string {
  return printable(text).replace(/\s*\n\s*/g, ' ')
}

function errorText(error: unknown): string {
  return oneLine(error instanceof Error ? error.message : String(error))
}
