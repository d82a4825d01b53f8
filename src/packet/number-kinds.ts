import type { Reader, Writer } from './bytes.js'
import { PacketError } from './errors.js'
import { Field, Kind } from './field.js'
import { printed } from './literal.js'
import { PlainValueCodec } from './plain-value.js'

/**
 * Numbers that few protocols have: signed ones, fractions, and those of an unusual number of bytes. They may not be computed
 * (`lengthOf`, `auto`); the plain ones of `kinds.ts` may.
 */

/** How the bytes of one kind of number are read and written: a part of DataView. */
interface Form {
  readonly kindName: string
  readonly size: number
  read(view: DataView): number
  write(view: DataView, value: number): void
}

abstract class NumberCodec extends PlainValueCodec<number> {
  readonly kindName: string
  readonly size: number

  constructor(private readonly form: Form) {
    super()
    this.kindName = form.kindName
    this.size = form.size
  }

  read(reader: Reader): number {
    if (!reader.need(this.size)) return 0
    const { buffer, position } = reader
    reader.position += this.size
    return this.form.read(new DataView(buffer.buffer, buffer.byteOffset + position, this.size))
  }

  write(writer: Writer, value: number): void {
    const at = writer.reserve(this.size)
    this.form.write(new DataView(writer.buffer.buffer, writer.buffer.byteOffset + at, this.size), value)
  }

  empty(): number {
    return 0
  }
}

class WholeCodec extends NumberCodec {
  constructor(
    form: Form,
    private readonly least: number,
    private readonly most: number,
  ) {
    super(form)
  }

  coerce(value: unknown, where: string): number {
    const range = `(${this.least}..${this.most})`
    if (typeof value === 'bigint') return this.coerce(Number(value), where)
    if (typeof value !== 'number') throw new PacketError(`${where}: ${printed(value)} is no number ${range}`)
    if (!Number.isInteger(value)) throw new PacketError(`${where}: ${value} is no whole number ${range}`)
    if (value < this.least || value > this.most)
      throw new PacketError(`${where}: ${value} does not fit ${this.size * 8} bits ${range}`)
    // Not -0, which is another value than 0 to those who compare.
    return value + 0
  }
}

class FractionCodec extends NumberCodec {
  coerce(value: unknown, where: string): number {
    // As JSON writes what is no number to it.
    const given = value === 'NaN' || value === 'Infinity' || value === '-Infinity' ? Number(value) : value
    if (typeof given !== 'number') throw new PacketError(`${where}: ${printed(value)} is no number`)
    return this.size === 4 ? Math.fround(given) : given
  }

  override json(value: number): unknown {
    return Number.isFinite(value) ? value : String(value)
  }

  /** With as many digits as tell it from its neighbours: 0.1, not 0.10000000149011612. */
  override command(value: number): string {
    if (this.size === 8 || !Number.isFinite(value)) return super.command(value)
    for (let digits = 6; digits < 9; digits++) {
      const short = Number(value.toPrecision(digits))
      if (Math.fround(short) === value) return String(short)
    }
    return String(Number(value.toPrecision(9)))
  }

  override same(a: number, b: number): boolean {
    return Object.is(a, b)
  }
}

function signed(bytes: 1 | 2 | 4, littleEndian: boolean, value: number): Field<number> {
  const bits = (bytes * 8) as 8 | 16 | 32
  const form: Form = {
    kindName: `i${bits}${littleEndian ? 'le' : ''}`,
    size: bytes,
    read: (view) => view[`getInt${bits}`](0, littleEndian),
    write: (view, number) => view[`setInt${bits}`](0, number, littleEndian),
  }
  return new Field<number>(Kind.CODEC, 0, new WholeCodec(form, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1)).default(value)
}

function fraction(bytes: 4 | 8, littleEndian: boolean, value: number): Field<number> {
  const bits = (bytes * 8) as 32 | 64
  const form: Form = {
    kindName: `f${bits}${littleEndian ? 'le' : ''}`,
    size: bytes,
    read: (view) => view[`getFloat${bits}`](0, littleEndian),
    write: (view, number) => view[`setFloat${bits}`](0, number, littleEndian),
  }
  return new Field<number>(Kind.CODEC, 0, new FractionCodec(form)).default(value)
}

function whole(kindName: string, bytes: number, littleEndian: boolean, value: number): Field<number> {
  /** The place of the byte with the lowest value but `i`. */
  const place = (i: number): number => (littleEndian ? i : bytes - 1 - i)
  const form: Form = {
    kindName,
    size: bytes,
    read: (view) => {
      let number = 0
      for (let i = bytes - 1; i >= 0; i--) number = number * 256 + view.getUint8(place(i))
      return number
    },
    write: (view, number) => {
      for (let i = 0, left = number; i < bytes; i++, left = Math.floor(left / 256)) view.setUint8(place(i), left % 256)
    },
  }
  return new Field<number>(Kind.CODEC, 0, new WholeCodec(form, 0, 2 ** (8 * bytes) - 1)).default(value)
}

/** Signed number of 8 bits. */
export const i8 = (value = 0): Field<number> => signed(1, false, value)
/** Signed number of 16 bits. */
export const i16 = (value = 0): Field<number> => signed(2, false, value)
/** Signed number of 32 bits. */
export const i32 = (value = 0): Field<number> => signed(4, false, value)
/** Signed number of 16 bits, little-endian. */
export const i16le = (value = 0): Field<number> => signed(2, true, value)
/** Signed number of 32 bits, little-endian. */
export const i32le = (value = 0): Field<number> => signed(4, true, value)

/** Fraction of 32 bits (IEEE 754). */
export const f32 = (value = 0): Field<number> => fraction(4, false, value)
/** Fraction of 64 bits (IEEE 754). */
export const f64 = (value = 0): Field<number> => fraction(8, false, value)
/** Fraction of 32 bits (IEEE 754), little-endian. */
export const f32le = (value = 0): Field<number> => fraction(4, true, value)
/** Fraction of 64 bits (IEEE 754), little-endian. */
export const f64le = (value = 0): Field<number> => fraction(8, true, value)

/** Unsigned number of 24 bits, little-endian. */
export const u24le = (value = 0): Field<number> => whole('u24le', 3, true, value)
/** Unsigned number of 40 bits. */
export const u40 = (value = 0): Field<number> => whole('u40', 5, false, value)
/** Unsigned number of 48 bits. */
export const u48 = (value = 0): Field<number> => whole('u48', 6, false, value)
