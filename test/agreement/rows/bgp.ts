import { field, type OurLayer, row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

const MESSAGES = /^BGP(Header|KeepAlive)$/
const list = (value: unknown): OurLayer[] => (value ?? []) as OurLayer[]
/** The attributes' own fields, and the layers in them. */
const attributes = ({ fields }: OurLayer): Record<string, unknown>[] =>
  list(fields.path_attr).map((each) => each.fields)
const ofAttribute =
  (key: string, ...names: string[]) =>
  (layer: OurLayer) =>
    attributes(layer)
      .flatMap((each) => list(each.attribute))
      .filter((each) => names.includes(each.name))
      .map((each) => each.fields[key])
const segments =
  (key: string, ...names: string[]) =>
  (layer: OurLayer) =>
    (ofAttribute('segments', ...names)(layer) as OurLayer[][]).flat().map((each) => each.fields[key])
/** Prefixes without their length. */
const addressesOf = (list: unknown): string[] => ((list ?? []) as string[]).map((each) => String(each).split('/')[0]!)
const prefixesOf = (key: string, name: string) => (layer: OurLayer) =>
  ofAttribute(
    key,
    name,
  )(layer)
    .flatMap(addressesOf)
    .filter((each) => each.includes(':'))
const capabilities = ({ fields }: OurLayer): OurLayer[] =>
  list(fields.opt_params).flatMap((each) => list(each.fields.param_value))
const ofCapability = (name: string, key: string) => (layer: OurLayer) =>
  capabilities(layer)
    .filter((each) => each.name === name)
    .map((each) => each.fields[key])

export const agreement: VectorAgreement = {
  vectors: ['bgp'],
  protocols: { bgp: MESSAGES },
  rows: [
    field('bgp.type', MESSAGES, 'type'),
    field('bgp.length', MESSAGES, 'len'),
    field('bgp.open.version', 'BGPOpen', 'version'),
    field('bgp.open.myas', 'BGPOpen', 'my_as'),
    field('bgp.open.holdtime', 'BGPOpen', 'hold_time'),
    field('bgp.open.identifier', 'BGPOpen', 'bgp_id', same),
    field('bgp.open.opt.len', 'BGPOpen', 'opt_param_len'),
    row('bgp.cap.type', 'BGPOpen', (layer) => capabilities(layer).map((each) => each.fields.code)),
    row('bgp.cap.mp.afi', 'BGPOpen', ofCapability('BGPCapMultiprotocol', 'afi')),
    row('bgp.cap.mp.safi', 'BGPOpen', ofCapability('BGPCapMultiprotocol', 'safi')),
    row('bgp.cap.4as', 'BGPOpen', ofCapability('BGPCapFourBytesASN', 'asn')),
    row('bgp.cap.gr.timers.restart_time', 'BGPOpen', ofCapability('BGPCapGracefulRestart', 'restart_time')),
    row('bgp.cap.orf.fqdn.hostname', 'BGPOpen', ofCapability('BGPCapFQDN', 'hostname'), same),
    field('bgp.update.withdrawn_routes.length', 'BGPUpdate', 'withdrawn_routes_len'),
    field('bgp.update.path_attributes.length', 'BGPUpdate', 'path_attr_len'),
    row('bgp.update.path_attribute.type_code', 'BGPUpdate', (layer) => attributes(layer).map((each) => each.type_code)),
    row('bgp.update.path_attribute.length', 'BGPUpdate', (layer) =>
      attributes(layer).map((each) => each.attr_len ?? each.attr_ext_len),
    ),
    row('bgp.update.path_attribute.origin', 'BGPUpdate', ofAttribute('origin', 'BGPPAOrigin')),
    row('bgp.update.path_attribute.next_hop', 'BGPUpdate', ofAttribute('next_hop', 'BGPPANextHop'), same),
    row('bgp.update.path_attribute.multi_exit_disc', 'BGPUpdate', ofAttribute('med', 'BGPPAMultiExitDisc')),
    row('bgp.update.path_attribute.local_pref', 'BGPUpdate', ofAttribute('local_pref', 'BGPPALocalPref')),
    row(
      'bgp.update.path_attribute.originator_id',
      'BGPUpdate',
      ofAttribute('originator_id', 'BGPPAOriginatorID'),
      same,
    ),
    row('bgp.path_attribute.cluster_id', 'BGPUpdate', ofAttribute('cluster_list', 'BGPPAClusterList'), same),
    row('bgp.update.path_attribute.as_path_segment.as2', 'BGPUpdate', segments('segment_value', 'BGPPAASPath')),
    row(
      'bgp.update.path_attribute.as_path_segment.as4',
      'BGPUpdate',
      segments('segment_value', 'BGPPAAS4BytesPath', 'BGPPAAS4Path'),
    ),
    row('bgp.update.path_attribute.mp_reach_nlri.afi', 'BGPUpdate', ofAttribute('afi', 'BGPPAMPReachNLRI')),
    row('bgp.update.path_attribute.mp_unreach_nlri.afi', 'BGPUpdate', ofAttribute('afi', 'BGPPAMPUnreachNLRI')),
    row(
      'bgp.update.path_attribute.mp_reach_nlri.next_hop.ipv6',
      'BGPUpdate',
      ofAttribute('nh_v6_global', 'BGPPAMPReachNLRI'),
      same,
    ),
    row('bgp.mp_reach_nlri_ipv6_prefix', 'BGPUpdate', prefixesOf('nlri', 'BGPPAMPReachNLRI'), same),
    row('bgp.mp_unreach_nlri_ipv6_prefix', 'BGPUpdate', prefixesOf('withdrawn_routes', 'BGPPAMPUnreachNLRI'), same),
    row(
      'bgp.update.path_attribute.aggregator_origin',
      'BGPUpdate',
      ofAttribute('speaker_address', 'BGPPAAggregator', 'BGPPAAS4Aggregator'),
      same,
    ),
    row('bgp.large_communities.ga', 'BGPUpdate', (layer) =>
      (ofAttribute('large_community', 'BGPPALargeCommunity')(layer) as string[][])
        .flat()
        .map((each) => each.split(':')[0]),
    ),
    row('bgp.nlri_prefix', 'BGPUpdate', ({ fields }) => addressesOf(fields.nlri), same),
    row('bgp.withdrawn_prefix', 'BGPUpdate', ({ fields }) => addressesOf(fields.withdrawn_routes), same),
    row('bgp.notify.minor_error_cease', 'BGPNotification', ({ fields }) =>
      fields.error_code === 6 ? fields.error_subcode : undefined,
    ),
    field('bgp.notify.major_error', 'BGPNotification', 'error_code'),
    field('bgp.route_refresh.afi', 'BGPRouteRefresh', 'afi'),
    field('bgp.route_refresh.subtype', 'BGPRouteRefresh', 'subtype'),
    field('bgp.route_refresh.safi', 'BGPRouteRefresh', 'safi'),
  ],
  // The vectors are of many connections: what one lacks must not be looked for in another.
  preferences: ['tcp.desegment_tcp_streams:FALSE', 'tcp.analyze_sequence_numbers:FALSE'],
}
