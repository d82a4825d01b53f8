/**
 * NTP, the Network Time Protocol. RFC 5905 §7.3; version 3: RFC 1305 §3.2; simple clients: RFC 4330.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---+-----+-----+---------------+---------------+---------------+
 *   |lp |vers | mode|    stratum    |     poll      |   precision   |
 *   +---+-----+-----+---------------+---------------+---------------+
 *   |                             delay                             |
 *   +---------------------------------------------------------------+
 *   |                          dispersion                           |
 *   +---------------------------------------------------------------+
 *   |           id (an address) or, below stratum 2, ref_id         |
 *   +---------------------------------------------------------------+
 *   |                 ref, orig, recv, sent (8 bytes each)          |
 *   +---------------------------------------------------------------+
 *   |             extension fields …, key_id and dgst               |
 *   +---------------------------------------------------------------+
 */
import {
  type AnyPacket,
  behave,
  bind,
  bits,
  bitsEnum,
  bytes,
  ipv4,
  type LayerReference,
  layer,
  layers,
  u8,
  u16,
  u16Enum,
  u32,
} from '../../packet/index.js'
import { Raw } from '../raw.js'
import { UDP } from '../transport/udp.js'
import { NTPControl, NTPPrivate } from './ntp-control.js'
import { clockName, powerOfTwo, shortTime, timestamp } from './ntp-time.js'

export { NTPControl, NTPPrivate } from './ntp-control.js'

const PORT = 123

/** RFC 5905 figure 9. */
const LEAPS: Readonly<Record<number, string>> = {
  0: 'no warning',
  1: 'last minute has 61 s',
  2: 'last minute has 59 s',
  3: 'not synchronized',
}

/** RFC 5905 figure 10. */
const MODES: Readonly<Record<number, string>> = {
  1: 'symmetric active',
  2: 'symmetric passive',
  3: 'client',
  4: 'server',
  5: 'broadcast',
  6: 'control',
  7: 'private',
}
const CLIENT = 3
const CONTROL = 6
const PRIVATE = 7

/** Bytes of each kind of header. */
const HEADER = 48
const CONTROL_HEADER = 12
const PRIVATE_HEADER = 8

/** IANA, "NTP Extension Field Types". */
const EXTENSIONS: Readonly<Record<number, string>> = {
  0x0104: 'Unique Identifier',
  0x0204: 'NTS Cookie',
  0x0304: 'NTS Cookie Placeholder',
  0x0404: 'NTS Authenticator',
  0x0002: 'No-Operation Request',
  0x8002: 'No-Operation Response',
  0x0102: 'Association Message Request',
  0x8102: 'Association Message Response',
  0x0202: 'Certificate Message Request',
  0x8202: 'Certificate Message Response',
  0x0302: 'Cookie Message Request',
  0x8302: 'Cookie Message Response',
  0x0402: 'Autokey Message Request',
  0x8402: 'Autokey Message Response',
  0x0502: 'Leapseconds Message Request',
  0x8502: 'Leapseconds Message Response',
  0x2005: 'UDP Checksum Complement',
  0xf323: 'Experimental 4',
}

/** From stratum 2 on the reference is a server. */
const FIRST_OF_SERVERS = 2

export const NTPHeader = layer(
  'NTPHeader',
  () => ({
    leap: bitsEnum(2, 0, LEAPS),
    version: bits(3, 4),
    mode: bitsEnum(3, CLIENT, MODES),
    stratum: u8(2).about('1: a clock of its own, 2 to 15: servers away from one, 0 or 16: not synchronized.'),
    poll: u8(10).about('Seconds between messages, as a power of two.'),
    precision: powerOfTwo(0).about("Of the sender's clock, in s, as a power of two."),
    delay: shortTime().about('Seconds to the reference clock and back.'),
    dispersion: shortTime().about('Greatest error against the reference clock, in s.'),
    id: ipv4('127.0.0.1')
      .about('Server that the time is from; of one with IPv6 the start of a hash of its address.')
      .when((me) => me.stratum >= FIRST_OF_SERVERS),
    ref_id: clockName()
      .about('Kind of clock (GPS, PPS), or in stratum 0 why the server refuses (RATE, DENY).')
      .when((me) => me.stratum < FIRST_OF_SERVERS),
    ref: timestamp().about('When the clock was last set: seconds since 1970.'),
    orig: timestamp().about("The request's sent, in the answer."),
    recv: timestamp().about('When the request came.'),
    sent: timestamp().about('When the message left.'),
  }),
  'Network Time Protocol. Times are seconds since 1970 with ten decimals, as text; numbers and Dates may be given.',
  'RFC 5905 §7.3',
)

