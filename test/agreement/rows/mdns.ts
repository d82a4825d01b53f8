import { field, type OurLayer, row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

const each = (sections: readonly string[], name: string) => (layer: OurLayer) =>
  sections.flatMap((section) => (layer.fields[section] as OurLayer[]).map(({ fields }) => fields[name]))

export const agreement: VectorAgreement = {
  vectors: ['mdns'],
  protocols: { mdns: /^DNS$/ },
  rows: [
    field('dns.id', 'DNS', 'id'),
    field('dns.count.queries', 'DNS', 'qdcount'),
    field('dns.count.answers', 'DNS', 'ancount'),
    field('dns.count.add_rr', 'DNS', 'arcount'),
    row('dns.qry.type', 'DNS', each(['qd'], 'qtype')),
    row('dns.qry.qu', 'DNS', each(['qd'], 'unicastresponse')),
    row('dns.resp.type', 'DNS', each(['an', 'ns', 'ar'], 'type')),
    row(
      'dns.a',
      'DNS',
      (layer) =>
        ['an', 'ns', 'ar'].flatMap((section) =>
          (layer.fields[section] as OurLayer[]).flatMap(({ fields }) => (fields.type === 1 ? [fields.rdata] : [])),
        ),
      same,
    ),
  ],
}
