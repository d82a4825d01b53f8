/**
 * BER, the encoding of SNMP: tag, length, content. ITU-T X.690 §8.1; which of it SNMP takes: RFC 3417 §8.
 * Lengths may stand in more bytes than they need: such a message is kept as it is until it is changed.
 */
import {
  type AnyPacket,
  type BuildContext,
  type Codec,
  Field,
  Kind,
  PacketError,
  PlainValueCodec,
  printed,
  type Reader,
  Writer,
} from '../../packet/index.js'

/** A length of more bytes than this is none that a message could have. */
const MAX_LENGTH_BYTES = 4
/** Most bytes of a whole number: what the types of SNMP hold, and the sign. */
const MAX_INTEGER = 9
/** Most parts of an object identifier. RFC 2578 §3.5. */
const MAX_PARTS = 128

export const INTEGER = 2
export const OCTETS = 4
export const OID = 6
export const SEQUENCE = 0x30

/**
 * Reads a length; the reader is marked as failed where it is indefinite or impossible, or (unless `isClaim`) more than is left.
 */
export function readLength(reader: Reader, isClaim = false): number {
  const first = reader.u8()
  if (first < 0x80) return isClaim || reader.need(first) ? first : 0
  const count = first & 0x7f
  if (count === 0 || count > MAX_LENGTH_BYTES) {
    reader.fail(count === 0 ? 'a length is indefinite, which SNMP forbids' : `a length of ${count} bytes`)
    return 0
  }
  let length = 0
  for (let i = 0; i < count; i++) length = length * 256 + reader.u8()
  return isClaim || reader.need(length) ? length : 0
}

/** Reads tag and length. The reader is marked as failed where another tag stands. */
export function readStart(reader: Reader, tag: number, isClaim = false): number {
  const found = reader.u8()
  if (reader.missing > 0) return 0
  if (found !== tag) {
    reader.fail(`tag 0x${found.toString(16)} stands where 0x${tag.toString(16)} belongs`)
    return 0
  }
  return readLength(reader, isClaim)
}

/** Bytes that a length takes in its shortest form. */
function lengthSize(length: number): number {
  if (length < 0x80) return 1
  return length < 0x100 ? 2 : length < 0x10000 ? 3 : length < 0x1000000 ? 4 : 5
}

/** Writes a length in its shortest form. */
export function writeLength(writer: Writer, length: number): void {
  const size = lengthSize(length)
  if (size > 1) writer.u8(0x7f + size)
  for (let shift = Math.max(0, size - 2) * 8; shift >= 0; shift -= 8) writer.u8((length / 2 ** shift) & 0xff)
}

/** The number that these bytes are in two's complement: a bigint where a plain number would not hold it. */
export function integerOf(bytes: Uint8Array): number | bigint {
  let value = bytes.length > 0 && bytes[0]! >= 0x80 ? -1n : 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  const plain = Number(value)
  return Number.isSafeInteger(plain) ? plain : value
}

/** Writes a number in two's complement, in as few bytes as it takes, with the length in front. */
export function writeInteger(writer: Writer, value: number | bigint): void {
  let rest = BigInt(value)
  const bytes: number[] = []
  do {
    bytes.unshift(Number(rest & 0xffn))
    rest >>= 8n
  } while (!((rest === 0n && bytes[0]! < 0x80) || (rest === -1n && bytes[0]! >= 0x80)))
  writeLength(writer, bytes.length)
  for (const byte of bytes) writer.u8(byte)
}

/** The object identifier that these bytes are, `'1.3.6.1'`, or undefined. */
export function oidOf(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0 || bytes.at(-1)! >= 0x80) return undefined
  const parts: number[] = []
  for (let at = 0; at < bytes.length; ) {
    let part = 0
    do part = part * 128 + (bytes[at]! & 0x7f)
    while (bytes[at++]! >= 0x80)
    if (part > 0xffffffff + 80 || parts.length > MAX_PARTS) return undefined
    if (parts.length === 0) {
      const first = Math.min(2, Math.floor(part / 40))
      parts.push(first, part - first * 40)
    } else parts.push(part)
  }
  return parts.join('.')
}

/** Writes an object identifier with its length in front. */
export function writeOid(writer: Writer, oid: string): void {
  const [first = 0, second = 0, ...rest] = oid.split('.').map(Number)
  const bytes: number[] = []
  for (const part of [first * 40 + second, ...rest]) {
    const digits = [part % 128]
    for (let left = Math.floor(part / 128); left > 0; left = Math.floor(left / 128)) digits.unshift(128 + (left % 128))
    bytes.push(...digits)
  }
  writeLength(writer, bytes.length)
  for (const byte of bytes) writer.u8(byte)
}

/** Whether a text is an object identifier that BER can write. */
export function isOid(text: string): boolean {
  if (!/^[0-2]\.\d+(\.\d+)*$/.test(text)) return false
  const parts = text.split('.').map(Number)
  return parts.length <= MAX_PARTS && parts.every((part) => part <= 0xffffffff) && (parts[0] === 2 || parts[1]! < 40)
}

/** Tag and length of a run of fields, as one automatic field: its value is the length. */
class StartCodec extends PlainValueCodec<number> {
  readonly kindName = 'tag and length'
  constructor(
    private readonly tag: number,
    private readonly last: string,
  ) {
    super()
  }

  /** What it covers is read field by field: that says whether all of it is there. */
  read(reader: Reader): number {
    return readStart(reader, this.tag, true)
  }

  /** Unset it is counted by writing all that it covers. */
  write(writer: Writer, value: number, packet: AnyPacket): void {
    writer.u8(this.tag)
    writeLength(writer, value === UNSET || this.follows(packet, value) ? this.covered(packet) : value)
  }

