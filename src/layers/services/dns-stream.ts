/** Where messages start in a stream of DNS over TCP: each has its length in front. RFC 7766 §8. */
import { nameEnd } from './dns-names.js'

/** Length and header. */
const LEAST = 14
const HEADER = 12
/** Least bytes of a question (root, type, class) and of a record. */
const QUESTION = 5
const RECORD = 11
/** RFC 6895 §2.2; 6: RFC 8490. */
const LAST_OPCODE = 6

const u16At = (buffer: Uint8Array, at: number): number => (buffer[at]! << 8) | buffer[at + 1]!

/** Whether these bytes of a segment can be the start of a message: the middle of one hardly ever looks so. */
export function startsMessage(buffer: Uint8Array, start: number, end: number): boolean {
  if (end - start < LEAST) return false
  const length = u16At(buffer, start)
  if (length < HEADER) return false
  const opcode = (buffer[start + 4]! >>> 3) & 15
  if (opcode === 3 || opcode > LAST_OPCODE) return false
  const asked = u16At(buffer, start + 6)
  const told = u16At(buffer, start + 8) + u16At(buffer, start + 10) + u16At(buffer, start + 12)
  if (HEADER + asked * QUESTION + told * RECORD > length) return false
  if (asked + told === 0) return length === HEADER
  const stop = Math.min(end, start + 2 + length)
  const first = start + LEAST
  const after = nameEnd(buffer, first, stop)
  // A first name points to nothing before it; it may go on in the next segment.
  if (first < stop && buffer[first]! > 63) return false
  return after < 0 ? stop === end && end < start + 2 + length : after <= stop
}
