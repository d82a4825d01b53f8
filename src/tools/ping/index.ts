import { type PathOptions, printable, stopSignal, Task, type TaskControl } from '../../exchange/index.js'
import { mayCapture, permissionAdvice } from '../../link/index.js'
import { PacketError, parseIpv4, print } from '../../packet/index.js'
import { ConnectPing } from './ping-connect.js'
import { type PingEvent, type PingOptions, type PingSettings, pingSettings } from './ping-options.js'
import { PingHost, PingResult } from './ping-result.js'
import { mayOpenEchoSockets, SocketPing } from './ping-socket.js'
import type { PingNews, PingProbe, PingTransport } from './ping-transport.js'
import { WirePing } from './ping-wire.js'
import { checkReachable, pathTo, whyNoRoute } from '../paths.js'
import { milliseconds } from '../round-trips.js'
import { resolveTargets } from '../targets.js'

export type { PingEvent, PingOptions } from './ping-options.js'
export { PingHost, PingResult } from './ping-result.js'

/** Probes that are remembered for duplicates and late answers, of each host. */
const REMEMBERED = 512

/**
 * Asks hosts whether they are there and how long the way to them takes: ICMP echo, or TCP or UDP to a port. Prints a line
 * for each answer as it comes. Interrupted, it gives what came so far.
 */
export function ping(hosts: string | readonly string[], options: PingOptions = {}): Task<PingResult> {
  return Task.run((control) => runPing(control, hosts, options), { name: 'ping' })
}

/** The work of `ping`. @throws PacketError for options that make no sense, LinkError when nothing can be sent */
export async function runPing(
  control: TaskControl<PingResult>,
  given: string | readonly string[],
  options: PingOptions = {},
): Promise<PingResult> {
  const settings = pingSettings(options)
  const stop = stopSignal(control)
  const targets = await resolveTargets('ping', given, settings.family)
  const path = pathTo('ping', settings, targets)
  const hosts = targets.map((target) => new PingHost(target))
  for (const host of hosts) host.problem = whyNoRoute(host.target, path)
  checkReachable('ping', hosts)
  const transport = transportFor(settings, hosts, path, stop)
  try {
    return await new Ping(hosts, settings, transport, control, stop).run()
  } finally {
    transport.close()
  }
}

/** Raw links where that is allowed; else what works without rights. */
function transportFor(
  settings: PingSettings,
  hosts: readonly PingHost[],
  path: PathOptions,
  stop: AbortSignal,
): PingTransport {
  const { link, netns, iface } = path
  if (link !== undefined || mayCapture()) return new WirePing(settings, path, stop)
  const { protocol } = settings
  if (netns === undefined) {
    if (protocol === 'tcp' && iface === undefined) return new ConnectPing(settings, stop)
    if (protocol === 'icmp' && hosts.every(({ target }) => mayOpenEchoSockets(target.family)))
      return new SocketPing(settings, iface, stop)
  }
  throw new PacketError(
    `ping: this needs rights that this process lacks.\n${permissionAdvice()}\n` +
      "or let all users ping, as most systems do:\n  sudo sysctl -w net.ipv4.ping_group_range='0 2147483647'\n" +
      'ping(host, {tcp: 443}) works without any of this.',
  )
}

/** Whether several may answer: a multicast or the broadcast address. RFC 1112 §4, RFC 4291 §2.7. */
function isGroup({ address }: PingHost): boolean {
  return address.includes(':') ? /^ff/i.test(address) : parseIpv4(address) >= 0xe0000000
}

/** One run. */
class Ping {
  private readonly began = performance.now()
  private readonly reachable: readonly PingHost[]
  /** Probes that are neither answered nor lost, the oldest first. */
  private readonly waiting = new Set<PingProbe>()
  /** Probes whose further answers are told, the oldest first. */
  private readonly remembered: PingProbe[] = []
  private isLastRound = false

  constructor(
    private readonly hosts: readonly PingHost[],
    private readonly settings: PingSettings,
    private readonly transport: PingTransport,
    private readonly control: TaskControl<PingResult>,
    private readonly stop: AbortSignal,
  ) {
    this.reachable = hosts.filter((host) => host.problem === undefined)
    transport.heard = (probe, news) => this.heard(probe, news)
  }

