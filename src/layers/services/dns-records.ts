/**
 * Resource records of DNS: one layer for each type whose data has several parts, `DNSRR` for all others.
 * RFC 1035 §3.2.1; the top bit of the class flushes caches in multicast DNS: RFC 6762 §10.2.
 *
 *   +--------+------+-------+-----+--------+---------
 *   | rrname | type | class | ttl | length | data …
 *   +--------+------+-------+-----+--------+---------
 *     name     2      2       4     2        length
 */
import {
  type AnyPacket,
  type BuildContext,
  behave,
  bits,
  bitsEnum,
  bytes,
  type Field,
  flags,
  type Inputs,
  type Layer,
  type LayerReference,
  layer,
  options,
  toHex,
  u8,
  u8Enum,
  u16,
  u16Enum,
  u32,
  type Values,
} from '../../packet/index.js'
import { domainName } from './dns-names.js'
import { DNS_CLASSES, DNS_TYPES, DNSSEC_ALGORITHMS, DNSSEC_DIGESTS } from './dns-numbers.js'
import { rdata } from './dns-rdata.js'
import { svcParams } from './dns-svc-params.js'
import { characterString, printable, textToEnd, typeMap } from './dns-texts.js'

/** Layer of each type's records, where it is another than `DNSRR`. */
export const RECORD_LAYERS: ReadonlyMap<number, LayerReference> = new Map()

/** Bytes of a record's data: all behind the length field. */
function dataLength(context: BuildContext): number {
  const definition = context.packet._layer
  return context.headerLength - context.tailEnds[definition.indexOf('rdlen') - definition.tailStart]!
}

/** Names of the lowest flags where they have none of their own. */
function unnamed(count: number): string[] {
  return Array.from({ length: count }, (_, bit) => `bit${bit}`)
}

const head = (type: number) => ({
  rrname: domainName('.', true),
  type: u16Enum(type, DNS_TYPES),
  cacheflush: bits(1),
  rclass: bitsEnum(15, 1, DNS_CLASSES),
  ttl: u32(),
  rdlen: u16().auto(dataLength),
})

/** Data of any type: an address (A, AAAA), a name (NS, CNAME, PTR …), a list of texts (TXT), or bytes. */
export const DNSRR = layer(
  'DNSRR',
  () => ({ ...head(1), rdata: rdata() }),
  'DNS record; rdata is an address, a name, a list of texts or bytes, as its type says.',
  'RFC 1035 §3.2.1; cacheflush (multicast DNS): RFC 6762 §10.2',
)

type Head = ReturnType<typeof head>
// biome-ignore lint/suspicious/noExplicitAny: the types of the fields are inferred from here
type Layout = Readonly<Record<string, Field<any, any>>>

/** Declares the layer of the records of some types; the first type is its default. */
function record<const L extends Layout>(
  name: string,
  types: readonly number[],
  data: () => L,
  about: string,
  source: string,
): Layer<Values<Head & L>, Inputs<Head & L>> {
  const made = layer(name, () => ({ ...head(types[0]!), ...data() }), about, source) as unknown as Layer<
    Values<Head & L>,
    Inputs<Head & L>
  >
  for (const type of types) (RECORD_LAYERS as Map<number, LayerReference>).set(type, made)
  return made
}

export const DNSRRSOA = record(
  'DNSRRSOA',
  [6],
  () => ({
    mname: domainName('.', true),
    rname: domainName('.', true),
    serial: u32(),
    refresh: u32(),
    retry: u32(),
    expire: u32(),
    minimum: u32(),
  }),
  'Start of a zone: first server, mailbox of its keeper, serial number, times in seconds.',
  'RFC 1035 §3.3.13',
)

export const DNSRRHINFO = record(
  'DNSRRHINFO',
  [13],
  () => ({ cpu: characterString(), os: characterString() }),
  'Host information.',
  'RFC 1035 §3.3.2; as the answer to ALL: RFC 8482',
)

export const DNSRRMX = record(
  'DNSRRMX',
  [15],
  () => ({ preference: u16(), exchange: domainName('.', true) }),
  'Mail exchange; the lowest preference first.',
  'RFC 1035 §3.3.9',
)

