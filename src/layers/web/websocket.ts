/**
 * WebSocket frames. RFC 6455 §5.2. Chosen after the upgrade of an HTTP connection: `bind(TCP, WebSocket, { dport: 8080 })`.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-----+-------+-+-------------+-------------------------------+
 *   |F| rsv |opcode |M|   length    |  extended_length (0, 2 or 8)  |
 *   +-+-----+-------+-+-------------+-------------------------------+
 *   |                masking_key (with the mask bit)                |
 *   +-------------------------------+-------------------------------+
 *   |        code (of close)        | data …
 *   +-------------------------------+----------------
 */
import {
  type AnyPacket,
  behave,
  bits,
  bitsEnum,
  bytesCommand,
  type Codec,
  escapeBytes,
  Field,
  fromHex,
  Kind,
  type LayerReference,
  layer,
  PacketError,
  PlainValueCodec,
  printed,
  type Reader,
  sameBytes,
  toBytes,
  toHex,
  u32,
  type Writer,
} from '../../packet/index.js'

/** RFC 6455 §11.8. */
const OPCODES: Readonly<Record<number, string>> = {
  0: 'continuation',
  1: 'text',
  2: 'binary',
  8: 'close',
  9: 'ping',
  10: 'pong',
}
const CLOSE = 8

/** IANA, "WebSocket Close Code Number Registry". */
const CLOSE_CODES: Readonly<Record<number, string>> = {
  1000: 'normal closure',
  1001: 'going away',
  1002: 'protocol error',
  1003: 'unsupported data',
  1005: 'no status received',
  1006: 'abnormal closure',
  1007: 'invalid payload data',
  1008: 'policy violation',
  1009: 'message too big',
  1010: 'mandatory extension',
  1011: 'internal error',
  1012: 'service restart',
  1013: 'try again later',
  1014: 'bad gateway',
  1015: 'TLS handshake',
}

/** Values of the 7-bit length that say that the length follows in 2 or 8 bytes. */
const TWO_BYTES = 126
const EIGHT_BYTES = 127
/** A control frame is not longer. RFC 6455 §5.5. */
const LONGEST_CONTROL = 125
const DEEPEST = 58

/** The length in full where 7 bits do not hold it; 0 where they do. */
class ExtendedLengthCodec extends PlainValueCodec<number> {
  readonly kindName = 'number of 0, 2 or 8 bytes'

  read(reader: Reader, packet: AnyPacket): number {
    const short = packet.raw('length') as number
    if (short === TWO_BYTES) return reader.u16()
    return short === EIGHT_BYTES ? reader.u32() * 2 ** 32 + reader.u32() : 0
  }

  write(writer: Writer, value: number, packet: AnyPacket): void {
    const index = packet._layer.indexOf('length')
    const length = dataLength(packet)
    const given = packet._isSet(index) ? (packet.raw('length') as number) : shortLength(length)
    const full = value > 0 ? value : length
    if (given === TWO_BYTES) writer.u16(full)
    else if (given === EIGHT_BYTES) {
      writer.u32(Math.floor(full / 2 ** 32))
      writer.u32(full % 2 ** 32)
    }
  }

  coerce(value: unknown, where: string): number {
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
    throw new PacketError(`${where}: ${printed(value)} is no whole number of bytes`)
  }

  empty(): number {
    return 0
  }
}

const shortLength = (length: number): number => (length < TWO_BYTES ? length : length < 65536 ? TWO_BYTES : EIGHT_BYTES)

/** Bytes of code and data, as they will be built. */
const dataLength = (me: AnyPacket): number =>
  (me.data as Uint8Array).length + (isClose(me) && (me.code as number) > 0 ? 2 : 0)

const isClose = (me: AnyPacket): boolean => me.raw('opcode') === CLOSE

/** Bytes with the mask applied, or taken off: it is the same. `phase` bytes of the content stand before them. RFC 6455 §5.3. */
function masked(bytes: Uint8Array, packet: AnyPacket, phase: number): Uint8Array {
  if (packet.raw('mask') !== 1) return bytes
  const key = packet.raw('masking_key') as number
  const result = new Uint8Array(bytes.length)
  for (let i = 0; i < bytes.length; i++) result[i] = bytes[i]! ^ (key >>> (24 - 8 * ((i + phase) % 4)))
  return result
}

/** Why a connection is closed; 0 where a frame does not say. */
class CloseCodeCodec extends PlainValueCodec<number> {
  readonly kindName = 'number of 0 or 2 bytes'

  read(reader: Reader, packet: AnyPacket): number {
    if (!isClose(packet) || contentLength(packet) < 2 || reader.left < 2) return 0
    const bytes = masked(reader.bytes(2), packet, 0)
    const code = (bytes[0]! << 8) | bytes[1]!
    // A code of zero does not exist: it is left to the data.
    if (code === 0) reader.position -= 2
    return code
  }

  write(writer: Writer, value: number, packet: AnyPacket): void {
    if (value > 0 && isClose(packet)) writer.bytes(masked(Uint8Array.of(value >>> 8, value), packet, 0))
  }

