/**
 * Path attributes of BGP's UPDATE. RFC 4271 §4.3, §5; each attribute names its own source.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+---------------+---------------+
 *   |  type_flags   |   type_code   |   attr_len    |   attribute   |  two bytes of length
 *   +---------------+---------------+---------------+---------------+  with Extended-Length
 */
import {
  type AnyPacket,
  behave,
  bytes,
  flags,
  ipv4,
  ipv6,
  type LayerReference,
  layer,
  layers,
  list,
  nested,
  type Reader,
  u8,
  u8Enum,
  u16,
  u16Enum,
  u32,
} from '../../packet/index.js'
import { asnBytes } from './bgp-as-path.js'
import { community, extendedValue, largeCommunity } from './bgp-community.js'
import { ADDRESS_FAMILIES, plainFamily, SUBSEQUENT_FAMILIES } from './bgp-numbers.js'
import { routes } from './bgp-prefix.js'

const EXTENDED = 0x10
const TRANSITIVE = 0x40
const OPTIONAL = 0x80
const FLAGS: readonly string[] = ['', '', '', '', 'Extended-Length', 'Partial', 'Transitive', 'Optional']

/** IANA, "BGP Path Attributes". */
const CODES: Readonly<Record<number, string>> = {
  1: 'ORIGIN',
  2: 'AS_PATH',
  3: 'NEXT_HOP',
  4: 'MULTI_EXIT_DISC',
  5: 'LOCAL_PREF',
  6: 'ATOMIC_AGGREGATE',
  7: 'AGGREGATOR',
  8: 'COMMUNITIES',
  9: 'ORIGINATOR_ID',
  10: 'CLUSTER_LIST',
  14: 'MP_REACH_NLRI',
  15: 'MP_UNREACH_NLRI',
  16: 'EXTENDED_COMMUNITIES',
  17: 'AS4_PATH',
  18: 'AS4_AGGREGATOR',
  22: 'PMSI_TUNNEL',
  23: 'TUNNEL_ENCAPSULATION',
  24: 'TRAFFIC_ENGINEERING',
  25: 'IPV6_EXTENDED_COMMUNITIES',
  26: 'AIGP',
  29: 'BGP-LS',
  32: 'LARGE_COMMUNITY',
  33: 'BGPSEC_PATH',
  35: 'ONLY_TO_CUSTOMER',
  40: 'PREFIX_SID',
  128: 'ATTR_SET',
}
const WELL_KNOWN: ReadonlySet<number> = new Set([1, 2, 3, 5, 6])
const LOCAL: ReadonlySet<number> = new Set([4, 9, 10, 14, 15, 26, 29, 33])

const SEGMENTS: Readonly<Record<number, string>> = {
  1: 'AS_SET',
  2: 'AS_SEQUENCE',
  3: 'AS_CONFED_SEQUENCE',
  4: 'AS_CONFED_SET',
}

/** IANA, "BGP Transitive Extended Community Types" and its kin. */
const EXTENDED_TYPES: Readonly<Record<number, string>> = {
  0x00: 'as',
  0x01: 'ipv4',
  0x02: 'as4',
  0x03: 'opaque',
  0x06: 'evpn',
  0x40: 'as-local',
  0x41: 'ipv4-local',
  0x42: 'as4-local',
  0x43: 'opaque-local',
  0x80: 'flow',
}
const SUBTYPES = { 2: 'route-target', 3: 'route-origin', 5: 'ospf-domain' }
const EXTENDED_SUBTYPES: Readonly<Record<number, Readonly<Record<number, string>>>> = {
  0x00: SUBTYPES,
  0x01: { ...SUBTYPES, 7: 'ospf-router' },
  0x02: SUBTYPES,
  0x03: { 6: 'ospf-route', 11: 'color', 12: 'encapsulation', 13: 'default-gateway' },
  0x06: { 0: 'mac-mobility', 1: 'esi-label', 2: 'es-import', 3: 'router-mac' },
  0x40: { 4: 'link-bandwidth' },
  0x80: { 6: 'traffic-rate', 7: 'traffic-action', 8: 'redirect', 9: 'traffic-marking' },
}

/** The code of an attribute whose layer stands in `attribute`. */
const CODE_BY_LAYER: Readonly<Record<string, number>> = {
  BGPPAOrigin: 1,
  BGPPAASPath: 2,
  BGPPAAS4BytesPath: 2,
  BGPPANextHop: 3,
  BGPPAMultiExitDisc: 4,
  BGPPALocalPref: 5,
  BGPPAAtomicAggregate: 6,
  BGPPAAggregator: 7,
  BGPPACommunity: 8,
  BGPPAOriginatorID: 9,
  BGPPAClusterList: 10,
  BGPPAMPReachNLRI: 14,
  BGPPAMPUnreachNLRI: 15,
  BGPPAExtComms: 16,
  BGPPAAS4Path: 17,
  BGPPAAS4Aggregator: 18,
  BGPPALargeCommunity: 32,
}

export const BGPPAOrigin = layer(
  'BGPPAOrigin',
  () => ({ origin: u8Enum(0, { 0: 'IGP', 1: 'EGP', 2: 'INCOMPLETE' }) }),
  'How the route was learned.',
  'RFC 4271 §5.1.1',
)

