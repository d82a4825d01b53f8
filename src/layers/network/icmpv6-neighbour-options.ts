/**
 * Options of neighbour discovery, each a layer that the next one follows. RFC 4861 §4.6; DNS: RFC 8106; routes: RFC 4191;
 * home agents: RFC 6275; nonce: RFC 3971; flags: RFC 5175; captive portal: RFC 8910; NAT64: RFC 8781.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+-------------------------------+
 *   |     type      | len (8 bytes) |              data …           |
 *   +---------------+---------------+-------------------------------+
 */
import {
  behave,
  bind,
  bits,
  bitsEnum,
  bytes,
  type Codec,
  Field,
  ipv6,
  Kind,
  type LayerReference,
  layer,
  list,
  mac,
  u8,
  u8Enum,
  u16,
  u32,
} from '../../packet/index.js'
import { DomainListCodec, NatPrefixCodec, PaddedTextCodec, PrefixCodec, paddedTo8 } from './icmpv6-option-codecs.js'
import { quotedPacket } from './icmpv6-option-packet.js'

/** IANA, "IPv6 Neighbor Discovery Option Formats". */
const TYPES: Readonly<Record<number, string>> = {
  1: 'source-link-address',
  2: 'target-link-address',
  3: 'prefix-information',
  4: 'redirected-header',
  5: 'mtu',
  7: 'advertisement-interval',
  8: 'home-agent-information',
  11: 'cga',
  12: 'rsa-signature',
  13: 'timestamp',
  14: 'nonce',
  24: 'route-information',
  25: 'recursive-dns-server',
  26: 'flags-extension',
  31: 'dns-search-list',
  37: 'captive-portal',
  38: 'pref64',
}

/** Preference of a router or route. RFC 4191 §2.1. */
export const PREFERENCES: Readonly<Record<number, string>> = { 0: 'medium', 1: 'high', 2: 'reserved', 3: 'low' }

/** Seconds that mean for ever. RFC 4861 §4.6.2. */
const INFINITY = 0xffffffff

/** Type and length in units of 8 bytes. */
const optionHeader = (type: number) => ({
  type: u8Enum(type, TYPES),
  len: u8().auto((c) => (c.headerLength + 7) >>> 3),
})

export const ICMPv6NDOptUnknown = layer(
  'ICMPv6NDOptUnknown',
  () => ({ ...optionHeader(0), data: paddedTo8(bytes()) }),
  'Option of neighbour discovery that has no layer of its own. len in units of 8 bytes; data is padded with zeros.',
  'RFC 4861 §4.6',
)

export const ICMPv6NDOptSrcLLAddr = layer(
  'ICMPv6NDOptSrcLLAddr',
  () => ({ ...optionHeader(1), lladdr: mac() }),
  'Link address of the sender.',
  'RFC 4861 §4.6.1',
)

export const ICMPv6NDOptDstLLAddr = layer(
  'ICMPv6NDOptDstLLAddr',
  () => ({ ...optionHeader(2), lladdr: mac() }),
  'Link address of the target.',
  'RFC 4861 §4.6.1',
)

export const ICMPv6NDOptPrefixInfo = layer(
  'ICMPv6NDOptPrefixInfo',
  () => ({
    ...optionHeader(3),
    prefixlen: u8(64),
    L: bits(1, 1),
    A: bits(1, 1),
    R: bits(1),
    res1: bits(5),
    validlifetime: u32(INFINITY),
    preferredlifetime: u32(INFINITY),
    res2: u32(),
    prefix: ipv6(),
  }),
  'Prefix of the link. L: addresses in it are on the link, A: hosts may make their own; lifetimes in s.',
  'RFC 4861 §4.6.2',
)

export const ICMPv6NDOptRedirectedHdr = layer(
  'ICMPv6NDOptRedirectedHdr',
  () => ({ ...optionHeader(4), res: bytes(6), pkt: quotedPacket() }),
  'The packet that led to a redirect: option.pkt[0].',
  'RFC 4861 §4.6.3',
)

export const ICMPv6NDOptMTU = layer(
  'ICMPv6NDOptMTU',
  () => ({ ...optionHeader(5), res: u16(), mtu: u32(1280) }),
  'MTU of the link, in bytes.',
  'RFC 4861 §4.6.4',
)

export const ICMPv6NDOptRouteInfo = layer(
  'ICMPv6NDOptRouteInfo',
  () => ({
    ...optionHeader(24),
    plen: u8(),
    res1: bits(3),
    prf: bitsEnum(2, 0, PREFERENCES),
    res2: bits(3),
    rtlifetime: u32(INFINITY),
    prefix: new Field<string>(Kind.CODEC, 0, new PrefixCodec() as Codec).default('::'),
  }),
  'Route to a prefix by way of the router. plen bits of prefix count; rtlifetime in s.',
  'RFC 4191 §2.3',
)

