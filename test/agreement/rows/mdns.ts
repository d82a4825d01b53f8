import { DNS_ROWS } from '../dns-fields.js'
import { type OurLayer, row } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

/** Of the options tshark calls the highest bit of the size so, too. */
const flush = ({ cacheflush, rclass }: OurLayer['fields']) => cacheflush ?? Number(rclass) >> 15

const each = (sections: readonly string[], value: (fields: OurLayer['fields']) => unknown) => (layer: OurLayer) =>
  sections.flatMap((section) => (layer.fields[section] as OurLayer[]).map(({ fields }) => value(fields)))

export const agreement: VectorAgreement = {
  vectors: ['mdns'],
  protocols: { mdns: /^DNS$/ },
  rows: [
    ...DNS_ROWS.filter(({ tshark }) => tshark !== 'dns.length'),
    row('dns.qry.qu', 'DNS', each(['qd'], ({ unicastresponse }) => unicastresponse)),
    row('dns.resp.cache_flush', 'DNS', each(['an', 'ns', 'ar'], flush)),
  ],
}
