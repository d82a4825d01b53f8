import { escapeBytes, fromHex, type Reader, sameBytes, toBytes, toHex, type Writer } from './bytes.js'
import { PacketError } from './errors.js'
import { type AnyPacket, type Codec, Field, Kind } from './field.js'
import { checkNames, extentNames } from './layout-check.js'
import { bytesCommand, printed } from './literal.js'
import { PlainValueCodec } from './plain-value.js'

/**
 * The kinds of fields that a layer is declared with. Numbers are big-endian unless their name ends in `le`.
 * `TCP.options`, lists and nested layers are in `lists.ts` and `options.ts`.
 */

type Names = Readonly<Record<number, string>>

/** Unsigned number of 8 bits. */
export const u8 = (value = 0): Field<number> => new Field<number>(Kind.U8, 8).default(value)
/** Unsigned number of 16 bits. */
export const u16 = (value = 0): Field<number> => new Field<number>(Kind.U16, 16).default(value)
/** Unsigned number of 24 bits. */
export const u24 = (value = 0): Field<number> => new Field<number>(Kind.U24, 24).default(value)
/** Unsigned number of 32 bits. */
export const u32 = (value = 0): Field<number> => new Field<number>(Kind.U32, 32).default(value)
/** Unsigned number of 64 bits, a bigint. */
export const u64 = (value = 0n): Field<bigint, bigint | number> =>
  new Field<bigint, bigint | number>(Kind.U64, 64).default(value)
/** Unsigned number of 16 bits, little-endian. */
export const u16le = (value = 0): Field<number> => new Field<number>(Kind.U16LE, 16).default(value)
/** Unsigned number of 32 bits, little-endian. */
export const u32le = (value = 0): Field<number> => new Field<number>(Kind.U32LE, 32).default(value)
/** Unsigned number of 64 bits, little-endian, a bigint. */
export const u64le = (value = 0n): Field<bigint, bigint | number> =>
  new Field<bigint, bigint | number>(Kind.U64LE, 64).default(value)

/** Number of 8 bits whose values have names. */
export const u8Enum = (value: number, names: Names): Field<number, number | string> =>
  u8(value).names(checkNames('u8Enum', names))
/** Number of 16 bits whose values have names. */
export const u16Enum = (value: number, names: Names): Field<number, number | string> =>
  u16(value).names(checkNames('u16Enum', names))
/** Number of 32 bits whose values have names. */
export const u32Enum = (value: number, names: Names): Field<number, number | string> =>
  u32(value).names(checkNames('u32Enum', names))

/** Unsigned number of 1 to 32 bits, the most significant first. Neighbouring bit fields must fill whole bytes. */
export function bits(count: number, value = 0): Field<number> {
  if (!(Number.isInteger(count) && count >= 1 && count <= 32))
    throw new PacketError(`bits(${count}): a bit field has 1 to 32 bits`)
  return new Field<number>(Kind.BITS, count).default(value)
}

/** Bit field whose values have names. */
export const bitsEnum = (count: number, value: number, names: Names): Field<number, number | string> =>
  bits(count, value).names(checkNames('bitsEnum', names))

/**
 * Flags read and given as text. `names` are given from the lowest bit up: a text has one letter a flag (`'FSRPAUECN'`,
 * text `'SA'`), a list has longer names (`['MF', 'DF', 'evil']`, text `'MF+DF'`). A number may be given too.
 */
export function flags(
  count: number,
  names: string | readonly string[],
  value: number | string = 0,
): Field<string, string | number> {
  if (!(Number.isInteger(count) && count >= 1 && count <= 32))
    throw new PacketError(`flags(${printed(count)}): flags have 1 to 32 bits; write flags(8, 'ABCDEFGH')`)
  if (names.length > count) throw new PacketError(`flags(${count}, …): ${names.length} names for ${count} bits`)
  const kind = count === 8 ? Kind.U8 : count === 16 ? Kind.U16 : count === 32 ? Kind.U32 : Kind.BITS
  const field = new Field<string, string | number>(kind, count)
  field.flagNames = Array.from(
    { length: count },
    (_, bit) => names[bit] ?? (typeof names === 'string' ? '' : `bit${bit}`),
  )
  return field.default(value)
}

