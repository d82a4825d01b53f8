import { ARP } from '../layers/index.js'
import { LINKTYPE_ETHERNET, type Link, LinkError, route } from '../link/index.js'
import { type AnyPacket, formatMac, type Packet, PacketError, parseIpv4, parseIpv6, parseMac } from '../packet/index.js'
import { chosenInterface, defaultInterface, linkOf } from './links.js'

/** Where packets go when their own addresses do not decide. */
export interface PathOptions {
  /** Interface name; unset: that of the setting `iface`, else the one that the route to the destination takes. */
  iface?: string
  /** A link of your own, for lessons and tests in memory. */
  link?: Link
  /** Name of the network namespace to work in, as `ip netns` has it. Unset: that of netshell. */
  netns?: string
}

/** The way of one network-layer packet: the link it leaves by and whom it is handed to. */
export interface Path {
  readonly link: Link
  /** Address of the next hop on the link; undefined where the link needs none (loopback, tunnels). */
  readonly nextHop: string | undefined
  /** Address that a packet takes when it names no source; undefined when there is none. */
  readonly source: string | undefined
}

const BROADCAST = 0xffffffffffff
const ETHER_TYPE_IPV4 = 0x0800
const ETHER_TYPE_IPV6 = 0x86dd

/**
 * The way of a packet whose outermost layer is IP or IPv6.
 * @param name of the command, for errors
 * @param source its source address, where policy rules may look at it
 * @throws PacketError or LinkError that says what to do
 */
export function pathOf(name: string, packet: Packet, options: PathOptions, source?: string): Path {
  const { layerName } = packet
  if (layerName !== 'IP' && layerName !== 'IPv6') {
    const remedy =
      packet._layer.find('dst') >= 0 || layerName === 'Ether'
        ? 'sendp, srp and srp1 send whole frames'
        : `put it in a frame, Ether()/${layerName}(…), and use sendp, srp or srp1`
    throw new PacketError(
      `${name} takes packets that begin with IP or IPv6; this one begins with ${layerName}: ${remedy}`,
    )
  }
  const destination = (packet as AnyPacket).dst as string
  if (options.link !== undefined) return ownPath(options.link, destination)
  const iface = chosenInterface(options)
  const way = route(destination, {
    ...(iface === undefined || isToSelf(destination, iface, options) ? {} : { interfaceName: iface }),
    ...(options.netns === undefined ? {} : { netns: options.netns }),
    ...(source === undefined ? {} : { source }),
  })
  if (way.type === 'unreachable' || way.type === 'prohibit' || way.type === 'blackhole') {
    throw new PacketError(
      `no route to ${destination} (${way.type})${iface === undefined ? '; name the interface with iface to send all the same' : ` by ${iface}`}; ip route shows the routes`,
    )
  }
  const link = linkOf(way.interfaceName, options.netns)
  return { link, nextHop: way.type === 'local' ? undefined : (way.gateway ?? destination), source: way.source }
}

/** Whether a packet is for this machine, and only the setting `iface` would send it elsewhere. */
function isToSelf(destination: string, iface: string, options: PathOptions): boolean {
  return options.iface === undefined && iface !== 'lo' && route(destination).type === 'local'
}

/** The way on a link of the user's own: its addresses say what is on the link, and what its gateway is for. */
function ownPath(link: Link, destination: string): Path {
  const { addresses } = link
  const isIpv6 = destination.includes(':')
  const own = isIpv6 ? addresses?.ipv6 : addresses?.ipv4
  const on = own?.find(({ address, prefix }) => sameNetwork(address, destination, prefix))
  const gateway = isIpv6 ? addresses?.gateway6 : addresses?.gateway4
  return {
    link,
    nextHop:
      on === undefined && gateway !== undefined && groupAddress(destination) === undefined ? gateway : destination,
    source: (on ?? own?.find(({ address }) => !/^fe[89ab]/i.test(address)) ?? own?.[0])?.address,
  }
}

function sameNetwork(left: string, right: string, prefix: number): boolean {
  const [a, b] = [bytesOf(left), bytesOf(right)]
  if (a === undefined || b === undefined || a.length !== b.length) return false
  for (let bit = 0; bit < prefix; bit += 8) {
    const mask = prefix - bit >= 8 ? 255 : (0xff00 >> (prefix - bit)) & 255
    if (((a[bit >> 3]! ^ b[bit >> 3]!) & mask) !== 0) return false
  }
  return true
}

function bytesOf(address: string): Uint8Array | undefined {
  const ipv4 = parseIpv4(address)
  if (ipv4 >= 0) return Uint8Array.of(ipv4 >>> 24, ipv4 >>> 16, ipv4 >>> 8, ipv4)
  return parseIpv6(address)
}

