/** Brings rows to the screen, at the place where the cursor is, with as little output as the difference to what stands there needs. */

/** A row as it is to be shown. */
export interface FrameRow {
  /** With its colours. */
  content: string
  /** Columns that it takes. */
  width: number
  /** It fills the row and the next row goes on with it, so that a terminal of another width joins them again. */
  wraps: boolean
}

export interface Frame {
  rows: readonly FrameRow[]
  cursor: { row: number; column: number }
}

const EMPTY: Frame = { rows: [], cursor: { row: 0, column: 0 } }

/** Remembers what it has drawn; gives the output that is needed as text. */
export class Painter {
  #shown = EMPTY
  #columns = 0

  /** The output that makes the screen show a frame of at most the screen's height. */
  draw(frame: Frame, columns: number): string {
    const old = this.#shown
    if (old.rows.length === 0 || this.#columns !== columns) {
      const output = `${old.rows.length === 0 ? '\r\x1b[J' : this.erase(columns)}${written(frame.rows, columns, false)}`
      this.#keep(frame, columns)
      return output + placed(frame.rows.length - 1, frame)
    }
    const [first, last] = changed(old.rows, frame.rows)
    this.#keep(frame, columns)
    if (first > last) return moved(old.cursor, frame.cursor)
    // Rows that are not there yet are made by line ends; moving down stops at the screen's edge.
    const isThere = first < old.rows.length
    let output = vertically((isThere ? first : first - 1) - old.cursor.row) + (isThere ? '\r' : '\r\n')
    output += written(frame.rows.slice(first, last + 1), columns, true)
    if (old.rows.length > frame.rows.length) output += '\r\n\x1b[J\x1b[A'
    return output + placed(last, frame)
  }

  /** The output that takes away what is shown; the cursor is then where it began. */
  erase(columns: number): string {
    const { rows } = this.#shown
    const above = rows.length === 0 ? 0 : rowsAbove(this.#shown, this.#columns === columns ? null : columns)
    this.forget()
    return rows.length === 0 ? '' : `${vertically(-above)}\r\x1b[J`
  }

  /** What is shown stays where it is; the next frame begins below. */
  forget(): void {
    this.#shown = EMPTY
  }

  /** Whether something is shown. */
  get drawn(): boolean {
    return this.#shown.rows.length > 0
  }

  #keep(frame: Frame, columns: number): void {
    this.#shown = frame
    this.#columns = columns
  }
}

/** The first and the last row that are to be written again, with the rows that they go on from and in. */
function changed(old: readonly FrameRow[], rows: readonly FrameRow[]): [first: number, last: number] {
  const wraps = (row: number): boolean => old[row]?.wraps === true || rows[row]?.wraps === true
  let first = 0
  while (first < rows.length && same(old[first], rows[first]!)) first++
  if (first === rows.length && old.length === rows.length) return [1, 0]
  first = Math.min(first, rows.length - 1)
  while (first > 0 && wraps(first - 1)) first--
  let last = rows.length - 1
  if (old.length === rows.length) {
    while (last > first && same(old[last], rows[last]!)) last--
    while (last < rows.length - 1 && wraps(last)) last++
  }
  return [first, last]
}

function same(a: FrameRow | undefined, b: FrameRow): boolean {
  return a !== undefined && a.content === b.content && a.wraps === b.wraps
}

function written(rows: readonly FrameRow[], columns: number, erases: boolean): string {
  let output = ''
  rows.forEach((row, i) => {
    output += row.content
    // Behind a full row the cursor still stands on its last column, which erasing would take away.
    if (erases && row.width < columns) output += '\x1b[K'
    if (i < rows.length - 1 && !row.wraps) output += '\r\n'
  })
  return output
}

/** From the row that was written last to the cursor's place. */
function placed(row: number, { cursor }: Frame): string {
  return `${vertically(cursor.row - row)}\r${cursor.column > 0 ? `\x1b[${cursor.column}C` : ''}`
}

function moved(from: Frame['cursor'], to: Frame['cursor']): string {
  const columns = to.column - from.column
  const across = columns === 0 ? '' : columns > 0 ? `\x1b[${columns}C` : `\x1b[${-columns}D`
  return vertically(to.row - from.row) + across
}

function vertically(rows: number): string {
  if (rows === 0) return ''
  return rows > 0 ? `\x1b[${rows}B` : `\x1b[${-rows}A`
}

/**
 * Rows between the first row and the cursor. Terminals break long rows anew when their width changes: rows that go on become
 * one and are broken at the new width.
 */
function rowsAbove({ rows, cursor }: Frame, columns: number | null): number {
  if (columns === null) return cursor.row
  let above = 0
  let line = 0
  for (let row = 0; row < cursor.row; row++) {
    line += rows[row]!.width
    if (rows[row]!.wraps) continue
    above += Math.max(1, Math.ceil(line / columns))
    line = 0
  }
  const before = line + cursor.column
  const last = rows[cursor.row]!
  // Behind the last character of a full row the cursor is still in that row; on a character, it is where that is.
  const isBehind = before > 0 && cursor.column === last.width && !last.wraps
  return above + Math.floor((isBehind ? before - 1 : before) / columns)
}
