import { field, row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

interface Nested {
  fields: Record<string, unknown>
}
const each = (list: string, name: string) => (layer: Nested) =>
  ((layer.fields[list] ?? []) as Nested[]).map(({ fields }) => fields[name])

/** The values of the attributes of a type. */
const attribute = (type: number) => (layer: Nested) =>
  ((layer.fields.avps ?? []) as Nested[])
    .filter(({ fields }) => fields.attribute_type === type && fields.vendor_id === 0)
    .map(({ fields }) => fields.value)

/** Whether a flag is among those that stand as text. */
const flag = (list: string, name: string) => (layer: Nested) => `${layer.fields[list]}`.split('+').includes(name)

/** tshark shows a group whether or not the flag says that there is one. */
function group({ fields: { gpid, reserved1 } }: Nested): number | undefined {
  if (typeof gpid === 'number') return gpid
  return typeof reserved1 === 'number' ? reserved1 & 0xffff : undefined
}

const GTP = /^GTP(_U_)?Header$/

export const agreement: VectorAgreement = {
  vectors: ['gre', 'erspan', 'vxlan', 'nsh', 'geneve', 'l2tp', 'gtp'],
  protocols: {
    gre: /^GRE/,
    erspan: /^ERSPAN/,
    nsh: /^NSH$/,
    geneve: /^GENEVE$/,
    l2tp: /^L2TP$/,
    gtpv2: /^GTPHeaderV2$/,
  },
  rows: [
    field('gre.proto', /^GRE(_PPTP)?$/, 'proto'),
    field('gre.flags.version', /^GRE(_PPTP)?$/, 'version'),
    field('gre.checksum', 'GRE', 'chksum'),
    field('gre.key', 'GRE', 'key'),
    field('gre.sequence_number', /^GRE(_PPTP)?$/, 'sequence_number'),
    field('gre.key.call_id', 'GRE_PPTP', 'call_id'),
    field('gre.key.payload_length', 'GRE_PPTP', 'payload_len'),
    field('gre.ack_number', 'GRE_PPTP', 'ack_number'),
    field('erspan.version', /^ERSPAN/, 'ver'),
    field('erspan.vlan', /^ERSPAN/, 'vlan'),
    field('erspan.cos', /^ERSPAN/, 'cos'),
    field('erspan.spanid', /^ERSPAN/, 'session_id'),
    field('erspan.truncated', /^ERSPAN/, 't'),
    field('erspan.index', 'ERSPAN_II', 'index'),
    field('erspan.timestamp', 'ERSPAN_III', 'timestamp'),
    field('erspan.o', 'ERSPAN_III', 'o'),
    field('vxlan.vni', 'VXLAN', 'vni'),
    row('vxlan.gbp', 'VXLAN', group),
    field('vxlan.next_proto', 'VXLAN', 'NextProtocol'),
    field('nsh.ttl', 'NSH', 'ttl'),
    field('nsh.length', 'NSH', 'length'),
    field('nsh.mdtype', 'NSH', 'mdtype'),
    field('nsh.nextproto', 'NSH', 'nextproto'),
    field('nsh.spi', 'NSH', 'spi'),
    field('nsh.si', 'NSH', 'si'),
    field('geneve.version', 'GENEVE', 'version'),
    field('geneve.proto_type', 'GENEVE', 'proto'),
    field('geneve.vni', 'GENEVE', 'vni'),
    field('geneve.flags.oam', 'GENEVE', 'oam'),
    field('geneve.flags.critical', 'GENEVE', 'critical'),
    row('geneve.option.class', 'GENEVE', each('options', 'classid')),
    row('geneve.option.type', 'GENEVE', each('options', 'type')),
    row('l2tp.type', 'L2TP', flag('hdr', 'control')),
    row('l2tp.length_bit', 'L2TP', flag('hdr', 'length')),
    row('l2tp.seq_bit', 'L2TP', flag('hdr', 'sequence')),
    row('l2tp.offset_bit', 'L2TP', flag('hdr', 'offset')),
    field('l2tp.version', 'L2TP', 'version'),
    field('l2tp.length', 'L2TP', 'len'),
    field('l2tp.tunnel', 'L2TP', 'tunnel_id'),
    field('l2tp.session', 'L2TP', 'session_id'),
    field('l2tp.Ns', 'L2TP', 'ns'),
    field('l2tp.Nr', 'L2TP', 'nr'),
    row('l2tp.avp.mandatory', 'L2TPControl', each('avps', 'mandatory')),
    row('l2tp.avp.hidden', 'L2TPControl', each('avps', 'hidden')),
    row('l2tp.avp.length', 'L2TPControl', each('avps', 'length')),
    row('l2tp.avp.vendor_id', 'L2TPControl', each('avps', 'vendor_id')),
    row('l2tp.avp.message_type', 'L2TPControl', attribute(0)),
    row('l2tp.avp.assigned_tunnel_id', 'L2TPControl', attribute(9)),
    row('l2tp.avp.assigned_session_id', 'L2TPControl', attribute(14)),
    row('l2tp.avp.called_number', 'L2TPControl', attribute(21), same),
    field('gtp.message', GTP, 'gtp_type'),
    field('gtp.length', GTP, 'length'),
    field('gtp.teid', GTP, 'teid'),
    field('gtp.ext_hdr.pdu_ses_con.pdu_type', 'GTPPDUSessionContainer', 'type'),
    field('gtp.ext_hdr.pdu_ses_con.qos_flow_id', 'GTPPDUSessionContainer', 'QFI'),
    field('gtpv2.message_type', 'GTPHeaderV2', 'gtp_type'),
    field('gtpv2.msg_length', 'GTPHeaderV2', 'length'),
    field('gtpv2.teid', 'GTPHeaderV2', 'teid'),
    field('gtpv2.seq', 'GTPHeaderV2', 'seq'),
  ],
  decodeAs: ['udp.port==8472,vxlan'],
  except: {
    'flags and number': 'tshark knows the flag of GPE on the port of GPE alone',
    'a hidden attribute and one of a vendor': 'tshark shows no vendor for a hidden attribute',
  },
}