  /** Whether a length that was read was right: it then follows what it covers. */
  private follows(packet: AnyPacket, value: number): boolean {
    const { fields, tailStart } = packet._layer
    const own = fields.findIndex((field) => field.codec === this)
    if (!packet._isFromBytes(own)) return false
    const starts: number[] = []
    const ends: number[] = []
    packet._measureTail(starts, ends)
    const last = this.last === '' ? fields.length - 1 : packet._layer.indexOf(this.last)
    return ends[last - tailStart]! - ends[own - tailStart]! === value
  }

  private covered(packet: AnyPacket): number {
    const { fields } = packet._layer
    const first = fields.findIndex((field) => field.codec === this) + 1
    const last = this.last === '' ? fields.length - 1 : packet._layer.indexOf(this.last)
    const counted = new Writer()
    for (const field of fields.slice(first, last + 1)) {
      if (field.condition !== null && !field.condition(packet)) continue
      const value = packet._stored(field.index)
      if (field.kind === Kind.CODEC) field.codec!.write(counted, value ?? field.codec!.empty(), packet)
      else counted.reserve(field.size)
    }
    if (this.last === '' && packet.payload !== null) counted.bytes(packet.payload.bytes())
    return counted.length
  }

  coerce(value: unknown, where: string): number {
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffffffff) return value
    throw new PacketError(`${where}: ${printed(value)} is no length in bytes`)
  }

  empty(): number {
    return UNSET
  }
}

/** In a length that nobody set. */
const UNSET = -1

/** An automatic field of variable size: the length is put in place in the form that stands there. */
class StartField extends Field<number> {
  /** The field's last covered one, or '' for all to the end. */
  constructor(tag: number, last: string) {
    super(Kind.CODEC, 32, new StartCodec(tag, last) as Codec)
    this.auto((context) => covered(context, this.name, last))
  }

  override writeAt(buffer: Uint8Array, at: number, stored: unknown): void {
    const value = stored as number
    const form = buffer[at + 1]!
    if (form < 0x80) {
      if (value < 0x80) buffer[at + 1] = value
      return
    }
    const count = form & 0x7f
    for (let i = 0; i < count; i++) buffer[at + 2 + i] = (value / 2 ** (8 * (count - 1 - i))) & 0xff
  }
}

/** Bytes from the end of a start field to that of the last field that it covers. */
function covered(context: BuildContext, name: string, last: string): number {
  const definition = context.packet._layer
  const { tailStart } = definition
  const from = context.tailEnds[definition.indexOf(name) - tailStart]!
  const to =
    last === '' ? context.headerLength + context.payloadLength : context.tailEnds[definition.indexOf(last) - tailStart]!
  return to - from
}

/** Tag and length of all fields behind it up to `last` (unset: of all). The field's value is the length; unset it is counted. */
export const berStart = (tag: number, last = ''): Field<number> => new StartField(tag, last)

/** A whole number with its tag. */
class IntegerCodec extends PlainValueCodec<number> {
  readonly kindName = 'number'
  constructor(
    private readonly tag: number,
    private readonly names: Readonly<Record<number, string>>,
  ) {
    super()
  }

  read(reader: Reader): number {
    const length = readStart(reader, this.tag)
    const bytes = reader.bytes(length)
    const value = length === 0 || length > MAX_INTEGER ? Number.NaN : integerOf(bytes)
    if (typeof value === 'number' && Number.isInteger(value)) return value
    reader.fail(`a number of ${length} bytes`)
    return 0
  }

  write(writer: Writer, value: number): void {
    writer.u8(this.tag)
    writeInteger(writer, value)
  }

  coerce(value: unknown, where: string): number {
    if (typeof value === 'number' && Number.isSafeInteger(value)) return value
    const named = Object.entries(this.names).find(([, name]) => name === value)
    if (named !== undefined) return Number(named[0])
    const names = Object.values(this.names)
    throw new PacketError(
      `${where}: ${printed(value)} is no whole number${names.length === 0 ? '' : `; the names are ${names.join(' ')}`}`,
    )
  }

  empty(): number {
    return 0
  }

  override show(value: number): string {
    return this.names[value] ?? String(value)
  }
}

/** A whole number, with names for its values where there are some. */
export const berInteger = (
  value = 0,
  names: Readonly<Record<number, string>> = {},
  tag = INTEGER,
): Field<number, number | string> =>
  new Field<number, number | string>(Kind.CODEC, 0, new IntegerCodec(tag, names) as Codec).default(value)

/** An object identifier with its tag. */
class OidCodec extends PlainValueCodec<string> {
  readonly kindName = 'object identifier'
  constructor(private readonly numberOf: (text: string) => string) {
    super()
  }

  read(reader: Reader): string {
    const oid = oidOf(reader.bytes(readStart(reader, OID)))
    if (oid !== undefined) return oid
    reader.fail('the object identifier is none')
    return '0.0'
  }

  write(writer: Writer, value: string): void {
    writer.u8(OID)
    writeOid(writer, value)
  }

  coerce(value: unknown, where: string): string {
    const oid = typeof value === 'string' ? this.numberOf(value.replace(/^\./, '')) : ''
    if (isOid(oid)) return oid
    throw new PacketError(
      `${where}: ${printed(value)} is no object identifier such as '1.3.6.1.2.1.1.1.0' or 'sysDescr.0'`,
    )
  }

  empty(): string {
    return '0.0'
  }
}

/** An object identifier as text; `numberOf` turns names into numbers. */
export const berOid = (value: string, numberOf: (text: string) => string): Field<string> =>
  new Field<string>(Kind.CODEC, 0, new OidCodec(numberOf) as Codec).default(value)
