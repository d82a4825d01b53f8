/**
 * OSPF version 2: header, authentication, and what stands behind the packet. RFC 2328 §A.3.1, §D; local signalling: RFC 5613 §2.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+-------------------------------+
 *   |    version    |     type      |              len              |
 *   +---------------+---------------+-------------------------------+
 *   |                              src                              |
 *   +---------------------------------------------------------------+
 *   |                             area                              |
 *   +-------------------------------+-------------------------------+
 *   |            chksum             |           authtype            |
 *   +-------------------------------+-------------------------------+
 *   |                      authdata (8 bytes)                       |  authtype 0, 1
 *   +-------------------------------+---------------+---------------+
 *   |           reserved            |     keyid     |  authdatalen  |  authtype 2
 *   +-------------------------------+---------------+---------------+
 *   |                              seq                              |
 *   +---------------------------------------------------------------+
 */
import {
  type AnyPacket,
  type BuildContext,
  behave,
  bind,
  bytes,
  finish,
  ipv4,
  type LayerReference,
  layer,
  sum,
  text,
  u8,
  u8Enum,
  u16,
  u16Enum,
  u32,
} from '../../packet/index.js'
import { between } from '../network/between.js'
import { IP } from '../network/ip.js'
import { Raw } from '../raw.js'
import { isSignalling, OSPF_LLS_Hdr } from './ospf-signalling.js'
import { OSPFv3_Hdr } from './ospfv3.js'

const PROTOCOL = 89
const VERSION = 2
const HEADER = 24
/** The checksum leaves out the 8 bytes of authentication data. */
const AUTHENTICATION_AT = 16
const CRYPTOGRAPHIC = 2

/** RFC 2328 §A.3.1. */
const TYPES: Readonly<Record<number, string>> = { 1: 'hello', 2: 'dbdesc', 3: 'lsreq', 4: 'lsupd', 5: 'lsack' }
/** IANA, "OSPF Authentication Codes". */
const AUTHENTICATIONS: Readonly<Record<number, string>> = { 0: 'none', 1: 'simple', 2: 'cryptographic' }

const isCryptographic = (me: AnyPacket): boolean => me.authtype === CRYPTOGRAPHIC

/** With cryptographic authentication the digest stands for it, and it is zero. RFC 2328 §D.4.3. */
function headerChecksum({ packet, buffer, start, trailerStart }: BuildContext): number {
  if (isCryptographic(packet as AnyPacket)) return 0
  return finish(sum(buffer, start + HEADER, trailerStart, sum(buffer, start, start + AUTHENTICATION_AT)))
}

export const OSPF_Hdr = layer(
  'OSPF_Hdr',
  () => ({
    version: u8(VERSION),
    type: u8Enum(1, TYPES),
    len: u16()
      .auto((c) => c.trailerStart - c.start)
      .about('Bytes of the packet; a digest and local signalling behind it are not counted.'),
    src: ipv4('1.1.1.1').about("The sender's router ID."),
    area: ipv4(),
    chksum: u16().checksum(headerChecksum).about('Authentication data left out; zero with a digest.'),
    authtype: u16Enum(0, AUTHENTICATIONS),
    authdata: text(8)
      .when((me) => !isCryptographic(me))
      .about('The password, in clear text.'),
    reserved: u16().when(isCryptographic),
    keyid: u8(1).when(isCryptographic),
    authdatalen: u8(16).when(isCryptographic).about('Bytes of the digest, which OSPF_Digest behind the packet holds.'),
    seq: u32().when(isCryptographic).about('Never decreases.'),
  }),
  'OSPF version 2: header; OSPF_Hello and the other messages follow it.',
  'RFC 2328 §A.3.1',
)

export const OSPF_Digest = layer(
  'OSPF_Digest',
  () => ({ digest: bytes((me) => digestLength(me)) }),
  'Digest behind a packet with cryptographic authentication (MD5: 16 bytes). It is given, not computed: no key is known.',
  'RFC 2328 §D.4.3',
)

/** Bytes of the digest as the header says, at most those that are there. */
function digestLength(me: AnyPacket): number {
  let outer = me.under
  while (outer !== null && outer.layerName !== 'OSPF_Hdr') outer = outer.under
  const length = outer?.raw('authdatalen')
  const left = me._end - me._offset
  return typeof length === 'number' ? Math.min(length, left) : left
}

function trailer(me: AnyPacket): LayerReference | undefined {
  if (isCryptographic(me) && (me.authdatalen as number) > 0) return OSPF_Digest
  return me._buffer === null || isSignalling(me._buffer, me._contentStop(), me._end) ? OSPF_LLS_Hdr : undefined
}

/** Other versions are other protocols: version 3 is also used over IPv4 (RFC 7949). */
function refine(buffer: Uint8Array, start: number, end: number): LayerReference {
  if (start >= end || buffer[start] === VERSION) return OSPF_Hdr
  return buffer[start] === 3 ? OSPFv3_Hdr : Raw
}

behave(OSPF_Hdr, {
  refine,
  payloadLength: (me) => (me.len as number) - HEADER,
  payloadLengthField: 'len',
  trailer,
  summary: (me) => `OSPF_Hdr${between(me)} ${me.text('type')} by ${me.src} area ${me.area}`,
})
behave(OSPF_Digest, {
  isTrailer: true,
  guess: (me) =>
    me._buffer !== null && isSignalling(me._buffer, me._headerStop(), me._end) ? OSPF_LLS_Hdr : undefined,
})
bind(IP, OSPF_Hdr, { proto: PROTOCOL, frag: 0 })
