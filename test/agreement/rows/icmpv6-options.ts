import { ICMPV6_ROWS } from '../icmpv6-fields.js'
import { field, row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

const ND = /^ICMPv6NDOpt/
const bytes = (text: string): string => text.replaceAll(':', '')

export const agreement: VectorAgreement = {
  vectors: ['icmpv6-neighbour-options', 'icmpv6-neighbour'],
  protocols: { icmpv6: /^ICMPv6/ },
  rows: [
    ...ICMPV6_ROWS.filter(({ tshark }) => /^icmpv6\.([nr]d\.|opt\.prefix\.flag)/.test(tshark)),
    field('icmpv6.opt.prefix', /^ICMPv6NDOpt(PrefixInfo|RouteInfo)$/, 'prefix', same),
    field('icmpv6.opt.route_info.flag.route_preference', 'ICMPv6NDOptRouteInfo', 'prf'),
    field('icmpv6.opt.type', ND, 'type'),
    field('icmpv6.opt.length', ND, 'len'),
    // tshark has one name for the length in both options.
    row(
      'icmpv6.opt.prefix.length',
      /^ICMPv6NDOpt(PrefixInfo|RouteInfo)$/,
      ({ fields }) => fields.prefixlen ?? fields.plen,
    ),
    field('icmpv6.opt.prefix.valid_lifetime', 'ICMPv6NDOptPrefixInfo', 'validlifetime'),
    field('icmpv6.opt.prefix.preferred_lifetime', 'ICMPv6NDOptPrefixInfo', 'preferredlifetime'),
    field('icmpv6.opt.mtu', 'ICMPv6NDOptMTU', 'mtu'),
    field('icmpv6.opt.src_linkaddr', 'ICMPv6NDOptSrcLLAddr', 'lladdr', same),
    field('icmpv6.opt.target_linkaddr', 'ICMPv6NDOptDstLLAddr', 'lladdr', same),
    field('icmpv6.opt.route_lifetime', 'ICMPv6NDOptRouteInfo', 'rtlifetime'),
    field('icmpv6.opt.rdnss', 'ICMPv6NDOptRDNSS', 'dns', same),
    field('icmpv6.opt.rdnss.lifetime', 'ICMPv6NDOptRDNSS', 'lifetime'),
    row(
      'icmpv6.opt.dnssl',
      'ICMPv6NDOptDNSSL',
      ({ fields }) => (fields.searchlist as string[]).map((each) => each.replace(/\.$/, '')),
      same,
    ),
    field('icmpv6.opt.dnssl.lifetime', 'ICMPv6NDOptDNSSL', 'lifetime'),
    field('icmpv6.opt.advertisement_interval', 'ICMPv6NDOptAdvInterval', 'advint'),
    field('icmpv6.opt.home_agent_preference', 'ICMPv6NDOptHAInfo', 'pref'),
    field('icmpv6.opt.home_agent_lifetime', 'ICMPv6NDOptHAInfo', 'lifetime'),
    field('icmpv6.opt.nonce', 'ICMPv6NDOptNonce', 'nonce', bytes),
    field('icmpv6.opt.captive_portal', 'ICMPv6NDOptCaptivePortal', 'uri', same),
    row('icmpv6.opt.pref64.prefix', 'ICMPv6NDOptPREF64', ({ fields }) => fields.prefix, same),
  ],
}
