/** Kinds of fields that wireless headers have: signed bytes, rates, and numbers on a boundary. */
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
import { SignedByteCodec } from '../signed-byte.js'

class LevelCodec extends SignedByteCodec {
  readonly kindName = 'signed, 8 bits'
  protected readonly refusal = 'does not fit 8 bits with a sign'
}

/** Signed number of 8 bits. */
export const signed8 = (): Field<number> => new Field<number>(Kind.CODEC, 0, new LevelCodec())

/** A rate in Mb/s, of which the byte holds the double. */
class RateCodec extends PlainValueCodec<number> {
  readonly kindName = 'Mb/s in steps of 0.5'
  readonly size = 1

  read(reader: Reader): number {
    return reader.u8() / 2
  }

  write(writer: Writer, value: number): void {
    writer.u8(value * 2)
  }

  coerce(value: unknown, where: string): number {
    if (typeof value === 'number' && Number.isInteger(value * 2) && value >= 0 && value <= 127.5) return value
    throw new PacketError(`${where}: ${printed(value)} is no rate in steps of 0.5 Mb/s (0..127.5)`)
  }

  empty(): number {
    return 0
  }
}

/** Rate in Mb/s, in steps of 0.5. */
export const halfRate = (): Field<number> => new Field<number>(Kind.CODEC, 0, new RateCodec())

/** A plain field that starts at a multiple of some bytes from the header's start; what is skipped is zero. */
class AlignedCodec<T> implements Codec<T> {
  readonly kindName: string
  /** Padding that is not zero is kept while the field is not set. */
  readonly isLossy = true
  readonly scalar: Field<never, never>

  constructor(
    private readonly inner: Field<T, never>,
    private readonly boundary: number,
  ) {
    this.kindName = `${inner.bits} bits, aligned to ${boundary} bytes`
    this.scalar = inner as unknown as Field<never, never>
  }

  private gap(position: number): number {
    return (this.boundary - (position % this.boundary)) % this.boundary
  }

  read(reader: Reader): T {
    const gap = this.gap(reader.position - reader.start)
    if (!reader.need(gap + this.inner.size)) return this.empty()
    const at = reader.position + gap
    reader.position = at + this.inner.size
    return this.inner.presentAt(reader.buffer, at) as T
  }

  write(writer: Writer, value: T): void {
    writer.reserve(this.gap(writer.length - writer.start))
    const at = writer.reserve(this.inner.size)
    this.inner.writeAt(writer.buffer, at, this.inner.coerce(value))
  }

  coerce(value: unknown, where: string): T {
    const [layerName, name] = where.split('.') as [string, string]
    this.inner.layerName = layerName
    this.inner.name = name
    return this.inner.present(this.inner.coerce(value)) as T
  }

  empty(): T {
    return this.inner.present(this.inner.coerce(this.inner.defaultValue ?? 0)) as T
  }

  show(value: T): string {
    return this.inner.show(value)
  }

  json(value: T): unknown {
    return this.inner.json(value)
  }

  parse(json: unknown): unknown {
    return this.inner.parse(json)
  }

  command(value: T): string {
    return this.inner.command(value)
  }

  same(a: T, b: T): boolean {
    return a === b
  }
}

/** The same field, starting at a multiple of `boundary` bytes from the header's start. */
export const aligned = <T, In>(inner: Field<T, In>, boundary: number): Field<T, In> =>
  new Field<T, In>(Kind.CODEC, 0, new AlignedCodec(inner as unknown as Field<T, never>, boundary))