const segmentHeader = () => ({
  segment_type: u8Enum(2, SEGMENTS),
  segment_length: u8().countOf('segment_value').about('Number of systems, not of bytes.'),
})
export const ASPathSegment = layer(
  'ASPathSegment',
  () => ({ ...segmentHeader(), segment_value: list(u16(), { count: 'segment_length' }) }),
  'Systems of 2 bytes on the way.',
  'RFC 4271 §4.3',
)
export const AS4PathSegment = layer(
  'AS4PathSegment',
  () => ({ ...segmentHeader(), segment_value: list(u32(), { count: 'segment_length' }) }),
  'Systems of 4 bytes on the way.',
  'RFC 6793 §4.1',
)
export const BGPPAASPath = layer(
  'BGPPAASPath',
  () => ({ segments: layers(ASPathSegment) }),
  'The systems on the way, numbers of 2 bytes.',
  'RFC 4271 §5.1.2',
)
export const BGPPAAS4BytesPath = layer(
  'BGPPAAS4BytesPath',
  () => ({ segments: layers(AS4PathSegment) }),
  'The systems on the way, numbers of 4 bytes: what both sides use when both have the capability.',
  'RFC 6793 §4.1',
)
export const BGPPAAS4Path = layer(
  'BGPPAAS4Path',
  () => ({ segments: layers(AS4PathSegment) }),
  'AS4_PATH: the systems with numbers of 4 bytes, past those that know only 2.',
  'RFC 6793 §3',
)
export const BGPPANextHop = layer('BGPPANextHop', () => ({ next_hop: ipv4() }), 'Where to send.', 'RFC 4271 §5.1.3')
export const BGPPAMultiExitDisc = layer(
  'BGPPAMultiExitDisc',
  () => ({ med: u32() }),
  'Which of several ways into a system is preferred: the lowest.',
  'RFC 4271 §5.1.4',
)
export const BGPPALocalPref = layer(
  'BGPPALocalPref',
  () => ({ local_pref: u32(100) }),
  'Which way is preferred inside of a system: the highest.',
  'RFC 4271 §5.1.5',
)
export const BGPPAAtomicAggregate = layer(
  'BGPPAAtomicAggregate',
  () => ({}),
  'The route was joined from others whose ways are lost.',
  'RFC 4271 §5.1.6',
)
export const BGPPAAggregator = layer(
  'BGPPAAggregator',
  () => ({ aggregator_asn: u16(), speaker_address: ipv4() }),
  'Who joined the route; number of 2 bytes.',
  'RFC 4271 §5.1.7',
)
export const BGPPAAS4Aggregator = layer(
  'BGPPAAS4Aggregator',
  () => ({ aggregator_asn: u32(), speaker_address: ipv4() }),
  'Who joined the route; number of 4 bytes. In AGGREGATOR too: set type_code then.',
  'RFC 6793 §3',
)
export const BGPPACommunity = layer(
  'BGPPACommunity',
  () => ({ community: list(community()) }),
  'Communities such as 65001:100 or no-export.',
  'RFC 1997',
)
export const BGPPAOriginatorID = layer(
  'BGPPAOriginatorID',
  () => ({ originator_id: ipv4() }),
  'Who brought the route into the system.',
  'RFC 4456 §8',
)
export const BGPPAClusterList = layer(
  'BGPPAClusterList',
  () => ({ cluster_list: list(ipv4()) }),
  'The reflectors on the way.',
  'RFC 4456 §8',
)
export const BGPPAExtCommunity = layer(
  'BGPPAExtCommunity',
  () => ({
    type_high: u8Enum(0, EXTENDED_TYPES).about('The highest bits: 0x80 not from IANA by RFC; 0x40 not transitive.'),
    type_low: u8(2).namesBy('type_high', EXTENDED_SUBTYPES),
    value: extendedValue().about("By type_high: '65001:100', '10.0.0.1:5', '70000:5', else 0x and 12 digits."),
  }),
  'One extended community.',
  'RFC 4360 §2',
)
export const BGPPAExtComms = layer(
  'BGPPAExtComms',
  () => ({ extended_communities: layers(BGPPAExtCommunity) }),
  'Extended communities: route targets and the like.',
  'RFC 4360 §2',
)
export const BGPPALargeCommunity = layer(
  'BGPPALargeCommunity',
  () => ({ large_community: list(largeCommunity()) }),
  'Communities of three numbers, such as 64496:1:2.',
  'RFC 8092 §3',
)

export const BGPPAGeneric = layer(
  'BGPPAGeneric',
  () => ({ value: bytes() }),
  'Attribute that has no layer of its own, or another length than it should have.',
  'RFC 4271 §4.3',
)

const isPlain = (me: AnyPacket): boolean => plainFamily(me.afi, me.safi) !== undefined
const familyOf = (me: AnyPacket): 4 | 6 | undefined => plainFamily(me.afi, me.safi)
const hopIs =
  (...lengths: number[]) =>
  (me: AnyPacket): boolean =>
    lengths.includes(me.nh_addr_len as number)

