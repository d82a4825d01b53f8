import { field, type OurLayer, row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

const entries = ({ fields }: OurLayer): Record<string, unknown>[] =>
  ((fields.entries ?? []) as OurLayer[]).map((each) => each.fields)
const isKeyed = ({ fields }: OurLayer, value: unknown): unknown => (fields.authtype === 3 ? value : undefined)
const withoutZero = (text: string): string => (text === '0' ? '' : text)

export const agreement: VectorAgreement = {
  vectors: ['rip', 'ripng'],
  protocols: { rip: /^RIP$/, ripng: /^RIPng$/ },
  rows: [
    field('rip.command', 'RIP', 'cmd'),
    field('rip.version', 'RIP', 'version'),
    row('rip.ip', 'RIPEntry', ({ fields }) => (fields.AF === 2 ? fields.addr : undefined), same),
    row('rip.family', 'RIPEntry', ({ fields }) => fields.AF),
    field('rip.metric', 'RIPEntry', 'metric'),
    row('rip.auth.type', 'RIPAuth', ({ fields }) => (fields.authtype === 1 ? undefined : fields.authtype)),
    field('rip.auth.passwd', 'RIPAuth', 'password', same),
    row('rip.key_id', 'RIPAuth', (layer) => isKeyed(layer, layer.fields.keyid)),
    row('rip.seq_num', 'RIPAuth', (layer) => isKeyed(layer, layer.fields.seqnum)),
    row('rip.digest_offset', 'RIPAuth', (layer) => isKeyed(layer, layer.fields.digestoffset)),
    field('ripng.cmd', 'RIPng', 'cmd'),
    field('ripng.version', 'RIPng', 'ver'),
    row('ripng.rte.ipv6_prefix', 'RIPng', (layer) => entries(layer).map((each) => each.prefix_or_nh), same),
    row('ripng.rte.prefix_length', 'RIPng', (layer) => entries(layer).map((each) => each.prefixlen)),
    row('ripng.rte.metric', 'RIPng', (layer) => entries(layer).map((each) => each.metric)),
    row(
      'ripng.rte.route_tag',
      'RIPng',
      (layer) =>
        entries(layer)
          .map((each) => withoutZero(String(each.routetag)))
          .filter(Boolean),
      (text) => withoutZero(BigInt(text).toString()),
    ),
  ],
}
