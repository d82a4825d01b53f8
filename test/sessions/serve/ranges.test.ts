/** Range headers: what they mean for a resource. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rangesOf } from '../../../src/sessions/serve/ranges.js'

const SIZE = 10_000

describe('a Range header', () => {
  it('means what RFC 9110 §14.1.2 says in its examples', () => {
    expect(rangesOf('bytes=0-499', SIZE)).toEqual([[0, 500]])
    expect(rangesOf('bytes=500-999', SIZE)).toEqual([[500, 1000]])
    expect(rangesOf('bytes=-500', SIZE)).toEqual([[9500, 10_000]])
    expect(rangesOf('bytes=9500-', SIZE)).toEqual([[9500, 10_000]])
    expect(rangesOf('bytes=0-0,-1', SIZE)).toEqual([
      [0, 1],
      [9999, 10_000],
    ])
    expect(rangesOf('bytes= 0-999, 4500-5499, -1000', SIZE)).toEqual([
      [0, 1000],
      [4500, 5500],
      [9000, 10_000],
    ])
    // Several ways to ask for the same 500 bytes.
    for (const header of ['bytes=500-600,601-999', 'bytes=500-700,601-999'])
      expect(rangesOf(header, SIZE)).toEqual([[500, 1000]])
  })

  it('may ask for more than there is', () => {
    expect(rangesOf('bytes=9000-20000', SIZE)).toEqual([[9000, 10_000]])
    expect(rangesOf('bytes=-20000', SIZE)).toEqual([[0, 10_000]])
    expect(rangesOf(`bytes=5-${'9'.repeat(400)}`, SIZE)).toEqual([[5, 10_000]])
    expect(rangesOf('bytes=20000-,5-6', SIZE)).toEqual([[5, 7]])
    expect(rangesOf('BYTES=,, 5-6 ,,', SIZE)).toEqual([[5, 7]])
  })

  it('is not satisfiable where nothing of it is there', () => {
    for (const header of ['bytes=10000-', 'bytes=10000-10001,20000-', 'bytes=-0', `bytes=${'9'.repeat(400)}-`])
      expect([header, rangesOf(header, SIZE)]).toEqual([header, 'none'])
    expect(rangesOf('bytes=0-', 0)).toBe('none')
    expect(rangesOf('bytes=0-0', 0)).toBe('none')
  })

  it('means nothing where it is wrong, of another unit, or for the end of nothing', () => {
    const wrong = ['', 'bytes', 'bytes=', 'bytes=-', 'bytes=,', 'bytes=a-b', 'bytes=5-4', 'bytes=0-1,5-4', 'bytes=1--2']
    wrong.push('bytes=0x1-2', 'bytes=1.5-2', 'bytes=+1-2', 'bytes 0-1', 'lines=0-1', 'bytes=0-1;2-3', 'bytes=0 - 1')
    for (const header of wrong) expect([header, rangesOf(header, SIZE)]).toEqual([header, undefined])
    expect(rangesOf(undefined, SIZE)).toBeUndefined()
    expect(rangesOf('bytes=-5', 0)).toBeUndefined()
  })

  it('of very many parts is answered with the whole', () => {
    const many = (count: number): string =>
      `bytes=${Array.from({ length: count }, (_, i) => `${i * 300}-${i * 300}`).join()}`
    expect(rangesOf(many(32), SIZE)).toHaveLength(32)
    expect(rangesOf(many(33), SIZE)).toBeUndefined()
    // The attack on servers of 2011: many that overlap.
    expect(rangesOf(`bytes=0-,${Array.from({ length: 31 }, (_, i) => `5-${i + 5}`).join()}`, SIZE)).toEqual([[0, SIZE]])
  })

  it('gives parts in the order of the question, each byte once, and all bytes that were asked for', () => {
    const range = fc.tuple(fc.nat(SIZE * 1.2), fc.nat(900)).map(([first, more]) => [first, first + more] as const)
    fc.assert(
      fc.property(fc.array(range, { minLength: 1, maxLength: 32 }), (asked) => {
        const found = rangesOf(`bytes=${asked.map(([first, last]) => `${first}-${last}`).join()}`, SIZE)
        const wanted = new Uint8Array(SIZE)
        for (const [first, last] of asked) wanted.fill(1, first, last + 1)
        const got = new Uint8Array(SIZE)
        for (const [start, end] of Array.isArray(found) ? found : []) for (let i = start; i < end; i++) got[i]! += 1
        expect(Array.isArray(found)).toBe(wanted.includes(1))
        for (let i = 0; i < SIZE; i++) if (got[i]! > 1 || got[i]! < wanted[i]!) throw new Error(`byte ${i}: ${got[i]}`)
        // The first question that can be answered is in the first part.
        const [first] = asked.find(([start]) => start < SIZE) ?? []
        if (first !== undefined) {
          const [[start, end]] = found as [[number, number]]
          expect(first >= start && first < end).toBe(true)
        }
      }),
    )
  })
})
