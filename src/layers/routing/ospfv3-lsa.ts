/**
 * Link state advertisements of OSPF version 3. RFC 5340 §A.4.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------------------------------+-------------------------------+
 *   |              age              |             type              |
 *   +-------------------------------+-------------------------------+
 *   |                              id                               |
 *   +---------------------------------------------------------------+
 *   |                           adrouter                            |
 *   +---------------------------------------------------------------+
 *   |                              seq                              |
 *   +-------------------------------+-------------------------------+
 *   |            chksum             |              len              |
 *   +-------------------------------+-------------------------------+
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
  type Reader,
  u8,
  u8Enum,
  u16,
  u16Enum,
  u24,
  u32,
} from '../../packet/index.js'
import { lsaChecksum } from './fletcher.js'
import { lsaText } from './ospf-lsa.js'
import { prefixBy } from './ospfv3-prefix.js'

/** From the lowest bit. RFC 5340 §A.2, RFC 5838 §2.2, RFC 5613 §2.1, RFC 7166 §2.1. */
export const OSPFV3_OPTIONS: readonly string[] = ['V6', 'E', 'x', 'N', 'R', 'DC', 'bit6', 'bit7', 'AF', 'L', 'AT']
/** RFC 5340 §A.4.3. */
const ROUTER_FLAGS: readonly string[] = ['B', 'E', 'V', 'x', 'Nt']
/** RFC 5340 §A.4.1.1. */
const PREFIX_OPTIONS: readonly string[] = ['NU', 'LA', 'x', 'P', 'DN', 'N']
/** From the lowest bit: tag, forwarding address, metric of type 2. RFC 5340 §A.4.7. */
const EXTERNAL_FLAGS: readonly string[] = ['T', 'F', 'E']

/** IANA, "OSPFv3 LSA Function Codes", with the bits for their scope. */
export const LSA_TYPES_3: Readonly<Record<number, string>> = {
  0x0008: 'link',
  0x2001: 'router',
  0x2002: 'network',
  0x2003: 'inter-area-prefix',
  0x2004: 'inter-area-router',
  0x2006: 'group-membership',
  0x2007: 'nssa-external',
  0x2009: 'intra-area-prefix',
  0x4005: 'external',
}
const LINK_TYPES: Readonly<Record<number, string>> = { 1: 'point-to-point', 2: 'transit', 4: 'virtual' }

const HEADER = 20
const INITIAL_SEQUENCE = 0x80000001

const names = (type: number) => ({
  age: u16(1).about('Seconds since it was made; 3600: to be forgotten.'),
  type: u16Enum(type, LSA_TYPES_3),
  id: ipv4(),
  adrouter: ipv4('1.1.1.1').about('The router that made it.'),
  seq: u32(INITIAL_SEQUENCE).hex(),
})
const header = (type: number) => ({
  ...names(type),
  chksum: u16().checksum(lsaChecksum).about("Fletcher's, without the age."),
  len: u16().auto((c) => c.headerLength),
})
const options = () => flags(24, OSPFV3_OPTIONS)

export const OSPFv3_LSA_Hdr = layer(
  'OSPFv3_LSA_Hdr',
  () => ({ ...names(0x2001), chksum: u16().hex(), len: u16(36) }),
  'Header of an advertisement alone: what a router has, or acknowledges.',
  'RFC 5340 §A.4.2',
)
export const OSPFv3_BaseLSA = layer(
  'OSPFv3_BaseLSA',
  () => ({ ...header(0x2006), data: bytes() }),
  'Advertisement of a type that has no layer of its own.',
  'RFC 5340 §A.4.2',
)

export const OSPFv3_Link = layer(
  'OSPFv3_Link',
  () => ({
    type: u8Enum(1, LINK_TYPES),
    reserved: u8(),
    metric: u16(10),
    intid: u32(),
    neighintid: u32(),
    neighbor: ipv4('2.2.2.2'),
  }),
  'One link of a router.',
  'RFC 5340 §A.4.3',
)
export const OSPFv3_Router_LSA = layer(
  'OSPFv3_Router_LSA',
  () => ({ ...header(0x2001), flags: flags(8, ROUTER_FLAGS), options: options(), linklist: layers(OSPFv3_Link) }),
  "A router's links.",
  'RFC 5340 §A.4.3',
)
export const OSPFv3_Network_LSA = layer(
  'OSPFv3_Network_LSA',
  () => ({ ...header(0x2002), reserved: u8(), options: options(), routerlist: list(ipv4()) }),
  'The routers of a network.',
  'RFC 5340 §A.4.4',
)

