/**
 * The NetBIOS name service: which host has a name. RFC 1002 §4.2. Its header is that of DNS, its names have 16 bytes.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------------------------------+-+-------+-------------+-------+
 *   |          NAME_TRN_ID          |R|OPCODE |  NM_FLAGS   | RCODE |
 *   +-------------------------------+-+-------+-------------+-------+
 *   |            QDCOUNT            |            ANCOUNT            |
 *   +-------------------------------+-------------------------------+
 *   |            NSCOUNT            |            ARCOUNT            |
 *   +-------------------------------+-------------------------------+
 *   |            name (34 bytes), type, class; TTL, length, data …
 *   +---------------------------------------------------------------+
 */
import {
  type AnyPacket,
  behave,
  bind,
  bits,
  bitsEnum,
  bytes,
  flags,
  ipv4,
  type LayerReference,
  layer,
  layers,
  mac,
  u8,
  u8Enum,
  u16,
  u16Enum,
  u32,
} from '../../packet/index.js'
import { Raw } from '../raw.js'
import { UDP } from '../transport/udp.js'
import { NETBIOS_SUFFIXES, netbiosName, repeatedNetbiosName } from './netbios-name.js'

const PORT = 137
const HEADER = 12

/** RFC 1002 §4.2.1.1; multihomed registration: Microsoft, [MS-NBTE] §2.2.2. */
const OPCODES: Readonly<Record<number, string>> = {
  0: 'query',
  5: 'registration',
  6: 'release',
  7: 'WACK',
  8: 'refresh',
  9: 'refresh-alternate',
  15: 'multihomed-registration',
}
const WACK = 7

/** RFC 1002 §4.2.2 … §4.2.18. */
const RCODES: Readonly<Record<number, string>> = {
  0: 'no-error',
  1: 'format-error',
  2: 'server-failure',
  3: 'name-error',
  4: 'unsupported',
  5: 'refused',
  6: 'active',
  7: 'conflict',
}

/** RFC 1002 §4.2.1.3. */
const TYPES: Readonly<Record<number, string>> = { 1: 'A', 2: 'NS', 10: 'NULL', 32: 'NB', 33: 'NBSTAT' }
const NB = 32
const NBSTAT = 33

const CLASSES: Readonly<Record<number, string>> = { 1: 'INTERNET' }
/** Kinds of hosts. RFC 1002 §4.2.2. */
const NODE_TYPES: Readonly<Record<number, string>> = { 0: 'B node', 1: 'P node', 2: 'M node', 3: 'H node' }
const GROUPS: Readonly<Record<number, string>> = { 0: 'unique', 1: 'group' }

const type = (value: number) => u16Enum(value, TYPES)
const internet = () => u16Enum(1, CLASSES)
const ttl = (value: number) => u32(value).about('Seconds; 0 means for ever.')

/** Flags and address of a host that has a name. */
const entry = () => ({
  G: bitsEnum(1, 0, GROUPS),
  OWNER_NODE_TYPE: bitsEnum(2, 0, NODE_TYPES),
  UNUSED: bits(13),
  NB_ADDRESS: ipv4('127.0.0.1'),
})

export const NBNSHeader = layer(
  'NBNSHeader',
  () => ({
    NAME_TRN_ID: u16().hex().about('Says which answer is to which question.'),
    RESPONSE: bits(1),
    OPCODE: bitsEnum(4, 0, OPCODES),
    NM_FLAGS: flags(7, ['B', 'res1', 'res0', 'RA', 'RD', 'TC', 'AA']),
    RCODE: bitsEnum(4, 0, RCODES),
    QDCOUNT: u16(),
    ANCOUNT: u16(),
    NSCOUNT: u16(),
    ARCOUNT: u16(),
  }),
  'NetBIOS name service: header of a message.',
  'RFC 1002 §4.2.1.1',
)

const question = (value: number) => ({
  QUESTION_NAME: netbiosName(value === NBSTAT ? '*<00>' : 'WORKGROUP<00>'),
  QUESTION_TYPE: type(value),
  QUESTION_CLASS: internet(),
})

