/**
 * Fingerprints of the programs that speak TLS, by what they offer. JA3 and JA3S: github.com/salesforce/ja3;
 * JA4: github.com/FoxIO-LLC/ja4, technical_details/JA4.md.
 */
import { type AnyPacket, type Packet, PacketError } from '../../packet/index.js'
import type { ExtensionValue } from './tls-extension-forms.js'
import { groups, POINT_FORMATS, signatureSchemes } from './tls-extension-numbers.js'
import { extensionNumber, extensionOf, type TlsExtension } from './tls-extensions.js'
import { isGrease } from './tls-grease.js'
import { versionOf } from './tls-hello.js'

const CLIENT_HELLOS: readonly string[] = ['TLSClientHello', 'DTLSClientHello']
const SERVER_HELLOS: readonly string[] = ['TLSServerHello', 'TLS13HelloRetryRequest', 'DTLSServerHello']

const SERVER_NAME = 0
const ALPN = 16

/** Characters of a shortened hash in JA4. */
const SHORT = 12
const NOTHING = '0'.repeat(SHORT)
/** Counts have two digits in JA4. */
const MOST = 99

/** A message of those names in a packet, also in the frames of a QUIC packet, or undefined. */
function find(packet: Packet, names: readonly string[]): AnyPacket | undefined {
  for (const layer of packet.layers() as AnyPacket[]) {
    if (names.includes(layer.layerName)) return layer
    if (layer.layerName !== 'QUIC_Initial') continue
    const message = ((layer.messages ?? []) as AnyPacket[]).find((each) => names.includes(each.layerName))
    if (message !== undefined) return message
  }
  return undefined
}

/** The ClientHello of a packet: of TLS, DTLS, or inside an Initial packet of QUIC. Undefined when there is none. */
export const clientHello = (packet: Packet): AnyPacket | undefined => find(packet, CLIENT_HELLOS)

/** The ServerHello or HelloRetryRequest of a packet, or undefined. */
export const serverHello = (packet: Packet): AnyPacket | undefined => find(packet, SERVER_HELLOS)

function needed(packet: Packet, found: AnyPacket | undefined, what: string): AnyPacket {
  if (found !== undefined) return found
  throw new PacketError(`${what}: there is none in ${packet.summary()}`)
}

/** Numbers of the extensions, in their order, without GREASE. */
const extensionTypesOf = (hello: AnyPacket): number[] =>
  ((hello.ext ?? []) as TlsExtension[])
    .filter(([name]) => name !== 'bytes')
    .map(([name]) => extensionNumber(name)!)
    .filter((type) => !isGrease(type))

/** The numbers that stand for the names in the value of an extension, without GREASE. */
function numbersIn(hello: AnyPacket, extension: string, names: Readonly<Record<number, string>>): number[] {
  const value = extensionOf(hello, extension)
  if (!Array.isArray(value)) return []
  const numbers = new Map(Object.entries(names).map(([number, name]) => [name, Number(number)]))
  return (value as ExtensionValue[])
    .map((each) => (typeof each === 'string' ? (numbers.get(each) ?? 0) : (each as number)))
    .filter((each) => !isGrease(each))
}

const ciphersOf = (hello: AnyPacket): number[] => ((hello.ciphers ?? []) as number[]).filter((each) => !isGrease(each))

/** The text that JA3 is the hash of: version, ciphers, extensions, groups and point formats, as decimal numbers. */
export function ja3Text(packet: Packet): string {
  const hello = needed(packet, clientHello(packet), 'ja3 takes a packet with a ClientHello')
  const parts = [
    [hello.raw('version') as number],
    ciphersOf(hello),
    extensionTypesOf(hello),
    numbersIn(hello, 'supported_groups', groups()),
    numbersIn(hello, 'ec_point_formats', POINT_FORMATS),
  ]
  return parts.map((part) => part.join('-')).join(',')
}

