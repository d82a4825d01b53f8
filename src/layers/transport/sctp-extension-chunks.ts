/**
 * Chunks that extensions of SCTP add: authentication (RFC 4895), address configuration (RFC 5061), partial reliability (RFC 3758),
 * interleaving (RFC 8260), reconfiguration of streams (RFC 6525), padding (RFC 4820).
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+-------------------------------+
 *   |     type      |     flags     |              len              |
 *   +---------------+---------------+-------------------------------+
 *   |         shared_key_id         |         HMAC_function         |  authentication: HMAC behind it
 *   |                              seq                              |  address configuration: params behind it
 *   |                            new_tsn                            |  forward TSN: streams behind it
 *   +---------------------------------------------------------------+
 */
import {
  behave,
  Field,
  Kind,
  layer,
  list,
  PacketError,
  PlainValueCodec,
  printed,
  type Reader,
  u16,
  u16Enum,
  u32,
  type Writer,
} from '../../packet/index.js'
import {
  bindChunk,
  chunkFlags,
  chunkType,
  dataStart,
  fixedLength,
  lengthWith,
  lengthWithList,
  paddedBytes,
} from './sctp-chunk.js'
import { HMAC_FUNCTIONS, parameters } from './sctp-parameters.js'
import { tlvList } from './tlv-list.js'

/** A stream and its last number, `'3:17'`; with interleaving `'3:17'` or, unordered, `'3:17u'`. */
class StreamCodec extends PlainValueCodec<string> {
  readonly kindName = 'stream:number'

  constructor(private readonly isInterleaved: boolean) {
    super()
  }

  read(reader: Reader): string {
    const stream = reader.u16()
    if (!this.isInterleaved) return `${stream}:${reader.u16()}`
    const flags = reader.u16()
    const number = reader.u32()
    return `${stream}:${number}${flags & 1 ? 'u' : ''}`
  }

  write(writer: Writer, value: string): void {
    const [stream, number] = value.replace('u', '').split(':').map(Number) as [number, number]
    writer.u16(stream)
    if (!this.isInterleaved) writer.u16(number)
    else {
      writer.u16(value.endsWith('u') ? 1 : 0)
      writer.u32(number)
    }
  }

  coerce(value: unknown, where: string): string {
    const most = this.isInterleaved ? 0xffffffff : 0xffff
    const match = typeof value === 'string' ? /^(\d+):(\d+)(u?)$/.exec(value) : null
    if (
      match !== null &&
      Number(match[1]) <= 0xffff &&
      Number(match[2]) <= most &&
      (match[3] === '' || this.isInterleaved)
    )
      return match[0]
    throw new PacketError(`${where}: ${printed(value)} is no stream and number such as '3:17'`)
  }

  empty(): string {
    return '0:0'
  }
}

const streams = (isInterleaved: boolean) => list(new Field<string>(Kind.CODEC, 0, new StreamCodec(isInterleaved)))

export const SCTPChunkAuthentication = layer(
  'SCTPChunkAuthentication',
  () => ({
    type: chunkType(15),
    flags: chunkFlags(),
    len: lengthWith('HMAC'),
    shared_key_id: u16(),
    HMAC_function: u16Enum(3, HMAC_FUNCTIONS),
    HMAC: paddedBytes(),
  }),
  'Authenticates the chunks behind it.',
  'RFC 4895 §4.1',
)

const configuration = (type: number) => ({
  type: chunkType(type),
  flags: chunkFlags(),
  len: lengthWithList('params', parameters),
  seq: u32(),
  params: tlvList(parameters),
})

export const SCTPChunkAddressConf = layer(
  'SCTPChunkAddressConf',
  () => configuration(193),
  'Adds and takes away addresses of the sender: an address, then the changes.',
  'RFC 5061 §4.1.1',
)
export const SCTPChunkAddressConfAck = layer(
  'SCTPChunkAddressConfAck',
  () => configuration(128),
  'Says what became of the changes of addresses.',
  'RFC 5061 §4.1.2',
)

export const SCTPChunkForwardTSN = layer(
  'SCTPChunkForwardTSN',
  () => ({
    type: chunkType(192),
    flags: chunkFlags(),
    len: fixedLength(),
    new_tsn: u32().hex(),
    streams: streams(false),
  }),
  'Tells the receiver not to wait for data up to new_tsn. streams: stream and last number of each that is concerned.',
  'RFC 3758 §3.2',
)

export const SCTPChunkIForwardTSN = layer(
  'SCTPChunkIForwardTSN',
  () => ({
    type: chunkType(194),
    flags: chunkFlags(),
    len: fixedLength(),
    new_tsn: u32().hex(),
    streams: streams(true),
  }),
  'Forward TSN of an association that interleaves messages; a number with u is an unordered one.',
  'RFC 8260 §2.3.1',
)

export const SCTPChunkIData = layer(
  'SCTPChunkIData',
  () => ({
    type: chunkType(64),
    ...dataStart(),
    reserved2: u16(),
    message_id: u32(),
    ppid_fsn: u32().about('In a first fragment the protocol of the payload, in others the number of the fragment.'),
    data: paddedBytes(),
  }),
  'User data of an association that interleaves messages.',
  'RFC 8260 §2.1',
)

export const SCTPChunkReConfig = layer(
  'SCTPChunkReConfig',
  () => ({
    type: chunkType(130),
    flags: chunkFlags(),
    len: lengthWithList('params', parameters),
    params: tlvList(parameters),
  }),
  'Resets streams or adds some.',
  'RFC 6525 §3.1',
)

export const SCTPChunkPad = layer(
  'SCTPChunkPad',
  () => ({ type: chunkType(132), flags: chunkFlags(), len: lengthWith('padding'), padding: paddedBytes() }),
  'Makes a packet longer, to find out how long one may be.',
  'RFC 4820 §3',
)

behave(SCTPChunkIData, {
  summary: (me) => `SCTPChunkIData tsn 0x${me.tsn.toString(16)} stream ${me.stream_id} message ${me.message_id}`,
})
behave(SCTPChunkAddressConfAck, {
  answers: (me, request) => request.layerName === 'SCTPChunkAddressConf' && me.seq === request.seq,
})
behave(SCTPChunkReConfig, { answers: (_me, request) => request.layerName === 'SCTPChunkReConfig' })

bindChunk(15, SCTPChunkAuthentication)
bindChunk(64, SCTPChunkIData)
bindChunk(128, SCTPChunkAddressConfAck)
bindChunk(130, SCTPChunkReConfig)
bindChunk(132, SCTPChunkPad)
bindChunk(192, SCTPChunkForwardTSN, (length) => length >= 8 && length % 4 === 0)
bindChunk(193, SCTPChunkAddressConf)
bindChunk(194, SCTPChunkIForwardTSN, (length) => length >= 8 && length % 8 === 0)
