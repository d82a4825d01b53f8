/**
 * Link state advertisements of OSPF version 2. RFC 2328 §A.4; NSSA: RFC 3101 §A; opaque: RFC 5250 §A.2.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------------------------------+---------------+---------------+
 *   |              age              |    options    |     type      |
 *   +-------------------------------+---------------+---------------+
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
  bits,
  bytes,
  flags,
  ipv4,
  type LayerReference,
  layer,
  layers,
  list,
  type Reader,
  u8,
  u8Enum,
  u16,
  u24,
  u32,
} from '../../packet/index.js'
import { lsaChecksum } from './fletcher.js'

/** From the lowest bit. RFC 2328 §A.2, RFC 5250 §A.1, RFC 5613 §2.1, RFC 4576 §4. */
export const OSPF_OPTIONS: readonly string[] = ['MT', 'E', 'MC', 'NP', 'L', 'DC', 'O', 'DN']
/** RFC 2328 §A.4.2, RFC 3101 §B, RFC 3630. */
const ROUTER_FLAGS: readonly string[] = ['B', 'E', 'V', 'W', 'Nt']

/** IANA, "OSPFv2 Link State Type". */
export const LSA_TYPES: Readonly<Record<number, string>> = {
  1: 'router',
  2: 'network',
  3: 'summary-network',
  4: 'summary-asbr',
  5: 'external',
  6: 'group-membership',
  7: 'nssa-external',
  8: 'external-attributes',
  9: 'opaque-link',
  10: 'opaque-area',
  11: 'opaque-as',
}
const LINK_TYPES: Readonly<Record<number, string>> = { 1: 'point-to-point', 2: 'transit', 3: 'stub', 4: 'virtual' }

const HEADER = 20
const INITIAL_SEQUENCE = 0x80000001

const age = () => u16(1).about('Seconds since it was made; 3600: to be forgotten. The highest bit: never gets older.')
const names = (type: number, id: string, router: string) => ({
  age: age(),
  options: flags(8, OSPF_OPTIONS),
  type: u8Enum(type, LSA_TYPES),
  id: ipv4(id),
  adrouter: ipv4(router).about('The router that made it.'),
  seq: u32(INITIAL_SEQUENCE).hex(),
})

export const OSPF_LSA_Hdr = layer(
  'OSPF_LSA_Hdr',
  () => ({ ...names(1, '192.168.0.0', '1.1.1.1'), chksum: u16().hex(), len: u16(36) }),
  'Header of an advertisement alone: what a router has, or acknowledges.',
  'RFC 2328 §A.4.1',
)

const header = (type: number, id = '192.168.0.0', router = '1.1.1.1') => ({
  ...names(type, id, router),
  chksum: u16().checksum(lsaChecksum).about("Fletcher's, without the age."),
  len: u16().auto((c) => c.headerLength),
})

export const OSPF_BaseLSA = layer(
  'OSPF_BaseLSA',
  () => ({ ...header(6), data: bytes() }),
  'Advertisement of a type that has no layer of its own.',
  'RFC 2328 §A.4.1',
)

export const OSPF_TOS = layer(
  'OSPF_TOS',
  () => ({ tos: u8(), reserved: u8(), tosmetric: u16() }),
  'Cost of a link for one type of service.',
  'RFC 2328 §A.4.2',
)
export const OSPF_Link = layer(
  'OSPF_Link',
  () => ({
    id: ipv4('192.168.0.0').about('Stub: the network; transit: its designated router; else: the neighbour.'),
    data: ipv4('255.255.255.0').about("Stub: the mask; else: the router's own address."),
    type: u8Enum(3, LINK_TYPES),
    toscount: u8().countOf('toslist'),
    metric: u16(10),
    toslist: layers(OSPF_TOS, { count: 'toscount' }),
  }),
  'One link of a router.',
  'RFC 2328 §A.4.2',
)
export const OSPF_Router_LSA = layer(
  'OSPF_Router_LSA',
  () => ({
    ...header(1, '1.1.1.1'),
    flags: flags(8, ROUTER_FLAGS),
    reserved: u8(),
    linkcount: u16().countOf('linklist'),
    linklist: layers(OSPF_Link, { count: 'linkcount' }),
  }),
  "A router's links.",
  'RFC 2328 §A.4.2',
)
export const OSPF_Network_LSA = layer(
  'OSPF_Network_LSA',
  () => ({ ...header(2), mask: ipv4('255.255.255.0'), routerlist: list(ipv4()) }),
  'The routers of a network, told by its designated router.',
  'RFC 2328 §A.4.3',
)

