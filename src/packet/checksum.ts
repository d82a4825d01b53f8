/**
 * The Internet checksum (RFC 1071): sums of 16-bit big-endian words, folded and inverted.
 * A partial sum is a plain number that further parts are added to; `finish` folds it.
 */

/** From here on the words are summed through a Uint16Array in the machine's own byte order (RFC 1071 §2 (B)). */
const WORDWISE_FROM = 128
const MAX_SHARED = 65536
const sharedBytes = new Uint8Array(MAX_SHARED)
const sharedWords = new Uint16Array(sharedBytes.buffer)
const littleEndianMachine = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1

/**
 * Adds the bytes `start..end` to a partial sum. Only the last part of a checksum may have an odd number of bytes
 * (it counts as if a zero byte followed).
 */
export function sum(bytes: Uint8Array, start: number, end: number, partial = 0): number {
  let total = partial
  let at = start
  while (end - at >= WORDWISE_FROM) {
    const size = Math.min(MAX_SHARED, (end - at) & ~1)
    total += sumWords(bytes, at, at + size)
    at += size
  }
  // Four words a turn: a short packet's checksum is mostly the turns of this loop.
  for (const wholeEnd = end - 7; at < wholeEnd; at += 8) {
    total +=
      ((bytes[at]! << 8) | bytes[at + 1]!) +
      ((bytes[at + 2]! << 8) | bytes[at + 3]!) +
      ((bytes[at + 4]! << 8) | bytes[at + 5]!) +
      ((bytes[at + 6]! << 8) | bytes[at + 7]!)
  }
  const evenEnd = at + ((end - at) & ~1)
  for (; at < evenEnd; at += 2) total += (bytes[at]! << 8) | bytes[at + 1]!
  if (at < end) total += bytes[at]! << 8
  return total
}

function sumWords(bytes: Uint8Array, start: number, end: number): number {
  const size = end - start
  sharedBytes.set(bytes.subarray(start, end))
  const count = size >>> 1
  let total = 0
  for (let i = 0; i < count; i++) total += sharedWords[i]!
  if (!littleEndianMachine) return total
  const folded = fold(total)
  return ((folded & 255) << 8) | (folded >>> 8)
}

/** Sum of a partial total's carries: 16 bits, not inverted. */
export function fold(total: number): number {
  let folded = total
  if (folded <= 0x7fffffff) {
    while (folded > 0xffff) folded = (folded & 0xffff) + (folded >>> 16)
    return folded
  }
  while (folded > 0xffff) folded = (folded % 0x10000) + Math.floor(folded / 0x10000)
  return folded
}

/** The 16-bit checksum of a partial sum. */
export function finish(partial: number): number {
  return ~fold(partial) & 0xffff
}

/** The Internet checksum of a run of bytes. */
export function checksum(bytes: Uint8Array, start = 0, end = bytes.length): number {
  return finish(sum(bytes, start, end))
}
