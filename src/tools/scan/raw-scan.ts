import { randomInt } from 'node:crypto'
import { type PathOptions, report } from '../../exchange/index.js'
import type { Capture, CaptureBatch, Link } from '../../link/index.js'
import { Flight } from '../flight/flight.js'
import type { Patience } from '../flight/lane.js'
import type { Target } from '../targets.js'
import { AnswerReader, addressAt, ICMP_ERROR, TCP_SEGMENT, UDP_DATAGRAM } from './answers.js'
import type { HostReport } from './host-report.js'
import { udpPayload } from './payloads.js'
import { ArrivalClock } from './round-trip.js'
import { shuffled } from './shuffled.js'
import { icmpOutcome, isHeldBack, RESET, SYN_ACK, UDP_RESPONSE } from './states.js'
import { findWays, type Way } from './ways.js'

/** What a scan with frames of our own needs to know. */
export interface RawScanPlan extends PathOptions {
  type: 'syn' | 'udp'
  targets: readonly Target[]
  /** In rising order. */
  ports: readonly number[]
  retries: number
  retriesNeedLoss: boolean
  rate: number | undefined
  patience: Patience
  quiet: boolean
}

/** Probes whose outcomes are kept at once, one byte each. */
const MOST_PROBES = 1 << 24
const MOST_HOSTS = 1024
/** Source ports are chosen between these: what systems use for connections of their own is mostly above or below. */
const FIRST_SOURCE_PORT = 33_000
const LAST_SOURCE_PORT = 60_000
/** Source ports of UDP, one for each attempt. */
const ATTEMPTS = 16
/** Bytes of each frame that are looked at: an ICMPv6 error with all that it quotes of headers. */
const SNAPLEN = 256
/** Up to so many probes, all are watched leaving, for round trips by the kernel's clock alone; of more, some answers are prompt enough. */
const MOST_WATCHED = 512
const SYN = 0x02
const RST = 0x04
const ACK = 0x10

/**
 * SYN or UDP scan of all targets, a group of them at a time. Each host is reported as it is done; after `stop` was aborted
 * with what is known by then.
 */
export async function rawScan(
  plan: RawScanPlan,
  stop: AbortSignal,
  onHost: (report: HostReport) => void,
  onProgress: (done: number) => void,
): Promise<void> {
  const group = Math.max(1, Math.min(MOST_HOSTS, Math.floor(MOST_PROBES / plan.ports.length)))
  let done = 0
  for (let from = 0; from < plan.targets.length && !stop.aborted; from += group) {
    const targets = plan.targets.slice(from, from + group)
    const found = await findWays(plan.type === 'udp' ? 'udp' : 'tcp', targets, plan, stop)
    const ways: Way[] = []
    for (const way of found) {
      if ('reason' in way) onHost({ target: way.target, unreachable: way.reason })
      else if (way.template === null) onHost({ target: way.target, unreachable: 'nobody answers for it on the link' })
      else ways.push(way)
    }
    done += (targets.length - ways.length) * plan.ports.length
    if (ways.length > 0) await new RawScan(plan, ways, stop).run(onHost, (settled) => onProgress(done + settled))
    done += ways.length * plan.ports.length
    onProgress(done)
  }
}

/** The scan of one group of hosts. */
class RawScan {
  private readonly flight: Flight
  private readonly reader = new AnswerReader()
  /** Lane of each host, by the text of its address. */
  private readonly laneOf = new Map<string, number>()
  /** Place of each port, or -1. */
  private readonly placeOf = new Int32Array(65_536).fill(-1)
  private readonly ttls: Uint8Array
  /** Shortest round trip of each host, ms; infinite while unknown. */
  private readonly roundTrips: Float64Array
  private readonly clock = new ArrivalClock()
  /** When probes left, s by the kernel's clock; null: there are too many to watch. */
  private readonly leftAt: Map<number, number> | null
  private readonly sourcePort: number
  private readonly secret = randomInt(2 ** 32)
  private onSettled: (settled: number) => void = () => undefined

