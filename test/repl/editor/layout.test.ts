import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { characterAfter, characterBefore } from '../../../src/repl/editor/characters.js'
import { layoutOf, positionOf, windowOf } from '../../../src/repl/editor/layout.js'

const options = { columns: 20, promptWidth: 10, continuationWidth: 4 }

describe('characters', () => {
  it('moves by what a person takes for a character', () => {
    expect(characterBefore('ae\u0301', 3)).toBe(1)
    expect(characterAfter('ae\u0301', 1)).toBe(3)
    expect(characterBefore('👨‍👩‍👧', 8)).toBe(0)
    expect(characterAfter('🦈x', 0)).toBe(2)
    expect(characterBefore('a\n🦈', 4)).toBe(2)
    expect(characterBefore('a\nb', 2)).toBe(1)
    expect(characterBefore('', 0)).toBe(0)
    expect(characterAfter('a', 1)).toBe(1)
  })
})

describe('layout', () => {
  it('breaks a row at the edge and goes on at the left', () => {
    const rows = layoutOf('0123456789abcdef\nx', 3, options)
    expect(rows.map(({ start, end, before, width, wraps }) => ({ start, end, before, width, wraps }))).toEqual([
      { start: 0, end: 10, before: 'prompt', width: 20, wraps: true },
      { start: 10, end: 16, before: null, width: 6, wraps: false },
      { start: 17, end: 18, before: 'continuation', width: 5, wraps: false },
    ])
  })

  it('never breaks a wide character', () => {
    const rows = layoutOf('012345678日', 0, options)
    expect(rows.map(({ start, end, width }) => [start, end, width])).toEqual([
      [0, 9, 19],
      [9, 10, 2],
    ])
  })

  it('gives the cursor a row of its own behind a full one', () => {
    expect(layoutOf('0123456789', 0, options)).toHaveLength(1)
    const rows = layoutOf('0123456789', 10, options)
    expect(rows).toHaveLength(2)
    expect(positionOf(rows, '0123456789', 10)).toEqual({ row: 1, column: 0 })
    const two = layoutOf('0123456789\nab', 10, options)
    expect(positionOf(two, '0123456789\nab', 10)).toEqual({ row: 1, column: 0 })
    expect(positionOf(two, '0123456789\nab', 13)).toEqual({ row: 2, column: 6 })
  })

  it('finds the cursor behind wide and combined characters', () => {
    const text = '日e\u0301x\x1b'
    const rows = layoutOf(text, text.length, options)
    expect([0, 1, 3, 4, 5].map((place) => positionOf(rows, text, place).column)).toEqual([10, 12, 13, 14, 16])
  })

  it('covers each text without gaps, and no row is too wide', () => {
    const piece = fc.constantFrom('a', 'bc', '日', '🦈', '\n', 'e\u0301', '\x1b', '\t', ' '.repeat(7), '\u202e')
    fc.assert(
      fc.property(fc.array(piece), fc.integer({ min: 12, max: 40 }), fc.nat(), (pieces, columns, some) => {
        const text = pieces.join('')
        const cursor = pieces.slice(0, some % (pieces.length + 1)).join('').length
        const rows = layoutOf(text, cursor, { ...options, columns })
        let shown = ''
        let last = 0
        for (const { start, end, width } of rows) {
          shown += text.slice(last, end)
          expect(text.slice(last, start)).toMatch(/^\n?$/)
          last = end
          expect(width).toBeLessThanOrEqual(columns)
        }
        expect(shown).toBe(text)
        const { row, column } = positionOf(rows, text, cursor)
        expect(row).toBeLessThan(rows.length)
        expect(column).toBeLessThan(columns)
      }),
    )
  })

  it('shows the part around the cursor of what is too high', () => {
    expect(windowOf(5, 2, 5, 0)).toBe(0)
    expect(windowOf(30, 29, 10, 0)).toBe(20)
    expect(windowOf(30, 25, 10, 20)).toBe(20)
    expect(windowOf(30, 15, 10, 20)).toBe(15)
    expect(windowOf(30, 0, 10, 15)).toBe(0)
    expect(windowOf(8, 7, 10, 5)).toBe(0)
  })
})
