import { hexDigit } from './addresses.js'
import { PacketError } from './errors.js'

const encoder = new TextEncoder()
const HEX = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'))

/** Lower-case hexadecimal digits of the bytes, two a byte, nothing between them. */
export function toHex(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let text = ''
  for (let i = start; i < end; i++) text += HEX[bytes[i]!]
  return text
}

/**
 * Bytes of hexadecimal text. White space, `:`, `-` and a leading `0x` are passed over.
 * @throws PacketError that says where a digit is wrong or missing.
 */
export function fromHex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length >>> 1)
  let count = 0
  let high = -1
  for (let i = /^\s*0x/i.test(text) ? text.toLowerCase().indexOf('0x') + 2 : 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 32 || (code >= 9 && code <= 13) || code === 58 || code === 45) continue
    const digit = hexDigit(code)
    if (digit < 0) throw new PacketError(`'${text[i]}' at character ${i + 1} is no hexadecimal digit`)
    if (high < 0) high = digit
    else {
      bytes[count++] = (high << 4) | digit
      high = -1
    }
  }
  if (high >= 0) throw new PacketError('hexadecimal text has an odd number of digits: one is missing')
  return bytes.subarray(0, count)
}

/** UTF-8 bytes of a text; bytes as they are. */
export function toBytes(value: string | Uint8Array): Uint8Array {
  return typeof value === 'string' ? encoder.encode(value) : value
}

/** Whether two runs of bytes are the same. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** One JavaScript string literal for bytes that are printable ASCII, else undefined. */
export function asText(bytes: Uint8Array): string | undefined {
  let text = ''
  for (const byte of bytes) {
    if (byte < 32 || byte > 126) return undefined
    text += String.fromCharCode(byte)
  }
  return text
}

/** Bytes as people read them: printable ASCII as it is, the rest as `\x00`. */
export function escapeBytes(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) {
    if (byte === 0x5c) text += '\\\\'
    else if (byte >= 32 && byte <= 126) text += String.fromCharCode(byte)
    else if (byte === 10) text += '\\n'
    else if (byte === 13) text += '\\r'
    else if (byte === 9) text += '\\t'
    else text += `\\x${HEX[byte]}`
  }
  return text
}

/**
 * Reads forward through a bounded run of bytes. It never throws and never reads past `end`: a read that does not fit
 * gives zero or no bytes, and sets `missing` to how many bytes it wanted.
 */
export class Reader {
  buffer: Uint8Array
  /** Start of the layer being read: names in DNS point from here. */
  start: number
  position: number
  end: number
  /** Bytes wanted by the first read that did not fit; 0 while all is well. */
  missing: number
  /** What is wrong when it is not that bytes are missing: see `fail`. */
  reason: string

  constructor(buffer: Uint8Array, start: number, position: number, end: number) {
    this.buffer = buffer
    this.start = start
    this.position = position
    this.end = end
    this.missing = 0
    this.reason = ''
  }

  /** Goes back (or on) to a position, as if nothing had failed. */
  restart(position: number): void {
    this.position = position
    this.missing = 0
    this.reason = ''
  }

  get left(): number {
    return this.end - this.position
  }

  /** Whether `count` more bytes are there; if not, the reader is marked as failed. */
  need(count: number): boolean {
    if (count <= this.end - this.position && count >= 0) return true
    if (this.missing === 0) this.missing = count
    return false
  }

  /** Marks the reader as failed for bytes that are there but cannot be right; `reason` says why in a few words. */
  fail(reason: string): void {
    if (this.missing > 0) return
    this.missing = 1
    this.reason = reason
  }

  u8(): number {
    return this.need(1) ? this.buffer[this.position++]! : 0
  }

  u16(): number {
    if (!this.need(2)) return 0
    const at = this.position
    this.position = at + 2
    return (this.buffer[at]! << 8) | this.buffer[at + 1]!
  }

  u32(): number {
    if (!this.need(4)) return 0
    const at = this.position
    this.position = at + 4
    const b = this.buffer
    return ((b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!) >>> 0
  }

  /** The next `count` bytes as a view; an empty one when they are not there. */
  bytes(count: number): Uint8Array {
    if (!this.need(count)) return this.buffer.subarray(this.position, this.position)
    const view = this.buffer.subarray(this.position, this.position + count)
    this.position += count
    return view
  }

  /** All that is left, as a view. */
  rest(): Uint8Array {
    return this.bytes(this.left)
  }

  /** A reader of the next `count` bytes alone; this one goes on behind them. */
  sub(count: number): Reader {
    const size = this.need(count) ? count : 0
    const inner = new Reader(this.buffer, this.start, this.position, this.position + size)
    this.position += size
    return inner
  }
}

/** Writes forward into a buffer that grows. */
export class Writer {
  buffer = new Uint8Array(256)
  length = 0
  /** Where the layer being written starts. */
  start = 0
  /** DNS names written so far and where they stand, for compression. */
  names: Map<string, number> | null = null

  /** Makes room for `count` bytes and gives the position where they start. */
  reserve(count: number): number {
    const at = this.length
    this.length = at + count
    if (this.length > this.buffer.length) {
      const grown = new Uint8Array(Math.max(this.length, this.buffer.length * 2))
      grown.set(this.buffer.subarray(0, at))
      this.buffer = grown
    } else this.buffer.fill(0, at, this.length)
    return at
  }

  u8(value: number): void {
    const at = this.reserve(1)
    this.buffer[at] = value
  }

  u16(value: number): void {
    const at = this.reserve(2)
    this.buffer[at] = value >>> 8
    this.buffer[at + 1] = value
  }

  u32(value: number): void {
    const at = this.reserve(4)
    this.buffer[at] = value >>> 24
    this.buffer[at + 1] = value >>> 16
    this.buffer[at + 2] = value >>> 8
    this.buffer[at + 3] = value
  }

  bytes(bytes: Uint8Array): void {
    const at = this.reserve(bytes.length)
    this.buffer.set(bytes, at)
  }

  /** Overwrites 16 bits that were written before. */
  patch16(at: number, value: number): void {
    this.buffer[at] = value >>> 8
    this.buffer[at + 1] = value
  }
}
