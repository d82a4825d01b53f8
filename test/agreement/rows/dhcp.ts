import { field, type OurLayer, row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

type Option = readonly [name: string, value: unknown]
const of = (name: string) => (layer: OurLayer) =>
  (layer.fields.options as Option[]).flatMap(([each, value]) => (each === name ? [value] : []))

export const agreement: VectorAgreement = {
  vectors: ['dhcp-options'],
  protocols: { dhcp: /^BOOTP$/ },
  rows: [
    field('dhcp.type', 'BOOTP', 'op'),
    field('dhcp.id', 'BOOTP', 'xid'),
    field('dhcp.secs', 'BOOTP', 'secs'),
    field('dhcp.ip.client', 'BOOTP', 'ciaddr', same),
    field('dhcp.ip.your', 'BOOTP', 'yiaddr', same),
    field('dhcp.ip.server', 'BOOTP', 'siaddr', same),
    field('dhcp.ip.relay', 'BOOTP', 'giaddr', same),
    row('dhcp.option.ip_address_lease_time', 'DHCP', of('lease_time')),
    row('dhcp.option.dhcp_server_id', 'DHCP', of('server_id'), same),
    row('dhcp.option.requested_ip_address', 'DHCP', of('requested_addr'), same),
    row('dhcp.option.subnet_mask', 'DHCP', of('subnet_mask'), same),
    row('dhcp.option.hostname', 'DHCP', of('hostname'), same),
    row('dhcp.option.dhcp_max_message_size', 'DHCP', of('max_dhcp_size')),
    row('dhcp.option.renewal_time_value', 'DHCP', of('renewal_time')),
    row('dhcp.option.vendor_class_id', 'DHCP', of('vendor_class_id'), same),
  ],
}
