/** The user's text with the place of an error marked. */

import type { Paint } from '../exchange/terminal-colours.js'
import { shownAs, textWidth } from '../exchange/text-width.js'
import { placeOf } from './edits.js'

/** How to draw a place. */
export interface FrameOptions {
  paint: Paint
  /** Number the lines; unset: when there are several. */
  numbered?: boolean
  /** Also lines around it: so many before, and half as many behind. */
  around?: number
  /** Columns that are marked; unset: 1. */
  length?: number
}

/** Columns of a line that are shown; a longer one is cut around the place. */
const WIDEST = 100

/** Lines of the source with a caret under the place, which stands where the terminal shows it: behind tabs and wide characters too. */
export function codeFrame(
  source: string,
  offset: number,
  { paint, numbered = source.trimEnd().includes('\n'), around = 0, length = 1 }: FrameOptions,
): string[] {
  const lines = source.split(/\r?\n/)
  const { line, column } = placeOf(source, offset)
  const text = lines[line - 1] ?? ''
  const start = column > WIDEST - 20 ? column - WIDEST / 2 : 0
  const first = Math.max(1, line - around)
  const last = Math.min(lines.length, line + Math.floor(around / 2))
  const digits = String(last).length
  const frame: string[] = []
  for (let number = first; number <= last; number++) {
    const head = numbered ? `${String(number).padStart(digits)} | ` : ''
    const shown = displayed((lines[number - 1] ?? '').slice(start, start + WIDEST))
    if (number !== line && shown.trim() === '' && (number === first || number === last)) continue
    frame.push(`  ${paint('gray', head)}${shown}`.trimEnd())
    if (number !== line) continue
    const before = textWidth(displayed(text.slice(start, column - 1)))
    const rest = Math.max(1, Math.min(length, text.length - column + 1))
    const marks = '^'.repeat(Math.max(1, textWidth(displayed(text.slice(column - 1, column - 1 + rest)))))
    frame.push(`${' '.repeat(2 + head.length + before)}${paint('red', marks)}`)
  }
  return frame
}

/** As the terminal gets it: nothing in it that it would obey. */
function displayed(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : [...text].map(shownAs).join('')
}
