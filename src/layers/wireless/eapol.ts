/**
 * EAP over LAN: authentication before a network lets a station in, and the exchange of keys. IEEE 802.1X-2020 §11;
 * keys of wireless LAN: IEEE 802.11-2020 §12.7.2.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+-------------------------------+
 *   |    version    |     type      |              len              |  EAPOL
 *   +---------------+---+-+-+-+-+-+-+-+-+-----+-+-----+-------------+
 *   |descriptor_type|res|s|e|r|e|s|m|a|i|index|t|version|key_length |  EAPOL_KEY
 *   +---------------+---+-+-+-+-+-+-+-+-+-----+-+-----+-------------+
 *   |                 key_replay_counter (8 bytes)                  |
 *   |   key_nonce (32), key_iv (16), key_rsc (8), key_id (8)        |
 *   |   key_mic (16, by the suite also 24, 32 or none)              |
 *   +-------------------------------+-------------------------------+
 *   |        key_data_length        |  key data …
 *   +-------------------------------+
 */
import {
  type AnyPacket,
  answers,
  behave,
  bind,
  bits,
  bitsEnum,
  bytes,
  layer,
  u8Enum,
  u16,
  u64,
} from '../../packet/index.js'
import { bindEtherType } from '../link/ether-type.js'
import { SNAP } from '../link/llc.js'
import { Raw } from '../raw.js'
import { addressText } from './dot11-addresses.js'
import { Dot11Elt, isElements } from './dot11-elements.js'
import { EAP } from './eap.js'

const ETHER_TYPE = 0x888e
const PRE_AUTHENTICATION = 0x88c7

/** IEEE 802.1X-2020, table 11-3. */
const TYPES: Readonly<Record<number, string>> = {
  0: 'EAP-Packet',
  1: 'Start',
  2: 'Logoff',
  3: 'Key',
  4: 'Encapsulated-ASF-Alert',
  5: 'MKA',
  6: 'Announcement-generic',
  7: 'Announcement-specific',
  8: 'Announcement-request',
}
const EAP_PACKET = 0
const KEY = 3

const RSN = 2
const WPA = 254
/** IEEE 802.1X-2020 §11.9; WPA: Wi-Fi Alliance, "WPA specification" 3.1. */
const DESCRIPTORS: Readonly<Record<number, string>> = { 1: 'RC4', [RSN]: 'RSN', [WPA]: 'WPA' }

/** Algorithms of the MIC and of the encryption of key data. IEEE 802.11-2020 §12.7.2. */
const DESCRIPTOR_VERSIONS: Readonly<Record<number, string>> = {
  0: 'as-the-AKM-says',
  1: 'HMAC-MD5+ARC4',
  2: 'HMAC-SHA1-128+AES',
  3: 'AES-128-CMAC+AES',
}

/** Bytes of EAPOL_KEY in front of its MIC. */
const BEFORE_MIC = 77
const MIC_LENGTHS = [16, 24, 32, 0]

/** The MIC's length is the suite's, which the frame does not say: only one makes the key data's length come out right. */
function micLength(me: AnyPacket): number {
  const buffer = me._buffer
  if (buffer === null) return MIC_LENGTHS[0]!
  const start = me._offset + BEFORE_MIC
  const fits = (length: number): boolean =>
    start + length + 2 <= me._end &&
    start + length + 2 + ((buffer[start + length]! << 8) | buffer[start + length + 1]!) === me._end
  return MIC_LENGTHS.find(fits) ?? MIC_LENGTHS[0]!
}

export const EAPOL = layer(
  'EAPOL',
  () => ({
    version: u8Enum(1, { 1: '802.1X-2001', 2: '802.1X-2004', 3: '802.1X-2010' }),
    type: u8Enum(EAP_PACKET, TYPES),
    len: u16()
      .auto((c) => c.payloadLength)
      .about('Bytes behind this header.'),
  }),
  'EAP over LAN: authentication and keys between a station and its network.',
  'IEEE 802.1X-2020 §11',
)

