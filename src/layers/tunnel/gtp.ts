/**
 * GTP, the tunnels of mobile networks: users' packets (GTP-U, 3GPP TS 29.281 §5) and the headers of control messages of version 1
 * (TS 29.060 §6) and 2 (TS 29.274 §5).
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-----+-+-+-+-+-+---------------+-------------------------------+
 *   | ver |T|r|E|S|N|   gtp_type    |            length             |
 *   +-----+-+-+-+-+-+---------------+-------------------------------+
 *   |                             teid                              |
 *   +-------------------------------+---------------+---------------+
 *   |              seq              |     npdu      |    next_ex    |  if one of E, S, N
 *   +-------------------------------+---------------+---------------+
 */
import {
  type AnyPacket,
  behave,
  bind,
  bits,
  type LayerReference,
  layer,
  u8,
  u8Enum,
  u16,
  u24,
  u32,
} from '../../packet/index.js'
import { PPP } from '../link/ppp.js'
import { IP } from '../network/ip.js'
import { IPv6 } from '../network/ipv6.js'
import { Raw } from '../raw.js'
import { UDP } from '../transport/udp.js'
import { EXTENSION_TYPES, EXTENSIONS, extensionLayer } from './gtp-extensions.js'

const USER_PORT = 2152
const CONTROL_PORT = 2123
const G_PDU = 255
/** Bytes that the length does not count. */
const FIRST_VERSION_HEADER = 8
const SECOND_VERSION_HEADER = 4

/** 3GPP TS 29.060 §7.1; names as Scapy's. */
const TYPES: Readonly<Record<number, string>> = {
  1: 'echo_request',
  2: 'echo_response',
  3: 'version_not_supported',
  16: 'create_pdp_context_req',
  17: 'create_pdp_context_res',
  18: 'update_pdp_context_req',
  19: 'update_pdp_context_resp',
  20: 'delete_pdp_context_req',
  21: 'delete_pdp_context_res',
  26: 'error_indication',
  27: 'pdu_notification_req',
  28: 'pdu_notification_res',
  31: 'supported_extension_headers_notification',
  32: 'send_routeing_info_req',
  33: 'send_routeing_info_res',
  48: 'identification_req',
  49: 'identification_res',
  50: 'sgsn_context_req',
  51: 'sgsn_context_res',
  52: 'sgsn_context_ack',
  53: 'forward_relocation_req',
  54: 'forward_relocation_res',
  254: 'end_marker',
  255: 'g_pdu',
}
/** 3GPP TS 29.274 §6.1. */
const TYPES_V2: Readonly<Record<number, string>> = {
  1: 'echo_req',
  2: 'echo_res',
  3: 'version_not_supported',
  32: 'create_session_req',
  33: 'create_session_res',
  34: 'modify_bearer_req',
  35: 'modify_bearer_res',
  36: 'delete_session_req',
  37: 'delete_session_res',
  38: 'change_notif_req',
  39: 'change_notif_res',
  66: 'delete_bearer_command',
  70: 'downlink_data_notif_failure_indic',
  73: 'stop_paging_indic',
  95: 'create_bearer_req',
  96: 'create_bearer_res',
  97: 'update_bearer_req',
  98: 'update_bearer_res',
  99: 'delete_bearer_req',
  100: 'delete_bearer_res',
  128: 'identification_req',
  129: 'identification_res',
  130: 'context_req',
  131: 'context_res',
  132: 'context_ack',
  133: 'forward_relocation_req',
  134: 'forward_relocation_res',
  170: 'release_access_bearers_req',
  171: 'release_access_bearers_res',
  176: 'downlink_data_notif',
  177: 'downlink_data_notif_ack',
}
/** Types of answers, which are those of their requests and one more; 3 answers anything. */
const RESPONSES = new Set([2, 17, 19, 21, 28, 33, 49, 51, 54])
const RESPONSES_V2 = new Set([2, 33, 35, 37, 39, 96, 98, 100, 129, 131, 134, 171, 177])

const hasNumbers = (me: AnyPacket): boolean => me.E === 1 || me.S === 1 || me.PN === 1

const header = (type: number) => ({
  version: bits(3, 1),
  PT: bits(1, 1).about('1: GTP, 0: GTP prime, for charging.'),
  reserved: bits(1),
  E: bits(1).about('1: extension headers follow.'),
  S: bits(1).about('1: seq counts.'),
  PN: bits(1).about('1: npdu counts.'),
  gtp_type: u8Enum(type, TYPES),
  length: u16().auto((c) => c.headerLength + c.payloadLength - FIRST_VERSION_HEADER),
  teid: u32().hex().about("The receiver's number of the tunnel."),
  seq: u16().when(hasNumbers),
  npdu: u8().when(hasNumbers),
  next_ex: u8Enum(0, EXTENSION_TYPES)
    .hex()
    .when(hasNumbers)
    .about('Type of the extension header that follows, if E is 1.'),
})

export const GTP_U_Header = layer(
  'GTP_U_Header',
  () => header(G_PDU),
  "User's packet in a tunnel of a mobile network. E, S or PN 1: seq, npdu and next_ex are there.",
  '3GPP TS 29.281 §5.1',
)

export const GTPHeader = layer(
  'GTPHeader',
  () => header(1),
  'Header of a control message of GTP version 1. What it says follows as bytes.',
  '3GPP TS 29.060 §6',
)

