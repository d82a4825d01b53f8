/** Which part of a text stands in which row of a terminal. */
import { isPlain, shownAs, textWidth, widthOf } from '../../exchange/text-width.js'

/** A row of the terminal that shows a part of the text. */
export interface ScreenRow {
  /** The part of the text: its first character, and behind its last. */
  start: number
  end: number
  /** What stands before it: the prompt in the first row, `...` in those that the user began; nothing where a row only goes on. */
  before: 'prompt' | 'continuation' | null
  /** Columns of what stands before it. */
  indent: number
  /** All its columns. */
  width: number
  /** The text goes on in the next row since it did not fit. */
  wraps: boolean
}

export interface LayoutOptions {
  columns: number
  /** Columns of the prompt, and of what later rows begin with; less than `columns`. */
  promptWidth: number
  continuationWidth: number
}

/** The rows that a text takes. Where the cursor stands behind a full row, an empty one follows. */
export function layoutOf(text: string, cursor: number, options: LayoutOptions): ScreenRow[] {
  const rows: ScreenRow[] = []
  let start = 0
  for (const line of text.split('\n')) {
    addLine(rows, line, start, start === 0, options)
    const last = rows.at(-1)!
    start += line.length + 1
    if (cursor === last.end && last.width >= options.columns)
      rows.push({ start: last.end, end: last.end, before: null, indent: 0, width: 0, wraps: false })
  }
  return rows
}

function addLine(rows: ScreenRow[], line: string, offset: number, first: boolean, options: LayoutOptions): void {
  const { columns, promptWidth, continuationWidth } = options
  let before: ScreenRow['before'] = first ? 'prompt' : 'continuation'
  let indent = first ? promptWidth : continuationWidth
  let start = 0
  let width = indent
  const push = (end: number, wraps: boolean): void => {
    rows.push({ start: offset + start, end: offset + end, before, indent, width, wraps })
    before = null
    indent = 0
    start = end
    width = 0
  }
  if (isPlain(line)) {
    while (width + line.length - start > columns) {
      const end = start + columns - width
      width = columns
      push(end, true)
    }
    width += line.length - start
  } else {
    let at = 0
    for (const character of line) {
      const wide = widthOf(character)
      // A terminal goes on in the next row by itself where the row is full or a wide character does not fit; what is written in
      // several columns (`\\u202e`) it would break.
      if (width + wide > columns && (at > start || indent > 0))
        push(at, width === columns || (width === columns - 1 && wide === 2 && shownAs(character) === character))
      width += wide
      at += character.length
    }
  }
  push(line.length, false)
}

/** A place on the screen, both counted from 0. */
export interface Position {
  row: number
  column: number
}

/** Where a place in the text is on the screen. */
export function positionOf(rows: readonly ScreenRow[], text: string, place: number): Position {
  let row = rows.length - 1
  while (row > 0 && place < rows[row]!.start) row--
  const { start, indent } = rows[row]!
  return { row, column: indent + textWidth(shownWidthText(text.slice(start, place))) }
}

/** Colours that the user typed are text: only what is not plain needs to be looked at. */
function shownWidthText(text: string): string {
  return text.replaceAll('\x1b', '^[')
}

/**
 * The rows of which a screen shows a part: `height` of them with the cursor's among them, near those that it showed before.
 * @param top the first row that was shown
 */
export function windowOf(count: number, cursorRow: number, height: number, top: number): number {
  const last = Math.max(0, count - height)
  return Math.min(last, Math.max(Math.min(top, cursorRow), cursorRow - height + 1))
}
