/**
 * Local signalling of OSPF, behind packets of version 2 and 3 and not counted in their length. RFC 5613 §2.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------------------------------+-------------------------------+
 *   |            chksum             |              len              |
 *   +-------------------------------+-------------------------------+
 *   |                            llstlv                             |
 *   +---------------------------------------------------------------+
 */
import {
  type BuildContext,
  behave,
  bytes,
  checksum,
  type LayerReference,
  layer,
  layers,
  type Reader,
  u16,
  u16Enum,
  u32,
} from '../../packet/index.js'

/** IANA, "LLS Type 1 Extended Options and Flags" and "LLS TLV Types". */
const TYPES: Readonly<Record<number, string>> = { 1: 'extended-options', 2: 'authentication' }
const CRYPTOGRAPHIC = 2

const tlv = (type: number) => ({ type: u16Enum(type, TYPES), len: u16() })

export const LLS_Generic_TLV = layer(
  'LLS_Generic_TLV',
  () => {
    const { type, len } = tlv(0)
    return {
      type,
      len: len.lengthOf('val'),
      val: bytes('len'),
      padding: bytes((me) => -(me.len as number) & 3).about('Zeros up to a multiple of 4 bytes.'),
    }
  },
  'Local signalling: a TLV that has no layer of its own.',
  'RFC 5613 §2.2',
)
export const LLS_Extended_Options = layer(
  'LLS_Extended_Options',
  () => {
    const { type, len } = tlv(1)
    return { type, len: len.auto(() => 4), options: u32().hex().about('1: database resynchronisation; 2: restart.') }
  },
  'Local signalling: more options.',
  'RFC 5613 §2.3',
)
export const LLS_Crypto_Auth = layer(
  'LLS_Crypto_Auth',
  () => {
    const { type, len } = tlv(2)
    return {
      type,
      len: len.auto((c) => c.headerLength - 4),
      sequence: u32(),
      authdata: bytes((me) => (me.len as number) - 4),
    }
  },
  'Local signalling: digest over the TLVs.',
  'RFC 5613 §2.5',
)

/** Which TLV starts here; one of another length than it should have stays bytes. */
function tlvAt(reader: Reader): LayerReference {
  const { buffer, position } = reader
  if (reader.left < 4) return LLS_Generic_TLV
  const type = (buffer[position]! << 8) | buffer[position + 1]!
  const length = (buffer[position + 2]! << 8) | buffer[position + 3]!
  if (type === 1 && length === 4) return LLS_Extended_Options
  return type === 2 && length >= 4 && length % 4 === 0 ? LLS_Crypto_Auth : LLS_Generic_TLV
}

/** Zero where the packet has a digest: the TLVs then have their own. RFC 5613 §2.5. */
function signallingChecksum({ packet, buffer, start, payloadStart }: BuildContext): number {
  for (let outer = packet.under; outer !== null; outer = outer.under) {
    if (outer.layerName === 'OSPF_Hdr' && outer.raw('authtype') === CRYPTOGRAPHIC) return 0
  }
  return checksum(buffer, start, payloadStart)
}

export const OSPF_LLS_Hdr = layer(
  'OSPF_LLS_Hdr',
  () => ({
    chksum: u16().checksum(signallingChecksum),
    len: u16()
      .auto((c) => c.headerLength >>> 2)
      .about('Length in words of 4 bytes.'),
    llstlv: layers(tlvAt, { length: (me) => (me.len as number) * 4 - 4 }),
  }),
  'Local signalling between neighbours, behind the packet and its digest.',
  'RFC 5613 §2',
)

/** Whether these bytes begin with local signalling: it ends where they do, or where something else begins. */
export function isSignalling(buffer: Uint8Array, start: number, end: number): boolean {
  return end - start >= 4 && ((buffer[start + 2]! << 8) | buffer[start + 3]!) * 4 === end - start
}

behave(OSPF_LLS_Hdr, {
  isTrailer: true,
  headerLength: (me) => (me.len as number) * 4,
  headerLengthField: 'len',
})
for (const each of [LLS_Generic_TLV, LLS_Extended_Options, LLS_Crypto_Auth])
  behave(each, { summary: (me) => `${me.layerName} ${me.text('type')}` })
