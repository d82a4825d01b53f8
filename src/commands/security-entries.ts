import type { Entry } from './entry.js'
import { layerFunction } from './layer-function.js'
import type { Metadata, ParameterMetadata } from './metadata.js'

const HELLO = "TLS()/TLSClientHello({ciphers: ['TLS_AES_128_GCM_SHA256']})"
const PACKET: ParameterMetadata = { name: 'packet', type: 'Packet', summary: 'a packet with the message in it' }
const SECRET: ParameterMetadata = {
  name: 'secret',
  type: 'string | bytes',
  summary: 'the secret that both sides share',
}
const AUTHENTICATOR: ParameterMetadata = {
  name: 'authenticator',
  type: 'Uint8Array',
  summary: 'authenticator of the request, 16 bytes',
}
const REQUEST =
  "Radius({code: 'Access-Request', attributes: [['User-Name', 'ann'], ['Message-Authenticator', new Uint8Array(16)]]})"
const STUN = "STUN({attributes: [['USERNAME', 'ann']]})"

/** The entry of a function that comes with layers declared on demand. */
function entry(
  name: Parameters<typeof layerFunction>[0],
  metadata: Omit<Metadata, 'usage'> & { usage: string },
): Entry {
  return [name, layerFunction(name), () => metadata]
}

