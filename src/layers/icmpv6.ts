/**
 * ICMPv6, control messages of IPv6: errors and echo. RFC 4443; extensions of errors: RFC 4884. Neighbour discovery and
 * multicast listeners have files of their own.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |     type      |     code      |             cksum             |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |    length     |                    unused                     |  1 3
 *   |                              mtu                              |  2
 *   |                              ptr                              |  4
 *   |              id               |              seq              |  128 129
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
import { type AnyPacket, behave, bind, bytes, type LayerReference, layer, u8, u8Enum, u16, u24, u32 } from '../packet/index.js'
import { ICMPExtensionHeader, isExtensionStructure } from './icmp-extension.js'
import { transportChecksum } from './ip-checksum.js'
import { IPv6error } from './ipv6.js'
import { bindNextHeader } from './next-header.js'

const PROTOCOL = 58

/** IANA, "Internet Control Message Protocol version 6 (ICMPv6) Parameters". */
export const ICMPV6_TYPES: Readonly<Record<number, string>> = {
  1: 'dest-unreach',
  2: 'packet-too-big',
  3: 'time-exceeded',
  4: 'parameter-problem',
  128: 'echo-request',
  129: 'echo-reply',
  130: 'multicast-listener-query',
  131: 'multicast-listener-report',
  132: 'multicast-listener-done',
  133: 'router-solicitation',
  134: 'router-advertisement',
  135: 'neighbour-solicitation',
  136: 'neighbour-advertisement',
  137: 'redirect',
  138: 'router-renumbering',
  139: 'node-information-query',
  140: 'node-information-response',
  141: 'inverse-neighbour-solicitation',
  142: 'inverse-neighbour-advertisement',
  143: 'multicast-listener-report-2',
  144: 'home-agent-discovery-request',
  145: 'home-agent-discovery-reply',
  146: 'mobile-prefix-solicitation',
  147: 'mobile-prefix-advertisement',
  151: 'multicast-router-advertisement',
  152: 'multicast-router-solicitation',
  153: 'multicast-router-termination',
  155: 'rpl',
  157: 'duplicate-address-request',
  158: 'duplicate-address-confirmation',
  160: 'extended-echo-request',
  161: 'extended-echo-reply',
}

const UNREACHABLE_CODES: Readonly<Record<number, string>> = {
  0: 'no-route',
  1: 'prohibited',
  2: 'beyond-scope',
  3: 'address-unreachable',
  4: 'port-unreachable',
  5: 'source-address-failed',
  6: 'route-rejected',
  7: 'source-routing-error',
  8: 'headers-too-long',
}
const EXCEEDED_CODES: Readonly<Record<number, string>> = { 0: 'hop-limit-exceeded', 1: 'reassembly-time-exceeded' }
const PROBLEM_CODES: Readonly<Record<number, string>> = {
  0: 'erroneous-header-field',
  1: 'unknown-next-header',
  2: 'unknown-option',
  3: 'incomplete-header-chain',
  4: 'upper-layer-header-error',
  10: 'option-too-big',
}

/** The first four bytes of every message. */
export const messageHeader = (type: number, codes: Readonly<Record<number, string>> = {}) => ({
  type: u8Enum(type, ICMPV6_TYPES),
  code: u8Enum(0, codes),
  cksum: u16().checksum((c) => transportChecksum(c, PROTOCOL)),
})

/** Units of 8 bytes of the original datagram, when extensions follow it. RFC 4884 §4.4. */
const length = () => u8().auto((c) => (c.trailerStart < c.payloadEnd ? (c.trailerStart - c.payloadStart) >>> 3 : 0))

export const ICMPv6Unknown = layer(
  'ICMPv6Unknown',
  { ...messageHeader(0), msgbody: bytes() },
  'ICMPv6 message of a type that has no layer of its own.',
)

export const ICMPv6DestUnreach = layer(
  'ICMPv6DestUnreach',
  { ...messageHeader(1, UNREACHABLE_CODES), length: length(), unused: u24() },
  'Destination unreachable. RFC 4443 §3.1. Followed by the packet that it is about.',
)

export const ICMPv6PacketTooBig = layer(
  'ICMPv6PacketTooBig',
  { ...messageHeader(2), mtu: u32(1280) },
  'Packet too big for the next link, whose mtu (bytes) it tells. RFC 4443 §3.2.',
)

export const ICMPv6TimeExceeded = layer(
  'ICMPv6TimeExceeded',
  { ...messageHeader(3, EXCEEDED_CODES), length: length(), unused: u24() },
  'Hop limit or reassembly time exceeded. RFC 4443 §3.3.',
)

