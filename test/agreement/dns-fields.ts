/** DNS: header, questions, and the records of all sections in the order of the packet. */
import { field, layersOf, number, type OurPacket, type Row, row, same } from './row.js'

type Record_ = Record<string, unknown>

const OPT = 41
const SRV = 33

/** tshark's names: without the last dot, the root spelt out. */
const name = (value: unknown) => String(value).replace(/\.$/, '') || '<Root>'

const section = (packet: OurPacket, names: readonly string[]): Record_[] =>
  layersOf(packet, 'DNS').flatMap(({ fields }) => names.flatMap((key) => list(fields[key])))

function list(value: unknown): Record_[] {
  if (!Array.isArray(value)) return []
  return value.map((item: Record_) => ('fields' in item ? (item.fields as Record_) : item))
}

const questions = (packet: OurPacket) => section(packet, ['qd'])
const records = (packet: OurPacket) => section(packet, ['an', 'ns', 'ar'])

/** A row of the questions. */
const question = (tshark: string, value: (record: Record_) => unknown, normalise = number): Row => ({
  tshark,
  normalise,
  ours: (packet) => questions(packet).map((record) => String(value(record))),
})

/** A row of the records of some types (0: of every type). */
const record = (
  tshark: string,
  types: readonly number[],
  value: (record: Record_) => unknown,
  normalise = number,
): Row => ({
  tshark,
  normalise,
  ours: (packet) =>
    records(packet)
      .filter(({ type }) => types.length === 0 || types.includes(Number(type)))
      .flatMap((one) => [value(one)].flat())
      .filter((text) => text !== undefined && text !== null && text !== '')
      .map(String),
})

const notOpt = (value: (record: Record_) => unknown) => (one: Record_) => (one.type === OPT ? undefined : value(one))

/** Bytes of our JSON are hex; text is text. */
const text = (value: unknown): string =>
  typeof value === 'string' && /^([0-9a-f]{2})+$/.test(value)
    ? Buffer.from(value, 'hex').toString('latin1')
    : String(value)

export const DNS_ROWS: Row[] = [
  field('dns.length', 'DNS', 'length'),
  field('dns.id', 'DNS', 'id'),
  row('dns.flags', 'DNS', ({ fields }) =>
    ['qr', 'opcode', 'aa', 'tc', 'rd', 'ra', 'z', 'ad', 'cd', 'rcode'].reduce((bits, key) => {
      const width = key === 'opcode' || key === 'rcode' ? 4 : 1
      return bits * 2 ** width + Number(fields[key])
    }, 0),
  ),
  field('dns.count.queries', 'DNS', 'qdcount'),
  field('dns.count.answers', 'DNS', 'ancount'),
  field('dns.count.auth_rr', 'DNS', 'nscount'),
  field('dns.count.add_rr', 'DNS', 'arcount'),
  question('dns.qry.name', ({ qname }) => name(qname), same),
  question('dns.qry.type', ({ qtype }) => qtype),
  question('dns.qry.class', ({ qclass }) => qclass),
  // tshark takes the name of an SRV record apart instead.
  record('dns.resp.name', [], ({ rrname, type }) => (type === SRV ? undefined : name(rrname)), same),
  record('dns.srv.service', [SRV], ({ rrname }) => name(rrname).split('.')[0], same),
  record('dns.srv.proto', [SRV], ({ rrname }) => name(rrname).split('.')[1], same),
  record('dns.srv.name', [SRV], ({ rrname }) => name(rrname).split('.').slice(2).join('.'), same),
  record('dns.resp.type', [], ({ type }) => type),
  record(
    'dns.resp.class',
    [],
    notOpt(({ rclass }) => rclass),
  ),
  record(
    'dns.resp.ttl',
    [],
    notOpt(({ ttl }) => ttl),
  ),
  record('dns.resp.len', [], ({ rdlen }) => rdlen),
  record('dns.a', [1], ({ rdata }) => rdata, same),
  record('dns.ns', [2], ({ rdata }) => name(rdata), same),
  record('dns.cname', [5], ({ rdata }) => name(rdata), same),
  record('dns.ptr.domain_name', [12], ({ rdata }) => name(rdata), same),
  record('dns.mx.preference', [15], ({ preference }) => preference),
  record('dns.mx.mail_exchange', [15], ({ exchange }) => name(exchange), same),
  record('dns.txt', [16], ({ rdata }) => [rdata].flat().map(text), same),
  record('dns.aaaa', [28], ({ rdata }) => rdata, same),
  record('dns.srv.priority', [SRV], ({ priority }) => priority),
  record('dns.srv.weight', [SRV], ({ weight }) => weight),
  record('dns.srv.port', [SRV], ({ port }) => port),
  record('dns.srv.target', [SRV], ({ target }) => name(target), same),
  record('dns.soa.mname', [6], ({ mname }) => name(mname), same),
  record('dns.soa.rname', [6], ({ rname }) => name(rname), same),
  record('dns.soa.serial_number', [6], ({ serial }) => serial),
  record('dns.soa.refresh_interval', [6], ({ refresh }) => refresh),
  record('dns.soa.retry_interval', [6], ({ retry }) => retry),
  record('dns.soa.expire_limit', [6], ({ expire }) => expire),
  record('dns.soa.minimum_ttl', [6], ({ minimum }) => minimum),
  record('dns.rr.udp_payload_size', [OPT], ({ rclass }) => rclass),
]
