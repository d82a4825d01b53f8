/** What the chunks of SCTP share: their header, how they are filled up to 4 bytes, and how the next one is told. RFC 9260 §3.2. */
import {
  type AnyPacket,
  type BuildContext,
  behave,
  bind,
  bits,
  bytes,
  type Codec,
  Field,
  Kind,
  type LayerReference,
  layer,
  type Reader,
  u8,
  u8Enum,
  u16,
  u32,
  type Writer,
} from '../../packet/index.js'
import { CHUNK_TYPES } from './sctp-parameters.js'
import { padded, type TlvListCodec, unpaddedLength } from './tlv-list.js'

/** Bytes of type, flags and length. */
const HEADER = 4

/** The chunk's type. */
export const chunkType = (type: number) => u8Enum(type, CHUNK_TYPES)

/** Flags that a chunk does not use, or not in a way that has names. */
export const chunkFlags = () => u8().hex()

/** Length of a chunk that always has its fields and no more. */
export const fixedLength = () => u16().auto((c) => c.headerLength)

/** Length of a chunk that ends with a byte string: what fills it up is not counted. */
export const lengthWith = (field: string) => u16().auto((c) => c.packet._layer.fixedSize + c.fieldCount(field))

/** Length of a chunk that ends with a list of parameters or causes: what fills the last one up is not counted. */
export const lengthWithList = (field: string, codec: TlvListCodec) =>
  u16().auto((c: BuildContext) => c.packet._layer.fixedSize + unpaddedLength(codec, c.packet as AnyPacket, field))

/** What chunks of user data begin with, behind their type. */
export const dataStart = () => ({
  reserved: bits(4),
  delay_sack: bits(1).about('1: the receiver should acknowledge at once.'),
  unordered: bits(1),
  beginning: bits(1, 1).about('1: first fragment of a message.'),
  ending: bits(1, 1).about('1: last fragment of a message.'),
  len: lengthWith('data'),
  tsn: u32().hex(),
  stream_id: u16(),
})

/** Bytes to the end that the chunk's length gives, filled up with zeros to a multiple of 4. */
export function paddedBytes(): Field<Uint8Array, Uint8Array | string> {
  const inner = bytes().codec!
  const filled = Object.create(inner) as { -readonly [K in keyof Codec]: Codec[K] }
  filled.isLossy = true
  filled.align = HEADER
  filled.read = (reader: Reader, me: AnyPacket): unknown => {
    const value = reader.bytes(Math.max(0, Math.min(reader.left, me.len - me._layer.fixedSize)))
    reader.position = reader.end
    return value
  }
  filled.write = (writer: Writer, value: unknown, me: AnyPacket): void => {
    inner.write(writer, value, me)
    while ((writer.length - writer.start) % HEADER !== 0) writer.u8(0)
  }
  return new Field<Uint8Array, Uint8Array | string>(Kind.CODEC, 0, filled)
}

export const SCTPChunkUnknown = layer(
  'SCTPChunkUnknown',
  () => ({ type: chunkType(63), flags: chunkFlags(), len: lengthWith('value'), value: paddedBytes() }),
  'Chunk of SCTP of a type that has no layer of its own.',
  'RFC 9260 §3.2',
)

/** Whether a chunk of that length has the fields of its layer and no more. */
type Fits = (length: number, buffer: Uint8Array, start: number, end: number) => boolean

const chunks = new Map<number, readonly [chunk: LayerReference, fits: Fits | undefined]>()

/** The layer for a chunk; one of a length that its type cannot have is unknown. */
function refine(buffer: Uint8Array, start: number, end: number): LayerReference | undefined {
  const known = start < end ? chunks.get(buffer[start]!) : undefined
  if (known?.[1] === undefined || end - start < HEADER) return known?.[0]
  const length = (buffer[start + 2]! << 8) | buffer[start + 3]!
  return known[1](length, buffer, start, end) ? known[0] : undefined
}

behave(SCTPChunkUnknown, { refine, summary: (me) => `SCTPChunkUnknown ${me.text('type')}` })

/** Bytes of the chunk with what fills it up, which the last one of a packet may lack. */
function headerLength(me: AnyPacket): number {
  const length = me.len as number
  const available = me._end - me._offset
  const { fixedSize, tailStart, fields } = me._layer
  // What has its fields and no more ends with them.
  if (tailStart === fields.length && length >= fixedSize) return fixedSize
  return length <= available ? Math.min(padded(length), available) : length
}

/** Makes a layer the one for chunks of a type, where their length is one that fits: others follow it. */
export function bindChunk(type: number, chunk: LayerReference, fits?: Fits): void {
  chunks.set(type, [chunk, fits])
  behave(chunk, { headerLength, headerLengthField: 'len' })
  bind(chunk, SCTPChunkUnknown)
}

behave(SCTPChunkUnknown, { headerLength, headerLengthField: 'len' })
bind(SCTPChunkUnknown, SCTPChunkUnknown)

/** The layer of SCTP around a chunk, or null. */
export function associationOf(me: AnyPacket): AnyPacket | null {
  let outer = me.under
  while (outer !== null && outer.layerName !== 'SCTP') outer = outer.under
  return outer as AnyPacket | null
}
