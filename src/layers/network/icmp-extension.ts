/**
 * Extensions of ICMP errors, behind the quoted datagram. RFC 4884 §7, §8; MPLS label stack: RFC 4950; interface: RFC 5837.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------+-----------------------+-------------------------------+
 *   |version|       reserved        |            chksum             |  ICMPExtensionHeader
 *   +-------+-----------------------+---------------+---------------+
 *   |              len              |   classnum    |   classtype   |  ICMPExtensionObject, any number of them
 *   +-------------------------------+---------------+---------------+
 *   |                              data                             |
 *   +---------------------------------------------------------------+
 */
import {
  behave,
  bind,
  bits,
  bytes,
  checksum,
  ipv4,
  ipv6,
  layer,
  layers,
  u8,
  u8Enum,
  u16,
  u16Enum,
  u32,
} from '../../packet/index.js'
import { MPLS } from '../link/mpls.js'

const VERSION = 2

/** IANA, "ICMP Extension Object Classes and Class Sub-types". */
const CLASSES: Readonly<Record<number, string>> = {
  1: 'MPLS label stack',
  2: 'Interface information',
  3: 'Interface identification',
  4: 'Extended information',
}

const MPLS_CLASS = 1
const INTERFACE_CLASS = 2

/** Roles of an interface. RFC 5837 §4.1. */
const ROLES: Readonly<Record<number, string>> = { 0: 'arriving', 1: 'arriving sub-IP', 2: 'outgoing', 3: 'next hop' }

export const ICMPExtensionHeader = layer(
  'ICMPExtensionHeader',
  () => ({
    version: bits(4, VERSION),
    reserved: bits(12),
    // Zero says that there is no checksum. RFC 4884 §7.
    chksum: u16().checksum((c) => checksum(c.buffer, c.start, c.payloadEnd) || 0xffff),
  }),
  'Start of the extensions of an ICMP error, behind the quoted datagram, which is padded to 128 bytes.',
  'RFC 4884 §7',
)

export const ICMPExtensionObject = layer(
  'ICMPExtensionObject',
  () => ({
    len: u16().auto((c) => c.headerLength),
    classnum: u8Enum(0, CLASSES),
    classtype: u8(),
    data: bytes(),
  }),
  'Extension of an ICMP error. len counts its header too.',
  'RFC 4884 §8',
)

export const ICMPExtensionMPLS = layer(
  'ICMPExtensionMPLS',
  () => ({
    len: u16().auto((c) => c.headerLength),
    classnum: u8Enum(MPLS_CLASS, CLASSES),
    classtype: u8(1),
    labels: layers(MPLS),
  }),
  'MPLS labels that the packet had where the ICMP error arose.',
  'RFC 4950',
)

export const ICMPExtensionInterfaceInformation = layer(
  'ICMPExtensionInterfaceInformation',
  () => ({
    len: u16().auto((c) => c.headerLength),
    classnum: u8Enum(INTERFACE_CLASS, CLASSES),
    interface_role: bits(2).names(ROLES),
    reserved: bits(2),
    has_ifindex: bits(1),
    has_ipaddr: bits(1),
    has_ifname: bits(1),
    has_mtu: bits(1),
    ifindex: u32().when((me) => me.has_ifindex === 1),
    afi: u16Enum(1, { 1: 'IPv4', 2: 'IPv6' }).when((me) => me.has_ipaddr === 1),
    reserved2: u16().when((me) => me.has_ipaddr === 1),
    ip4: ipv4().when((me) => me.has_ipaddr === 1 && me.afi === 1),
    ip6: ipv6().when((me) => me.has_ipaddr === 1 && me.afi === 2),
    // The name is padded with zeros to whole words; the length counts itself and them.
    ifname_len: u8()
      .auto((c) => 1 + c.fieldLength('ifname'))
      .when((me) => me.has_ifname === 1),
    ifname: bytes((me) => (me.ifname_len as number) - 1).when((me) => me.has_ifname === 1),
    mtu: u32().when((me) => me.has_mtu === 1),
    rest: bytes(),
  }),
  'Interface that the packet which the ICMP error is about came in by. ifname is padded with zeros to 4n - 1 bytes.',
  'RFC 5837 §4.1',
)

behave(ICMPExtensionHeader, { isTrailer: true })

for (const each of [ICMPExtensionObject, ICMPExtensionMPLS, ICMPExtensionInterfaceInformation]) {
  behave(each, { headerLength: (me) => me.len, headerLengthField: 'len' })
  bind(each, ICMPExtensionObject)
}
bind(ICMPExtensionHeader, ICMPExtensionObject)

/** Objects of the known classes have their own layers. */
behave(ICMPExtensionObject, {
  refine: (buffer, start, end) => {
    if (end - start < 4) return undefined
    const length = (buffer[start]! << 8) | buffer[start + 1]!
    if (buffer[start + 2] === MPLS_CLASS && buffer[start + 3] === 1 && length % 4 === 0) return ICMPExtensionMPLS
    return buffer[start + 2] === INTERFACE_CLASS ? ICMPExtensionInterfaceInformation : undefined
  },
})
