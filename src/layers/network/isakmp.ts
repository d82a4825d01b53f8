/**
 * ISAKMP: the header of the key exchange, versions 1 (RFC 2408 §3.1) and 2 (RFC 7296 §3.1), and of its payloads (§3.2 of both).
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                     init_cookie (8 bytes)                     |
 *   |                     resp_cookie (8 bytes)                     |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   | next_payload  |    version    |   exch_type   |     flags     |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                              id                               |
 *   |                            length                             |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   | next_payload  |C|    res      |            length             |  payload
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
import {
  type AnyPacket,
  behave,
  bind,
  bits,
  bytes,
  flags,
  type LayerReference,
  layer,
  sameBytes,
  u8,
  u8Enum,
  u16,
  u32,
} from '../../packet/index.js'
import { Raw } from '../raw.js'
import { UDP } from '../transport/udp.js'
import { NON_ESP } from './esp.js'

const PORT = 500
const HEADER = 28
const PAYLOAD_HEADER = 4

/** Payloads that hold the rest of the message, encrypted. RFC 7296 §3.14, RFC 7383 §2.5. */
const ENCRYPTED: ReadonlySet<number> = new Set([46, 53])

/** IANA, "Internet Key Exchange (IKE) Attributes" and "Internet Key Exchange Version 2 (IKEv2) Parameters". */
const PAYLOADS: Readonly<Record<number, string>> = {
  0: 'none',
  1: 'SA1',
  2: 'proposal',
  3: 'transform',
  4: 'KE1',
  5: 'ID',
  6: 'CERT1',
  7: 'CR',
  8: 'hash',
  9: 'SIG',
  10: 'nonce1',
  11: 'notification',
  12: 'delete1',
  13: 'vendor-id1',
  14: 'attributes',
  20: 'NAT-D',
  21: 'NAT-OA',
  33: 'SA',
  34: 'KE',
  35: 'IDi',
  36: 'IDr',
  37: 'CERT',
  38: 'CERTREQ',
  39: 'AUTH',
  40: 'nonce',
  41: 'notify',
  42: 'delete',
  43: 'vendor-id',
  44: 'TSi',
  45: 'TSr',
  46: 'SK',
  47: 'CP',
  48: 'EAP',
  49: 'GSPM',
  53: 'SKF',
}

/** IANA, as above. */
const EXCHANGES: Readonly<Record<number, string>> = {
  1: 'base',
  2: 'identity-protection',
  3: 'authentication-only',
  4: 'aggressive',
  5: 'informational1',
  6: 'transaction',
  32: 'quick-mode',
  33: 'new-group-mode',
  34: 'IKE_SA_INIT',
  35: 'IKE_AUTH',
  36: 'CREATE_CHILD_SA',
  37: 'INFORMATIONAL',
  38: 'IKE_SESSION_RESUME',
  43: 'IKE_INTERMEDIATE',
}

/** From the lowest bit: version 1 has the first three, version 2 the others. */
const FLAGS = ['encryption', 'commit', 'authentication', 'initiator', 'version', 'response'] as const

export const ISAKMP = layer(
  'ISAKMP',
  () => ({
    init_cookie: bytes(8).default(new Uint8Array(8)).about("The initiator's cookie, in version 2 its SPI."),
    resp_cookie: bytes(8)
      .default(new Uint8Array(8))
      .about("The responder's cookie, in version 2 its SPI; zeros in a first message."),
    next_payload: u8Enum(0, PAYLOADS),
    version: u8(0x20).hex().about('Major and minor version, 4 bits each: 0x10 or 0x20.'),
    exch_type: u8Enum(34, EXCHANGES),
    flags: flags(8, FLAGS),
    id: u32().hex(),
    length: u32().auto((c) => c.headerLength + c.payloadLength),
  }),
  'Header of the Internet key exchange, version 1 or 2.',
  'RFC 7296 §3.1; version 1: RFC 2408 §3.1',
)

export const ISAKMP_payload = layer(
  'ISAKMP_payload',
  () => ({
    next_payload: u8Enum(0, PAYLOADS).about('The type of the payload behind this one; its own stands in front of it.'),
    critical: bits(1),
    res: bits(7),
    length: u16().auto((c) => c.headerLength),
    load: bytes(),
  }),
  'Payload of the key exchange: its header, and its contents as bytes.',
  'RFC 7296 §3.2; version 1: RFC 2408 §3.2',
)

/** The type of a payload, which the header in front of it says. */
const typeText = (me: AnyPacket): string => (me.under as AnyPacket | null)?.text('next_payload') ?? '?'

/** The layer behind a header: none when it names no payload, bytes when they are encrypted. */
function following(me: AnyPacket, isEncrypted: boolean): LayerReference {
  return isEncrypted || me.next_payload === 0 || me._end - me._headerStop() < PAYLOAD_HEADER ? Raw : ISAKMP_payload
}

behave(ISAKMP, {
  refine: (buffer, start, end) => {
    const major = end - start < HEADER ? 0 : buffer[start + 17]! >>> 4
    return major === 1 || major === 2 ? undefined : Raw
  },
  payloadLength: (me) =>
    me.length < HEADER || me.length - HEADER > me._end - me._headerStop() ? undefined : me.length - HEADER,
  guess: (me) => following(me, ((me.raw('flags') as number) & 1) === 1),
  summary: (me) => `ISAKMP ${me.text('exch_type')}${me.flags === '' ? '' : ` ${me.flags}`} id ${me.id}`,
  answers: (me, request) =>
    request.layerName === 'ISAKMP' &&
    sameBytes(me.raw('init_cookie') as Uint8Array, request.raw('init_cookie') as Uint8Array) &&
    me.id === request.id &&
    me.exch_type === request.exch_type &&
    (me.version < 0x20 || String(me.flags).includes('response')),
  hash: (me) => `${me.text('init_cookie')} ${me.id}`,
})

behave(ISAKMP_payload, {
  headerLength: (me) => Math.min(me.length, Math.max(PAYLOAD_HEADER, me._end - me._offset)),
  headerLengthField: 'length',
  guess: (me) => following(me, ENCRYPTED.has(me.under?.raw('next_payload') as number)),
  summary: (me) => `ISAKMP_payload ${typeText(me)} ${me.length} bytes`,
})

bind(NON_ESP, ISAKMP)
bind(ISAKMP, ISAKMP_payload)
bind(ISAKMP_payload, ISAKMP_payload)
bind(UDP, ISAKMP, { sport: PORT }, { build: false })
bind(UDP, ISAKMP, { dport: PORT })