/** IPv4 address, text such as `'10.0.0.1'`. */
export const ipv4 = (value = '0.0.0.0'): Field<string> => new Field<string>(Kind.IPV4, 32).default(value)
/** IPv6 address, text such as `'fd00::1'`. */
export const ipv6 = (value = '::'): Field<string> => new Field<string>(Kind.IPV6, 128).default(value)
/** MAC address, text such as `'02:00:00:00:00:01'`. */
export const mac = (value = '00:00:00:00:00:00'): Field<string> => new Field<string>(Kind.MAC, 48).default(value)

/** How long a variable field is: bytes, a field of the layer that says it, or a function of the packet. */
export type Extent = number | string | ((packet: AnyPacket) => number)

/** What stands behind a byte string or a text and ends it: `{ until: '\0' }`, `{ until: '\r\n' }`. It is no part of the value. */
export interface Ending {
  until: string | Uint8Array
}

/** The extent's number for this packet; undefined stands for all that is left. */
export function extentOf(extent: Extent | undefined, packet: AnyPacket): number | undefined {
  if (extent === undefined || typeof extent === 'number') return extent
  const value = typeof extent === 'string' ? (packet._stored(packet._layer.indexOf(extent)) as number) : extent(packet)
  return Number.isFinite(value) ? Math.max(0, value) : 0
}

function endingOf(kind: string, extent: Extent | Ending | undefined): Uint8Array | null {
  if (typeof extent !== 'object' || extent === null) return null
  const bytes = typeof extent.until === 'string' ? toBytes(extent.until) : extent.until
  if (bytes instanceof Uint8Array && bytes.length > 0) return bytes
  throw new PacketError(`${kind}({until: ${printed(extent.until)}}): give what ends it, such as '\\0' or '\\r\\n'`)
}

/** Where `wanted` stands in the bytes `start..end`, or -1. */
function placeOf(wanted: Uint8Array, buffer: Uint8Array, start: number, end: number): number {
  const at = Buffer.from(buffer.buffer, buffer.byteOffset + start, end - start).indexOf(wanted)
  return at < 0 ? -1 : start + at
}

/** The bytes of a byte string or a text. */
function readRun(
  reader: Reader,
  extent: Extent | Ending | undefined,
  ending: Uint8Array | null,
  packet: AnyPacket,
): Uint8Array {
  if (ending === null) {
    const count = extentOf(extent as Extent | undefined, packet)
    return count === undefined ? reader.rest() : reader.bytes(count)
  }
  const at = placeOf(ending, reader.buffer, reader.position, reader.end)
  if (at < 0) {
    reader.fail(`no '${escapeBytes(ending)}' ends it`)
    return NOTHING
  }
  const run = reader.bytes(at - reader.position)
  reader.position += ending.length
  return run
}

const NOTHING = new Uint8Array(0)

function refuseEnding(bytes: Uint8Array, ending: Uint8Array, where: string): void {
  if (placeOf(ending, bytes, 0, bytes.length) >= 0)
    throw new PacketError(`${where}: the value has '${escapeBytes(ending)}' in it, which ends it`)
}

/** Byte strings: read as a view on the packet's bytes, given as bytes or text (UTF-8). */
class BytesCodec implements Codec<Uint8Array> {
  readonly kindName = 'bytes'
  readonly size: number | undefined
  readonly needs: readonly string[]
  readonly isNeverEmpty: boolean
  private readonly ending: Uint8Array | null

  constructor(private readonly extent: Extent | Ending | undefined) {
    this.size = typeof extent === 'number' ? extent : undefined
    this.needs = extentNames('bytes', extent)
    this.ending = endingOf('bytes', extent)
    this.isNeverEmpty = this.ending !== null
  }