export const NBNSQueryRequest = layer(
  'NBNSQueryRequest',
  () => question(NB),
  'Asks which host has a name.',
  'RFC 1002 §4.2.12',
)
export const NBNSNodeStatusRequest = layer(
  'NBNSNodeStatusRequest',
  () => question(NBSTAT),
  'Asks a host for its names.',
  'RFC 1002 §4.2.17',
)

export const NBNS_ADD_ENTRY = layer('NBNS_ADD_ENTRY', () => entry(), 'Host that has a name.', 'RFC 1002 §4.2.13')

const resource = (value: number, seconds: number) => ({
  RR_NAME: netbiosName('WORKGROUP<00>'),
  RR_TYPE: type(value),
  RR_CLASS: internet(),
  TTL: ttl(seconds),
})

export const NBNSQueryResponse = layer(
  'NBNSQueryResponse',
  () => ({
    ...resource(NB, 300000),
    RDLENGTH: u16().lengthOf('ADDR_ENTRY'),
    ADDR_ENTRY: layers(NBNS_ADD_ENTRY, { length: 'RDLENGTH' }),
  }),
  'Says which host has a name, or that a name was registered, released or refused.',
  'RFC 1002 §4.2.13',
)

export const NBNSNodeStatusResponseService = layer(
  'NBNSNodeStatusResponseService',
  () => ({
    NETBIOS_NAME: bytes(15).default('WORKGROUP      '),
    SUFFIX: u8Enum(0, NETBIOS_SUFFIXES).hex(),
    NAME_FLAGS: flags(16, [
      'res0',
      'res1',
      'res2',
      'res3',
      'res4',
      'res5',
      'res6',
      'res7',
      'res8',
      'permanent',
      'active',
      'conflict',
      'deregistering',
      'M',
      'P',
      'group',
    ]),
  }),
  'Name that a host has.',
  'RFC 1002 §4.2.18',
)

const STATISTICS = 40

export const NBNSNodeStatusResponse = layer(
  'NBNSNodeStatusResponse',
  () => ({
    ...resource(NBSTAT, 0),
    RDLENGTH: u16().auto(
      (c) =>
        c.fieldLength('NUM_NAMES') +
        c.fieldLength('NODE_NAME') +
        c.fieldLength('MAC_ADDRESS') +
        c.fieldLength('STATISTICS'),
    ),
    NUM_NAMES: u8().countOf('NODE_NAME'),
    NODE_NAME: layers(NBNSNodeStatusResponseService, { count: 'NUM_NAMES' }),
    MAC_ADDRESS: mac(),
    STATISTICS: bytes((me) => Math.min(STATISTICS, me._end - me._offset)).default(new Uint8Array(STATISTICS)),
  }),
  'Names that a host has, and its hardware address.',
  'RFC 1002 §4.2.18',
)

export const NBNSRegistrationRequest = layer(
  'NBNSRegistrationRequest',
  () => ({
    ...question(NB),
    RR_NAME: repeatedNetbiosName(HEADER).about("The name anew; '' is a pointer to QUESTION_NAME."),
    RR_TYPE: type(NB),
    RR_CLASS: internet(),
    TTL: ttl(0),
    RDLENGTH: u16().auto(() => 6),
    ...entry(),
  }),
  'Claims a name, refreshes the claim or gives it up.',
  'RFC 1002 §4.2.2',
)

export const NBNSWackResponse = layer(
  'NBNSWackResponse',
  () => ({ ...resource(NB, 2), RDLENGTH: u16().auto(() => 2), RDATA: u16(0x2900).hex() }),
  'Asks to wait for the answer; RDATA repeats the flags of the question.',
  'RFC 1002 §4.2.16',
)

