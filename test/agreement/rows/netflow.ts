import { field, number, type OurLayer, type Row, row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

const ANY = /^Netflow/
type Pair = [string, unknown]
/** The values of some fields in all records of a set, in their order. */
const inRecords =
  (names: readonly string[]) =>
  ({ fields }: OurLayer) =>
    Array.isArray(fields.records)
      ? (fields.records as Pair[][]).flatMap((record) =>
          record.filter(([name]) => names.includes(name)).map(([, value]) => value),
        )
      : undefined
/** A field of the records: its name in version 5, and the names that it has in templates. */
const recorded = (tshark: string, five: string | undefined, names: readonly string[], normalise = number): Row =>
  row(tshark, ANY, (me) => (me.name === 'NetflowRecordV5' ? five && me.fields[five] : inRecords(names)(me)), normalise)
const tcpFlags = (letters: unknown): number =>
  [...'FSRPAUEC'].reduce((sum, letter, bit) => sum + (String(letters).includes(letter) ? 1 << bit : 0), 0)
const templates =
  (member: string) =>
  ({ fields }: OurLayer) => {
    if (Array.isArray(fields.templates))
      return (fields.templates as OurLayer[]).map((template) => template.fields[member])
    return undefined
  }
const SETS = /^Netflow(Flowset|OptionsFlowset|Dataflowset)/
const milliseconds = (text: string): string => String(Math.round(Number(text) * 1000))

export const agreement: VectorAgreement = {
  vectors: ['netflow'],
  protocols: { cflow: /^NetflowHeader$/ },
  rows: [
    field('cflow.version', 'NetflowHeader', 'version'),
    field('cflow.count', /^NetflowHeaderV[59]$/, 'count_'),
    field('cflow.len', 'NetflowHeaderV10', 'length'),
    field('cflow.sysuptime', /^NetflowHeaderV[59]$/, 'sysUptime', milliseconds),
    field('cflow.unix_secs', /^NetflowHeaderV[59]$/, 'unixSecs'),
    field('cflow.exporttime', 'NetflowHeaderV10', 'ExportTime'),
    row('cflow.sequence', /^NetflowHeaderV/, ({ fields }) => fields.flowSequence ?? fields.packageSequence),
    field('cflow.source_id', 'NetflowHeaderV9', 'SourceID'),
    field('cflow.od_id', 'NetflowHeaderV10', 'ObservationDomainID'),
    field('cflow.engine_type', 'NetflowHeaderV5', 'engineType'),
    field('cflow.engine_id', 'NetflowHeaderV5', 'engineID'),
    row('cflow.flowset_id', SETS, ({ name, fields }) =>
      name === 'NetflowDataflowsetV9' ? fields.templateID : fields.flowSetID,
    ),
    field('cflow.flowset_length', SETS, 'length'),
    row('cflow.template_field_count', 'NetflowFlowsetV9', templates('fieldCount')),
    row('cflow.template_id', /^Netflow(Flowset|OptionsFlowset)/, (me) => [
      templates('templateID')(me) ?? me.fields.templateID,
      ((me.fields.further ?? []) as OurLayer[]).map(({ fields }) => fields.templateID),
    ]),
    recorded('cflow.srcaddr', 'src', ['IPV4_SRC_ADDR'], same),
    recorded('cflow.dstaddr', 'dst', ['IPV4_DST_ADDR'], same),
    recorded('cflow.srcaddrv6', undefined, ['IPV6_SRC_ADDR'], same),
    recorded('cflow.dstaddrv6', undefined, ['IPV6_DST_ADDR'], same),
    recorded('cflow.srcport', 'srcport', ['L4_SRC_PORT']),
    recorded('cflow.dstport', 'dstport', ['L4_DST_PORT']),
    recorded('cflow.packets', 'dpkts', ['IN_PKTS']),
    recorded('cflow.octets', 'dOctets', ['IN_BYTES']),
    recorded('cflow.protocol', 'prot', ['PROTOCOL']),
    recorded('cflow.tos', 'tos', ['TOS']),
    recorded('cflow.ip_version', undefined, ['IP_PROTOCOL_VERSION']),
    recorded('cflow.direction', undefined, ['DIRECTION']),
    row('cflow.tcpflags', ANY, (me) =>
      me.name === 'NetflowRecordV5' ? tcpFlags(me.fields.tcpFlags) : inRecords(['TCP_FLAGS'])(me),
    ),
  ],
}
