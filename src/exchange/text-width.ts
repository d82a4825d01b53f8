/** How many columns of a terminal text takes, how it is cut or broken to fit, and how characters are shown that a terminal would obey. */
import { printable } from './printable.js'

/** Columns of a tab: as wide as a step of indentation. */
const TAB = '  '
const PLAIN = /^[\x20-\x7e]*$/
/** A change of colour (ECMA-48 §8.3.117, SGR). */
const COLOUR = /\x1b\[[\d;]*m/y

/** Whether each character of the text is one column wide and shown as it is. */
export function isPlain(text: string): boolean {
  return PLAIN.test(text)
}

/** What the terminal gets for a character: itself, or for those that it would obey how they are written, as `^[`. */
export function shownAs(character: string): string {
  if (character >= ' ' && character <= '~') return character
  if (character === '\t') return TAB
  if (character < ' ') return `^${String.fromCharCode(character.charCodeAt(0) + 64)}`
  if (/^[\ud800-\udfff]$/.test(character)) return `\\u${character.charCodeAt(0).toString(16)}`
  return printable(character)
}

/** Columns of one character (a code point). */
export function widthOf(character: string): number {
  if (character >= ' ' && character <= '~') return 1
  const shown = shownAs(character)
  if (shown !== character) return shown.length
  // The first regular expression with \p takes long to make, so they stand where they are used.
  if (/^[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]$/u.test(character) && character !== '\u00ad') return 0
  // East Asian Width W and F (Unicode TR 11), and what is an emoji by itself; regional indicators take two in pairs.
  const wide =
    /^(?![\u{1f1e6}-\u{1f1ff}])[\p{Emoji_Presentation}\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18aff}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]$/u
  return wide.test(character) ? 2 : 1
}

/** Columns of a text; changes of colour take none. */
export function textWidth(text: string): number {
  if (PLAIN.test(text)) return text.length
  let width = 0
  for (const { columns } of cells(text)) width += columns
  return width
}

/** Fewer columns than this are not worth breaking lines for. */
const LEAST_ROOM = 20

/** Text broken between words so that it fits the columns behind an indentation, which its further lines get too. */
export function wrapped(text: string, indentation: number, columns: number): string {
  const room = Math.max(columns - indentation, LEAST_ROOM)
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && textWidth(line) + 1 + textWidth(word) > room) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].join(`\n${' '.repeat(indentation)}`)
}

/** As much of a text as fits into so many columns; what is cut off is replaced by `…`. Colours that it began are ended. */
export function cutTo(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text
  let width = 0
  let cut = ''
  for (const cell of cells(text)) {
    if (width + cell.columns > columns - 1) break
    width += cell.columns
    cut += cell.text
  }
  return `${cut.trimEnd()}…${cut.includes('\x1b[') ? '\x1b[0m' : ''}`
}

function* cells(text: string): Generator<{ text: string; columns: number }> {
  for (let at = 0; at < text.length; ) {
    COLOUR.lastIndex = at
    const colour = COLOUR.exec(text)
    if (colour) {
      at += colour[0].length
      yield { text: colour[0], columns: 0 }
      continue
    }
    const character = String.fromCodePoint(text.codePointAt(at)!)
    at += character.length
    yield { text: character, columns: widthOf(character) }
  }
}
