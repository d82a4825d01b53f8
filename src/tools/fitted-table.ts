/** Tables that fit the terminal: columns as wide as what is in them, and where that is too much, cut. */
import type { Paint, Style } from '../exchange/terminal-colours.js'
import { cutTo, textWidth } from '../exchange/text-width.js'

/** One column: its heading, and what stands below. */
export interface Column {
  heading: string
  /** Safe to print, in one line. */
  cells: readonly string[]
  /** Numbers stand at the right. */
  align?: 'left' | 'right'
  /** What is cut first where there is not enough room: the greatest. Unset: 1. */
  gives?: number
  /** It is never narrower than this, unless all of it is. Unset: 6. */
  least?: number
  /** It becomes narrower than this only when all others are this narrow. Unset: `least`, or what is in it when `gives` is 0. */
  comfortable?: number
  /** It is left out before any column gets uncomfortable. */
  isOptional?: boolean
  style?: Style
  /** A style for one cell. */
  styleOf?: (row: number) => Style | undefined
  /** How a cell that is too long is cut; unset: its end goes. */
  cut?: (text: string, columns: number) => string
}

const GAP = 2
const LEAST = 6

/** A table, and the headings of columns for which there was no room. */
export interface Table {
  lines: string[]
  leftOut: string[]
}

/** Rows under their headings, no line longer than the width. Columns that cannot be shown at all are left out from the right. */
export function table(columns: readonly Column[], width: number, paint: Paint): Table {
  const shown = [...columns]
  const natural = new Map(shown.map((column) => [column, naturalWidth(column)]))
  const least = (column: Column): number => Math.min(natural.get(column)!, column.least ?? LEAST)
  const comfortable = (column: Column): number =>
    Math.min(
      natural.get(column)!,
      Math.max(column.comfortable ?? (column.gives === 0 ? Number.POSITIVE_INFINITY : 0), column.least ?? LEAST),
    )
  const fits = (size: (column: Column) => number): boolean => sum(shown.map(size)) + GAP * (shown.length - 1) <= width
  const gone = new Set<Column>()
  const leaveOut = (place: number): void => {
    for (const column of shown.splice(place, 1)) gone.add(column)
  }
  while (!fits(comfortable) && shown.some(({ isOptional }) => isOptional))
    leaveOut(shown.findLastIndex(({ isOptional }) => isOptional))
  while (shown.length > 1 && !fits(least)) leaveOut(shown.length - 1)
  const leftOut = columns.filter((column) => gone.has(column)).map((column) => column.heading)
  const widths = shown.map((column) => natural.get(column)!)
  const room = width - GAP * (shown.length - 1)
  for (const size of [comfortable, least, () => 1]) shrink(shown, widths, size, room)
  const heading = shown.map((column, i) => aligned(cutTo(column.heading, widths[i]!), widths[i]!, column)).join('  ')
  const lines = [paint('bold', heading.trimEnd())]
  const count = Math.max(0, ...shown.map(({ cells }) => cells.length))
  for (let row = 0; row < count; row++) {
    const cells = shown.map((column, i) => {
      const text = column.cells[row] ?? ''
      const room = widths[i]!
      const fits = textWidth(text) <= room ? text : (column.cut ?? cutTo)(text, room)
      const placed = aligned(fits, room, column)
      const style = column.styleOf?.(row) ?? column.style
      const last = i === shown.length - 1 ? placed.trimEnd() : placed
      return style === undefined || last.trim() === '' ? last : paint(style, last)
    })
    lines.push(cells.join('  ').trimEnd())
  }
  return { lines, leftOut }
}

function naturalWidth({ heading, cells }: Column): number {
  // There may be more cells than a call takes arguments.
  return cells.reduce((widest, cell) => Math.max(widest, textWidth(cell)), textWidth(heading))
}

/** Takes from the columns what is too much: from those that give first, there from the widest; none gets below its size. */
function shrink(columns: readonly Column[], widths: number[], size: (column: Column) => number, room: number): void {
  const ranks = [...new Set(columns.map(({ gives = 1 }) => gives))].sort((a, b) => b - a)
  let excess = sum(widths) - room
  for (const rank of ranks) {
    while (excess > 0) {
      let widest = -1
      columns.forEach((column, i) => {
        if ((column.gives ?? 1) !== rank || widths[i]! <= size(column)) return
        if (widest < 0 || widths[i]! > widths[widest]!) widest = i
      })
      if (widest < 0) break
      widths[widest]!--
      excess--
    }
  }
}

function aligned(text: string, width: number, { align }: Column): string {
  const space = ' '.repeat(Math.max(0, width - textWidth(text)))
  return align === 'right' ? space + text : text + space
}

/** A text of which both ends say something, such as an address with a port: its middle is cut out. */
export function cutMiddle(text: string, columns: number): string {
  if (text.length <= columns) return text
  const end = Math.ceil((columns - 1) / 2)
  return `${text.slice(0, columns - 1 - end)}…${text.slice(text.length - end)}`
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
