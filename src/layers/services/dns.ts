/**
 * DNS, the Domain Name System. RFC 1035 §4.1; AD and CD: RFC 4035 §3.2; over TCP: RFC 7766 §8;
 * multicast DNS: RFC 6762.
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
import { type AnyPacket, behave, bind, bits, bitsEnum, LayerDefinition, layer, u16 } from '../../packet/index.js'
import { Raw } from '../raw.js'
import { TCP } from '../transport/tcp.js'
import { UDP } from '../transport/udp.js'
import { followSections, sections } from './dns-message.js'
import { lengthPrefix } from './dns-names.js'
import { DNS_OPCODES, DNS_RCODES } from './dns-numbers.js'
import { dataText } from './dns-records.js'
import { startsMessage } from './dns-stream.js'

export { DNSQR } from './dns-message.js'
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
    ...sections(),
  }),
  "Domain Name System message. DNS({qd: 'example.org'}) asks for its address.",
  'RFC 1035 §4.1; AD and CD: RFC 4035 §3.2; over TCP: RFC 7766 §8; multicast DNS: RFC 6762',
)

/** What a question in multicast DNS already knows, so that nobody repeats it. RFC 6762 §7.1. */
function knownText(me: AnyPacket, name: string): string {
  const known = (me.an as AnyPacket[] | undefined)?.length ?? 0
  return name === 'mDNS' && known > 0 ? `, ${known} known` : ''
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
  const name = ports.includes(MDNS_PORT) ? 'mDNS' : 'DNS'
  const question = (me.qd as AnyPacket[] | undefined)?.[0]
  const answer = (me.an as AnyPacket[] | undefined)?.[0]
  if (me.opcode !== 0)
    return `${name} ${me.text('opcode')}${me.qr ? ` ${me.text('rcode')}` : ''}${question === undefined ? '' : ` "${question.qname}"`}`
  if (!me.qr) return `${name} Qry${question === undefined ? '' : ` "${question.qname}"`}${knownText(me, name)}`
  if (me.rcode !== 0) return `${name} Ans ${me.text('rcode')}${question === undefined ? '' : ` "${question.qname}"`}`
  return answer === undefined ? `${name} Ans` : `${name} Ans "${dataText(answer)}"`
}

/** Stands for what TCP carries: the start of a message, or the middle of one, which nobody can read alone. */
const STREAM = new LayerDefinition('DNS', () => ({}), 'Stream of DNS messages.', 'RFC 7766 §8')
STREAM.behaviour.refine = (buffer, start, end) => (startsMessage(buffer, start, end) ? DNS : Raw)

behave(DNS, {
  summary,
  answers: (me, request) => request._layer === me._layer && me.id === request.id && me.qr === 1 && request.qr === 0,
  hash: (me) => String(me.id),
  // Over TCP one message follows another.
  isLast: (me) => me.under === null || me.under.layerName !== 'TCP',
  guess: (me) =>
    overTcp(me) && me._offset + 2 + (me.raw('length') as number) === me._headerStop() ? STREAM : undefined,
  finish: followSections,
})

for (const port of [MDNS_PORT, PORT]) {
  bind(UDP, DNS, { sport: port }, { build: false })
  bind(UDP, DNS, { dport: port })
}
bind(TCP, DNS, { dport: PORT })
bind(TCP, STREAM, { sport: PORT }, { build: false })
bind(TCP, STREAM, { dport: PORT }, { build: false })
