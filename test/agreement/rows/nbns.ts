import { field, type OurLayer, row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

const NBNS = /^NBNS(Query|NodeStatus|Registration|Wack)/
/** tshark writes what the last byte stands for behind a name, and bytes that are no text in its own way. */
const name = (text: string): string =>
  text
    .replace(/ \(.*\)$/, '')
    .replace(/^\*(<00>)+$/, '*<00>')
    .replace(/<([0-9a-f]{2})>(?=.*<[0-9a-f]{2}>)/g, '\\x$1')
const members =
  (list: string, member: string) =>
  ({ fields }: OurLayer) =>
    Array.isArray(fields[list]) ? (fields[list] as OurLayer[]).map((entry) => entry.fields[member]) : fields[member]
/** A message that asks to wait repeats the flags of its question as data. */
const FLAGS = /^NBNS(Header|WackResponse)$/
const flag =
  (bit: string, place: number) =>
  ({ fields }: OurLayer) => {
    if (typeof fields.RDATA === 'number') return (fields.RDATA >> place) & 1
    return (fields.NM_FLAGS as string).split('+').includes(bit) ? 1 : 0
  }
const part =
  (name: string, shift: number, mask: number) =>
  ({ fields }: OurLayer) =>
    typeof fields.RDATA === 'number' ? (fields.RDATA >> shift) & mask : fields[name]

export const agreement: VectorAgreement = {
  vectors: ['netbios'],
  protocols: { nbns: /^NBNSHeader$/, nbdgm: /^NBTDatagram$/, nbss: /^NBTSession$/ },
  rows: [
    field('nbns.id', 'NBNSHeader', 'NAME_TRN_ID'),
    row('nbns.flags.response', FLAGS, part('RESPONSE', 15, 1)),
    row('nbns.flags.opcode', FLAGS, part('OPCODE', 11, 15)),
    row('nbns.flags.broadcast', FLAGS, flag('B', 4)),
    row('nbns.flags.recdesired', FLAGS, flag('RD', 8)),
    field('nbns.count.queries', 'NBNSHeader', 'QDCOUNT'),
    field('nbns.count.answers', 'NBNSHeader', 'ANCOUNT'),
    field('nbns.count.auth_rr', 'NBNSHeader', 'NSCOUNT'),
    field('nbns.count.add_rr', 'NBNSHeader', 'ARCOUNT'),
    row(
      'nbns.name',
      NBNS,
      ({ fields }) => {
        const first = fields.QUESTION_NAME ?? fields.RR_NAME
        return fields.RR_NAME === '' ? [first, first] : first
      },
      name,
    ),
    row('nbns.type', NBNS, ({ fields }) => [fields.QUESTION_TYPE, fields.RR_TYPE].filter((type) => type !== undefined)),
    field('nbns.ttl', NBNS, 'TTL'),
    field('nbns.data_length', NBNS, 'RDLENGTH'),
    row('nbns.addr', NBNS, members('ADDR_ENTRY', 'NB_ADDRESS'), same),
    row('nbns.nb_flags.group', NBNS, members('ADDR_ENTRY', 'G')),
    field('nbns.number_of_names', 'NBNSNodeStatusResponse', 'NUM_NAMES'),
    field('nbns.unit_id', 'NBNSNodeStatusResponse', 'MAC_ADDRESS', same),
    field('nbdgm.type', 'NBTDatagram', 'Type'),
    field('nbdgm.next', 'NBTDatagram', 'more'),
    field('nbdgm.first', 'NBTDatagram', 'first'),
    field('nbdgm.node_type', 'NBTDatagram', 'node_type'),
    field('nbdgm.dgram_id', 'NBTDatagram', 'ID'),
    field('nbdgm.src.ip', 'NBTDatagram', 'SourceIP', same),
    field('nbdgm.src.port', 'NBTDatagram', 'SourcePort'),
    field('nbdgm.dgram_len', 'NBTDatagram', 'Length'),
    field('nbdgm.pkt_offset', 'NBTDatagram', 'Offset'),
    field('nbdgm.error_code', 'NBTDatagram', 'error_code'),
    field('nbdgm.source_name', 'NBTDatagram', 'SourceName', name),
    field('nbdgm.destination_name', 'NBTDatagram', 'DestinationName', name),
    field('nbss.type', 'NBTSession', 'TYPE'),
    field('nbss.length', 'NBTSession', 'LENGTH'),
    field('nbss.called_name', 'NBTSession', 'called_name', name),
    field('nbss.calling_name', 'NBTSession', 'calling_name', name),
    field('nbss.error_code', 'NBTSession', 'error_code'),
    field('nbss.retarget_port', 'NBTSession', 'retarget_port'),
  ],
}
