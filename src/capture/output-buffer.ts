/** Bytes on their way to a file: grows, and is taken away in large pieces. */
export class OutputBuffer {
  private bytes = Buffer.allocUnsafeSlow(256 * 1024)
  view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength)
  length = 0

  /** Makes room for `count` bytes, which the caller writes, and gives the position of the first. */
  reserve(count: number): number {
    const start = this.length
    if (start + count > this.bytes.length) this.grow(start + count)
    this.length = start + count
    return start
  }

  /** Appends bytes, and zeros to fill up to a multiple of `alignment`. */
  append(from: Uint8Array, alignment = 1): void {
    const rest = from.length % alignment
    const total = rest === 0 ? from.length : from.length + alignment - rest
    const start = this.reserve(total)
    this.bytes.set(from, start)
    for (let i = start + from.length; i < start + total; i++) this.bytes[i] = 0
  }

  /** Gives what has been written; the buffer is empty after it. */
  take(): Uint8Array {
    const written = this.bytes.subarray(0, this.length)
    this.bytes = Buffer.allocUnsafeSlow(Math.max(256 * 1024, Math.min(this.length + 65536, 2 * 1024 * 1024)))
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength)
    this.length = 0
    return written
  }

  private grow(needed: number): void {
    const bytes = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2))
    bytes.set(this.bytes.subarray(0, this.length))
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }
}

/** One packet as it goes into a file. */
export interface CaptureRecord {
  bytes: Uint8Array
  /** Bytes the packet had on the wire. */
  originalLength: number
  /** Whole seconds since 1970; NaN: not known, written as 0. */
  seconds: number
  nanoseconds: number
  linkType: number
  interfaceName: string
  comment: string | undefined
}

/** Writes the bytes of a file format into an output buffer. */
export interface CaptureEncoder {
  readonly output: OutputBuffer
  /** @throws CaptureFileError when the format cannot hold the packet; `number` counts from 1 and is for the message */
  add(record: CaptureRecord, number: number): void
}
