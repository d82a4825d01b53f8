import { DNS_ROWS } from '../dns-fields.js'
import { type OurLayer, type Row, row } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

/** Of the options tshark calls the highest bit of the size so, too. */
const flush = ({ cacheflush, rclass }: OurLayer['fields']) => cacheflush ?? Number(rclass) >> 15

const each = (sections: readonly string[], value: (fields: OurLayer['fields']) => unknown) => (layer: OurLayer) =>
  sections.flatMap((section) => (layer.fields[section] as OurLayer[]).map(({ fields }) => value(fields)))

/** Bytes beyond ASCII as a zone file would write them. */
const escaped = (text: string): string =>
  text.replace(/[^\0-\x7f]+/gu, (part) => Array.from(Buffer.from(part), (byte) => `\\${byte}`).join(''))
const ROWS = DNS_ROWS.filter(({ tshark }) => !/^dns\.(length|ns|cname|mx|soa)\b/.test(tshark)).map(
  (row): Row => ({ ...row, normalise: (text) => escaped(row.normalise(text)) }),
)

export const agreement: VectorAgreement = {
  vectors: ['mdns'],
  protocols: { mdns: /^DNS$/ },
  rows: [
    ...ROWS,
    row(
      'dns.qry.qu',
      'DNS',
      each(['qd'], ({ unicastresponse }) => unicastresponse),
    ),
    row('dns.resp.cache_flush', 'DNS', each(['an', 'ns', 'ar'], flush)),
  ],
}
