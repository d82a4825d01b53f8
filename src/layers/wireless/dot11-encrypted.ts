/**
 * What stands in front of the encrypted part of IEEE 802.11 frames. IEEE 802.11-2020 §12.3.2 (WEP), §12.5.2 (TKIP), §12.5.3
 * (CCMP and GCMP).
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-----------------------------------------------+---+-----------+
 *   |                      iv                       |key|           |  WEP
 *   +---------------+---------------+---------------+---+-+---------+
 *   |      PN0      |      PN1      |     res0      |key|x|         |  CCMP, GCMP; in TKIP: TSC1, WEPSeed, TSC0
 *   +---------------+---------------+---------------+---+-+---------+
 *   |      PN2      |      PN3      |      PN4      |      PN5      |
 *   +---------------+---------------+---------------+---------------+
 */
import { type AnyPacket, behave, bits, bytes, type LayerReference, layer, u8, u32 } from '../../packet/index.js'
import { Raw } from '../raw.js'
import { addressText } from './dot11-addresses.js'

const EXTENDED = 0x20
const WEP_OVERHEAD = 8
const EXTENDED_HEADER = 8

export const Dot11WEP = layer(
  'Dot11WEP',
  () => ({
    iv: bytes(3),
    keyid: bits(2),
    reserved: bits(6),
    wepdata: bytes((me) => me._end - me._offset - WEP_OVERHEAD).about('Encrypted.'),
    icv: u32().hex().about('Encrypted checksum of the data.'),
  }),
  'WEP: initialization vector and encrypted data.',
  'IEEE 802.11-2020 §12.3.2',
)

export const Dot11TKIP = layer(
  'Dot11TKIP',
  () => ({
    TSC1: u8(),
    WEPSeed: u8(),
    TSC0: u8(),
    key_id: bits(2),
    ext_iv: bits(1, 1),
    res: bits(5),
    TSC2: u8(),
    TSC3: u8(),
    TSC4: u8(),
    TSC5: u8(),
  }),
  'TKIP (WPA): sequence counter of an encrypted frame. What follows is encrypted, with checksums at its end.',
  'IEEE 802.11-2020 §12.5.2',
)

export const Dot11CCMP = layer(
  'Dot11CCMP',
  () => ({
    PN0: u8(),
    PN1: u8(),
    res0: u8(),
    key_id: bits(2),
    ext_iv: bits(1, 1),
    res1: bits(5),
    PN2: u8(),
    PN3: u8(),
    PN4: u8(),
    PN5: u8(),
  }),
  'CCMP or GCMP (WPA2, WPA3): packet number of an encrypted frame. What follows is encrypted, its checksum last.',
  'IEEE 802.11-2020 §12.5.3',
)

/** Which protection a frame has: the key octet flags the long vector, and TKIP repeats one counter byte in its seed. */
export function encryptedLayer(buffer: Uint8Array, start: number, end: number): LayerReference {
  if (end - start < WEP_OVERHEAD) return Raw
  if ((buffer[start + 3]! & EXTENDED) === 0) return Dot11WEP
  return end - start >= EXTENDED_HEADER && buffer[start + 1] === ((buffer[start]! | 0x20) & 0x7f)
    ? Dot11TKIP
    : Dot11CCMP
}

/** Addresses of the frame around. */
function between(me: AnyPacket): string {
  for (let outer = me.under; outer !== null; outer = outer.under)
    if (outer.layerName === 'Dot11') return addressText(outer as AnyPacket)
  return ''
}

/** 48 bits, the highest byte first. */
const counter = (...parts: number[]): string => parts.reduce((total, byte) => total * 256 + byte, 0).toString()

behave(Dot11WEP, { summary: (me) => `Dot11WEP${between(me)} key ${me.keyid}`, isLast: () => true })
behave(Dot11TKIP, {
  summary: (me) =>
    `Dot11TKIP${between(me)} key ${me.key_id} TSC ${counter(me.TSC5, me.TSC4, me.TSC3, me.TSC2, me.TSC1, me.TSC0)}`,
})
behave(Dot11CCMP, {
  summary: (me) =>
    `Dot11CCMP${between(me)} key ${me.key_id} PN ${counter(me.PN5, me.PN4, me.PN3, me.PN2, me.PN1, me.PN0)}`,
})
