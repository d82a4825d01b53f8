/**
 * The messages that TLS begins with. RFC 8446 §4.1.2, §4.1.3; before: RFC 5246 §7.4.1; DTLS: RFC 6347 §4.2.1.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+-----------------------------------------------+
 *   |    msgtype    |                    msglen                     |
 *   +---------------+---------------+-------------------------------+
 *   |            version            |        gmt_unix_time …        |
 *   +-------------------------------+-------------------------------+
 *   |        … gmt_unix_time        |  random_bytes (28 bytes) …
 *   +---------------+---------------+----------------
 *   |    sidlen     | sid …
 *   +---------------+----------------
 *   | a client: cookie (DTLS only), ciphers, comp, each with its length before it; a server: one cipher, one comp
 *   +-------------------------------+----------------
 *   |            extlen             | ext …
 *   +-------------------------------+----------------
 */
import { type AnyPacket, behave, bytes, layer, list, u8, u8Enum, u16, u16Enum, u32 } from '../../packet/index.js'
import { cipherSuites } from './tls-cipher-suites.js'
import type { ExtensionOwner } from './tls-extension-kinds.js'
import { extensionOf, tlsExtensions } from './tls-extensions.js'
import { isGrease } from './tls-grease.js'
import { DTLS_MESSAGE_HEADER, dtlsMessageHeader, isGiven, MESSAGE_HEADER, messageHeader, u16At } from './tls-message.js'
import { COMPRESSION_METHODS, TLS_VERSIONS } from './tls-numbers.js'

const CLIENT_HELLO = 1
const SERVER_HELLO = 2
const RANDOM = 32
const LONGEST_SESSION_ID = 32
/** What the modern half of the world offers: three of TLS 1.3, four of TLS 1.2. */
const USUAL_CIPHERS = [0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030]

/** This in place of the random bytes makes a ServerHello a HelloRetryRequest. RFC 8446 §4.1.3. */
const RETRY = [
  0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11,
  0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
]

/** Whether a ServerHello's bytes are those of a HelloRetryRequest. */
export const isRetry = (buffer: Uint8Array, random: number): boolean =>
  RETRY.every((byte, i) => buffer[random + i] === byte)

/**
 * Where the extensions of a hello message start (their length field), or where it ends when it has none; -1 when its
 * bytes up to there are not all there or cannot be right.
 */
export function extensionsAt(
  buffer: Uint8Array,
  start: number,
  end: number,
  isClient: boolean,
  isDtls: boolean,
): number {
  let at = start + (isDtls ? DTLS_MESSAGE_HEADER : MESSAGE_HEADER) + 2 + RANDOM
  if (at >= end || buffer[at]! > LONGEST_SESSION_ID) return -1
  at += 1 + buffer[at]!
  if (!isClient) return at + 3 <= end ? at + 3 : -1
  if (isDtls) {
    if (at >= end) return -1
    at += 1 + buffer[at]!
  }
  if (at + 2 > end || buffer[at + 1]! & 1) return -1
  at += 2 + u16At(buffer, at)
  if (at >= end) return -1
  at += 1 + buffer[at]!
  return at <= end ? at : -1
}

/** The extensions and their length, which is left out where there are none. */
function extensionFields(owner: ExtensionOwner, isClient: boolean, isDtls: boolean) {
  const inBytes = (me: AnyPacket): boolean => {
    if (me._buffer === null) return false
    const end = me._headerStop()
    const at = extensionsAt(me._buffer, me._offset, end, isClient, isDtls)
    return at >= 0 && at + 2 <= end
  }
  return {
    extlen: u16()
      .lengthOf('ext')
      .when((me) => inBytes(me) || isGiven(me, 'extlen') || ((me.raw('ext') ?? []) as unknown[]).length > 0),
    ext: tlsExtensions(owner, (me) => (me.raw('extlen') as number | undefined) ?? 0),
  }
}

const start = (version: number) => ({
  version: u16Enum(version, TLS_VERSIONS).hex(),
  gmt_unix_time: u32().about(
    'Seconds since 1970 once; the first four of 32 random bytes in most programs, and in TLS 1.3.',
  ),
  random_bytes: bytes(28),
  sidlen: u8().lengthOf('sid'),
  sid: bytes('sidlen'),
})

const offer = () => ({
  cipherslen: u16().lengthOf('ciphers'),
  ciphers: list(u16Enum(0, cipherSuites()), { length: 'cipherslen' }).default(USUAL_CIPHERS),
  complen: u8().lengthOf('comp'),
  comp: list(u8Enum(0, COMPRESSION_METHODS), { length: 'complen' }).default([0]),
})

