/**
 * GRE, a packet of any protocol in IP. RFC 2784 §2; key and number: RFC 2890; source routes: RFC 1701; PPTP's version 1:
 * RFC 2637 §4.1.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-----+---------+-----+-------------------------------+
 *   |C|R|K|S|s|recur|  flags  | ver |             proto             |
 *   +-+-+-+-+-+-----+---------+-----+-------------------------------+
 *   |      chksum (if C or R)       |      offset (if C or R)       |
 *   +-------------------------------+-------------------------------+
 *   |                          key (if K)                           |  PPTP: payload_len, call_id
 *   +---------------------------------------------------------------+
 *   |                    sequence_number (if S)                     |
 *   +---------------------------------------------------------------+
 */
import {
  type AnyPacket,
  type BuildContext,
  behave,
  bind,
  bits,
  bytes,
  checksum,
  type LayerReference,
  layer,
  layers,
  u8,
  u16,
  u16Enum,
  u32,
} from '../../packet/index.js'
import { carryEtherTypes } from '../link/ether-type.js'
import { ETHER_TYPES, Ether } from '../link/ethernet.js'
import { PPP } from '../link/ppp.js'
import { bindTransport } from '../network/next-header.js'

const PROTOCOL = 47
const PPP_TYPE = 0x880b
/** NVGRE (RFC 7637) and other Ethernet in GRE. */
const ETHERNET_TYPE = 0x6558

const hasChecksum = (me: AnyPacket): boolean => me.chksum_present === 1 || me.routing_present === 1
const hasRouting = (me: AnyPacket): boolean => me.routing_present === 1

const flagBits = () => ({
  chksum_present: bits(1),
  routing_present: bits(1),
  key_present: bits(1),
  seqnum_present: bits(1),
  strict_route_source: bits(1),
  recursion_control: bits(3),
})

/** Source routes of the first version; a list of them ends with one of zeros. RFC 1701. */
export const GRErouting = layer(
  'GRErouting',
  () => ({
    address_family: u16(),
    SRE_offset: u8(),
    SRE_len: u8().lengthOf('routing_info'),
    routing_info: bytes('SRE_len'),
  }),
  'Source route in a GRE header. A list of them ends with one of zeros.',
  'RFC 1701',
)

const sum = (context: BuildContext): number =>
  context.raw('chksum_present') === 1 ? checksum(context.buffer, context.start, context.payloadEnd) : 0

export const GRE = layer(
  'GRE',
  () => ({
    ...flagBits(),
    flags: bits(5),
    version: bits(3),
    proto: u16Enum(0, ETHER_TYPES).hex().about('An EtherType.'),
    chksum: u16().checksum(sum).when(hasChecksum),
    offset: u16().when(hasChecksum).about('Byte of the routes at which the one in use starts.'),
    key: u32()
      .hex()
      .when((me) => me.key_present === 1)
      .about('Tells tunnels between the same addresses apart; NVGRE: network and flow.'),
    sequence_number: u32().when((me) => me.seqnum_present === 1),
    routing: layers(GRErouting, { count: routeCount }).when(hasRouting),
  }),
  'Packet of any protocol in IP. Set chksum_present, key_present or seqnum_present for the fields of these.',
  'RFC 2784 §2; key and number: RFC 2890',
)

/** Most routes that are read: each has at least four bytes. */
const MOST_ROUTES = 64

/** How many routes there are, up to the one of zeros; those of a packet to be built are all written. */
function routeCount(me: AnyPacket): number {
  const buffer = me._buffer
  if (buffer === null) return 0
  const fixed = 8 + (me.key_present === 1 ? 4 : 0) + (me.seqnum_present === 1 ? 4 : 0)
  let at = me._offset + fixed
  let count = 1
  while (at + 4 <= me._end && buffer[at + 3] !== 0 && count < MOST_ROUTES) {
    at += 4 + buffer[at + 3]!
    count++
  }
  return count
}

export const GRE_PPTP = layer(
  'GRE_PPTP',
  () => ({
    ...flagBits(),
    acknum_present: bits(1),
    flags: bits(4),
    version: bits(3, 1),
    proto: u16Enum(PPP_TYPE, ETHER_TYPES).hex(),
    payload_len: u16().auto((c) => c.payloadLength),
    call_id: u16(),
    sequence_number: u32().when((me) => me.seqnum_present === 1),
    ack_number: u32().when((me) => me.acknum_present === 1),
  }),
  "PPTP's form of GRE: a PPP frame, or an acknowledgment alone.",
  'RFC 2637 §4.1',
)

/** Both have one protocol number: their version tells them apart. Others are not known. */
function refine(buffer: Uint8Array, start: number, end: number): LayerReference | undefined {
  return end - start >= 2 && (buffer[start + 1]! & 7) === 1 ? GRE_PPTP : GRE
}

behave(GRE, {
  refine,
  summary: (me) => `GRE (${me.text('proto')})${me.key_present === 1 ? ` key ${me.text('key')}` : ''}`,
})
behave(GRE_PPTP, {
  refine,
  payloadLength: (me) => me.payload_len,
  payloadLengthField: 'payload_len',
  summary: (me) =>
    `GRE_PPTP call ${me.call_id}${me.seqnum_present === 1 ? ` seq ${me.sequence_number}` : ''}${me.acknum_present === 1 ? ` ack ${me.ack_number}` : ''}`,
})

carryEtherTypes(GRE, (proto) => ({ proto }))
bind(GRE, Ether, { proto: ETHERNET_TYPE })
bind(GRE, PPP, { proto: PPP_TYPE }, { build: false })
bind(GRE_PPTP, PPP, { proto: PPP_TYPE })
bindTransport(PROTOCOL, GRE_PPTP)
bindTransport(PROTOCOL, GRE)
