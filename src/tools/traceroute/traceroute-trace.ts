import type { Probe } from '../../exchange/index.js'
import type { AnyPacket } from '../../packet/index.js'
import { icmpErrorOf, isPortUnreachable } from '../icmp-error.js'
import type { Target } from '../targets.js'
import { Flow } from './traceroute-flow.js'
import type { TracerouteSettings } from './traceroute-options.js'
import { type HopAnswer, TracerouteHop, TracerouteResult } from './traceroute-result.js'

/** One probe of a trace. */
interface TraceProbe {
  readonly ttl: number
  readonly wire: Probe
  answer: HopAnswer | null
}

/** The way to one host, as far as it is known. */
export class Trace {
  readonly flow: Flow
  /** By their numbers, hop after hop. */
  readonly probes: TraceProbe[] = []
  /** Whether no more probes follow. */
  isSent = false
  /** The nearest hop from which the destination answered, or that refused to go on. */
  end = Number.POSITIVE_INFINITY
  /** Answers of the destination that do not say to which probe, in the order they came. */
  private readonly vague: { packet: AnyPacket; at: number }[] = []

  constructor(
    readonly target: Target,
    private readonly settings: TracerouteSettings,
    /** Why nothing can be sent. */
    public problem: string | undefined,
  ) {
    this.flow = new Flow(target, settings)
  }

  /** Whether all is known that this run can tell. */
  get isDone(): boolean {
    if (this.problem !== undefined) return true
    if (this.isSent && this.probes.every(({ answer }) => answer !== null)) return true
    return (
      this.end < Number.POSITIVE_INFINITY && this.probes.every(({ ttl, answer }) => ttl > this.end || answer !== null)
    )
  }

  /** Longest round trip so far, in seconds. */
  get longest(): number {
    return Math.max(0, ...this.probes.map(({ answer }) => answer?.rtt ?? 0))
  }

  answers(): HopAnswer[] {
    return this.probes.map(({ answer }) => answer).filter((answer) => answer !== null)
  }

  /** @param wire what the session takes it for: of the same flow, but not always the right one */
  heard(wire: Probe, packet: AnyPacket, at: number): void {
    const error = icmpErrorOf(packet)
    if (error?.kind === 'redirect') return
    const index = this.flow.indexOf(packet)
    const probe =
      (index === undefined ? undefined : this.probes[index]) ??
      (error === undefined ? undefined : this.probes.find((each) => each.wire === wire))
    if (probe === undefined) {
      // There is no place for more than probes; somebody may send any number.
      if (this.vague.length < this.probes.length) this.vague.push({ packet, at })
      this.end = Math.min(this.end, this.beyondRouters())
      return
    }
    if (probe.answer === null) this.note(probe, packet, at)
  }

  /** What is known when all is over. */
  result(duration: number): TracerouteResult {
    this.settleVague()
    const { settings, target, probes, problem } = this
    const sent = probes.filter(({ wire }) => wire.sentTimes > 0)
    const last = Math.min(this.end, sent.at(-1)?.ttl ?? 0)
    const hops: TracerouteHop[] = []
    for (let ttl = settings.firstHop; ttl <= last; ttl++)
      hops.push(
        new TracerouteHop(
          ttl,
          sent.filter((probe) => probe.ttl === ttl).map(({ answer }) => answer),
        ),
      )
    const counts = { sent: sent.length, received: this.answers().length, duration }
    return new TracerouteResult(target, settings, hops, counts, problem)
  }

  private note(probe: TraceProbe, packet: AnyPacket, at: number): void {
    const error = icmpErrorOf(packet)
    const ttl = (packet.layerName === 'IPv6' ? packet.hlim : packet.ttl) as number
    const isArrival = error === undefined || (this.settings.protocol === 'udp' && isPortUnreachable(error))
    const kind = isArrival ? 'reached' : error.kind === 'exceeded' ? 'exceeded' : 'refused'
    probe.answer = {
      address: packet.src as string,
      rtt: Math.max(0, at - probe.wire.sentAt),
      ttl,
      back: ([64, 128].find((initial) => ttl <= initial) ?? 255) - ttl + 1,
      kind,
      ...(kind === 'refused' ? { words: error!.words, mark: error!.mark } : {}),
      labels: labelsOf(packet),
    }
    if (kind !== 'exceeded') this.end = Math.min(this.end, probe.ttl)
  }

  /** The first hop behind all routers that have answered. */
  private beyondRouters(): number {
    const routers = this.probes.filter(({ answer }) => answer?.kind === 'exceeded').map(({ ttl }) => ttl)
    return Math.max(this.settings.firstHop, ...routers.map((ttl) => ttl + 1))
  }

  /** Answers of the destination that fit no probe for certain go to those that got there, in their order. */
  private settleVague(): void {
    if (this.vague.length === 0) return
    const known = this.probes.filter(({ answer }) => answer?.kind === 'reached').map(({ ttl }) => ttl)
    const nearest = known.length > 0 ? Math.min(...known) : this.beyondRouters()
    const silent = this.probes.filter(({ ttl, answer }) => ttl >= nearest && answer === null)
    if (known.length === 0) this.end = nearest
    for (const { packet, at } of this.vague.splice(0)) {
      const probe = silent.shift()
      if (probe !== undefined) this.note(probe, packet, at)
    }
  }
}

function labelsOf(packet: AnyPacket): HopAnswer['labels'] {
  const stack = packet.get('ICMPExtensionMPLS')?.labels as { label: number; cos: number; ttl: number }[] | undefined
  return (stack ?? []).map(({ label, cos, ttl }) => ({ label, trafficClass: cos, ttl }))
}