  async run(): Promise<PingResult> {
    const { control, settings, stop } = this
    const total = settings.count === 0 ? Number.POSITIVE_INFINITY : settings.count
    let due = performance.now()
    for (let seq = 1; seq <= total && !stop.aborted; seq++) {
      await this.round(seq)
      control.progress({ done: seq, ...(Number.isFinite(total) ? { total } : {}) })
      // A round that was late delays those behind it: nothing is caught up with.
      due = Math.max(due + settings.inter * 1000, performance.now())
      if (seq < total) await this.waitUntil(due)
    }
    this.isLastRound = true
    while (this.waiting.size > 0 && !stop.aborted) await this.waitUntil([...this.waiting].at(-1)!.deadline)
    for (const { host, state } of this.waiting) if (state === 'waiting') host.pending++
    return new PingResult(this.hosts, (performance.now() - this.began) / 1000)
  }

  private async round(seq: number): Promise<void> {
    const probes = this.reachable.map((host) => this.probe(host, seq))
    await this.transport.send(probes)
    // The time-out counts from when the last of them has left.
    const deadline = performance.now() + this.settings.timeout * 1000
    for (const probe of probes) {
      probe.deadline = deadline
      // Interrupted before its turn came, it does not count.
      if (probe.sent || probe.state !== 'waiting') probe.host.sent++
      else this.waiting.delete(probe)
    }
  }

  private probe(host: PingHost, seq: number): PingProbe {
    const probe: PingProbe = { host, seq, state: 'waiting', sent: false, deadline: Number.POSITIVE_INFINITY }
    this.waiting.add(probe)
    this.remembered.push(probe)
    while (this.remembered.length > REMEMBERED * this.hosts.length && this.remembered[0]!.state !== 'waiting')
      this.transport.forget(this.remembered.shift()!)
    return probe
  }

  /** Waits until then, in the last round at most until all is answered; time-outs on the way are told. */
  private async waitUntil(time: number): Promise<void> {
    const isOver = (): boolean => this.isLastRound && this.waiting.size === 0
    for (;;) {
      const now = performance.now()
      const next = this.expire(now)
      if (now >= time || this.stop.aborted || isOver()) return
      await this.transport.wait((Math.min(time, next) - now) / 1000, isOver)
    }
  }

  /** Tells of the probes whose time is over. Gives when the next one's is. */
  private expire(now: number): number {
    for (const probe of this.waiting) {
      if (probe.deadline > now) return probe.deadline
      this.waiting.delete(probe)
      if (probe.state !== 'waiting') continue
      probe.state = 'lost'
      const { host, seq } = probe
      const text = `${host.address}: no answer to seq ${seq} within ${this.settings.timeout} s`
      this.tell({ kind: 'lost', host: host.name, seq, from: host.address, text })
    }
    return Number.POSITIVE_INFINITY
  }

  private heard(probe: PingProbe, news: PingNews): void {
    const { host, seq, state } = probe
    const { kind, from, rtt, ttl, words } = news
    if (kind === 'answer') {
      probe.state = 'answered'
      // Of a group, others may answer too.
      if (!isGroup(host)) this.waiting.delete(probe)
      if (state === 'answered') host.duplicates++
      else {
        host.received++
        host.trips.add(rtt ?? 0)
        if (state === 'lost') host.late++
      }
    } else if (kind === 'error') {
      host.errors++
      if (state === 'waiting') probe.state = 'failed'
      this.waiting.delete(probe)
    }
    const event = kind !== 'answer' ? kind : state === 'answered' ? 'duplicate' : state === 'lost' ? 'late' : 'answer'
    const figures = [`seq ${seq}`, ...(ttl === undefined ? [] : [`ttl ${ttl}`]), `${milliseconds(rtt ?? 0)} ms`].join(
      ' ',
    )
    const text =
      kind === 'answer'
        ? `${words} from ${from}: ${figures}${event === 'answer' ? '' : ` (${event})`}`
        : `${from}: ${words} (${host.address} seq ${seq})`
    const { name } = host
    this.tell({
      kind: event,
      host: name,
      seq,
      from,
      ...(rtt === undefined ? {} : { rtt }),
      ...(ttl === undefined ? {} : { ttl }),
      text,
    })
  }

  private tell(event: PingEvent): void {
    const { prn, quiet } = this.settings
    if (prn === undefined) {
      if (!quiet) print(printable(event.text))
      return
    }
    const shown = prn(event)
    if (shown !== undefined && shown !== null) print(printable(String(shown)))
  }
}