export const EAPOL_KEY = layer(
  'EAPOL_KEY',
  () => ({
    key_descriptor_type: u8Enum(RSN, DESCRIPTORS),
    res2: bits(2),
    smk_message: bits(1),
    encrypted_key_data: bits(1),
    request: bits(1),
    error: bits(1),
    secure: bits(1),
    has_key_mic: bits(1),
    key_ack: bits(1),
    install: bits(1),
    key_index: bits(2).about('Of a group key, in WPA.'),
    key_type: bitsEnum(1, 1, { 0: 'group', 1: 'pairwise' }),
    key_descriptor_type_version: bitsEnum(3, 2, DESCRIPTOR_VERSIONS),
    key_length: u16().about('Bytes of the key that is agreed on.'),
    key_replay_counter: u64(),
    key_nonce: bytes(32),
    key_iv: bytes(16),
    key_rsc: u64().hex().about('Packet number of the group key.'),
    key_id: u64().hex(),
    key_mic: bytes(micLength).default(new Uint8Array(16)),
    key_data_length: u16().auto((c) => c.payloadLength),
  }),
  'Message of the handshake in which a station and an access point agree on keys. Elements follow, or encrypted bytes.',
  'IEEE 802.11-2020 §12.7.2',
)

behave(EAPOL, {
  payloadLength: (me) => Math.min(me.len, me._end - me._headerStop()),
  payloadLengthField: 'len',
  guess: (me) => {
    if (me.type === EAP_PACKET) return EAP
    return me.type === KEY ? EAPOL_KEY : Raw
  },
  summary: (me) => `EAPOL ${me.text('type')}${between(me)}`,
  // The network begins: what the station starts with is answered by a question.
  answers: (me, request) =>
    request.layerName === 'EAPOL' &&
    (request.type === 1 ? me.type === EAP_PACKET : me.type === request.type && answers(me.payload, request.payload)),
})

/** What the message is in the handshake: `1/4` … `4/4`, `group 1/2`, `group 2/2`. IEEE 802.11-2020 §12.7.6. */
export function handshakeStep(me: AnyPacket): string {
  if (me.request === 1) return 'request'
  if (me.key_type === 0) return me.key_ack === 1 ? 'group 1/2' : 'group 2/2'
  if (me.key_ack === 1) return me.has_key_mic === 1 ? '3/4' : '1/4'
  // Only WPA does without the flag in its last message.
  const isLast = me.secure === 1 || (me.key_descriptor_type === WPA && me.key_data_length === 0)
  return isLast ? '4/4' : '2/4'
}

/** Whether the key data can be read: a group key is never sent in clear text, also where WPA has no flag for that. */
const isPlain = (me: AnyPacket): boolean =>
  me.encrypted_key_data === 0 && !(me.key_descriptor_type === WPA && me.key_type === 0)

behave(EAPOL_KEY, {
  // The older descriptor of RC4 has another layout.
  refine: (buffer, start, end) => (end > start && (buffer[start] === RSN || buffer[start] === WPA) ? undefined : Raw),
  payloadLength: (me) => Math.min(me.key_data_length, me._end - me._headerStop()),
  payloadLengthField: 'key_data_length',
  guess: (me) => (isPlain(me) && isElements(me._buffer!, me._headerStop(), me._contentStop()) ? Dot11Elt : Raw),
  summary: (me) => `EAPOL_KEY ${handshakeStep(me)}${between(me)}`,
  answers: (me, request) =>
    request.layerName === 'EAPOL_KEY' &&
    request.key_ack === 1 &&
    me.key_ack === 0 &&
    me.key_type === request.key_type &&
    me.key_replay_counter === request.key_replay_counter,
})

/** Addresses of the wireless frame around. */
function between(me: AnyPacket): string {
  for (let outer = me.under; outer !== null; outer = outer.under) {
    if (outer.layerName === 'Dot11') return addressText(outer as AnyPacket)
    if (outer.layerName === 'Ether') return ` ${(outer as AnyPacket).src} > ${(outer as AnyPacket).dst}`
  }
  return ''
}

bind(EAPOL, EAP, { type: EAP_PACKET })
bind(EAPOL, EAPOL_KEY, { type: KEY })
bind(EAPOL_KEY, Dot11Elt)
bindEtherType(PRE_AUTHENTICATION, EAPOL)
bindEtherType(ETHER_TYPE, EAPOL)
bind(SNAP, EAPOL, { OUI: 0, code: PRE_AUTHENTICATION })
bind(SNAP, EAPOL, { OUI: 0, code: ETHER_TYPE })