export const ICMPv6NDOptRDNSS = layer(
  'ICMPv6NDOptRDNSS',
  () => ({ ...optionHeader(25), res: u16(), lifetime: u32(INFINITY), dns: list(ipv6()) }),
  'Addresses of DNS servers. lifetime in s.',
  'RFC 8106 §5.1',
)

export const ICMPv6NDOptDNSSL = layer(
  'ICMPv6NDOptDNSSL',
  () => ({
    ...optionHeader(31),
    res: u16(),
    lifetime: u32(INFINITY),
    searchlist: paddedTo8(new Field<string[], readonly string[]>(Kind.CODEC, 0, new DomainListCodec() as Codec)),
  }),
  'Domains in which to look names up. lifetime in s.',
  'RFC 8106 §5.2',
)

export const ICMPv6NDOptAdvInterval = layer(
  'ICMPv6NDOptAdvInterval',
  () => ({ ...optionHeader(7), res: u16(), advint: u32().about('Milliseconds, at most, between advertisements.') }),
  'How often a router advertises itself.',
  'RFC 6275 §7.3',
)

export const ICMPv6NDOptHAInfo = layer(
  'ICMPv6NDOptHAInfo',
  () => ({
    ...optionHeader(8),
    res: u16(),
    pref: u16().about('The higher, the better.'),
    lifetime: u16(1).about('Seconds.'),
  }),
  'A router that is a home agent.',
  'RFC 6275 §7.4',
)

export const ICMPv6NDOptNonce = layer(
  'ICMPv6NDOptNonce',
  () => ({ ...optionHeader(14), nonce: paddedTo8(bytes()) }),
  'Random bytes of a solicitation, which come back in its answer. They fill the option up: 6, 14, 22 … of them.',
  'RFC 3971 §5.3.2; duplicate addresses: RFC 7527',
)

export const ICMPv6NDOptEFA = layer(
  'ICMPv6NDOptEFA',
  () => ({ ...optionHeader(26), res: bytes(6).default(new Uint8Array(6)) }),
  'More flags of a router advertisement.',
  'RFC 5175 §4',
)

export const ICMPv6NDOptCaptivePortal = layer(
  'ICMPv6NDOptCaptivePortal',
  () => ({
    ...optionHeader(37),
    uri: paddedTo8(new Field<string>(Kind.CODEC, 0, new PaddedTextCodec() as Codec)),
  }),
  'Where to ask whether the way into the Internet is free.',
  'RFC 8910 §2.3',
)

export const ICMPv6NDOptPREF64 = layer(
  'ICMPv6NDOptPREF64',
  () => ({
    ...optionHeader(38),
    scaledlifetime: bits(13).about('Units of 8 s.'),
    plc: bitsEnum(3, 0, { 0: '/96', 1: '/64', 2: '/56', 3: '/48', 4: '/40', 5: '/32' }),
    prefix: new Field<string>(Kind.CODEC, 0, new NatPrefixCodec() as Codec).default('64:ff9b::'),
  }),
  'Prefix that stands for IPv4 addresses behind a NAT64. plc: code of the prefix length.',
  'RFC 8781 §4',
)

/** Layers by type, where the length (in units of 8 bytes) is one that they have. */
const KNOWN: Readonly<Record<number, readonly [layer: LayerReference, fits: (units: number) => boolean]>> = {
  1: [ICMPv6NDOptSrcLLAddr, (units) => units === 1],
  2: [ICMPv6NDOptDstLLAddr, (units) => units === 1],
  3: [ICMPv6NDOptPrefixInfo, (units) => units === 4],
  4: [ICMPv6NDOptRedirectedHdr, (units) => units >= 1],
  5: [ICMPv6NDOptMTU, (units) => units === 1],
  7: [ICMPv6NDOptAdvInterval, (units) => units === 1],
  8: [ICMPv6NDOptHAInfo, (units) => units === 1],
  14: [ICMPv6NDOptNonce, (units) => units >= 1],
  24: [ICMPv6NDOptRouteInfo, (units) => units >= 1 && units <= 3],
  25: [ICMPv6NDOptRDNSS, (units) => units >= 3 && units % 2 === 1],
  26: [ICMPv6NDOptEFA, (units) => units === 1],
  31: [ICMPv6NDOptDNSSL, (units) => units >= 2],
  37: [ICMPv6NDOptCaptivePortal, (units) => units >= 1],
  38: [ICMPv6NDOptPREF64, (units) => units === 2],
}

behave(ICMPv6NDOptUnknown, {
  refine: (buffer, start, end) => {
    if (end - start < 2) return undefined
    const known = KNOWN[buffer[start]!]
    return known?.[1](buffer[start + 1]!) === true ? known[0] : undefined
  },
})

for (const each of [ICMPv6NDOptUnknown, ...Object.values(KNOWN).map(([option]) => option)]) {
  // A length of zero is an error that ends the options: RFC 4861 §4.6.
  behave(each, { headerLength: (me) => me.len * 8, headerLengthField: 'len' })
  bind(each, ICMPv6NDOptUnknown)
}
