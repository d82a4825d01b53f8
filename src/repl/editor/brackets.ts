/** Brackets in text that may be unfinished, and how far a row is indented because of them. */
import { type Token, tokensOf } from '../tokens.js'

/** One row goes so far in for what is open before it, columns. */
const STEP = 2

export interface Bracket {
  /** Its place in the text. */
  at: number
  opens: boolean
  /** Place of the one that it belongs to; null: there is none (yet). */
  match: number | null
}

const PAIRS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' }

/** The brackets of a text in order, those of template literals (`${` and `}`) included; not those in strings and comments. */
export function bracketsOf(text: string, tokens: readonly Token[] = tokensOf(text)): Bracket[] {
  const found: Bracket[] = []
  const open: { bracket: Bracket; kind: string }[] = []
  const close = (at: number, kind: string): void => {
    const bracket: Bracket = { at, opens: false, match: null }
    found.push(bracket)
    if (open.at(-1)?.kind !== kind) return
    const other = open.pop()!.bracket
    bracket.match = other.at
    other.match = at
  }
  const begin = (at: number, kind: string): void => {
    const bracket: Bracket = { at, opens: true, match: null }
    found.push(bracket)
    open.push({ bracket, kind })
  }
  for (const { kind, start, end } of tokens) {
    if (kind === 'template') {
      if (text[start] === '}') close(start, '{')
      if (end - start >= 2 && text.startsWith('${', end - 2) && text[end - 3] !== '\\') begin(end - 2, '{')
    } else if (kind === 'punctuator' && end - start === 1) {
      const character = text[start]!
      if ('([{'.includes(character)) begin(start, character)
      else if (Object.hasOwn(PAIRS, character)) close(start, PAIRS[character]!)
    }
  }
  return found
}

/** The bracket before the cursor or, when there is none, the one at the cursor, that has a match. */
export function bracketAt(brackets: readonly Bracket[], cursor: number): Bracket | null {
  const at = (place: number): Bracket | undefined => brackets.find((bracket) => bracket.at === place)
  const before = at(cursor - 1)
  if (before && before.match !== null) return before
  const behind = at(cursor)
  return behind && behind.match !== null ? behind : null
}

/**
 * The blanks that a new row behind this text begins with: a step more than the row with the innermost open bracket (several
 * brackets opened in one row count once), else as the row before. None in a template literal or a comment.
 */
export function indentAfter(text: string): string {
  const tokens = tokensOf(text)
  const last = tokens.at(-1)
  if (last && !last.closed && (last.kind === 'template' || last.kind === 'comment')) return ''
  const innermost = bracketsOf(text, tokens).findLast(({ opens, match }) => opens && match === null)
  if (innermost) return ' '.repeat(STEP) + blanksOfRow(text, innermost.at)
  // What a closing bracket ends began further up, where the row is indented like this one.
  return text.includes('\n') ? blanksOfRow(text, text.length) : ''
}

/** The blanks for a row that begins with this closing bracket, behind `text`: those of the row with its partner; null: it has none. */
export function indentOfClosing(text: string, bracket: string): string | null {
  const partner = bracketsOf(`${text}${bracket}`).at(-1)
  if (!partner || partner.at !== text.length || partner.match === null) return null
  return blanksOfRow(text, partner.match)
}

/** What the row of a place begins with. */
function blanksOfRow(text: string, place: number): string {
  const start = text.lastIndexOf('\n', place - 1) + 1
  return /^[ \t]*/.exec(text.slice(start, place))![0]
}
