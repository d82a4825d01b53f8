/**
 * SNMP, the Simple Network Management Protocol. Version 1: RFC 1157; 2c: RFC 1901, RFC 3416; 3: RFC 3412 §6,
 * its user-based security: RFC 3414 §2.4. All of it is BER: tag, length, content.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+-------------------------------+
 *   |     0x30      |    length …   |   version (2, 1, 0 or 1 or 3) |
 *   +---------------+---------------+-------------------------------+
 *   |      version 1, 2c: community (4, length, text …), PDU        |
 *   +---------------------------------------------------------------+
 *   |      version 3: msgID …, security parameters, PDU or bytes    |
 *   +---------------------------------------------------------------+
 *
 *   +---------------+---------------+-------------------------------+
 *   |  0xa0 … 0xa8  |    length …   |   id, error, error_index      |  PDU
 *   +---------------+---------------+-------------------------------+
 *   |      varbindlist: (oid, value) …                              |
 *   +---------------------------------------------------------------+
 */
import {
  type AnyPacket,
  behave,
  bind,
  type Field,
  flags,
  ipv4,
  type LayerReference,
  layer,
  layers,
  nested,
  type Reader,
  u8,
  u8Enum,
} from '../../packet/index.js'
import { Raw } from '../raw.js'
import { UDP } from '../transport/udp.js'
import { berInteger, berOid, berStart, INTEGER, OCTETS, SEQUENCE } from './snmp-ber.js'
import { oidNumber, oidText } from './snmp-names.js'
import { berOctets, berText, berValue, SNMP_TYPES, tagOf } from './snmp-values.js'
import { readable, treeText, type ValueTree } from './value-tree.js'

const PORT = 161
const TRAP_PORT = 162

/** RFC 3412 §6.1: what `version` says. */
const VERSIONS: Readonly<Record<number, string>> = { 0: 'v1', 1: 'v2c', 2: 'v2', 3: 'v3' }

/** RFC 3416 §3. */
const ERRORS: Readonly<Record<number, string>> = {
  0: 'no_error',
  1: 'too_big',
  2: 'no_such_name',
  3: 'bad_value',
  4: 'read_only',
  5: 'generic_error',
  6: 'no_access',
  7: 'wrong_type',
  8: 'wrong_length',
  9: 'wrong_encoding',
  10: 'wrong_value',
  11: 'no_creation',
  12: 'inconsistent_value',
  13: 'resource_unavailable',
  14: 'commit_failed',
  15: 'undo_failed',
  16: 'authorization_error',
  17: 'not_writable',
  18: 'inconsistent_name',
}

/** RFC 1157 §4.1.6. */
const GENERIC_TRAPS: Readonly<Record<number, string>> = {
  0: 'cold_start',
  1: 'warm_start',
  2: 'link_down',
  3: 'link_up',
  4: 'auth_failure',
  5: 'egp_neigh_loss',
  6: 'enterprise_specific',
}

export const SNMPvarbind = layer(
  'SNMPvarbind',
  () => ({
    length: berStart(SEQUENCE).about('Bytes of all that follows.'),
    oid: berOid('1.3', oidNumber).about("'1.3.6.1.2.1.1.1.0'; a known name such as 'sysDescr.0' may be given."),
    type: (u8Enum(5, SNMP_TYPES) as Field<number, number | string>).dynamic((me) => tagOf(me.value)),
    value: berValue().about('As type says; unset type follows the value: INTEGER, OCTET STRING or NULL.'),
  }),
  "An object and its value: SNMPvarbind({oid: 'sysName.0', value: 'router'}).",
  'RFC 3416 §3',
)

const bindings = () => ({
  varbindlength: berStart(SEQUENCE, 'varbindlist').about('Bytes of all bindings.'),
  varbindlist: layers(SNMPvarbind, { length: 'varbindlength' }),
})

const pdu = (tag: number) => ({
  length: berStart(tag).about('Bytes of all that follows.'),
  id: berInteger().about('Number of the request; the answer has the same.'),
  error: berInteger(0, ERRORS),
  error_index: berInteger().about('Which binding the error is about, from 1.'),
  ...bindings(),
})

export const SNMPget = layer('SNMPget', () => pdu(0xa0), 'Asks for the values of objects.', 'RFC 3416 §4.2.1')
export const SNMPnext = layer('SNMPnext', () => pdu(0xa1), 'Asks for the objects behind these.', 'RFC 3416 §4.2.2')
export const SNMPresponse = layer('SNMPresponse', () => pdu(0xa2), 'Answers a request.', 'RFC 3416 §4.2.4')
export const SNMPset = layer('SNMPset', () => pdu(0xa3), 'Sets values of objects.', 'RFC 3416 §4.2.5')
export const SNMPinform = layer(
  'SNMPinform',
  () => pdu(0xa6),
  'Tells what happened, and wants an answer.',
  'RFC 3416 §4.2.7',
)
export const SNMPtrapv2 = layer('SNMPtrapv2', () => pdu(0xa7), 'Tells what happened.', 'RFC 3416 §4.2.6')
export const SNMPreport = layer(
  'SNMPreport',
  () => pdu(0xa8),
  'Says why a message of version 3 was not taken, or what the engine is.',
  'RFC 3416 §3; RFC 3412 §7.1',
)

