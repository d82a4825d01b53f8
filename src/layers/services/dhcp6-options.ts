/**
 * Options of DHCPv6, each a layer that the next one follows; those inside others are lists. RFC 8415 §21.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------------------------------+-------------------------------+
 *   |            optcode            |            optlen             |
 *   +-------------------------------+-------------------------------+
 *   |                            data …                             |
 *   +---------------------------------------------------------------+
 */
import {
  type AnyPacket,
  behave,
  bits,
  bytes,
  type Field,
  flags,
  type Inputs,
  ipv6,
  type Layer,
  type LayerReference,
  layer,
  layers,
  list,
  type Reader,
  text,
  u8,
  u8Enum,
  u16,
  u16Enum,
  u32,
  type Values,
} from '../../packet/index.js'
import { duidAt } from './dhcp6-duid.js'
import { DHCP6_MESSAGES, DHCP6_STATUS, dhcp6Options } from './dhcp6-numbers.js'
import { linkAddress, messageInside, partialName } from './dhcp6-parts.js'
import { domainName } from './dns-names.js'
import { restText } from './zero-text.js'

/** What bytes an option must have to be read as its layer. */
interface Entry {
  readonly option: LayerReference
  readonly least: number
  readonly most: number
  /** Its data is a multiple of so many bytes. */
  readonly unit: number
}

const ENTRIES = new Map<number, Entry>()
const HEADER = 4
const ADDRESS = 16

const head = (code: number) => ({
  optcode: u16Enum(code, dhcp6Options()),
  optlen: u16().auto((c) => c.headerLength - HEADER),
})

// biome-ignore lint/suspicious/noExplicitAny: the types of the fields are inferred from here
type Layout = Readonly<Record<string, Field<any, any>>>
type Head = ReturnType<typeof head>

/** Declares the layer of an option; `sizes` says how many bytes of data it has: the least, the most, in units of. */
function option<const L extends Layout>(
  name: string,
  code: number,
  data: () => L,
  about: string,
  source: string,
  [least, most = 0xffff, unit = 1]: readonly [least: number, most?: number, unit?: number] = [0],
): Layer<Values<Head & L>, Inputs<Head & L>> {
  const made = layer(name, () => ({ ...head(code), ...data() }), about, source) as unknown as Layer<
    Values<Head & L>,
    Inputs<Head & L>
  >
  ENTRIES.set(code, { option: made, least, most, unit })
  behave(made, optionBehaviour)
  return made
}

/** An option ends where its length says, and another one follows. */
const optionBehaviour = {
  headerLength: (me: AnyPacket): number => HEADER + (me.optlen as number),
  headerLengthField: 'optlen',
  guess: (): LayerReference => DHCP6OptUnknown,
}

export const DHCP6OptUnknown = layer(
  'DHCP6OptUnknown',
  () => ({ ...head(0), data: bytes() }),
  'Option of DHCPv6 that has no layer of its own, or data that is none of its kind.',
  'RFC 8415 §21.1',
)
behave(DHCP6OptUnknown, { ...optionBehaviour, refine: optionOf })

/** The layer of the option whose bytes these are. */
export function optionOf(buffer: Uint8Array, start: number, end: number): LayerReference {
  if (end - start < HEADER) return DHCP6OptUnknown
  const entry = ENTRIES.get((buffer[start]! << 8) | buffer[start + 1]!)
  const length = (buffer[start + 2]! << 8) | buffer[start + 3]!
  const fits = entry !== undefined && length >= entry.least && length <= entry.most && length % entry.unit === 0
  return fits ? entry.option : DHCP6OptUnknown
}

const optionAt = (reader: Reader): LayerReference => optionOf(reader.buffer, reader.position, reader.end)
const innerOptions = () => layers(optionAt)
const addresses = () => list(ipv6())
const domains = () => list(domainName())
const seconds = (value = 0) => u32(value).about('Seconds; 4294967295 means for ever.')

