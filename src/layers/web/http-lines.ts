/**
 * The lines of HTTP/1: parts of the first one, and the empty one. RFC 9112 §2 to §4.
 * What is not written in the usual way is kept as it stands in the bytes, so that it is built as it was.
 */
import {
  type AnyPacket,
  type Codec,
  escapeBytes,
  Field,
  fromHex,
  Kind,
  PacketError,
  PlainValueCodec,
  printed,
  quoted,
  type Reader,
  sameBytes,
  toBytes,
  toHex,
  type Writer,
} from '../../packet/index.js'

export const LF = 10
export const CR = 13
export const SPACE = 32

/** Text; bytes where they are no UTF-8. */
export type Line = string | Uint8Array

let decoder: InstanceType<typeof TextDecoder> | null = null

/** Text of bytes that are UTF-8, else the bytes. */
export function lineOf(bytes: Uint8Array): Line {
  let isAscii = true
  for (let i = 0; i < bytes.length && isAscii; i++) isAscii = bytes[i]! < 128
  if (isAscii) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  decoder ??= new TextDecoder('utf-8', { ignoreBOM: true })
  const text = decoder.decode(bytes)
  return sameBytes(toBytes(text), bytes) ? text : bytes
}

/** Where the line that starts at `at` ends: behind its line feed, or where the bytes end. */
export function lineEnd(buffer: Uint8Array, at: number, end: number): number {
  for (let i = at; i < end; i++) if (buffer[i] === LF) return i + 1
  return end
}

const endsInFeed = (value: Line): boolean =>
  value.length > 0 && (typeof value === 'string' ? value.endsWith('\n') : value.at(-1) === LF)

export const isLine = (value: unknown): value is Line => typeof value === 'string' || value instanceof Uint8Array

export const sameLine = (a: Line | undefined, b: Line | undefined): boolean =>
  a instanceof Uint8Array ? b instanceof Uint8Array && sameBytes(a, b) : a === b

const showLine = (value: Line): string => (typeof value === 'string' ? quoted(value) : `'${escapeBytes(value)}'`)
export const literalLine = (value: Line): string =>
  typeof value === 'string' ? quoted(value) : `hex('${toHex(value)}')`
export const jsonLine = (value: Line): unknown => (typeof value === 'string' ? value : { hex: toHex(value) })

export function parseLine(json: unknown): unknown {
  const { hex } = (json ?? {}) as { hex?: unknown }
  return typeof hex === 'string' ? fromHex(hex) : json
}

/** One part of the first line. */
class LinePartCodec implements Codec<Line> {
  readonly kindName = 'text'
  constructor(
    private readonly take: (buffer: Uint8Array, start: number, end: number) => readonly [value: number, next: number],
    private readonly put: (writer: Writer, value: Line, packet: AnyPacket) => void,
  ) {}

  read(reader: Reader): Line {
    const { buffer, position, end } = reader
    const [valueEnd, next] = this.take(buffer, position, end)
    reader.position = next
    return lineOf(buffer.subarray(position, valueEnd))
  }

  write(writer: Writer, value: Line, packet: AnyPacket): void {
    this.put(writer, value, packet)
  }

  coerce(value: unknown, where: string): Line {
    if (isLine(value)) return value
    throw new PacketError(`${where}: ${printed(value)} is no text`)
  }

  isSet(): boolean {
    return true
  }

  empty(): Line {
    return ''
  }

  show(value: Line): string {
    return showLine(value)
  }

  json(value: Line): unknown {
    return jsonLine(value)
  }

  parse(json: unknown): unknown {
    return parseLine(json)
  }

  command(value: Line): string {
    return literalLine(value)
  }

  same(a: Line, b: Line): boolean {
    return sameLine(a, b)
  }
}

const part = (
  value: string,
  take: (buffer: Uint8Array, start: number, end: number) => readonly [value: number, next: number],
  put: (writer: Writer, value: Line, packet: AnyPacket) => void,
): Field<Line> => new Field<Line>(Kind.CODEC, 0, new LinePartCodec(take, put)).default(value)

/** Up to the next space, which is not part of it. */
export const word = (value: string): Field<Line> =>
  part(
    value,
    (buffer, start, end) => {
      let at = start
      while (at < end && buffer[at] !== SPACE && buffer[at] !== LF) at++
      return [at, at < end && buffer[at] === SPACE ? at + 1 : at]
    },
    (writer, given) => {
      writer.bytes(toBytes(given))
      writer.u8(SPACE)
    },
  )

/** The version behind the last space of a line starts with this. */
const VERSION = [72, 84, 84, 80, 47]

const isVersion = (buffer: Uint8Array, at: number, end: number): boolean =>
  at + VERSION.length <= end && VERSION.every((byte, i) => buffer[at + i] === byte)