export const OSPF_SummaryTOS = layer(
  'OSPF_SummaryTOS',
  () => ({ tos: u8(), tosmetric: u24() }),
  'Cost for one type of service.',
  'RFC 2328 §A.4.4',
)
const summaryFields = (mask: string, metric: number) => ({
  mask: ipv4(mask),
  reserved: u8(),
  metric: u24(metric).about('16777215: cannot be reached.'),
  toslist: layers(OSPF_SummaryTOS),
})
export const OSPF_SummaryIP_LSA = layer(
  'OSPF_SummaryIP_LSA',
  () => ({ ...header(3), ...summaryFields('255.255.255.0', 10) }),
  'A network of another area.',
  'RFC 2328 §A.4.4',
)
export const OSPF_SummaryASBR_LSA = layer(
  'OSPF_SummaryASBR_LSA',
  () => ({ ...header(4, '2.2.2.2'), ...summaryFields('0.0.0.0', 20) }),
  'A router of another area that leads out of the system.',
  'RFC 2328 §A.4.4',
)

const externalFields = (metric: number) => ({
  ebit: bits(1).about('1: a metric of type 2, larger than any inside.'),
  reserved: bits(7),
  metric: u24(metric),
  fwdaddr: ipv4().about('Where to send; 0.0.0.0: to the router that says it.'),
  tag: u32().hex(),
})
export const OSPF_ExternalTOS = layer(
  'OSPF_ExternalTOS',
  () => externalFields(0),
  'Cost, address and tag for one type of service, which stands in reserved.',
  'RFC 2328 §A.4.5',
)
const external = (type: number) => ({
  ...header(type, '192.168.0.0', '2.2.2.2'),
  mask: ipv4('255.255.255.0'),
  ...externalFields(20),
  toslist: layers(OSPF_ExternalTOS),
})
export const OSPF_External_LSA = layer(
  'OSPF_External_LSA',
  () => external(5),
  'A network outside of the system.',
  'RFC 2328 §A.4.5',
)
export const OSPF_NSSA_External_LSA = layer(
  'OSPF_NSSA_External_LSA',
  () => external(7),
  'A network outside of the system, in an area that is not so stubby.',
  'RFC 3101 §A',
)

const opaque = (type: number) => ({ ...header(type, '192.0.2.1', '198.51.100.100'), data: bytes() })
const OPAQUE = 'RFC 5250 §A.2'
export const OSPF_Link_Scope_Opaque_LSA = layer(
  'OSPF_Link_Scope_Opaque_LSA',
  () => opaque(9),
  'Bytes for other applications, on one link. The first byte of the id is their type.',
  OPAQUE,
)
export const OSPF_Area_Scope_Opaque_LSA = layer(
  'OSPF_Area_Scope_Opaque_LSA',
  () => opaque(10),
  'Bytes for other applications, in one area. The first byte of the id is their type.',
  OPAQUE,
)
export const OSPF_AS_Scope_Opaque_LSA = layer(
  'OSPF_AS_Scope_Opaque_LSA',
  () => opaque(11),
  'Bytes for other applications, in the whole system. The first byte of the id is their type.',
  OPAQUE,
)

const BY_TYPE: Readonly<Record<number, LayerReference>> = {
  1: OSPF_Router_LSA,
  2: OSPF_Network_LSA,
  3: OSPF_SummaryIP_LSA,
  4: OSPF_SummaryASBR_LSA,
  5: OSPF_External_LSA,
  7: OSPF_NSSA_External_LSA,
  9: OSPF_Link_Scope_Opaque_LSA,
  10: OSPF_Area_Scope_Opaque_LSA,
  11: OSPF_AS_Scope_Opaque_LSA,
}

/** Which advertisement starts here: byte 3 is its type. */
export function lsaAt(reader: Reader): LayerReference {
  return reader.left < HEADER ? OSPF_BaseLSA : (BY_TYPE[reader.buffer[reader.position + 3]!] ?? OSPF_BaseLSA)
}

for (const each of [OSPF_BaseLSA, ...Object.values(BY_TYPE)]) {
  behave(each, { headerLength: (me) => me.len as number, headerLengthField: 'len', summary: lsaText })
}
behave(OSPF_LSA_Hdr, { summary: lsaText })

/** `router 1.1.1.1 by 1.1.1.1`: kind, name and origin. */
export function lsaText(me: AnyPacket): string {
  return `${me.text('type')} ${me.id} by ${me.adrouter}`
}
