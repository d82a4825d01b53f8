/**
 * The chunks of SCTP, each a layer that the next one follows. RFC 9260 §3.3; explicit congestion notification: appendix A.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+-------------------------------+
 *   |     type      |     flags     |              len              |
 *   +---------------+-------+-+-+-+-+-------------------------------+
 *   |     type      |  res  |I|U|B|E|              len              |  data
 *   +---------------+-------+-+-+-+-+-------------------------------+
 *   |                              tsn                              |
 *   |           stream_id           |          stream_seq           |
 *   |                           proto_id                            |
 *   |                            data …                             |
 *   +---------------------------------------------------------------+
 *   |                           init_tag                            |  init, init ack
 *   |                            a_rwnd                             |
 *   |         n_out_streams         |         n_in_streams          |
 *   |                           init_tsn                            |
 *   |                           params …                            |
 *   +---------------------------------------------------------------+
 *   |                         cumul_tsn_ack                         |  sack
 *   |                            a_rwnd                             |
 *   |           n_gap_ack           |           n_dup_tsn           |
 *   |                gap_ack_list …, dup_tsn_list …                 |
 *   +---------------------------------------------------------------+
 */
import {
  type AnyPacket,
  behave,
  bits,
  Field,
  Kind,
  layer,
  list,
  PacketError,
  PlainValueCodec,
  printed,
  type Reader,
  u16,
  u32,
  u32Enum,
  type Writer,
} from '../../packet/index.js'
import {
  associationOf,
  bindChunk,
  chunkFlags,
  chunkType,
  dataStart,
  fixedLength,
  lengthWith,
  lengthWithList,
  paddedBytes,
} from './sctp-chunk.js'
import { causes, parameters } from './sctp-parameters.js'
import { tlvList } from './tlv-list.js'

/** IANA, "SCTP Payload Protocol Identifiers". */
export const PAYLOAD_PROTOCOLS: Readonly<Record<number, string>> = {
  1: 'iua',
  2: 'm2ua',
  3: 'm3ua',
  4: 'sua',
  5: 'm2pa',
  6: 'v5ua',
  7: 'h248',
  8: 'bicc',
  11: 'asap',
  12: 'enrp',
  13: 'h323',
  18: 's1ap',
  19: 'rua',
  20: 'hnbap',
  21: 'forces-hp',
  22: 'forces-mp',
  23: 'forces-lp',
  24: 'sbcap',
  25: 'nbap',
  27: 'x2ap',
  46: 'diameter',
  47: 'diameter-dtls',
  50: 'webrtc-dcep',
  51: 'webrtc-string',
  53: 'webrtc-binary',
  56: 'webrtc-string-empty',
  57: 'webrtc-binary-empty',
  60: 'ngap',
  61: 'xnap',
}

/** First and last TSN of a gap block, counted from the cumulative one: `'2:3'`. */
class GapCodec extends PlainValueCodec<string> {
  readonly kindName = 'first:last'

  read(reader: Reader): string {
    return `${reader.u16()}:${reader.u16()}`
  }

  write(writer: Writer, value: string): void {
    for (const part of value.split(':')) writer.u16(Number(part))
  }

  coerce(value: unknown, where: string): string {
    if (typeof value === 'string' && /^\d{1,5}:\d{1,5}$/.test(value)) {
      if (value.split(':').every((part) => Number(part) <= 0xffff)) return value
    }
    throw new PacketError(`${where}: ${printed(value)} is no gap such as '2:3', its first and last number`)
  }

  empty(): string {
    return '0:0'
  }
}

const initiation = (type: number) => ({
  type: chunkType(type),
  flags: chunkFlags(),
  len: lengthWithList('params', parameters),
  init_tag: u32().hex().about('The verification tag that the other side has to put in front of its chunks; not 0.'),
  a_rwnd: u32(106496).about('Bytes that the sender can take in.'),
  n_out_streams: u16(10),
  n_in_streams: u16(65535),
  init_tsn: u32().hex(),
  params: tlvList(parameters),
})

export const SCTPChunkInit = layer(
  'SCTPChunkInit',
  () => initiation(1),
  'Asks for an association. It must be alone in its packet.',
  'RFC 9260 §3.3.2',
)
export const SCTPChunkInitAck = layer(
  'SCTPChunkInitAck',
  () => initiation(2),
  'Agrees to an association. Its params must have a StateCookie, which comes back in a cookie echo.',
  'RFC 9260 §3.3.3',
)

