/** What DNS and its relatives (multicast DNS, LLMNR) share: questions, counts and sections. RFC 1035 §4.1. */
import { type AnyPacket, type BuildContext, behave, bits, bitsEnum, layer, u16, u16Enum } from '../../packet/index.js'
import { domainName } from './dns-names.js'
import { DNS_CLASSES, DNS_TYPES } from './dns-numbers.js'
import { questions, records } from './dns-sections.js'

export const DNSQR = layer(
  'DNSQR',
  () => ({
    qname: domainName('www.example.com.', true),
    qtype: u16Enum(1, DNS_TYPES),
    unicastresponse: bits(1).about('In multicast DNS: the answer may come to the asker alone (QU).'),
    qclass: bitsEnum(15, 1, DNS_CLASSES),
  }),
  'Question of a DNS message.',
  'RFC 1035 §4.1.2; unicastresponse (multicast DNS): RFC 6762 §5.4',
)

/** The four counts, and the sections that they count. */
export const sections = () => ({
  qdcount: u16().countOf('qd'),
  ancount: u16().countOf('an'),
  nscount: u16().countOf('ns'),
  arcount: u16().countOf('ar'),
  qd: questions(DNSQR, 'qdcount'),
  an: records('an', 'ancount'),
  ns: records('ns', 'nscount'),
  ar: records('ar', 'arcount'),
})

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
export function followSections(context: BuildContext): void {
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
  const length = definition.find('length') < 0 ? undefined : (me.raw('length') as number | undefined)
  if (length === undefined || !me._isFromBytes(definition.indexOf('length'))) return
  const wasWhole = me._offset + 2 + length === me._headerStop()
  if (changed || wasWhole) put('length', context.headerLength - 2)
}

behave(DNSQR, { summary: (me) => `DNSQR ${me.qname} ${me.text('qtype')}` })
