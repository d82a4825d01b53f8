/** What keys do to text: pure functions from a text and a place in it to others. */
import { indentAfter, indentOfClosing } from './brackets.js'
import { characterAfter, characterBefore } from './characters.js'

/** A text and where the cursor is in it. */
export interface Edited {
  text: string
  cursor: number
}

/** The same after a deletion, with what was deleted. */
export interface Cut extends Edited {
  cut: string
}

/** Puts text in at the cursor. */
export function insert({ text, cursor }: Edited, inserted: string): Edited {
  return { text: text.slice(0, cursor) + inserted + text.slice(cursor), cursor: cursor + inserted.length }
}

/** Takes away what is between two places. */
export function remove({ text }: Edited, from: number, to: number): Cut {
  return { text: text.slice(0, from) + text.slice(to), cursor: from, cut: text.slice(from, to) }
}

/** The start of the row that a place is in. */
export function rowStart(text: string, place: number): number {
  return place === 0 ? 0 : text.lastIndexOf('\n', place - 1) + 1
}

/** The end of the row that a place is in. */
export function rowEnd(text: string, place: number): number {
  const end = text.indexOf('\n', place)
  return end < 0 ? text.length : end
}

/** A word to the left as readline counts them: blanks, then letters, or then other signs. */
export function wordLeft(text: string, place: number): number {
  const reversed = [...text.slice(0, place)].reverse().join('')
  return place - (/^\s*(?:[^\w\s]+|\w+)?/.exec(reversed)?.[0].length ?? 0)
}

/** A word to the right: letters, or other signs, and the blanks behind them. */
export function wordRight(text: string, place: number): number {
  return place + (/^(?:\s+|[^\w\s]+|\w+)\s*/.exec(text.slice(place))?.[0].length ?? 0)
}

/** A row up or down, at the column `goal` (characters) if the row is so long; null: there is no such row. */
export function verticalMove(text: string, place: number, direction: -1 | 1, goal: number): number | null {
  const start = rowStart(text, place)
  if (direction < 0) {
    if (start === 0) return null
    return Math.min(rowStart(text, start - 1) + goal, start - 1)
  }
  const end = rowEnd(text, place)
  if (end === text.length) return null
  return Math.min(end + 1 + goal, rowEnd(text, end + 1))
}

/** Whether the cursor is in the last row. */
export function inLastRow({ text, cursor }: Edited): boolean {
  return rowEnd(text, cursor) === text.length
}

/** Begins a new row at the cursor. @param indents with the blanks that what is open asks for; not for text that brings its own */
export function newRow(edited: Edited, indents: boolean): Edited {
  if (!indents) return insert(edited, '\n')
  const before = edited.text.slice(0, edited.cursor)
  const indent = indentAfter(before)
  const behind = edited.text.slice(edited.cursor)
  const blanks = /^[ \t]*/.exec(behind)![0].length
  const opened = insert({ text: before + behind.slice(blanks), cursor: before.length }, `\n${indent}`)
  // `{|}` becomes three rows, with the cursor in the one between.
  const closing = behind[blanks]
  if (closing === undefined || !/[([{]\s*$/.test(before) || !')]}'.includes(closing)) return opened
  const outer = indentOfClosing(before, closing)
  return outer === null ? opened : { text: insert(opened, `\n${outer}`).text, cursor: opened.cursor }
}

/** Types a character; a closing bracket at the start of its row goes back to where its partner's row begins. */
export function typeCharacter(edited: Edited, typed: string): Edited {
  const start = rowStart(edited.text, edited.cursor)
  const blanks = edited.text.slice(start, edited.cursor)
  if (start > 0 && /^[)\]}]$/.test(typed) && blanks.trim() === '') {
    const indent = indentOfClosing(edited.text.slice(0, start), typed)
    if (indent !== null && indent.length < blanks.length)
      return insert(remove(edited, start + indent.length, edited.cursor), typed)
  }
  return insert(edited, typed)
}

/** Deletes the character before the cursor; among the blanks at a row's start, a step of indentation. */
export function deleteLeft(edited: Edited): Cut {
  const start = rowStart(edited.text, edited.cursor)
  const blanks = edited.text.slice(start, edited.cursor)
  const step = start > 0 && blanks.length >= 2 && /^ +$/.test(blanks) ? 2 - (blanks.length % 2) : 0
  return remove(edited, step > 0 ? edited.cursor - step : characterBefore(edited.text, edited.cursor), edited.cursor)
}

/** Deletes the character at the cursor. */
export function deleteRight(edited: Edited): Cut {
  return remove(edited, edited.cursor, characterAfter(edited.text, edited.cursor))
}

/** Deletes from the row's start to the cursor; at the row's start the line end before it. */
export function deleteToStart(edited: Edited): Cut {
  const start = rowStart(edited.text, edited.cursor)
  return remove(edited, start === edited.cursor ? Math.max(0, start - 1) : start, edited.cursor)
}

/** Deletes from the cursor to the row's end; at the row's end the line end. */
export function deleteToEnd(edited: Edited): Cut {
  const end = rowEnd(edited.text, edited.cursor)
  const to = end === edited.cursor ? Math.min(end + 1, edited.text.length) : end
  return remove(edited, edited.cursor, to)
}

/** Whether the text ends with two empty rows: what is typed is to be taken as it is, though it is not complete. */
export function endsTwice(text: string): boolean {
  const last = text.lastIndexOf('\n')
  const before = text.lastIndexOf('\n', last - 1)
  if (before < 0 || text.slice(before).trim() !== '') return false
  return text.slice(text.lastIndexOf('\n', before - 1) + 1, before).trim() !== ''
}

/** Pasted text as text: rows end with `\n`, none ends the whole; colours that were copied with it go. */
export function cleanPaste(pasted: string): string {
  const text = pasted
    .replace(/\r\n?/g, '\n')
    .replace(/\x1b\[[\d;]*[A-Za-z]/g, '')
    .replace(/\n$/, '')
  if (!PROMPT.test(text)) return text
  // Copied from a session: what is behind the prompts was typed.
  return text.replace(/^netshell[^\n>#]*[>#] ?/gm, '').replace(/^ *\.\.\. ?/gm, '')
}

const PROMPT = /^netshell[^\n>#]{0,60}[>#] /
