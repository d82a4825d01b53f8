/** Buffers of transfers: large for few, small for many, and never more than so much memory. */
import { describe, expect, it } from 'vitest'
import { LARGEST_PIECE, pieceBuffers, SMALLEST_PIECE } from '../../../src/sessions/serve/piece-buffers.js'

const MIB = 1 << 20

describe('buffers', () => {
  it('are as large as they should be for few, and small for many', () => {
    const few = Array.from({ length: 20 }, () => pieceBuffers.take(LARGEST_PIECE))
    expect(few.every(({ length }) => length === LARGEST_PIECE)).toBe(true)
    const small = pieceBuffers.take(100)
    expect(small.length).toBe(SMALLEST_PIECE)
    const many = Array.from({ length: 2000 }, () => pieceBuffers.take(LARGEST_PIECE))
    expect(many.at(-1)!.length).toBe(SMALLEST_PIECE)
    const all = [...few, small, ...many]
    expect(all.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(96 * MIB)
    // Nobody has what somebody else has.
    expect(new Set(all.map(({ buffer }) => buffer)).size).toBe(all.length)
    for (const each of all) pieceBuffers.give(each)
  })

  it('are used again, also when others are wanted than there were', () => {
    const memories = new Set<ArrayBufferLike>()
    const held: Buffer[] = []
    let seed = 1
    const random = (): number => {
      seed = (seed * 48_271) % 0x7fffffff
      return seed / 0x7fffffff
    }
    const first = pieceBuffers.take(SMALLEST_PIECE)
    let [most, inUse] = [0, 0]
    for (let i = 0; i < 50_000; i++) {
      if (held.length > 600 * random()) {
        const [buffer] = held.splice(Math.floor(random() * held.length), 1)
        inUse -= buffer!.length
        pieceBuffers.give(buffer!)
      } else {
        const buffer = pieceBuffers.take(SMALLEST_PIECE * 2 ** Math.floor(random() * 6))
        expect(held.some((each) => each.buffer === buffer.buffer)).toBe(false)
        memories.add(buffer.buffer)
        held.push(buffer)
        inUse += buffer.length
      }
      most = Math.max(most, inUse)
    }
    const made = [...memories].reduce((sum, { byteLength }) => sum + byteLength, 0)
    expect(most).toBeGreaterThan(20 * MIB)
    expect(made).toBeLessThan(80 * MIB)
    for (const each of [first, ...held]) pieceBuffers.give(each)
  })
})