  constructor(
    private readonly plan: RawScanPlan,
    private readonly ways: readonly Way[],
    stop: AbortSignal,
  ) {
    const { ports, type } = plan
    ways.forEach(({ target }, lane) => this.laneOf.set(target.address, lane))
    ports.forEach((port, place) => {
      this.placeOf[port] = place
    })
    this.ttls = new Uint8Array(ways.length * ports.length)
    this.roundTrips = new Float64Array(ways.length).fill(Number.POSITIVE_INFINITY)
    this.leftAt = ways.length * ports.length <= MOST_WATCHED ? new Map() : null
    this.sourcePort = freePort(this.placeOf)
    const payloads = type === 'udp' ? ports.map(udpPayload) : []
    this.flight = new Flight(
      {
        lanes: ways.length,
        probes: ports.length,
        linkOf: (lane) => ways[lane]!.link,
        frame: (lane, place, attempt) => {
          const template = ways[lane]!.template!
          return type === 'udp'
            ? template.udp(this.sourcePort + attempt, ports[place]!, payloads[place]!)
            : template.tcp(this.sourcePort, ports[place]!, this.cookie(lane, ports[place]!) | attempt)
        },
        patience: plan.patience,
        retries: plan.retries,
        retriesNeedLoss: plan.retriesNeedLoss,
        limitsAnswers: type === 'udp',
        rate: plan.rate,
        order: shuffled(ports.length),
        onProgress: (settled) => this.onSettled(settled),
      },
      stop,
    )
  }

  async run(onHost: (report: HostReport) => void, onSettled: (settled: number) => void): Promise<void> {
    this.onSettled = onSettled
    const captures: Capture[] = []
    try {
      for (const link of new Set(this.ways.map((way) => way.link))) captures.push(this.listen(link))
      await Promise.all(captures.map((capture) => capture.ready))
      await this.flight.run()
    } finally {
      for (const capture of captures) capture.stop()
    }
    const dropped = captures.reduce((sum, capture) => sum + capture.stats().dropped, 0)
    if (dropped > 0 && !this.plan.quiet)
      report(`${dropped} frames were lost while listening: a lower rate gives a surer result`, 'warning')
    for (let lane = 0; lane < this.ways.length; lane++) onHost(this.reportOf(lane))
  }

  private listen(link: Link): Capture {
    const { sourcePort: port } = this
    const direction = this.leftAt === null ? 'dst ' : ''
    const filter =
      this.plan.type === 'udp'
        ? `udp ${direction}portrange ${port}-${port + ATTEMPTS - 1}`
        : `tcp ${direction}port ${port}`
    return link.capture(
      { immediate: true, filter: `${filter} or icmp or icmp6`, snaplen: SNAPLEN },
      (batch) => this.onBatch(batch),
      (error) => this.flight.fail(error),
    )
  }

  private onBatch(batch: CaptureBatch): void {
    const { reader } = this
    const { buffer, offsets, lengths, linkType } = batch
    for (let i = 0; i < batch.count; i++) {
      const start = offsets[i]!
      const kind = reader.read(buffer, start, start + lengths[i]!, linkType)
      if (kind === TCP_SEGMENT) this.onSegment(batch, i)
      else if (kind === UDP_DATAGRAM) this.onDatagram(batch, i)
      else if (kind === ICMP_ERROR) this.onError(batch, i)
    }
  }

  private onSegment(batch: CaptureBatch, i: number): void {
    const { reader, plan } = this
    if (reader.sport === this.sourcePort) this.sawLeaving(batch, i)
    if (plan.type !== 'syn' || reader.dport !== this.sourcePort || (reader.flags & ACK) === 0) return
    const code = (reader.flags & RST) !== 0 ? RESET : (reader.flags & SYN) !== 0 ? SYN_ACK : 0
    if (code === 0) return
    const lane = this.laneAt(batch.buffer)
    if (lane < 0) return
    const attempt = this.attemptOf(lane, reader.sport, (reader.acknowledgement - 1) >>> 0)
    if (attempt >= 0) this.take(batch, i, lane, this.placeOf[reader.sport]!, code, attempt)
  }

  private sawLeaving(batch: CaptureBatch, i: number): void {
    const { family, sourceAt, dport } = this.reader
    const lane = this.laneOf.get(addressAt(batch.buffer, sourceAt + (family === 4 ? 4 : 16), family)) ?? -1
    const place = this.placeOf[dport]!
    if (lane < 0 || place < 0) return
    this.leftAt?.set(lane * this.plan.ports.length + place, batch.seconds[i]! + batch.nanoseconds[i]! / 1e9)
  }

