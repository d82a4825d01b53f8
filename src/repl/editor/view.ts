/** What the screen is to show of a text that is being typed: prompt, rows, colours, and what stands below. */

import { cutTo, isPlain, shownAs, textWidth } from '../../exchange/text-width.js'
import type { Piece } from './highlight.js'
import { layoutOf, positionOf, type ScreenRow, windowOf } from './layout.js'
import type { Frame, FrameRow } from './painter.js'

/** What later rows of a block begin with. */
const CONTINUATION = '... '
/** So many columns are left for the text, however long the prompt is. */
const LEAST_COLUMNS = 10

export interface View {
  text: string
  cursor: number
  /** May have colours. */
  prompt: string
  /** Paints the `...` before later rows. */
  paintContinuation(text: string): string
  pieces: readonly Piece[]
  paintPiece(piece: Piece, text: string): string
  /** Rows above the text: gives at most `height` of them. */
  above(columns: number, height: number): FrameRow[]
  /** Rows below the text: gives at most `height` of them. */
  below(columns: number, height: number): FrameRow[]
  columns: number
  /** Height of the screen. */
  rows: number
}

/** Rows of a text for a screen; longer text is shown in part. */
export class Viewer {
  #top = 0

  /** The frame of at most the screen's height. */
  frame(view: View): Frame {
    const { text, cursor, rows: height } = view
    const { rows, prompt, continuation } = arranged(view)
    const position = positionOf(rows, text, cursor)
    const forText = Math.min(rows.length, Math.max(1, Math.ceil(height / 2)))
    const above = view.above(view.columns, Math.floor((height - forText) / 2))
    const below = view.below(view.columns, height - forText - above.length)
    const shown = Math.min(rows.length, height - above.length - below.length)
    this.#top = windowOf(rows.length, position.row, shown, this.#top)
    const part = rows.slice(this.#top, this.#top + shown)
    return {
      rows: [...above, ...contents(part, view, prompt, continuation), ...below],
      cursor: { row: above.length + position.row - this.#top, column: Math.min(position.column, view.columns - 1) },
    }
  }

  /** All rows of the text, for when it is left on the screen; the cursor is at its end. */
  whole(view: View): Frame {
    this.#top = 0
    const { rows, prompt, continuation } = arranged(view)
    return {
      rows: contents(rows, view, prompt, continuation),
      cursor: { row: rows.length - 1, column: rows.at(-1)!.width },
    }
  }
}

function arranged(view: View): { rows: ScreenRow[]; prompt: string; continuation: string } {
  const { columns } = view
  const prompt = fitted(view.prompt, columns)
  const promptWidth = textWidth(prompt)
  const wide = promptWidth >= CONTINUATION.length && promptWidth <= columns / 3
  const continuation = columns < LEAST_COLUMNS ? '' : wide ? CONTINUATION.padStart(promptWidth) : CONTINUATION
  const options = { columns, promptWidth, continuationWidth: continuation.length }
  return { rows: layoutOf(view.text, view.cursor, options), prompt, continuation }
}

/** The prompt, or its last sign on a screen that it would fill. */
function fitted(prompt: string, columns: number): string {
  if (textWidth(prompt) <= Math.max(0, columns - LEAST_COLUMNS)) return prompt
  return columns < LEAST_COLUMNS ? '' : (/\S\s*$/.exec(prompt.replace(/\x1b\[[\d;]*m/g, ''))?.[0] ?? '')
}

function contents(rows: readonly ScreenRow[], view: View, prompt: string, continuation: string): FrameRow[] {
  let piece = 0
  const paintedPart = (start: number, end: number): string => {
    const { pieces, text } = view
    while (piece < pieces.length && pieces[piece]!.end <= start) piece++
    let shown = ''
    let place = start
    for (let at = piece; at < pieces.length && pieces[at]!.start < end; at++) {
      const from = Math.max(pieces[at]!.start, start)
      const to = Math.min(pieces[at]!.end, end)
      shown += visible(text.slice(place, from)) + view.paintPiece(pieces[at]!, visible(text.slice(from, to)))
      place = to
    }
    return shown + visible(text.slice(place, end))
  }
  return rows.map(({ start, end, before, width, wraps }, i) => {
    const lead = before === 'prompt' ? prompt : before === 'continuation' ? view.paintContinuation(continuation) : ''
    return { content: lead + paintedPart(start, end), width, wraps: wraps && i < rows.length - 1 }
  })
}

/** The text as the terminal gets it: nothing in it that a terminal would obey. */
function visible(text: string): string {
  if (isPlain(text)) return text
  let shown = ''
  for (const character of text) shown += shownAs(character)
  return shown
}

/** A row above or below the text. */
export function besideRow(text: string, columns: number, paintRow: (text: string) => string): FrameRow {
  const cut = cutTo(visible(text.replaceAll('\n', ' ')), columns - 1)
  return { content: paintRow(cut), width: textWidth(cut), wraps: false }
}