export const NTPExtension = layer(
  'NTPExtension',
  () => ({
    type: u16Enum(0, EXTENSIONS).hex(),
    len: u16().auto((c) => (c.headerLength + 3) & ~3),
    value: bytes((me) => Math.max(0, (me.len as number) - 4)),
  }),
  'Extension field of NTP. len counts all of it in bytes, a multiple of 4.',
  'RFC 7822 §3; types: RFC 8915 §5.7',
)

/** Key and digest: 4 bytes alone say that authentication failed; 20 are MD5, 24 SHA-1. RFC 5905 §7.3, RFC 7822 §3. */
const isAuthenticator = (length: number): boolean => length === 4 || length === 20 || length === 24

/** Least and longest extension. */
const SHORTEST = 4

/** Bytes of the extensions from `start` on; what is left behind them is an authenticator, or nothing that we know. */
function extensionsLength(buffer: Uint8Array, start: number, end: number): number {
  let at = start
  while (end - at >= SHORTEST && !isAuthenticator(end - at)) {
    const length = (buffer[at + 2]! << 8) | buffer[at + 3]!
    if (length < SHORTEST || length % 4 !== 0 || length > end - at) break
    at += length
  }
  return at - start
}

export const NTPExtensions = layer(
  'NTPExtensions',
  () => ({
    extensions: layers(NTPExtension, {
      length: (me) => extensionsLength(me._buffer!, me._offset, me._end),
    }),
  }),
  'Extension fields behind an NTP message.',
  'RFC 7822 §3',
)

export const NTPAuthenticator = layer(
  'NTPAuthenticator',
  () => ({ key_id: u32(1), dgst: bytes() }),
  'Authenticates an NTP message: number of the key, digest of key and message. Without a digest: authentication failed.',
  'RFC 5905 §7.3',
)

behave(NTPExtension, { summary: (me) => `NTPExtension ${me.text('type')}` })

/** What stands behind a message, told by how long it is. */
function refineBehind(buffer: Uint8Array, start: number, end: number): LayerReference {
  if (isAuthenticator(end - start)) return NTPAuthenticator
  return extensionsLength(buffer, start, end) > 0 ? NTPExtensions : Raw
}

/** `stratum 2, 1700000000.1 …`: who says what. */
function summary(me: AnyPacket): string {
  const reference = me.stratum >= FIRST_OF_SERVERS ? me.id : me.ref_id
  const what = me.mode === CLIENT || (me.stratum === 0 && reference === '') ? '' : ` stratum ${me.stratum} ${reference}`
  return `NTP v${me.version} ${me.text('mode')}${what}${me.sent === '0' ? '' : ` ${me.text('sent')}`}`
}

behave(NTPHeader, {
  summary,
  answers: (me, request) =>
    request._layer === me._layer &&
    me.orig === request.sent &&
    ((me.mode === 4 && request.mode === CLIENT) ||
      (me.mode === 2 && request.mode === 1) ||
      (me.mode === 1 && request.mode === 1)),
  hash: (me) => (me.mode === CLIENT || me.mode === 1 ? me.sent : me.orig),
  guess: () => NTPExtensions,
  refine(buffer, start, end) {
    if (end <= start) return undefined
    const mode = buffer[start]! & 7
    // Version 0 has no mode and no message of today; 5 to 7 do not exist.
    const version = (buffer[start]! >>> 3) & 7
    if (version < 1 || version > 4) return Raw
    if (mode === CONTROL) return end - start >= CONTROL_HEADER ? NTPControl : Raw
    if (mode === PRIVATE) return end - start >= PRIVATE_HEADER ? NTPPrivate : Raw
    return end - start >= HEADER && mode !== 0 ? NTPHeader : Raw
  },
})
behave(NTPExtensions, {
  refine: refineBehind,
  guess: (me) => (isAuthenticator(me._contentStop() - me._headerStop()) ? NTPAuthenticator : Raw),
})

bind(UDP, NTPHeader, { sport: PORT }, { build: false })
bind(UDP, NTPHeader, { dport: PORT })
bind(UDP, NTPControl, { dport: PORT })
bind(UDP, NTPPrivate, { dport: PORT })
// The latest binding counts when dissecting: it tells the others apart.
bind(UDP, NTPHeader, { dport: PORT })
bind(NTPHeader, NTPExtensions)
bind(NTPHeader, NTPAuthenticator)
bind(NTPHeader, NTPExtensions)
