import { field, type OurLayer, row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

type Option = readonly [name: string, value?: unknown]

/** The values of the options of that name in any of the headers. */
const optionsOf = (name: string) => (layer: OurLayer) =>
  ((layer.fields.options ?? []) as Option[]).filter(([each]) => each === name).map(([, value]) => value)

const OPTIONS = /^IPv6ExtHdr(HopByHop|DestOpt)$/
const MOBILITY = /^MIP6MH_/

export const agreement: VectorAgreement = {
  vectors: ['ipv6-extensions', 'ipv6-mobility'],
  protocols: {
    'ipv6.hopopts': /^IPv6ExtHdrHopByHop$/,
    'ipv6.dstopts': /^IPv6ExtHdrDestOpt$/,
    'ipv6.routing': /^IPv6ExtHdr(Routing|RPL|SegmentRouting)$/,
    'ipv6.fraghdr': /^IPv6ExtHdrFragment$/,
    mipv6: MOBILITY,
  },
  rows: [
    field('ipv6.hopopts.nxt', 'IPv6ExtHdrHopByHop', 'nh'),
    field('ipv6.hopopts.len', 'IPv6ExtHdrHopByHop', 'len'),
    field('ipv6.dstopts.nxt', 'IPv6ExtHdrDestOpt', 'nh'),
    field('ipv6.dstopts.len', 'IPv6ExtHdrDestOpt', 'len'),
    row('ipv6.opt.router_alert', OPTIONS, optionsOf('RouterAlert')),
    row('ipv6.opt.jumbo', OPTIONS, optionsOf('Jumbo')),
    row('ipv6.opt.mipv6.home_address', OPTIONS, optionsOf('HomeAddress'), same),
    row('ipv6.opt.tel', OPTIONS, optionsOf('TunnelEncapsulationLimit')),
    field('ipv6.routing.nxt', /^IPv6ExtHdr(Routing|RPL|SegmentRouting)$/, 'nh'),
    field('ipv6.routing.len', /^IPv6ExtHdr(Routing|RPL|SegmentRouting)$/, 'len'),
    field('ipv6.routing.type', /^IPv6ExtHdr(Routing|RPL|SegmentRouting)$/, 'type'),
    field('ipv6.routing.segleft', /^IPv6ExtHdr(Routing|RPL|SegmentRouting)$/, 'segleft'),
    row(
      'ipv6.routing.src.addr',
      'IPv6ExtHdrRouting',
      (me) => (me.fields.type === 0 ? me.fields.addresses : undefined),
      same,
    ),
    row(
      'ipv6.routing.mipv6.home_address',
      'IPv6ExtHdrRouting',
      (me) => (me.fields.type === 2 ? me.fields.addresses : undefined),
      same,
    ),
    field('ipv6.routing.rpl.cmprI', 'IPv6ExtHdrRPL', 'cmpri'),
    field('ipv6.routing.rpl.cmprE', 'IPv6ExtHdrRPL', 'cmpre'),
    field('ipv6.routing.rpl.pad', 'IPv6ExtHdrRPL', 'pad'),
    field('ipv6.routing.srh.last_entry', 'IPv6ExtHdrSegmentRouting', 'lastentry'),
    field('ipv6.routing.srh.tag', 'IPv6ExtHdrSegmentRouting', 'tag'),
    field('ipv6.routing.srh.addr', 'IPv6ExtHdrSegmentRouting', 'addresses', same),
    field('ipv6.fraghdr.offset', 'IPv6ExtHdrFragment', 'offset'),
    field('ipv6.fraghdr.more', 'IPv6ExtHdrFragment', 'm'),
    field('ipv6.fraghdr.ident', 'IPv6ExtHdrFragment', 'id'),
    field('mip6.proto', MOBILITY, 'nh'),
    field('mip6.hlen', MOBILITY, 'len'),
    field('mip6.mhtype', MOBILITY, 'mhtype'),
    field('mip6.csum', MOBILITY, 'cksum'),
    row('mip6.hoti.cookie', 'MIP6MH_HoTI', (me) => BigInt(`0x${me.fields.cookie}`)),
    row('mip6.coti.cookie', 'MIP6MH_CoTI', (me) => BigInt(`0x${me.fields.cookie}`)),
    row('mip6.hot.cookie', 'MIP6MH_HoT', (me) => BigInt(`0x${me.fields.cookie}`)),
    row('mip6.hot.token', /^MIP6MH_(HoT|CoT)$/, (me) => BigInt(`0x${me.fields.token}`)),
    field('mip6.hot.nindex', 'MIP6MH_HoT', 'index'),
    row('mip6.cot.cookie', 'MIP6MH_CoT', (me) => BigInt(`0x${me.fields.cookie}`)),
    field('mip6.cot.nindex', 'MIP6MH_CoT', 'index'),
    field('mip6.bu.seqnr', 'MIP6MH_BU', 'seq'),
    row('mip6.bu.a_flag', 'MIP6MH_BU', (me) => String(me.fields.flags).includes('A')),
    row('mip6.bu.h_flag', 'MIP6MH_BU', (me) => String(me.fields.flags).includes('H')),
    row('mip6.bu.p_flag', 'MIP6MH_BU', (me) => String(me.fields.flags).includes('P')),
    field('mip6.bu.lifetime', 'MIP6MH_BU', 'mhtime'),
    field('mip6.ba.status', 'MIP6MH_BA', 'status'),
    field('mip6.ba.seqnr', 'MIP6MH_BA', 'seq'),
    field('mip6.ba.lifetime', 'MIP6MH_BA', 'mhtime'),
    row('mip6.ba.k_flag', 'MIP6MH_BA', (me) => String(me.fields.flags).includes('K')),
    field('mip6.be.status', 'MIP6MH_BE', 'status'),
    field('mip6.be.haddr', 'MIP6MH_BE', 'ha', same),
  ],
}
