/** The protocol field of PPP: two bytes, or one where both sides agreed to compress it. RFC 1661 §2, §6.5. */
import {
  type AnyPacket,
  type Codec,
  Field,
  Kind,
  PacketError,
  PlainValueCodec,
  type Reader,
  u16Enum,
  type Writer,
} from '../../packet/index.js'
import { PPP_PROTOCOLS } from './ppp-numbers.js'

/** The lowest bit of the last byte, and of that alone, is 1. */
const LAST = 1

/** A number that was read from one byte keeps its form while it fits. */
class ProtocolCodec extends PlainValueCodec<number> {
  readonly kindName = 'number'
  readonly isLossy = true
  private readonly plain = u16Enum(0, PPP_PROTOCOLS).hex()

  read(reader: Reader): number {
    const first = reader.u8()
    return (first & LAST) === LAST ? first : (first << 8) | reader.u8()
  }

  write(writer: Writer, value: number, packet: AnyPacket): void {
    const { _buffer: buffer, _offset: offset, _end: end } = packet
    const isShort = buffer !== null && offset < end && (buffer[offset]! & LAST) === LAST
    if (isShort && value < 256 && (value & LAST) === LAST) writer.u8(value)
    else writer.u16(value)
  }

  coerce(value: unknown, where: string): number {
    const [layerName, name] = where.split('.') as [string, string]
    this.plain.layerName = layerName
    this.plain.name = name
    const number = this.plain.coerce(value) as number
    if ((number >>> 8) & LAST)
      throw new PacketError(
        `${where}: 0x${number.toString(16)} has an odd first byte, which stands for a protocol of one byte`,
      )
    return number
  }

  empty(): number {
    return 0
  }

  override show(value: number): string {
    return this.plain.show(value)
  }
}

/** A protocol number of PPP, written in two bytes; one that was read from one byte keeps to that. */
export const pppProtocol = (value: number): Field<number, number | string> =>
  new Field<number, number | string>(Kind.CODEC, 16, new ProtocolCodec() as Codec)
    .names(PPP_PROTOCOLS)
    .default(value) as Field<number, number | string>
