/**
 * Multicast listener discovery. Version 1: RFC 2710 §3; version 2: RFC 3810 §5.
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
  mrd: u16(delay),
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
    S: bits(1),
    QRV: bits(3),
    QQIC: u8(),
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

for (const each of [ICMPv6MLQuery, ICMPv6MLReport, ICMPv6MLDone, ICMPv6MLQuery2]) {
  behave(each, { summary: (me) => `${me.layerName}${addressesOf(me)} group ${me.mladdr}` })
}
function groupsOf(me: AnyPacket): string {
  const records = (me.records ?? []) as { dst: string }[]
  return records.map((record) => record.dst).join(' ')
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
