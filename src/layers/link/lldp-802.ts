/**
 * Parts of LLDP frames that IEEE 802.1 (VLANs, data centre bridging) and 802.3 (the physical port) have defined.
 * IEEE 802.1Q annex D; IEEE 802.3 §79.3.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------------+-----------------+-------------------------------+
 *   |    type     |     length      |           org_code …          |
 *   +-------------+-+---------------+-------------------------------+
 *   |               |    subtype    |  fields …
 *   +---------------+---------------+-------------------------------+
 */
import { behave, bits, bytes, flags, layer, layers, list, u8, u16, u32 } from '../../packet/index.js'
import { organizationHeader, organizationTlv } from './lldp-tlv.js'
import { textOrBytesField } from './text-or-bytes.js'

const IEEE_8021 = 0x0080c2
const IEEE_8023 = 0x00120f

/** IEEE 802.1Q table D-1. */
const SUBTYPES_8021: Readonly<Record<number, string>> = {
  1: 'port-vlan-id',
  2: 'port-and-protocol-vlan-id',
  3: 'vlan-name',
  4: 'protocol-identity',
  5: 'vid-usage-digest',
  6: 'management-vid',
  7: 'link-aggregation',
  8: 'congestion-notification',
  9: 'ets-configuration',
  10: 'ets-recommendation',
  11: 'priority-flow-control',
  12: 'application-priority',
  13: 'evb',
  14: 'cdcp',
}
/** IEEE 802.3 table 79-1. */
const SUBTYPES_8023: Readonly<Record<number, string>> = {
  1: 'mac-phy',
  2: 'power-via-mdi',
  3: 'link-aggregation',
  4: 'maximum-frame-size',
  5: 'energy-efficient-ethernet',
}

const header8021 = (subtype: number) => organizationHeader(IEEE_8021, subtype, SUBTYPES_8021)
const header8023 = (subtype: number) => organizationHeader(IEEE_8023, subtype, SUBTYPES_8023)

/** IEEE 802.1AX §6.4.2: status of a port in an aggregation. */
const AGGREGATION = ['capable', 'aggregated']

export const LLDPDUPortVLANID = layer(
  'LLDPDUPortVLANID',
  () => ({ ...header8021(1), pvid: u16(1).about('VLAN of frames without a tag; 0: none.') }),
  "The port's own VLAN.",
  'IEEE 802.1Q §D.2.1',
)

export const LLDPDUPortProtocolVLANID = layer(
  'LLDPDUPortProtocolVLANID',
  () => ({ ...header8021(2), ppvflags: flags(8, ['', 'supported', 'enabled']), ppvid: u16() }),
  'VLAN of a protocol on this port.',
  'IEEE 802.1Q §D.2.2',
)

export const LLDPDUVLANName = layer(
  'LLDPDUVLANName',
  () => ({
    ...header8021(3),
    vid: u16(1),
    vlan_name_length: u8().lengthOf('vlan_name'),
    vlan_name: textOrBytesField('vlan_name_length'),
  }),
  'Name of a VLAN.',
  'IEEE 802.1Q §D.2.3',
)

export const LLDPDUProtocolIdentity = layer(
  'LLDPDUProtocolIdentity',
  () => ({
    ...header8021(4),
    protocol_length: u8().lengthOf('protocol_identity'),
    protocol_identity: bytes('protocol_length'),
  }),
  'A protocol that is spoken on the port: the first bytes of its frames, behind the addresses.',
  'IEEE 802.1Q §D.2.4',
)

export const LLDPDUVIDUsageDigest = layer(
  'LLDPDUVIDUsageDigest',
  () => ({ ...header8021(5), vid_digest: u32().hex() }),
  'Checksum of which VLANs are in use.',
  'IEEE 802.1Q §D.2.5',
)

export const LLDPDUManagementVID = layer(
  'LLDPDUManagementVID',
  () => ({ ...header8021(6), management_vid: u16() }),
  'VLAN in which the device is managed; 0: none.',
  'IEEE 802.1Q §D.2.6',
)

const aggregation = () => ({ status: flags(8, AGGREGATION), aggregated_port: u32().about('0: none.') })

export const LLDPDULinkAggregation = layer(
  'LLDPDULinkAggregation',
  () => ({ ...header8021(7), ...aggregation() }),
  'Whether the port is one of several that act as one.',
  'IEEE 802.1AX §6.4.2',
)

