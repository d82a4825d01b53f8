/**
 * IP, the Internet Protocol version 4. RFC 791 §3.1; DS field: RFC 2474; ECN: RFC 3168; the evil bit: RFC 3514.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |version|  ihl  |      tos      |              len              |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |              id               |flags|          frag           |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |      ttl      |     proto     |            chksum             |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                              src                              |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                              dst                              |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                    options                    |    (padding)  |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
import {
  type AnyPacket,
  answers,
  behave,
  bind,
  bits,
  checksum,
  flags,
  formatIpv4,
  ipv4,
  layer,
  options,
  routeSource,
  u8,
  u8Enum,
  u16,
} from '../../packet/index.js'
import { bindEtherType } from '../link/ether-type.js'
import { quotedPayloadLength } from './icmp-quotation.js'
import { IP_PROTOCOLS } from './ip-numbers.js'

/** IP options. IANA, "Internet Protocol Version 4 (IPv4) Parameters". */
const OPTIONS = {
  0: { name: 'EOL', bare: true },
  1: { name: 'NOP', bare: true },
  7: { name: 'RR', fields: [u8(4), ipv4()], repeats: true },
  68: { name: 'Timestamp' },
  82: { name: 'Traceroute', fields: [u16(), u16(), u16(), ipv4()] },
  130: { name: 'Security' },
  131: { name: 'LSRR', fields: [u8(4), ipv4()], repeats: true },
  136: { name: 'StreamID', fields: [u16()] },
  137: { name: 'SSRR', fields: [u8(4), ipv4()], repeats: true },
  148: { name: 'RouterAlert', fields: [u16()] },
} as const

/** The source address towards `dst`, of the first address when it is a set. */
function sourceOf(me: AnyPacket): string {
  const dst = me.raw('dst')
  const first = typeof dst === 'number' ? dst : (dst as { pick(): number }).pick()
  return routeSource(typeof first === 'number' ? formatIpv4(first) : String(first)) ?? '127.0.0.1'
}

const header = () => ({
  version: bits(4, 4),
  ihl: bits(4).auto((c) => c.headerLength >>> 2),
  tos: u8().hex(),
  len: u16().auto((c) => c.headerLength + c.payloadLength),
  id: u16(1),
  flags: flags(3, ['MF', 'DF', 'evil']),
  frag: bits(13),
  ttl: u8(64),
  proto: u8Enum(0, IP_PROTOCOLS),
  chksum: u16().checksum((c) => checksum(c.buffer, c.start, c.payloadStart)),
  src: ipv4().dynamic(sourceOf),
  dst: ipv4('127.0.0.1'),
  options: options({ kinds: OPTIONS, end: 0, align: 4 }),
})

export const IP = layer(
  'IP',
  () => header(),
  'Internet Protocol version 4. Unset: src from the route to dst, proto from the next layer.',
  'RFC 791 §3.1; DS field: RFC 2474; ECN: RFC 3168; evil bit: RFC 3514',
)

/** The header of the packet that an ICMP error is about, as far as the error quotes it. RFC 792. */
export const IPerror = layer(
  'IPerror',
  () => header(),
  'IP header quoted in an ICMP error.',
  'RFC 792; RFC 1812 §4.3.2.3',
)

/** ICMP messages that quote the packet they are about. */
export const ICMP_ERRORS: ReadonlySet<number> = new Set([3, 4, 5, 11, 12])

/** Zero is what a capture before segmentation offload shows: the packet then goes on to its end. */
const payloadLength = (me: AnyPacket): number | undefined => (me.len === 0 ? undefined : me.len - me.ihl * 4)

for (const each of [IP, IPerror]) {
  behave(each, {
    headerLength: (me) => me.ihl * 4,
    headerLengthField: 'ihl',
    payloadLength,
    payloadLengthField: 'len',
  })
}

behave(IPerror, { payloadLength: (me) => quotedPayloadLength(me, payloadLength(me)) })

// The quoted header has no summary: in one line, the message that quotes it says what happened.
behave(IP, {
  summary: (me) => `IP ${me.src} > ${me.dst} ${me.text('proto')}${me.frag > 0 ? ` frag:${me.frag}` : ''}`,
  answers: (me, request) => {
    const icmp = me.payload
    if (icmp !== null && icmp.layerName === 'ICMP' && ICMP_ERRORS.has(icmp.raw('type') as number))
      return answers(icmp.payload, request)
    if (me.proto !== request.proto) return false
    const multicast = (request.raw('dst') as number) >= 0xe0000000
    if (!multicast && me.src !== request.dst) return false
    // Who has no address yet (DHCP) is answered at the one that it is to get, or by broadcast.
    const isForMe = me.dst === request.src || (request.raw('src') === 0 && multicast)
    return isForMe && answers(me.payload, request.payload)
  },
  hash: (me, inner) => {
    const icmp = me.payload
    if (icmp !== null && icmp.layerName === 'ICMP' && ICMP_ERRORS.has(icmp.raw('type') as number)) return inner
    const [low, high] = [me.raw('src') as number, me.raw('dst') as number].sort((a, b) => a - b)
    // A broadcast or multicast request is answered from another address.
    return (me.raw('dst') as number) >= 0xe0000000 ? `* ${me.proto} ${inner}` : `${low} ${high} ${me.proto} ${inner}`
  },
})

behave(IPerror, {
  answers: (me, request) =>
    request.layerName === 'IP' &&
    me.src === request.src &&
    me.dst === request.dst &&
    me.proto === request.proto &&
    (request.raw('id') === me.id || request.raw('id') === 0 || me.id === 0) &&
    answers(me.payload, request.payload),
  hash: (me, inner) => {
    const [low, high] = [me.raw('src') as number, me.raw('dst') as number].sort((a, b) => a - b)
    return (me.raw('dst') as number) >= 0xe0000000 ? `* ${me.proto} ${inner}` : `${low} ${high} ${me.proto} ${inner}`
  },
})

bindEtherType(0x0800, IP)
bind(IP, IP, { proto: 4, frag: 0 })
