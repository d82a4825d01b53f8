/**
 * EAP, the Extensible Authentication Protocol. RFC 3748 §4, §5; MD5 challenge: §5.4; TLS: RFC 5216 §3; TTLS: RFC 5281
 * §9; FAST: RFC 4851 §4.1; PEAP: draft-josefsson-pppext-eap-tls-eap; LEAP: Cisco's.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+-------------------------------+
 *   |     code      |      id       |              len              |
 *   +---------------+---------------+-------------------------------+
 *   |     type      |  request and response only
 *   +-+-+-+---+-----+-----------------------------------------------+
 *   |L|M|S|res|vers |              tls_message_len …                |  TLS, TTLS, PEAP, FAST: with L
 *   +-+-+-+---+-----+-----------------------------------------------+
 */
import {
  type AnyPacket,
  behave,
  bits,
  bytes,
  escapeBytes,
  type LayerReference,
  layer,
  list,
  u8,
  u8Enum,
  u16,
  u32,
} from '../../packet/index.js'
import { Raw } from '../raw.js'

const REQUEST = 1
const RESPONSE = 2

/** IANA, "EAP Packet Codes". */
const CODES: Readonly<Record<number, string>> = {
  [REQUEST]: 'Request',
  [RESPONSE]: 'Response',
  3: 'Success',
  4: 'Failure',
  5: 'Initiate',
  6: 'Finish',
}

const IDENTITY = 1
const NOTIFICATION = 2
const NAK = 3

/** IANA, "EAP Method Types". */
const METHODS: Readonly<Record<number, string>> = {
  [IDENTITY]: 'Identity',
  [NOTIFICATION]: 'Notification',
  [NAK]: 'Nak',
  4: 'MD5-Challenge',
  5: 'OTP',
  6: 'GTC',
  13: 'TLS',
  17: 'LEAP',
  18: 'SIM',
  21: 'TTLS',
  23: 'AKA',
  25: 'PEAP',
  26: 'MSCHAPv2',
  29: 'MSCHAPv2',
  33: 'TLV',
  43: 'FAST',
  46: 'PAX',
  47: 'PSK',
  48: 'SAKE',
  49: 'IKEv2',
  50: 'AKA-prime',
  51: 'GPSK',
  52: 'PWD',
  53: 'EKE',
  55: 'TEAP',
  254: 'Expanded',
  255: 'Experimental',
}

const hasType = (me: AnyPacket): boolean => me.code === REQUEST || me.code === RESPONSE
const isType =
  (type: number) =>
  (me: AnyPacket): boolean =>
    hasType(me) && me.type === type

const length = () => u16().auto((c) => c.headerLength + c.payloadLength)

export const EAP = layer(
  'EAP',
  () => ({
    code: u8Enum(4, CODES),
    id: u8(),
    len: length(),
    type: u8Enum(IDENTITY, METHODS).when(hasType),
    identity: bytes().when(isType(IDENTITY)),
    message: bytes().when(isType(NOTIFICATION)),
    desired_auth_types: list(u8Enum(4, METHODS)).when(isType(NAK)),
  }),
  'Extensible Authentication Protocol: who somebody is, and how that is proved.',
  'RFC 3748 §4',
)

/** Fields in front of what a method adds. */
const method = (type: number) => ({
  code: u8Enum(REQUEST, CODES),
  id: u8(),
  len: length(),
  type: u8Enum(type, METHODS),
})

export const EAP_MD5 = layer(
  'EAP_MD5',
  () => ({
    ...method(4),
    value_size: u8().lengthOf('value'),
    value: bytes('value_size'),
    optional_name: bytes(),
  }),
  'EAP with a challenge that is answered by an MD5 hash.',
  'RFC 3748 §5.4',
)

/** The flags of the methods on TLS, and the length of the whole message where it is there. */
const tls = (type: number, versionBits: number, lengthName: string) => ({
  ...method(type),
  L: bits(1).about('The length of the whole TLS message follows.'),
  M: bits(1).about('More fragments follow.'),
  S: bits(1).about('Start.'),
  reserved: bits(5 - versionBits),
  ...(versionBits === 0 ? {} : { version: bits(versionBits) }),
  [lengthName]: u32().when((me) => me.L === 1),
})

export const EAP_TLS = layer(
  'EAP_TLS',
  () => tls(13, 0, 'tls_message_len'),
  'EAP with TLS and certificates of both sides; the TLS bytes follow.',
  'RFC 5216 §3',
)
export const EAP_TTLS = layer(
  'EAP_TTLS',
  () => tls(21, 3, 'message_len'),
  'EAP with a password inside TLS; the TLS bytes follow.',
  'RFC 5281 §9',
)
export const EAP_PEAP = layer(
  'EAP_PEAP',
  () => tls(25, 2, 'tls_message_len'),
  'EAP inside TLS; the TLS bytes follow.',
  'draft-josefsson-pppext-eap-tls-eap',
)
export const EAP_FAST = layer(
  'EAP_FAST',
  () => tls(43, 3, 'message_len'),
  'EAP with TLS and a shared secret; the TLS bytes follow.',
  'RFC 4851 §4.1',
)

export const LEAP = layer(
  'LEAP',
  () => ({
    ...method(17),
    version: u8(1),
    unused: u8(),
    count_: u8().lengthOf('challenge_response'),
    challenge_response: bytes('count_'),
    username: bytes(),
  }),
  "Cisco's EAP with a challenge on the password.",
  'Cisco, LEAP',
)

/** The methods that have layers, and the fewest bytes of such a message. */
const LAYERS: Readonly<Record<number, readonly [LayerReference, number]>> = {
  4: [EAP_MD5, 6],
  13: [EAP_TLS, 6],
  17: [LEAP, 8],
  21: [EAP_TTLS, 6],
  25: [EAP_PEAP, 6],
  43: [EAP_FAST, 6],
}

const FIXED = 4
const METHOD_AT = 4

/** The method's layer, where the message is one of it. */
function methodLayer(buffer: Uint8Array, start: number, end: number): LayerReference | undefined {
  if (end - start < FIXED + 1 || (buffer[start] !== REQUEST && buffer[start] !== RESPONSE)) return undefined
  const length = (buffer[start + 2]! << 8) | buffer[start + 3]!
  const found = LAYERS[buffer[start + METHOD_AT]!]
  return found !== undefined && length >= found[1] && end - start >= found[1] ? found[0] : undefined
}

/** Bytes of the whole message: what stands behind them is padding. */
const messageEnd = (me: AnyPacket): number => Math.min(me._offset + (me.len as number), me._end)

for (const each of [EAP, EAP_MD5, LEAP, EAP_TLS, EAP_TTLS, EAP_PEAP, EAP_FAST]) {
  behave(each, {
    payloadLength: (me) => Math.max(0, messageEnd(me) - me._headerStop()),
    payloadLengthField: 'len',
    guess: () => Raw,
    summary: (me) => `${me.layerName} ${me.text('code')} ${me.id}${detail(me)}`,
    answers: (me, request) =>
      request.code === REQUEST && me.code === RESPONSE && me.id === request.id && request.layerName.includes('EAP'),
    hash: (me) => `EAP ${me.id}`,
  })
}

/** The method, and who somebody says to be. */
function detail(me: AnyPacket): string {
  if (me.layerName !== 'EAP' || !hasType(me)) return ''
  const { identity } = me as { identity?: Uint8Array }
  return ` ${me.text('type')}${identity !== undefined && identity.length > 0 ? ` '${escapeBytes(identity)}'` : ''}`
}

behave(EAP, { refine: methodLayer })
