import { DHCP_OPTIONS, DHCP_TYPES } from '../../../src/layers/services/dhcp-option-kinds.js'
import { field, type OurLayer, row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

type Option = readonly [name: string, value: unknown]
const all = ({ fields }: OurLayer): Option[] => fields.options as Option[]
const of = (name: string) => (layer: OurLayer) =>
  all(layer).flatMap(([each, value]) => (each === name ? [value].flat() : []))
/** Options that a client wishes stand with their names, where they have one. */
const numbers = new Map<unknown, number>(Object.entries(DHCP_OPTIONS).map(([number, [name]]) => [name, Number(number)]))
const kinds = new Map<unknown, number>(Object.entries(DHCP_TYPES).map(([number, name]) => [name, Number(number)]))
/** The address in a client's identifier of the kind that begins with that of the hardware. */
const address = (identifier: unknown): string[] => {
  const { hex = '' } = identifier as { hex?: string }
  return /^01.{12}$/.test(hex) ? [hex.slice(2).replace(/..(?=.)/g, '$&:')] : []
}
const withoutLastDot = (name: unknown) => String(name).replace(/\.$/, '')

export const agreement: VectorAgreement = {
  vectors: ['dhcp-options'],
  protocols: { dhcp: /^BOOTP$/ },
  rows: [
    field('dhcp.type', 'BOOTP', 'op'),
    field('dhcp.id', 'BOOTP', 'xid'),
    field('dhcp.secs', 'BOOTP', 'secs'),
    row('dhcp.flags.bc', 'BOOTP', ({ fields }) => String(fields.flags).includes('B')),
    field('dhcp.ip.client', 'BOOTP', 'ciaddr', same),
    field('dhcp.ip.your', 'BOOTP', 'yiaddr', same),
    field('dhcp.ip.server', 'BOOTP', 'siaddr', same),
    field('dhcp.ip.relay', 'BOOTP', 'giaddr', same),
    row(
      'dhcp.hw.mac_addr',
      /^(BOOTP|DHCP)$/,
      (layer) => layer.fields.chaddr ?? of('client_id')(layer).flatMap(address),
      same,
    ),
    field('dhcp.server', 'BOOTP', 'sname', same),
    field('dhcp.file', 'BOOTP', 'file', same),
    row('dhcp.option.dhcp', 'DHCP', (layer) => of('message-type')(layer).map((kind) => kinds.get(kind))),
    row('dhcp.option.request_list_item', 'DHCP', (layer) =>
      of('param_req_list')(layer).map((each) => numbers.get(each) ?? each),
    ),
    row('dhcp.option.ip_address_lease_time', 'DHCP', of('lease_time')),
    row('dhcp.option.renewal_time_value', 'DHCP', of('renewal_time')),
    row('dhcp.option.rebinding_time_value', 'DHCP', of('rebinding_time')),
    row('dhcp.option.dhcp_server_id', 'DHCP', of('server_id'), same),
    row('dhcp.option.requested_ip_address', 'DHCP', of('requested_addr'), same),
    row('dhcp.option.subnet_mask', 'DHCP', of('subnet_mask'), same),
    row('dhcp.option.broadcast_address', 'DHCP', of('broadcast_address'), same),
    row('dhcp.option.router', 'DHCP', of('router'), same),
    row('dhcp.option.domain_name_server', 'DHCP', of('name_server'), same),
    row('dhcp.option.ntp_server', 'DHCP', of('NTP_server'), same),
    row('dhcp.option.domain_name', 'DHCP', of('domain'), same),
    row(
      'dhcp.option.dhcp_dns_domain_search_list_fqdn',
      'DHCP',
      (layer) => of('domain-search')(layer).map(withoutLastDot),
      same,
    ),
    row('dhcp.option.interface_mtu', 'DHCP', of('interface-mtu')),
    row('dhcp.option.hostname', 'DHCP', of('hostname'), same),
    row('dhcp.option.dhcp_max_message_size', 'DHCP', of('max_dhcp_size')),
    row('dhcp.option.vendor_class_id', 'DHCP', of('vendor_class_id'), same),
  ],
}
