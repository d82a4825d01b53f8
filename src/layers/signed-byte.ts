import { PacketError, PlainValueCodec, printed, type Reader, type Writer } from '../packet/index.js'

/** Signed numbers of 8 bits with a meaning of their own, and words of their own for what they do not take. Plain ones are `i8()`. */
export abstract class SignedByteCodec extends PlainValueCodec<number> {
  readonly size = 1
  /** What is said of a value that does not fit, in front of the range. */
  protected abstract readonly refusal: string

  read(reader: Reader): number {
    return (reader.u8() << 24) >> 24
  }

  write(writer: Writer, value: number): void {
    writer.u8(value & 0xff)
  }

  coerce(value: unknown, where: string): number {
    if (typeof value === 'number' && Number.isInteger(value) && value >= -128 && value <= 127) return value
    throw new PacketError(`${where}: ${printed(value)} ${this.refusal} (-128..127)`)
  }

  empty(): number {
    return 0
  }
}
