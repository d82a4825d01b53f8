import { field, type OurLayer, row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

const names = (layer: OurLayer) =>
  (layer.fields.qd as OurLayer[]).map(({ fields }) => String(fields.qname).replace(/\.$/, ''))

export const agreement: VectorAgreement = {
  vectors: ['dns-tcp'],
  protocols: { dns: /^DNS$/ },
  rows: [
    field('dns.length', 'DNS', 'length'),
    field('dns.id', 'DNS', 'id'),
    field('dns.flags.response', 'DNS', 'qr'),
    field('dns.count.queries', 'DNS', 'qdcount'),
    field('dns.count.answers', 'DNS', 'ancount'),
    row('dns.qry.name', 'DNS', names, same),
  ],
}