export const GTPHeaderV2 = layer(
  'GTPHeaderV2',
  () => ({
    version: bits(3, 2),
    P: bits(1).about('1: another message follows behind this one.'),
    T: bits(1, 1).about('1: teid is there.'),
    MP: bits(1).about('1: the last byte has a priority.'),
    SPARE1: bits(1),
    SPARE2: bits(1),
    gtp_type: u8Enum(1, TYPES_V2),
    length: u16().auto((c) => c.headerLength + c.payloadLength - SECOND_VERSION_HEADER),
    teid: u32()
      .hex()
      .when((me) => me.T === 1),
    seq: u24(),
    msg_priority: bits(4),
    SPARE3: bits(4),
  }),
  'Header of a control message of GTP version 2. What it says follows as bytes.',
  '3GPP TS 29.274 §5',
)

const versionAt = (buffer: Uint8Array, start: number): number => buffer[start]! >>> 5

/** The ports are often used by others: the first byte must be that of a version, of GTP itself, without reserved bits. */
function refineUser(buffer: Uint8Array, start: number, end: number): LayerReference {
  const fits = end - start >= 8 && versionAt(buffer, start) === 1 && (buffer[start]! & 0x18) === 0x10
  return fits && lengthAt(buffer, start) + FIRST_VERSION_HEADER <= end - start ? GTP_U_Header : Raw
}

function refineControl(buffer: Uint8Array, start: number, end: number): LayerReference {
  if (end - start < 8) return Raw
  const length = lengthAt(buffer, start)
  if (versionAt(buffer, start) === 1)
    return (buffer[start]! & 0x18) === 0x10 && length + FIRST_VERSION_HEADER <= end - start ? GTPHeader : Raw
  if (versionAt(buffer, start) !== 2) return Raw
  const shortest = (buffer[start]! & 0x08) === 0 ? 4 : 8
  return length >= shortest && length + SECOND_VERSION_HEADER <= end - start ? GTPHeaderV2 : Raw
}

const lengthAt = (buffer: Uint8Array, start: number): number => (buffer[start + 2]! << 8) | buffer[start + 3]!

/** What a user's packet is nobody says: the first four bits tell the versions of IP. */
function userPacket(me: AnyPacket): LayerReference {
  const version = me._buffer![me._headerStop()]! >>> 4
  return version === 4 ? IP : version === 6 ? IPv6 : PPP
}

/** The header of a message, outwards from one of its extension headers. */
function messageOf(me: AnyPacket): AnyPacket | null {
  let outer: AnyPacket | null = me
  while (outer !== null && outer.layerName !== 'GTP_U_Header' && outer.layerName !== 'GTPHeader')
    outer = outer.under as AnyPacket | null
  return outer
}

/** What follows a header: an extension header, a user's packet, or what the message says. */
function next(me: AnyPacket, type: number): LayerReference {
  if (type !== 0) return extensionLayer(type, me._buffer!, me._headerStop())
  const message = messageOf(me)
  return message?.layerName === 'GTP_U_Header' && message.gtp_type === G_PDU ? userPacket(me) : Raw
}

for (const each of [GTP_U_Header, GTPHeader]) {
  behave(each, {
    payloadLength: (me) => me.length - (hasNumbers(me) ? 4 : 0),
    payloadLengthField: 'length',
    guess: (me) => next(me, me.E === 1 ? me.next_ex : 0),
    summary: (me) => `${me.layerName} ${me.text('gtp_type')} teid ${me.text('teid')}`,
    answers: (me, request) =>
      me.seq === request.seq &&
      (me.gtp_type === 3 || (RESPONSES.has(me.gtp_type) && me.gtp_type === request.gtp_type + 1)),
    hash: (me) => `gtp ${me.seq ?? ''}`,
  })
}
for (const [each, nextField] of EXTENSIONS) behave(each, { guess: (me) => next(me, me.raw(nextField) as number) })

behave(GTPHeaderV2, {
  payloadLength: (me) => me.length - (me.T === 1 ? 8 : 4),
  payloadLengthField: 'length',
  guess: () => Raw,
  summary: (me) => `GTPHeaderV2 ${me.text('gtp_type')}${me.T === 1 ? ` teid ${me.text('teid')}` : ''} seq ${me.seq}`,
  answers: (me, request) =>
    me.seq === request.seq &&
    (me.gtp_type === 3 || (RESPONSES_V2.has(me.gtp_type) && me.gtp_type === request.gtp_type + 1)),
  hash: (me) => `gtp ${me.seq}`,
})

behave(GTP_U_Header, { refine: refineUser })
behave(GTPHeader, { refine: refineControl })
behave(GTPHeaderV2, { refine: refineControl })

for (const upper of [IP, IPv6, PPP]) bind(GTP_U_Header, upper, { gtp_type: G_PDU })
for (const [upper, type] of [
  [EXTENSIONS[0]![0], 0x40],
  [EXTENSIONS[1]![0], 0xc0],
  [EXTENSIONS[2]![0], 0x85],
] as const) {
  bind(GTP_U_Header, upper, { E: 1, next_ex: type })
  bind(GTPHeader, upper, { E: 1, next_ex: type })
}
const PORTS = [
  [CONTROL_PORT, GTPHeaderV2],
  [CONTROL_PORT, GTPHeader],
  [USER_PORT, GTP_U_Header],
] as const
for (const [port, upper] of PORTS) {
  bind(UDP, upper, { sport: port }, { build: false })
  bind(UDP, upper, { dport: port })
}
