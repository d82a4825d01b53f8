import { printable } from '../../exchange/index.js'
import { milliseconds } from '../round-trips.js'
import { addressWithZone, type Target, targetText } from '../targets.js'
import { textTable } from '../text-table.js'

/** What became of packets of one size. */
export interface MtuProbe {
  /** Bytes of the packet, IP header included. */
  size: number
  /** `too long`: the own interface or its driver did not take it. */
  outcome: 'arrived' | 'too big' | 'silent' | 'refused' | 'too long'
  /** Packets of this size that were sent. */
  sent: number
  /** Who answered. */
  from?: string
  /** Bytes that the next link takes, as the one who answered `too big` says; 0 when it does not say. */
  mtu?: number
  /** Seconds. */
  rtt?: number
  /** What was said, of `refused`. */
  words?: string
}

/** What keeps packets from being larger. */
export type MtuLimit =
  | { by: 'interface'; name: string }
  | { by: 'router'; address: string }
  /** Larger packets vanish, and nobody says so. */
  | { by: 'silence' }
  /** The option max. */
  | { by: 'option' }

/** What `mtu` found. */
export class MtuResult {
  constructor(
    readonly target: Target,
    /** Bytes of the largest packet, IP header included, that arrived in one piece; null when none of any size did. */
    readonly mtu: number | null,
    /** What limits it; null when `mtu` is. */
    readonly limit: MtuLimit | null,
    /** The sizes that were tried, in their order. */
    readonly probes: readonly MtuProbe[],
    /** Bytes that the own interface takes. */
    readonly interfaceMtu: number,
    /** Seconds that it took. */
    readonly duration: number,
    /** False when an interrupt came before all was known: `mtu` is then what arrived so far. */
    readonly complete: boolean,
  ) {}

  /** Packets that were sent. */
  get sent(): number {
    return this.probes.reduce((total, { sent }) => total + sent, 0)
  }

  /** Bytes of data in a TCP segment without options that fit: the MSS of connections on this way. RFC 9293 §3.7.1. */
  get mss(): number | null {
    return this.mtu === null ? null : this.mtu - (this.target.family === 4 ? 40 : 60)
  }

  toString(): string {
    const rows = groupsOf(this.probes).map((group) => {
      const { size, outcome, from, mtu, words } = group[0]!
      const smallest = group.at(-1)!.size
      const sent = group.reduce((total, probe) => total + probe.sent, 0)
      const rtts = group.map(({ rtt }) => rtt).filter((rtt) => rtt !== undefined)
      const counts = group.length > 1 ? ` (${group.length} sizes, ${sent} sent)` : sent > 1 ? ` (${sent} sent)` : ''
      return [
        smallest === size ? String(size) : `${smallest}-${size}`,
        `${outcome}${mtu ? `, MTU ${mtu}` : ''}${words === undefined ? '' : `: ${words}`}${counts}`,
        from ?? '',
        rtts.length === 0 ? '' : milliseconds(Math.min(...rtts)),
      ]
    })
    const headings = ['BYTES', '', 'FROM', 'RTT ms']
    const table = rows.length === 0 ? [] : [textTable(headings, rows, ['right', 'left', 'left', 'right'])]
    return printable([...table, this.closing()].join('\n'))
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  /** Plain data: sizes in bytes, times in seconds. */
  toJSON(): Record<string, unknown> {
    const { target, mtu, mss, limit, interfaceMtu, complete, sent, duration, probes } = this
    return {
      ...{
        host: target.name,
        address: addressWithZone(target),
        mtu,
        mss,
        limit,
        interfaceMtu,
        complete,
        sent,
        duration,
      },
      probes,
    }
  }

  private closing(): string {
    const { target, mtu, mss, limit, complete } = this
    const to = targetText(target)
    if (mtu === null) return `MTU to ${to}: unknown, ${this.silence()}`
    const known = complete ? `${mtu} bytes` : `at least ${mtu} bytes (interrupted)`
    return `MTU to ${to}: ${known} (TCP MSS ${mss})${complete ? `, limited by ${this.reason(limit!)}` : ''}`
  }

  private silence(): string {
    const refusal = this.probes.find(({ outcome }) => outcome === 'refused')
    if (refusal !== undefined) return `${refusal.from} says: ${refusal.words}`
    return this.complete ? 'the host does not answer probes of any size' : 'interrupted'
  }

  private reason(limit: MtuLimit): string {
    switch (limit.by) {
      case 'interface':
        return `the own interface ${limit.name}`
      case 'router':
        return limit.address
      case 'silence':
        return 'a link whose router does not say so: larger packets vanish'
      case 'option':
        return 'the option max'
    }
  }
}

/** Sizes next to one another of which the same became, the largest first. */
function groupsOf(probes: readonly MtuProbe[]): MtuProbe[][] {
  const groups: MtuProbe[][] = []
  for (const probe of [...probes].sort((a, b) => b.size - a.size)) {
    const group = groups.at(-1)
    const like = group?.[0]
    const isSame = like?.outcome === probe.outcome && like.from === probe.from && like.mtu === probe.mtu
    if (group !== undefined && isSame) group.push(probe)
    else groups.push([probe])
  }
  return groups
}
