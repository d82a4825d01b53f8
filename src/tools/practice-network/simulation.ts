import { type Datagram, PROTOCOL, readDatagram, u16 } from './datagram.js'
import { Delivery } from './delivery.js'
import { NameTable } from './dns-service.js'
import { ErrorBudget } from './error-budget.js'
import { forward } from './forwarding.js'
import { FragmentStore, partsOf } from './fragment-handling.js'
import { type Arrived, Host, type HostNetwork } from './host.js'
import { type Complaint, type ComplaintDetails, errorPacket, mayComplainAbout } from './icmp-errors.js'
import {
  advertisement,
  answerTarget,
  arpAnswer,
  arpQuestion,
  isRouterSolicitation,
  routerAdvertisement,
  solicitedAddress,
} from './neighbour-answers.js'
import type { NetworkPlan } from './plan.js'
import { RandomSeries } from './random-series.js'
import { macOfBytes, type Station, solicitedNode, type Way } from './station.js'
import { Topology } from './topology.js'
import { LINK, USER } from './usual-network.js'

const ETHERNET_HEADER = 14
const ARP = 0x0806
const IPV4 = 0x0800
const IPV6 = 0x86dd
const ALL_NODES = 'ff02::1'
const ALL_ROUTERS = 'ff02::2'
const BROADCAST = '255.255.255.255'
const LINK_BROADCAST = LINK.ipv4.replace(/\d+$/, '255')

/** Everything behind the far end of the user's link: takes frames, and gives the frames that come back. */
export class Simulation implements HostNetwork {
  /** Frames that came from the user. */
  received = 0
  /** Frames that nobody could make sense of, or was meant by. */
  ignored = 0
  readonly topology: Topology
  readonly delivery: Delivery
  private readonly names: NameTable
  private readonly random: RandomSeries
  private readonly hosts = new Map<Station, Host>()
  private readonly fragments = new Map<Station, FragmentStore>()
  private readonly budgets = new Map<Station, ErrorBudget>()

  constructor(plan: NetworkPlan, send: (frame: Uint8Array) => void) {
    this.topology = new Topology(plan)
    this.random = new RandomSeries(plan.seed)
    this.delivery = new Delivery(send, new RandomSeries(plan.seed ^ 0x5bd1e995))
    this.names = new NameTable(plan.stations, plan.names)
    for (const station of this.topology.stations) {
      this.hosts.set(station, new Host(station, this))
      this.fragments.set(station, new FragmentStore())
      this.budgets.set(station, new ErrorBudget(station.plan.errorRate))
    }
  }

  /** Takes a frame of the user's. Never throws. */
  receive(frame: Uint8Array): void {
    this.received++
    if (frame.length < ETHERNET_HEADER || !this.take(frame)) this.ignored++
  }

  /** Whether somebody took it. */
  private take(frame: Uint8Array): boolean {
    const type = u16(frame, 12)
    const isGroup = (frame[0]! & 1) === 1
    const target = isGroup ? undefined : this.topology.findMac(macOfBytes(frame))
    if (!isGroup && target === undefined) return false
    if (type === ARP) return this.takeArp(frame, target)
    if (type !== IPV4 && type !== IPV6) return false
    const datagram = readDatagram(frame, ETHERNET_HEADER, type === IPV4 ? 4 : 6)
    // Somebody who uses an address of this network as his own: a real one would get the answers.
    if (datagram === undefined || this.topology.find(datagram.source) !== undefined) return false
    const sender = frame.subarray(6, 12)
    if (target === undefined) return this.takeFromGroup(datagram, sender)
    return this.takeFrom(target, { datagram, hops: 0, toGroup: false, sender, entrance: target })
  }

  private takeArp(frame: Uint8Array, target: Station | undefined): boolean {
    const asked = arpQuestion(frame)
    const station = asked === undefined ? undefined : this.topology.find(asked)
    if (station === undefined || station.parent !== undefined) return false
    if (target !== undefined && target !== station) return false
    this.sendFrame(frame.subarray(6, 12), station, ARP, arpAnswer(frame, station), neighbourWay(station))
    return true
  }

  private takeFrom(station: Station, arrived: Arrived): boolean {
    const { destination } = arrived.datagram
    if (station.owns(destination)) return this.arrive(station, arrived)
    // What was sent to one station's MAC address but is for a group.
    if (arrived.datagram.isMulticast || destination === BROADCAST || destination === LINK_BROADCAST)
      return this.isMember(station, destination) && this.arrive(station, { ...arrived, toGroup: true })
    if (!station.isRouter || arrived.datagram.isLinkLocal) return false
    const fate = forward(this.topology, arrived, station)
    if (fate.kind === 'lost') return true
    const there = { ...arrived, hops: fate.hops }
    if (fate.kind === 'arrives') return this.arrive(fate.station, there)
    this.complain(fate.router, there, fate.complaint, fate.details)
    return true
  }

