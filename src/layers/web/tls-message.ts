/** What all handshake messages of TLS and DTLS begin with. RFC 8446 §4; RFC 6347 §4.2.2. */
import {
  type AnyPacket,
  bytesCommand,
  type Codec,
  Field,
  fromHex,
  Kind,
  PacketError,
  printed,
  type Reader,
  sameBytes,
  toBytes,
  toHex,
  u8Enum,
  u16,
  u24,
  type Writer,
} from '../../packet/index.js'
import { HANDSHAKE_TYPES } from './tls-numbers.js'

export const MESSAGE_HEADER = 4
export const DTLS_MESSAGE_HEADER = 12

/** Type and length of a message of TLS. */
export const messageHeader = (type: number) => ({
  msgtype: u8Enum(type, HANDSHAKE_TYPES),
  msglen: u24()
    .auto((c) => c.headerLength - MESSAGE_HEADER)
    .about('Bytes of the message behind these four; it may go on in the next record or segment.'),
})

/** The same of DTLS, with the place of this fragment. */
export const dtlsMessageHeader = (type: number) => ({
  msgtype: u8Enum(type, HANDSHAKE_TYPES),
  msglen: u24().auto((c) => c.headerLength - DTLS_MESSAGE_HEADER),
  message_seq: u16(),
  fragment_offset: u24(),
  fragment_length: u24().auto((c) => c.headerLength - DTLS_MESSAGE_HEADER),
})

/** Number of 24 bits at a place. */
export const u24At = (buffer: Uint8Array, at: number): number =>
  (buffer[at]! << 16) | (buffer[at + 1]! << 8) | buffer[at + 2]!

/** Number of 16 bits at a place. */
export const u16At = (buffer: Uint8Array, at: number): number => (buffer[at]! << 8) | buffer[at + 1]!

/** Whether a length field was given by hand: what it counts is then written, also where it is empty. */
export const isGiven = (me: AnyPacket, field: string): boolean => me._isSet(me._layer.indexOf(field))

/** Bytes with their length, in three bytes, before them. */
class LongBytesCodec implements Codec<Uint8Array> {
  readonly kindName = 'bytes'

  read(reader: Reader): Uint8Array {
    if (!reader.need(3)) return new Uint8Array(0)
    const length = u24At(reader.buffer, reader.position)
    reader.position += 3
    return reader.bytes(length)
  }

  write(writer: Writer, value: Uint8Array): void {
    writer.u8(value.length >>> 16)
    writer.u16(value.length)
    writer.bytes(value)
  }

  coerce(value: unknown, where: string): Uint8Array {
    if (typeof value !== 'string' && !(value instanceof Uint8Array))
      throw new PacketError(`${where}: ${printed(value)} is no byte string; give text or bytes`)
    return toBytes(value)
  }

  empty(): Uint8Array {
    return new Uint8Array(0)
  }

  show(value: Uint8Array): string {
    return `${value.length} bytes`
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

/** Bytes with their length before them, as an element of a list: a certificate. */
export const longBytes = (): Field<Uint8Array, Uint8Array | string> =>
  new Field<Uint8Array, Uint8Array | string>(Kind.CODEC, 0, new LongBytesCodec())
