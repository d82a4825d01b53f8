import { DNS, DNSQR, DNSRR, DNSRRMX, DNSRROPT, DNSRRSOA } from '../../layers/index.js'
import { type AnyPacket, dissect, type Packet, parseIpv4, parseIpv6, toHex } from '../../packet/index.js'
import type { StationPlan } from './plan.js'

const TYPE = { A: 1, NS: 2, CNAME: 5, SOA: 6, PTR: 12, MX: 15, TXT: 16, AAAA: 28, ALL: 255 } as const
const NAME_ERROR = 3
const NOT_IMPLEMENTED = 4
const REFUSED = 5
/** Largest answer over UDP to whom did not say otherwise, and to whom did. RFC 1035 §2.3.4; RFC 9715. */
const PLAIN_MOST = 512
const EDNS_MOST = 1232
const TTL = 300
/** Domains that the server answers for; of all others it refuses to speak. */
const ZONES = ['example.', 'test.', '10.in-addr.arpa.', 'd.f.ip6.arpa.']

type MakeRecord = (rrname: string) => Packet

/** Names of the practice network: one zone for every server. */
export class NameTable {
  private readonly records = new Map<string, Map<number, MakeRecord[]>>()

  /** @param names further names, each with a dot at its end and addresses */
  constructor(stations: readonly StationPlan[], names: Readonly<Record<string, readonly string[]>>) {
    for (const { name, ipv4, ipv6 } of stations)
      for (const address of [ipv4, ipv6])
        if (address !== undefined) this.addAddress(`${name.toLowerCase()}.example.`, address, true)
    this.add('www.example.', TYPE.CNAME, (rrname) =>
      DNSRR({ rrname, type: TYPE.CNAME, ttl: TTL, rdata: 'server.example.' }),
    )
    this.add('example.', TYPE.MX, (rrname) =>
      DNSRRMX({ rrname, ttl: TTL, preference: 10, exchange: 'server.example.' }),
    )
    this.add('example.', TYPE.MX, (rrname) => DNSRRMX({ rrname, ttl: TTL, preference: 20, exchange: 'far.example.' }))
    this.add('example.', TYPE.TXT, (rrname) => DNSRR({ rrname, type: TYPE.TXT, ttl: TTL, rdata: 'a practice network' }))
    for (const zone of ['example.', 'test.']) {
      this.add(zone, TYPE.NS, (rrname) => DNSRR({ rrname, type: TYPE.NS, ttl: TTL, rdata: 'gateway.example.' }))
      this.add(zone, TYPE.SOA, startOfZone)
    }
    for (let i = 0; i < 40; i++)
      this.add('large.test.', TYPE.TXT, (rrname) =>
        DNSRR({ rrname, type: TYPE.TXT, ttl: TTL, rdata: `${String(i).padStart(2, '0')} ${'large '.repeat(10)}` }),
      )
    for (const [name, addresses] of Object.entries(names))
      for (const address of addresses) this.addAddress(name, address, false)
  }

  /**
   * The answer to a DNS message.
   * @param most largest answer in bytes; 0: as UDP allows, and as the question says
   * @returns undefined for what is no question
   */
  answer(message: Uint8Array, most: number): Uint8Array | undefined {
    const query = dissect(DNS, message) as AnyPacket
    if (query.layerName !== 'DNS' || message.length < 12 || query.qr === 1 || query.isMalformed === true)
      return undefined
    const question = (query.qd as AnyPacket[] | undefined)?.[0]
    const head = { id: query.id, qr: 1, opcode: query.opcode, rd: query.rd, qd: [] as Packet[] }
    if (query.opcode !== 0) return DNS({ ...head, rcode: NOT_IMPLEMENTED }).bytes()
    if (question === undefined || query.qdcount !== 1) return DNS({ ...head, rcode: 1 }).bytes()
    const { qname, qtype, qclass } = question as unknown as { qname: string; qtype: number; qclass: number }
    head.qd = [DNSQR({ qname, qtype, qclass })]
    const opt = (query.ar as AnyPacket[]).find(({ layerName }) => layerName === 'DNSRROPT')
    const ar = opt === undefined ? [] : [DNSRROPT({ rclass: EDNS_MOST })]
    const name = qname.toLowerCase()
    const zone = ZONES.find((each) => name === each || name.endsWith(`.${each}`))
    if (zone === undefined || qclass !== 1) return DNS({ ...head, rcode: REFUSED, ar }).bytes()
    const an = this.find(name, qname, qtype)
    const rcode = this.exists(name) ? 0 : NAME_ERROR
    const ns = an.length > 0 ? [] : [startOfZone(zone)]
    const answer = DNS({ ...head, aa: 1, rcode, an, ns, ar }).bytes()
    const limit =
      most > 0 ? most : opt === undefined ? PLAIN_MOST : Math.min(EDNS_MOST, Math.max(PLAIN_MOST, opt.rclass))
    // A truncated answer has nothing in it that would be half of something. RFC 2181 §9.
    return answer.length <= limit ? answer : DNS({ ...head, aa: 1, tc: 1, ar }).bytes()
  }

  private find(name: string, asked: string, type: number): Packet[] {
    const known = this.records.get(name)
    if (known === undefined) return []
    const makers = type === TYPE.ALL ? [...known.values()].flat() : (known.get(type) ?? [])
    const found = makers.map((make) => make(asked))
    const alias = known.get(TYPE.CNAME)?.[0]
    if (found.length > 0 || alias === undefined) return found
    const record = alias(asked) as AnyPacket
    const target = record.rdata as string
    return [record, ...(this.records.get(target)?.get(type) ?? []).map((make) => make(target))]
  }

  /** Whether the name or one below it has records. */
  private exists(name: string): boolean {
    if (this.records.has(name) || ZONES.includes(name)) return true
    for (const known of this.records.keys()) if (known.endsWith(`.${name}`)) return true
    return false
  }

  private addAddress(name: string, address: string, reverse: boolean): void {
    const type = parseIpv4(address) >= 0 ? TYPE.A : TYPE.AAAA
    this.add(name, type, (rrname) => DNSRR({ rrname, type, ttl: TTL, rdata: address }))
    if (reverse)
      this.add(reverseName(address), TYPE.PTR, (rrname) => DNSRR({ rrname, type: TYPE.PTR, ttl: TTL, rdata: name }))
  }

  private add(name: string, type: number, make: MakeRecord): void {
    const types = this.records.get(name) ?? new Map<number, MakeRecord[]>()
    types.set(type, [...(types.get(type) ?? []), make])
    this.records.set(name, types)
  }
}

function startOfZone(rrname: string): Packet {
  const times = { serial: 1, refresh: 3600, retry: 600, expire: 86400, minimum: 60 }
  return DNSRRSOA({ rrname, ttl: TTL, mname: 'gateway.example.', rname: 'teacher.example.', ...times })
}

/** The name that a PTR record of an address has. RFC 1035 §3.5, RFC 3596 §2.5. */
export function reverseName(address: string): string {
  if (parseIpv4(address) >= 0) return `${address.split('.').reverse().join('.')}.in-addr.arpa.`
  return `${[...toHex(parseIpv6(address)!)].reverse().join('.')}.ip6.arpa.`
}
