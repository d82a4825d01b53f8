/** Where a message ends: a stream of bytes has no messages by itself, so both ends need a convention. */
import { OptionError } from '../../exchange/index.js'
import { printable } from '../../exchange/printable.js'
import { SessionError } from '../face/session-error.js'
import type { ReceiveBuffer } from './receive-buffer.js'
import { decoded, type Encoding, encoded, wholeCharacters } from './text.js'

/**
 * How messages are told apart. 'none': what arrives is handed on as it comes. 'lines': a line each, without its end (LF, or CR LF). 'json': a
 * JSON value a line. `{length}`: each message has its length before it, in 1, 2, 4 or 8 bytes. `{until}`: each ends with this text.
 */
export type FramingOption =
  | 'none'
  | 'lines'
  | 'json'
  | { length: 1 | 2 | 4 | 8; littleEndian?: boolean }
  | { until: string | Uint8Array }

/** What a framing needs to know of its session. */
export interface FramingContext {
  readonly encoding: Encoding
  /** Bytes of a message at most. */
  readonly limit: number
  /** For errors: `tcp 127.0.0.1:8808`. */
  readonly label: string
}

/** Messages of a stream. */
export interface Framing {
  /**
   * Takes the next message from the buffer; undefined: it is not all there. At the end of the stream the rest is a message, where the framing allows it.
   * @throws SessionError 'LIMIT' for a message that is too long, 'FRAMING' for one that is none; the latter is taken
   */
  take(buffer: ReceiveBuffer, isEnded: boolean, context: FramingContext): unknown
  /** The bytes of a message. @throws SessionError for what cannot be one */
  encode(message: unknown, context: FramingContext): Uint8Array
}

const LF = Buffer.from('\n')
const CR = 0x0d

/** The framing that an option means. @param name of the call, for errors */
export function framingOf(option: FramingOption | undefined, name: string): Framing {
  if (option === undefined || option === 'none') return NONE
  if (option === 'lines') return LINES
  if (option === 'json') return JSON_LINES
  if (typeof option === 'object' && option !== null) {
    if ('until' in option) return new Delimited(delimiterOf(option.until, name))
    if ('length' in option && [1, 2, 4, 8].includes(option.length)) return new LengthPrefixed(option)
  }
  throw new OptionError(
    `${name}: option framing must be 'none', 'lines', 'json', {length: 1, 2, 4 or 8} or {until: '…'}, not ${String(option)}`,
  )
}

/** A text or bytes that end a message. @throws OptionError when there is none */
export function delimiterOf(until: unknown, name: string): Buffer {
  const bytes =
    typeof until === 'string' ? Buffer.from(until) : until instanceof Uint8Array ? Buffer.from(until) : undefined
  if (bytes === undefined || bytes.length === 0)
    throw new OptionError(`${name}: give the text or the bytes at which a message ends, such as '\\r\\n'`)
  return bytes
}

/**
 * What is in front of the delimiter; both are taken. At the end of the stream the rest.
 * @param isOfEnd a byte that may stand before the delimiter and does not count
 */
export function takeUntil(
  buffer: ReceiveBuffer,
  delimiter: Buffer,
  isEnded: boolean,
  { limit, label }: FramingContext,
  isOfEnd?: number,
): Buffer | undefined {
  const found = buffer.indexOf(delimiter)
  // The beginning of a delimiter may be there already.
  const length = found < 0 ? buffer.length - delimiter.length + 1 : found
  if (length > limit && !(length === limit + 1 && buffer.peek(length).at(-1) === isOfEnd)) throw tooLong(label, limit)
  if (found < 0) return isEnded && buffer.length > 0 ? buffer.take() : undefined
  const message = buffer.take(found)
  buffer.take(delimiter.length)
  return message
}

/** A line without its end. */
export function takeLine(buffer: ReceiveBuffer, isEnded: boolean, context: FramingContext): Buffer | undefined {
  const line = takeUntil(buffer, LF, isEnded, context, CR)
  return line !== undefined && line.at(-1) === CR ? line.subarray(0, -1) : line
}

function tooLong(label: string, limit: number): SessionError {
  return new SessionError(
    `${label}: a message is longer than ${limit} bytes; limit: … allows more, if that is what is expected`,
    'LIMIT',
  )
}

const NONE: Framing = {
  take(buffer, isEnded, { encoding }) {
    const { length } = buffer
    if (length === 0) return undefined
    const whole = isEnded ? length : wholeCharacters(buffer.peek(), length, encoding)
    return whole === 0 ? undefined : decoded(buffer.take(whole), encoding)
  },
  encode: (message, { encoding, label }) => encoded(message, encoding, label),
}

