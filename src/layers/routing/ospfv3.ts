/**
 * OSPF version 3, for IPv6 (and, RFC 7949, over IPv4): header and authentication trailer. RFC 5340 §A.3.1, RFC 7166 §4.1.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+-------------------------------+
 *   |    version    |     type      |              len              |
 *   +---------------+---------------+-------------------------------+
 *   |                              src                              |
 *   +---------------------------------------------------------------+
 *   |                             area                              |
 *   +-------------------------------+---------------+---------------+
 *   |            chksum             |   instance    |   reserved    |
 *   +-------------------------------+---------------+---------------+
 */
import {
  type AnyPacket,
  type BuildContext,
  behave,
  bytes,
  ipv4,
  type LayerReference,
  layer,
  u8,
  u8Enum,
  u16,
  u16Enum,
  u64,
} from '../../packet/index.js'
import { between } from '../network/between.js'
import { transportChecksum } from '../network/ip-checksum.js'
import { bindNextHeader } from '../network/next-header.js'
import { Raw } from '../raw.js'
import { isSignalling, OSPF_LLS_Hdr } from './ospf-signalling.js'

const PROTOCOL = 89
const VERSION = 3
const HEADER = 16
const TRAILER = 16

/** RFC 5340 §A.3.1. */
const TYPES: Readonly<Record<number, string>> = { 1: 'hello', 2: 'dbdesc', 3: 'lsreq', 4: 'lsupd', 5: 'lsack' }
const HMAC = 1

/** What stands behind the packet is not counted; with a digest there the checksum is zero. RFC 7166 §4.2. */
function headerChecksum({ packet, buffer, start, trailerStart }: BuildContext): number {
  if (packet.has(OSPFv3_Auth)) return 0
  return transportChecksum({ packet, buffer, start, payloadEnd: trailerStart } as BuildContext, PROTOCOL)
}

export const OSPFv3_Hdr = layer(
  'OSPFv3_Hdr',
  () => ({
    version: u8(VERSION),
    type: u8Enum(1, TYPES),
    len: u16()
      .auto((c) => c.trailerStart - c.start)
      .about('Bytes of the packet; what stands behind it is not counted.'),
    src: ipv4('1.1.1.1').about("The sender's router ID."),
    area: ipv4(),
    chksum: u16().checksum(headerChecksum).about('Zero where OSPFv3_Auth follows.'),
    instance: u8(),
    reserved: u8(),
  }),
  'OSPF version 3: header; OSPFv3_Hello and the other messages follow it.',
  'RFC 5340 §A.3.1',
)

export const OSPFv3_Auth = layer(
  'OSPFv3_Auth',
  () => ({
    authtype: u16Enum(HMAC, { [HMAC]: 'hmac' }),
    authlen: u16().auto((c) => c.headerLength),
    reserved: u16(),
    said: u16().about('Which key.'),
    seq: u64().about('Never decreases.'),
    authdata: bytes((me) => (me.authlen as number) - TRAILER),
  }),
  'Digest behind a packet. It is given, not computed: no key is known.',
  'RFC 7166 §4.1',
)

/** Whether the authentication trailer is what these bytes are. */
function isAuthentication(buffer: Uint8Array, start: number, end: number): boolean {
  if (end - start < TRAILER) return false
  const length = (buffer[start + 2]! << 8) | buffer[start + 3]!
  return buffer[start] === 0 && buffer[start + 1] === HMAC && length === end - start
}

function trailerAt(buffer: Uint8Array, start: number, end: number): LayerReference | undefined {
  if (isAuthentication(buffer, start, end)) return OSPFv3_Auth
  return isSignalling(buffer, start, end) ? OSPF_LLS_Hdr : undefined
}

function refine(buffer: Uint8Array, start: number, end: number): LayerReference {
  return start < end && buffer[start] !== VERSION ? Raw : OSPFv3_Hdr
}

behave(OSPFv3_Hdr, {
  refine,
  payloadLength: (me) => (me.len as number) - HEADER,
  payloadLengthField: 'len',
  trailer: (me) => (me._buffer === null ? OSPFv3_Auth : trailerAt(me._buffer, me._contentStop(), me._end)),
  summary: (me: AnyPacket) => `OSPFv3_Hdr${between(me)} ${me.text('type')} by ${me.src} area ${me.area}`,
})
behave(OSPFv3_Auth, {
  isTrailer: true,
  headerLength: (me) => me.authlen as number,
  headerLengthField: 'authlen',
})

bindNextHeader(PROTOCOL, OSPFv3_Hdr)
