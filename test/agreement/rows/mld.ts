import { codeValue, delayValue } from '../../../src/layers/network/igmp-times.js'
import { field, type OurLayer, row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

const records = ({ fields }: OurLayer): Record<string, unknown>[] =>
  ((fields.records ?? []) as OurLayer[]).map((each) => each.fields)
const MESSAGES = /^ICMPv6(MLQuery|MLReport|MLDone|MRD)/

export const agreement: VectorAgreement = {
  vectors: ['icmpv6-mld'],
  protocols: { icmpv6: MESSAGES },
  rows: [
    field('icmpv6.type', MESSAGES, 'type'),
    field('icmpv6.checksum', MESSAGES, 'cksum'),
    field('icmpv6.mld.maximum_response_delay', /^ICMPv6ML(Query|Report|Done)$/, 'mrd'),
    row('icmpv6.mld.maximum_response_code', 'ICMPv6MLQuery2', ({ fields }) => delayValue(fields.mrd as number)),
    field('icmpv6.mld.multicast_address', /^ICMPv6ML(Query2?|Report|Done)$/, 'mladdr', same),
    field('icmpv6.mld.flag.s', 'ICMPv6MLQuery2', 'S'),
    field('icmpv6.mld.flag.qrv', 'ICMPv6MLQuery2', 'QRV'),
    row('icmpv6.mld.qqi', 'ICMPv6MLQuery2', ({ fields }) => codeValue(fields.QQIC as number)),
    field('icmpv6.mld.nb_sources', 'ICMPv6MLQuery2', 'sources_number'),
    field('icmpv6.mld.source_address', 'ICMPv6MLQuery2', 'sources', same),
    field('icmpv6.mldr.nb_mcast_records', 'ICMPv6MLReport2', 'records_number'),
    row('icmpv6.mldr.mar.record_type', 'ICMPv6MLReport2', (layer) => records(layer).map((each) => each.rtype)),
    row(
      'icmpv6.mldr.mar.multicast_address',
      'ICMPv6MLReport2',
      (layer) => records(layer).map((each) => each.dst),
      same,
    ),
    row(
      'icmpv6.mldr.mar.source_address',
      'ICMPv6MLReport2',
      (layer) => records(layer).map((each) => each.sources),
      same,
    ),
  ],
}
