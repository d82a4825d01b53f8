/**
 * Group membership of hosts. Version 1: RFC 1112 appendix I; version 2: RFC 2236 §2; version 3: RFC 3376 §4; routers: RFC 4286 §3.
 * All messages go out with a TTL of 1, those of version 2 and 3 with IP's option RouterAlert; a sender says so in its IP layer.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+-------------------------------+
 *   |     type      |    mrcode     |            chksum             |  all messages
 *   +---------------+---------------+-------------------------------+
 *   |                             gaddr                             |  version 1 and 2, query of 3
 *   +-------+-+-----+---------------+-------------------------------+
 *   | resv  |s| qrv |     qqic      |            numsrc             |  query 3: sources behind it
 *   +-------+-+-----+---------------+-------------------------------+
 *   |             res2              |            numgrp             |  report 3: records behind it
 *   +-------------------------------+-------------------------------+
 */
import {
  type AnyPacket,
  behave,
  bind,
  bits,
  bytes,
  checksum,
  ipv4,
  type LayerReference,
  layer,
  layers,
  list,
  u8,
  u8Enum,
  u16,
} from '../../packet/index.js'
import { between } from './between.js'
import { codeValue } from './igmp-times.js'
import { IP } from './ip.js'

const PROTOCOL = 2
const QUERY = 0x11
const REPORT_3 = 0x22
/** A query of version 3 has at least so many bytes. RFC 3376 §7.1. */
const SHORTEST_QUERY_3 = 12

/** IANA, "Internet Group Management Protocol (IGMP) Type Numbers". */
const TYPES: Readonly<Record<number, string>> = {
  0x11: 'query',
  0x12: 'report-1',
  0x13: 'dvmrp',
  0x14: 'pim-1',
  0x15: 'cisco-trace',
  0x16: 'report-2',
  0x17: 'leave',
  0x1e: 'mtrace-response',
  0x1f: 'mtrace',
  0x22: 'report-3',
  0x30: 'router-advertisement',
  0x31: 'router-solicitation',
  0x32: 'router-termination',
}
/** Types whose message is a group's address and nothing else. */
const SHORT_TYPES: ReadonlySet<number> = new Set([QUERY, 0x12, 0x16, 0x17])

/** RFC 3376 §4.2.12. */
const RECORD_TYPES: Readonly<Record<number, string>> = {
  1: 'is-include',
  2: 'is-exclude',
  3: 'to-include',
  4: 'to-exclude',
  5: 'allow-new-sources',
  6: 'block-old-sources',
}

const header = (type: number, code: number) => ({
  type: u8Enum(type, TYPES),
  mrcode: u8(code),
  chksum: u16().checksum((c) => checksum(c.buffer, c.start, c.payloadEnd)),
})

const WITHIN = 'Tenths of a second within which a query is to be answered'

export const IGMP = layer(
  'IGMP',
  () => {
    const { type, mrcode, chksum } = header(QUERY, 20)
    return { type, mrcode: mrcode.about(`${WITHIN}; 0 in a query of version 1.`), chksum, gaddr: ipv4() }
  },
  'Group membership, version 1 and 2: asks who listens to a group (0.0.0.0: to any), or tells. Goes out with TTL 1.',
  'RFC 2236 §2',
)

export const IGMPv3 = layer(
  'IGMPv3',
  () => {
    const { type, mrcode, chksum } = header(QUERY, 20)
    return {
      type,
      mrcode: mrcode.about(`${WITHIN}; from 128 on a floating-point number: 0x80 stands for 128, 0xff for 31744.`),
      chksum,
    }
  },
  'Group membership, version 3: what IGMPv3mq or IGMPv3mr follows; also all other messages of IGMP. Goes out with TTL 1.',
  'RFC 3376 §4',
)

