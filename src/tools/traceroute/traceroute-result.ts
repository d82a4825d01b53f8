import { formatDuration, printable } from '../../exchange/index.js'
import { milliseconds } from '../round-trips.js'
import { addressWithZone, type Target, targetText } from '../targets.js'
import { textTable } from '../text-table.js'
import type { TracerouteSettings } from './traceroute-options.js'

/** What one probe learnt. */
export interface HopAnswer {
  address: string
  /** From a name server, when names were asked for and it knows one. */
  name?: string
  /** Seconds. */
  rtt: number
  /** Time to live (hop limit) that the answer had left. */
  ttl: number
  /** Hops of the way back, guessed from `ttl`: senders begin with 64, 128 or 255. */
  back: number
  /** `exceeded`: a router on the way; `reached`: the destination; `refused`: the way ends here, see `words`. */
  kind: 'exceeded' | 'reached' | 'refused'
  /** Why the way ends: `'host unreachable'`, `'prohibited by a filter'`. */
  words?: string
  /** The same as traceroute(8) marks it: `'!H'`, `'!X'`. */
  mark?: string
  /** MPLS labels that the probe had at this hop, outermost first. RFC 4950. */
  labels: { label: number; trafficClass: number; ttl: number }[]
}

/** All that is known of one hop. */
export class TracerouteHop {
  constructor(
    /** Distance: 1 is the first router. */
    readonly ttl: number,
    /** One for each probe that was sent: what answered, or null. */
    readonly answers: readonly (HopAnswer | null)[],
  ) {}

  /** Who answered, without doubles. Several: the probes went different ways. */
  get addresses(): string[] {
    return [...new Set(this.answered.map(({ address }) => address))]
  }

  /** Round-trip times in seconds, one for each probe; null where none came. */
  get rtts(): (number | null)[] {
    return this.answers.map((answer) => answer?.rtt ?? null)
  }

  /** The answers that came. */
  get answered(): HopAnswer[] {
    return this.answers.filter((answer) => answer !== null)
  }

  toJSON(): Record<string, unknown> {
    return { ttl: this.ttl, addresses: this.addresses, rtts: this.rtts, answers: this.answers }
  }
}

/** The way to one host. */
export class TracerouteResult {
  /** The address of a router that answers for two hops that are not next to one another: packets go in a circle. */
  readonly loop: string | null
  /** Probes that were sent, those that went beyond the destination too. */
  readonly sent: number
  /** Probes that were answered. */
  readonly received: number
  /** Seconds that it took. */
  readonly duration: number
  /** Ctrl-C came before the destination answered. */
  interrupted = false

  constructor(
    readonly target: Target,
    private readonly settings: Pick<TracerouteSettings, 'protocol' | 'port' | 'maxHops'>,
    /** From the first hop asked to the destination, or to where the way ends. */
    readonly hops: readonly TracerouteHop[],
    counts: { sent: number; received: number; duration: number },
    /** Why nothing could be sent. */
    readonly problem?: string,
  ) {
    this.loop = loopIn(hops)
    this.sent = counts.sent
    this.received = counts.received
    this.duration = counts.duration
  }

  /** Whether the destination answered. */
  get reached(): boolean {
    return this.hops.at(-1)?.answered.some(({ kind }) => kind === 'reached') ?? false
  }

  /** Hops to the destination; null when it was not reached. */
  get distance(): number | null {
    return this.reached ? this.hops.at(-1)!.ttl : null
  }

  /** The addresses on the way, one a hop; null where nobody answered. */
  get path(): (string | null)[] {
    return this.hops.map((hop) => hop.addresses[0] ?? null)
  }

