/** What tshark says of a capture file, and the same of our ladder, in one form that can be compared. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type PacketList, wrpcap } from '../../../src/index.js'
import type { Ladder } from '../../../src/sessions/explain/ladder.js'
import { run } from '../../lab/process.js'

/** Names of tshark's analysis, and what our notes call the same. */
const ANALYSIS = {
  retransmission: 'retransmission',
  out_of_order: 'out of order',
  duplicate_ack: 'duplicate ACK',
  zero_window: 'zero window',
  window_update: 'window update',
  window_full: 'window full',
  keep_alive: 'keep-alive',
  keep_alive_ack: 'keep-alive ACK',
  zero_window_probe: 'zero window probe',
  zero_window_probe_ack: 'answers the probe',
  lost_segment: 'something before it was not seen',
  ack_lost_segment: 'acknowledges what was not seen',
} as const
const FIELDS = ['frame.number', 'tcp.stream', 'tcp.srcport', 'tcp.flags', 'tcp.seq', 'tcp.ack', 'tcp.len']

/** A TCP packet as both see it. */
export interface Seen {
  frame: number
  stream: number
  port: number
  flags: string
  seq: number
  ack: number | undefined
  length: number
  notes: string[]
}

/** Runs tshark on packets, and gives the lines of its fields. */
export async function tshark(
  packets: PacketList,
  fields: readonly string[],
  filter = '',
  more: readonly string[] = [],
): Promise<string[][]> {
  const folder = mkdtempSync(join(tmpdir(), 'explain-'))
  try {
    const file = join(folder, 'packets.pcap')
    await wrpcap(file, packets, { quiet: true } as never)
    const argv = ['tshark', '-n', ...more, '-r', file, '-T', 'fields', ...fields.flatMap((field) => ['-e', field])]
    const { status, stdout, stderr } = await run(filter === '' ? argv : [...argv, '-Y', filter], { timeout: 60_000 })
    if (status !== 0) throw new Error(`tshark: ${stderr}`)
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split('\t'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** What tshark says of each TCP packet, ICMP errors left out. */
export async function seenByTshark(packets: PacketList): Promise<Seen[]> {
  const analysis = Object.keys(ANALYSIS).map((name) => `tcp.analysis.${name}`)
  const rows = await tshark(packets, [...FIELDS, ...analysis], 'tcp && !icmp && !icmpv6')
  return rows.map((row) => {
    const [frame, stream, port, flags, seq, ack, length] = row.map(Number) as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ]
    return {
      frame,
      stream,
      port,
      flags: words(flags),
      seq,
      ack: (flags & 16) === 0 ? undefined : ack,
      length,
      notes: Object.values(ANALYSIS)
        .filter((_name, i) => (row[FIELDS.length + i] ?? '') !== '')
        .sort(),
    }
  })
}

/** The same of our ladder. */
export function seenByUs({ conversations }: Ladder): Seen[] {
  const names = Object.values(ANALYSIS)
  return conversations
    .filter(({ protocol }) => protocol === 'tcp')
    .flatMap(({ steps, client, server }, stream) =>
      steps
        .filter(({ flags }) => flags !== 'ICMP')
        .map((step) => ({
          frame: step.index + 1,
          stream,
          port: (step.from === 'client' ? client : server).port,
          flags: step.flags.split(' ').sort().join(' '),
          seq: step.seq!,
          ack: step.ack,
          length: step.length,
          notes: step.notes
            .flatMap(({ text }) =>
              names.filter(
                (name) =>
                  name === text ||
                  (text.startsWith(`${name} `) && name !== 'keep-alive' && name !== 'zero window') ||
                  text.startsWith(`${name},`),
              ),
            )
            .sort(),
        })),
    )
    .sort((a, b) => a.frame - b.frame)
}

function words(flags: number): string {
  return ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG']
    .filter((_name, bit) => (flags & (1 << bit)) !== 0)
    .sort()
    .join(' ')
}

/**
 * What comes soon after later data tshark takes for out of order even where the same bytes are in the capture already: by its own numbers
 * they were sent again.
 */
function corrected(all: readonly Seen[]): Seen[] {
  return all.map((each, place) => {
    if (each.length === 0 || !each.notes.includes('out of order')) return each
    const before = all.slice(0, place).filter(({ stream, port }) => stream === each.stream && port === each.port)
    const wasSent = (number: number) => before.some(({ seq, length }) => seq <= number && number < seq + length)
    for (let number = each.seq; number < each.seq + each.length; number++) if (!wasSent(number)) return each
    return { ...each, notes: each.notes.map((note) => (note === 'out of order' ? 'retransmission' : note)).sort() }
  })
}

/** Both see the same: packets, flags, numbers, lengths, what happened, and which parts the conversations have. */
export async function expectAgreement(ladder: Ladder): Promise<void> {
  const { packets } = ladder
  const theirs = corrected(await seenByTshark(packets))
  expect(theirs.length).toBeGreaterThan(0)
  expect(seenByUs(ladder)).toEqual(theirs)
  await expectParts(ladder)
}

/** tshark tells by bits which parts a connection has (SYN 1, SYN ACK 2, ACK 4, data 8, FIN 16), and by flags where its end begins. */
async function expectParts({ packets, conversations }: Ladder): Promise<void> {
  const fields = ['tcp.stream', 'tcp.completeness', 'frame.number', 'tcp.flags.fin', 'tcp.flags.reset']
  const rows = (await tshark(packets, fields, 'tcp && !icmp && !icmpv6')).map((row) => row.map(Number))
  const ours = conversations.filter(({ protocol }) => protocol === 'tcp')
  expect(ours.length).toBe(new Set(rows.map(([stream]) => stream)).size)
  ours.forEach(({ phases, steps }, stream) => {
    const own = rows.filter((row) => row[0] === stream)
    const bits = own.at(-1)![1]!
    const find = (...kinds: string[]) => phases.find(({ kind }) => kinds.includes(kind))
    const isOpened = phases.some(({ kind, title }) => kind === 'handshake' && !title.includes('not finished'))
    expect([isOpened, steps.some(({ length }) => length > 0), find('close', 'half-close') !== undefined]).toEqual([
      (bits & 7) === 7,
      (bits & 8) !== 0,
      (bits & 16) !== 0,
    ])
    const frame = (place: number | undefined) => (place === undefined ? undefined : steps[place]!.index + 1)
    expect(frame(find('close', 'half-close')?.first)).toBe(own.find((row) => row[3] === 1)?.[2])
    const refused = find('refused')
    expect(frame(refused?.last ?? find('reset')?.first)).toBe(own.find((row) => row[4] === 1)?.[2])
  })
}