export const SCTPChunkData = layer(
  'SCTPChunkData',
  () => ({
    type: chunkType(0),
    ...dataStart(),
    stream_seq: u16(),
    proto_id: u32Enum(0, PAYLOAD_PROTOCOLS),
    data: paddedBytes(),
  }),
  'User data: a message of a stream, or a fragment of one.',
  'RFC 9260 §3.3.1',
)

export const SCTPChunkSACK = layer(
  'SCTPChunkSACK',
  () => ({
    type: chunkType(3),
    flags: chunkFlags(),
    len: fixedLength(),
    cumul_tsn_ack: u32().hex(),
    a_rwnd: u32(),
    n_gap_ack: u16().countOf('gap_ack_list'),
    n_dup_tsn: u16().countOf('dup_tsn_list'),
    gap_ack_list: list(new Field<string>(Kind.CODEC, 0, new GapCodec()), { count: 'n_gap_ack' }),
    dup_tsn_list: list(u32(), { count: 'n_dup_tsn' }),
  }),
  'Acknowledges data: all up to cumul_tsn_ack, and the blocks of gap_ack_list behind it.',
  'RFC 9260 §3.3.4',
)

/** Any bytes will do: they come back as they were. */
const heartbeat = (type: number) => ({
  type: chunkType(type),
  flags: chunkFlags(),
  len: lengthWithList('params', parameters),
  params: tlvList(parameters).default([['HeartbeatInfo', 'netshell']]),
})

export const SCTPChunkHeartbeatReq = layer(
  'SCTPChunkHeartbeatReq',
  () => heartbeat(4),
  'Asks whether an address of the peer can be reached.',
  'RFC 9260 §3.3.5',
)
export const SCTPChunkHeartbeatAck = layer(
  'SCTPChunkHeartbeatAck',
  () => heartbeat(5),
  'Answers a heartbeat with its own HeartbeatInfo.',
  'RFC 9260 §3.3.6',
)

/** T: the tag is the receiver's own, because the sender knows none. */
const tagBit = () => bits(1).about('T, 1: the tag is the one of the packet that this answers.')

export const SCTPChunkAbort = layer(
  'SCTPChunkAbort',
  () => ({
    type: chunkType(6),
    reserved: bits(7),
    TCB: tagBit(),
    len: lengthWithList('error_causes', causes),
    error_causes: tlvList(causes),
  }),
  'Ends an association at once.',
  'RFC 9260 §3.3.7',
)

export const SCTPChunkShutdown = layer(
  'SCTPChunkShutdown',
  () => ({ type: chunkType(7), flags: chunkFlags(), len: fixedLength(), cumul_tsn_ack: u32().hex() }),
  'Asks to end an association.',
  'RFC 9260 §3.3.8',
)
export const SCTPChunkShutdownAck = layer(
  'SCTPChunkShutdownAck',
  () => ({ type: chunkType(8), flags: chunkFlags(), len: fixedLength() }),
  'Agrees to end an association.',
  'RFC 9260 §3.3.9',
)
export const SCTPChunkError = layer(
  'SCTPChunkError',
  () => ({
    type: chunkType(9),
    flags: chunkFlags(),
    len: lengthWithList('error_causes', causes),
    error_causes: tlvList(causes),
  }),
  'Reports what was wrong, without ending the association.',
  'RFC 9260 §3.3.10',
)
export const SCTPChunkCookieEcho = layer(
  'SCTPChunkCookieEcho',
  () => ({ type: chunkType(10), flags: chunkFlags(), len: lengthWith('cookie'), cookie: paddedBytes() }),
  'Gives the cookie of an init ack back.',
  'RFC 9260 §3.3.11',
)
export const SCTPChunkCookieAck = layer(
  'SCTPChunkCookieAck',
  () => ({ type: chunkType(11), flags: chunkFlags(), len: fixedLength() }),
  'Says that a cookie came back right: the association is there.',
  'RFC 9260 §3.3.12',
)
export const SCTPChunkECNE = layer(
  'SCTPChunkECNE',
  () => ({ type: chunkType(12), flags: chunkFlags(), len: fixedLength(), lowest_tsn: u32().hex() }),
  'Tells the sender that a packet of its came marked for congestion.',
  'RFC 9260 appendix A',
)
export const SCTPChunkCWR = layer(
  'SCTPChunkCWR',
  () => ({ type: chunkType(13), flags: chunkFlags(), len: fixedLength(), lowest_tsn: u32().hex() }),
  'Says that the sender has become slower, up to lowest_tsn.',
  'RFC 9260 appendix A',
)
export const SCTPChunkShutdownComplete = layer(
  'SCTPChunkShutdownComplete',
  () => ({ type: chunkType(14), reserved: bits(7), TCB: tagBit(), len: fixedLength() }),
  'Ends an association.',
  'RFC 9260 §3.3.13',
)