/** Length and bytes, repeated. */
const piece = () => ({ len: u16().lengthOf('data'), data: bytes('len') })
export const USER_CLASS_DATA = layer('USER_CLASS_DATA', () => piece(), 'A class that a user is in.', 'RFC 8415 §21.15')
export const VENDOR_CLASS_DATA = layer(
  'VENDOR_CLASS_DATA',
  () => piece(),
  'What a vendor says of a client.',
  'RFC 8415 §21.16',
)
export const VENDOR_SPECIFIC_OPTION = layer(
  'VENDOR_SPECIFIC_OPTION',
  () => ({ optcode: u16(), optlen: u16().lengthOf('optdata'), optdata: bytes('optlen') }),
  "A vendor's option.",
  'RFC 8415 §21.17',
)

export const DHCP6OptClientId = option(
  'DHCP6OptClientId',
  1,
  () => ({ duid: layers(duidAt) }),
  'Who the client is.',
  'RFC 8415 §21.2',
)
export const DHCP6OptServerId = option(
  'DHCP6OptServerId',
  2,
  () => ({ duid: layers(duidAt) }),
  'Who the server is.',
  'RFC 8415 §21.3',
)

const association = () => ({
  iaid: u32().hex(),
  T1: u32().about('Seconds until the server is asked for an extension.'),
  T2: u32().about('Seconds until any server is asked.'),
})

export const DHCP6OptIA_NA = option(
  'DHCP6OptIA_NA',
  3,
  () => ({ ...association(), ianaopts: innerOptions() }),
  'Addresses for an interface.',
  'RFC 8415 §21.4',
  [12],
)
export const DHCP6OptIA_TA = option(
  'DHCP6OptIA_TA',
  4,
  () => ({ iaid: u32().hex(), iataopts: innerOptions() }),
  'Temporary addresses for an interface.',
  'RFC 8415 §21.5',
  [4],
)
export const DHCP6OptIAAddress = option(
  'DHCP6OptIAAddress',
  5,
  () => ({ addr: ipv6(), preflft: seconds(), validlft: seconds(), iaaddropts: innerOptions() }),
  'An address, and how long it is preferred and valid.',
  'RFC 8415 §21.6',
  [24],
)
export const DHCP6OptOptReq = option(
  'DHCP6OptOptReq',
  6,
  () => ({ reqopts: list(u16Enum(0, dhcp6Options())) }),
  'Options that the client asks for.',
  'RFC 8415 §21.7',
  [0, 0xffff, 2],
)
export const DHCP6OptPref = option(
  'DHCP6OptPref',
  7,
  () => ({ prefval: u8(255) }),
  'Preference of the server; 255 ends the search.',
  'RFC 8415 §21.8',
  [1, 1],
)
export const DHCP6OptElapsedTime = option(
  'DHCP6OptElapsedTime',
  8,
  () => ({ elapsedtime: u16().about('Hundredths of a second.') }),
  'How long the client has been trying.',
  'RFC 8415 §21.9',
  [2, 2],
)
export const DHCP6OptRelayMsg = option(
  'DHCP6OptRelayMsg',
  9,
  () => ({ message: messageInside((buffer, start, end) => messageOf(buffer, start, end)) }),
  'The message that is relayed, with its options: a list of one packet.',
  'RFC 8415 §21.10',
)

/** Set by the file of the messages, which needs the options. */
let messageOf: (buffer: Uint8Array, start: number, end: number) => LayerReference = () => DHCP6OptUnknown
/** Says how to tell which message some bytes are. */
export function useMessages(tell: typeof messageOf): void {
  messageOf = tell
}

