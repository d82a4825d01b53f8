/**
 * The messages of TLS behind the first two. RFC 5246 §7.4; RFC 8446 §4.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+-----------------------------------------------+
 *   |    msgtype    |                    msglen                     |
 *   +---------------+-----------------------------------------------+
 *   | what the message says, msglen bytes
 *   +---------------
 */
import { type AnyPacket, behave, bytes, layer, list, u8, u8Enum, u16, u16Enum, u24, u32 } from '../../packet/index.js'
import { signatureSchemes } from './tls-extension-numbers.js'
import { tlsExtensions } from './tls-extensions.js'
import { isGiven, longBytes, MESSAGE_HEADER, messageHeader, u16At } from './tls-message.js'
import { CERTIFICATE_TYPES } from './tls-numbers.js'

const all = (me: AnyPacket): number => me.raw('extlen') as number

export const TLSHandshake = layer(
  'TLSHandshake',
  () => ({ ...messageHeader(0), msg: bytes() }),
  'A message of TLS whose content is not looked into, or which goes on in the next record or segment.',
  'RFC 8446 §4',
)

export const TLSHelloRequest = layer(
  'TLSHelloRequest',
  () => messageHeader(0),
  'Asks the client to negotiate anew.',
  'RFC 5246 §7.4.1.1',
)

export const TLSNewSessionTicket = layer(
  'TLSNewSessionTicket',
  () => ({
    ...messageHeader(4),
    lifetime: u32().about('Seconds; 0 when the server does not say.'),
    ticketlen: u16().lengthOf('ticket'),
    ticket: bytes('ticketlen'),
  }),
  'What a client of TLS 1.2 may show when it comes again.',
  'RFC 5077 §3.3',
)

export const TLS13NewSessionTicket = layer(
  'TLS13NewSessionTicket',
  () => ({
    ...messageHeader(4),
    ticket_lifetime: u32().about('Seconds, a week at most.'),
    ticket_age_add: u32(),
    noncelen: u8().lengthOf('ticket_nonce'),
    ticket_nonce: bytes('noncelen'),
    ticketlen: u16().lengthOf('ticket'),
    ticket: bytes('ticketlen'),
    extlen: u16().lengthOf('ext'),
    ext: tlsExtensions('ticket', all),
  }),
  'What a client of TLS 1.3 may show when it comes again. It is encrypted on the wire.',
  'RFC 8446 §4.6.1',
)

export const TLSEncryptedExtensions = layer(
  'TLSEncryptedExtensions',
  () => ({ ...messageHeader(8), extlen: u16().lengthOf('ext'), ext: tlsExtensions('other', all) }),
  "A server's extensions that need not be in the clear. It is encrypted on the wire.",
  'RFC 8446 §4.3.1',
)

export const TLSCertificate = layer(
  'TLSCertificate',
  () => ({
    ...messageHeader(11),
    certslen: u24().lengthOf('certs'),
    certs: list(longBytes(), { length: 'certslen' }),
  }),
  'Certificates (DER), the own one first. certificates(packet) tells whose they are.',
  'RFC 5246 §7.4.2',
)

export const TLSServerKeyExchange = layer(
  'TLSServerKeyExchange',
  () => ({ ...messageHeader(12), params: bytes() }),
  "The server's half of the key exchange, and its signature.",
  'RFC 5246 §7.4.3; RFC 8422 §5.4',
)

export const TLSCertificateRequest = layer(
  'TLSCertificateRequest',
  () => ({
    ...messageHeader(13),
    ctypeslen: u8().lengthOf('ctypes'),
    ctypes: list(u8Enum(1, CERTIFICATE_TYPES), { length: 'ctypeslen' }),
    // Versions before TLS 1.2 have no schemes here.
    sig_algs_len: u16().lengthOf('sig_algs').when(hasSchemes),
    sig_algs: list(u16Enum(0x0403, signatureSchemes()), { length: (me) => (me.raw('sig_algs_len') as number) ?? 0 }),
    certauthlen: u16().lengthOf('certauth'),
    certauth: bytes('certauthlen'),
  }),
  'Asks the client for a certificate. Without sig_algs it is one of TLS 1.1 or before.',
  'RFC 5246 §7.4.4',
)