/** The link that whole frames leave by: the one named, else that of the route to the IP address inside, else the default. */
export function frameLink(packet: Packet, options: PathOptions): Link {
  if (options.link !== undefined) return options.link
  const { netns } = options
  const iface = chosenInterface(options)
  if (iface !== undefined) return linkOf(iface, netns)
  const inner = packet.get('IP') ?? packet.get('IPv6') ?? packet.get('ARP')
  if (inner === undefined) return linkOf(defaultInterface(netns), netns)
  const destination = (inner.layerName === 'ARP' ? inner.pdst : inner.dst) as string
  const way = route(destination, netns === undefined ? {} : { netns })
  return linkOf(way.interfaceName === '' ? defaultInterface(netns) : way.interfaceName, netns)
}

/** The MAC address of a link's own interface as a number; 0 where it has none. */
function ownAddress(link: Link): number {
  const mac = link.addresses?.mac
  return mac === undefined ? 0 : Math.max(0, parseMac(mac))
}

/** Whether packets go out on the link without a frame around them. */
export function isFrameless(link: Link): boolean {
  return link.linkType !== LINKTYPE_ETHERNET
}

/** The Ethernet frame of a network-layer packet's bytes, to the next hop's MAC address `target`. */
export function frameOf(bytes: Uint8Array, { link, nextHop }: Path, target: number): Uint8Array {
  const frame = new Uint8Array(14 + bytes.length)
  writeMac(frame, 0, target)
  writeMac(frame, 6, nextHop === undefined ? 0 : ownAddress(link))
  const type = bytes[0]! >>> 4 === 6 ? ETHER_TYPE_IPV6 : ETHER_TYPE_IPV4
  frame[12] = type >>> 8
  frame[13] = type & 255
  frame.set(bytes, 14)
  return frame
}

/** MAC address of a broadcast or multicast address (RFC 1112 §6.4, RFC 2464 §7); undefined for a station's own. */
export function groupAddress(address: string, netns?: string): number | undefined {
  const ipv4 = parseIpv4(address)
  if (ipv4 >= 0) {
    if (ipv4 === 0xffffffff) return BROADCAST
    if (ipv4 >>> 28 === 14) return 0x01005e000000 + (ipv4 & 0x7fffff)
    return route(address, netns === undefined ? {} : { netns }).type === 'broadcast' ? BROADCAST : undefined
  }
  const ipv6 = parseIpv6(address)
  if (ipv6 === undefined || ipv6[0] !== 0xff) return undefined
  return 0x333300000000 + ((ipv6[12]! << 24) >>> 0) + (ipv6[13]! << 16) + (ipv6[14]! << 8) + ipv6[15]!
}

/**
 * Fills in the source addresses that a frame leaves open. Gives the way of the packet inside when the frame's destination is
 * open too and that packet tells it; `completeTarget` then writes it.
 */
export function completeSource(packet: Packet, link: Link): Path | undefined {
  const own = formatMac(ownAddress(link))
  const ether = packet.layerName === 'Ether' ? packet : undefined
  if (ether !== undefined && isUnset(ether, ether._layer.indexOf('src'))) ether._write(ether._layer.indexOf('src'), own)
  const arp = packet.get(ARP)
  const hwsrc = ARP.definition.indexOf('hwsrc')
  if (arp !== undefined && isUnset(arp, hwsrc) && arp.raw('hwlen') === 6) arp._write(hwsrc, own)
  const inner = ether?.payload
  if (ether === undefined || (inner?.layerName !== 'IP' && inner?.layerName !== 'IPv6')) return undefined
  const isOpen = isUnset(ether, ether._layer.indexOf('dst'))
  const index = inner._layer.indexOf('src')
  if (!isOpen && !isUnset(inner, index)) return undefined
  const destination = (inner as AnyPacket).dst as string
  const path = isOpen ? wayBy(link, destination) : quietly(() => wayBy(link, destination))
  if (path?.source !== undefined && isUnset(inner, index)) inner._write(index, path.source)
  return isOpen ? path : undefined
}

/** Who names the next hop need not have a route. */
function quietly<T>(ask: () => T): T | undefined {
  try {
    return ask()
  } catch (error) {
    if (error instanceof LinkError) return undefined
    throw error
  }
}

/** The way of a packet by this link. */
function wayBy(link: Link, destination: string): Path {
  if (link.backend === 'memory') return ownPath(link, destination)
  const way = route(destination, {
    interfaceName: link.name,
    ...(link.netns === undefined ? {} : { netns: link.netns }),
  })
  return { link, nextHop: way.type === 'local' ? undefined : (way.gateway ?? destination), source: way.source }
}

/** Writes the destination of a frame. */
export function completeTarget(frame: Packet, target: number): void {
  frame._write(frame._layer.indexOf('dst'), formatMac(target))
}

/** Whether nobody has set this field, neither the user nor the bytes it was read from. */
export function isUnset(layer: Packet, index: number): boolean {
  return !layer._isSet(index) && !layer._isFromBytes(index)
}

function writeMac(into: Uint8Array, at: number, address: number): void {
  const low = address >>> 0
  const high = (address - low) / 0x100000000
  into[at] = high >>> 8
  into[at + 1] = high
  into[at + 2] = low >>> 24
  into[at + 3] = low >>> 16
  into[at + 4] = low >>> 8
  into[at + 5] = low
}