  coerce(value: unknown, where: string): number {
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffff) return value
    const known = Object.entries(CLOSE_CODES).find(([, name]) => name === value)
    if (known !== undefined) return Number(known[0])
    throw new PacketError(`${where}: ${printed(value)} is no name of a close code nor a number (0..65535)`)
  }

  empty(): number {
    return 0
  }

  override show(value: number): string {
    const name = CLOSE_CODES[value]
    return name === undefined ? String(value) : `${value} (${name})`
  }
}

/** Bytes of content that the frame says it has. */
const contentLength = (me: AnyPacket): number => {
  const short = me.raw('length') as number
  return short < TWO_BYTES ? short : (me.raw('extended_length') as number)
}

/** What is said, without the mask; as much of it as is there. */
class DataCodec implements Codec<Uint8Array> {
  readonly kindName = 'bytes'

  read(reader: Reader, packet: AnyPacket): Uint8Array {
    const phase = (packet.raw('code') as number) > 0 ? 2 : 0
    return masked(reader.bytes(Math.max(0, Math.min(contentLength(packet) - phase, reader.left))), packet, phase)
  }

  write(writer: Writer, value: Uint8Array, packet: AnyPacket): void {
    writer.bytes(masked(value, packet, isClose(packet) && (packet.code as number) > 0 ? 2 : 0))
  }

  coerce(value: unknown, where: string): Uint8Array {
    if (typeof value === 'string' || value instanceof Uint8Array) return toBytes(value)
    throw new PacketError(`${where}: ${printed(value)} is no byte string; give text or bytes`)
  }

  isSet(): boolean {
    return true
  }

  empty(): Uint8Array {
    return new Uint8Array(0)
  }

  show(value: Uint8Array): string {
    return `'${escapeBytes(value)}'`
  }

  json(value: Uint8Array): string {
    return toHex(value)
  }

  parse(json: unknown): unknown {
    return typeof json === 'string' ? fromHex(json) : json
  }

  command(value: Uint8Array): string {
    return bytesCommand(value)
  }

  same(a: Uint8Array, b: Uint8Array): boolean {
    return sameBytes(a, b)
  }
}

export const WebSocket = layer(
  'WebSocket',
  () => ({
    fin: bits(1, 1).about('1 in the last frame of a message.'),
    rsv: bits(3).about('4: the message is compressed (RFC 7692).'),
    opcode: bitsEnum(4, 1, OPCODES),
    mask: bits(1).about('1 in all that a client sends.'),
    length: bits(7).auto((c) => shortLength(dataLength(c.packet as AnyPacket))),
    extended_length: new Field<number, number>(Kind.CODEC, 0, new ExtendedLengthCodec()),
    masking_key: u32()
      .hex()
      .when((me) => me.raw('mask') === 1),
    code: new Field<number, number | string>(Kind.CODEC, 0, new CloseCodeCodec()),
    data: new Field<Uint8Array, Uint8Array | string>(Kind.CODEC, 0, new DataCodec()),
  }),
  'Frame of a WebSocket. data is what is said, without the mask.',
  'RFC 6455 §5.2',
)

const SHOWN = 40

function summary(me: AnyPacket): string {
  const name = me.text('opcode')
  const more = me.fin === 0 ? ' (more follows)' : ''
  if (isClose(me)) return `WebSocket close${me.code === 0 ? '' : ` ${me.text('code')}`}`
  const data = (me.data ?? []) as Uint8Array
  if (me.raw('opcode') !== 1 || me.rsv !== 0) return `WebSocket ${name} ${data.length} bytes${more}`
  return `WebSocket text '${escapeBytes(data.subarray(0, SHOWN))}'${data.length > SHOWN ? '…' : ''}${more}`
}

/** Whether a frame can start here. */
export function isFrame(buffer: Uint8Array, start: number, end: number): boolean {
  if (end - start < 2) return false
  const opcode = buffer[start]! & 15
  const length = buffer[start + 1]! & 127
  if (OPCODES[opcode] === undefined || (buffer[start]! & 0x30) !== 0) return false
  // RFC 6455 §5.5.
  if (opcode >= CLOSE && (length > LONGEST_CONTROL || buffer[start]! < 128)) return false
  if (length < TWO_BYTES) return headerEnd(buffer, start) <= end
  if (headerEnd(buffer, start) > end) return false
  // The shortest form is the only one; nobody sends 2^48 bytes in a frame.
  if (length === TWO_BYTES) return ((buffer[start + 2]! << 8) | buffer[start + 3]!) >= TWO_BYTES
  return buffer[start + 2] === 0 && buffer[start + 3] === 0
}

function headerEnd(buffer: Uint8Array, start: number): number {
  const length = buffer[start + 1]! & 127
  return start + 2 + (length === TWO_BYTES ? 2 : length === EIGHT_BYTES ? 8 : 0) + (buffer[start + 1]! >= 128 ? 4 : 0)
}

behave(WebSocket, {
  summary,
  guess: (me): LayerReference | undefined =>
    me._depth < DEEPEST && isFrame(me._buffer!, me._headerStop(), me._end) ? WebSocket : undefined,
  answers: (me, request) =>
    request._layer === me._layer &&
    request.raw('opcode') === 9 &&
    me.raw('opcode') === 10 &&
    sameBytes(me.data, request.data),
})
