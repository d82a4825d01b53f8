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
import { type AnyPacket, behave, bind, bytes, layer, u16, u24, u32 } from '../../packet/index.js'
import { ICMPExtensionHeader } from './icmp-extension.js'
import { quotationBehaviour, quotationLength } from './icmp-quotation.js'
import { addressesOf, bindMessage, messageHeader, networkLayer } from './icmpv6-message.js'
import { IPv6error } from './ipv6.js'

export { ICMPv6Unknown } from './icmpv6-message.js'

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

export const ICMPv6DestUnreach = layer(
  'ICMPv6DestUnreach',
  () => ({ ...messageHeader(1, UNREACHABLE_CODES), length: quotationLength(8), unused: u24() }),
  'Destination unreachable. Followed by the packet that it is about.',
  'RFC 4443 §3.1; extensions: RFC 4884',
)

export const ICMPv6PacketTooBig = layer(
  'ICMPv6PacketTooBig',
  () => ({ ...messageHeader(2), mtu: u32(1280) }),
  'Packet too big for the next link, whose mtu (bytes) it tells.',
  'RFC 4443 §3.2',
)

export const ICMPv6TimeExceeded = layer(
  'ICMPv6TimeExceeded',
  () => ({ ...messageHeader(3, EXCEEDED_CODES), length: quotationLength(8), unused: u24() }),
  'Hop limit or reassembly time exceeded.',
  'RFC 4443 §3.3; extensions: RFC 4884',
)

export const ICMPv6ParamProblem = layer(
  'ICMPv6ParamProblem',
  () => ({ ...messageHeader(4, PROBLEM_CODES), ptr: u32(6) }),
  'Parameter problem; ptr is the byte of the packet that was not understood.',
  'RFC 4443 §3.4',
)

const echo = (type: number) => ({ ...messageHeader(type), id: u16().hex(), seq: u16().hex(), data: bytes() })

export const ICMPv6EchoRequest = layer('ICMPv6EchoRequest', () => echo(128), 'Echo request (ping).', 'RFC 4443 §4.1')
export const ICMPv6EchoReply = layer('ICMPv6EchoReply', () => echo(129), 'Echo reply.', 'RFC 4443 §4.2')

const ERRORS = [ICMPv6DestUnreach, ICMPv6PacketTooBig, ICMPv6TimeExceeded, ICMPv6ParamProblem] as const
for (const each of ERRORS) {
  behave(each, {
    summary: (me) =>
      `${me.layerName}${addressesOf(me)} ${each === ICMPv6PacketTooBig ? `mtu ${me.mtu}` : me.text('code')}`,
  })
  bind(each, IPv6error)
}
for (const each of [ICMPv6DestUnreach, ICMPv6TimeExceeded]) {
  behave(each, {
    ...quotationBehaviour(4, 8),
    payloadLengthField: 'length',
    trailer: () => ICMPExtensionHeader,
  })
}

const isQuoted = (me: AnyPacket): boolean => networkLayer(me)?.layerName === 'IPv6error'

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
