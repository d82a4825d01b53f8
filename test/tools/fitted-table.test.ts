import { describe, expect, it } from 'vitest'
import { plain } from '../../src/exchange/terminal-colours.js'
import { textWidth } from '../../src/exchange/text-width.js'
import { type Column, cutMiddle, table } from '../../src/tools/fitted-table.js'

describe('table', () => {
  it('is as wide as what is in it, numbers at the right', () => {
    const columns: Column[] = [
      { heading: 'name', cells: ['a', 'longer'] },
      { heading: 'n', cells: ['5', '123'], align: 'right' },
    ]
    expect(table(columns, 80, plain).lines).toEqual(['name      n', 'a         5', 'longer  123'])
  })

  it('counts wide characters', () => {
    const columns: Column[] = [
      { heading: 'a', cells: ['日本', 'abcd'] },
      { heading: 'b', cells: ['x', 'y'] },
    ]
    expect(table(columns, 80, plain).lines).toEqual(['a     b', '日本  x', 'abcd  y'])
  })

  it('cuts first what gives first, then what is comfortable no more, and never gets wider than asked', () => {
    const columns: Column[] = [
      { heading: 'key', cells: ['12345678'], gives: 0 },
      { heading: 'address', cells: ['1111:2222:3333:4444'], gives: 1, cut: cutMiddle, comfortable: 15 },
      { heading: 'text', cells: ['x'.repeat(50)], gives: 2, comfortable: 20 },
    ]
    expect(table(columns, 61, plain).lines[1]).toBe(`12345678  1111:2222:3333:4444  ${'x'.repeat(29)}…`)
    expect(table(columns, 47, plain).lines[1]).toBe(`12345678  1111:22…33:4444  ${'x'.repeat(19)}…`)
    expect(table(columns, 40, plain).lines[1]).toBe(`12345678  1111:22…33:4444  ${'x'.repeat(12)}…`)
    for (let width = 8; width < 100; width++)
      for (const line of table(columns, width, plain).lines) expect(textWidth(line)).toBeLessThanOrEqual(width)
  })

  it('leaves out columns that can be done without, then those at the right, and names them', () => {
    const columns: Column[] = [
      { heading: 'first', cells: ['x'.repeat(10)], least: 10 },
      { heading: 'minor', cells: ['x'.repeat(10)], isOptional: true },
      { heading: 'wide', cells: ['x'.repeat(40)], comfortable: 30, least: 10 },
      { heading: 'last', cells: ['x'.repeat(10)], least: 10 },
    ]
    expect(table(columns, 90, plain).leftOut).toEqual([])
    expect(table(columns, 60, plain).leftOut).toEqual(['minor'])
    expect(table(columns, 30, plain).leftOut).toEqual(['minor', 'last'])
  })
})

describe('cutMiddle', () => {
  it('keeps both ends', () => {
    expect(cutMiddle('10.0.0.1:443', 12)).toBe('10.0.0.1:443')
    expect(cutMiddle('[2001:db8::1]:443', 10)).toBe('[200…]:443')
    expect(cutMiddle('[2001:db8::1]:443', 10)).toHaveLength(10)
  })
})