/** Whether the lengths come out even with a list of schemes in the message. */
function hasSchemes(me: AnyPacket): boolean {
  if (isGiven(me, 'sig_algs_len') || ((me.raw('sig_algs') ?? []) as unknown[]).length > 0) return true
  return me._buffer !== null && schemesFit(me._buffer, me._offset, me._headerStop())
}

/** Whether a request for a certificate has schemes: its lengths then fill it exactly. */
export function schemesFit(buffer: Uint8Array, start: number, end: number): boolean {
  let at = start + MESSAGE_HEADER
  at += 1 + (buffer[at] ?? 0)
  if (at + 2 > end) return false
  at += 2 + u16At(buffer, at)
  return at + 2 <= end && at + 2 + u16At(buffer, at) === end
}

/** The same for one without schemes. */
export function authoritiesFit(buffer: Uint8Array, start: number, end: number): boolean {
  let at = start + MESSAGE_HEADER
  at += 1 + (buffer[at] ?? 0)
  return at + 2 <= end && at + 2 + u16At(buffer, at) === end
}

export const TLSServerHelloDone = layer(
  'TLSServerHelloDone',
  () => messageHeader(14),
  'The server has said what it has to say.',
  'RFC 5246 §7.4.5',
)

export const TLSCertificateVerify = layer(
  'TLSCertificateVerify',
  () => ({ ...messageHeader(15), sig: bytes() }),
  'Proves that the client has the key of its certificate. From TLS 1.2 on, sig begins with the scheme.',
  'RFC 5246 §7.4.8',
)

export const TLSClientKeyExchange = layer(
  'TLSClientKeyExchange',
  () => ({ ...messageHeader(16), exchkeys: bytes() }),
  "The client's half of the key exchange.",
  'RFC 5246 §7.4.7; RFC 8422 §5.7',
)

export const TLSFinished = layer(
  'TLSFinished',
  () => ({ ...messageHeader(20), vdata: bytes() }),
  'Proves that both have seen the same messages. It is encrypted on the wire, unless nothing is.',
  'RFC 5246 §7.4.9',
)

export const TLSCertificateStatus = layer(
  'TLSCertificateStatus',
  () => ({
    ...messageHeader(22),
    status_type: u8Enum(1, { 1: 'ocsp', 2: 'ocsp_multi' }),
    responselen: u24().lengthOf('response'),
    response: bytes('responselen'),
  }),
  "What the certificate's issuer says of it (OCSP, DER).",
  'RFC 6066 §8',
)

/** Curve in a key exchange over elliptic curves: type 3 is a named one. RFC 8422 §5.4. */
const CURVES: Readonly<Record<number, string>> = {
  23: 'secp256r1',
  24: 'secp384r1',
  25: 'secp521r1',
  29: 'x25519',
  30: 'x448',
}

behave(TLSHandshake, { summary: (me) => `TLSHandshake ${me.text('msgtype')}` })
behave(TLSCertificate, { summary: (me) => `TLSCertificate ${((me.certs ?? []) as unknown[]).length}` })
behave(TLSServerKeyExchange, {
  summary: ({ params }) => {
    const curve = params?.[0] === 3 && params[1] === 0 ? CURVES[params[2]] : undefined
    return `TLSServerKeyExchange${curve === undefined ? '' : ` ${curve}`}`
  },
})
behave(TLSNewSessionTicket, { summary: (me) => `TLSNewSessionTicket ${me.lifetime} s` })
behave(TLSCertificateRequest, {
  summary: (me) =>
    `TLSCertificateRequest ${((me.ctypes ?? []) as number[]).map((each) => CERTIFICATE_TYPES[each] ?? each).join(' ')}`,
})