  private takeFromGroup(datagram: Datagram, sender: Uint8Array): boolean {
    const { destination } = datagram
    let isTaken = false
    for (const station of this.topology.onLink) {
      if (!this.isMember(station, destination)) continue
      this.arrive(station, { datagram, hops: 0, toGroup: true, sender, entrance: station })
      isTaken = true
    }
    return isTaken
  }

  private isMember(station: Station, destination: string): boolean {
    const { ipv4, ipv6 } = station.plan
    if (destination === BROADCAST || destination === LINK_BROADCAST) return ipv4 !== undefined
    if (destination === ALL_NODES) return true
    if (destination === ALL_ROUTERS) return station.isRouter
    if (!destination.startsWith('ff02::1:ff')) return false
    return (
      destination === solicitedNode(station.linkLocal) || (ipv6 !== undefined && destination === solicitedNode(ipv6))
    )
  }

  /** Takes a packet that is for this station. */
  private arrive(station: Station, arrived: Arrived): boolean {
    const { datagram } = arrived
    if (datagram.fragment !== undefined) {
      const whole = this.fragments.get(station)!.add(datagram)
      return (
        whole?.fragment !== undefined || whole === undefined || this.arrive(station, { ...arrived, datagram: whole })
      )
    }
    if (datagram.unknownOption !== undefined) return this.refuseOption(station, arrived, datagram.unknownOption.told)
    if (datagram.protocol === PROTOCOL.icmpv6 && station.parent === undefined && this.takeDiscovery(station, arrived))
      return true
    if (station.plan.silent) return true
    this.hosts.get(station)!.receive(arrived)
    return true
  }

  private refuseOption(station: Station, arrived: Arrived, told: 'never' | 'always' | 'unless-group'): boolean {
    if (told === 'always' || (told === 'unless-group' && !arrived.toGroup))
      this.complain(station, arrived, 'unknown-option')
    return true
  }

  /** Neighbour discovery: also silent stations answer it, else nobody could reach them. */
  private takeDiscovery(station: Station, arrived: Arrived): boolean {
    const { datagram } = arrived
    const asked = solicitedAddress(datagram)
    const target = answerTarget(datagram, arrived.sender)
    if (asked !== undefined) {
      if (station.owns(asked))
        this.sendFrame(target, station, IPV6, advertisement(datagram, station, asked), neighbourWay(station))
      return true
    }
    if (!isRouterSolicitation(datagram)) return false
    if (station.isRouter)
      this.sendFrame(target, station, IPV6, routerAdvertisement(datagram, station), neighbourWay(station))
    return true
  }

  reply(arrived: Arrived, station: Station, packet: Uint8Array, target = arrived.sender): void {
    const type = arrived.datagram.family === 4 ? IPV4 : IPV6
    const { family } = arrived.datagram
    const { entrance } = arrived
    if (packet.length <= station.pathMtu) this.sendFrame(target, entrance, type, packet, station.way)
    else
      for (const part of partsOf(packet, family, station.pathMtu, this.random32()))
        this.sendFrame(target, entrance, type, part, station.way)
  }

  complain(station: Station, arrived: Arrived, complaint: Complaint, details: ComplaintDetails = {}): void {
    const { datagram, hops } = arrived
    if (station.plan.silent || !mayComplainAbout(datagram, complaint)) return
    // Hosts speak from the address that was asked, routers from their own.
    const { destination, family } = datagram
    const source = station.owns(destination) ? destination : station.sourceFor(family, datagram.isLinkLocal)
    if (source === undefined || !this.budgets.get(station)!.take()) return
    // Linux counts the hop down before it looks at the size, in IPv6 only.
    const quotedHops = family === 6 && complaint === 'too-big' ? hops + 1 : hops
    const envelope = { family, source, destination: datagram.source, ttl: station.answerTtl, id: this.random16() }
    this.reply(arrived, station, errorPacket(envelope, complaint, datagram, datagram.after(quotedHops), details))
  }

  answerDns(message: Uint8Array, most: number): Uint8Array | undefined {
    return this.names.answer(message, most)
  }

  sessionId(): Uint8Array {
    const id = new Uint8Array(8)
    new DataView(id.buffer).setUint32(0, this.random32())
    new DataView(id.buffer).setUint32(4, this.random32())
    return id
  }

  isTaken(address: string): boolean {
    return address === USER.ipv4 || this.topology.find(address) !== undefined
  }

  random16(): number {
    return this.random.next() >>> 16
  }

  random32(): number {
    return this.random.next()
  }

  /** Sends a packet by `entrance`, which is on the link, to a MAC address there. */
  private sendFrame(target: Uint8Array, entrance: Station, type: number, packet: Uint8Array, way: Way): void {
    const frame = new Uint8Array(ETHERNET_HEADER + packet.length)
    frame.set(target, 0)
    frame.set(entrance.macBytes, 6)
    frame[12] = type >>> 8
    frame[13] = type & 255
    frame.set(packet, ETHERNET_HEADER)
    this.delivery.deliver(frame, way)
  }
}

/** Answers about link addresses are late like others, but not lost: who loses pings should be found at all. */
function neighbourWay({ way }: Station): Way {
  return { ...way, loss: 0, duplicates: 0 }
}
