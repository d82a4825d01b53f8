/**
 * Virtual router redundancy. Version 2: RFC 3768 §5.1 (authentication: RFC 2338 §5.3.6); version 3: RFC 5798 §5.1.
 * Advertisements go to 224.0.0.18 or ff02::12 with TTL 255; a sender says so in its IP layer.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------+-------+---------------+---------------+---------------+
 *   |version| type  |     vrid      |   priority    |    ipcount    |
 *   +-------+-------+---------------+---------------+---------------+
 *   |   authtype    |      adv      |            chksum             |  version 2
 *   +-------+-------+---------------+-------------------------------+
 *   |  res  |          adv          |            chksum             |  version 3
 *   +-------+-----------------------+-------------------------------+
 *   |                           addrlist                            |
 *   +---------------------------------------------------------------+
 *   |                      auth1, auth2 (8 bytes)                   |  version 2
 *   +---------------------------------------------------------------+
 */
import {
  type AnyPacket,
  behave,
  bits,
  bitsEnum,
  checksum,
  ipv4,
  type LayerReference,
  layer,
  list,
  u8,
  u8Enum,
  u16,
  u32,
} from '../../packet/index.js'
import { between, networkOf } from '../network/between.js'
import { transportChecksum } from '../network/ip-checksum.js'
import { bindTransport } from '../network/next-header.js'
import { Raw } from '../raw.js'
import { addressList } from './address-list.js'

const PROTOCOL = 112
/** CARP has the same protocol number: 36 bytes, and 7 where VRRP counts its addresses. OpenBSD, carp(4). */
const CARP_LENGTH = 36
const CARP_WORDS = 7

const ADVERTISEMENT = 1
const TYPES: Readonly<Record<number, string>> = { [ADVERTISEMENT]: 'advertisement' }
/** RFC 2338 §5.3.6. */
const AUTHENTICATIONS: Readonly<Record<number, string>> = { 0: 'none', 1: 'simple', 2: 'ah' }

const priority = () => u8(100).about("255 is the address owner's; 0: this router stops taking part.")

export const VRRP = layer(
  'VRRP',
  () => ({
    version: bits(4, 2),
    type: bitsEnum(4, ADVERTISEMENT, TYPES),
    vrid: u8(1),
    priority: priority(),
    ipcount: u8().countOf('addrlist'),
    authtype: u8Enum(0, AUTHENTICATIONS),
    adv: u8(1).about('Seconds between advertisements.'),
    chksum: u16().checksum((c) => checksum(c.buffer, c.start, c.payloadEnd)),
    addrlist: list(ipv4(), { count: 'ipcount' }),
    auth1: u32().hex().about('First four characters of a simple password.'),
    auth2: u32().hex().about('Its last four characters, filled up with zeros.'),
  }),
  'VRRP version 2: a router says that it stands for virtual addresses.',
  'RFC 3768 §5.1',
)

/** Bytes of an address: what the packet around says, or what fits the count. */
function addressSize(me: AnyPacket): 4 | 16 {
  const outer = networkOf(me)
  if (outer !== null) return outer.layerName === 'IPv6' ? 16 : 4
  return me._end - me._offset >= 8 + 16 * (me.ipcount as number) ? 16 : 4
}

export const VRRPv3 = layer(
  'VRRPv3',
  () => ({
    version: bits(4, 3),
    type: bitsEnum(4, ADVERTISEMENT, TYPES),
    vrid: u8(1),
    priority: priority(),
    ipcount: u8().countOf('addrlist'),
    res: bits(4),
    adv: bits(12, 100).about('Hundredths of a second between advertisements.'),
    chksum: u16().checksum((c) => transportChecksum(c, PROTOCOL)),
    addrlist: addressList('ipcount', addressSize),
  }),
  'VRRP version 3, for IPv4 and IPv6: over IPv6 the first address is the link-local one.',
  'RFC 5798 §5.1',
)

/** Which version it is; what is neither is CARP or nothing known. */
function refine(buffer: Uint8Array, start: number, end: number): LayerReference {
  if (start >= end) return VRRP
  const version = buffer[start]! >>> 4
  if ((buffer[start]! & 15) !== ADVERTISEMENT) return Raw
  if (version === 3) return VRRPv3
  if (version !== 2 || (end - start === CARP_LENGTH && buffer[start + 3] === CARP_WORDS)) return Raw
  return VRRP
}

const addresses = (me: AnyPacket): string => ((me.addrlist ?? []) as string[]).join(' ')
const told = (me: AnyPacket): string => `${between(me)} vrid ${me.vrid} priority ${me.priority} ${addresses(me)}`

behave(VRRP, { refine, summary: (me) => `VRRP${told(me)}` })
behave(VRRPv3, { refine, summary: (me) => `VRRPv3${told(me)}` })

bindTransport(PROTOCOL, VRRPv3)
bindTransport(PROTOCOL, VRRP)
