import { field, type OurLayer, row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

const fieldsOf = (list: unknown): Record<string, unknown>[] => ((list ?? []) as OurLayer[]).map((each) => each.fields)
const only = (six: boolean, values: unknown[]): unknown[] => values.filter((each) => String(each).includes(':') === six)
const JOINS = /^PIMv2(JoinPrune|Graft|GraftAck)$/
const option = (name: string, key: string) => (layer: OurLayer) =>
  ((layer.fields.option ?? []) as OurLayer[]).filter((each) => each.name === name).map((each) => each.fields[key])
const sources = (layer: OurLayer, list: 'join_ips' | 'prune_ips'): unknown[] =>
  fieldsOf(layer.fields.jp_ips).flatMap((group) => fieldsOf(group[list]).map((each) => each.src_ip))

export const agreement: VectorAgreement = {
  vectors: ['pim'],
  protocols: { pim: /^PIMv2Hdr$/ },
  rows: [
    field('pim.version', 'PIMv2Hdr', 'version'),
    field('pim.type', 'PIMv2Hdr', 'type'),
    field('pim.cksum', 'PIMv2Hdr', 'chksum'),
    row('pim.optiontype', 'PIMv2Hello', (layer) => fieldsOf(layer.fields.option).map((each) => each.type)),
    row('pim.optionlength', 'PIMv2Hello', (layer) => fieldsOf(layer.fields.option).map((each) => each.length)),
    row('pim.t', 'PIMv2Hello', option('PIMv2HelloLANPruneDelay', 't')),
    row('pim.propagation_delay', 'PIMv2Hello', option('PIMv2HelloLANPruneDelay', 'propagation_delay')),
    row('pim.override_interval', 'PIMv2Hello', option('PIMv2HelloLANPruneDelay', 'override_interval')),
    row('pim.dr_priority', 'PIMv2Hello', option('PIMv2HelloDRPriority', 'dr_priority')),
    row('pim.generation_id', 'PIMv2Hello', option('PIMv2HelloGenerationID', 'generation_id')),
    field('pim.numgroups', JOINS, 'num_group'),
    row('pim.numjoins', JOINS, (layer) => fieldsOf(layer.fields.jp_ips).map((each) => each.num_joins)),
    row('pim.numprunes', JOINS, (layer) => fieldsOf(layer.fields.jp_ips).map((each) => each.num_prunes)),
    row('pim.join_ip', JOINS, (layer) => only(false, sources(layer, 'join_ips')), same),
    row('pim.join_ip6', JOINS, (layer) => only(true, sources(layer, 'join_ips')), same),
    row('pim.prune_ip', JOINS, (layer) => only(false, sources(layer, 'prune_ips')), same),
    row('pim.prune_ip6', JOINS, (layer) => only(true, sources(layer, 'prune_ips')), same),
    row('pim.upstream_neighbor', JOINS, (layer) => only(false, [layer.fields.up_neighbor_ip]), same),
    row('pim.upstream_neighbor_ip6', JOINS, (layer) => only(true, [layer.fields.up_neighbor_ip]), same),
    field('pim.register_flag.border', 'PIMv2Register', 'b'),
    field('pim.register_flag.null_register', 'PIMv2Register', 'n'),
    field('pim.metric_pref', /^PIMv2(Assert|StateRefresh)$/, 'metric_preference'),
    field('pim.metric', /^PIMv2(Assert|StateRefresh)$/, 'metric'),
    field('pim.fragment_tag', 'PIMv2Bootstrap', 'fragment_tag'),
    field('pim.hash_mask_len', 'PIMv2Bootstrap', 'hash_mask_len'),
    field('pim.bsr_priority', 'PIMv2Bootstrap', 'bsr_priority'),
    row('pim.bsr', 'PIMv2Bootstrap', (layer) => only(false, [layer.fields.bsr_ip]), same),
    field('pim.prefix_count', 'PIMv2CandidateRP', 'num_prefix'),
    field('pim.ttl', 'PIMv2StateRefresh', 'refresh_ttl'),
    field('pim.interval', 'PIMv2StateRefresh', 'interval'),
  ],
}
