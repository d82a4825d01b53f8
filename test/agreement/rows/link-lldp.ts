import { field, row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

const MAC = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/
const IPV4 = /^\d+\.\d+\.\d+\.\d+$/
const LLDP = /^LLDPDU(?!Application$)/

/** A value where it is of a form, and nothing elsewhere. */
const of = (form: RegExp) => (value: unknown) => (typeof value === 'string' && form.test(value) ? value : undefined)

/** tshark escapes what is no printable character. */
const unescaped = (text: string): string => text.replaceAll('\\n', '\n').replaceAll('\\r', '\r')

const bit = (name: string) => (value: unknown) =>
  typeof value === 'string' ? value.split('+').includes(name) : undefined

/** The text of an inventory TLV of one subtype. */
const inventory = (subtype: number) => (layer: { fields: Record<string, unknown> }) =>
  layer.fields.subtype === subtype ? layer.fields.inventory : undefined

export const agreement: VectorAgreement = {
  vectors: ['lldp', 'lldp-802', 'lldp-med'],
  protocols: { lldp: LLDP },
  rows: [
    field('lldp.tlv.type', LLDP, 'type'),
    field('lldp.tlv.len', LLDP, 'length'),
    field('lldp.chassis.subtype', 'LLDPDUChassisID', 'subtype'),
    field('lldp.chassis.id.mac', 'LLDPDUChassisID', 'id', same, of(MAC)),
    field('lldp.chassis.id.ip4', 'LLDPDUChassisID', 'id', same, of(IPV4)),
    field('lldp.port.subtype', 'LLDPDUPortID', 'subtype'),
    field('lldp.port.id.mac', 'LLDPDUPortID', 'id', same, of(MAC)),
    field('lldp.time_to_live', 'LLDPDUTimeToLive', 'ttl'),
    field('lldp.port.desc', 'LLDPDUPortDescription', 'description', same),
    field('lldp.tlv.system.name', 'LLDPDUSystemName', 'system_name', same),
    field('lldp.tlv.system.desc', 'LLDPDUSystemDescription', 'description', unescaped),
    field('lldp.mgn.address.len', 'LLDPDUManagementAddress', 'management_address_string_length'),
    field('lldp.mgn.address.subtype', 'LLDPDUManagementAddress', 'management_address_subtype'),
    field('lldp.mgn.addr.ip4', 'LLDPDUManagementAddress', 'management_address', same, of(IPV4)),
    field('lldp.mgn.interface.subtype', 'LLDPDUManagementAddress', 'interface_numbering_subtype'),
    field('lldp.mgn.interface.number', 'LLDPDUManagementAddress', 'interface_number'),
    field('lldp.mgn.obj.len', 'LLDPDUManagementAddress', 'oid_string_length'),
    field('lldp.orgtlv.oui', LLDP, 'org_code'),
    field('lldp.ieee.802_1.port_vlan.id', 'LLDPDUPortVLANID', 'pvid'),
    field('lldp.ieee.802_1.port_proto_vlan.id', 'LLDPDUPortProtocolVLANID', 'ppvid'),
    field('lldp.ieee.802_1.vlan.id', 'LLDPDUVLANName', 'vid'),
    field('lldp.ieee.802_1.vlan.name', 'LLDPDUVLANName', 'vlan_name', same),
    field(
      'lldp.ieee.802_3.mac_phy_auto_neg_status.supported',
      'LLDPDUMACPHY',
      'autonegotiation',
      undefined,
      bit('supported'),
    ),
    field(
      'lldp.ieee.802_3.mac_phy_auto_neg_status.enabled',
      'LLDPDUMACPHY',
      'autonegotiation',
      undefined,
      bit('enabled'),
    ),
    field(
      'lldp.ieee.802_3.pmd_auto_neg_advertised_caps.1000base_tfd',
      'LLDPDUMACPHY',
      'advertised',
      undefined,
      bit('1000BASE-T-FD'),
    ),
    field('lldp.ieee.802_3.pmd_mau_type', 'LLDPDUMACPHY', 'mau_type'),
    field('lldp.ieee.802_3.mdi_power_class', /^LLDPDUPowerViaMDI/, 'power_class'),
    field('lldp.ieee.802_3.mdi_power_type', 'LLDPDUPowerViaMDIExtended', 'power_type'),
    field('lldp.ieee.802_3.mdi_power_priority', 'LLDPDUPowerViaMDIExtended', 'power_priority'),
    field('lldp.ieee.802_3.mdi_pde_requested', 'LLDPDUPowerViaMDIExtended', 'requested'),
    field('lldp.ieee.802_3.mdi_pse_allocated', 'LLDPDUPowerViaMDIExtended', 'allocated'),
    field('lldp.ieee.802_3.max_frame_size', 'LLDPDUMaximumFrameSize', 'maximum_frame_size'),
    field('lldp.ieee.802_3.eee.transmit', 'LLDPDUEnergyEfficientEthernet', 'transmit'),
    field('lldp.media.subtype.class', 'LLDPDUMEDCapabilities', 'device_class'),
    field('lldp.media.app_type', 'LLDPDUMEDNetworkPolicy', 'application'),
    field('lldp.media.tag_flag', 'LLDPDUMEDNetworkPolicy', 'tagged'),
    field('lldp.media.vlan_id', 'LLDPDUMEDNetworkPolicy', 'vlan'),
    field('lldp.media.l2_prio', 'LLDPDUMEDNetworkPolicy', 'l2_priority'),
    field('lldp.media.dscp', 'LLDPDUMEDNetworkPolicy', 'dscp'),
    field('lldp.media.power.value', 'LLDPDUMEDExtendedPower', 'power_value'),
    row('lldp.media.hardware', 'LLDPDUMEDInventory', inventory(5), same),
    row('lldp.media.sn', 'LLDPDUMEDInventory', inventory(8), same),
    row('lldp.media.model', 'LLDPDUMEDInventory', inventory(10), same),
  ],
}
