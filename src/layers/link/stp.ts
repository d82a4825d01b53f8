/**
 * Spanning tree: the messages of bridges. IEEE 802.1D-2004 §9.3: configuration, topology change (its first four bytes
 * alone) and rapid ones, which have one byte more. Multiple trees: IEEE 802.1Q §14.4.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------------------------------+---------------+---------------+
 *   |             proto             |    version    |   bpdutype    |
 *   +---------------+---------------+---------------+---------------+
 *   |   bpduflags   |            rootid             |  rootmac …    |
 *   +---------------+-------------------------------+---------------+
 *   |                  … (6 bytes)                  |  pathcost …   |
 *   +-----------------------------------------------+---------------+
 *   |                 (4 bytes)                     |  bridgeid …   |
 *   +---------------+-------------------------------+---------------+
 *   |               |             bridgemac (6 bytes)               |
 *   +---------------+-------------------------------+---------------+
 *   |            portid             |              age              |
 *   +-------------------------------+-------------------------------+
 *   |            maxage             |           hellotime           |
 *   +-------------------------------+---------------+---------------+
 *   |           fwddelay            |  version1len  |  only rapid
 *   +-------------------------------+---------------+
 */
import {
  type AnyPacket,
  behave,
  bind,
  bits,
  bytes,
  flags,
  layer,
  layers,
  mac,
  text,
  u8,
  u8Enum,
  u16,
  u32,
} from '../../packet/index.js'
import { LLC, SNAP } from './llc.js'
import { bridgeTime } from './stp-time.js'

/** IEEE 802.1Q §14.1.2. */
const VERSIONS: Readonly<Record<number, string>> = { 0: 'STP', 2: 'RSTP', 3: 'MSTP', 4: 'SPT' }

/** IEEE 802.1D-2004 §9.3. */
const TYPES: Readonly<Record<number, string>> = { 0: 'configuration', 2: 'rapid', 0x80: 'topology-change' }
const RAPID = 2
const TOPOLOGY_CHANGE = 0x80

/** From the lowest bit up; the two of the role make a number. IEEE 802.1D-2004 §9.3.3. */
const FLAGS = ['TC', 'proposal', 'role1', 'role2', 'learning', 'forwarding', 'agreement', 'TCA']
const ROLES = ['unknown', 'alternate', 'root', 'designated']

const MULTIPLE = 3
/** Bytes of the fixed part of the extension for multiple trees, and of each tree. IEEE 802.1Q §14.4. */
const FIXED_LENGTH = 64
/** Cisco's SNAP code for one tree per VLAN. */
const CISCO = 0x00000c
const PER_VLAN = 0x010b

const isWhole = (me: AnyPacket): boolean => me.bpdutype !== TOPOLOGY_CHANGE

export const STP = layer(
  'STP',
  () => ({
    proto: u16(),
    version: u8Enum(0, VERSIONS),
    bpdutype: u8Enum(0, TYPES),
    bpduflags: flags(8, FLAGS)
      .when(isWhole)
      .about('role1 and role2 together: the role, 1 alternate, 2 root, 3 designated.'),
    rootid: u16(0x8000).when(isWhole).about('Priority of the root in steps of 4096, and the number of its VLAN.'),
    rootmac: mac().when(isWhole),
    pathcost: u32().when(isWhole).about('Cost of the way to the root.'),
    bridgeid: u16(0x8000).when(isWhole).about('As rootid, of the sender.'),
    bridgemac: mac().when(isWhole),
    portid: u16(0x8001).hex().when(isWhole).about("Priority and number of the sender's port."),
    age: bridgeTime(1).when(isWhole).about('Seconds since the root sent it.'),
    maxage: bridgeTime(20).when(isWhole).about('Seconds after which it counts no more.'),
    hellotime: bridgeTime(2).when(isWhole).about('Seconds between messages of the root.'),
    fwddelay: bridgeTime(15).when(isWhole).about('Seconds in each state before a port forwards.'),
    version1len: u8().when((me) => me.bpdutype === RAPID),
  }),
  'Message of a bridge for the spanning tree. Times in s.',
  'IEEE 802.1D-2004 §9.3; rapid: §9.3.3',
)

/** One of several trees. IEEE 802.1Q §14.4.1. */
export const MSTI = layer(
  'MSTI',
  () => ({
    mstiflags: flags(8, FLAGS),
    rootid: u16(0x8000).about('Priority of the regional root, and the number of the tree.'),
    rootmac: mac(),
    pathcost: u32(),
    bridgepriority: u8(0x80),
    portpriority: u8(0x80),
    hops: u8(20),
  }),
  'One of several spanning trees in a message of MSTP.',
  'IEEE 802.1Q §14.4.1',
)

export const MSTP = layer(
  'MSTP',
  () => ({
    version3len: u16().auto((c) => c.headerLength - 2),
    formatselector: u8(),
    configname: text(32),
    revision: u16(),
    digest: bytes(16),
    intpathcost: u32().about('Cost of the way to the regional root.'),
    cistid: u16(0x8000),
    cistmac: mac(),
    hops: u8(20),
    mstis: layers(MSTI, { length: (me) => Math.floor((me.version3len - FIXED_LENGTH) / 16) * 16 }),
  }),
  'What MSTP adds to a message of the spanning tree: the region, and its other trees.',
  'IEEE 802.1Q §14.4',
)

export const STP_PVID = layer(
  'STP_PVID',
  () => ({
    type: u16(),
    length: u16().auto((c) => c.headerLength - 4),
    prio: bits(3),
    dei: bits(1),
    vlan: bits(12, 1),
  }),
  "VLAN whose tree it is, behind a bridge's message in Cisco's format.",
  'cisco.com: Per VLAN Spanning Tree Plus (PVST+)',
)

function roleOf(me: AnyPacket): string {
  const raw = me.raw('bpduflags') as number
  return me.bpdutype === RAPID ? ` ${ROLES[(raw >> 2) & 3]}` : ''
}

/** What a bridge says of a change of the tree: that there was one, that it has heard of one. */
function changeOf(me: AnyPacket): string {
  const raw = me.raw('bpduflags') as number
  return `${raw & 0x01 ? ' change' : ''}${raw & 0x80 ? ' acknowledged' : ''}`
}

/** Cisco's messages have the VLAN behind them, those of the first version after a zero byte. */
function isPerVlan(me: AnyPacket): boolean {
  return me.under?.layerName === 'SNAP' && (me.under as AnyPacket).code === PER_VLAN && me.bpdutype === RAPID
}

behave(STP, {
  guess: (me) => (me.version >= MULTIPLE && me.bpdutype === RAPID ? MSTP : isPerVlan(me) ? STP_PVID : undefined),
  summary: (me) =>
    isWhole(me)
      ? `${VERSIONS[me.version] ?? 'STP'}${roleOf(me)} root ${me.rootid}/${me.rootmac} cost ${me.pathcost} bridge ${me.bridgeid}/${me.bridgemac} port ${me.text('portid')}${changeOf(me)}`
      : 'STP topology change',
})
behave(MSTP, { summary: (me) => `MSTP ${JSON.stringify(me.configname)} revision ${me.revision}` })
behave(STP_PVID, { summary: (me) => `STP_PVID vlan ${me.vlan}` })

bind(STP, MSTP, { version: MULTIPLE, bpdutype: RAPID })
bind(SNAP, STP, { OUI: CISCO, code: PER_VLAN }, { build: false })
bind(LLC, STP, { dsap: 0x42, ssap: 0x42, ctrl: 3 })
