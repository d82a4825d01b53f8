/**
 * UDP, user datagrams. RFC 768; checksum over IPv6: RFC 8200 §8.1.
 *
 *    0      7 8     15 16    23 24    31
 *   +--------+--------+--------+--------+
 *   |      sport      |      dport      |
 *   +--------+--------+--------+--------+
 *   |       len       |     chksum      |
 *   +--------+--------+--------+--------+
 */
import {
  type AnyPacket,
  answers,
  type BuildContext,
  behave,
  layer,
  type Packet,
  u16,
  u16Enum,
} from '../../packet/index.js'
import { quotedPayloadLength } from '../network/icmp-quotation.js'
import { transportChecksum } from '../network/ip-checksum.js'
import { bindTransport } from '../network/next-header.js'
import { endpoints } from './endpoints.js'
import { UDP_PORTS } from './ports.js'

const PROTOCOL = 17

const LARGEST_LENGTH = 0xffff

/** Header and payload in bytes; zero in a jumbogram, whose length stands in an option of IPv6. RFC 2675 §4. */
function lengthOf(context: BuildContext): number {
  const length = context.headerLength + context.payloadLength
  if (length <= LARGEST_LENGTH) return length
  let outer = context.packet.under
  while (outer?.layerName.startsWith('IPv6ExtHdr') === true) outer = outer.under
  return outer?.layerName === 'IPv6' ? 0 : length
}

const header = () => ({
  sport: u16Enum(53, UDP_PORTS),
  dport: u16Enum(53, UDP_PORTS),
  len: u16().auto(lengthOf),
  // Zero says that there is no checksum; a computed zero is sent as 0xffff. RFC 768.
  chksum: u16().checksum((c) => transportChecksum(c, PROTOCOL) || 0xffff),
})

export const UDP = layer('UDP', () => header(), 'User Datagram Protocol.', 'RFC 768; checksum over IPv6: RFC 8200 §8.1')

/** The UDP header quoted in an ICMP error. */
export const UDPerror = layer('UDPerror', () => header(), 'UDP header quoted in an ICMP error.', 'RFC 792')

/** Zero is a jumbogram's length. RFC 2675 §4. */
const payloadLength = (me: AnyPacket): number | undefined => (me.len === 0 ? undefined : me.len - 8)

behave(UDP, { payloadLength, payloadLengthField: 'len' })
behave(UDPerror, { payloadLength: (me) => quotedPayloadLength(me, payloadLength(me)), payloadLengthField: 'len' })

/** A server of TFTP answers from a port of its own. RFC 1350 §4. */
const TFTP_PORT = 69

behave(UDP, {
  summary: (me) => `UDP ${endpoints(me)}`,
  answers(me, request) {
    if (me.dport !== request.sport) return false
    if (me.sport === request.dport) return payloadFits(me, request)
    const read = request.dport === TFTP_PORT ? readAlike(me, request) : me
    return read !== me && answers(read.payload, request.payload)
  },
  hash,
})

function hash(me: AnyPacket): string {
  // From which port the answer comes, nobody knows.
  if (me.dport === TFTP_PORT) return `* ${me.sport}`
  return me.sport < me.dport ? `${me.sport} ${me.dport}` : `${me.dport} ${me.sport}`
}

/**
 * An answer whose ports do not tell what it carries, read as the protocol of its request; every other as it is.
 * @param me from UDP on or from further out, as the request
 */
export function readAlike(me: Packet, request: Packet): Packet {
  const [udp, asked] = [me.get(UDP), request.get(UDP)]
  if (udp?.payload?._layer.isOpaque !== true || asked?.dport !== TFTP_PORT || asked.payload === null) return me
  return me.decodeAs(UDP, asked.payload._layer)
}

/** Where both carry the same protocol, and it tells which question an answer is to (DNS by its number), that one decides. */
function payloadFits({ payload }: AnyPacket, request: AnyPacket): boolean {
  if (payload === null || payload._layer !== request.payload?._layer) return true
  return payload._layer.behaviour.answers === undefined || answers(payload, request.payload)
}

behave(UDPerror, {
  answers: (me, request) =>
    request.layerName === 'UDP' &&
    me.sport === request.sport &&
    me.dport === request.dport &&
    (me.payload === null || request.payload === null || answers(null, request.payload)),
  hash,
})

bindTransport(PROTOCOL, UDP, UDPerror)