/** The text that JA3S is the hash of: version, cipher and extensions. */
export function ja3sText(packet: Packet): string {
  const hello = needed(packet, serverHello(packet), 'ja3s takes a packet with a ServerHello')
  return [hello.raw('version'), hello.raw('cipher'), extensionTypesOf(hello).join('-')].join(',')
}

/** Fingerprint of a client, 32 hexadecimal digits: `'cd08e31494f9531f560d64c695473da9'`. @throws PacketError without a ClientHello */
export const ja3 = (packet: Packet): string => digest('md5', ja3Text(packet))

/** Fingerprint of a server's answer, 32 hexadecimal digits. @throws PacketError without a ServerHello */
export const ja3s = (packet: Packet): string => digest('md5', ja3sText(packet))

/** Codes of versions in JA4. */
const JA4_VERSIONS: Readonly<Record<number, string>> = {
  0x0304: '13',
  0x0303: '12',
  0x0302: '11',
  0x0301: '10',
  0x0300: 's3',
  0x0002: 's2',
  0xfeff: 'd1',
  0xfefd: 'd2',
  0xfefc: 'd3',
}

/** First and last character of the first protocol; digits of its first and last byte where they are no letters. */
function protocolCode(hello: AnyPacket): string {
  const names = extensionOf(hello, 'application_layer_protocol_negotiation')
  const first = Array.isArray(names) ? (names as ExtensionValue[])[0] : undefined
  if (first === undefined) return '00'
  const bytes = typeof first === 'string' ? Buffer.from(first, 'latin1') : (first as Uint8Array)
  if (bytes.length === 0) return '00'
  const ends = [bytes[0]!, bytes.at(-1)!]
  if (ends.every((byte) => /[0-9A-Za-z]/.test(String.fromCharCode(byte)))) return String.fromCharCode(...ends)
  const digits = Buffer.from(bytes).toString('hex')
  return `${digits[0]}${digits.at(-1)}`
}

const hex = (value: number): string => value.toString(16).padStart(4, '0')
const two = (value: number): string => String(Math.min(value, MOST)).padStart(2, '0')

/** The parts of JA4: what is printed, and the texts that are hashed. */
function ja4Parts(packet: Packet): [head: string, ciphers: string, rest: string] {
  const hello = needed(packet, clientHello(packet), 'ja4 takes a packet with a ClientHello')
  const transport = hello.layerName === 'DTLSClientHello' ? 'd' : hello.under?.layerName === 'QUIC_Initial' ? 'q' : 't'
  const ciphers = ciphersOf(hello)
  const types = extensionTypesOf(hello)
  const head = [
    transport,
    JA4_VERSIONS[versionOf(hello)] ?? '00',
    types.includes(SERVER_NAME) ? 'd' : 'i',
    two(ciphers.length),
    two(types.length),
    protocolCode(hello),
  ].join('')
  const sorted = types
    .filter((type) => type !== SERVER_NAME && type !== ALPN)
    .map(hex)
    .sort()
  const schemes = numbersIn(hello, 'signature_algorithms', signatureSchemes()).map(hex)
  return [
    head,
    ciphers.map(hex).sort().join(','),
    schemes.length === 0 ? sorted.join(',') : `${sorted.join(',')}_${schemes.join(',')}`,
  ]
}

/** Fingerprint of a client: `'t13d1516h2_8daaf6152771_b186095e22b6'`. @throws PacketError without a ClientHello */
export function ja4(packet: Packet): string {
  const [head, ...texts] = ja4Parts(packet)
  return [head, ...texts.map((text) => (text === '' ? NOTHING : digest('sha256', text).slice(0, SHORT)))].join('_')
}

/** JA4 with what is hashed in it: numbers in order, then the signature algorithms as they were sent. */
export const ja4Text = (packet: Packet): string => ja4Parts(packet).join('_')

function digest(algorithm: 'md5' | 'sha256', text: string): string {
  return process.getBuiltinModule('node:crypto').createHash(algorithm).update(text).digest('hex')
}
