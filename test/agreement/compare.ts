/** Compares what tshark and netshell say about the same capture, field by field. */
import { ENDS_AT_ZERO, PROTOCOLS, ROWS, upToEnd } from './field-table.js'
import type { OurPacket } from './row.js'
import { readWithTshark, type TsharkPacket } from './tshark.js'

export interface Difference {
  /** Number of the packet as tshark counts: from 1. */
  packet: number
  /** tshark's name of the field. */
  field: string
  tshark: string
  ours: string
}

export interface Comparison {
  packets: number
  /** How many values of both sides were compared; says that the comparison was no empty one. */
  values: number
  /** How many values were compared, by field. */
  seen: Map<string, number>
  differences: Difference[]
}

const PROTOCOLS_FIELD = 'frame.protocols'
const MALFORMED_FIELD = '_ws.malformed'
/** tshark keeps no order within a record that it cannot read: these protocols are left out of malformed packets. */
const WITHOUT_MALFORMED = ['dns']

/**
 * @param packets what netshell read from the same file, in order.
 * @param limit compare at most so many packets; default all.
 */
export async function compareWithTshark(
  path: string,
  packets: Iterable<OurPacket>,
  { limit = 0 } = {},
): Promise<Comparison> {
  const fields = [PROTOCOLS_FIELD, MALFORMED_FIELD, ...ROWS.map(({ tshark }) => tshark)]
  const theirs = await readWithTshark(path, fields, { limit })
  const result: Comparison = { packets: theirs.length, values: 0, seen: new Map(), differences: [] }
  let number = 0
  for (const ours of packets) {
    const their = theirs[number]
    if (!their) {
      if (limit > 0) break
      result.differences.push({ packet: number + 1, field: 'frame.number', tshark: 'no such packet', ours: 'a packet' })
      break
    }
    comparePacket(++number, their, ours, result)
  }
  if (number < theirs.length)
    result.differences.push({ packet: number + 1, field: 'frame.number', tshark: 'a packet', ours: 'no such packet' })
  return result
}

function comparePacket(packet: number, theirs: TsharkPacket, ours: OurPacket, result: Comparison): void {
  const differs = (field: string, tshark: string, our: string) =>
    result.differences.push({ packet, field, tshark, ours: our })
  const malformed = (theirs.get(MALFORMED_FIELD)?.length ?? 0) > 0
  const skipped = malformed ? WITHOUT_MALFORMED : []

  const protocols = knownProtocols(theirs.get(PROTOCOLS_FIELD)?.[0] ?? '').filter((name) => !skipped.includes(name))
  const layers = ours.layers.flatMap((layer, index) => protocolOf(layer.name, ours.layers[index - 1]?.fields.type))
  const kept = layers.filter((name) => !skipped.includes(name))
  if (protocols.join(':') !== kept.join(':')) differs(PROTOCOLS_FIELD, protocols.join(':'), layers.join(':'))

  for (const row of ROWS) {
    if (skipped.some((protocol) => row.tshark.startsWith(`${protocol}.`))) continue
    let their = (theirs.get(row.tshark) ?? []).map(row.normalise).filter(Boolean)
    if (ENDS_AT_ZERO.has(row.tshark)) their = upToEnd(their)
    const our = attempt(() => row.ours(ours))
    result.values += their.length
    if (their.length > 0) result.seen.set(row.tshark, (result.seen.get(row.tshark) ?? 0) + their.length)
    if (their.length !== our.length || their.some((value, index) => value !== our[index]))
      differs(row.tshark, their.join(' ') || 'nothing', our.join(' ') || 'nothing')
  }
}

/** A field that is not what the table takes it for is a difference, not the end of the comparison. */
function attempt(values: () => string[]): string[] {
  try {
    return values()
  } catch (error) {
    return [`(${error instanceof Error ? error.message : error})`]
  }
}

const knownProtocols = (text: string) => text.split(':').filter((name) => name in PROTOCOLS)

function protocolOf(layer: string, typeBelow: unknown): string[] {
  if (layer === 'Dot1Q' && typeBelow === 0x88a8) return ['ieee8021ad']
  const found = Object.entries(PROTOCOLS).find(([, names]) => names.test(layer))
  return found ? [found[0]] : []
}

/** The report: one line per difference with packet number and field, at most `most` of them, then the counts by field. */
export function describeDifferences(name: string, { differences }: Comparison, most = 40): string {
  const lines = differences
    .slice(0, most)
    .map(({ packet, field, tshark, ours }) => `${name}: packet ${packet}: ${field}: tshark ${tshark}, netshell ${ours}`)
  const counts = new Map<string, number>()
  for (const { field } of differences) counts.set(field, (counts.get(field) ?? 0) + 1)
  if (differences.length > most) {
    lines.push(`${name}: ${differences.length} differences in all:`)
    lines.push(...[...counts].map(([field, count]) => `  ${field}: ${count}`))
  }
  return lines.join('\n')
}