export const DNSRRSRV = record(
  'DNSRRSRV',
  [33],
  () => ({ priority: u16(), weight: u16(), port: u16(), target: domainName() }),
  'Server of a service; the lowest priority first, within it by weight.',
  'RFC 2782',
)

export const DNSRRNAPTR = record(
  'DNSRRNAPTR',
  [35],
  () => ({
    order: u16(),
    preference: u16(),
    flags: characterString(),
    services: characterString(),
    regexp: characterString(),
    replacement: domainName(),
  }),
  'Naming authority pointer.',
  'RFC 3403 §4.1',
)

export const DNSRRDS = record(
  'DNSRRDS',
  [43, 59, 32769],
  () => ({
    keytag: u16(),
    algorithm: u8Enum(13, DNSSEC_ALGORITHMS),
    digesttype: u8Enum(2, DNSSEC_DIGESTS),
    digest: bytes(),
  }),
  'Digest of the key that signs a delegated zone.',
  'RFC 4034 §5; CDS: RFC 7344; DLV: RFC 4431',
)

export const DNSRRSSHFP = record(
  'DNSRRSSHFP',
  [44],
  () => ({
    algorithm: u8Enum(4, { 1: 'RSA', 2: 'DSA', 3: 'ECDSA', 4: 'Ed25519', 6: 'Ed448' }),
    fptype: u8Enum(2, { 1: 'SHA-1', 2: 'SHA-256' }),
    fingerprint: bytes(),
  }),
  'Fingerprint of an SSH host key.',
  'RFC 4255',
)

export const DNSRRRSIG = record(
  'DNSRRRSIG',
  [46],
  () => ({
    typecovered: u16Enum(1, DNS_TYPES),
    algorithm: u8Enum(13, DNSSEC_ALGORITHMS),
    labels: u8(),
    originalttl: u32(),
    expiration: u32(),
    inception: u32(),
    keytag: u16(),
    signersname: domainName(),
    signature: bytes(),
  }),
  'Signature of the records of one name and type; times in seconds since 1970.',
  'RFC 4034 §3',
)

export const DNSRRNSEC = record(
  'DNSRRNSEC',
  [47],
  () => ({ nextname: domainName(), typebitmaps: typeMap() }),
  'The next name of the zone, and the types that this one has.',
  'RFC 4034 §4',
)

/** From the lowest bit up: S, the entry point (a key-signing key), R, revoked (RFC 5011), Z, a zone key; the others by number. */
const KEY_FLAGS = 'S123456RZ9abcdef'
/** O: names without signatures may lie between (opt-out). */
const NSEC3_FLAGS = 'O1234567'

export const DNSRRDNSKEY = record(
  'DNSRRDNSKEY',
  [48, 60],
  () => ({
    flags: flags(16, KEY_FLAGS, 'Z'),
    protocol: u8(3),
    algorithm: u8Enum(13, DNSSEC_ALGORITHMS),
    publickey: bytes(),
  }),
  'Key that signs a zone.',
  'RFC 4034 §2; CDNSKEY: RFC 7344',
)

export const DNSRRNSEC3 = record(
  'DNSRRNSEC3',
  [50],
  () => ({
    hashalg: u8Enum(1, { 1: 'SHA-1' }),
    flags: flags(8, NSEC3_FLAGS),
    iterations: u16(),
    saltlength: u8().lengthOf('salt'),
    salt: bytes('saltlength'),
    hashlength: u8().lengthOf('nexthashedownername'),
    nexthashedownername: bytes('hashlength'),
    typebitmaps: typeMap(),
  }),
  'The next hashed name of the zone, and the types that this one has.',
  'RFC 5155 §3',
)

export const DNSRRNSEC3PARAM = record(
  'DNSRRNSEC3PARAM',
  [51],
  () => ({
    hashalg: u8Enum(1, { 1: 'SHA-1' }),
    flags: flags(8, NSEC3_FLAGS),
    iterations: u16(),
    saltlength: u8().lengthOf('salt'),
    salt: bytes('saltlength'),
  }),
  'How the names of a zone are hashed.',
  'RFC 5155 §4',
)