/** Fingerprints, certificates, signatures and secrets of protocols. */
export const SECURITY_ENTRIES: readonly Entry[] = [
  entry('ja3', {
    summary: 'Fingerprint (JA3) of the program that sent a ClientHello: 32 hexadecimal digits.',
    usage: 'ja3(packet)',
    positionals: [PACKET],
    errors: ['PacketError without a ClientHello'],
    example: `ja3(${HELLO})`,
    see: ['ja4', 'ja3s', 'clientHello', 'TLSClientHello'],
  }),
  entry('ja3s', {
    summary: 'Fingerprint (JA3S) of a server by its ServerHello: 32 hexadecimal digits.',
    usage: 'ja3s(packet)',
    positionals: [PACKET],
    errors: ['PacketError without a ServerHello'],
    example: 'ja3s(TLS()/TLSServerHello())',
    see: ['ja3', 'serverHello', 'TLSServerHello'],
  }),
  entry('ja4', {
    summary:
      "Fingerprint (JA4) of the program that sent a ClientHello, over TCP or QUIC: 't13d1516h2_8daaf6152771_e5627efa2ab1'.",
    usage: 'ja4(packet)',
    positionals: [PACKET],
    errors: ['PacketError without a ClientHello'],
    example: `ja4(${HELLO})`,
    see: ['ja3', 'clientHello', 'TLSClientHello'],
  }),
  entry('clientHello', {
    summary: 'The ClientHello in a packet, also in a QUIC Initial or DTLS; undefined where there is none.',
    usage: 'clientHello(packet)',
    positionals: [PACKET],
    example: `clientHello(${HELLO}).summary()`,
    see: ['ja3', 'ja4', 'openInitial', 'TLSClientHello'],
  }),
  entry('serverHello', {
    summary: 'The ServerHello in a packet; undefined where there is none.',
    usage: 'serverHello(packet)',
    positionals: [PACKET],
    example: 'serverHello(TLS()/TLSServerHello()).summary()',
    see: ['ja3s', 'TLSServerHello'],
  }),
  entry('certificates', {
    summary: 'What the certificates in a packet say: subject, issuer, names, dates.',
    usage: 'certificates(packet)',
    positionals: [PACKET],
    returns: 'a list; empty where there are none that can be read',
    example: `certificates(${HELLO})`,
    see: ['TLSCertificate'],
  }),
  entry('openInitial', {
    summary: "The decrypted content of a QUIC Initial; a server's needs the connection id that the client chose.",
    usage: 'openInitial(packet, dcid)',
    positionals: [
      PACKET,
      {
        name: 'dcid',
        type: 'Uint8Array',
        summary: "destination id of the client's first packet",
        default: "the packet's own",
      },
    ],
    returns: 'what was found; undefined where it cannot be opened',
    example:
      "openInitial(QUIC_Initial(QUIC_Initial({DstConnID: hex('0001020304050607'), messages: [TLSClientHello()]}).bytes()))",
    source: 'RFC 9001 §5.2',
    see: ['clientHello', 'QUIC_Initial'],
  }),
  entry('verifyRetry', {
    summary: 'Whether the tag of a QUIC Retry fits the connection id that the client chose.',
    usage: 'verifyRetry(packet, dcid)',
    positionals: [PACKET, { name: 'dcid', type: 'Uint8Array', summary: "destination id of the client's first packet" }],
    example: "verifyRetry(QUIC_Retry(QUIC_Retry().bytes()), hex('0001020304050607'))",
    source: 'RFC 9001 §5.8',
    see: ['QUIC_Retry'],
  }),
  entry('sipHeader', {
    summary: 'The value of a header of a SIP message, whatever the case of its name; its short form counts.',
    usage: "sipHeader(packet, 'Call-ID')",
    positionals: [PACKET, { name: 'name', type: 'string', summary: 'name of the header' }],
    returns: 'text; undefined where it is missing',
    example: "sipHeader(SIP({headers: [['i', 'abc']]}), 'Call-ID')",
    source: 'RFC 3261 §7.3',
    see: ['SIP'],
  }),
  entry('stunIntegrity', {
    summary: 'The value of MESSAGE-INTEGRITY of a STUN message, to set or to verify it.',
    usage: "stunIntegrity(packet, key, 'sha1')",
    positionals: [
      PACKET,
      { name: 'key', type: 'string | bytes', summary: 'the password, or stunKey() of a long-term credential' },
      { name: 'algorithm', type: "'sha1' | 'sha256'", summary: 'which attribute', default: 'sha1' },
    ],
    errors: ['PacketError for what is no STUN message'],
    example: `toHex(stunIntegrity(${STUN}, 'secret'))`,
    source: 'RFC 8489 §14.5, §14.6',
    see: ['stunKey', 'stunFingerprintHolds', 'STUN'],
  }),
  entry('stunKey', {
    summary: 'The key of a long-term credential of STUN, for stunIntegrity.',
    usage: 'stunKey(user, realm, password)',
    positionals: [
      { name: 'user', type: 'string', summary: 'name of the user' },
      { name: 'realm', type: 'string', summary: 'as the server names it' },
      { name: 'password', type: 'string', summary: 'the password' },
    ],
    example: "toHex(stunKey('ann', 'lab', 'secret'))",
    source: 'RFC 8489 §9.2.2',
    see: ['stunIntegrity'],
  }),
  entry('stunFingerprintHolds', {
    summary: 'Whether the fingerprint of a STUN message is right; undefined when it has none.',
    usage: 'stunFingerprintHolds(packet)',
    positionals: [PACKET],
    example: `stunFingerprintHolds(${STUN})`,
    source: 'RFC 8489 §14.7',
    see: ['stunIntegrity', 'STUN'],
  }),
  entry('radiusAuthenticator', {
    summary: 'The authenticator of a RADIUS message, 16 bytes: of a response, or of an accounting request.',
    usage: 'radiusAuthenticator(packet, secret, authenticator)',
    positionals: [PACKET, SECRET, { ...AUTHENTICATOR, default: 'none: an accounting request' }],
    errors: ['PacketError for what is no RADIUS message'],
    example: `toHex(radiusAuthenticator(${REQUEST}, 'secret'))`,
    source: 'RFC 2865 §3, RFC 2866 §3',
    see: ['radiusVerify', 'Radius'],
  }),
  entry('radiusMessageAuthenticator', {
    summary: 'The value of Message-Authenticator of a RADIUS message, 16 bytes.',
    usage: 'radiusMessageAuthenticator(packet, secret, authenticator)',
    positionals: [PACKET, SECRET, { ...AUTHENTICATOR, default: "the message's own" }],
    errors: ['PacketError for a message without that attribute'],
    example: `toHex(radiusMessageAuthenticator(${REQUEST}, 'secret'))`,
    source: 'RFC 3579 §3.2',
    see: ['radiusVerify', 'Radius'],
  }),
  entry('radiusVerify', {
    summary: 'Whether authenticator and Message-Authenticator of a RADIUS message are what the secret makes them.',
    usage: 'radiusVerify(packet, secret, authenticator)',
    positionals: [PACKET, SECRET, { ...AUTHENTICATOR, default: 'none: the message is a request' }],
    errors: ['PacketError for what is no RADIUS message'],
    example: `radiusVerify(${REQUEST}, 'secret')`,
    source: 'RFC 2865 §3, RFC 3579 §3.2',
    see: ['radiusAuthenticator', 'radiusMessageAuthenticator'],
  }),
  entry('radiusHidePassword', {
    summary: 'A password as User-Password carries it.',
    usage: 'radiusHidePassword(password, secret, authenticator)',
    positionals: [{ name: 'password', type: 'string | bytes', summary: 'at most 128 bytes' }, SECRET, AUTHENTICATOR],
    errors: ['PacketError for a password of more than 128 bytes'],
    example: "toHex(radiusHidePassword('pass', 'secret', new Uint8Array(16)))",
    source: 'RFC 2865 §5.2',
    see: ['radiusRevealPassword'],
  }),
  entry('radiusRevealPassword', {
    summary: 'The password in the bytes of a User-Password.',
    usage: 'radiusRevealPassword(hidden, secret, authenticator)',
    positionals: [{ name: 'hidden', type: 'Uint8Array', summary: 'the value of User-Password' }, SECRET, AUTHENTICATOR],
    errors: ['PacketError when they are no whole blocks of 16 bytes'],
    example:
      "radiusRevealPassword(radiusHidePassword('pass', 'secret', new Uint8Array(16)), 'secret', new Uint8Array(16))",
    source: 'RFC 2865 §5.2',
    see: ['radiusHidePassword'],
  }),
]
