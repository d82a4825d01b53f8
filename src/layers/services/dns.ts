/**
 * DNS, the Domain Name System. RFC 1035 §4.1; AD and CD: RFC 4035 §3.2; over TCP: RFC 7766 §8;
 * multicast DNS: RFC 6762; LLMNR: RFC 4795.
 *
 *    0                   1
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |      length (only over TCP)   |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |               id              |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |q|opcode |a|t|r|r|z|a|c| rcode |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |            qdcount            |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |            ancount            |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |            nscount            |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |            arcount            |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   | qd: questions; an, ns, ar: records …
 */
import {
  type AnyPacket,
  type BuildContext,
  behave,
  bind,
  bits,
  bitsEnum,
  type LayerReference,
  layer,
  u16,
  u16Enum,
} from '../../packet/index.js'
import { TCP } from '../transport/tcp.js'
import { UDP } from '../transport/udp.js'
import { domainName, lengthPrefix } from './dns-names.js'
import { DNS_CLASSES, DNS_OPCODES, DNS_RCODES, DNS_TYPES } from './dns-numbers.js'
import { dataText } from './dns-records.js'
import { questions, records } from './dns-sections.js'

export {
  DNSRR,
  DNSRRCAA,
  DNSRRDNSKEY,
  DNSRRDS,
  DNSRRHINFO,
  DNSRRHTTPS,
  DNSRRMX,
  DNSRRNAPTR,
  DNSRRNSEC,
  DNSRRNSEC3,
  DNSRRNSEC3PARAM,
  DNSRROPT,
  DNSRRRSIG,
  DNSRRSOA,
  DNSRRSRV,
  DNSRRSSHFP,
  DNSRRSVCB,
  DNSRRTLSA,
  DNSRRURI,
} from './dns-records.js'

const PORT = 53
const MDNS_PORT = 5353
const LLMNR_PORT = 5355

export const DNSQR = layer(
  'DNSQR',
  () => ({
    qname: domainName('www.example.com.', true),
    qtype: u16Enum(1, DNS_TYPES),
    unicastresponse: bits(1),
    qclass: bitsEnum(15, 1, DNS_CLASSES),
  }),
  'Question of a DNS message.',
  'RFC 1035 §4.1.2; unicastresponse (multicast DNS): RFC 6762 §5.4',
)

const overTcp = (me: AnyPacket): boolean => lengthPrefix(me) > 0

export const DNS = layer(
  'DNS',
  () => ({
    length: u16()
      .auto((c) => c.headerLength - 2)
      .when(overTcp),
    id: u16(),
    qr: bits(1),
    opcode: bitsEnum(4, 0, DNS_OPCODES),
    aa: bits(1),
    tc: bits(1),
    rd: bits(1, 1),
    ra: bits(1),
    z: bits(1),
    ad: bits(1),
    cd: bits(1),
    rcode: bitsEnum(4, 0, DNS_RCODES),
    qdcount: u16().countOf('qd'),
    ancount: u16().countOf('an'),
    nscount: u16().countOf('ns'),
    arcount: u16().countOf('ar'),
    qd: questions(DNSQR, 'qdcount'),
    an: records('an', 'ancount'),
    ns: records('ns', 'nscount'),
    ar: records('ar', 'arcount'),
  }),
  "Domain Name System message. DNS({qd: 'example.org'}) asks for its address.",
  'RFC 1035 §4.1; AD and CD: RFC 4035 §3.2; over TCP: RFC 7766 §8; multicast DNS: RFC 6762; LLMNR: RFC 4795',
)

const COUNTS = [
  ['qdcount', 'qd'],
  ['ancount', 'an'],
  ['nscount', 'ns'],
  ['arcount', 'ar'],
] as const

/**
 * In a message that was read, counts and length keep their values like all automatic fields. Those that were right
 * follow when a section changes: a count that is wrong by accident would make the whole message unreadable.
 */
function followSections(context: BuildContext): void {
  const me = context.packet as AnyPacket
  const definition = me._layer
  if (me._buffer === null || me._issue !== null || !context.isTailNew) return
  const place = (name: string): number =>
    context.start + context.tailStarts[definition.indexOf(name) - definition.tailStart]!
  const put = (name: string, value: number): void =>
    definition.fields[definition.indexOf(name)]!.writeAt(context.buffer, place(name), value)
  let changed = false
  for (const [count, section] of COUNTS) {
    const elements = me.raw(section) as unknown[]
    if (!me._isFromBytes(definition.indexOf(count)) || elements.length === me.raw(count)) continue
    put(count, elements.length)
    changed = true
  }
  const length = me.raw('length') as number | undefined
  if (length === undefined || !me._isFromBytes(definition.indexOf('length'))) return
  const wasWhole = me._offset + 2 + length === me._headerStop()
  if (changed || wasWhole) put('length', context.headerLength - 2)
}

/** `Qry "www.example.com."`, `Ans "93.184.216.34"`, or why there is no answer. */
function summary(me: AnyPacket): string {
  const { under } = me
  const ports =
    under === null
      ? []
      : [
          under._layer.find('sport') < 0 ? 0 : (under as AnyPacket).sport,
          under._layer.find('dport') < 0 ? 0 : (under as AnyPacket).dport,
        ]
  const name = ports.includes(MDNS_PORT) ? 'mDNS' : ports.includes(LLMNR_PORT) ? 'LLMNR' : 'DNS'
  const question = (me.qd as AnyPacket[] | undefined)?.[0]
  const answer = (me.an as AnyPacket[] | undefined)?.[0]
  if (me.opcode !== 0)
    return `${name} ${me.text('opcode')}${me.qr ? ` ${me.text('rcode')}` : ''}${question === undefined ? '' : ` "${question.qname}"`}`
  if (!me.qr) return `${name} Qry${question === undefined ? '' : ` "${question.qname}"`}`
  if (me.rcode !== 0) return `${name} Ans ${me.text('rcode')}${question === undefined ? '' : ` "${question.qname}"`}`
  return answer === undefined ? `${name} Ans` : `${name} Ans "${dataText(answer)}"`
}

behave(DNSQR, { summary: (me) => `DNSQR ${me.qname} ${me.text('qtype')}` })

behave(DNS, {
  summary,
  answers: (me, request) => request._layer === me._layer && me.id === request.id && me.qr === 1 && request.qr === 0,
  hash: (me) => String(me.id),
  // Over TCP one message follows another.
  isLast: (me) => me.under === null || me.under.layerName !== 'TCP',
  guess: (me) =>
    overTcp(me) && me._offset + 2 + (me.raw('length') as number) === me._headerStop()
      ? (DNS as LayerReference)
      : undefined,
  finish: followSections,
})

for (const port of [LLMNR_PORT, MDNS_PORT, PORT]) {
  bind(UDP, DNS, { sport: port }, { build: false })
  bind(UDP, DNS, { dport: port })
}
bind(TCP, DNS, { sport: PORT }, { build: false })
bind(TCP, DNS, { dport: PORT })
