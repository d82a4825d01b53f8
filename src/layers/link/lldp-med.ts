/**
 * Parts of LLDP frames for telephones and other media endpoints (LLDP-MED). ANSI/TIA-1057 §10.2.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------------+-----------------+-------------------------------+
 *   |    type     |     length      |           org_code …          |
 *   +-------------+-+---------------+-------------------------------+
 *   |               |    subtype    |  fields …
 *   +---------------+---------------+-------------------------------+
 */
import { behave, bits, bitsEnum, bytes, flags, layer, u8Enum, u16 } from '../../packet/index.js'
import { organizationHeader, organizationTlv } from './lldp-tlv.js'
import { textOrBytesField } from './text-or-bytes.js'

const TIA = 0x0012bb

/** ANSI/TIA-1057 table 9. */
const SUBTYPES: Readonly<Record<number, string>> = {
  1: 'capabilities',
  2: 'network-policy',
  3: 'location',
  4: 'extended-power',
  5: 'hardware-revision',
  6: 'firmware-revision',
  7: 'software-revision',
  8: 'serial-number',
  9: 'manufacturer',
  10: 'model',
  11: 'asset-id',
}
const FIRST_INVENTORY = 5
const LAST_INVENTORY = 11

/** From the lowest bit up. ANSI/TIA-1057 table 10. */
const CAPABILITIES = [
  'capabilities',
  'network-policy',
  'location',
  'extended-power-PSE',
  'extended-power-PD',
  'inventory',
]
/** ANSI/TIA-1057 table 11. */
const CLASSES: Readonly<Record<number, string>> = {
  0: 'undefined',
  1: 'endpoint-1',
  2: 'endpoint-2',
  3: 'endpoint-3',
  4: 'network',
}
/** ANSI/TIA-1057 table 12. */
const APPLICATIONS: Readonly<Record<number, string>> = {
  1: 'voice',
  2: 'voice-signaling',
  3: 'guest-voice',
  4: 'guest-voice-signaling',
  5: 'softphone-voice',
  6: 'video-conferencing',
  7: 'streaming-video',
  8: 'video-signaling',
}
/** ANSI/TIA-1057 table 14. */
const LOCATIONS: Readonly<Record<number, string>> = { 1: 'coordinates', 2: 'civic-address', 3: 'emergency-number' }

const header = (subtype: number) => organizationHeader(TIA, subtype, SUBTYPES)

export const LLDPDUMEDCapabilities = layer(
  'LLDPDUMEDCapabilities',
  () => ({ ...header(1), capabilities: flags(16, CAPABILITIES), device_class: u8Enum(0, CLASSES) }),
  'Which parts of LLDP-MED the device speaks, and what kind of device it is.',
  'ANSI/TIA-1057 §10.2.2',
)

export const LLDPDUMEDNetworkPolicy = layer(
  'LLDPDUMEDNetworkPolicy',
  () => ({
    ...header(2),
    application: u8Enum(1, APPLICATIONS),
    unknown: bits(1).about('1: an endpoint that does not know its policy yet.'),
    tagged: bits(1),
    reserved: bits(1),
    vlan: bits(12),
    l2_priority: bits(3),
    dscp: bits(6),
  }),
  'VLAN and priorities for voice, video and the like.',
  'ANSI/TIA-1057 §10.2.3',
)

export const LLDPDUMEDLocation = layer(
  'LLDPDUMEDLocation',
  () => ({ ...header(3), location_format: u8Enum(2, LOCATIONS), location: bytes() }),
  'Where the port is, for emergency calls.',
  'ANSI/TIA-1057 §10.2.4',
)

export const LLDPDUMEDExtendedPower = layer(
  'LLDPDUMEDExtendedPower',
  () => ({
    ...header(4),
    power_type: bitsEnum(2, 0, { 0: 'PSE', 1: 'PD' }),
    power_source: bits(2),
    power_priority: bitsEnum(4, 0, { 0: 'unknown', 1: 'critical', 2: 'high', 3: 'low' }),
    power_value: u16().about('Tenths of a watt.'),
  }),
  'Power that the device gives or takes, in tenths of a watt.',
  'ANSI/TIA-1057 §10.2.5',
)

export const LLDPDUMEDInventory = layer(
  'LLDPDUMEDInventory',
  () => ({ ...header(FIRST_INVENTORY), inventory: textOrBytesField() }),
  'Revision, serial number, manufacturer, model or asset number: subtype 5 to 11 says which.',
  'ANSI/TIA-1057 §10.2.6',
)

organizationTlv(TIA, 1, LLDPDUMEDCapabilities, (length) => length === 3)
organizationTlv(TIA, 2, LLDPDUMEDNetworkPolicy, (length) => length === 4)
organizationTlv(TIA, 3, LLDPDUMEDLocation, (length) => length >= 1)
organizationTlv(TIA, 4, LLDPDUMEDExtendedPower, (length) => length === 3)
for (let subtype = FIRST_INVENTORY; subtype <= LAST_INVENTORY; subtype++)
  organizationTlv(TIA, subtype, LLDPDUMEDInventory, (length) => length <= 32)

behave(LLDPDUMEDCapabilities, { summary: (me) => `LLDP MED ${me.text('device_class')}` })
behave(LLDPDUMEDNetworkPolicy, {
  summary: (me) => `LLDP MED ${me.text('application')} vlan ${me.vlan} dscp ${me.dscp}`,
})
behave(LLDPDUMEDInventory, { summary: (me) => `LLDP MED ${me.text('subtype')} ${me.text('inventory')}` })