const choice = () => ({
  cipher: u16Enum(0x1301, cipherSuites()),
  comp: u8Enum(0, COMPRESSION_METHODS),
})

export const TLSClientHello = layer(
  'TLSClientHello',
  () => ({
    ...messageHeader(CLIENT_HELLO),
    ...start(0x0303),
    ...offer(),
    ...extensionFields('client', true, false),
  }),
  'What a client of TLS offers: versions, cipher suites, extensions.',
  'RFC 8446 §4.1.2; RFC 5246 §7.4.1.2',
)

export const TLSServerHello = layer(
  'TLSServerHello',
  () => ({
    ...messageHeader(SERVER_HELLO),
    ...start(0x0303),
    ...choice(),
    ...extensionFields('server', false, false),
  }),
  "A server's choice of what the client offers.",
  'RFC 8446 §4.1.3; RFC 5246 §7.4.1.3',
)

export const TLS13HelloRetryRequest = layer(
  'TLS13HelloRetryRequest',
  () => ({
    ...messageHeader(SERVER_HELLO),
    version: u16Enum(0x0303, TLS_VERSIONS).hex(),
    random_bytes: bytes(RANDOM).default(Uint8Array.from(RETRY)),
    sidlen: u8().lengthOf('sid'),
    sid: bytes('sidlen'),
    ...choice(),
    ...extensionFields('retry', false, false),
  }),
  'Asks the client to begin again, with another group or with a cookie.',
  'RFC 8446 §4.1.4',
)

export const DTLSClientHello = layer(
  'DTLSClientHello',
  () => ({
    ...dtlsMessageHeader(CLIENT_HELLO),
    ...start(0xfefd),
    cookielen: u8().lengthOf('cookie'),
    cookie: bytes('cookielen'),
    ...offer(),
    ...extensionFields('client', true, true),
  }),
  'What a client of DTLS offers; with the cookie that the server sent it, once it has one.',
  'RFC 6347 §4.2.1',
)

export const DTLSServerHello = layer(
  'DTLSServerHello',
  () => ({
    ...dtlsMessageHeader(SERVER_HELLO),
    ...start(0xfefd),
    ...choice(),
    ...extensionFields('server', false, true),
  }),
  "A server's choice of what the client offers, over datagrams.",
  'RFC 6347 §4.2.1; RFC 5246 §7.4.1.3',
)

/** The name of the server that a client asks for, or ''. */
export function serverName(hello: AnyPacket): string {
  const name = extensionOf(hello, 'server_name')
  return typeof name === 'string' ? name : ''
}

/** The protocols that a hello message names, in their order. Those that are no text are left out. */
export function protocolsOf(hello: AnyPacket): string[] {
  const names = extensionOf(hello, 'application_layer_protocol_negotiation')
  return Array.isArray(names) ? names.filter((each): each is string => typeof each === 'string') : []
}

/** The highest version that a client offers, the one that a server took: the number, without GREASE. */
export function versionOf(hello: AnyPacket): number {
  const given = extensionOf(hello, 'supported_versions')
  const named = (value: unknown): number =>
    typeof value === 'number'
      ? value
      : Number(Object.keys(TLS_VERSIONS).find((each) => TLS_VERSIONS[Number(each)] === value) ?? 0)
  const versions = (Array.isArray(given) ? given : given === null || given === undefined ? [] : [given])
    .map(named)
    .filter((value) => value > 0 && !isGrease(value))
  if (versions.length === 0) return hello.raw('version') as number
  // DTLS counts downwards.
  return versions.some((value) => value < 0x8000) ? Math.max(...versions) : Math.min(...versions)
}

function clientSummary(me: AnyPacket): string {
  const parts = [TLS_VERSIONS[versionOf(me)] ?? '', serverName(me), protocolsOf(me).join(',')]
  return [me.layerName, ...parts.filter((part) => part !== '')].join(' ')
}

function serverSummary(me: AnyPacket): string {
  const parts = [TLS_VERSIONS[versionOf(me)] ?? '', me.text('cipher'), protocolsOf(me).join(',')]
  return [me.layerName, ...parts.filter((part) => part !== '')].join(' ')
}

behave(TLSClientHello, { summary: clientSummary })
behave(DTLSClientHello, { summary: clientSummary })
behave(TLSServerHello, {
  summary: serverSummary,
  answers: (me, request) => request.layerName === 'TLSClientHello' && request.ciphers.includes(me.cipher),
})
behave(TLS13HelloRetryRequest, {
  summary: serverSummary,
  answers: (_me, request) => request.layerName === 'TLSClientHello',
})
behave(DTLSServerHello, {
  summary: serverSummary,
  answers: (me, request) => request.layerName === 'DTLSClientHello' && request.ciphers.includes(me.cipher),
})
