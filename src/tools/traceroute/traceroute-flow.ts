import type { AnyPacket } from '../../packet/index.js'
import { probePacket, type Question, randomNumber, sourcePort } from '../probe-packets.js'
import type { Target } from '../targets.js'
import type { TracerouteSettings } from './traceroute-options.js'

const MOST_QUERIES = 10

/** Source port number of the traceroute begun last; several at a time keep apart. */
let started = randomNumber(0, 0xffff)

/**
 * The probes of one traceroute, which all look alike to a router that spreads traffic over several ways by a hash of the
 * addresses, ports and first bytes behind them: so all take the same way (as Paris traceroute does; Augustin et al., 2006).
 * What tells one probe from another:
 * - ICMP: the sequence number; two bytes of data make up for it, so that the checksum, which is hashed too, stays.
 * - UDP: the checksum, by way of two bytes of data. Both ports stay.
 * - TCP: the sequence number. Each of the queries to a hop has a source port of its own, since a host answers only the first
 *   SYN between two ports: with several queries, TCP shows several ways where there are some; with one, one.
 * Of IPv4 the identification is a second mark; the flow label of IPv6 is 0.
 */
export class Flow {
  private readonly number: number
  private readonly id: number
  private readonly sequence = randomNumber(0, 0xffff_ffff)
  /** Probes by the UDP checksum that they left with. */
  private readonly checksums = new Map<number, number>()

  constructor(
    private readonly target: Target,
    private readonly settings: TracerouteSettings,
  ) {
    started += MOST_QUERIES
    this.number = started
    this.id = (randomNumber(0, 0xffff) + this.number) & 0xffff
  }

  /** Probe number `index`, 0..2549, which lives for `ttl` hops. */
  packet(index: number, ttl: number): AnyPacket {
    const { tos, source } = this.settings
    const id = 1 + ((this.id + index) % 0xffff)
    return probePacket(this.target, { ttl, tos, id, source }, this.question(index))
  }

  /** Notes what a probe looks like that is ready to leave. */
  ready(index: number, query: AnyPacket): void {
    if (this.settings.protocol === 'udp') this.checksums.set(query.get('UDP')!.chksum as number, index)
  }

  /**
   * The number of the probe that a packet answers, by the marks above. Undefined where the answer does not show them: a
   * datagram in answer to UDP, an acknowledgement of something else by TCP.
   */
  indexOf(packet: AnyPacket): number | undefined {
    const { protocol } = this.settings
    switch (protocol) {
      case 'icmp': {
        const echo =
          packet.get('ICMPerror') ??
          packet.get('ICMPv6EchoRequest') ??
          packet.get('ICMPv6EchoReply') ??
          packet.get('ICMP')
        return typeof echo?.seq === 'number' ? echo.seq - 1 : undefined
      }
      case 'udp': {
        const quoted = packet.get('UDPerror')
        return quoted === undefined ? undefined : this.checksums.get(quoted.chksum as number)
      }
      case 'tcp': {
        const quoted = packet.get('TCPerror')
        const answer = packet.get('TCP')
        const seq = quoted !== undefined ? (quoted.seq as number) : ((answer?.ack as number | undefined) ?? 0) - 1
        const index = ((seq - this.sequence) >>> 0) / STRIDE
        return Number.isInteger(index) && index < MOST_PROBES ? index : undefined
      }
    }
  }

  private question(index: number): Question {
    const { protocol, port, size, queries } = this.settings
    const data = new Uint8Array(size)
    switch (protocol) {
      case 'icmp': {
        const seq = index + 1
        // In one's complement the two add up to nothing.
        data[0] = (0xffff - seq) >>> 8
        data[1] = (0xffff - seq) & 255
        return { protocol, id: this.id, seq, data }
      }
      case 'udp':
        data[0] = (index + 1) >>> 8
        data[1] = (index + 1) & 255
        return { protocol, sport: sourcePort(this.number), dport: port, data }
      case 'tcp':
        return {
          protocol,
          sport: sourcePort(this.number + (index % queries)),
          dport: port,
          seq: (this.sequence + index * STRIDE) >>> 0,
        }
    }
  }
}

/** Distance of the sequence numbers of TCP probes: an acknowledgement of one, give or take its SYN, is not one of the next. */
const STRIDE = 16
/** 255 hops with 10 probes each. */
const MOST_PROBES = 2550