export const ICMPv6ParamProblem = layer(
  'ICMPv6ParamProblem',
  { ...messageHeader(4, PROBLEM_CODES), ptr: u32(6) },
  'Parameter problem; ptr is the byte of the packet that was not understood. RFC 4443 §3.4.',
)

const echo = (type: number) => ({ ...messageHeader(type), id: u16().hex(), seq: u16().hex(), data: bytes() })

export const ICMPv6EchoRequest = layer('ICMPv6EchoRequest', echo(128), 'Echo request (ping). RFC 4443 §4.1.')
export const ICMPv6EchoReply = layer('ICMPv6EchoReply', echo(129), 'Echo reply. RFC 4443 §4.2.')

/** Bytes of the original datagram in front of the extensions. RFC 4884 §4.4, §5.1. */
const EXTENSION_OFFSET = 128

/** Bytes of the quoted datagram in front of an extension structure; undefined when there is none. */
function quotedLength(me: AnyPacket): number | undefined {
  const start = me._offset + 8
  const length = me._buffer![me._offset + 4]! * 8
  if (length > 0) return length === me._end - start ? undefined : length
  return isExtensionStructure(me._buffer!, start + EXTENSION_OFFSET, me._end) ? EXTENSION_OFFSET : undefined
}

/** `fe80::1 > ff02::1 ` of the packet around a message, or nothing. */
export function addressesOf(me: AnyPacket): string {
  let outer = me.under
  while (outer !== null && outer.layerName.startsWith('IPv6ExtHdr')) outer = outer.under
  return outer?.layerName === 'IPv6' ? ` ${outer.text('src')} > ${outer.text('dst')}` : ''
}

type Choice = (buffer: Uint8Array, start: number, end: number) => LayerReference

const messages = new Map<number, Choice>()

/** All messages have the same next-header number: their type tells them apart. */
function refine(buffer: Uint8Array, start: number, end: number): LayerReference {
  const choose = start < end ? messages.get(buffer[start]!) : undefined
  return choose === undefined ? ICMPv6Unknown : choose(buffer, start, end)
}

/** Makes a layer the one for messages of a type, behind IPv6 and its extension headers; `choose` where the type alone does not tell. */
export function bindMessage(type: number, message: LayerReference, choose: Choice = () => message): void {
  bindNextHeader(PROTOCOL, message)
  behave(message, { refine })
  messages.set(type, choose)
}

behave(ICMPv6Unknown, { refine, summary: (me) => `ICMPv6Unknown${addressesOf(me)} type ${me.text('type')}` })
bindNextHeader(PROTOCOL, ICMPv6Unknown)

const ERRORS = [ICMPv6DestUnreach, ICMPv6PacketTooBig, ICMPv6TimeExceeded, ICMPv6ParamProblem] as const
for (const each of ERRORS) {
  behave(each, {
    summary: (me) => `${me.layerName}${addressesOf(me)} ${each === ICMPv6PacketTooBig ? `mtu ${me.mtu}` : me.text('code')}`,
  })
  bind(each, IPv6error)
}
for (const each of [ICMPv6DestUnreach, ICMPv6TimeExceeded]) {
  behave(each, {
    payloadLength: quotedLength,
    payloadLengthField: 'length',
    trailer: () => ICMPExtensionHeader,
    trailerOffset: (built) => Math.max(EXTENSION_OFFSET, (built + 7) & ~7),
  })
}

const isQuoted = (me: AnyPacket): boolean => {
  let outer = me.under
  while (outer !== null && outer.layerName.startsWith('IPv6ExtHdr')) outer = outer.under
  return outer?.layerName === 'IPv6error'
}

for (const each of [ICMPv6EchoRequest, ICMPv6EchoReply]) {
  behave(each, {
    headerLength: (me) => me._end - me._offset,
    summary: (me) => `${me.layerName}${addressesOf(me)} id ${me.text('id')} seq ${me.seq}`,
    answers: (me, request) => {
      // A quoted request is the request itself, come back in an error.
      const expected = isQuoted(me) ? each : ICMPv6EchoRequest
      const isReply = isQuoted(me) || each === ICMPv6EchoReply
      return isReply && request._layer === expected.definition && me.id === request.id && me.seq === request.seq
    },
    hash: (me) => `${me.id} ${me.seq}`,
  })
}

bindMessage(1, ICMPv6DestUnreach)
bindMessage(2, ICMPv6PacketTooBig)
bindMessage(3, ICMPv6TimeExceeded)
bindMessage(4, ICMPv6ParamProblem)
bindMessage(128, ICMPv6EchoRequest)
bindMessage(129, ICMPv6EchoReply)