/** Where ` HTTP/…` starts in the line, or where the line ends when it has none or is cut. */
function versionAt(buffer: Uint8Array, start: number, end: number): number {
  const stop = lineEnd(buffer, start, end)
  if (stop === start || buffer[stop - 1] !== LF) return stop
  for (let at = stop - 1; at >= start; at--) if (buffer[at] === SPACE && isVersion(buffer, at + 1, stop)) return at
  return stop
}

/** What is asked for: up to the version, or to the end of the line where there is none. */
export const target = (value: string, version: string): Field<Line> =>
  part(
    value,
    (buffer, start, end) => {
      const at = versionAt(buffer, start, end)
      return [at, at < end && buffer[at] === SPACE && isVersion(buffer, at + 1, end) ? at + 1 : at]
    },
    (writer, given, packet) => {
      writer.bytes(toBytes(given))
      if ((packet.raw(version) as Line).length > 0) writer.u8(SPACE)
    },
  )

/** The rest of the line. A value that ends in a line feed stands as it is; else CR LF follows it. Empty: nothing. */
export const lastWord = (value: string): Field<Line> =>
  part(
    value,
    (buffer, start, end) => {
      if (start > 0 && buffer[start - 1] === LF) return [start, start]
      const stop = lineEnd(buffer, start, end)
      return isUsualEnd(buffer, start, stop) ? [stop - 2, stop] : [stop, stop]
    },
    (writer, given) => {
      if (given.length === 0) return
      writer.bytes(toBytes(given))
      if (!endsInFeed(given)) writer.u16((CR << 8) | LF)
    },
  )

export const isUsualEnd = (buffer: Uint8Array, start: number, stop: number): boolean =>
  stop - start >= 2 && buffer[stop - 1] === LF && buffer[stop - 2] === CR

/** The phrase behind the status. */
class PhraseCodec extends LinePartCodec {
  constructor() {
    super(
      (buffer, start, end) => {
        const stop = lineEnd(buffer, start, end)
        return [stop, stop]
      },
      (writer, value) => {
        if (endsInFeed(value)) writer.bytes(toBytes(value))
        else {
          writer.u8(SPACE)
          writer.bytes(toBytes(value))
          writer.u16((CR << 8) | LF)
        }
      },
    )
  }

  override read(reader: Reader): Line {
    const { buffer, position: start, end } = reader
    const stop = lineEnd(buffer, start, end)
    reader.position = stop
    if (buffer[start] === SPACE && isUsualEnd(buffer, start + 1, stop))
      return lineOf(buffer.subarray(start + 1, stop - 2))
    return lineOf(buffer.subarray(start, stop))
  }
}

/** What a status is called: any text. One that ends in a line feed is the rest of the line as it stands. */
export const reason = (value: string): Field<Line> => new Field<Line>(Kind.CODEC, 0, new PhraseCodec()).default(value)

/** Three digits. */
class StatusCodec extends PlainValueCodec<number> {
  readonly kindName = 'number of three digits'
  constructor(private readonly names: Readonly<Record<number, string>>) {
    super()
  }

  read(reader: Reader): number {
    let value = 0
    for (const byte of reader.bytes(3)) value = value * 10 + byte - 48
    if (!(value >= 0 && value <= 999)) reader.fail('no status of three digits')
    return value
  }

  write(writer: Writer, value: number): void {
    writer.bytes(toBytes(String(value).padStart(3, '0')))
  }

  coerce(value: unknown, where: string): number {
    const number = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value
    if (typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= 999) return number
    throw new PacketError(`${where}: ${printed(value)} is no status such as 200 (0..999)`)
  }

  empty(): number {
    return 200
  }

  override show(value: number): string {
    const name = this.names[value]
    return name === undefined ? String(value) : `${value} (${name})`
  }
}

export const status = (value: number, names: Readonly<Record<number, string>>): Field<number, number | string> =>
  new Field<number, number | string>(Kind.CODEC, 0, new StatusCodec(names)).default(value)

/** The empty line behind the header fields; nothing where it has not come yet. */
class BlankLineCodec extends PlainValueCodec<string> {
  readonly kindName = 'text'
  read(reader: Reader): string {
    const { buffer, position, end } = reader
    if (position >= end) return ''
    const stop = lineEnd(buffer, position, end)
    reader.position = stop
    return Buffer.from(buffer.buffer, buffer.byteOffset + position, stop - position).toString('latin1')
  }

  write(writer: Writer, value: string): void {
    writer.bytes(Buffer.from(value, 'latin1'))
  }

  coerce(value: unknown, where: string): string {
    if (typeof value === 'string' && /^\r?\n?$/.test(value)) return value
    throw new PacketError(`${where}: ${printed(value)} is no empty line; '\\r\\n', or '' for a message that goes on`)
  }

  empty(): string {
    return '\r\n'
  }
}

export const blankLine = (): Field<string> => new Field<string>(Kind.CODEC, 0, new BlankLineCodec())
