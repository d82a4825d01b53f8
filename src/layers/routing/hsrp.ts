/**
 * HSRP, hot standby routers. Version 1: RFC 2281 §5; version 2 and its TLVs: Cisco, "HSRP Version 2"; there is no RFC of it.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+---------------+---------------+
 *   |    version    |    opcode     |     state     |   hellotime   |  version 1
 *   +---------------+---------------+---------------+---------------+
 *   |   holdtime    |   priority    |     group     |   reserved    |
 *   +---------------+---------------+---------------+---------------+
 *   |                        auth (8 bytes)                         |
 *   +---------------------------------------------------------------+
 *   |                           virtualIP                           |
 *   +---------------+---------------+---------------+---------------+
 *   |     type      |      len      |    version    |    opcode     |  version 2: one TLV
 *   +---------------+---------------+---------------+---------------+  behind the other
 *   |     state     |   ipversion   |             group             |
 *   +---------------+---------------+-------------------------------+
 */
import {
  type AnyPacket,
  behave,
  bind,
  bytes,
  ipv4,
  ipv6,
  type LayerReference,
  layer,
  mac,
  text,
  u8,
  u8Enum,
  u16,
  u16Enum,
  u32,
} from '../../packet/index.js'
import { between } from '../network/between.js'
import { Raw } from '../raw.js'
import { UDP } from '../transport/udp.js'

const PORT = 1985
const PORT_IPV6 = 2029
const ADVERTISE = 3

const OPCODES: Readonly<Record<number, string>> = { 0: 'hello', 1: 'coup', 2: 'resign', 3: 'advertise' }
const STATES: Readonly<Record<number, string>> = {
  0: 'initial',
  1: 'learn',
  2: 'listen',
  4: 'speak',
  8: 'standby',
  16: 'active',
}
/** States of version 2 are counted, not bits. */
const STATES_2: Readonly<Record<number, string>> = {
  0: 'disabled',
  1: 'init',
  2: 'learn',
  3: 'listen',
  4: 'speak',
  5: 'standby',
  6: 'active',
}

const GROUP_STATE = 1
const INTERFACE_STATE = 2
const TEXT = 3
const MD5 = 4
const TLVS: Readonly<Record<number, string>> = {
  [GROUP_STATE]: 'group-state',
  [INTERFACE_STATE]: 'interface-state',
  [TEXT]: 'text-authentication',
  [MD5]: 'md5-authentication',
}
/** Bytes of each TLV's value. */
const TLV_LENGTHS: Readonly<Record<number, number>> = { [GROUP_STATE]: 40, [INTERFACE_STATE]: 4, [TEXT]: 8, [MD5]: 28 }

export const HSRP = layer(
  'HSRP',
  () => ({
    version: u8(),
    opcode: u8Enum(0, OPCODES),
    state: u8Enum(16, STATES),
    hellotime: u8(3).about('Seconds between hellos.'),
    holdtime: u8(10).about('Seconds for which this hello is to be believed.'),
    priority: u8(120),
    group: u8(1),
    reserved: u8(),
    auth: text(8).default('cisco').about('Password, in clear text.'),
    virtualIP: ipv4('192.168.1.1'),
  }),
  'HSRP version 1: which router stands for a virtual address.',
  'RFC 2281 §5',
)

export const HSRPAdvertise = layer(
  'HSRPAdvertise',
  () => ({
    version: u8(),
    opcode: u8Enum(ADVERTISE, OPCODES),
    type: u16Enum(1, { 1: 'interface-state' }),
    len: u16(10),
    state: u8Enum(1, { 1: 'dormant', 2: 'passive', 3: 'active' }),
    reserved: u8(),
    activegroups: u16(),
    passivegroups: u16(),
    reserved2: u32(),
  }),
  'HSRP version 1: in how many groups an interface takes part.',
  'Cisco, HSRP and ICMP redirects',
)

const tlv = (type: number) => ({ type: u8Enum(type, TLVS), len: u8().auto((c) => c.headerLength - 2) })
const isIpv6 = (me: AnyPacket): boolean => me.ipversion === 6

