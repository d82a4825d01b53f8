/** Reads a capture with tshark: for every packet the values of chosen fields, all occurrences in their order. */
import { run } from '../lab/process.js'

/** Separates several values of one field; no field contains it. */
const AGGREGATOR = '\x1f'

/** Every packet and every layer for itself: nothing reassembled, no number relative, no name resolved. */
const PREFERENCES = [
  'ip.defragment:FALSE',
  'ipv6.defragment:FALSE',
  'tcp.desegment_tcp_streams:FALSE',
  'tcp.relative_sequence_numbers:FALSE',
  'tcp.analyze_sequence_numbers:FALSE',
  'tcp.calculate_timestamps:FALSE',
  'tcp.check_checksum:TRUE',
  'udp.check_checksum:TRUE',
  'ip.check_checksum:TRUE',
]

/** Values of one packet by field name; a field that is not there has no values. */
export type TsharkPacket = Map<string, string[]>

/** How a capture is read. */
export interface TsharkOptions {
  /** At most so many packets, from the start; default all. */
  limit?: number
  timeout?: number
  /** Protocols of ports: `udp.port==5000,rtp`. */
  decodeAs?: readonly string[]
  preferences?: readonly string[]
}

/**
 * @throws Error with tshark's words, for instance on a field that it does not know.
 */
export async function readWithTshark(
  path: string,
  fields: readonly string[],
  { limit = 0, timeout = 60_000, decodeAs = [], preferences = [] }: TsharkOptions = {},
): Promise<TsharkPacket[]> {
  const { status, stdout, stderr } = await run(
    [
      ...['tshark', '-n', '-r', path, ...(limit > 0 ? ['-c', String(limit)] : [])],
      ...[...PREFERENCES, ...preferences].flatMap((preference) => ['-o', preference]),
      ...decodeAs.flatMap((rule) => ['-d', rule]),
      ...['-T', 'fields', '-E', 'separator=/t', '-E', `aggregator=${AGGREGATOR}`, '-E', 'occurrence=a'],
      ...fields.flatMap((field) => ['-e', field]),
    ],
    { timeout },
  )
  if (status !== 0) throw new Error(`tshark could not read ${path}: ${stderr.trim()}`)
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const values = line.split('\t')
      return new Map(fields.map((field, index) => [field, (values[index] ?? '').split(AGGREGATOR).filter(Boolean)]))
    })
}
