import { describe, expect, it } from 'vitest'
import { cutTo, shownAs, textWidth, wrapped } from '../../src/exchange/text-width.js'

describe('width', () => {
  it('counts columns, not characters', () => {
    expect(textWidth('abc')).toBe(3)
    expect(textWidth('日本')).toBe(4)
    expect(textWidth('e\u0301')).toBe(1)
    expect(textWidth('🦈')).toBe(2)
    expect(textWidth('\u200d')).toBe(0)
    expect(textWidth('\x1b[31mred\x1b[0m')).toBe(3)
  })

  it('shows what a terminal would obey', () => {
    expect(shownAs('\x1b')).toBe('^[')
    expect(shownAs('\x9b')).toBe('\\x9b')
    expect(shownAs('\u202e')).toBe('\\u202e')
    expect(shownAs('\ud800')).toBe('\\ud800')
    expect(textWidth('\t\x01')).toBe(4)
  })

  it('cuts at columns and ends the colours', () => {
    expect(cutTo('abcdef', 6)).toBe('abcdef')
    expect(cutTo('abcdefg', 6)).toBe('abcde…')
    expect(cutTo('日本語', 5)).toBe('日本…')
    expect(cutTo('日本語', 4)).toBe('日…')
    expect(cutTo('\x1b[31mabcdefg\x1b[0m', 4)).toBe('\x1b[31mabc…\x1b[0m')
  })

  it('leaves no space before what stands for the rest', () => {
    expect(cutTo('some words', 6)).toBe('some…')
  })

  it('breaks between words, by columns, with the indentation before further lines', () => {
    expect(wrapped('one two three four five six', 2, 22)).toBe('one two three four\n  five six')
    expect(wrapped('日本語 日本語 日本語 日本語', 0, 20)).toBe('日本語 日本語 日本語\n日本語')
    expect(wrapped('one two', 4, Number.POSITIVE_INFINITY)).toBe('one two')
  })

  it('keeps a word whole that is longer than the line, and breaks nothing into columns too narrow to read', () => {
    expect(wrapped('a 0123456789012345678901234 b', 0, 20)).toBe('a\n0123456789012345678901234\nb')
    expect(wrapped('twelve and seven', 30, 32)).toBe('twelve and seven')
  })
})
