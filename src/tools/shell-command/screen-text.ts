/** Output of programs → text that a terminal may get: colours stay, whatever else a terminal would obey is written out. */
import { printable } from '../../exchange/printable.js'

/** ECMA-48 §8.3.117, SGR. */
const COLOUR = /\x1b\[[\d;]*m/g
/** What may be the beginning of a colour or of an end of line, at the end of a piece. */
const UNFINISHED = /(?:\x1b(?:\[[\d;]{0,30})?|\r)$/

/** A whole output. Of a line that was written over several times, as progress bars are, the last state is shown. */
export function forScreen(text: string, coloured: boolean): string {
  const lines = text
    .replace(/\r?\n$/, '')
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line) => (line.includes('\r') ? (line.split('\r').findLast((part) => part !== '') ?? '') : line))
    .join('\n')
  return safe(lines, coloured) + (coloured && COLOUR.test(text) ? '\x1b[m' : '')
}

/** Output as it comes, piece by piece: a sequence that is cut in two waits for its end. Returning to the line's start is allowed. */
export class ScreenStream {
  readonly #coloured: boolean
  #rest = ''
  #hasColours = false

  constructor(coloured: boolean) {
    this.#coloured = coloured
  }

  /** What may be printed of a further piece. */
  take(piece: string): string {
    const all = this.#rest + piece
    this.#rest = UNFINISHED.exec(all)?.[0] ?? ''
    return this.#safe(all.slice(0, all.length - this.#rest.length))
  }

  /** What is left at the end. */
  end(): string {
    const last = this.#safe(this.#rest)
    this.#rest = ''
    return this.#hasColours ? `${last}\x1b[m` : last
  }

  #safe(text: string): string {
    if (this.#coloured && text.includes('\x1b[')) this.#hasColours = true
    return text
      .replaceAll('\r\n', '\n')
      .split('\r')
      .map((part) => safe(part, this.#coloured))
      .join('\r')
  }
}

function safe(text: string, coloured: boolean): string {
  // Without colours, those of the program are left out instead of written out.
  return coloured ? printable(text, true) : printable(text.replace(COLOUR, ''))
}