export const BGPPAMPReachNLRI = layer(
  'BGPPAMPReachNLRI',
  () => ({
    afi: u16Enum(2, ADDRESS_FAMILIES),
    safi: u8Enum(1, SUBSEQUENT_FAMILIES),
    nh_addr_len: u8()
      .dynamic((me) => (me.afi === 1 ? 4 : 16))
      .about(
        'Bytes of the next hop: 4, 16, 32 for an address and a link-local one, others for those with a distinguisher.',
      ),
    nh_v4_addr: ipv4().when(hopIs(4)),
    nh_v6_addr: ipv6().when(hopIs(16)),
    nh_v6_global: ipv6().when(hopIs(32)),
    nh_v6_link_local: ipv6().when(hopIs(32)),
    nh_bytes: bytes('nh_addr_len').when((me) => !hopIs(4, 16, 32)(me)),
    reserved: u8(),
    nlri: routes(familyOf).when(isPlain),
    nlri_bytes: bytes().when((me) => !isPlain(me)),
  }),
  'Routes of any family, with their next hop.',
  'RFC 4760 §3',
)
export const BGPPAMPUnreachNLRI = layer(
  'BGPPAMPUnreachNLRI',
  () => ({
    afi: u16Enum(2, ADDRESS_FAMILIES),
    safi: u8Enum(1, SUBSEQUENT_FAMILIES),
    withdrawn_routes: routes(familyOf).when(isPlain),
    withdrawn_bytes: bytes().when((me) => !isPlain(me)),
  }),
  'Routes of any family that are gone; none at all: the end of the initial update.',
  'RFC 4760 §4',
)

function codeOf(me: AnyPacket): number {
  const [inner] = (me.attribute ?? []) as AnyPacket[]
  return inner === undefined ? 0 : (CODE_BY_LAYER[inner.layerName] ?? 0)
}

function flagsOf(me: AnyPacket): number {
  const code = me.type_code as number
  return WELL_KNOWN.has(code) ? TRANSITIVE : LOCAL.has(code) ? OPTIONAL : OPTIONAL | TRANSITIVE
}

/** The attribute's layer by its code; one of another length than it should have is bytes. */
function attributeAt(reader: Reader, me: AnyPacket): LayerReference {
  const { left, buffer, position, end } = reader
  switch (me.raw('type_code')) {
    case 1:
      return left === 1 ? BGPPAOrigin : BGPPAGeneric
    case 2: {
      const size = asnBytes(buffer, position, end)
      return size === 0 ? BGPPAGeneric : size === 2 ? BGPPAASPath : BGPPAAS4BytesPath
    }
    case 3:
      return left === 4 ? BGPPANextHop : BGPPAGeneric
    case 4:
      return left === 4 ? BGPPAMultiExitDisc : BGPPAGeneric
    case 5:
      return left === 4 ? BGPPALocalPref : BGPPAGeneric
    case 6:
      return left === 0 ? BGPPAAtomicAggregate : BGPPAGeneric
    case 7:
    case 18:
      return left === 8 ? BGPPAAS4Aggregator : left === 6 ? BGPPAAggregator : BGPPAGeneric
    case 8:
      return left % 4 === 0 ? BGPPACommunity : BGPPAGeneric
    case 9:
      return left === 4 ? BGPPAOriginatorID : BGPPAGeneric
    case 10:
      return left % 4 === 0 ? BGPPAClusterList : BGPPAGeneric
    case 14:
      return left >= 5 && left >= 5 + buffer[position + 3]! ? BGPPAMPReachNLRI : BGPPAGeneric
    case 15:
      return left >= 3 ? BGPPAMPUnreachNLRI : BGPPAGeneric
    case 16:
      return left % 8 === 0 ? BGPPAExtComms : BGPPAGeneric
    case 17:
      return asnBytes(buffer, position, end, 4) === 4 ? BGPPAAS4Path : BGPPAGeneric
    case 32:
      return left % 12 === 0 ? BGPPALargeCommunity : BGPPAGeneric
    default:
      return BGPPAGeneric
  }
}

const isExtended = (me: AnyPacket): boolean => ((me.raw('type_flags') as number) & EXTENDED) !== 0

export const BGPPathAttr = layer(
  'BGPPathAttr',
  () => ({
    type_flags: flags(8, FLAGS).dynamic(flagsOf),
    type_code: u8Enum(0, CODES).dynamic(codeOf).about('What the attribute is; unset: what its layer says.'),
    attr_ext_len: u16().lengthOf('attribute').when(isExtended),
    attr_len: u8()
      .lengthOf('attribute')
      .when((me) => !isExtended(me))
      .about('Bytes of the attribute; above 255 the flag Extended-Length is needed.'),
    attribute: nested(attributeAt, (me) => (isExtended(me) ? me.attr_ext_len : me.attr_len) as number),
  }),
  'One path attribute.',
  'RFC 4271 §4.3',
)

behave(BGPPathAttr, {
  summary: (me) =>
    `${me.text('type_code')}${((me.attribute ?? []) as AnyPacket[]).map((each) => ` ${each.summary()}`).join('')}`,
})