  toString(): string {
    const { target, settings, hops } = this
    const by = settings.protocol === 'icmp' ? 'ICMP' : `${settings.protocol.toUpperCase()} port ${settings.port}`
    const heading = `traceroute to ${targetText(target)}, ${by}, ${settings.maxHops} hops at most`
    const queries = Math.max(0, ...hops.map(({ answers }) => answers.length))
    const rows = rowsOf(hops, queries)
    const headings = ['HOP', 'ADDRESS', ...Array.from({ length: queries }, (_, i) => (i === 0 ? 'RTT ms' : '')), '']
    const alignments = headings.map((_, i) => (i === 0 || (i > 1 && i < queries + 2) ? 'right' : 'left'))
    const table = rows.length === 0 ? [] : [textTable(headings, rows, alignments)]
    return printable([heading, ...table, this.closing()].join('\n'))
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  /** Plain data; times in seconds, null where nothing was answered. */
  toJSON(): Record<string, unknown> {
    const { target, settings, reached, distance, loop, sent, received, duration, interrupted, hops, problem } = this
    const { protocol, port } = settings
    return {
      ...{ host: target.name, address: addressWithZone(target), protocol, ...(protocol === 'icmp' ? {} : { port }) },
      ...{ reached, distance, loop, sent, received, duration, interrupted },
      ...(problem === undefined ? {} : { problem }),
      hops: hops.map((hop) => hop.toJSON()),
    }
  }

  private closing(): string {
    const { hops, distance, loop, sent, received, duration, problem } = this
    if (problem !== undefined) return problem
    const counts = `${sent} probes, ${received} answered, ${formatDuration(duration)}`
    if (distance !== null) return `reached, ${distance} hop${distance === 1 ? '' : 's'}; ${counts}`
    const refusal = hops.at(-1)?.answered.find(({ kind }) => kind === 'refused')
    const silent = this.interrupted ? 'interrupted before it was reached' : 'not reached'
    const end = refusal === undefined ? silent : `not reached: ${refusal.address} says ${refusal.words}`
    return `${end}${loop === null ? '' : `; packets go in a circle through ${loop}`}; ${counts}`
  }
}

/** Results of several hosts, one each: an array that prints them all. */
export class TracerouteResults extends Array<TracerouteResult> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array
  }

  override toString(): string {
    return this.map(String).join('\n\n')
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

/** Table rows; silent hops in a row share one. */
function rowsOf(hops: readonly TracerouteHop[], queries: number): string[][] {
  const rows: string[][] = []
  for (let i = 0; i < hops.length; i++) {
    const hop = hops[i]!
    if (hop.answered.length > 0) {
      rows.push(rowOf(hop, hops, queries))
      continue
    }
    let last = i
    while (hops[last + 1]?.answered.length === 0) last++
    rows.push([last > i ? `${hop.ttl}-${hops[last]!.ttl}` : String(hop.ttl), '*'])
    i = last
  }
  return rows
}

/** A line for each address, a column for each probe. */
function rowOf(hop: TracerouteHop, hops: readonly TracerouteHop[], queries: number): string[] {
  const { addresses, answers } = hop
  const lines = addresses.map((address, line) => {
    const first = answers.find((answer) => answer?.address === address)!
    const times = Array.from({ length: queries }, (_, i) => {
      const answer = answers[i]
      if (answer === null) return line === 0 ? '*' : ''
      return answer?.address === address ? milliseconds(answer.rtt) : ''
    })
    const who = first.name === undefined ? address : `${first.name} (${address})`
    return [who, ...times, remarks(hop, first, hops)]
  })
  const columns = Array.from({ length: queries + 2 }, (_, column) => lines.map((line) => line[column]!).join('\n'))
  return [String(hop.ttl), ...columns]
}

/** A way back that differs by fewer hops than this is not worth a word. */
const WORTH_SAYING = 2

function remarks(hop: TracerouteHop, answer: HopAnswer, hops: readonly TracerouteHop[]): string {
  const { address, kind, words, mark, labels, back } = answer
  const earlier = hops.find(({ ttl, addresses }) => ttl < hop.ttl && addresses.includes(address))
  return [
    ...(kind === 'refused' ? [`${words}${mark ? ` (${mark})` : ''}`] : []),
    ...(labels.length > 0 ? [`MPLS ${labels.map(({ label }) => label).join('/')}`] : []),
    ...(earlier === undefined || kind !== 'exceeded' ? [] : [`the same as hop ${earlier.ttl}`]),
    ...(Math.abs(back - hop.ttl) >= WORTH_SAYING ? [`${back} hops back`] : []),
  ].join(', ')
}

function loopIn(hops: readonly TracerouteHop[]): string | null {
  const seen = new Map<string, number>()
  for (const { ttl, answered } of hops) {
    for (const { address, kind } of answered) {
      if (kind !== 'exceeded') continue
      const before = seen.get(address)
      if (before !== undefined && ttl - before > 1) return address
      seen.set(address, ttl)
    }
  }
  return null
}