export const SNMPtrapv1 = layer(
  'SNMPtrapv1',
  () => ({
    length: berStart(0xa4).about('Bytes of all that follows.'),
    enterprise: berOid('1.3', oidNumber),
    agent_type: u8Enum(0x40, { 0x40: 'IpAddress' }),
    agent_length: u8(4),
    agent_addr: ipv4(),
    generic_trap: berInteger(0, GENERIC_TRAPS),
    specific_trap: berInteger(),
    time_stamp: berInteger(0, {}, 0x43).about('Hundredths of a second since the agent started.'),
    ...bindings(),
  }),
  'Tells what happened, in version 1.',
  'RFC 1157 §4.1.6',
)

export const SNMPbulk = layer(
  'SNMPbulk',
  () => ({
    length: berStart(0xa5).about('Bytes of all that follows.'),
    id: berInteger(),
    non_repeaters: berInteger().about('So many of the first bindings are asked for once.'),
    max_repetitions: berInteger(10).about('How many objects behind each of the others.'),
    ...bindings(),
  }),
  'Asks for many objects behind these.',
  'RFC 3416 §4.2.3',
)

/** Kinds of messages by their tag. */
const MESSAGES: Readonly<Record<number, LayerReference>> = {
  0xa0: SNMPget,
  0xa1: SNMPnext,
  0xa2: SNMPresponse,
  0xa3: SNMPset,
  0xa4: SNMPtrapv1,
  0xa5: SNMPbulk,
  0xa6: SNMPinform,
  0xa7: SNMPtrapv2,
  0xa8: SNMPreport,
}

/** An unknown tag is left to `SNMPget`, which says what stands there. */
const messageAt = ({ buffer, position, left }: Reader): LayerReference =>
  MESSAGES[left > 0 ? buffer[position]! : 0] ?? SNMPget

export const SNMP = layer(
  'SNMP',
  () => ({
    length: berStart(SEQUENCE).about('Bytes of all that follows.'),
    version: berInteger(1, VERSIONS).about('0: version 1, 1: version 2c.'),
    community: berText('public'),
    PDU: nested(messageAt),
  }),
  "Network management. SNMP({community: 'public', PDU: SNMPget({varbindlist: [{oid: 'sysDescr.0'}]})}).",
  'RFC 1157; RFC 1901; RFC 3416',
)

/** IANA, "SNMP Security Models". */
const SECURITY_MODELS: Readonly<Record<number, string>> = { 1: 'SNMPv1', 2: 'SNMPv2c', 3: 'USM', 4: 'TSM' }
const USER_BASED = 3

const isUserBased = (me: AnyPacket): boolean => me.msgSecurityModel === USER_BASED
const isEncrypted = (me: AnyPacket): boolean => String(me.msgFlags).includes('priv')

export const SNMPv3 = layer(
  'SNMPv3',
  () => ({
    length: berStart(SEQUENCE).about('Bytes of all that follows.'),
    version: berInteger(3, VERSIONS),
    globallength: berStart(SEQUENCE, 'msgSecurityModel').about('Bytes from msgID to msgSecurityModel.'),
    msgID: berInteger().about('Number of the message; the answer has the same.'),
    msgMaxSize: berInteger(65507).about('Longest message that the sender takes, in bytes.'),
    flagstag: u8(OCTETS),
    flagslength: u8(1),
    msgFlags: flags(8, ['auth', 'priv', 'reportable']).about('priv: the PDU is encrypted.'),
    msgSecurityModel: berInteger(USER_BASED, SECURITY_MODELS),
    paramlength: berStart(OCTETS, 'msgPrivacyParameters').when(isUserBased),
    usmlength: berStart(SEQUENCE, 'msgPrivacyParameters').when(isUserBased),
    msgAuthoritativeEngineID: berOctets().when(isUserBased),
    msgAuthoritativeEngineBoots: berInteger().when(isUserBased),
    msgAuthoritativeEngineTime: berInteger().about('Seconds since the engine started.').when(isUserBased),
    msgUserName: berText().when(isUserBased),
    msgAuthenticationParameters: berOctets().when(isUserBased),
    msgPrivacyParameters: berOctets().about('Salt of the encryption.').when(isUserBased),
    msgSecurityParameters: berOctets().when((me) => !isUserBased(me)),
    scopedlength: berStart(SEQUENCE).when((me) => !isEncrypted(me)),
    contextEngineID: berOctets().when((me) => !isEncrypted(me)),
    contextName: berText().when((me) => !isEncrypted(me)),
    PDU: nested(messageAt).when((me) => !isEncrypted(me)),
    encryptedPDU: berOctets().when(isEncrypted),
  }),
  'Network management, version 3, with user-based security. What is encrypted stays bytes.',
  'RFC 3412 §6; RFC 3414 §2.4',
)

