/** Where what a person takes for one character begins and ends. */
import { isPlain } from '../../exchange/text-width.js'

let segmenter: Intl.Segmenter | undefined

/** The ends of what a person takes for characters (grapheme clusters), from the start of a text. */
function clusters(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' })
  return segmenter.segment(text)
}

/** Where the character before a place begins. */
export function characterBefore(text: string, place: number): number {
  if (place <= 0) return 0
  const row = text.lastIndexOf('\n', place - 1) + 1
  if (row === place || isPlain(text.slice(Math.max(row, place - 2), place))) return place - 1
  return row + (clusters(text.slice(row)).containing(place - row - 1)?.index ?? 0)
}

/** Where the character at a place ends. */
export function characterAfter(text: string, place: number): number {
  if (place >= text.length) return text.length
  if (isPlain(text.slice(place, place + 2)) || text[place] === '\n') return place + 1
  const end = text.indexOf('\n', place)
  const row = text.lastIndexOf('\n', place - 1) + 1
  const found = clusters(text.slice(row, end < 0 ? undefined : end)).containing(place - row)
  return found ? row + found.index + found.segment.length : place + 1
}