class Delimited implements Framing {
  constructor(private readonly delimiter: Buffer) {}

  take(buffer: ReceiveBuffer, isEnded: boolean, context: FramingContext): unknown {
    const message = takeUntil(buffer, this.delimiter, isEnded, context)
    return message === undefined ? undefined : decoded(message, context.encoding)
  }

  encode(message: unknown, { encoding, label }: FramingContext): Uint8Array {
    const bytes = Buffer.from(encoded(message, encoding, label))
    if (bytes.includes(this.delimiter))
      throw new SessionError(
        `${label}: the message has ${JSON.stringify(this.delimiter.toString())} in it, which would end it: send parts, or choose another framing`,
        'FRAMING',
      )
    return Buffer.concat([bytes, this.delimiter])
  }
}

const LINES: Framing = {
  take(buffer, isEnded, context) {
    const line = takeLine(buffer, isEnded, context)
    return line === undefined ? undefined : decoded(line, context.encoding)
  },
  encode(message, { encoding, label }) {
    // The one that is typed with its end is one line as well; several lines are several messages.
    if (typeof message === 'string')
      return Buffer.from(message.endsWith('\n') ? message : `${message}\n`, encoding === 'bytes' ? 'utf8' : encoding)
    const bytes = encoded(message, encoding, label)
    return bytes.at(-1) === 0x0a ? bytes : Buffer.concat([bytes, LF])
  },
}

const JSON_LINES: Framing = {
  take(buffer, isEnded, context) {
    for (;;) {
      const line = takeLine(buffer, isEnded, context)
      if (line === undefined) return undefined
      const text = line.toString()
      if (text.trim() === '') continue
      try {
        return JSON.parse(text) as unknown
      } catch (error) {
        throw new SessionError(
          `${context.label}: a line is no JSON: ${printable(text.length > 60 ? `${text.slice(0, 60)}…` : text)} (${printable((error as Error).message)})`,
          'FRAMING',
        )
      }
    }
  },
  encode(message, { label }) {
    let text: string | undefined
    try {
      text = JSON.stringify(message)
    } catch (error) {
      throw new SessionError(`${label}: this cannot be written as JSON: ${(error as Error).message}`, 'TYPE')
    }
    if (text === undefined) throw new SessionError(`${label}: ${typeof message} cannot be written as JSON`, 'TYPE')
    return Buffer.from(`${text}\n`)
  },
}

class LengthPrefixed implements Framing {
  readonly #size: number
  readonly #isLittle: boolean

  constructor({ length, littleEndian = false }: { length: number; littleEndian?: boolean }) {
    this.#size = length
    this.#isLittle = littleEndian
  }

  take(buffer: ReceiveBuffer, isEnded: boolean, { limit, label, encoding }: FramingContext): unknown {
    const size = this.#size
    if (buffer.length < size) return this.#cut(buffer, isEnded, label)
    const length = this.#read(buffer.peek(size))
    if (length > limit)
      throw new SessionError(
        `${label}: a message says that it has ${length} bytes, more than the limit of ${limit}: is its length written in ${size} bytes, and in this order?`,
        'LIMIT',
      )
    if (buffer.length < size + length) return this.#cut(buffer, isEnded, label)
    buffer.take(size)
    return decoded(buffer.take(length), encoding)
  }

  encode(message: unknown, { encoding, label }: FramingContext): Uint8Array {
    const bytes = encoded(message, encoding, label)
    const size = this.#size
    if (size < 8 && bytes.length >= 2 ** (8 * size))
      throw new SessionError(`${label}: ${bytes.length} bytes do not fit a length of ${size * 8} bits`, 'LIMIT')
    const whole = Buffer.allocUnsafe(size + bytes.length)
    let rest = bytes.length
    for (let i = 0; i < size; i++) {
      whole[this.#isLittle ? i : size - 1 - i] = rest % 256
      rest = Math.floor(rest / 256)
    }
    whole.set(bytes, size)
    return whole
  }

  #read(prefix: Buffer): number {
    let length = 0
    for (let i = 0; i < prefix.length; i++) length = length * 256 + prefix[this.#isLittle ? prefix.length - 1 - i : i]!
    return length
  }

  #cut(buffer: ReceiveBuffer, isEnded: boolean, label: string): undefined {
    if (!isEnded || buffer.length === 0) return undefined
    const { length } = buffer
    buffer.clear()
    throw new SessionError(`${label}: the connection ended within a message: ${length} bytes of it came`, 'FRAMING')
  }
}
