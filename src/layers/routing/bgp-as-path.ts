/** AS_PATH: nothing in the message says whether the numbers of systems have 2 or 4 bytes. RFC 4271 §4.3, RFC 6793 §4.1. */

const LAST_SEGMENT_TYPE = 4

/** Whether the bytes are whole segments with numbers of that size, none of them zero where `strict`. */
function fits(buffer: Uint8Array, start: number, end: number, size: 2 | 4, strict: boolean): boolean {
  let at = start
  while (at < end) {
    if (end - at < 2) return false
    const type = buffer[at]!
    const stop = at + 2 + buffer[at + 1]! * size
    if (type < 1 || type > LAST_SEGMENT_TYPE || stop > end) return false
    if (strict) {
      for (let number = at + 2; number < stop; number += size) {
        let value = 0
        for (let i = 0; i < size; i++) value |= buffer[number + i]!
        if (value === 0) return false
      }
    }
    at = stop
  }
  return true
}

/**
 * Bytes of a system's number: 2 or 4, 0 when the bytes are no path. Where both would do, numbers of 2 bytes among which one is zero
 * are rather halves of longer ones. `only` asks for one size.
 */
export function asnBytes(buffer: Uint8Array, start: number, end: number, only: 0 | 2 | 4 = 0): 0 | 2 | 4 {
  const two = only !== 4 && fits(buffer, start, end, 2, false)
  const four = only !== 2 && fits(buffer, start, end, 4, false)
  if (!two) return four ? 4 : 0
  return four && !fits(buffer, start, end, 2, true) ? 4 : 2
}