  read(reader: Reader, packet: AnyPacket): Uint8Array {
    return readRun(reader, this.extent, this.ending, packet)
  }

  write(writer: Writer, value: Uint8Array): void {
    writer.bytes(value)
    if (this.ending !== null) writer.bytes(this.ending)
  }

  coerce(value: unknown, where: string): Uint8Array {
    if (typeof value !== 'string' && !(value instanceof Uint8Array)) {
      if (Array.isArray(value) && value.every((byte) => Number.isInteger(byte) && byte >= 0 && byte <= 255))
        return Uint8Array.from(value)
      throw new PacketError(`${where}: ${printed(value)} is no byte string; give text or bytes`)
    }
    const bytes = typeof value === 'string' ? toBytes(value) : value
    if (this.size !== undefined && bytes.length !== this.size) {
      throw new PacketError(`${where}: takes exactly ${this.size} bytes, ${bytes.length} were given`)
    }
    if (this.ending !== null) refuseEnding(bytes, this.ending, where)
    return bytes
  }

  empty(): Uint8Array {
    return new Uint8Array(this.size ?? 0)
  }

  /** Numbers in a list are bytes; texts and byte strings in one are several values. */
  isSet(list: readonly unknown[]): boolean {
    return list.some((member) => typeof member === 'string' || typeof member === 'object')
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

/**
 * Bytes: a fixed number, as many as a field or a function says, up to an ending (`{ until: '\r\n' }`), or all that is left of the
 * layer. Reads as a Uint8Array. Throws PacketError for a packet, whose bytes other tools get this way.
 */
export function bytes(extent?: Extent | Ending): Field<Uint8Array, Uint8Array | string> {
  if (typeof extent === 'object' && extent !== null && !('until' in extent))
    throw new PacketError('bytes() declares a field of a layer; packet.bytes() gives the bytes of a packet')
  return new Field<Uint8Array, Uint8Array | string>(Kind.CODEC, 0, new BytesCodec(extent))
}

/** Text in UTF-8. Bytes that are none read as U+FFFD; padding zeros at the end of a fixed size are cut off. */
class TextCodec extends PlainValueCodec<string> {
  readonly kindName = 'text'
  private readonly decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  readonly isLossy = true
  readonly size: number | undefined
  readonly needs: readonly string[]
  readonly isNeverEmpty: boolean
  private readonly ending: Uint8Array | null

  constructor(private readonly extent: Extent | Ending | undefined) {
    super()
    this.size = typeof extent === 'number' ? extent : undefined
    this.needs = extentNames('text', extent)
    this.ending = endingOf('text', extent)
    this.isNeverEmpty = this.ending !== null
  }

  read(reader: Reader, packet: AnyPacket): string {
    const text = this.decoder.decode(readRun(reader, this.extent, this.ending, packet))
    return this.size === undefined ? text : text.replace(/\0+$/, '')
  }

  write(writer: Writer, value: string): void {
    const bytes = toBytes(value)
    writer.bytes(bytes)
    if (this.size !== undefined) writer.reserve(this.size - bytes.length)
    if (this.ending !== null) writer.bytes(this.ending)
  }

  coerce(value: unknown, where: string): string {
    if (typeof value !== 'string') throw new PacketError(`${where}: ${printed(value)} is no text`)
    if (this.size !== undefined && toBytes(value).length > this.size) {
      throw new PacketError(`${where}: takes at most ${this.size} bytes, ${toBytes(value).length} were given`)
    }
    if (this.ending !== null) refuseEnding(toBytes(value), this.ending, where)
    return value
  }

  empty(): string {
    return ''
  }
}

/**
 * Text: a fixed number of bytes (padded with zeros), as many as a field or a function says, up to an ending (`{ until: '\0' }`), or
 * all that is left.
 */
export function text(extent?: Extent | Ending): Field<string> {
  return new Field<string>(Kind.CODEC, 0, new TextCodec(extent))
}