export const DHCP6OptAuth = option(
  'DHCP6OptAuth',
  11,
  () => ({
    proto: u8Enum(3, { 0: 'configuration token', 1: 'delayed', 2: 'delayed (obsolete)', 3: 'reconfigure key' }),
    alg: u8Enum(1, { 1: 'HMAC-MD5' }),
    rdm: u8Enum(0, { 0: 'counter' }).about('How repeats are found.'),
    replay: bytes(8).default(new Uint8Array(8)),
    authinfo: bytes(),
  }),
  'Authenticates a message.',
  'RFC 8415 §21.11',
  [11],
)
export const DHCP6OptServerUnicast = option(
  'DHCP6OptServerUnicast',
  12,
  () => ({ srvaddr: ipv6() }),
  'Address at which the server takes messages for it alone.',
  'RFC 8415 §21.12',
  [ADDRESS, ADDRESS],
)
export const DHCP6OptStatusCode = option(
  'DHCP6OptStatusCode',
  13,
  () => ({ statuscode: u16Enum(0, DHCP6_STATUS), statusmsg: restText() }),
  'How a request went.',
  'RFC 8415 §21.13',
  [2],
)
export const DHCP6OptRapidCommit = option(
  'DHCP6OptRapidCommit',
  14,
  () => ({}),
  'Two messages are to do instead of four.',
  'RFC 8415 §21.14',
  [0, 0],
)
export const DHCP6OptUserClass = option(
  'DHCP6OptUserClass',
  15,
  () => ({ userclassdata: layers(USER_CLASS_DATA) }),
  'Classes that the user is in.',
  'RFC 8415 §21.15',
)
export const DHCP6OptVendorClass = option(
  'DHCP6OptVendorClass',
  16,
  () => ({ enterprisenum: u32(), vcdata: layers(VENDOR_CLASS_DATA) }),
  "Who made the client's hardware.",
  'RFC 8415 §21.16',
  [4],
)
export const DHCP6OptVendorSpecificInfo = option(
  'DHCP6OptVendorSpecificInfo',
  17,
  () => ({ enterprisenum: u32(), vso: layers(VENDOR_SPECIFIC_OPTION) }),
  "A vendor's own options.",
  'RFC 8415 §21.17',
  [4],
)
export const DHCP6OptIfaceId = option(
  'DHCP6OptIfaceId',
  18,
  () => ({ ifaceid: bytes() }),
  "The relay's interface on which the message came.",
  'RFC 8415 §21.18',
)
export const DHCP6OptReconfMsg = option(
  'DHCP6OptReconfMsg',
  19,
  () => ({ msgtype: u8Enum(11, DHCP6_MESSAGES) }),
  'What the client is to send when it is told to reconfigure.',
  'RFC 8415 §21.19',
  [1, 1],
)
export const DHCP6OptReconfAccept = option(
  'DHCP6OptReconfAccept',
  20,
  () => ({}),
  'The client takes reconfigure messages.',
  'RFC 8415 §21.20',
  [0, 0],
)
export const DHCP6OptSIPDomains = option(
  'DHCP6OptSIPDomains',
  21,
  () => ({ sipdomains: domains() }),
  'Domains of SIP servers.',
  'RFC 3319 §3.1',
)
export const DHCP6OptSIPServers = option(
  'DHCP6OptSIPServers',
  22,
  () => ({ sipservers: addresses() }),
  'Addresses of SIP servers.',
  'RFC 3319 §3.2',
  [0, 0xffff, ADDRESS],
)
export const DHCP6OptDNSServers = option(
  'DHCP6OptDNSServers',
  23,
  () => ({ dnsservers: addresses() }),
  'Addresses of DNS servers.',
  'RFC 3646 §3',
  [0, 0xffff, ADDRESS],
)
export const DHCP6OptDNSDomains = option(
  'DHCP6OptDNSDomains',
  24,
  () => ({ dnsdomains: domains() }),
  'Domains in which to look names up.',
  'RFC 3646 §4',
)
export const DHCP6OptIA_PD = option(
  'DHCP6OptIA_PD',
  25,
  () => ({ ...association(), iapdopt: innerOptions() }),
  'Prefixes that a router may hand on.',
  'RFC 8415 §21.21',
  [12],
)
export const DHCP6OptIAPrefix = option(
  'DHCP6OptIAPrefix',
  26,
  () => ({ preflft: seconds(), validlft: seconds(), plen: u8(48), prefix: ipv6(), iaprefopts: innerOptions() }),
  'A prefix of plen bits, and how long it is preferred and valid.',
  'RFC 8415 §21.22',
  [25],
)
export const DHCP6OptNISServers = option(
  'DHCP6OptNISServers',
  27,
  () => ({ nisservers: addresses() }),
  'Addresses of NIS servers.',
  'RFC 3898 §3',
  [0, 0xffff, ADDRESS],
)
export const DHCP6OptNISPServers = option(
  'DHCP6OptNISPServers',
  28,
  () => ({ nispservers: addresses() }),
  'Addresses of NIS+ servers.',
  'RFC 3898 §4',
  [0, 0xffff, ADDRESS],
)
export const DHCP6OptNISDomain = option(
  'DHCP6OptNISDomain',
  29,
  () => ({ nisdomain: partialName() }),
  'Domain of NIS.',
  'RFC 3898 §5',
)
export const DHCP6OptNISPDomain = option(
  'DHCP6OptNISPDomain',
  30,
  () => ({ nispdomain: partialName() }),
  'Domain of NIS+.',
  'RFC 3898 §6',
)
export const DHCP6OptSNTPServers = option(
  'DHCP6OptSNTPServers',
  31,
  () => ({ sntpservers: addresses() }),
  'Addresses of SNTP servers.',
  'RFC 4075 §4',
  [0, 0xffff, ADDRESS],
)
export const DHCP6OptInfoRefreshTime = option(
  'DHCP6OptInfoRefreshTime',
  32,
  () => ({ reftime: seconds(86400) }),
  'When to ask for the information again.',
  'RFC 8415 §21.23',
  [4, 4],
)
export const DHCP6OptBCMCSDomains = option(
  'DHCP6OptBCMCSDomains',
  33,
  () => ({ bcmcsdomains: domains() }),
  'Domains of servers for broadcast and multicast.',
  'RFC 4280 §4.3',
)
export const DHCP6OptBCMCSServers = option(
  'DHCP6OptBCMCSServers',
  34,
  () => ({ bcmcsservers: addresses() }),
  'Addresses of servers for broadcast and multicast.',
  'RFC 4280 §4.4',
  [0, 0xffff, ADDRESS],
)
export const DHCP6OptGeoConfElement = layer(
  'DHCP6OptGeoConfElement',
  () => ({ CAtype: u8(), CAlength: u8().lengthOf('CAvalue'), CAvalue: bytes('CAlength') }),
  'Part of an address where people live.',
  'RFC 4776 §3.3',
)
export const DHCP6OptGeoConf = option(
  'DHCP6OptGeoConf',
  36,
  () => ({
    what: u8Enum(2, { 0: 'server', 1: 'network element', 2: 'client' }),
    country_code: text(2),
    ca_elts: layers(DHCP6OptGeoConfElement),
  }),
  'Address of a place.',
  'RFC 4776 §3.2',
  [3],
)
export const DHCP6OptRemoteID = option(
  'DHCP6OptRemoteID',
  37,
  () => ({ enterprisenum: u32(), remoteid: bytes() }),
  'Who is at the far end, as a relay knows it.',
  'RFC 4649 §3',
  [4],
)
export const DHCP6OptSubscriberID = option(
  'DHCP6OptSubscriberID',
  38,
  () => ({ subscriberid: bytes() }),
  'Who the subscriber is, as a relay knows it.',
  'RFC 4580 §2',
)
export const DHCP6OptClientFQDN = option(
  'DHCP6OptClientFQDN',
  39,
  () => ({
    res: bits(5),
    flags: flags(3, 'SON').about('S: the server updates the address, O: it overrides, N: it updates nothing.'),
    fqdn: partialName(),
  }),
  "The client's name, with a dot at its end where it is whole.",
  'RFC 4704 §4',
  [1],
)
export const DHCP6OptPanaAuthAgent = option(
  'DHCP6OptPanaAuthAgent',
  40,
  () => ({ paaaddr: addresses() }),
  'Addresses of PANA agents.',
  'RFC 5192 §4',
  [0, 0xffff, ADDRESS],
)
export const DHCP6OptNewPOSIXTimeZone = option(
  'DHCP6OptNewPOSIXTimeZone',
  41,
  () => ({ optdata: restText() }),
  'Time zone as POSIX writes it.',
  'RFC 4833 §3',
)
export const DHCP6OptNewTZDBTimeZone = option(
  'DHCP6OptNewTZDBTimeZone',
  42,
  () => ({ optdata: restText() }),
  "Time zone by name, 'Europe/Zurich'.",
  'RFC 4833 §3',
)
export const DHCP6OptRelayAgentERO = option(
  'DHCP6OptRelayAgentERO',
  43,
  () => ({ reqopts: list(u16Enum(0, dhcp6Options())) }),
  'Options that the server is to echo to the relay.',
  'RFC 4994 §3',
  [0, 0xffff, 2],
)
export const DHCP6OptLQClientLink = option(
  'DHCP6OptLQClientLink',
  48,
  () => ({ linkaddress: addresses() }),
  'Links on which the client has addresses.',
  'RFC 5007 §4.1.2.5',
  [0, 0xffff, ADDRESS],
)
export const DHCP6NTPSuboption = layer(
  'DHCP6NTPSuboption',
  () => ({
    optcode: u16Enum(1, { 1: 'SRV_ADDR', 2: 'MC_ADDR', 3: 'SRV_FQDN' }),
    optlen: u16().auto((c) => c.headerLength - HEADER),
    addr: ipv6().when((me) => me.optcode === 1 || me.optcode === 2),
    fqdn: domainName().when((me) => me.optcode === 3),
    data: bytes((me) => ((me.optcode as number) > 3 || me.optcode === 0 ? (me.optlen as number) : 0)),
  }),
  'An NTP server: its address, a group, or its name.',
  'RFC 5908 §4',
)
export const DHCP6OptNTPServer = option(
  'DHCP6OptNTPServer',
  56,
  () => ({ ntpservers: layers(DHCP6NTPSuboption) }),
  'NTP servers.',
  'RFC 5908 §4',
)
export const DHCP6OptBootFileUrl = option(
  'DHCP6OptBootFileUrl',
  59,
  () => ({ optdata: restText() }),
  'URL of a file to boot from.',
  'RFC 5970 §3.1',
)
export const DHCP6OptBootFileParam = option(
  'DHCP6OptBootFileParam',
  60,
  () => ({ params: layers(USER_CLASS_DATA) }),
  'Parameters of the file to boot from.',
  'RFC 5970 §3.2',
)
export const DHCP6OptClientArchType = option(
  'DHCP6OptClientArchType',
  61,
  () => ({ archtypes: list(u16()) }),
  "Kinds of the client's hardware; 7 is UEFI on x86-64.",
  'RFC 5970 §3.3',
  [0, 0xffff, 2],
)
export const DHCP6OptClientNetworkInterId = option(
  'DHCP6OptClientNetworkInterId',
  62,
  () => ({ iitype: u8(1), iimajor: u8(), iiminor: u8() }),
  "Type and version of the client's network interface.",
  'RFC 5970 §3.4',
  [3, 3],
)
export const DHCP6OptAFTRName = option(
  'DHCP6OptAFTRName',
  64,
  () => ({ aftrname: partialName() }),
  'Name of the far end of a DS-Lite tunnel.',
  'RFC 6334 §3',
)
export const DHCP6OptERPDomain = option(
  'DHCP6OptERPDomain',
  65,
  () => ({ erpdomain: domains() }),
  'Domain for EAP re-authentication.',
  'RFC 6440 §3.1',
)
export const DHCP6OptRelaySuppliedOpt = option(
  'DHCP6OptRelaySuppliedOpt',
  66,
  () => ({ relaysupplied: innerOptions() }),
  'Options that a relay would have the client get.',
  'RFC 6422 §4',
)
export const DHCP6OptVSS = option(
  'DHCP6OptVSS',
  68,
  () => ({ type: u8(255), data: bytes() }),
  'Which virtual network the client is in.',
  'RFC 6607 §3.3',
  [1],
)
export const DHCP6OptClientLinkLayerAddr = option(
  'DHCP6OptClientLinkLayerAddr',
  79,
  () => ({ lltype: u16(1), clladdr: linkAddress() }),
  "The client's link address, as a relay saw it.",
  'RFC 6939 §4',
  [2],
)
export const DHCP6OptSolMaxRT = option(
  'DHCP6OptSolMaxRT',
  82,
  () => ({ maxrt: u32(3600).about('Seconds.') }),
  'Longest time between two solicit messages.',
  'RFC 8415 §21.24',
  [4, 4],
)
export const DHCP6OptInfMaxRT = option(
  'DHCP6OptInfMaxRT',
  83,
  () => ({ maxrt: u32(3600).about('Seconds.') }),
  'Longest time between two information requests.',
  'RFC 8415 §21.25',
  [4, 4],
)
export const DHCP6OptCaptivePortal = option(
  'DHCP6OptCaptivePortal',
  103,
  () => ({ uri: restText() }),
  'Where the network tells what it wants of its users.',
  'RFC 8910 §2.2',
)
export const DHCP6OptMudUrl = option(
  'DHCP6OptMudUrl',
  112,
  () => ({ mudstring: restText() }),
  'URL of what the device needs of the network.',
  'RFC 8520 §10',
)
