/** The text of SIP messages: words of the first line, and headers. RFC 3261 §7, §25.1. */
import {
  type AnyPacket,
  type Codec,
  PacketError,
  PlainValueCodec,
  printed,
  quoted,
  type Reader,
  toBytes,
  type Writer,
} from '../../packet/index.js'

const LF = 10
const CR = 13
const SPACE = 32
const TAB = 9
const COLON = 58

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Where the line ends: its line feed, or the end of the bytes. */
function lineEnd(reader: Reader): number {
  const at = reader.buffer.subarray(reader.position, reader.end).indexOf(LF)
  return at < 0 ? reader.end : reader.position + at
}

/** Text of the bytes `start..end` without a carriage return at their end. */
function textOf(buffer: Uint8Array, start: number, end: number): string {
  return decoder.decode(buffer.subarray(start, end > start && buffer[end - 1] === CR ? end - 1 : end))
}

/** A word of the first line and the space behind it, or all to the end of the line. */
function readWord(reader: Reader, isLast: boolean): string {
  const start = reader.position
  const stop = lineEnd(reader)
  const space = isLast ? -1 : reader.buffer.subarray(start, stop).indexOf(SPACE)
  if (space >= 0) {
    reader.position = start + space + 1
    return decoder.decode(reader.buffer.subarray(start, start + space))
  }
  // What lacks its space leaves the line's end to the word that ends it.
  reader.position = isLast ? Math.min(stop + 1, reader.end) : stop
  return textOf(reader.buffer, start, stop)
}

/** A word of the first line: a space follows it, or the end of the line where `isLast` says so. */
export class WordCodec extends PlainValueCodec<string> {
  readonly kindName = 'text'
  readonly isLossy = true

  constructor(private readonly isLast: (packet: AnyPacket) => boolean) {
    super()
  }

  read(reader: Reader, packet: AnyPacket): string {
    return readWord(reader, this.isLast(packet))
  }

  write(writer: Writer, value: string, packet: AnyPacket): void {
    writer.bytes(toBytes(`${value}${this.isLast(packet) ? '\r\n' : ' '}`))
  }

  coerce(value: unknown, where: string): string {
    if (typeof value === 'string' && !value.includes('\n')) return value
    throw new PacketError(`${where}: ${printed(value)} is no text of one line`)
  }

  empty(): string {
    return ''
  }
}

/** A number in decimal digits and the space behind it. */
export class StatusCodec extends PlainValueCodec<number> {
  readonly kindName = 'number'
  readonly isLossy = true

  read(reader: Reader): number {
    const word = readWord(reader, false)
    return /^\d{1,9}$/.test(word) ? Number(word) : 0
  }

  write(writer: Writer, value: number): void {
    writer.bytes(toBytes(`${String(value).padStart(3, '0')} `))
  }

  coerce(value: unknown, where: string): number {
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 999) return value
    throw new PacketError(`${where}: ${printed(value)} is no status such as 200 (0..999)`)
  }

  empty(): number {
    return 0
  }
}

/** A header: name and value. Without a value, a Content-Length is computed. */
export type TextHeader = readonly [name: string, value?: string]

/** More lines than any real message has. */
const MAX_HEADERS = 4096

/** Headers up to the empty line, which belongs to them. Line ends, folding and spaces around colons stay as they are while nothing is set. */
export class HeadersCodec implements Codec<TextHeader[]> {
  readonly kindName = 'headers'
  readonly isLossy = true

  constructor(private readonly lengthOf: (packet: AnyPacket) => number) {}

  read(reader: Reader): TextHeader[] {
    const headers: [name: string, value: string][] = []
    while (reader.left > 0 && headers.length < MAX_HEADERS) {
      const start = reader.position
      const stop = lineEnd(reader)
      const line = textOf(reader.buffer, start, stop)
      reader.position = Math.min(stop + 1, reader.end)
      if (line === '') break
      const first = reader.buffer[start]
      const last = headers.at(-1)
      if ((first === SPACE || first === TAB) && last !== undefined) last[1] = `${last[1]} ${line.trim()}`
      else headers.push(splitHeader(line))
    }
    return headers
  }

  write(writer: Writer, headers: TextHeader[], packet: AnyPacket): void {
    for (const [name, value] of headers) {
      const text = value ?? String(this.lengthOf(packet))
      writer.bytes(toBytes(name === '' ? `${text}\r\n` : `${name}: ${text}\r\n`))
    }
    writer.bytes(toBytes('\r\n'))
  }

  coerce(value: unknown, where: string): TextHeader[] {
    const given = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : value
    if (!Array.isArray(given))
      throw new PacketError(`${where}: ${printed(value)} is no list such as [['Call-ID', 'a@b']]`)
    return given.map((header: unknown) => {
      const [name, text] = (Array.isArray(header) ? header : [header]) as [unknown, unknown]
      if (typeof name !== 'string' || /[\n:]/.test(name))
        throw new PacketError(`${where}: ${printed(name)} is no name of a header`)
      if (text === undefined || text === null) {
        if (isLengthName(name)) return [name]
        throw new PacketError(`${where}: ${name} has no value; only Content-Length is computed`)
      }
      if (typeof text === 'number') return [name, String(text)]
      if (typeof text !== 'string' || text.includes('\n'))
        throw new PacketError(`${where}: ${printed(text)} is no value of one line for ${name}`)
      return [name, text]
    })
  }

  empty(): TextHeader[] {
    return []
  }

  show(headers: TextHeader[]): string {
    return this.command(headers)
  }

  json(headers: TextHeader[]): unknown {
    return headers
  }

  parse(json: unknown): unknown {
    return json
  }

  command(headers: TextHeader[]): string {
    return `[${headers.map((header) => `[${header.map((each) => quoted(each ?? '')).join(', ')}]`).join(', ')}]`
  }

  same(a: TextHeader[], b: TextHeader[]): boolean {
    return this.command(a) === this.command(b)
  }
}

function splitHeader(line: string): [name: string, value: string] {
  const colon = line.indexOf(String.fromCharCode(COLON))
  return colon < 0 ? ['', line] : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()]
}

/** Short names of headers. RFC 3261 §7.3.3; IANA, "Session Initiation Protocol (SIP) Parameters". */
const COMPACT: Readonly<Record<string, string>> = {
  a: 'accept-contact',
  b: 'referred-by',
  c: 'content-type',
  d: 'request-disposition',
  e: 'content-encoding',
  f: 'from',
  i: 'call-id',
  j: 'reject-contact',
  k: 'supported',
  l: 'content-length',
  m: 'contact',
  n: 'identity-info',
  o: 'event',
  r: 'refer-to',
  s: 'subject',
  t: 'to',
  u: 'allow-events',
  v: 'via',
  x: 'session-expires',
  y: 'identity',
}

const fullName = (name: string): string => COMPACT[name.toLowerCase()] ?? name.toLowerCase()
const isLengthName = (name: string): boolean => fullName(name) === 'content-length'

/** The value of the first header of that name, whatever its case and whether it is written short; undefined when there is none. */
export function headerNamed(headers: readonly TextHeader[], name: string): string | undefined {
  const wanted = fullName(name)
  return headers.find(([each]) => fullName(each) === wanted)?.[1]
}
