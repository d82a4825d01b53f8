/**
 * The header fields of HTTP/1 as a list of name and value. RFC 9112 §5.
 * A line that is not written in the usual way is kept as it stands in the bytes, so that it is built as it was.
 */
import {
  type Codec,
  escapeBytes,
  Field,
  Kind,
  PacketError,
  printed,
  type Reader,
  toBytes,
  type Writer,
} from '../../packet/index.js'
import {
  CR,
  isLine,
  isUsualEnd,
  jsonLine,
  LF,
  type Line,
  lineEnd,
  lineOf,
  literalLine,
  parseLine,
  SPACE,
  sameLine,
} from './http-lines.js'

const COLON = 58

/** A header field. A third part is the line as it stands in the bytes, where it is not `name: value` and CR LF. */
export type HttpHeader = readonly [name: Line, value: Line, line?: Line]

/** Header fields up to the empty line, or to the end where that is not there yet. */
class HeadersCodec implements Codec<HttpHeader[]> {
  readonly kindName = 'header fields'

  read(reader: Reader): HttpHeader[] {
    const { buffer, end } = reader
    const headers: HttpHeader[] = []
    let at = reader.position
    while (at < end) {
      if (buffer[at] === LF || (buffer[at] === CR && (at + 1 === end || buffer[at + 1] === LF))) break
      let stop = lineEnd(buffer, at, end)
      // A line that begins with a space belongs to the one before. RFC 9112 §5.2.
      while (stop < end && (buffer[stop] === SPACE || buffer[stop] === 9)) stop = lineEnd(buffer, stop, end)
      headers.push(headerAt(buffer, at, stop))
      at = stop
    }
    reader.position = at
    return headers
  }

  write(writer: Writer, headers: HttpHeader[]): void {
    for (const [name, value, line] of headers) {
      if (line !== undefined) {
        writer.bytes(toBytes(line))
        continue
      }
      writer.bytes(toBytes(name))
      writer.u16((COLON << 8) | SPACE)
      writer.bytes(toBytes(value))
      writer.u16((CR << 8) | LF)
    }
  }

  coerce(value: unknown, where: string): HttpHeader[] {
    const pairs: unknown = isPlainObject(value) ? Object.entries(value) : value
    if (!Array.isArray(pairs))
      throw new PacketError(`${where}: ${printed(value)} is no list of header fields such as [['Host', 'example.org']]`)
    return pairs.map((given: unknown) => {
      const [name, text, line] = (Array.isArray(given) ? given : []) as unknown[]
      const content = typeof text === 'number' ? String(text) : text
      if (!isLine(name) || !isLine(content) || !(line === undefined || isLine(line)))
        throw new PacketError(`${where}: ${printed(given)} is no header field such as ['Host', 'example.org']`)
      return line === undefined ? [name, content] : [name, content, line]
    })
  }

  empty(): HttpHeader[] {
    return []
  }

  show(headers: HttpHeader[]): string {
    return `[${headers.map(([name, value]) => `${plain(name)}: ${plain(value)}`).join(', ')}]`
  }

  json(headers: HttpHeader[]): unknown {
    return headers.map((header) => header.map((each) => jsonLine(each!)))
  }

  parse(json: unknown): unknown {
    return Array.isArray(json) ? json.map((header) => (Array.isArray(header) ? header.map(parseLine) : header)) : json
  }

  command(headers: HttpHeader[]): string {
    return `[${headers.map((header) => `[${header.map((each) => literalLine(each!)).join(', ')}]`).join(', ')}]`
  }

  same(a: HttpHeader[], b: HttpHeader[]): boolean {
    return (
      a.length === b.length &&
      a.every((header, i) => header.length === b[i]!.length && header.every((each, j) => sameLine(each, b[i]![j])))
    )
  }
}

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype

/** Control characters come from the network, and are shown as what they are. */
const plain = (value: Line): string => escapeBytes(toBytes(value))

/** Name and value of a line, without the white space around them; the line itself where it has another form. */
function headerAt(buffer: Uint8Array, start: number, stop: number): HttpHeader {
  let colon = start
  while (colon < stop && buffer[colon] !== COLON && buffer[colon] !== LF) colon++
  const hasColon = colon < stop && buffer[colon] === COLON
  if (!hasColon) colon = stop
  const isBlank = (byte: number | undefined): boolean => byte === SPACE || byte === 9 || byte === CR || byte === LF
  let nameEnd = colon
  while (nameEnd > start && isBlank(buffer[nameEnd - 1])) nameEnd--
  let valueAt = Math.min(colon + 1, stop)
  while (valueAt < stop && isBlank(buffer[valueAt])) valueAt++
  let valueEnd = stop
  while (valueEnd > valueAt && isBlank(buffer[valueEnd - 1])) valueEnd--
  const name = lineOf(buffer.subarray(start, nameEnd))
  const value = lineOf(buffer.subarray(valueAt, valueEnd))
  const isUsual =
    hasColon &&
    nameEnd === colon &&
    colon + 1 < stop &&
    buffer[colon + 1] === SPACE &&
    colon + 2 + (valueEnd - valueAt) === stop - 2 &&
    isUsualEnd(buffer, start, stop)
  return isUsual ? [name, value] : [name, value, lineOf(buffer.subarray(start, stop))]
}

/** Header fields as a list of name and value; an object of them may be given too. */
export const headerFields = (): Field<HttpHeader[], readonly (readonly [Line, Line | number, Line?])[] | object> =>
  new Field<HttpHeader[], readonly (readonly [Line, Line | number, Line?])[] | object>(
    Kind.CODEC,
    0,
    new HeadersCodec(),
  )

/** Value of the first header field of that name, whatever its case; undefined when there is none. */
export function headerValue(headers: readonly HttpHeader[], name: string): string | undefined {
  const lower = name.toLowerCase()
  const found = headers.find((header) => typeof header[0] === 'string' && header[0].toLowerCase() === lower)
  return found === undefined ? undefined : typeof found[1] === 'string' ? found[1] : escapeBytes(found[1])
}