export const IGMPv3mq = layer(
  'IGMPv3mq',
  () => ({
    gaddr: ipv4(),
    resv: bits(4),
    s: bits(1).about('1: routers that hear the query do not shorten their timers.'),
    qrv: bits(3).about("The querier's robustness: how many messages may be lost."),
    qqic: u8().about("The querier's interval in seconds; floating-point from 128 on, as mrcode."),
    numsrc: u16().countOf('srcaddrs'),
    srcaddrs: list(ipv4(), { count: 'numsrc' }),
  }),
  'Asks who listens to a group, to certain sources in it.',
  'RFC 3376 §4.1',
)

export const IGMPv3gr = layer(
  'IGMPv3gr',
  () => ({
    rtype: u8Enum(1, RECORD_TYPES),
    auxdlen: u8()
      .auto((c) => (c.fieldLength('auxdata') + 3) >>> 2)
      .about('Length of auxdata in words of 4 bytes.'),
    numsrc: u16().countOf('srcaddrs'),
    maddr: ipv4(),
    srcaddrs: list(ipv4(), { count: 'numsrc' }),
    auxdata: bytes((me) => (me.auxdlen as number) * 4),
  }),
  'One group in a report of version 3.',
  'RFC 3376 §4.2.4',
)

export const IGMPv3mr = layer(
  'IGMPv3mr',
  () => ({
    res2: u16(),
    numgrp: u16().countOf('records'),
    records: layers(IGMPv3gr, { count: 'numgrp' }),
  }),
  'Says which groups and sources a host listens to; goes to 224.0.0.22.',
  'RFC 3376 §4.2',
)

export const IGMPv3mra = layer(
  'IGMPv3mra',
  () => ({ qryIntvl: u16().about('Seconds between general queries.'), robust: u16() }),
  "A multicast router's advertisement; mrcode holds its interval in seconds.",
  'RFC 4286 §3.1',
)

/** Only the type, and of a query the length, tells which message it is. */
function refine(buffer: Uint8Array, start: number, end: number): LayerReference {
  const type = start < end ? buffer[start]! : QUERY
  if (type === QUERY) return end - start >= SHORTEST_QUERY_3 ? IGMPv3 : IGMP
  return SHORT_TYPES.has(type) ? IGMP : IGMPv3
}

/** `, 10 s` of a query that says within what time it is to be answered. */
function delayOf(me: AnyPacket): string {
  return me.type === QUERY && me.mrcode > 0 ? ` within ${codeValue(me.mrcode as number) / 10} s` : ''
}

function sourcesOf(sources: unknown): string {
  const addresses = (sources ?? []) as string[]
  return addresses.length === 0 ? '' : ` from ${addresses.join(' ')}`
}

behave(IGMP, {
  refine,
  summary: (me) => `IGMP${between(me)} ${me.text('type')} ${me.gaddr}${delayOf(me)}`,
})
behave(IGMPv3, { refine, summary: (me) => `IGMPv3${between(me)} ${me.text('type')}${delayOf(me)}` })
behave(IGMPv3mq, {
  summary: (me) =>
    `IGMPv3mq${between(me)} group ${me.gaddr}${sourcesOf(me.srcaddrs)}${me.under === null ? '' : delayOf(me.under as AnyPacket)}`,
})
behave(IGMPv3gr, { summary: (me) => `IGMPv3gr ${me.text('rtype')} ${me.maddr}${sourcesOf(me.srcaddrs)}` })
behave(IGMPv3mr, {
  summary: (me) => {
    const records = (me.records ?? []) as AnyPacket[]
    return `IGMPv3mr${between(me)} ${records.map((each) => `${each.text('rtype')} ${each.maddr}${sourcesOf(each.srcaddrs)}`).join(', ')}`
  },
})
behave(IGMPv3mra, { summary: (me) => `IGMPv3mra${between(me)} every ${me.qryIntvl} s` })

bind(IP, IGMPv3, { proto: PROTOCOL, frag: 0 })
bind(IP, IGMP, { proto: PROTOCOL, frag: 0 })
bind(IGMPv3, IGMPv3mq, { type: QUERY })
bind(IGMPv3, IGMPv3mr, { type: REPORT_3 })
bind(IGMPv3, IGMPv3mra, { type: 0x30 })
