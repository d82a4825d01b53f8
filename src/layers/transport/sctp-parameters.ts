/** What chunks of SCTP carry as lists: parameters (RFC 9260 §3.3.2, 5061, 4895, 3758, 6525) and causes of errors (§3.3.10). */
import { nestedList, TlvListCodec } from './tlv-list.js'
import { anyBytes, anyText, ipv4Address, ipv6Address, listOf, numberOf, tupleOf, type ValueForm } from './tlv-values.js'

type Kinds = Readonly<Record<number, readonly [name: string, form?: ValueForm]>>

/** Chunk types. IANA, "Stream Control Transmission Protocol (SCTP) Parameters". */
export const CHUNK_TYPES: Readonly<Record<number, string>> = {
  0: 'data',
  1: 'init',
  2: 'init-ack',
  3: 'sack',
  4: 'heartbeat-req',
  5: 'heartbeat-ack',
  6: 'abort',
  7: 'shutdown',
  8: 'shutdown-ack',
  9: 'error',
  10: 'cookie-echo',
  11: 'cookie-ack',
  12: 'ecne',
  13: 'cwr',
  14: 'shutdown-complete',
  15: 'authentication',
  64: 'i-data',
  128: 'address-configuration-ack',
  130: 're-config',
  132: 'pad',
  192: 'forward-tsn',
  193: 'address-configuration',
  194: 'i-forward-tsn',
}

const ADDRESS_TYPES: Readonly<Record<number, string>> = { 5: 'ipv4', 6: 'ipv6', 11: 'hostname' }

/** RFC 4895 §3.2. */
export const HMAC_FUNCTIONS: Readonly<Record<number, string>> = { 1: 'sha1', 3: 'sha256' }

/** Results of a reconfiguration. RFC 6525 §4.4. */
const RESULTS: Readonly<Record<number, string>> = {
  0: 'nothing-to-do',
  1: 'performed',
  2: 'denied',
  3: 'wrong-ssn',
  4: 'already-in-progress',
  5: 'bad-sequence-number',
  6: 'in-progress',
}

const u32 = numberOf(4)
const u16 = numberOf(2)
const chunkTypes = () => listOf(numberOf(1, CHUNK_TYPES))

/** Parameters of chunks; names as Scapy's, the last word of its classes. */
export const parameters = new TlvListCodec({
  kinds: parameterKinds,
  lengthCounts: 'all',
  extent: (me) => me.len - me._layer.fixedSize,
})

/** Causes of an abort or error. */
export const causes = new TlvListCodec({
  kinds: causeKinds,
  lengthCounts: 'all',
  extent: (me) => me.len - me._layer.fixedSize,
})

function parameterKinds(): Kinds {
  const addressChange = tupleOf(u32, nestedList(parameters))
  return {
    1: ['HeartbeatInfo'],
    5: ['IPv4Addr', ipv4Address],
    6: ['IPv6Addr', ipv6Address],
    7: ['StateCookie'],
    8: ['UnrecognizedParam', nestedList(parameters)],
    9: ['CookiePreservative', u32],
    11: ['Hostname', anyText],
    12: ['SupportedAddrTypes', listOf(numberOf(2, ADDRESS_TYPES))],
    13: ['OutgoingSSNReset', tupleOf(u32, u32, u32, listOf(u16))],
    14: ['IncomingSSNReset', tupleOf(u32, listOf(u16))],
    15: ['SSNTSNReset', u32],
    16: ['ReconfigResponse', tupleOf(u32, numberOf(4, RESULTS), anyBytes)],
    17: ['AddOutgoingStreams', tupleOf(u32, u16, u16)],
    18: ['AddIncomingStreams', tupleOf(u32, u16, u16)],
    32768: ['ECNCapable'],
    32769: ['ZeroChecksum', u32],
    32770: ['Random'],
    32771: ['ChunkList', chunkTypes()],
    32772: ['RequestedHMACFunctions', listOf(numberOf(2, HMAC_FUNCTIONS))],
    32773: ['Padding'],
    32776: ['SupportedExtensions', chunkTypes()],
    49152: ['FwdTSN'],
    49153: ['AddIPAddr', addressChange],
    49154: ['DelIPAddr', addressChange],
    49155: ['ErrorIndication', tupleOf(u32, nestedList(causes))],
    49156: ['SetPrimaryAddr', addressChange],
    49157: ['SuccessIndication', u32],
    49158: ['AdaptationLayer', u32],
  }
}

function causeKinds(): Kinds {
  return {
    1: ['invalid-stream', tupleOf(u16, u16)],
    2: ['missing-parameter', tupleOf(u32, listOf(u16))],
    3: ['stale-cookie', u32],
    4: ['out-of-resource'],
    5: ['unresolvable-address', nestedList(parameters)],
    6: ['unrecognized-chunk'],
    7: ['invalid-parameter'],
    8: ['unrecognized-parameters', nestedList(parameters)],
    9: ['no-user-data', u32],
    10: ['cookie-while-shutting-down'],
    11: ['restart-with-new-addresses', nestedList(parameters)],
    12: ['user-initiated-abort', anyText],
    13: ['protocol-violation', anyText],
    160: ['delete-last-address', nestedList(parameters)],
    161: ['refused-resource', nestedList(parameters)],
    162: ['delete-source-address', nestedList(parameters)],
    163: ['illegal-asconf-ack'],
    164: ['no-authorization', nestedList(parameters)],
    261: ['unsupported-hmac', u16],
  }
}