const prefixFields = () => ({ prefixlen: u8(64), prefixoptions: flags(8, PREFIX_OPTIONS) })

export const OSPFv3_Inter_Area_Prefix_LSA = layer(
  'OSPFv3_Inter_Area_Prefix_LSA',
  () => ({
    ...header(0x2003),
    reserved: u8(),
    metric: u24(10),
    ...prefixFields(),
    reserved2: u16(),
    prefix: prefixBy('prefixlen'),
  }),
  'A network of another area.',
  'RFC 5340 §A.4.5',
)
export const OSPFv3_Inter_Area_Router_LSA = layer(
  'OSPFv3_Inter_Area_Router_LSA',
  () => ({
    ...header(0x2004),
    reserved: u8(),
    options: options(),
    reserved2: u8(),
    metric: u24(1),
    router: ipv4('2.2.2.2'),
  }),
  'A router of another area that leads out of the system.',
  'RFC 5340 §A.4.6',
)

const external = (type: number) => ({
  ...header(type),
  flags: flags(8, EXTERNAL_FLAGS).about('E: metric of type 2; F: fwaddr is there; T: tag is there.'),
  metric: u24(20),
  ...prefixFields(),
  reflstype: u16Enum(0, LSA_TYPES_3),
  prefix: prefixBy('prefixlen'),
  fwaddr: ipv6().when((me) => ((me.raw('flags') as number) & 2) !== 0),
  tag: u32()
    .hex()
    .when((me) => ((me.raw('flags') as number) & 1) !== 0),
  reflsid: ipv4().when((me) => me.reflstype !== 0),
})
export const OSPFv3_AS_External_LSA = layer(
  'OSPFv3_AS_External_LSA',
  () => external(0x4005),
  'A network outside of the system.',
  'RFC 5340 §A.4.7',
)
export const OSPFv3_Type_7_LSA = layer(
  'OSPFv3_Type_7_LSA',
  () => external(0x2007),
  'A network outside of the system, in an area that is not so stubby.',
  'RFC 5340 §A.4.8',
)

export const OSPFv3_Prefix_Item = layer(
  'OSPFv3_Prefix_Item',
  () => ({ ...prefixFields(), metric: u16(10), prefix: prefixBy('prefixlen') }),
  'One prefix of a link or a router.',
  'RFC 5340 §A.4.1',
)
export const OSPFv3_Link_LSA = layer(
  'OSPFv3_Link_LSA',
  () => ({
    ...header(0x0008),
    prio: u8(1),
    options: options(),
    lladdr: ipv6('fe80::').about("The router's link-local address."),
    prefixes: u32().countOf('prefixlist'),
    prefixlist: layers(OSPFv3_Prefix_Item, { count: 'prefixes' }),
  }),
  "A router's addresses on one link, for its neighbours.",
  'RFC 5340 §A.4.9',
)
export const OSPFv3_Intra_Area_Prefix_LSA = layer(
  'OSPFv3_Intra_Area_Prefix_LSA',
  () => ({
    ...header(0x2009),
    prefixes: u16().countOf('prefixlist'),
    reflstype: u16Enum(0x2001, LSA_TYPES_3).about('The advertisement that the prefixes belong to.'),
    reflsid: ipv4(),
    refadrouter: ipv4(),
    prefixlist: layers(OSPFv3_Prefix_Item, { count: 'prefixes' }),
  }),
  'The prefixes of a router or a network.',
  'RFC 5340 §A.4.10',
)

const BY_TYPE: Readonly<Record<number, LayerReference>> = {
  0x0008: OSPFv3_Link_LSA,
  0x2001: OSPFv3_Router_LSA,
  0x2002: OSPFv3_Network_LSA,
  0x2003: OSPFv3_Inter_Area_Prefix_LSA,
  0x2004: OSPFv3_Inter_Area_Router_LSA,
  0x2007: OSPFv3_Type_7_LSA,
  0x2009: OSPFv3_Intra_Area_Prefix_LSA,
  0x4005: OSPFv3_AS_External_LSA,
}

/** Which advertisement starts here: bytes 2 and 3 are its type. */
export function lsaAt3({ buffer, position, left }: Reader): LayerReference {
  if (left < HEADER) return OSPFv3_BaseLSA
  return BY_TYPE[(buffer[position + 2]! << 8) | buffer[position + 3]!] ?? OSPFv3_BaseLSA
}

for (const each of [OSPFv3_BaseLSA, ...Object.values(BY_TYPE)]) {
  behave(each, { headerLength: (me: AnyPacket) => me.len as number, headerLengthField: 'len', summary: lsaText })
}
behave(OSPFv3_LSA_Hdr, { summary: lsaText })
