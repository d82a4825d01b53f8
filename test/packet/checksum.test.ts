import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checksum, finish, fold, fromHex, sum } from '../../src/packet/index.js'

/** RFC 1071 §4.1 word by word, with the carry folded at each step. */
function byTheBook(bytes: Uint8Array): number {
  let total = 0
  for (let i = 0; i < bytes.length; i += 2) {
    total += bytes[i]! * 256 + (bytes[i + 1] ?? 0)
    if (total > 0xffff) total -= 0xffff
  }
  return 0xffff - total
}

test('the example of RFC 1071 §3', () => {
  expect(fold(sum(fromHex('0001f203f4f5f6f7'), 0, 8))).toBe(0xddf2)
})

test('is what the book says, for every length and start, also above the word-wise limit', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 700 }), fc.nat(5), (bytes, start) => {
      const from = Math.min(start, bytes.length)
      expect(checksum(bytes, from)).toBe(
        byTheBook(bytes.subarray(from)) % 0xffff === 0 ? checksum(bytes, from) : byTheBook(bytes.subarray(from)),
      )
      expect((checksum(bytes, from) - byTheBook(bytes.subarray(from))) % 0xffff).toBe(0)
    }),
  )
})

test('parts add up when all but the last are even', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 2, maxLength: 600 }), fc.nat(300), (bytes, cut) => {
      const middle = Math.min(cut * 2, bytes.length & ~1)
      expect(finish(sum(bytes, middle, bytes.length, sum(bytes, 0, middle)))).toBe(checksum(bytes))
    }),
  )
})

test('more bytes than fit the shared words', () => {
  const bytes = new Uint8Array(200_001).fill(0xa7)
  expect(checksum(bytes)).toBe(byTheBook(bytes))
})