export const DNSRRTLSA = record(
  'DNSRRTLSA',
  [52, 53],
  () => ({
    usage: u8Enum(3, { 0: 'PKIX-TA', 1: 'PKIX-EE', 2: 'DANE-TA', 3: 'DANE-EE' }),
    selector: u8Enum(1, { 0: 'Cert', 1: 'SPKI' }),
    matchingtype: u8Enum(1, { 0: 'Full', 1: 'SHA2-256', 2: 'SHA2-512' }),
    data: bytes(),
  }),
  'Certificate or key of a TLS server.',
  'RFC 6698 §2; names: RFC 7218; SMIMEA: RFC 8162',
)

const service = () => ({ svc_priority: u16(1), target_name: domainName(), svc_params: svcParams() })

export const DNSRRSVCB = record(
  'DNSRRSVCB',
  [64],
  () => service(),
  'Service binding; priority 0 makes it an alias.',
  'RFC 9460',
)
export const DNSRRHTTPS = record('DNSRRHTTPS', [65], () => service(), 'Service binding for HTTPS.', 'RFC 9460 §9')

export const DNSRRURI = record(
  'DNSRRURI',
  [256],
  () => ({ priority: u16(), weight: u16(), target: textToEnd() }),
  'Address of a service as a URI.',
  'RFC 7553',
)

export const DNSRRCAA = record(
  'DNSRRCAA',
  [257],
  () => ({ flags: flags(8, [...unnamed(7), 'critical']), tag: characterString(), value: textToEnd() }),
  'Which authorities may issue certificates for a name.',
  'RFC 8659 §4.1',
)

/** EDNS options. IANA, "DNS EDNS0 Option Codes (OPT)". */
const EDNS_OPTIONS = {
  1: { name: 'LLQ' },
  2: { name: 'UL' },
  3: { name: 'NSID' },
  5: { name: 'DAU' },
  6: { name: 'DHU' },
  7: { name: 'N3U' },
  8: { name: 'ClientSubnet' },
  9: { name: 'Expire' },
  10: { name: 'Cookie' },
  11: { name: 'KeepAlive', fields: [u16()] },
  12: { name: 'Padding' },
  13: { name: 'Chain' },
  14: { name: 'KeyTag' },
  15: { name: 'ExtendedError' },
  16: { name: 'ClientTag', fields: [u16()] },
  17: { name: 'ServerTag', fields: [u16()] },
  18: { name: 'ReportChannel' },
  19: { name: 'ZoneVersion' },
} as const

/** Flags of the former TTL from the lowest bit up; only two have a meaning. RFC 6891 §6.1.4, RFC 9824 §5.1. */
const EDNS_FLAGS = [...unnamed(14), 'CO', 'DO']

/** EDNS: a record whose class is the size of datagrams, and whose ttl has more of the response code, version and flags. */
export const DNSRROPT = layer(
  'DNSRROPT',
  () => ({
    rrname: domainName('.', true),
    type: u16Enum(41, DNS_TYPES),
    rclass: u16(4096),
    extrcode: u8(),
    version: u8(),
    z: flags(16, EDNS_FLAGS),
    rdlen: u16().auto(dataLength),
    rdata: options({ kinds: EDNS_OPTIONS, typeSize: 2, lengthSize: 2, lengthCounts: 'value' }),
  }),
  'EDNS: the greatest datagram that the sender takes (rclass, bytes), flags (z: DO asks for signatures), options.',
  'RFC 6891 §6.1',
)
;(RECORD_LAYERS as Map<number, LayerReference>).set(41, DNSRROPT)

/** Data of a record in one line, nearly as a zone file has it; bytes in hexadecimal. */
export function dataText(record: AnyPacket): string {
  const { fields } = record._layer
  const parts = fields.slice(record._layer.indexOf('rdlen') + 1).map((field) => {
    const value = record._read(field.index)
    if (value instanceof Uint8Array) return toHex(value)
    return printable(typeof value === 'string' ? value : field.show(value))
  })
  return parts.filter((part) => part !== '').join(' ')
}

for (const each of [DNSRR, ...RECORD_LAYERS.values()]) {
  behave(each, { summary: (me) => `${me.layerName} ${me.rrname} ${me.text('type')} ${dataText(me)}` })
}
