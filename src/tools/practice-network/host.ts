import { UDP } from '../../layers/index.js'
import { checksum, finish, sum } from '../../packet/index.js'
import { type Datagram, PROTOCOL, u16 } from './datagram.js'
import { DhcpServer } from './dhcp-server.js'
import type { Complaint } from './icmp-errors.js'
import { type Envelope, FIRST_TTL, ipPacket } from './ip-packet.js'
import type { PracticeElse, PracticeService } from './plan.js'
import { conversationWith, type DatagramService, datagramService, type ServiceContext } from './services.js'
import type { Station } from './station.js'
import { TcpEndpoint } from './tcp-endpoint.js'
import { readSegment, replyLayers } from './tcp-segment.js'

const ECHO_REQUEST = 8
const ECHO_REPLY = 0
const ECHO_REQUEST_6 = 128
const ECHO_REPLY_6 = 129
const TCP_HEADER = 20
const EVERYBODY = new Uint8Array(6).fill(0xff)

/** A packet that reached a host. */
export interface Arrived {
  readonly datagram: Datagram
  /** Hops it made before. */
  readonly hops: number
  /** It went to a group or to everybody. */
  readonly toGroup: boolean
  /** MAC address of who sent it, and the station on the link that took it: answers go back the same way. */
  readonly sender: Uint8Array
  readonly entrance: Station
}

/** What a host may do with the network. */
export interface HostNetwork extends ServiceContext {
  /** Sends a packet of a station back to where another came from; or to another MAC address of the link. */
  reply(arrived: Arrived, station: Station, packet: Uint8Array, target?: Uint8Array): void
  /** Sends an ICMP error about a packet, when one may be sent. */
  complain(station: Station, arrived: Arrived, complaint: Complaint): void
  /** Whether an address is somebody's. */
  isTaken(address: string): boolean
  /** 16 and 32 random bits. */
  random16(): number
  random32(): number
}

/** A host behind its addresses: ICMP, UDP and TCP, and the services of its ports. Routers are hosts too. */
export class Host {
  private readonly tcp: TcpEndpoint
  private readonly dhcp: DhcpServer | undefined
  private readonly datagramServices = new Map<number, DatagramService>()

  constructor(
    readonly station: Station,
    private readonly network: HostNetwork,
  ) {
    this.tcp = new TcpEndpoint(() => network.random32())
    if ([...station.plan.udp.values()].includes('dhcp'))
      this.dhcp = new DhcpServer(station, (address) => network.isTaken(address))
    for (const [port, service] of station.plan.udp)
      if (service !== 'drop' && service !== 'prohibited' && service !== 'dhcp')
        this.datagramServices.set(port, datagramService(service, network))
  }

  /** Takes a whole packet that is for this host. */
  receive(arrived: Arrived): void {
    const { datagram } = arrived
    switch (datagram.protocol) {
      case PROTOCOL.tcp:
        this.receiveTcp(arrived)
        return
      case PROTOCOL.udp:
        this.receiveUdp(arrived)
        return
      case PROTOCOL.icmp:
        if (datagram.family !== 4) break
        this.receiveEcho(arrived, ECHO_REQUEST, ECHO_REPLY)
        return
      case PROTOCOL.icmpv6:
        if (datagram.family !== 6) break
        this.receiveEcho(arrived, ECHO_REQUEST_6, ECHO_REPLY_6)
        return
      case PROTOCOL.none:
        if (datagram.family === 6) return
    }
    if (!arrived.toGroup) this.network.complain(this.station, arrived, 'protocol-unreachable')
  }

  private receiveEcho(arrived: Arrived, request: number, reply: number): void {
    const { datagram, toGroup } = arrived
    const { bytes, payloadStart } = datagram
    if (!this.station.plan.echo || bytes.length - payloadStart < 8 || bytes[payloadStart] !== request) return
    // Pings to everybody are answered in IPv6 only: RFC 1122 §3.2.2.6 leaves it open, and systems do not.
    if (toGroup && datagram.family === 4) return
    if (datagram.family === 4 ? checksum(bytes, payloadStart) !== 0 : !datagram.isPayloadIntact) return
    const envelope = this.envelope(arrived)
    if (envelope === undefined) return
    const message = bytes.slice(payloadStart)
    message[0] = reply
    message[2] = message[3] = 0
    if (datagram.family === 4) writeChecksum(message, 2, checksum(message))
    const packet = ipPacket(
      { ...envelope, protocol: datagram.protocol, trafficClass: datagram.trafficClass, id: this.network.random16() },
      message,
    )
    if (datagram.family === 6) {
      const pseudo = sum(packet, 8, 40) + message.length + PROTOCOL.icmpv6
      writeChecksum(packet, 42, finish(sum(packet, 40, packet.length, pseudo)))
    }
    this.network.reply(arrived, this.station, packet)
  }

