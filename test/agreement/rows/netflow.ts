import { field, number, type OurLayer, row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

const ANY = /^Netflow/
type Pair = [string, unknown]
/** The values of some fields in all records of a set, in their order. */
const recorded =
  (...names: string[]) =>
  ({ fields }: OurLayer) =>
    Array.isArray(fields.records)
      ? (fields.records as Pair[][]).flatMap((record) =>
          record.filter(([name]) => names.includes(name)).map(([, value]) => value),
        )
      : undefined
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
    row(
      'cflow.srcaddr',
      ANY,
      (me) => (me.name === 'NetflowRecordV5' ? me.fields.src : recorded('IPV4_SRC_ADDR')(me)),
      same,
    ),
    row(
      'cflow.dstaddr',
      ANY,
      (me) => (me.name === 'NetflowRecordV5' ? me.fields.dst : recorded('IPV4_DST_ADDR')(me)),
      same,
    ),
    row('cflow.srcport', ANY, (me) =>
      me.name === 'NetflowRecordV5' ? me.fields.srcport : recorded('L4_SRC_PORT')(me),
    ),
    row('cflow.dstport', ANY, (me) =>
      me.name === 'NetflowRecordV5' ? me.fields.dstport : recorded('L4_DST_PORT')(me),
    ),
    row('cflow.packets', ANY, (me) => (me.name === 'NetflowRecordV5' ? me.fields.dpkts : recorded('IN_PKTS')(me))),
    row('cflow.octets', ANY, (me) => (me.name === 'NetflowRecordV5' ? me.fields.dOctets : recorded('IN_BYTES')(me))),
    row(
      'cflow.protocol',
      ANY,
      (me) => (me.name === 'NetflowRecordV5' ? me.fields.prot : recorded('PROTOCOL')(me)),
      number,
    ),
  ],
}
