/** ICMPv6: Scapy's one class per message, and neighbour discovery options as layers behind it. */
import { field, layersOf, number, type OurLayer, type OurPacket, type Row, row, same } from './row.js'

/** Messages, not the options that follow them. */
const MESSAGE = /^ICMPv6(?!NDOpt|MLDMultAddrRec)/
const ECHO = /^ICMPv6Echo(Request|Reply)(error)?$/
const OPTION = /^ICMPv6NDOpt/
const PREFIX = 'ICMPv6NDOptPrefixInfo'

/** Link-layer addresses: tshark's field for source and target options alike. */
const linkAddress = ({ fields }: OurLayer) => fields.lladdr

const records = (packet: OurPacket) =>
  layersOf(packet, /^ICMPv6MLReport2$/).flatMap(({ fields }) =>
    ((fields.records ?? []) as (OurLayer | Record<string, unknown>)[]).map((record) =>
      'fields' in record ? (record.fields as Record<string, unknown>) : (record as Record<string, unknown>),
    ),
  )

export const ICMPV6_ROWS: Row[] = [
  field('icmpv6.type', MESSAGE, 'type'),
  // Version 2 reports of multicast listeners have a reserved field there, which tshark calls code all the same.
  row('icmpv6.code', MESSAGE, ({ fields: { code, res } }) => code ?? res),
  field('icmpv6.checksum', MESSAGE, 'cksum'),
  field('icmpv6.echo.identifier', ECHO, 'id'),
  field('icmpv6.echo.sequence_number', ECHO, 'seq'),
  field('icmpv6.mtu', /^ICMPv6PacketTooBig/, 'mtu'),
  field('icmpv6.pointer', /^ICMPv6ParamProblem/, 'ptr'),
  field('icmpv6.nd.ns.target_address', 'ICMPv6ND_NS', 'tgt', same),
  field('icmpv6.nd.na.target_address', 'ICMPv6ND_NA', 'tgt', same),
  field('icmpv6.nd.na.flag.r', 'ICMPv6ND_NA', 'R'),
  field('icmpv6.nd.na.flag.s', 'ICMPv6ND_NA', 'S'),
  field('icmpv6.nd.na.flag.o', 'ICMPv6ND_NA', 'O'),
  field('icmpv6.nd.ra.cur_hop_limit', 'ICMPv6ND_RA', 'chlim'),
  field('icmpv6.nd.ra.flag.m', 'ICMPv6ND_RA', 'M'),
  field('icmpv6.nd.ra.flag.o', 'ICMPv6ND_RA', 'O'),
  field('icmpv6.nd.ra.flag.h', 'ICMPv6ND_RA', 'H'),
  field('icmpv6.nd.ra.flag.prf', 'ICMPv6ND_RA', 'prf'),
  field('icmpv6.nd.ra.router_lifetime', 'ICMPv6ND_RA', 'routerlifetime'),
  field('icmpv6.nd.ra.reachable_time', 'ICMPv6ND_RA', 'reachabletime'),
  field('icmpv6.nd.ra.retrans_timer', 'ICMPv6ND_RA', 'retranstimer'),
  field('icmpv6.nd.rd.target_address', 'ICMPv6ND_Redirect', 'tgt', same),
  field('icmpv6.rd.na.destination_address', 'ICMPv6ND_Redirect', 'dst', same),
  field('icmpv6.opt.type', OPTION, 'type'),
  field('icmpv6.opt.length', OPTION, 'len'),
  row('icmpv6.opt.linkaddr', OPTION, linkAddress, same),
  field('icmpv6.opt.prefix.length', PREFIX, 'prefixlen'),
  field('icmpv6.opt.prefix.flag.l', PREFIX, 'L'),
  field('icmpv6.opt.prefix.flag.a', PREFIX, 'A'),
  field('icmpv6.opt.prefix.valid_lifetime', PREFIX, 'validlifetime'),
  field('icmpv6.opt.prefix.preferred_lifetime', PREFIX, 'preferredlifetime'),
  field('icmpv6.opt.prefix', PREFIX, 'prefix', same),
  field('icmpv6.opt.mtu', 'ICMPv6NDOptMTU', 'mtu'),
  field('icmpv6.opt.rdnss.lifetime', 'ICMPv6NDOptRDNSS', 'lifetime'),
  field('icmpv6.opt.rdnss', 'ICMPv6NDOptRDNSS', 'dns', same),
  field('icmpv6.mld.maximum_response_delay', /^ICMPv6ML(Query|Report|Done)$/, 'mrd'),
  field('icmpv6.mld.multicast_address', /^ICMPv6ML(Query|Report|Done)$/, 'mladdr', same),
  field('icmpv6.mldr.nb_mcast_records', 'ICMPv6MLReport2', 'records_number'),
  {
    tshark: 'icmpv6.mldr.mar.record_type',
    normalise: number,
    ours: (packet) => records(packet).map(({ rtype }) => String(rtype)),
  },
  {
    tshark: 'icmpv6.mldr.mar.multicast_address',
    normalise: same,
    ours: (packet) => records(packet).map(({ dst }) => String(dst)),
  },
]
