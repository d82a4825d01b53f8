/**
 * Multicast listener discovery. Version 1: RFC 2710 §3; version 2: RFC 3810 §5; routers: RFC 4286 §3. All messages go out with a hop
 * limit of 1 from a link-local address, behind a hop-by-hop header with the option RouterAlert; a sender says so in those layers.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+-------------------------------+
 *   |     type      |     code      |             cksum             |
 *   +---------------+---------------+-------------------------------+
 *   |              mrd              |           reserved            |  query, report 1, done
 *   +-------------------------------+-------------------------------+
 *   |                       mladdr (16 bytes)                       |
 *   +-------+-+-----+---------------+-------------------------------+
 *   | Resv  |S| QRV |     QQIC      |        sources_number         |  query 2: sources behind it
 *   +-------+-+-----+---------------+-------------------------------+
 */
import { type AnyPacket, behave, bits, bytes, ipv6, layer, layers, list, u8, u8Enum, u16 } from '../../packet/index.js'
import { addressesOf, bindMessage, ICMPV6_TYPES, messageHeader } from './icmpv6-message.js'
import { delayValue } from './igmp-times.js'
import { transportChecksum } from './ip-checksum.js'

const PROTOCOL = 58
const QUERY = 130
/** A query of version 1 has this length exactly. RFC 3810 §8.1. */
const FIRST_VERSION_LENGTH = 24

/** Record types of version 2. RFC 3810 §5.2.12. */
const RECORD_TYPES: Readonly<Record<number, string>> = {
  1: 'is-include',
  2: 'is-exclude',
  3: 'to-include',
  4: 'to-exclude',
  5: 'allow-new-sources',
  6: 'block-old-sources',
}

const message = (type: number, delay: number) => ({
  ...messageHeader(type),
  mrd: u16(delay).about('Milliseconds within which to answer a query; in version 2 floating-point from 32768 on.'),
  reserved: u16(),
  mladdr: ipv6(),
})

export const ICMPv6MLQuery = layer(
  'ICMPv6MLQuery',
  () => message(QUERY, 10000),
  'Asks who listens to a group (:: for any). mrd: ms within which to answer.',
  'RFC 2710 §3',
)
export const ICMPv6MLReport = layer(
  'ICMPv6MLReport',
  () => message(131, 0),
  'Says that a host listens to a group.',
  'RFC 2710 §3',
)
export const ICMPv6MLDone = layer(
  'ICMPv6MLDone',
  () => message(132, 0),
  'Says that a host stops listening to a group.',
  'RFC 2710 §3',
)

export const ICMPv6MLQuery2 = layer(
  'ICMPv6MLQuery2',
  () => ({
    ...message(QUERY, 10000),
    Resv: bits(4),
    S: bits(1).about('1: routers that hear the query do not shorten their timers.'),
    QRV: bits(3).about("The querier's robustness: how many messages may be lost."),
    QQIC: u8().about("The querier's interval in seconds; from 128 on floating-point, up to 31744."),
    sources_number: u16().countOf('sources'),
    sources: list(ipv6(), { count: 'sources_number' }),
  }),
  'Asks who listens to a group, to certain sources in it. mrd and QQIC are floating-point above 32767 and 127.',
  'RFC 3810 §5.1',
)

export const ICMPv6MLDMultAddrRec = layer(
  'ICMPv6MLDMultAddrRec',
  () => ({
    rtype: u8Enum(4, RECORD_TYPES),
    auxdata_len: u8().auto((c) => (c.fieldLength('auxdata') + 3) >>> 2),
    sources_number: u16().countOf('sources'),
    dst: ipv6(),
    sources: list(ipv6(), { count: 'sources_number' }),
    auxdata: bytes((me) => (me.auxdata_len as number) * 4),
  }),
  'One group in a listener report. auxdata_len in words of 4 bytes.',
  'RFC 3810 §5.2.4',
)

export const ICMPv6MLReport2 = layer(
  'ICMPv6MLReport2',
  () => ({
    type: u8Enum(143, ICMPV6_TYPES),
    res: u8(),
    cksum: u16().checksum((c) => transportChecksum(c, PROTOCOL)),
    reserved: u16(),
    records_number: u16().countOf('records'),
    records: layers(ICMPv6MLDMultAddrRec, { count: 'records_number' }),
  }),
  'Says which groups and sources a host listens to.',
  'RFC 3810 §5.2',
)

export const ICMPv6MRD_Advertisement = layer(
  'ICMPv6MRD_Advertisement',
  () => ({
    type: u8Enum(151, ICMPV6_TYPES),
    advinter: u8(20).about('Seconds between advertisements.'),
    cksum: u16().checksum((c) => transportChecksum(c, PROTOCOL)),
    queryint: u16().about('Seconds between general queries.'),
    robustness: u16(),
  }),
  'Says that a multicast router is here.',
  'RFC 4286 §3.1',
)
const routerMessage = (type: number) => ({
  type: u8Enum(type, ICMPV6_TYPES),
  res: u8(),
  cksum: u16().checksum((c) => transportChecksum(c, PROTOCOL)),
})
export const ICMPv6MRD_Solicitation = layer(
  'ICMPv6MRD_Solicitation',
  () => routerMessage(152),
  'Asks which multicast routers are here.',
  'RFC 4286 §3.2',
)
export const ICMPv6MRD_Termination = layer(
  'ICMPv6MRD_Termination',
  () => routerMessage(153),
  'Says that a multicast router stops.',
  'RFC 4286 §3.3',
)

const delayOf = (milliseconds: number): string => ` within ${milliseconds / 1000} s`

for (const each of [ICMPv6MLReport, ICMPv6MLDone])
  behave(each, { summary: (me) => `${me.layerName}${addressesOf(me)} group ${me.mladdr}` })
behave(ICMPv6MLQuery, {
  summary: (me) => `ICMPv6MLQuery${addressesOf(me)} group ${me.mladdr}${delayOf(me.mrd as number)}`,
})
behave(ICMPv6MLQuery2, {
  summary: (me) =>
    `ICMPv6MLQuery2${addressesOf(me)} group ${me.mladdr}${sourcesOf(me)}${delayOf(delayValue(me.mrd as number))}`,
})
for (const each of [ICMPv6MRD_Advertisement, ICMPv6MRD_Solicitation, ICMPv6MRD_Termination])
  behave(each, { summary: (me) => `${me.layerName}${addressesOf(me)}` })

function sourcesOf(me: AnyPacket): string {
  const sources = (me.sources ?? []) as string[]
  return sources.length === 0 ? '' : ` from ${sources.join(' ')}`
}

function groupsOf(me: AnyPacket): string {
  const records = (me.records ?? []) as AnyPacket[]
  return records.map((record) => `${record.text('rtype')} ${record.dst}${sourcesOf(record)}`).join(', ')
}

behave(ICMPv6MLReport2, {
  summary: (me) => `ICMPv6MLReport2${addressesOf(me)} ${groupsOf(me)}`,
})

bindMessage(QUERY, ICMPv6MLQuery2)
bindMessage(QUERY, ICMPv6MLQuery, (_buffer, start, end) =>
  end - start > FIRST_VERSION_LENGTH ? ICMPv6MLQuery2 : ICMPv6MLQuery,
)
bindMessage(131, ICMPv6MLReport)
bindMessage(132, ICMPv6MLDone)
bindMessage(143, ICMPv6MLReport2)
bindMessage(151, ICMPv6MRD_Advertisement)
bindMessage(152, ICMPv6MRD_Solicitation)
bindMessage(153, ICMPv6MRD_Termination)
