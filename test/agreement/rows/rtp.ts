import { RTCP, RTP, UDP } from '../../../src/layers/index.js'
import { bind } from '../../../src/packet/index.js'
import { field, type OurLayer, row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

const RTP_PORTS = [5004, 40392]
const RTCP_PORTS = [5005, 40393, 61156, 43068]
for (const dport of RTP_PORTS) bind(UDP, RTP, { dport })
for (const dport of RTCP_PORTS) bind(UDP, RTCP, { dport })

type Nested = readonly { fields: Record<string, unknown> }[]
const REPORTS = /^RTCP_(SR|RR)$/
const blocks = (name: string) => (layer: OurLayer) =>
  ((layer.fields.report_blocks ?? []) as Nested).map(({ fields }) => fields[name])

export const agreement: VectorAgreement = {
  vectors: ['rtp', 'rtcp'],
  protocols: { rtp: /^RTP$/, rtcp: /^RTCP/ },
  decodeAs: [
    ...RTP_PORTS.map((port) => `udp.port==${port},rtp`),
    ...RTCP_PORTS.map((port) => `udp.port==${port},rtcp`),
  ],
  except: {
    'IDMS, a type without a layer': 'tshark does not know the type',
    'token, behind a receiver report': 'tshark has the name of the subtype of an APP for it',
  },
  rows: [
    field('rtp.version', 'RTP', 'version'),
    field('rtp.padding', 'RTP', 'padding'),
    field('rtp.ext', 'RTP', 'extension'),
    field('rtp.cc', 'RTP', 'numsync'),
    field('rtp.marker', 'RTP', 'marker'),
    field('rtp.p_type', 'RTP', 'payload_type'),
    field('rtp.seq', 'RTP', 'sequence'),
    field('rtp.timestamp', 'RTP', 'timestamp'),
    field('rtp.ssrc', 'RTP', 'sourcesync'),
    field('rtp.csrc.item', 'RTP', 'sync'),
    field('rtp.ext.profile', 'RTPExtension', 'header_id'),
    field('rtp.ext.len', 'RTPExtension', 'header_len'),
    field('rtp.padding.count', 'RTPPadding', 'size'),
    field('rtcp.pt', /^RTCP/, 'packet_type'),
    field('rtcp.length', /^RTCP/, 'length'),
    field('rtcp.rc', REPORTS, 'rc'),
    field('rtcp.timestamp.rtp', 'RTCP_SR', 'rtp_timestamp'),
    field('rtcp.sender.packetcount', 'RTCP_SR', 'sender_packet_count'),
    field('rtcp.sender.octetcount', 'RTCP_SR', 'sender_octet_count'),
    row('rtcp.ssrc.fraction', REPORTS, blocks('fraction_lost')),
    row('rtcp.ssrc.cum_nr', REPORTS, blocks('cumulative_lost')),
    row('rtcp.ssrc.ext_high', REPORTS, blocks('highest_seqnum_recv')),
    row('rtcp.ssrc.jitter', REPORTS, blocks('interarrival_jitter')),
    row('rtcp.ssrc.lsr', REPORTS, blocks('last_SR_timestamp')),
    row('rtcp.ssrc.dlsr', REPORTS, blocks('delay_since_last_SR')),
    field('rtcp.app.name', 'RTCP_APP', 'app_name', same),
    field('rtcp.app.subtype', 'RTCP_APP', 'subtype'),
    field('rtcp.rtpfb.fmt', 'RTCP_RTPFB', 'fmt'),
    field('rtcp.psfb.fmt', 'RTCP_PSFB', 'fmt'),
  ],
}