export const LLDPDUCongestionNotification = layer(
  'LLDPDUCongestionNotification',
  () => ({ ...header8021(8), per_priority: u8().hex(), per_priority_ready: u8().hex() }),
  'For which priorities congestion is notified: one bit each.',
  'IEEE 802.1Q §D.2.7',
)

const transmissionSelection = () => ({
  priority_assignment: u32().hex().about('The traffic class of each priority, four bits each, of priority 0 first.'),
  bandwidth: list(u8(), { count: 8 }).about('Percentage of each traffic class.'),
  algorithms: list(u8(), { count: 8 }).about('Of each traffic class: 0 strict priority, 1 credit-based, 2 enhanced.'),
})

export const LLDPDUETSConfiguration = layer(
  'LLDPDUETSConfiguration',
  () => ({
    ...header8021(9),
    willing: bits(1),
    cbs: bits(1),
    reserved: bits(3),
    max_tcs: bits(3),
    ...transmissionSelection(),
  }),
  'How bandwidth is shared among traffic classes. max_tcs 0 stands for 8.',
  'IEEE 802.1Q §D.2.8',
)

export const LLDPDUETSRecommendation = layer(
  'LLDPDUETSRecommendation',
  () => ({ ...header8021(10), reserved: u8(), ...transmissionSelection() }),
  'How the neighbour should share bandwidth among traffic classes.',
  'IEEE 802.1Q §D.2.9',
)

export const LLDPDUPriorityFlowControl = layer(
  'LLDPDUPriorityFlowControl',
  () => ({
    ...header8021(11),
    willing: bits(1),
    mbc: bits(1),
    reserved: bits(2),
    max_tcs: bits(4),
    pfc_enabled: u8().hex(),
  }),
  'Which priorities can be paused: one bit each.',
  'IEEE 802.1Q §D.2.10',
)

export const LLDPDUApplication = layer(
  'LLDPDUApplication',
  () => ({ priority: bits(3), reserved: bits(2), selector: bits(3, 1), protocol: u16().hex() }),
  'Priority of a protocol. selector: 1 EtherType, 2 TCP or SCTP port, 3 UDP or DCCP port, 4 any port.',
  'IEEE 802.1Q §D.2.11',
)

export const LLDPDUApplicationPriority = layer(
  'LLDPDUApplicationPriority',
  () => ({ ...header8021(12), reserved: u8(), applications: layers(LLDPDUApplication) }),
  'Priorities of protocols.',
  'IEEE 802.1Q §D.2.11',
)

/** From the lowest bit up; it is read as RFC 4836 has it. IEEE 802.3 §79.3.1.2. */
const ADVERTISED = [
  '1000BASE-T-FD',
  '1000BASE-T',
  '1000BASE-X-FD',
  '1000BASE-X',
  'asymmetric-symmetric-pause',
  'symmetric-pause',
  'asymmetric-pause',
  'pause',
  '100BASE-T2-FD',
  '100BASE-T2',
  '100BASE-TX-FD',
  '100BASE-TX',
  '100BASE-T4',
  '10BASE-T-FD',
  '10BASE-T',
  'other',
]

export const LLDPDUMACPHY = layer(
  'LLDPDUMACPHY',
  () => ({
    ...header8023(1),
    autonegotiation: flags(8, ['supported', 'enabled']),
    advertised: flags(16, ADVERTISED),
    mau_type: u16().about(
      'Speed and medium in use, a number of dot3MauType (RFC 4836): 16 100BASE-TX-FD, 30 1000BASE-T-FD.',
    ),
  }),
  'Speed and duplex of the port, and what it offers.',
  'IEEE 802.3 §79.3.1',
)

const power = () => ({
  ...header8023(2),
  power_support: flags(8, ['source', 'supported', 'enabled', 'pairs-control']),
  power_pair: u8(1).names({ 1: 'signal', 2: 'spare' }),
  power_class: u8(1).about('1 to 5: class 0 to 4.'),
})

export const LLDPDUPowerViaMDI = layer('LLDPDUPowerViaMDI', power, 'Power over Ethernet.', 'IEEE 802.3 §79.3.2')

