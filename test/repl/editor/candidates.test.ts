import { describe, expect, it } from 'vitest'
import { plain } from '../../../src/exchange/terminal-colours.js'
import { textWidth } from '../../../src/exchange/text-width.js'
import type { Completion } from '../../../src/repl/completion/index.js'
import { CandidateList, commonBeginning, completed } from '../../../src/repl/editor/candidates.js'

function items(...texts: string[]): Completion[] {
  return texts.map((text) => ({ text, kind: 'field', detail: `what ${text} is, told at some length` }))
}

describe('Tab', () => {
  it('puts in the only candidate, or what all begin with', () => {
    const typed = { text: 'x.da + 1', cursor: 4 }
    expect(completed(typed, { from: 2, to: 4, items: items('dance') }).put).toEqual({ text: 'x.dance + 1', cursor: 7 })
    const several = completed(typed, { from: 2, to: 4, items: items('dance', 'danger') })
    expect(several.put).toEqual({ text: 'x.dan + 1', cursor: 5 })
    expect(several.list?.cycle(1)).toEqual({ text: 'x.dance + 1', cursor: 7 })
    expect(completed(typed, { from: 2, to: 4, items: [] })).toEqual({ put: null, list: null })
  })

  it('puts in nothing when candidates begin otherwise than what was typed', () => {
    const { put, list } = completed({ text: 'DA', cursor: 2 }, { from: 0, to: 2, items: items('dance', 'danger') })
    expect(put).toBeNull()
    expect(list?.typed).toEqual({ text: 'DA', cursor: 2 })
  })

  it('never puts in half of a character', () => {
    expect(commonBeginning(['a🦈', 'a🦉'])).toBe('a')
    expect(commonBeginning([])).toBe('')
  })
})

describe('the list', () => {
  const list = (count: number): CandidateList =>
    new CandidateList(
      { text: '', cursor: 0 },
      { from: 0, to: 0, items: items(...Array.from({ length: count }, (_, i) => `name${i}`)) },
    )

  it('goes round in both directions', () => {
    const three = list(3)
    expect([1, 1, 1, 1].map(() => three.cycle(1).text)).toEqual(['name0', 'name1', 'name2', 'name0'])
    expect(list(3).cycle(-1).text).toBe('name2')
  })

  it('fits the screen, and shows the candidate that is chosen', () => {
    const many = list(30)
    for (const [columns, height] of [
      [80, 5],
      [20, 5],
      [200, 40],
      [5, 2],
    ] as const) {
      for (let step = 0; step < 31; step++) {
        const chosen = many.cycle(1).text
        const rows = many.rows(columns, height, plain)
        expect(rows.length).toBeLessThanOrEqual(height)
        for (const { content, width } of rows) {
          expect(textWidth(content)).toBe(width)
          expect(width).toBeLessThan(columns)
        }
        if (columns >= 20)
          expect(rows.filter(({ content }) => content.startsWith(`\x1b[7m ${chosen} `))).toHaveLength(1)
      }
    }
    expect(many.rows(80, 0, plain)).toEqual([])
  })

  it('obeys nothing that stands in a candidate', () => {
    const [row] = new CandidateList(
      { text: '', cursor: 0 },
      { from: 0, to: 0, items: [{ text: 'a\x1b[2J', kind: 'file', detail: 'b\x1b[2J\nc' }] },
    ).rows(80, 5, plain)
    expect(row?.content).toBe(' a^[[2J   file  b^[[2J c')
  })
})