  private onDatagram(batch: CaptureBatch, i: number): void {
    const { reader } = this
    if (reader.sport >= this.sourcePort && reader.sport < this.sourcePort + ATTEMPTS) this.sawLeaving(batch, i)
    const attempt = reader.dport - this.sourcePort
    if (this.plan.type !== 'udp' || attempt < 0 || attempt >= ATTEMPTS) return
    const lane = this.laneAt(batch.buffer)
    if (lane >= 0) this.take(batch, i, lane, this.placeOf[reader.sport]!, UDP_RESPONSE, attempt)
  }

  private onError(batch: CaptureBatch, i: number): void {
    const { reader, plan } = this
    const udp = plan.type === 'udp'
    if (reader.protocol !== (udp ? 17 : 6)) return
    const code = icmpOutcome(reader.family, reader.code)
    const lane = code === 0 ? -1 : this.laneAt(batch.buffer)
    if (lane < 0) return
    const attempt = udp
      ? reader.sport - this.sourcePort
      : reader.sport === this.sourcePort
        ? this.attemptOf(lane, reader.dport, reader.sequence)
        : -1
    if (attempt < 0 || attempt >= ATTEMPTS) return
    this.take(batch, i, lane, this.placeOf[reader.dport]!, code, attempt)
  }

  private take(batch: CaptureBatch, i: number, lane: number, place: number, code: number, attempt: number): void {
    if (place < 0) return
    const { flight, plan } = this
    const index = lane * plan.ports.length + place
    const before = flight.outcomes[index]!
    const heldBack = isHeldBack(code)
    if (heldBack && plan.type === 'udp') flight.lanes[lane]!.mayHoldBack = true
    const roundTrip = flight.answered(index, code, attempt, plan.type === 'udp' || !heldBack)
    if (flight.outcomes[index] !== before) this.ttls[index] = this.reader.ttl
    if (roundTrip < 0) return
    const leftAt = this.leftAt?.get(index)
    const real =
      leftAt === undefined
        ? this.clock.correct(roundTrip, batch, i)
        : (batch.seconds[i]! + batch.nanoseconds[i]! / 1e9 - leftAt) * 1000
    if (real >= 0 && real < this.roundTrips[lane]!) this.roundTrips[lane] = real
  }

  private laneAt(buffer: Uint8Array): number {
    const address = addressAt(buffer, this.reader.addressAt, this.reader.family)
    return this.laneOf.get(address) ?? -1
  }

  /** The attempt that a sequence number of ours stands for; -1 when it is not ours. */
  private attemptOf(lane: number, port: number, sequence: number): number {
    return (sequence & ~15) >>> 0 === this.cookie(lane, port) ? sequence & 15 : -1
  }

  /** The sequence number of the probes to a port, its last four bits zero: a stranger can not guess it. */
  private cookie(lane: number, port: number): number {
    // The finalizer of MurmurHash3, keyed.
    let hash = Math.imul(lane + 1, 0x9e3779b1) ^ Math.imul(port + 1, 0x85ebca6b) ^ this.secret
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
    return ((hash ^ (hash >>> 16)) & ~15) >>> 0
  }

  private reportOf(lane: number): HostReport {
    const { plan, flight } = this
    const from = lane * plan.ports.length
    const roundTrip = this.roundTrips[lane]!
    const { target, mac } = this.ways[lane]!
    return {
      target,
      ...(mac === undefined ? {} : { mac }),
      protocol: plan.type === 'udp' ? 'udp' : 'tcp',
      ports: plan.ports,
      outcomes: flight.outcomes.subarray(from, from + plan.ports.length),
      ttls: this.ttls.subarray(from, from + plan.ports.length),
      ...(roundTrip < Number.POSITIVE_INFINITY ? { rtt: roundTrip / 1000 } : {}),
    }
  }
}

/** A source port with 15 above it, none of which is scanned when that can be had. */
function freePort(placeOf: Int32Array): number {
  let port = 0
  for (let attempt = 0; attempt < 64; attempt++) {
    port = randomInt(FIRST_SOURCE_PORT, LAST_SOURCE_PORT)
    if (placeOf.subarray(port, port + ATTEMPTS).every((place) => place < 0)) return port
  }
  return port
}