export const LLDPDUPowerViaMDIExtended = layer(
  'LLDPDUPowerViaMDIExtended',
  () => ({
    ...power(),
    power_type: bits(2).names({ 0: 'type-2-PSE', 1: 'type-2-PD', 2: 'type-1-PSE', 3: 'type-1-PD' }),
    power_source: bits(2),
    reserved: bits(2),
    power_priority: bits(2).names({ 0: 'unknown', 1: 'critical', 2: 'high', 3: 'low' }),
    requested: u16().about('Tenths of a watt that are asked for.'),
    allocated: u16().about('Tenths of a watt that are given.'),
    more: bytes(),
  }),
  'Power over Ethernet, with how much is asked for and given.',
  'IEEE 802.3 §79.3.2',
)

export const LLDPDU8023LinkAggregation = layer(
  'LLDPDU8023LinkAggregation',
  () => ({ ...header8023(3), ...aggregation() }),
  'Whether the port is one of several that act as one; the older form.',
  'IEEE 802.3 §79.3.3',
)

export const LLDPDUMaximumFrameSize = layer(
  'LLDPDUMaximumFrameSize',
  () => ({ ...header8023(4), maximum_frame_size: u16(1518).about('Bytes, header and checksum included.') }),
  'Largest frame that the port takes.',
  'IEEE 802.3 §79.3.4',
)

export const LLDPDUEnergyEfficientEthernet = layer(
  'LLDPDUEnergyEfficientEthernet',
  () => ({
    ...header8023(5),
    transmit: u16().about('Microseconds that it waits before it sends after having slept.'),
    receive: u16().about('Microseconds that it asks the other side to wait.'),
    fallback: u16(),
    echo_transmit: u16(),
    echo_receive: u16(),
  }),
  'How long the two sides need to wake up, in microseconds.',
  'IEEE 802.3 §79.3.5',
)

organizationTlv(IEEE_8021, 1, LLDPDUPortVLANID, (length) => length === 2)
organizationTlv(IEEE_8021, 2, LLDPDUPortProtocolVLANID, (length) => length === 3)
organizationTlv(IEEE_8021, 3, LLDPDUVLANName, (length) => length >= 3)
organizationTlv(IEEE_8021, 4, LLDPDUProtocolIdentity, (length) => length >= 1)
organizationTlv(IEEE_8021, 5, LLDPDUVIDUsageDigest, (length) => length === 4)
organizationTlv(IEEE_8021, 6, LLDPDUManagementVID, (length) => length === 2)
organizationTlv(IEEE_8021, 7, LLDPDULinkAggregation, (length) => length === 5)
organizationTlv(IEEE_8021, 8, LLDPDUCongestionNotification, (length) => length === 2)
organizationTlv(IEEE_8021, 9, LLDPDUETSConfiguration, (length) => length === 21)
organizationTlv(IEEE_8021, 10, LLDPDUETSRecommendation, (length) => length === 21)
organizationTlv(IEEE_8021, 11, LLDPDUPriorityFlowControl, (length) => length === 2)
organizationTlv(IEEE_8021, 12, LLDPDUApplicationPriority, (length) => length >= 1 && length % 3 === 1)
organizationTlv(IEEE_8023, 1, LLDPDUMACPHY, (length) => length === 5)
organizationTlv(IEEE_8023, 2, LLDPDUPowerViaMDI, (length) => length === 3)
organizationTlv(IEEE_8023, 2, LLDPDUPowerViaMDIExtended, (length) => length >= 8)
organizationTlv(IEEE_8023, 3, LLDPDU8023LinkAggregation, (length) => length === 5)
organizationTlv(IEEE_8023, 4, LLDPDUMaximumFrameSize, (length) => length === 2)
organizationTlv(IEEE_8023, 5, LLDPDUEnergyEfficientEthernet, (length) => length === 10)

behave(LLDPDUPortVLANID, { summary: (me) => `LLDP vlan ${me.pvid}` })
behave(LLDPDUVLANName, { summary: (me) => `LLDP vlan ${me.vid} ${me.text('vlan_name')}` })
behave(LLDPDUManagementVID, { summary: (me) => `LLDP management vlan ${me.management_vid}` })
behave(LLDPDUMACPHY, {
  summary: (me) => `LLDP MAC/PHY autonegotiation ${me.autonegotiation || 'none'} mau ${me.mau_type}`,
})
behave(LLDPDUPowerViaMDIExtended, {
  summary: (me) => `LLDP power requested ${me.requested / 10} W allocated ${me.allocated / 10} W`,
})
behave(LLDPDUMaximumFrameSize, { summary: (me) => `LLDP maximum frame ${me.maximum_frame_size}` })