/** The message's layer, where its sections and types are those of one. */
function messageLayer(me: AnyPacket): LayerReference {
  const counts = [me.QDCOUNT, me.ANCOUNT, me.NSCOUNT, me.ARCOUNT].join(' ')
  const buffer = me._buffer!
  const at = me._headerStop()
  const left = me._contentStop() - at
  // Names with a scope are longer; their fields are found by reading them.
  const nameEnd = nameLength(buffer, at, left)
  if (nameEnd < 0 || left < nameEnd + 4) return Raw
  const kind = (buffer[at + nameEnd]! << 8) | buffer[at + nameEnd + 1]!
  if (counts === '1 0 0 0') return kind === NBSTAT ? NBNSNodeStatusRequest : NBNSQueryRequest
  if (counts === '1 0 0 1') return left >= nameEnd + 4 + 2 + 10 + 6 ? NBNSRegistrationRequest : Raw
  if (counts !== '0 1 0 0' || left < nameEnd + 10) return Raw
  if (me.OPCODE === WACK) return left >= nameEnd + 12 ? NBNSWackResponse : Raw
  return kind === NBSTAT ? NBNSNodeStatusResponse : NBNSQueryResponse
}

/** Bytes of a name with its scope, or -1. */
function nameLength(buffer: Uint8Array, start: number, left: number): number {
  for (let at = 0, labels = 0; at < left && labels < 128; labels++) {
    const length = buffer[start + at]!
    if (length === 0) return at + 1
    if (length > 63 || (at === 0 && length !== 32)) return -1
    at += 1 + length
  }
  return -1
}

behave(NBNSHeader, {
  guess: messageLayer,
  summary: (me) => `NBNS ${me.text('OPCODE')}${me.RESPONSE === 1 ? ' response' : ''}`,
  answers: (me, request) =>
    request.layerName === 'NBNSHeader' &&
    me.RESPONSE === 1 &&
    request.RESPONSE === 0 &&
    me.NAME_TRN_ID === request.NAME_TRN_ID,
  hash: (me) => `NBNS ${me.NAME_TRN_ID}`,
  // The port is enough of a sign only where a whole header is there.
  refine: (_buffer, start, end) => (end - start >= HEADER ? undefined : Raw),
})

const header = (me: AnyPacket): AnyPacket | null =>
  me.under !== null && me.under.layerName === 'NBNSHeader' ? (me.under as AnyPacket) : null
/** Which operation, as far as the header around tells, and whether it failed. */
const operation = (me: AnyPacket, fallback: string): string => header(me)?.text('OPCODE') ?? fallback
function outcome(me: AnyPacket): string {
  const code = header(me)?.RCODE
  return code === undefined || code === 0 ? '' : ` ${header(me)!.text('RCODE')}`
}

behave(NBNSQueryRequest, { summary: (me) => `NBNS ${operation(me, 'query')} ${me.QUESTION_NAME}` })
behave(NBNSNodeStatusRequest, { summary: (me) => `NBNS status query ${me.QUESTION_NAME}` })
behave(NBNSRegistrationRequest, {
  summary: (me) => `NBNS ${operation(me, 'registration')} ${me.QUESTION_NAME} ${me.NB_ADDRESS}`,
})
behave(NBNSQueryResponse, {
  summary: (me) => {
    const hosts = ((me.ADDR_ENTRY ?? []) as AnyPacket[]).map((host) => ` ${host.NB_ADDRESS}`)
    return `NBNS ${operation(me, 'query')} response${outcome(me)} ${me.RR_NAME}${hosts.join('')}`
  },
})
behave(NBNSNodeStatusResponse, {
  summary: (me) => `NBNS status response ${me.NUM_NAMES} names ${me.MAC_ADDRESS}`,
})
behave(NBNSWackResponse, { summary: (me) => `NBNS wait ${me.TTL} s for ${me.RR_NAME}` })

const REGISTRATION = 5
for (const each of [NBNSQueryRequest, NBNSNodeStatusRequest]) bind(NBNSHeader, each, { QDCOUNT: 1 })
bind(NBNSHeader, NBNSRegistrationRequest, { OPCODE: REGISTRATION, QDCOUNT: 1, ARCOUNT: 1 })
for (const each of [NBNSQueryResponse, NBNSNodeStatusResponse]) bind(NBNSHeader, each, { RESPONSE: 1, ANCOUNT: 1 })
bind(NBNSHeader, NBNSWackResponse, { RESPONSE: 1, OPCODE: WACK, ANCOUNT: 1 })
bind(UDP, NBNSHeader, { sport: PORT }, { build: false })
bind(UDP, NBNSHeader, { dport: PORT })
