/** Times of the spanning tree: seconds, kept in 256ths of one. IEEE 802.1D §9.2.8. */
import {
  type Codec,
  Field,
  Kind,
  PacketError,
  PlainValueCodec,
  printed,
  type Reader,
  type Writer,
} from '../../packet/index.js'

const UNIT = 256

class TimeCodec extends PlainValueCodec<number> {
  readonly kindName = 'seconds'
  readonly size = 2

  read(reader: Reader): number {
    return reader.u16() / UNIT
  }

  write(writer: Writer, value: number): void {
    writer.u16(Math.round(value * UNIT))
  }

  coerce(value: unknown, where: string): number {
    if (typeof value === 'number' && value >= 0 && Math.round(value * UNIT) <= 0xffff)
      return Math.round(value * UNIT) / UNIT
    throw new PacketError(`${where}: ${printed(value)} is no number of seconds (0..${0xffff / UNIT})`)
  }

  empty(): number {
    return 0
  }
}

/** Seconds in steps of 1/256. */
export const bridgeTime = (seconds: number): Field<number> =>
  new Field<number>(Kind.CODEC, 16, new TimeCodec() as Codec).default(seconds)
