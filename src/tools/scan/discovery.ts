import { randomInt } from 'node:crypto'
import { pathOf } from '../../exchange/addressing.js'
import type { PathOptions } from '../../exchange/index.js'
import { NetworkPreparer, type Outgoing } from '../../exchange/outgoing.js'
import { ICMP, ICMPv6EchoRequest, IP, IPv6, TCP } from '../../layers/index.js'
import { type Capture, type CaptureBatch, LINKTYPE_ETHERNET, type Link } from '../../link/index.js'
import { type AnyPacket, type Packet, PacketError, stack } from '../../packet/index.js'
import { ANY_ATTEMPT, Flight } from '../flight/flight.js'
import type { Patience } from '../flight/lane.js'
import { askLink, LINK_RATE, type Question } from '../lan/ask-link.js'
import type { Target } from '../targets.js'
import { AnswerReader, addressAt, ECHO_REPLY, TCP_SEGMENT } from './answers.js'
import { ArrivalClock } from './round-trip.js'

/** That a host is there, and how it showed. */
export interface Presence {
  /** nmap's word: `'arp-response'`, `'nd-response'`, `'echo-reply'`, `'syn-ack'`, `'reset'`, `'localhost-response'`. */
  reason: string
  mac?: string
  /** Seconds. */
  rtt?: number
}

/** How to look for hosts. */
export interface DiscoveryPlan extends PathOptions {
  rate: number | undefined
  patience: Patience
}

/** Hosts that are looked for together behind routers. */
const GROUP = 4096
const CHUNK = 1024
const RETRIES = 2
const ANSWERED = 1
const SYN = 0x02
const RST = 0x04
const ACK = 0x10

/**
 * Who of these is there, by canonical address: on the link by ARP and neighbour discovery, behind routers by an echo request, a SYN to port 443
 * and an ACK to port 80. Returns early, with those found, when `stop` is aborted.
 */
export async function discover(
  targets: readonly Target[],
  plan: DiscoveryPlan,
  stop: AbortSignal,
  onProgress: (done: number) => void,
): Promise<Map<string, Presence>> {
  const found = new Map<string, Presence>()
  const onLink = new Map<Link, Question[]>()
  const distant: Target[] = []
  for (const target of targets) {
    const path = pathTo(target, plan)
    if (path === undefined) continue
    const { link, nextHop, source } = path
    if (link.linkType !== LINKTYPE_ETHERNET) distant.push(target)
    else if (nextHop === undefined) found.set(target.address, { reason: 'localhost-response' })
    // Our own end of a link in memory: nobody is there.
    else if (target.address === source) continue
    else if (nextHop !== target.address) distant.push(target)
    else {
      const questions = onLink.get(link)
      if (questions === undefined) onLink.set(link, [{ address: target.address, source }])
      else questions.push({ address: target.address, source })
    }
  }
  let done = targets.length - distant.length
  for (const questions of onLink.values()) done -= questions.length
  for (const [link, questions] of onLink) {
    const ask = { retries: RETRIES, patience: plan.patience, rate: plan.rate ?? LINK_RATE, linger: 0 }
    await askLink(link, questions, { ...ask, onProgress: (settled) => onProgress(done + settled) }, stop, (answer) => {
      if (found.has(answer.address)) return
      const { mac, rtt } = answer
      const reason = answer.address.includes(':') ? 'nd-response' : 'arp-response'
      found.set(answer.address, { reason, mac, ...(rtt === undefined ? {} : { rtt }) })
    })
    done += questions.length
  }
  for (let from = 0; from < distant.length && !stop.aborted; from += GROUP) {
    const group = distant.slice(from, from + GROUP)
    await new DistantPing(group, plan, stop, found).run((settled) => onProgress(done + from + Math.floor(settled / 3)))
  }
  return found
}

function pathTo(target: Target, plan: DiscoveryPlan): ReturnType<typeof pathOf> | undefined {
  const packet = target.family === 4 ? IP({ dst: target.address }) : IPv6({ dst: target.address })
  try {
    return pathOf('scan', packet, target.zone === undefined ? plan : { ...plan, iface: target.zone })
  } catch (error) {
    // No route to this one says nothing of the others.
    if (error instanceof PacketError) return undefined
    throw error
  }
}

/** Looks for hosts behind routers. */
class DistantPing {
  private readonly reader = new AnswerReader()
  private readonly numberOf = new Map<string, number>()
  private readonly clock = new ArrivalClock()
  private readonly id = randomInt(1, 0xffff)
  private readonly sourcePort = randomInt(33_000, 60_000)
  private readonly sequence = randomInt(2 ** 32)
  private flight: Flight | undefined

