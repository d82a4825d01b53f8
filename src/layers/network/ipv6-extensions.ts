/**
 * Extension headers of IPv6: hop-by-hop and destination options, routing, fragment. RFC 8200 §4; segment routing: RFC 8754;
 * jumbo payload: RFC 2675; router alert: RFC 2711; home address and type 2 routing: RFC 6275.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |      nh       |      len      |  options (8 len + 6 bytes) …  |  hop-by-hop, destination
 *   |      nh       |      len      |     type      |    segleft    |  routing: addresses or data behind it
 *   |      nh       |     res1      |         offset          |res|m|  fragment: id behind it (32 bits)
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
import {
  type AnyPacket,
  answers,
  behave,
  bits,
  bytes,
  ipv6,
  layer,
  list,
  options,
  u8,
  u8Enum,
  u16,
  u32,
} from '../../packet/index.js'
import { IP_PROTOCOLS } from './ip-numbers.js'
import { IPv6ExtHdrRPL } from './ipv6-extensions-rpl.js'

const NO_NEXT_HEADER = 59

/** IANA, "Destination Options and Hop-by-Hop Options". */
const OPTIONS = () =>
  ({
    0: { name: 'Pad1', bare: true },
    1: { name: 'PadN' },
    4: { name: 'TunnelEncapsulationLimit', fields: [u8()] },
    5: { name: 'RouterAlert', fields: [u16()] },
    7: { name: 'CALIPSO' },
    8: { name: 'SMF_DPD' },
    15: { name: 'PDM', fields: [u8(), u8(), u16(), u16(), u16(), u16()] },
    17: { name: 'IOAMDestination' },
    35: { name: 'RPL' },
    38: { name: 'QuickStart' },
    48: { name: 'MinimumPathMTU', fields: [u16(), u16()] },
    49: { name: 'IOAM' },
    77: { name: 'IP_DFF' },
    99: { name: 'RPLOld' },
    109: { name: 'MPL' },
    139: { name: 'ILNPNonce' },
    140: { name: 'LineIdentification' },
    194: { name: 'Jumbo', fields: [u32()] },
    201: { name: 'HomeAddress', fields: [ipv6()] },
  }) as const

/** Objects of a segment routing header. IANA, "Segment Routing Header TLVs"; names as Scapy's. */
const TLVS = () =>
  ({
    0: { name: 'Pad1', bare: true },
    1: { name: 'IngressNode', fields: [u8(), u8(), ipv6()] },
    2: { name: 'EgressNode', fields: [u8(), u8(), ipv6()] },
    3: { name: 'OpaqueContainer' },
    4: { name: 'PadN' },
    5: { name: 'HMAC' },
    6: { name: 'NSHCarrier' },
  }) as const

/** Routing types. IANA, "Internet Protocol Version 6 (IPv6) Parameters". */
const ROUTING_TYPES: Readonly<Record<number, string>> = {
  0: 'source-route',
  2: 'type-2',
  3: 'RPL',
  4: 'segment-routing',
}
const RPL = 3
const SEGMENT_ROUTING = 4

/** Routing types that hold a reserved word and addresses. */
const ADDRESS_TYPES: ReadonlySet<number> = new Set([0, 2])

const nextHeader = () => u8Enum(NO_NEXT_HEADER, IP_PROTOCOLS)
/** Units of 8 bytes behind the first 8. */
const length = () => u8().auto((c) => (c.headerLength - 1) >>> 3)

const optionsHeader = () => ({
  nh: nextHeader(),
  len: length(),
  options: options({ kinds: OPTIONS(), lengthCounts: 'value', align: 8, filler: 1 }),
})

export const IPv6ExtHdrHopByHop = layer(
  'IPv6ExtHdrHopByHop',
  () => optionsHeader(),
  "Options for every router on the way. Filled up with padding; an option's own alignment is up to you.",
  'RFC 8200 §4.3; jumbo payload: RFC 2675; router alert: RFC 2711',
)

