/**
 * ICMP, control messages of IP. RFC 792; next-hop MTU: RFC 1191; address mask: RFC 950; router discovery: RFC 1256;
 * length and extensions of errors: RFC 4884.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |     type      |     code      |            chksum             |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |              id               |              seq              |  0 8, 13 to 18
 *   |   reserved    |    length     |          nexthopmtu           |  3
 *   |   reserved    |    length     |            unused             |  11
 *   |      ptr      |    length     |            unused             |  12
 *   |                              gw                               |  5
 *   |   num_addrs   |addr_entry_size|           lifetime            |  9
 *   |                            unused                             |  all others
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |      ts_ori, ts_rx, ts_tx: 13 14; addr_mask: 17 18; addresses: 9; the packet that an error is about: 3 4 5 11 12
 */
import {
  type AnyPacket,
  behave,
  bind,
  checksum,
  Field,
  i32,
  ipv4,
  Kind,
  layer,
  layers,
  type Packet,
  PacketError,
  PlainValueCodec,
  type Reader,
  u8,
  u8Enum,
  u16,
  u32,
  type Writer,
} from '../../packet/index.js'
import { ICMPExtensionHeader } from './icmp-extension.js'
import { quotationBehaviour, quotationLength } from './icmp-quotation.js'
import { ICMP_CODES, ICMP_TYPES } from './icmp-types.js'
import { ICMP_ERRORS, IP, IPerror } from './ip.js'

const PROTOCOL = 1
const UNREACHABLE = 3
const REDIRECT = 5
const ADVERTISEMENT = 9
const EXCEEDED = 11
const PROBLEM = 12

/** Which messages have which fields: a bit for each group. */
const ECHO = 1
const TIMESTAMP = 2
const MASK = 4
const LENGTH = 8
const RESERVED = 16
const UNUSED16 = 32
const UNUSED32 = 64
const GROUPS = new Uint8Array(256).fill(UNUSED32)
for (const type of [0, 8, 15, 16]) GROUPS[type] = ECHO
for (const type of [13, 14]) GROUPS[type] = ECHO | TIMESTAMP
for (const type of [17, 18]) GROUPS[type] = ECHO | MASK
GROUPS[UNREACHABLE] = RESERVED | LENGTH
GROUPS[EXCEEDED] = RESERVED | LENGTH | UNUSED16
GROUPS[PROBLEM] = LENGTH | UNUSED16
GROUPS[REDIRECT] = 0
GROUPS[ADVERTISEMENT] = 0

/** The type, which nearly every field asks for: straight from the bytes where they say it. */
function typeOf(me: Packet): number {
  return me._values === null && me._buffer !== null ? me._buffer[me._offset]! : (me._stored(0) as number)
}

const has = (group: number) => (me: Packet) => (GROUPS[typeOf(me)]! & group) !== 0
const isType = (type: number) => (me: Packet) => typeOf(me) === type

/** The unused bytes of a message, as one number: 2 behind a length, else 4. */
class UnusedCodec extends PlainValueCodec<number> {
  readonly kindName = 'number'
  read(reader: Reader, packet: AnyPacket): number {
    return has(UNUSED16)(packet) ? reader.u16() : reader.u32()
  }

  write(writer: Writer, value: number, packet: AnyPacket): void {
    if (has(UNUSED16)(packet)) writer.u16(value)
    else writer.u32(value)
  }

  coerce(value: unknown, where: string): number {
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffffffff) return value
    throw new PacketError(`${where}: ${String(value)} is no number of 16 bits (time-exceeded, parameter-problem) or 32`)
  }

  empty(): number {
    return 0
  }
}

/** One router of an advertisement. RFC 1256 §3. */
export const ICMPRouterAddress = layer(
  'ICMPRouterAddress',
  () => ({ addr: ipv4(), preference: i32().about('The highest is preferred; -2147483648: not as default router.') }),
  'Router in an ICMP router advertisement.',
  'RFC 1256 §3',
)