/** ` sysName.0 = router`; the value is left out where it asks. */
function bindingText(binding: AnyPacket): string {
  const value = binding.value as ValueTree
  const type = binding.raw('type') as number | undefined
  const name = oidText((binding.oid ?? '') as string)
  if (type === 5 || type === undefined) return name
  const text =
    type >= 0x80 ? (SNMP_TYPES[type] ?? `type ${type}`) : type === 6 ? oidText(String(value)) : treeText(value)
  return `${name} = ${text.length > 60 ? `${text.slice(0, 57)}…` : text}`
}

/** `get 5: sysDescr.0`. */
function messageText(me: AnyPacket): string {
  const all = (me.varbindlist ?? []) as unknown as AnyPacket[]
  const first = all.slice(0, 2).map(bindingText).join(', ')
  const more = all.length > 2 ? `, ${all.length - 2} more` : ''
  const kind = me.layerName.slice('SNMP'.length)
  const what = me._layer.find('id') < 0 ? `${me.text('generic_trap')} ${me.agent_addr}` : String(me.id)
  const error = me._layer.find('error') >= 0 && me.error !== 0 ? ` ${me.text('error')}` : ''
  return `${kind} ${what}${error}${first === '' ? '' : `: ${first}${more}`}`
}

for (const each of Object.values(MESSAGES)) behave(each, { summary: (me) => `SNMP ${messageText(me)}` })
behave(SNMPvarbind, { summary: (me) => `SNMPvarbind ${bindingText(me)}` })

const messageOf = (me: AnyPacket): AnyPacket | undefined => (me.PDU as AnyPacket[] | undefined)?.[0]

/** Whether a response or a report is to that request. */
function isAnswer(me: AnyPacket, request: AnyPacket): boolean {
  const [answer, asked] = [messageOf(me), messageOf(request)]
  if (answer === undefined || asked === undefined) return false
  return (
    (answer.layerName === 'SNMPresponse' || answer.layerName === 'SNMPreport') &&
    asked.layerName !== 'SNMPresponse' &&
    asked._layer.find('id') >= 0 &&
    answer.id === asked.id
  )
}

/** `v2c public`, and what the message says. */
function summary(me: AnyPacket): string {
  const message = messageOf(me)
  const what = message === undefined ? '' : ` ${messageText(message)}`
  return `SNMP ${me.text('version')} ${readable(me.community as string)}${what}`
}

/** Which version a message is of, or `Raw` where it is none. */
function refine(buffer: Uint8Array, start: number, end: number): LayerReference {
  if (end - start < 5 || buffer[start] !== SEQUENCE) return Raw
  const form = buffer[start + 1]!
  const at = start + 2 + (form < 0x80 ? 0 : form & 0x7f)
  if (form === 0x80 || at + 2 >= end || buffer[at] !== INTEGER || buffer[at + 1] !== 1) return Raw
  const version = buffer[at + 2]!
  return version === 3 ? SNMPv3 : version <= 1 ? SNMP : Raw
}

behave(SNMP, {
  summary,
  answers: (me, request) => request._layer === me._layer && me.version === request.version && isAnswer(me, request),
  hash: (me) => String(messageOf(me)?.id ?? ''),
  refine,
})

behave(SNMPv3, {
  summary(me) {
    const message = messageOf(me)
    const user = isUserBased(me) && me.msgUserName !== '' ? ` ${readable(me.msgUserName as string)}` : ''
    return `SNMP v3${user} ${message === undefined ? `${me.msgID} encrypted` : messageText(message)}`
  },
  // An encrypted answer shows no more than the message's number.
  answers: (me, request) =>
    request._layer === me._layer && me.msgID === request.msgID && messageOf(me)?.layerName !== 'SNMPget',
  hash: (me) => String(me.msgID),
})

for (const each of [SNMPv3, SNMP]) {
  bind(UDP, each, { sport: TRAP_PORT }, { build: false })
  bind(UDP, each, { sport: PORT }, { build: false })
  bind(UDP, each, { dport: TRAP_PORT }, { build: false })
  bind(UDP, each, { dport: PORT })
}
