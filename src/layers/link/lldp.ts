/**
 * LLDP, by which neighbours on a link tell who they are: a chain of parts, each a layer. IEEE 802.1AB §8.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------------+-----------------+---------------+---------------+
 *   |    type     |     length      |    subtype    |  id …         |  LLDPDUChassisID, LLDPDUPortID
 *   +-------------+-----------------+---------------+---------------+
 */
import { type AnyPacket, behave, bytes, flags, layer, text, u8, u8Enum, u16, u32 } from '../../packet/index.js'
import { bindEtherType } from './ether-type.js'
import { ADDRESS_FAMILIES, familyAddress, identifier, isNetworkAddress } from './lldp-addresses.js'
import { LLDPDU, refineTlv, tlv, tlvHeader } from './lldp-tlv.js'

/** IEEE 802.1AB table 8-2. */
const CHASSIS_SUBTYPES: Readonly<Record<number, string>> = {
  1: 'chassis-component',
  2: 'interface-alias',
  3: 'port-component',
  4: 'mac',
  5: 'network-address',
  6: 'interface-name',
  7: 'local',
}
/** IEEE 802.1AB table 8-3. */
const PORT_SUBTYPES: Readonly<Record<number, string>> = {
  1: 'interface-alias',
  2: 'port-component',
  3: 'mac',
  4: 'network-address',
  5: 'interface-name',
  6: 'agent-circuit-id',
  7: 'local',
}
/** From the lowest bit up. IEEE 802.1AB table 8-4. */
const CAPABILITIES = [
  'other',
  'repeater',
  'mac_bridge',
  'wlan_access_point',
  'router',
  'telephone',
  'docsis_cable_device',
  'station_only',
  'c_vlan_component',
  's_vlan_component',
  'two_port_mac_relay',
]
/** IEEE 802.1AB §8.5.9.5. */
const NUMBERINGS: Readonly<Record<number, string>> = { 1: 'unknown', 2: 'ifIndex', 3: 'port-number' }

export const LLDPDUEndOfLLDPDU = layer(
  'LLDPDUEndOfLLDPDU',
  () => tlvHeader(0),
  'End of an LLDP frame.',
  'IEEE 802.1AB §8.5.1',
)

const identifierTlv = (type: number, subtypes: Readonly<Record<number, string>>) => ({
  ...tlvHeader(type),
  subtype: u8Enum(type === 1 ? 4 : 3, subtypes),
  family: u8Enum(1, ADDRESS_FAMILIES).when(isNetworkAddress(type)),
  id: identifier(type).about('As subtype says: an address as text, a name; else bytes.'),
})

export const LLDPDUChassisID = layer(
  'LLDPDUChassisID',
  () => identifierTlv(1, CHASSIS_SUBTYPES),
  'Which device sent it.',
  'IEEE 802.1AB §8.5.2',
)

export const LLDPDUPortID = layer(
  'LLDPDUPortID',
  () => identifierTlv(2, PORT_SUBTYPES),
  'Which port of the device sent it.',
  'IEEE 802.1AB §8.5.3',
)

export const LLDPDUTimeToLive = layer(
  'LLDPDUTimeToLive',
  () => ({ ...tlvHeader(3), ttl: u16(120).about('Seconds; 0 means that the neighbour goes.') }),
  'How long it counts.',
  'IEEE 802.1AB §8.5.4',
)

export const LLDPDUPortDescription = layer(
  'LLDPDUPortDescription',
  () => ({ ...tlvHeader(4), description: text() }),
  'The port, for people.',
  'IEEE 802.1AB §8.5.5',
)

export const LLDPDUSystemName = layer(
  'LLDPDUSystemName',
  () => ({ ...tlvHeader(5), system_name: text() }),
  'Name of the device.',
  'IEEE 802.1AB §8.5.6',
)

export const LLDPDUSystemDescription = layer(
  'LLDPDUSystemDescription',
  () => ({ ...tlvHeader(6), description: text() }),
  'The device, for people: its hardware and software.',
  'IEEE 802.1AB §8.5.7',
)

export const LLDPDUSystemCapabilities = layer(
  'LLDPDUSystemCapabilities',
  () => ({
    ...tlvHeader(7),
    available: flags(16, CAPABILITIES).about('What the device can be.'),
    enabled: flags(16, CAPABILITIES).about('What of it is switched on.'),
  }),
  'What the device is: bridge, router, telephone and more.',
  'IEEE 802.1AB §8.5.8',
)

export const LLDPDUManagementAddress = layer(
  'LLDPDUManagementAddress',
  () => ({
    ...tlvHeader(8),
    management_address_string_length: u8().auto((c) => 1 + c.fieldLength('management_address')),
    management_address_subtype: u8Enum(1, ADDRESS_FAMILIES),
    management_address: familyAddress(
      (me) => (me.management_address_string_length as number) - 1,
      'management_address_subtype',
    ),
    interface_numbering_subtype: u8Enum(1, NUMBERINGS),
    interface_number: u32(),
    oid_string_length: u8().lengthOf('object_id'),
    object_id: bytes('oid_string_length'),
  }),
  'Address at which the device is managed.',
  'IEEE 802.1AB §8.5.9',
)

tlv(0, LLDPDUEndOfLLDPDU, (length) => length === 0)
tlv(1, LLDPDUChassisID, (length) => length >= 2)
tlv(2, LLDPDUPortID, (length) => length >= 2)
tlv(3, LLDPDUTimeToLive, (length) => length === 2)
tlv(4, LLDPDUPortDescription, () => true)
tlv(5, LLDPDUSystemName, () => true)
tlv(6, LLDPDUSystemDescription, () => true)
tlv(7, LLDPDUSystemCapabilities, (length) => length === 4)
tlv(8, LLDPDUManagementAddress, (length) => length >= 9)

/** Who says all this: the end is the last of many, and what a list of packets shows. */
function neighbour(end: AnyPacket): string {
  const told: string[] = []
  for (let each = end.under as AnyPacket | null; each !== null; each = each.under as AnyPacket | null) {
    if (each.layerName === 'LLDPDUSystemName') told.unshift(each.text('system_name'))
    if (each.layerName === 'LLDPDUPortID') told.unshift(`port ${each.text('id')}`)
    if (each.layerName === 'LLDPDUChassisID') told.unshift(`chassis ${each.text('id')}`)
  }
  return `LLDP ${told.length > 0 ? told.join(' ') : 'end'}`
}

/** What stands behind the end is padding. IEEE 802.1AB §8.5.1. */
behave(LLDPDUEndOfLLDPDU, { payloadLength: () => 0, summary: neighbour })

behave(LLDPDUPortDescription, { summary: (me) => `LLDP port ${me.text('description')}` })
behave(LLDPDUSystemName, { summary: (me) => `LLDP system ${me.text('system_name')}` })
behave(LLDPDUSystemDescription, { summary: (me) => `LLDP description ${me.text('description')}` })

behave(LLDPDUChassisID, { refine: refineTlv, summary: (me) => `LLDP chassis ${me.text('id')}` })
behave(LLDPDUPortID, { summary: (me) => `LLDP port ${me.text('id')}` })
behave(LLDPDUTimeToLive, { summary: (me) => `LLDP ttl ${me.ttl}` })
behave(LLDPDUSystemCapabilities, { summary: (me) => `LLDP capabilities ${me.enabled}` })
behave(LLDPDUManagementAddress, { summary: (me) => `LLDP management ${me.text('management_address')}` })

bindEtherType(0x88cc, LLDPDU)
// Every frame begins with it; what else may stand there is found by its bytes.
bindEtherType(0x88cc, LLDPDUChassisID)
