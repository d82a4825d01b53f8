/**
 * Numbers of variable length in QUIC: the two highest bits tell whether 1, 2, 4 or 8 bytes follow. RFC 9000 §16.
 * One that takes more bytes than it needs reads as text, `'5 in 2 bytes'`, so that it is built as it was.
 */
import {
  type AnyPacket,
  type Codec,
  Field,
  Kind,
  PacketError,
  printed,
  quoted,
  type Reader,
  type Writer,
} from '../../packet/index.js'

/** A number; text for one beyond 2^53, or in more bytes than it needs. */
export type Varint = number | string

const SIZES = [1, 2, 4, 8]
const LARGEST = (1n << 62n) - 1n
const SIZED = /^(\d{1,19})(?: in ([1248]) bytes?)?$/

/** Stands for a length that is computed when it is built. */
export const AUTOMATIC = 'auto'

const smallest = (value: bigint): number => (value < 64n ? 1 : value < 16384n ? 2 : value < 1n << 30n ? 4 : 8)

/** Bytes that the number at `at` takes. */
export const varintSize = (buffer: Uint8Array, at: number): number => 1 << (buffer[at]! >>> 6)

/** The number at `at`, as far as it is one below 2^53; -1 when it does not end before `end`. Larger ones are 2^53. */
export function varintAt(buffer: Uint8Array, at: number, end: number): number {
  if (at >= end || at + varintSize(buffer, at) > end) return -1
  let value = buffer[at]! & 0x3f
  for (let i = 1; i < varintSize(buffer, at); i++) value = value * 256 + buffer[at + i]!
  return Math.min(value, 2 ** 53)
}

/** The next number; the reader is marked when it does not fit. */
export function readVarint(reader: Reader): Varint {
  if (!reader.need(1) || !reader.need(varintSize(reader.buffer, reader.position))) return 0
  const size = varintSize(reader.buffer, reader.position)
  let value = BigInt(reader.buffer[reader.position]! & 0x3f)
  for (let i = 1; i < size; i++) value = (value << 8n) | BigInt(reader.buffer[reader.position + i]!)
  reader.position += size
  if (size !== smallest(value)) return `${value} in ${size} bytes`
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : String(value)
}

/** The plain number that is meant: of `'5 in 2 bytes'` 5. */
export function varintValue(value: Varint | undefined): number {
  return typeof value === 'number' ? value : Number(SIZED.exec(value ?? '')?.[1] ?? 0)
}

/** Writes a number, in `size` bytes when given. */
export function writeVarint(writer: Writer, given: Varint, size?: number): void {
  const [, digits = '0', asked] = SIZED.exec(String(given)) ?? []
  const value = BigInt(digits)
  const count = size ?? (asked === undefined ? smallest(value) : Number(asked))
  const at = writer.reserve(count)
  for (let i = 0; i < count; i++) writer.buffer[at + i] = Number((value >> BigInt(8 * (count - 1 - i))) & 0xffn)
  writer.buffer[at] = writer.buffer[at]! | (SIZES.indexOf(count) << 6)
}

/** @throws PacketError when the value is no number of QUIC */
export function coerceVarint(value: unknown, where: string): Varint {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  if (typeof value === 'bigint' && value >= 0n && value <= LARGEST)
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : String(value)
  const sized = typeof value === 'string' ? SIZED.exec(value) : null
  if (sized !== null && BigInt(sized[1]!) <= LARGEST && (sized[2] === undefined || fits(sized))) return value as string
  throw new PacketError(`${where}: ${printed(value)} is no whole number (0..2^62-1), nor text such as '5 in 2 bytes'`)
}

const fits = ([, digits, size]: RegExpExecArray): boolean => smallest(BigInt(digits!)) <= Number(size)

class VarintCodec implements Codec<Varint> {
  readonly kindName = 'number of 1 to 8 bytes'
  constructor(
    /** Gives the number where none was set; absent: it is 0. */
    private readonly automatic: ((packet: AnyPacket) => number) | null,
    private readonly names: () => Readonly<Record<number, string>>,
  ) {}

  read(reader: Reader): Varint {
    return readVarint(reader)
  }

  write(writer: Writer, value: Varint, packet: AnyPacket): void {
    writeVarint(writer, value === AUTOMATIC ? (this.automatic?.(packet) ?? 0) : value)
  }

  coerce(value: unknown, where: string): Varint {
    if (value === AUTOMATIC && this.automatic !== null) return value
    if (typeof value === 'string')
      for (const [number, name] of Object.entries(this.names())) if (name === value) return Number(number)
    return coerceVarint(value, where)
  }

  isSet(): boolean {
    return true
  }

  empty(): Varint {
    return this.automatic === null ? 0 : AUTOMATIC
  }

  show(value: Varint): string {
    return (typeof value === 'number' ? this.names()[value] : undefined) ?? String(value)
  }

  json(value: Varint): unknown {
    return value
  }

  parse(json: unknown): unknown {
    return json
  }

  command(value: Varint): string {
    return typeof value === 'string' ? quoted(value) : String(value)
  }

  same(a: Varint, b: Varint): boolean {
    return a === b
  }
}

const NO_NAMES = (): Readonly<Record<number, string>> => ({})

/** A number of variable length, with names for some values. */
export const varint = (value = 0, names = NO_NAMES): Field<Varint, Varint | bigint> =>
  new Field<Varint, Varint | bigint>(Kind.CODEC, 0, new VarintCodec(null, names)).default(value)

/** A number of variable length that says how many bytes (or elements) another field has. */
export const varintLength = (of: (packet: AnyPacket) => number): Field<Varint, Varint | bigint> =>
  new Field<Varint, Varint | bigint>(Kind.CODEC, 0, new VarintCodec(of, NO_NAMES))