  private receiveUdp(arrived: Arrived): void {
    const { datagram, toGroup } = arrived
    const { bytes, payloadStart: at, family } = datagram
    if (bytes.length - at < 8) return
    const length = u16(bytes, at + 4)
    if (length < 8 || length > bytes.length - at) return
    const hasChecksum = u16(bytes, at + 6) !== 0
    // Over IPv6 the checksum is no option. RFC 8200 §8.1.
    if (hasChecksum ? !isUdpIntact(datagram, length) : family === 6) return
    const port = u16(bytes, at + 2)
    const service = this.station.plan.udp.get(port) ?? this.station.plan.udpElse
    if (service === 'dhcp') {
      this.receiveDhcp(arrived, bytes.slice(at + 8, at + length))
      return
    }
    const serve = this.datagramServices.get(port)
    if (serve === undefined) {
      if (!toGroup) this.refuse(arrived, service)
      return
    }
    if (toGroup) return
    const reply = serve(bytes.slice(at + 8, at + length))
    const envelope = reply === undefined ? undefined : this.envelope(arrived)
    if (reply === undefined || envelope === undefined) return
    const header = UDP({ sport: port, dport: u16(bytes, at) })
    const fits = reply.length + 8 + (family === 4 ? 20 : 40) <= this.station.pathMtu
    const packet = ipPacket(fits ? envelope : { ...envelope, id: this.network.random16() }, header, reply)
    this.network.reply(arrived, this.station, packet)
  }

  private receiveDhcp(arrived: Arrived, data: Uint8Array): void {
    const reply = this.dhcp?.answer(data)
    if (reply === undefined) return
    const { destination, target = EVERYBODY, message } = reply
    const envelope = { family: 4, source: this.station.plan.ipv4!, destination, ttl: FIRST_TTL } as const
    this.network.reply(arrived, this.station, ipPacket({ ...envelope, id: this.network.random16() }, message), target)
  }

  private receiveTcp(arrived: Arrived): void {
    if (arrived.toGroup) return
    const { datagram } = arrived
    const segment = readSegment(datagram)
    const envelope = segment === undefined ? undefined : this.envelope(arrived)
    if (segment === undefined || envelope === undefined) return
    const { plan, pathMtu } = this.station
    const service = plan.tcp.get(segment.dport) ?? plan.tcpElse
    if (service === 'drop' || service === 'prohibited') {
      this.refuse(arrived, service)
      return
    }
    const replies = this.tcp.receive(segment, {
      source: envelope.destination,
      destination: envelope.source,
      accept: service === 'closed' ? undefined : () => conversationWith(service, this.network),
      mss: pathMtu - TCP_HEADER - (datagram.family === 4 ? 20 : 40),
    })
    for (const reply of replies)
      this.network.reply(arrived, this.station, ipPacket(envelope, ...replyLayers(segment, reply)))
  }

  private refuse(arrived: Arrived, service: PracticeService | PracticeElse): void {
    if (service === 'drop') return
    this.network.complain(this.station, arrived, service === 'prohibited' ? 'prohibited' : 'port-unreachable')
  }

  /** The way back; undefined where the host has no address to speak from. */
  private envelope({ datagram, toGroup }: Arrived): Envelope | undefined {
    const { family } = datagram
    const source = toGroup ? this.station.sourceFor(family, datagram.isLinkLocal) : datagram.destination
    if (source === undefined) return undefined
    return { family, source, destination: datagram.source, ttl: this.station.answerTtl }
  }
}

function isUdpIntact({ bytes, payloadStart, protocol, family }: Datagram, length: number): boolean {
  const pseudo = (family === 4 ? sum(bytes, 12, 20) : sum(bytes, 8, 40)) + protocol + length
  return finish(sum(bytes, payloadStart, payloadStart + length, pseudo)) === 0
}

function writeChecksum(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8
  bytes[at + 1] = value & 255
}
