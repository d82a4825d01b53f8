import { describe, expect, it } from 'vitest'
import { bracketAt, bracketsOf, indentAfter, indentOfClosing } from '../../../src/repl/editor/brackets.js'
import {
  cleanPaste,
  deleteLeft,
  deleteToEnd,
  deleteToStart,
  type Edited,
  endsTwice,
  inLastRow,
  newRow,
  typeCharacter,
  verticalMove,
  wordLeft,
  wordRight,
} from '../../../src/repl/editor/text-edits.js'

/** A text with `|` where the cursor is. */
function at(text: string): Edited {
  return { text: text.replace('|', ''), cursor: text.indexOf('|') }
}

function shown({ text, cursor }: Edited): string {
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`
}

describe('brackets', () => {
  it('finds partners, also of template literals', () => {
    const text = 'f([`a${b}`])'
    expect(bracketsOf(text).map(({ at: place, match }) => [place, match])).toEqual([
      [1, 11],
      [2, 10],
      [5, 8],
      [8, 5],
      [10, 2],
      [11, 1],
    ])
  })

  it('ignores those in strings, comments and regular expressions', () => {
    expect(bracketsOf('"(" + /[)]/ // {\n')).toEqual([])
  })

  it('leaves what closes nothing without partner', () => {
    expect(bracketsOf('(]').map(({ match }) => match)).toEqual([null, null])
  })

  it('marks the bracket before the cursor, else the one at it', () => {
    const brackets = bracketsOf('(a)')
    expect(bracketAt(brackets, 3)?.at).toBe(2)
    expect(bracketAt(brackets, 2)?.at).toBe(2)
    expect(bracketAt(brackets, 0)?.at).toBe(0)
    expect(bracketAt(bracketsOf('(a'), 0)).toBeNull()
  })
})

describe('indentation', () => {
  it('goes a step in for what a row opens, however much that is', () => {
    expect(indentAfter('f(')).toBe('  ')
    expect(indentAfter('sniff({')).toBe('  ')
    expect(indentAfter('f({\n  a: [')).toBe('    ')
    expect(indentAfter('f({\n  a: [\n    1,')).toBe('    ')
    expect(indentAfter('f({\n  a: [\n    1\n  ],')).toBe('  ')
    expect(indentAfter('f()')).toBe('')
    expect(indentAfter('x = `a${')).toBe('  ')
  })

  it('leaves text in template literals and comments alone', () => {
    expect(indentAfter('f(`a {')).toBe('')
    expect(indentAfter('{ /* x')).toBe('')
  })

  it('takes a closing bracket back to the row of its partner', () => {
    expect(indentOfClosing('f({\n  a: [\n    1\n', ']')).toBe('  ')
    expect(indentOfClosing('f({\n', '}')).toBe('')
    expect(indentOfClosing('f({\n', ']')).toBeNull()
    expect(shown(typeCharacter(at('f({\n  a: 1\n  |'), '}'))).toBe('f({\n  a: 1\n}|')
    expect(shown(typeCharacter(at('  |'), ')'))).toBe('  )|')
    expect(shown(typeCharacter(at('[\n  a, |'), ']'))).toBe('[\n  a, ]|')
  })

  it('opens a row between brackets', () => {
    expect(shown(newRow(at('f({|})'), true))).toBe('f({\n  |\n})')
    expect(shown(newRow(at('a|  b'), true))).toBe('a\n|b')
    expect(shown(newRow(at('f({|})'), false))).toBe('f({\n|})')
  })
})

describe('moving and deleting', () => {
  it('goes by words as readline does', () => {
    expect(wordLeft('ab cd', 5)).toBe(3)
    expect(wordLeft('ab  ', 4)).toBe(0)
    expect(wordLeft('a.b()', 5)).toBe(3)
    expect(wordRight('ab  cd', 0)).toBe(4)
    expect(wordRight('..ab', 0)).toBe(2)
  })

  it('goes up and down at the column it came from', () => {
    const text = 'abcd\ne\nfghi'
    expect(verticalMove(text, 10, -1, 3)).toBe(6)
    expect(verticalMove(text, 6, -1, 3)).toBe(3)
    expect(verticalMove(text, 3, -1, 3)).toBeNull()
    expect(verticalMove(text, 6, 1, 3)).toBe(10)
    expect(verticalMove(text, 10, 1, 3)).toBeNull()
    expect(inLastRow(at('a\nb|'))).toBe(true)
    expect(inLastRow(at('a|\nb'))).toBe(false)
  })

  it('deletes by rows, and line ends between them', () => {
    expect(deleteToStart(at('ab\ncd|e'))).toEqual({ text: 'ab\ne', cursor: 3, cut: 'cd' })
    expect(deleteToStart(at('ab\n|cd'))).toEqual({ text: 'abcd', cursor: 2, cut: '\n' })
    expect(deleteToEnd(at('a|b\ncd'))).toEqual({ text: 'a\ncd', cursor: 1, cut: 'b' })
    expect(deleteToEnd(at('ab|\ncd'))).toEqual({ text: 'abcd', cursor: 2, cut: '\n' })
    expect(deleteToEnd(at('ab|'))).toEqual({ text: 'ab', cursor: 2, cut: '' })
  })

  it('takes a step of indentation away at once', () => {
    expect(shown(deleteLeft(at('{\n    |a')))).toBe('{\n  |a')
    expect(shown(deleteLeft(at('{\n   |a')))).toBe('{\n  |a')
    expect(shown(deleteLeft(at('{\n|a')))).toBe('{|a')
    expect(shown(deleteLeft(at('   |a')))).toBe('  |a')
  })
})

describe('what ends a block', () => {
  it('is two empty rows', () => {
    expect(endsTwice('f(\n  \n  ')).toBe(true)
    expect(endsTwice('f(\n\n')).toBe(true)
    expect(endsTwice('f(\n')).toBe(false)
    expect(endsTwice('f(\n\n1')).toBe(false)
    expect(endsTwice('\n\n')).toBe(false)
  })
})

describe('pastes', () => {
  it('have plain line ends, and none at the end', () => {
    expect(cleanPaste('a\r\nb\rc\n')).toBe('a\nb\nc')
    expect(cleanPaste('a\n\n')).toBe('a\n')
  })

  it('lose copied colours, and the prompts of a copied session', () => {
    expect(cleanPaste('\x1b[31ma\x1b[0m')).toBe('a')
    expect(cleanPaste('netshell> let a = [\n      ...   1\n      ... ]')).toBe('let a = [\n  1\n]')
    expect(cleanPaste('netshell eth0# a')).toBe('a')
    expect(cleanPaste('f(\n  ...rest)')).toBe('f(\n  ...rest)')
    expect(cleanPaste('[\n... b]')).toBe('[\n... b]')
  })
})