export const IPv6ExtHdrDestOpt = layer(
  'IPv6ExtHdrDestOpt',
  () => optionsHeader(),
  "Options for the destination. Filled up with padding; an option's own alignment is up to you.",
  'RFC 8200 §4.6; home address: RFC 6275',
)

const hasAddresses = (me: AnyPacket) => ADDRESS_TYPES.has(me.type as number)

export const IPv6ExtHdrRouting = layer(
  'IPv6ExtHdrRouting',
  () => ({
    nh: nextHeader(),
    len: length(),
    type: u8Enum(0, ROUTING_TYPES),
    segleft: u8().dynamic((me) => me.addresses?.length ?? 0),
    reserved: u32().when(hasAddresses),
    addresses: list(ipv6()).when(hasAddresses),
    data: bytes().when((me) => !hasAddresses(me)),
  }),
  'Addresses to visit. segleft: how many are still to come, all unless set. Types 0 and 2 have addresses, others data.',
  'RFC 8200 §4.4; type 2: RFC 6275',
)

export const IPv6ExtHdrSegmentRouting = layer(
  'IPv6ExtHdrSegmentRouting',
  () => ({
    nh: nextHeader(),
    len: length(),
    type: u8Enum(SEGMENT_ROUTING, ROUTING_TYPES),
    segleft: u8().dynamic((me) => Math.max(0, (me.addresses?.length ?? 0) - 1)),
    lastentry: u8().auto((c) => Math.max(0, c.fieldCount('addresses') - 1)),
    unused1: bits(1),
    protected: bits(1),
    oam: bits(1),
    alert: bits(1),
    hmac: bits(1),
    unused2: bits(3),
    tag: u16(),
    addresses: list(ipv6(), { count: (me) => segmentCount(me) }),
    tlv_objects: options({ kinds: TLVS(), lengthCounts: 'value', align: 8, filler: 4 }),
  }),
  'Segments to visit, the last one first. The current one is addresses[segleft], the last of the list unless set.',
  'RFC 8754',
)

/** The last entry's number is one less than their count; a header too short for one segment has none. */
function segmentCount(me: AnyPacket): number {
  return me.len < 2 ? 0 : me.lastentry + 1
}

export const IPv6ExtHdrFragment = layer(
  'IPv6ExtHdrFragment',
  () => ({
    nh: nextHeader(),
    res1: u8(),
    offset: bits(13),
    res2: bits(2),
    m: bits(1),
    id: u32(),
  }),
  'Fragment of a packet. offset in units of 8 bytes; m: more follow. Only the first names its next layer.',
  'RFC 8200 §4.5',
)

/** All of them: each names the next header as IPv6 itself does. */
export const EXTENSION_HEADERS = [
  IPv6ExtHdrHopByHop,
  IPv6ExtHdrDestOpt,
  IPv6ExtHdrRouting,
  IPv6ExtHdrSegmentRouting,
  IPv6ExtHdrRPL,
  IPv6ExtHdrFragment,
] as const

const LENGTH_HEADERS = [
  IPv6ExtHdrHopByHop,
  IPv6ExtHdrDestOpt,
  IPv6ExtHdrRouting,
  IPv6ExtHdrSegmentRouting,
  IPv6ExtHdrRPL,
] as const
for (const each of LENGTH_HEADERS) behave(each, { headerLength: (me) => (me.len + 1) * 8, headerLengthField: 'len' })

for (const each of EXTENSION_HEADERS) {
  behave(each, {
    // IPv6 passes over these headers; this rule is for packets that start with one.
    answers: (me, request) => me._layer === request._layer && answers(me.payload, request.payload),
  })
}

behave(IPv6ExtHdrFragment, {
  summary: (me) =>
    `IPv6ExtHdrFragment id ${me.id} offset ${me.offset * 8}${me.m === 1 ? ' more' : ''} ${me.text('nh')}`,
})

behave(IPv6ExtHdrRouting, {
  refine: (buffer, start, end) => {
    if (end - start < 8) return undefined
    const type = buffer[start + 2]
    return type === SEGMENT_ROUTING ? IPv6ExtHdrSegmentRouting : type === RPL ? IPv6ExtHdrRPL : undefined
  },
})
