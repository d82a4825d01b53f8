import { field, type OurLayer, row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

const LLMNR = /^LLMNR/
const first = (section: string, name: string) => (layer: OurLayer) =>
  (layer.fields[section] as OurLayer[]).map((each) => String(each.fields[name]).replace(/\.$/, ''))

const data = (type: number) => (layer: OurLayer) =>
  (layer.fields.an as OurLayer[]).flatMap(({ fields }) => (fields.type === type ? [fields.rdata] : []))

export const agreement: VectorAgreement = {
  vectors: ['llmnr'],
  protocols: { llmnr: LLMNR },
  rows: [
    field('dns.id', LLMNR, 'id'),
    field('dns.flags.response', LLMNR, 'qr'),
    field('dns.flags.conflict', LLMNR, 'c'),
    field('dns.flags.truncated', LLMNR, 'tc'),
    field('dns.flags.tentative', LLMNR, 't'),
    field('dns.count.queries', LLMNR, 'qdcount'),
    field('dns.count.answers', LLMNR, 'ancount'),
    row('dns.qry.name', LLMNR, first('qd', 'qname'), same),
    row('dns.qry.type', LLMNR, first('qd', 'qtype')),
    row('dns.resp.name', LLMNR, first('an', 'rrname'), same),
    row('dns.a', LLMNR, data(1), same),
    row('dns.aaaa', LLMNR, data(28), same),
  ],
}