export const HSRPv2 = layer(
  'HSRPv2',
  () => ({
    ...tlv(GROUP_STATE),
    version: u8(2),
    opcode: u8Enum(0, OPCODES),
    state: u8Enum(6, STATES_2),
    ipversion: u8(4),
    group: u16(1),
    identifier: mac().about("The sender's own address."),
    priority: u32(100),
    hellotime: u32(3000).about('Milliseconds between hellos.'),
    holdtime: u32(10000).about('Milliseconds for which this hello is to be believed.'),
    virtualIP: ipv4('192.168.1.1').when((me) => !isIpv6(me)),
    padding: bytes(12).when((me) => !isIpv6(me)),
    virtualIPv6: ipv6().when(isIpv6),
  }),
  'HSRP version 2: which router stands for a virtual address. Other TLVs follow it.',
  'Cisco, HSRP Version 2',
)

export const HSRPInterfaceState = layer(
  'HSRPInterfaceState',
  () => ({ ...tlv(INTERFACE_STATE), activegroups: u16(), passivegroups: u16() }),
  'HSRP version 2: in how many groups an interface takes part.',
  'Cisco, HSRP Version 2',
)

export const HSRPText = layer(
  'HSRPText',
  () => ({ ...tlv(TEXT), auth: text(8).default('cisco') }),
  'HSRP version 2: a password in clear text.',
  'Cisco, HSRP Version 2',
)

export const HSRPmd5 = layer(
  'HSRPmd5',
  () => ({
    ...tlv(MD5),
    algo: u8Enum(1, { 1: 'md5' }),
    padding: u8(),
    flags: u16().hex(),
    sourceip: ipv4().about("The sender's address."),
    keyid: u32(),
    authdigest: bytes(16),
  }),
  'HSRP: digest over the message and a key, behind either version.',
  'Cisco, HSRP MD5 Authentication',
)

/** The TLV at these bytes; Raw for what is none. */
function tlvAt(buffer: Uint8Array, start: number, end: number): LayerReference {
  if (end - start < 2) return Raw
  const type = buffer[start]!
  if (buffer[start + 1] !== TLV_LENGTHS[type] || end - start < buffer[start + 1]! + 2) return Raw
  if (type === GROUP_STATE) return HSRPv2
  if (type === INTERFACE_STATE) return HSRPInterfaceState
  return type === TEXT ? HSRPText : HSRPmd5
}

const nextTlv = (me: AnyPacket): LayerReference => tlvAt(me._buffer!, me._headerStop(), me._contentEnd)

/** Version 1 begins with its number, which is zero; version 2 with a TLV. */
function refine(buffer: Uint8Array, start: number, end: number): LayerReference {
  if (start >= end) return HSRP
  if (buffer[start] !== 0) return tlvAt(buffer, start, end)
  const opcode = end - start > 1 ? buffer[start + 1]! : 0
  return opcode > ADVERTISE ? Raw : opcode === ADVERTISE ? HSRPAdvertise : HSRP
}

const stateOf = (me: AnyPacket): string =>
  `${between(me)} group ${me.group} ${me.text('opcode')} ${me.text('state')} priority ${me.priority}`

behave(HSRP, { refine, guess: nextTlv, summary: (me) => `HSRP${stateOf(me)} ${me.virtualIP}` })
behave(HSRPAdvertise, {
  refine,
  guess: nextTlv,
  summary: (me) =>
    `HSRPAdvertise${between(me)} ${me.text('state')} in ${me.activegroups}, passive in ${me.passivegroups}`,
})
behave(HSRPv2, {
  refine,
  guess: nextTlv,
  summary: (me) => `HSRPv2${stateOf(me)} ${isIpv6(me) ? me.virtualIPv6 : me.virtualIP}`,
})
behave(HSRPInterfaceState, {
  refine,
  guess: nextTlv,
  summary: (me) => `HSRPInterfaceState${between(me)} active in ${me.activegroups}, passive in ${me.passivegroups}`,
})
// These stand behind the state of a group: its summary is the one to see.
for (const each of [HSRPText, HSRPmd5]) behave(each, { refine, guess: nextTlv })

for (const message of [HSRPmd5, HSRPText, HSRPInterfaceState, HSRPAdvertise, HSRPv2, HSRP]) {
  for (const port of message === HSRP ? [PORT] : [PORT_IPV6, PORT]) {
    bind(UDP, message, { sport: port }, { build: false })
    bind(UDP, message, { dport: port }, { build: false })
    bind(UDP, message, { sport: port, dport: port })
  }
}
