/** What the programs that run inside a lab have in common: they print what happens as JSON values, one a line. */
import { type CaptureBatch, LinkError } from '../../src/link/index.js'

export function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}

/** What a call gives, or its error as plain data. */
export function attempt(action: () => unknown): unknown {
  try {
    return action() ?? null
  } catch (error) {
    return describeError(error)
  }
}

export function describeError(error: unknown): unknown {
  if (error instanceof LinkError)
    return { code: error.code, message: error.message, errno: error.errno, sent: error.sent }
  return { unexpected: String(error) }
}

/** The frames of a batch, copied, as hex. */
export function frames(batch: CaptureBatch): string[] {
  return Array.from({ length: batch.count }, (_, i) => {
    const offset = batch.offsets[i]!
    return Buffer.from(batch.buffer.subarray(offset, offset + batch.lengths[i]!)).toString('hex')
  })
}

/** A broadcast frame of an experimental EtherType (IEEE 802), with a number in it. */
export function experimental(number: number, length = 60): Uint8Array {
  const frame = Buffer.alloc(length)
  frame.fill(0xff, 0, 6)
  frame[6] = 2
  frame.writeUInt16BE(0x88b5, 12)
  frame.writeUInt32BE(number, 14)
  return frame
}
