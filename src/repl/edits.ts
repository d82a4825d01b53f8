/** A copy of a source text with edits, which knows for each place of the copy where it comes from. */

/** A part of a replacement: new text, or a range of the source with the edits inside it. */
export type Part = string | { from: number; to: number }

/** One edit. Its parts may still be set until {@link EditList.apply} runs. */
export interface Edit {
  readonly at: number
  readonly end: number
  parts: Part[]
  /** Where an error inside the new text is shown. */
  readonly anchor: number
}

interface Piece {
  generated: number
  source: number
  /** Copied text maps place by place; new text maps to one place. */
  copied: boolean
}

/** Collects edits in any order; edits at one place keep the order in which they were made. */
export class EditList {
  readonly source: string
  readonly #edits: Edit[] = []

  constructor(source: string) {
    this.source = source
  }

  /** Inserts text before `at`. */
  insert(at: number, text: string, anchor = at): Edit {
    return this.replace(at, at, [text], anchor)
  }

  /** Replaces `[at, end)`. Line ends in it are kept, behind the new text, so that later lines stay where they are. */
  replace(at: number, end: number, parts: Part[], anchor = at): Edit {
    const edit = { at, end, parts, anchor }
    this.#edits.push(edit)
    return edit
  }

  /** Makes the copy. */
  apply(): EditedText {
    const order = this.#edits.map((_, index) => index)
    order.sort((a, b) => this.#edits[a].at - this.#edits[b].at || a - b)
    const sorted = order.map((index) => this.#edits[index])
    const pieces: Piece[] = []
    let code = ''
    const copy = (from: number, to: number): void => {
      if (to <= from) return
      pieces.push({ generated: code.length, source: from, copied: true })
      code += this.source.slice(from, to)
    }
    const render = (from: number, to: number, moved = false): void => {
      let place = from
      for (let index = firstAt(sorted, from); index < sorted.length && sorted[index].at <= to; index++) {
        const edit = sorted[index]
        // A range that is moved is rendered without the edit that took it away from its old place.
        if (moved && edit.at === from && edit.end === to && to > from) continue
        if (edit.at < place || edit.end > to) continue
        copy(place, edit.at)
        for (const part of edit.parts) {
          if (typeof part !== 'string') {
            render(part.from, part.to, true)
          } else if (part !== '') {
            pieces.push({ generated: code.length, source: edit.anchor, copied: false })
            code += part
          }
        }
        place = edit.end
        if (edit.end > edit.at) {
          if (!edit.parts.some((part) => typeof part !== 'string')) code += lineEnds(this.source, edit.at, edit.end)
          // What was edited inside a replaced range belongs to that range, also at its very end.
          while (index + 1 < sorted.length && sorted[index + 1].at < edit.end) index++
        }
      }
      copy(place, to)
    }
    render(0, this.source.length)
    return new EditedText(code, this.source, pieces)
  }
}

/** The edited copy. */
export class EditedText {
  readonly code: string
  readonly source: string
  readonly #pieces: Piece[]

  constructor(code: string, source: string, pieces: Piece[]) {
    this.code = code
    this.source = source
    this.#pieces = pieces
  }

  /** The place in the source of a place in the copy (line from 1, column from 1; offset from 0). */
  toSource(line: number, column: number): { line: number; column: number; offset: number } {
    const offset = this.#offset(offsetOf(this.code, line, column))
    return { ...placeOf(this.source, offset), offset }
  }

  /** The same copy where its source has blanks (for types) that the text of the user's has not: places are the same. */
  of(original: string): EditedText {
    if (original === this.source || original.length !== this.source.length) return this
    return new EditedText(this.code, original, this.#pieces)
  }

  /** The same copy where its source was itself made from another text: places are those of that one. */
  after(earlier: EditedText): EditedText {
    const chained = new EditedText(this.code, earlier.source, this.#pieces)
    chained.toSource = (line, column) => {
      const place = this.toSource(line, column)
      return earlier.toSource(place.line, place.column)
    }
    return chained
  }

  #offset(generated: number): number {
    const pieces = this.#pieces
    let low = 0
    let high = pieces.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (pieces[middle].generated <= generated) low = middle
      else high = middle - 1
    }
    const piece = pieces[low]
    if (!piece) return 0
    return Math.min(piece.copied ? piece.source + generated - piece.generated : piece.source, this.source.length)
  }
}

/** Line and column, both from 1, of an offset. */
export function placeOf(text: string, offset: number): { line: number; column: number } {
  let line = 1
  let start = 0
  for (let end = text.indexOf('\n'); end !== -1 && end < offset; end = text.indexOf('\n', end + 1)) {
    line++
    start = end + 1
  }
  return { line, column: offset - start + 1 }
}

/** Offset of a place given as line and column, both from 1. */
export function offsetOf(text: string, line: number, column: number): number {
  let start = 0
  for (let at = 1; at < line; at++) {
    const end = text.indexOf('\n', start)
    if (end === -1) break
    start = end + 1
  }
  return start + column - 1
}

function firstAt(edits: Edit[], at: number): number {
  let low = 0
  let high = edits.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (edits[middle].at < at) low = middle + 1
    else high = middle
  }
  return low
}

function lineEnds(source: string, from: number, to: number): string {
  let ends = ''
  for (let at = source.indexOf('\n', from); at !== -1 && at < to; at = source.indexOf('\n', at + 1)) ends += '\n'
  return ends
}