const hex = (value: number): string => `0x${value.toString(16)}`
const causeNames = (me: AnyPacket): string =>
  (me.error_causes as readonly (readonly [string | number])[] | undefined)?.map(([name]) => ` ${name}`).join('') ?? ''
const dataFlags = (me: AnyPacket): string =>
  `${me.delay_sack ? 'I' : ''}${me.unordered ? 'U' : ''}${me.beginning ? 'B' : ''}${me.ending ? 'E' : ''}`

for (const each of [SCTPChunkInit, SCTPChunkInitAck])
  behave(each, { summary: (me) => `${me.layerName} tag ${hex(me.init_tag)} tsn ${hex(me.init_tsn)}` })
for (const each of [SCTPChunkAbort, SCTPChunkError])
  behave(each, { summary: (me) => `${me.layerName}${causeNames(me)}` })
behave(SCTPChunkData, {
  summary: (me) =>
    `SCTPChunkData tsn ${hex(me.tsn)} stream ${me.stream_id} seq ${me.stream_seq} ${me.text('proto_id')} ${dataFlags(me)} ${me.data.length} bytes`,
})
behave(SCTPChunkSACK, {
  summary: (me) =>
    `SCTPChunkSACK ${hex(me.cumul_tsn_ack)}${(me.gap_ack_list ?? []).map((gap: string) => ` +${gap}`).join('')}`,
})

/** Whether the packet around a chunk has the tag that the other side asked for. */
const hasTag = (me: AnyPacket, tag: number): boolean => associationOf(me)?.tag === tag

behave(SCTPChunkInitAck, {
  answers: (me, request) => request.layerName === 'SCTPChunkInit' && hasTag(me, request.init_tag),
})
behave(SCTPChunkCookieAck, { answers: (_me, request) => request.layerName === 'SCTPChunkCookieEcho' })
behave(SCTPChunkShutdownAck, { answers: (_me, request) => request.layerName === 'SCTPChunkShutdown' })
behave(SCTPChunkShutdownComplete, { answers: (_me, request) => request.layerName === 'SCTPChunkShutdownAck' })
behave(SCTPChunkHeartbeatAck, {
  answers: (me, request) =>
    request.layerName === 'SCTPChunkHeartbeatReq' &&
    parameters.same(me.raw('params') as [], request.raw('params') as []),
})
behave(SCTPChunkSACK, {
  answers: (me, request) =>
    request.layerName === 'SCTPChunkData' && (me.cumul_tsn_ack - request.tsn) >>> 0 < 0x80000000,
})
behave(SCTPChunkAbort, {
  answers: (me, request) => {
    if (me.TCB === 1) return hasTag(me, associationOf(request)?.tag)
    return request.layerName !== 'SCTPChunkInit' || hasTag(me, request.init_tag)
  },
})
behave(SCTPChunkError, { answers: (_me, request) => request.layerName !== 'SCTPChunkError' })

/** Whether the length of a SACK is that of its blocks; what is cut short in front of their numbers still is one. */
function isWholeSack(length: number, buffer: Uint8Array, start: number, end: number): boolean {
  if (end - start < 16) return true
  const [gapsAt, duplicatesAt] = [start + 12, start + 14]
  const gaps = (buffer[gapsAt]! << 8) | buffer[gapsAt + 1]!
  return length === 16 + 4 * (gaps + ((buffer[duplicatesAt]! << 8) | buffer[duplicatesAt + 1]!))
}

bindChunk(0, SCTPChunkData)
bindChunk(1, SCTPChunkInit)
bindChunk(2, SCTPChunkInitAck)
bindChunk(3, SCTPChunkSACK, isWholeSack)
bindChunk(4, SCTPChunkHeartbeatReq)
bindChunk(5, SCTPChunkHeartbeatAck)
bindChunk(6, SCTPChunkAbort)
bindChunk(7, SCTPChunkShutdown, (length) => length === 8)
bindChunk(8, SCTPChunkShutdownAck, (length) => length === 4)
bindChunk(9, SCTPChunkError)
bindChunk(10, SCTPChunkCookieEcho)
bindChunk(11, SCTPChunkCookieAck, (length) => length === 4)
bindChunk(12, SCTPChunkECNE, (length) => length === 8)
bindChunk(13, SCTPChunkCWR, (length) => length === 8)
bindChunk(14, SCTPChunkShutdownComplete, (length) => length === 4)
