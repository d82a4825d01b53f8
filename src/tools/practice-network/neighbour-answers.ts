import {
  ARP,
  ICMPv6ND_NA,
  ICMPv6ND_RA,
  ICMPv6NDOptDstLLAddr,
  ICMPv6NDOptMTU,
  ICMPv6NDOptPrefixInfo,
  ICMPv6NDOptRDNSS,
  ICMPv6NDOptSrcLLAddr,
} from '../../layers/index.js'
import { formatIpv4, formatIpv6, stack } from '../../packet/index.js'
import { type Datagram, u16, u32 } from './datagram.js'
import { ipPacket } from './ip-packet.js'
import { macOfBytes, type Station } from './station.js'
import { LINK } from './usual-network.js'

const NEIGHBOUR_SOLICITATION = 135
const ROUTER_SOLICITATION = 133
/** Hop limit that only a neighbour's packet can have. RFC 4861 §7.1. */
const ON_LINK_LIMIT = 255
const ALL_NODES = 'ff02::1'
const UNSPECIFIED = '::'
/** MAC address of the group of all nodes. RFC 2464 §7. */
const ALL_NODES_MAC = Uint8Array.of(0x33, 0x33, 0, 0, 0, 1)

/** What an ARP request (a frame) asks for; undefined for what is none. RFC 826. */
export function arpQuestion(frame: Uint8Array): string | undefined {
  if (frame.length < 42 || u16(frame, 14) !== 1 || u16(frame, 16) !== 0x0800) return undefined
  if (frame[18] !== 6 || frame[19] !== 4 || u16(frame, 20) !== 1) return undefined
  return formatIpv4(u32(frame, 38))
}

/** The ARP answer of the station that was asked for: the payload of a frame. */
export function arpAnswer(frame: Uint8Array, station: Station): Uint8Array {
  return stack(
    ARP({
      op: 2,
      hwsrc: station.mac,
      psrc: station.plan.ipv4!,
      hwdst: macOfBytes(frame, 22),
      pdst: formatIpv4(u32(frame, 28)),
    }),
  ).bytes()
}

/** The address that a neighbour solicitation asks for; undefined for what is none, or not valid. RFC 4861 §7.1.1. */
export function solicitedAddress(datagram: Datagram): string | undefined {
  const { bytes, payloadStart } = datagram
  if (bytes[payloadStart] !== NEIGHBOUR_SOLICITATION || !isValidDiscovery(datagram, 24)) return undefined
  const target = formatIpv6(bytes, payloadStart + 8)
  // Who has no address yet asks the group of the address he wants.
  if (datagram.source === UNSPECIFIED && !datagram.isMulticast) return undefined
  return target
}

/** The neighbour advertisement of the station that was asked for. RFC 4861 §7.2.4. */
export function advertisement(datagram: Datagram, station: Station, target: string): Uint8Array {
  const asker = datagram.source
  const isNameless = asker === UNSPECIFIED
  const envelope = {
    family: 6,
    source: target,
    destination: isNameless ? ALL_NODES : asker,
    ttl: ON_LINK_LIMIT,
  } as const
  const [R, S] = [station.isRouter ? 1 : 0, isNameless ? 0 : 1]
  // Who asks this station alone knows its link address already.
  if (!datagram.isMulticast) return ipPacket(envelope, ICMPv6ND_NA({ R, S, O: 0, tgt: target }))
  const option = ICMPv6NDOptDstLLAddr({ lladdr: station.mac })
  return ipPacket(envelope, ICMPv6ND_NA({ R, S, O: 1, tgt: target }), option)
}

/** Whether this is a valid router solicitation. RFC 4861 §6.1.1. */
export function isRouterSolicitation(datagram: Datagram): boolean {
  return datagram.bytes[datagram.payloadStart] === ROUTER_SOLICITATION && isValidDiscovery(datagram, 8)
}

/** What a router tells of the link. RFC 4861 §6.2.3; name server: RFC 8106. */
export function routerAdvertisement(datagram: Datagram, router: Station): Uint8Array {
  const asker = datagram.source
  const nameServer = router.plan.udp.get(53) === 'dns' ? router.plan.ipv6 : undefined
  return ipPacket(
    {
      family: 6,
      source: router.linkLocal,
      destination: asker === UNSPECIFIED ? ALL_NODES : asker,
      ttl: ON_LINK_LIMIT,
    },
    ICMPv6ND_RA({ chlim: 64, prf: 0, routerlifetime: 1800 }),
    ICMPv6NDOptSrcLLAddr({ lladdr: router.mac }),
    ICMPv6NDOptMTU({ mtu: LINK.mtu }),
    ICMPv6NDOptPrefixInfo({
      prefix: LINK.ipv6,
      prefixlen: LINK.prefix6,
      validlifetime: 86400,
      preferredlifetime: 14400,
    }),
    ...(nameServer === undefined ? [] : [ICMPv6NDOptRDNSS({ dns: [nameServer], lifetime: 1800 })]),
  )
}

function isValidDiscovery(datagram: Datagram, length: number): boolean {
  const { bytes, payloadStart } = datagram
  if (datagram.ttl !== ON_LINK_LIMIT || bytes.length - payloadStart < length || bytes[payloadStart + 1] !== 0)
    return false
  return datagram.isPayloadIntact && areOptionsWhole(bytes, payloadStart + length)
}

/** Every option has a length that is not zero and fits. RFC 4861 §4.6. */
function areOptionsWhole(bytes: Uint8Array, from: number): boolean {
  let at = from
  while (at < bytes.length) {
    const length = at + 1 < bytes.length ? bytes[at + 1]! * 8 : 0
    if (length === 0 || at + length > bytes.length) return false
    at += length
  }
  return true
}

/** The MAC address that an answer goes to: of who asked, or of all when he has no address yet. */
export function answerTarget(datagram: Datagram, sender: Uint8Array): Uint8Array {
  return datagram.source === UNSPECIFIED ? ALL_NODES_MAC : sender
}
