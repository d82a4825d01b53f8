/**
 * LLMNR, names on a link without a server: DNS messages with flags of their own. RFC 4795 §2.1.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------------------------------+-+-------+-+-+-+-------+-------+
 *   |              id               |q|opcode |c|t|T|   z   | rcode |
 *   +-------------------------------+-+-------+-+-+-+-------+-------+
 *   |            qdcount            |            ancount            |
 *   +-------------------------------+-------------------------------+
 *   |            nscount            |            arcount            |
 *   +-------------------------------+-------------------------------+
 *   |                 qd: questions; an, ns, ar: records …          |
 *   +---------------------------------------------------------------+
 */
import { type AnyPacket, behave, bind, bits, bitsEnum, layer, u16 } from '../../packet/index.js'
import { UDP } from '../transport/udp.js'
import { followSections, sections } from './dns-message.js'
import { DNS_OPCODES, DNS_RCODES } from './dns-numbers.js'
import { dataText } from './dns-records.js'

const PORT = 5355

const message = (response: 0 | 1) => ({
  id: u16(),
  qr: bits(1, response),
  opcode: bitsEnum(4, 0, DNS_OPCODES),
  c: bits(1).about('Conflict: the asker has had several answers, or the name is not unique.'),
  tc: bits(1).about('Truncated: ask again over TCP.'),
  t: bits(1).about('Tentative: the responder does not yet know that the name is its own alone.'),
  z: bits(4),
  rcode: bitsEnum(4, 0, DNS_RCODES),
  ...sections(),
})

export const LLMNRQuery = layer(
  'LLMNRQuery',
  () => message(0),
  "Link-local multicast name resolution: a question. LLMNRQuery({qd: 'printer'}).",
  'RFC 4795 §2.1',
)
export const LLMNRResponse = layer(
  'LLMNRResponse',
  () => message(1),
  'Link-local multicast name resolution: an answer.',
  'RFC 4795 §2.1',
)

/** `LLMNR Qry "printer."`, `LLMNR Ans "192.0.2.1"`. */
function summary(me: AnyPacket): string {
  const question = (me.qd as AnyPacket[] | undefined)?.[0]
  const answer = (me.an as AnyPacket[] | undefined)?.[0]
  const asked = question === undefined ? '' : ` "${question.qname}"`
  if (!me.qr) return `LLMNR Qry${asked}`
  if (me.rcode !== 0) return `LLMNR Ans ${me.text('rcode')}${asked}`
  return `LLMNR Ans${answer === undefined ? asked : ` "${dataText(answer)}"`}`
}

/** The highest bit behind the id says which of the two it is. */
const refine = (buffer: Uint8Array, start: number, end: number) =>
  end - start > 2 && buffer[start + 2]! >= 0x80 ? LLMNRResponse : LLMNRQuery

for (const each of [LLMNRQuery, LLMNRResponse]) {
  behave(each, {
    summary,
    refine,
    answers: (me, request) => request.layerName === 'LLMNRQuery' && me.qr === 1 && me.id === request.id,
    hash: (me) => String(me.id),
    finish: followSections,
  })
}

bind(UDP, LLMNRResponse, { sport: PORT })
bind(UDP, LLMNRQuery, { dport: PORT })
