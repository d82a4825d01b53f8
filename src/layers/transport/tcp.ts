/**
 * TCP, the Transmission Control Protocol. RFC 9293 §3.1; ECN flags: RFC 3168, RFC 9768 (the former NS bit).
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |             sport             |             dport             |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                              seq                              |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                              ack                              |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |dataofs| res |      flags      |            window             |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |            chksum             |            urgptr             |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                           options                             |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
import { type AnyPacket, behave, bits, flags, layer, options, u8, u16, u16Enum, u32 } from '../../packet/index.js'
import { transportChecksum } from '../network/ip-checksum.js'
import { bindTransport } from '../network/next-header.js'
import { endpoints } from './endpoints.js'
import { TCP_PORTS } from './ports.js'

const PROTOCOL = 6

/** IANA, "TCP Option Kind Numbers"; names as Scapy's. */
const OPTIONS = {
  0: { name: 'EOL', bare: true },
  1: { name: 'NOP', bare: true },
  2: { name: 'MSS', fields: [u16()] },
  3: { name: 'WScale', fields: [u8()] },
  4: { name: 'SAckOK' },
  5: { name: 'SAck', fields: [u32()], repeats: true },
  8: { name: 'Timestamp', fields: [u32(), u32()] },
  14: { name: 'AltChkSum', fields: [u8(), u16()] },
  15: { name: 'AltChkSumOpt' },
  19: { name: 'MD5' },
  25: { name: 'Mood' },
  28: { name: 'UTO', fields: [u16()] },
  29: { name: 'AO' },
  30: { name: 'MPTCP' },
  34: { name: 'TFO' },
} as const

/** Smallest TCP header. */
const HEADER = 20

const ports = () => ({
  sport: u16Enum(20, TCP_PORTS),
  dport: u16Enum(80, TCP_PORTS),
  seq: u32(),
})

const header = () => ({
  ...ports(),
  ack: u32(),
  dataofs: bits(4).auto((c) => c.headerLength >>> 2),
  reserved: bits(3),
  flags: flags(9, 'FSRPAUECN', 'S'),
  window: u16(8192),
  chksum: u16().checksum((c) => transportChecksum(c, PROTOCOL)),
  urgptr: u16(),
  options: options({ kinds: OPTIONS, end: 0, align: 4 }),
})

export const TCP = layer(
  'TCP',
  () => header(),
  'Transmission Control Protocol. Flags from the lowest bit: FSRPAUECN.',
  'RFC 9293 §3.1; ECN flags: RFC 3168, RFC 9768',
)

/** Whether the bytes reach that far into the header; what is built always does. */
const reaches = (length: number) => (me: AnyPacket) => me._buffer === null || me._end - me._offset >= length

/** The TCP header quoted in an ICMP error: often only its first 8 bytes are there, and the later fields are then absent. */
export const TCPerror = layer(
  'TCPerror',
  () => ({
    ...ports(),
    ack: u32().when(reaches(12)),
    dataofs: bits(4)
      .auto((c) => c.headerLength >>> 2)
      .when(reaches(14)),
    reserved: bits(3).when(reaches(14)),
    flags: flags(9, 'FSRPAUECN', 'S').when(reaches(14)),
    window: u16(8192).when(reaches(16)),
    chksum: u16()
      .checksum((c) => transportChecksum(c, PROTOCOL))
      .when(reaches(18)),
    urgptr: u16().when(reaches(HEADER)),
    options: options({ kinds: OPTIONS, end: 0, align: 4 }).when(reaches(HEADER)),
  }),
  'TCP header quoted in an ICMP error, as far as the error has it: at least the ports and seq.',
  'RFC 792',
)

/** Bytes of a quoted header, which ends where the quotation does. */
function quotedLength(me: AnyPacket): number {
  const available = me._end - me._offset
  if (available < HEADER) return available < 12 ? 8 : available & ~1
  return Math.min((me._buffer![me._offset + 12]! >>> 4) * 4, available)
}

behave(TCP, {
  headerLength: (me) => me.dataofs * 4,
  headerLengthField: 'dataofs',
  summary: (me) => `TCP ${endpoints(me)} ${me.flags}`,
})
behave(TCPerror, { headerLength: quotedLength, headerLengthField: 'dataofs' })

/**
 * Answers come between the same ports, and their numbers fit as far as they have any: a RST or an acknowledgement counts, whatever
 * data it has. RFC 9293 §3.10.7: what acknowledges something else belongs to another connection, or to a stranger.
 */
behave(TCP, {
  answers: (me, request) => {
    if (me.sport !== request.dport || me.dport !== request.sport) return false
    const flags = me.raw('flags') as number
    const requestFlags = request.raw('flags') as number
    const [SYN, RST, ACK] = [2, 4, 16]
    // A SYN-ACK answers only a SYN, and something must be acknowledged.
    if (flags & RST ? requestFlags & RST : flags & SYN && !(requestFlags & SYN)) return false
    if (flags & ACK) return acknowledges(me, request)
    if (flags & RST) return !(requestFlags & ACK) || near(me.seq, request.ack, SLACK)
    return requestFlags === 0
  },
  hash: (me) => (me.sport < me.dport ? `${me.sport} ${me.dport}` : `${me.dport} ${me.sport}`),
})

/** SYN and FIN count one each. RFC 9293 §3.4. */
const SLACK = 2

/** Whether `me` acknowledges what `request` sent: at least its beginning, at most its end. */
function acknowledges(me: AnyPacket, request: AnyPacket): boolean {
  return near(me.ack, request.seq, (request.payload?.bytes().length ?? 0) + SLACK)
}

/** Whether a number is the other one, or at most so much beyond it; they wrap at 2^32. */
function near(number: number, start: number, most: number): boolean {
  return (number - start) >>> 0 <= most
}

behave(TCPerror, {
  answers: (me, request) =>
    request.layerName === 'TCP' && me.sport === request.sport && me.dport === request.dport && me.seq === request.seq,
  hash: (me) => (me.sport < me.dport ? `${me.sport} ${me.dport}` : `${me.dport} ${me.sport}`),
})

bindTransport(PROTOCOL, TCP, TCPerror)