  constructor(
    private readonly targets: readonly Target[],
    private readonly plan: DiscoveryPlan,
    private readonly stop: AbortSignal,
    private readonly found: Map<string, Presence>,
  ) {
    targets.forEach(({ address }, number) => this.numberOf.set(address, number))
  }

  async run(onProgress: (settled: number) => void): Promise<void> {
    const { targets, stop, found } = this
    const ready = await this.prepare()
    if (stop.aborted) return
    const count = targets.length
    const links = new Set(ready.map(({ link }) => link))
    for (const link of links) {
      // One flight a link: all its probes share a pace.
      const flight = new Flight(
        {
          lanes: 1,
          probes: count * 3,
          linkOf: () => link,
          frame: (_lane, probe) => {
            const { address } = targets[probe % count]!
            const way = ready[(probe % count) * 3 + Math.floor(probe / count)]!
            return way.link !== link || found.has(address) ? null : way.frame
          },
          patience: this.plan.patience,
          retries: 1,
          retriesNeedLoss: false,
          rate: this.plan.rate,
          onProgress,
        },
        stop,
      )
      this.flight = flight
      let capture: Capture | undefined
      try {
        capture = link.capture(
          { immediate: true, filter: `icmp or icmp6 or tcp dst port ${this.sourcePort}`, snaplen: 256 },
          (batch) => this.onBatch(batch),
          (error) => flight.fail(error),
        )
        await capture.ready
        await flight.run()
      } finally {
        capture?.stop()
      }
    }
  }

  /** Three frames a host: echo request, SYN, ACK. */
  private async prepare(): Promise<Outgoing[]> {
    const preparer = new NetworkPreparer('scan', this.plan, this.stop)
    const ready: Outgoing[] = []
    for (let from = 0; from < this.targets.length && !this.stop.aborted; from += CHUNK)
      ready.push(
        ...(await preparer.prepare(this.targets.slice(from, from + CHUNK).flatMap((each) => this.packets(each)))),
      )
    return ready
  }

  private packets({ address, family }: Target): AnyPacket[] {
    const { id, sourcePort: sport, sequence } = this
    const network = (): Packet => (family === 4 ? IP({ dst: address }) : IPv6({ dst: address }))
    return [
      stack(network(), family === 4 ? ICMP({ type: 8, id, seq: 1 }) : ICMPv6EchoRequest({ id, seq: 1 })),
      stack(network(), TCP({ sport, dport: 443, flags: 'S', seq: sequence, options: [['MSS', 1460]] })),
      stack(network(), TCP({ sport, dport: 80, flags: 'A', seq: 0, ack: sequence })),
    ] as AnyPacket[]
  }

  private onBatch(batch: CaptureBatch): void {
    const { reader } = this
    for (let i = 0; i < batch.count; i++) {
      const start = batch.offsets[i]!
      const kind = reader.read(batch.buffer, start, start + batch.lengths[i]!, batch.linkType)
      const answer = kind === ECHO_REPLY ? this.echoReply() : kind === TCP_SEGMENT ? this.segment() : undefined
      if (answer === undefined) continue
      const address = addressAt(batch.buffer, reader.addressAt, reader.family)
      const number = this.numberOf.get(address)
      if (number === undefined || this.flight === undefined) continue
      const roundTrip = this.flight.answered(answer.probe * this.targets.length + number, ANSWERED, ANY_ATTEMPT)
      if (this.found.has(address)) continue
      const rtt = roundTrip < 0 ? {} : { rtt: this.clock.correct(roundTrip, batch, i) / 1000 }
      this.found.set(address, { reason: answer.reason, ...rtt })
    }
  }

  private echoReply(): { probe: number; reason: string } | undefined {
    return this.reader.id === this.id ? { probe: 0, reason: 'echo-reply' } : undefined
  }

  private segment(): { probe: number; reason: string } | undefined {
    const { sport, dport, flags, acknowledgement } = this.reader
    if (dport !== this.sourcePort) return undefined
    if (sport === 80 && (flags & RST) !== 0) return { probe: 2, reason: 'reset' }
    if (sport !== 443 || (flags & ACK) === 0 || acknowledgement !== (this.sequence + 1) >>> 0) return undefined
    if ((flags & RST) !== 0) return { probe: 1, reason: 'reset' }
    return (flags & SYN) !== 0 ? { probe: 1, reason: 'syn-ack' } : undefined
  }
}