const header = () => ({
  type: u8Enum(8, ICMP_TYPES),
  code: u8().namesBy('type', ICMP_CODES),
  chksum: u16().checksum((c) => checksum(c.buffer, c.start, c.payloadEnd)),
  id: u16().hex().when(has(ECHO)),
  seq: u16().hex().when(has(ECHO)),
  ts_ori: u32().when(has(TIMESTAMP)),
  ts_rx: u32().when(has(TIMESTAMP)),
  ts_tx: u32().when(has(TIMESTAMP)),
  gw: ipv4().when(isType(REDIRECT)),
  ptr: u8().when(isType(PROBLEM)),
  reserved: u8().when(has(RESERVED)),
  length: quotationLength(4).when(has(LENGTH)),
  addr_mask: ipv4().when(has(MASK)),
  nexthopmtu: u16().when(isType(UNREACHABLE)),
  num_addrs: u8().countOf('addresses').when(isType(ADVERTISEMENT)),
  // Words of each address with its preference.
  addr_entry_size: u8(2).when(isType(ADVERTISEMENT)),
  lifetime: u16(1800).when(isType(ADVERTISEMENT)),
  addresses: layers(ICMPRouterAddress, { count: 'num_addrs' }).when(isType(ADVERTISEMENT)),
  unused: new Field<number>(Kind.CODEC, 0, new UnusedCodec()).default(0).when(has(UNUSED16 | UNUSED32)),
})

export const ICMP = layer(
  'ICMP',
  () => header(),
  'Internet Control Message Protocol. Which fields a message has depends on its type. Times: ms since midnight UT.',
  'RFC 792; next-hop MTU: RFC 1191; address mask: RFC 950; router discovery: RFC 1256; extensions: RFC 4884',
)

/** The ICMP message that an ICMP error is about, as far as the error quotes it. */
export const ICMPerror = layer('ICMPerror', () => header(), 'ICMP message quoted in an ICMP error.', 'RFC 792')

function headerLength(me: AnyPacket): number {
  const type = typeOf(me)
  if (GROUPS[type]! & TIMESTAMP) return 20
  if (GROUPS[type]! & MASK) return 12
  if (type !== ADVERTISEMENT || me._end - me._offset < 8) return 8
  return 8 + me._buffer![me._offset + 4]! * 8
}

/** The length in words of 4 bytes, in the second byte of the word that others leave unused. RFC 4884 §4.1. */
const quotation = quotationBehaviour(5, 4)

/** Requests that have a reply, and its type. */
const REPLIES: Readonly<Record<number, number>> = { 8: 0, 13: 14, 15: 16, 17: 18, 10: 9 }

function summary(me: AnyPacket): string {
  const outer = me.under
  const ends = outer?.layerName === 'IP' ? `${outer.text('src')} > ${outer.text('dst')} ` : ''
  return `ICMP ${ends}${me.text('type')} ${me.text('code')}`
}

behave(ICMP, {
  headerLength,
  headerLengthField: 'type',
  payloadLength: (me) => (has(LENGTH)(me) ? quotation.payloadLength(me) : undefined),
  payloadLengthField: 'length',
  trailer: () => ICMPExtensionHeader,
  trailerOffset: quotation.trailerOffset,
  summary,
  answers: (me, request) => {
    if (request._layer !== me._layer || REPLIES[request.type] !== me.type) return false
    return request.type === 10 || (me.id === request.id && me.seq === request.seq)
  },
  hash: (me, inner) => (has(ECHO)(me) ? `${me.id} ${me.seq}` : inner),
})

behave(ICMPerror, {
  headerLength,
  headerLengthField: 'type',
  answers: (me, request) => {
    if (request.layerName !== 'ICMP' || me.type !== request.type || me.code !== request.code) return false
    return !has(ECHO)(me) || (me.id === request.id && me.seq === request.seq)
  },
  hash: (me) => (has(ECHO)(me) ? `${me.id} ${me.seq}` : ''),
})

bind(IP, ICMP, { proto: PROTOCOL, frag: 0 })
bind(IPerror, ICMPerror, { proto: PROTOCOL, frag: 0 })
for (const type of ICMP_ERRORS) bind(ICMP, IPerror, { type }, { build: false })
bind(ICMP, IPerror, { type: UNREACHABLE })
