/** Colours for what is being typed. */

import type { Paint } from '../../exchange/terminal-colours.js'
import { loadedLayers } from '../../packet/index.js'
import { type Token, type TokenKind, tokensOf } from '../tokens.js'
import { bracketAt, bracketsOf } from './brackets.js'

/** Longer texts are shown without colours, so that typing stays fast. */
export const LONGEST = 20_000

/** Of more brackets that close nothing, only the first are marked. */
const MOST_WRONG = 50

/** How a part of the text looks. */
export type Look = TokenKind | 'layer' | 'known' | 'command' | 'partner' | 'wrong' | 'found'

/** A part of the text that looks different from plain text. */
export interface Piece {
  start: number
  end: number
  look: Look
}

/** How text of each look is painted; what is missing is plain. */
export function painted(paint: Paint, look: Look | null, text: string): string {
  switch (look) {
    case 'keyword':
      return paint('magenta', text)
    case 'string':
    case 'template':
    case 'regex':
      return paint('green', text)
    case 'number':
    case 'constant':
      return paint('yellow', text)
    case 'comment':
      return paint('gray', text)
    case 'layer':
      return paint('bold', paint('cyan', text))
    case 'known':
    case 'command':
      return paint('cyan', text)
    case 'partner':
      return paint('bold', paint('yellow', text))
    case 'wrong':
      return paint('red', text)
    case 'found':
      // Marked without colours too: NO_COLOR is about colours alone.
      return `\x1b[7m${text}\x1b[27m`
    default:
      return text
  }
}

let last: { text: string; tokens: Token[]; pieces: Piece[] } | undefined

/** What is to be coloured in a text, in order and without overlaps. @param cursor the brackets there are marked; null: none */
export function highlight(text: string, cursor: number | null): Piece[] {
  if (text.length > LONGEST) return []
  const command = /^\s*(?:\.[A-Za-z]+|!)/.exec(text)
  if (command) return [{ start: 0, end: command[0].length, look: 'command' }]
  if (last?.text !== text) {
    const tokens = tokensOf(text)
    const layers = new Set(loadedLayers().map(({ layerName }) => layerName))
    last = { text, tokens, pieces: tokens.flatMap((token) => pieceOf(text, token, layers)) }
  }
  const brackets = bracketsOf(text, last.tokens)
  const marks: Piece[] = brackets
    .filter(({ opens, match }) => !opens && match === null)
    .slice(0, MOST_WRONG)
    .map(({ at }) => ({ start: at, end: at + 1, look: 'wrong' as const }))
  const bracket = cursor === null ? null : bracketAt(brackets, cursor)
  if (bracket)
    for (const at of [bracket.at, bracket.match!])
      marks.push({ start: at, end: at + (text[at] === '$' ? 2 : 1), look: 'partner' })
  return marks.length === 0 ? last.pieces : overlaid(last.pieces, marks)
}

/** Pieces with others on top of them. */
export function overlaid(pieces: readonly Piece[], marks: readonly Piece[]): Piece[] {
  let result = [...pieces]
  for (const mark of marks) {
    result = result.flatMap((piece) => {
      if (piece.end <= mark.start || piece.start >= mark.end) return [piece]
      return [
        { ...piece, end: mark.start },
        { ...piece, start: mark.end },
      ].filter(({ start, end }) => start < end)
    })
    result.push(mark)
  }
  return result.sort((a, b) => a.start - b.start)
}

function pieceOf(text: string, { kind, start, end }: Token, layers: ReadonlySet<string>): Piece[] {
  if (kind === 'space' || kind === 'punctuator') return []
  if (kind !== 'name') return [{ start, end, look: kind }]
  // A member is not the global of that name.
  if (/(?:^|[^.])\.\s*$/.test(text.slice(Math.max(0, start - 8), start))) return []
  const name = text.slice(start, end)
  if (layers.has(name)) return [{ start, end, look: 'layer' }]
  // The descriptor alone: a value that is made when first read stays unmade.
  return Object.getOwnPropertyDescriptor(globalThis, name) ? [{ start, end, look: 'known' }] : []
}
