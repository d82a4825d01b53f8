import { formatDuration, printable } from '../../exchange/index.js'
import { milliseconds, RoundTrips } from '../round-trips.js'
import { addressWithZone, type Target, targetText } from '../targets.js'
import { textTable } from '../text-table.js'

/** What came of the probes to one host. Times in seconds. */
export class PingHost {
  /** Probes that were due; those that could not be sent since nobody answered for the next hop are counted in `errors` too. */
  sent = 0
  /** Probes that were answered, late ones too. */
  received = 0
  /** Second and further answers to a probe. */
  duplicates = 0
  /** Answers after the time-out. */
  late = 0
  /** ICMP errors, and probes that could not be sent. */
  errors = 0
  /** Why nothing can be sent to this host at all. */
  problem: string | undefined
  /** Probes that an interrupt ended before their time-out: neither answered nor lost. */
  pending = 0
  readonly trips = new RoundTrips()

  constructor(readonly target: Target) {}

  /** The host as it was given. */
  get name(): string {
    return this.target.name
  }

  get address(): string {
    return addressWithZone(this.target)
  }

  /** Part of the probes that was not answered, 0..1; 0 when none was sent. */
  get loss(): number {
    const settled = this.sent - this.pending
    return settled <= 0 ? 0 : 1 - this.received / settled
  }

  /** Round-trip times in the order they came (of a very long run the last hundred thousand). */
  get rtts(): readonly number[] {
    return this.trips.list
  }

  get min(): number | null {
    return this.trips.min
  }

  get avg(): number | null {
    return this.trips.avg
  }

  get max(): number | null {
    return this.trips.max
  }

  get mdev(): number | null {
    return this.trips.mdev
  }

  /** The closing lines of ping(8). */
  toString(): string {
    const { sent, received, duplicates, late, errors, pending, min, avg, max, mdev } = this
    const counts = [
      `${sent} sent`,
      `${received} received`,
      ...(duplicates > 0 ? [`+${duplicates} duplicate${duplicates === 1 ? '' : 's'}`] : []),
      ...(late > 0 ? [`${late} of them late`] : []),
      ...(errors > 0 ? [`+${errors} error${errors === 1 ? '' : 's'}`] : []),
      ...(pending > 0 ? [`${pending} not waited for`] : []),
      `${percent(this.loss)} lost`,
    ]
    const lines = [`--- ${targetText(this.target)}: ${counts.join(', ')}`]
    if (this.problem !== undefined) lines.push(this.problem)
    if (min !== null)
      lines.push(`rtt min/avg/max/mdev ${[min, avg, max, mdev].map((each) => milliseconds(each!)).join('/')} ms`)
    return printable(lines.join('\n'))
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  /** Plain data; all times in seconds, `null` when nothing was answered. */
  toJSON(): Record<string, unknown> {
    const { name, address, sent, received, duplicates, late, errors, pending, loss, min, avg, max, mdev, rtts } = this
    return {
      ...{ host: name, address, sent, received, duplicates, late, errors, pending, loss, min, avg, max, mdev, rtts },
      ...(this.problem === undefined ? {} : { problem: this.problem }),
    }
  }
}

/** What `ping` gives: a host each, and the sums over all of them. */
export class PingResult {
  constructor(
    readonly hosts: readonly PingHost[],
    /** Seconds that it took. */
    readonly duration: number,
  ) {}

  get sent(): number {
    return this.hosts.reduce((total, host) => total + host.sent, 0)
  }

  get received(): number {
    return this.hosts.reduce((total, host) => total + host.received, 0)
  }

  /** Part of the probes that was not answered, 0..1. */
  get loss(): number {
    const settled = this.hosts.reduce((total, host) => total + host.sent - host.pending, 0)
    return settled <= 0 ? 0 : 1 - this.received / settled
  }

  /** Least round-trip time of all hosts, in seconds; null when nobody answered. */
  get min(): number | null {
    return this.best((host) => host.min, Math.min)
  }

  /** Mean round-trip time of all answers, in seconds. */
  get avg(): number | null {
    const { received } = this
    return received === 0
      ? null
      : this.hosts.reduce((total, host) => total + (host.avg ?? 0) * host.received, 0) / received
  }

  get max(): number | null {
    return this.best((host) => host.max, Math.max)
  }

  /** Hosts that answered at least once. */
  get alive(): string[] {
    return this.hosts.filter((host) => host.received > 0).map((host) => host.name)
  }

  /** The host of this name or address. */
  host(name: string): PingHost | undefined {
    return this.hosts.find((host) => host.name === name || host.address === name)
  }

  *[Symbol.iterator](): Generator<PingHost> {
    yield* this.hosts
  }

  /** The closing lines of ping(8) for one host, a table for several. */
  toString(): string {
    const { hosts } = this
    if (hosts.length === 1) return hosts[0]!.toString()
    const rows = hosts.map((host) => [
      printable(host.name),
      ...(named(hosts) ? [host.address] : []),
      String(host.sent),
      String(host.received),
      percent(host.loss),
      ...[host.min, host.avg, host.max, host.mdev].map((each) => (each === null ? '-' : milliseconds(each))),
      remarks(host),
    ])
    const headings = ['HOST', ...(named(hosts) ? ['ADDRESS'] : []), 'SENT', 'RECEIVED', 'LOST']
    const times = ['MIN ms', 'AVG', 'MAX', 'MDEV']
    const left = named(hosts) ? 2 : 1
    const alignments = [...Array(left).fill('left'), ...Array(7).fill('right'), 'left'] as ('left' | 'right')[]
    const alive = `${this.alive.length} of ${hosts.length} hosts answered`
    const closing = `${alive}; ${this.sent} sent, ${this.received} received, ${percent(this.loss)} lost, ${formatDuration(this.duration)}`
    return `${textTable([...headings, ...times, ''], rows, alignments)}\n${closing}`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  /** Plain data: the sums, and `hosts`. Times in seconds. */
  toJSON(): Record<string, unknown> {
    const { sent, received, loss, min, avg, max, duration, hosts } = this
    return { sent, received, loss, min, avg, max, duration, hosts: hosts.map((host) => host.toJSON()) }
  }

  private best(of: (host: PingHost) => number | null, choose: (...values: number[]) => number): number | null {
    const values = this.hosts.map(of).filter((value) => value !== null)
    return values.length === 0 ? null : values.reduce((a, b) => choose(a, b))
  }
}

const named = (hosts: readonly PingHost[]): boolean => hosts.some((host) => host.name !== host.address)

function remarks(host: PingHost): string {
  if (host.problem !== undefined) return printable(host.problem)
  return [
    ...(host.duplicates > 0 ? [`${host.duplicates} duplicate${host.duplicates === 1 ? '' : 's'}`] : []),
    ...(host.late > 0 ? [`${host.late} late`] : []),
    ...(host.errors > 0 ? [`${host.errors} error${host.errors === 1 ? '' : 's'}`] : []),
  ].join(', ')
}

/** `0 %`, `33 %`, `0.2 %`. */
function percent(part: number): string {
  const value = part * 100
  if ((value > 0 && value < 10) || (value > 99 && value < 100)) {
    // Neither 0 nor 100 unless it is so.
    const shown = Math.min(99.9, Math.max(0.1, value)).toFixed(1)
    return `${shown.replace(/\.0$/, '')} %`
  }
  return `${value.toFixed(0)} %`
}
