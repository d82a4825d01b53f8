/**
 * IPv6, the Internet Protocol version 6. RFC 8200 §3; jumbograms: RFC 2675.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |version|      tc       |                  fl                   |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |             plen              |      nh       |     hlim      |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                        src (16 bytes)                         |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                        dst (16 bytes)                         |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
import {
  type AnyPacket,
  answers,
  behave,
  bind,
  bits,
  formatIpv6,
  hashKey,
  ipv6,
  layer,
  type Packet,
  routeSource,
  u8,
  u8Enum,
  u16,
} from '../../packet/index.js'
import { bindEtherType } from '../link/ether-type.js'
import { Loopback, LoopbackBE } from '../link/loopback.js'
import { quotedPayloadLength } from './icmp-quotation.js'
import { IP, IPerror } from './ip.js'
import { IP_PROTOCOLS } from './ip-numbers.js'

/** No next header: nothing follows that means anything. RFC 8200 §4.7. */
const NO_NEXT_HEADER = 59
const ICMPV6 = 58
const LARGEST_LENGTH = 0xffff

/** Address families of IPv6 in loopback headers: Linux, NetBSD and OpenBSD, FreeBSD, macOS; the last one is written. */
const IPV6_FAMILIES = [10, 24, 28, 30]

/** The source address towards `dst`, of the first address when it is a set. */
function sourceOf(me: AnyPacket): string {
  const dst = me.raw('dst')
  const first = dst instanceof Uint8Array ? dst : (dst as { pick(): unknown }).pick()
  return routeSource(first instanceof Uint8Array ? formatIpv6(first) : String(first)) ?? '::1'
}

const header = () => ({
  version: bits(4, 6),
  tc: bits(8),
  fl: bits(20),
  // A jumbogram says its length in a hop-by-hop option. RFC 2675 §3.
  plen: u16().auto((c) => (c.payloadLength > LARGEST_LENGTH && isJumbogram(c.packet) ? 0 : c.payloadLength)),
  nh: u8Enum(NO_NEXT_HEADER, IP_PROTOCOLS),
  hlim: u8(64),
  src: ipv6().dynamic(sourceOf),
  dst: ipv6('::1'),
})

export const IPv6 = layer(
  'IPv6',
  () => header(),
  'Internet Protocol version 6. Unset: src from the route to dst, nh from the next layer.',
  'RFC 8200 §3; jumbograms: RFC 2675',
)

/** The header of the packet that an ICMPv6 error is about, as far as the error quotes it. RFC 4443 §2.4. */
export const IPv6error = layer('IPv6error', () => header(), 'IPv6 header quoted in an ICMPv6 error.', 'RFC 4443 §2.4')

function isJumbogram(packet: Packet): boolean {
  const inner = packet.payload
  if (inner === null || inner.layerName !== 'IPv6ExtHdrHopByHop') return false
  return (inner.raw('options') as [string][]).some(([name]) => name === 'Jumbo')
}

/** Zero stands for a jumbogram, or for a capture before segmentation offload: both go on to the end. */
function payloadLength(me: AnyPacket): number | undefined {
  return me.plen === 0 && me.nh !== NO_NEXT_HEADER ? undefined : me.plen
}

/** What an extension header carries: the first layer behind them, and its number. */
function upperLayer(me: AnyPacket): { packet: Packet | null; protocol: number } {
  let packet = me.payload
  let protocol = me.nh as number
  while (packet?.layerName.startsWith('IPv6ExtHdr') === true) {
    protocol = packet.raw('nh') as number
    packet = packet.payload
  }
  return { packet, protocol }
}

const isError = (icmp: Packet): boolean => (icmp.raw('type') as number) < 128
const isNeighbourDiscovery = (icmp: Packet): boolean => icmp.layerName.startsWith('ICMPv6ND_')
const isMulticast = (address: Uint8Array): boolean => address[0] === 0xff

behave(IPv6, { payloadLength, payloadLengthField: 'plen' })
behave(IPv6error, { payloadLength: (me) => quotedPayloadLength(me, payloadLength(me)), payloadLengthField: 'plen' })

behave(IPv6, {
  summary: (me) => `IPv6 ${me.src} > ${me.dst} ${me.text('nh')}`,
  answers: (me, request) => {
    const mine = upperLayer(me)
    const asked = request.layerName === 'IPv6' ? upperLayer(request) : undefined
    if (mine.protocol === ICMPV6 && mine.packet !== null && !mine.packet._layer.isOpaque) {
      if (isError(mine.packet)) return answers(mine.packet.payload, request)
      if (isNeighbourDiscovery(mine.packet)) return asked !== undefined && answers(mine.packet, asked.packet)
    }
    if (asked === undefined || mine.protocol !== asked.protocol) return false
    if (!isMulticast(request.raw('dst') as Uint8Array) && me.src !== request.dst) return false
    return me.dst === request.src && answers(mine.packet, asked.packet)
  },
  hash: (me) => {
    const { packet, protocol } = upperLayer(me)
    if (protocol === ICMPV6 && packet !== null && !packet._layer.isOpaque) {
      if (isError(packet)) return hashKey(packet.payload)
      if (isNeighbourDiscovery(packet)) return hashKey(packet)
    }
    return conversation(me, protocol, packet)
  },
})

/** The same text for both directions. A multicast request is answered from another address. */
function conversation(me: AnyPacket, protocol: number, packet: Packet | null): string {
  if (isMulticast(me.raw('dst') as Uint8Array)) return `* ${protocol} ${hashKey(packet)}`
  const { src, dst } = me
  return src < dst ? `${src} ${dst} ${protocol} ${hashKey(packet)}` : `${dst} ${src} ${protocol} ${hashKey(packet)}`
}

behave(IPv6error, {
  answers: (me, request) => {
    if (request.layerName !== 'IPv6' || me.src !== request.src || me.dst !== request.dst) return false
    const quoted = upperLayer(me)
    const asked = upperLayer(request)
    return quoted.protocol === asked.protocol && answers(quoted.packet, asked.packet)
  },
  hash: (me) => {
    const { packet, protocol } = upperLayer(me)
    return conversation(me, protocol, packet)
  },
})

bindEtherType(0x86dd, IPv6)
for (const lower of [Loopback, LoopbackBE]) {
  bind(lower, IP, { type: 2 })
  for (const family of IPV6_FAMILIES) bind(lower, IPv6, { type: family })
}
bind(IP, IPv6, { proto: 41, frag: 0 })
bind(IPerror, IPv6error, { proto: 41, frag: 0 })
