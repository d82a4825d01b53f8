import { number, type OurLayer, type OurPacket, type Row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

/** All layers of a packet, those inside options too, in the order of their bytes. */
function flat(layers: readonly OurLayer[]): OurLayer[] {
  return layers.flatMap((layer) => [
    layer,
    ...Object.entries(layer.fields).flatMap(([name, value]) =>
      // tshark does not look into the options that a relay would have sent on.
      Array.isArray(value) && name !== 'relaysupplied' ? flat(layersIn(value)) : [],
    ),
  ])
}

const layersIn = (values: readonly unknown[]): OurLayer[] =>
  values.flat().filter((value): value is OurLayer => typeof value === 'object' && value !== null && 'fields' in value)

const each = (tshark: string, match: RegExp, name: string, normalise = number): Row => ({
  tshark,
  normalise,
  ours: (packet: OurPacket) =>
    flat(packet.layers)
      .filter((layer) => match.test(layer.name))
      .flatMap(({ fields }) => [fields[name]].flat())
      .filter((value) => value !== undefined && value !== null)
      .map(String),
})

export const agreement: VectorAgreement = {
  vectors: ['dhcp6', 'dhcp6-options'],
  protocols: { dhcpv6: /^DHCP6(_|$)/ },
  rows: [
    each('dhcpv6.msgtype', /^DHCP6(_|$)/, 'msgtype'),
    each('dhcpv6.xid', /^DHCP6(_|$)/, 'trid'),
    each('dhcpv6.hopcount', /^DHCP6_/, 'hopcount'),
    each('dhcpv6.linkaddr', /^DHCP6_/, 'linkaddr', same),
    each('dhcpv6.peeraddr', /^DHCP6_/, 'peeraddr', same),
    each('dhcpv6.option.type', /^DHCP6Opt(?!GeoConfElement)/, 'optcode'),
    each('dhcpv6.option.length', /^DHCP6Opt(?!GeoConfElement)/, 'optlen'),
    each('dhcpv6.duid.type', /^DUID_/, 'type'),
    each('dhcpv6.iaid.t1', /^DHCP6OptIA_[NP][AD]$/, 'T1'),
    each('dhcpv6.iaid.t2', /^DHCP6OptIA_[NP][AD]$/, 'T2'),
    each('dhcpv6.iaaddr.ip', /^DHCP6OptIAAddress$/, 'addr', same),
    each('dhcpv6.iaaddr.pref_lifetime', /^DHCP6OptIAAddress$/, 'preflft'),
    each('dhcpv6.iaaddr.valid_lifetime', /^DHCP6OptIAAddress$/, 'validlft'),
    each('dhcpv6.iaprefix.pref_addr', /^DHCP6OptIAPrefix$/, 'prefix', same),
    each('dhcpv6.iaprefix.pref_len', /^DHCP6OptIAPrefix$/, 'plen'),
    each('dhcpv6.requested_option_code', /^DHCP6Opt(OptReq|RelayAgentERO)$/, 'reqopts'),
    each('dhcpv6.option_preference', /^DHCP6OptPref$/, 'prefval'),
    each('dhcpv6.status_code', /^DHCP6OptStatusCode$/, 'statuscode'),
    each('dhcpv6.dns_server', /^DHCP6OptDNSServers$/, 'dnsservers', same),
  ],
}
