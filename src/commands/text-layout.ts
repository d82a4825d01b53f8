/** Text for people at a terminal: paragraphs and columns that fit its width. */
import type { Paint } from '../exchange/terminal-colours.js'
import { cutTo, wrapped } from '../exchange/text-width.js'

/** Where a text is shown. */
export interface Page {
  paint: Paint
  /** Columns of the terminal; Infinity breaks no line. */
  columns: number
}

/** Shorter beginnings say too little. */
const LEAST_CLAUSE = 24

/** Text in one line: where it does not fit, up to the last clause that does. */
export function brief(text: string, width: number): string {
  if (text.length <= width) return text
  const clauses = [...text.slice(0, width).matchAll(/[;:] | \(|\. |, (?=and |or |as |which |what |such )/g)].map(
    ({ index }) => index,
  )
  // `… Unset: …` says nothing without what follows.
  const isWhole = (clause: string): boolean => isBalanced(clause) && !/\. \w+$/.test(clause)
  const end = clauses.findLast((at) => at >= LEAST_CLAUSE && isWhole(text.slice(0, at)))
  return end === undefined ? cutTo(text, width) : `${text.slice(0, end)}.`
}

function isBalanced(text: string): boolean {
  return ['()', '[]', '{}'].every(([open, close]) => text.split(open!).length === text.split(close!).length)
}

/** Names one beside the other in columns of one width, column after column. */
export function inColumns(names: readonly string[], indentation: number, columns: number): string[] {
  if (names.length === 0) return []
  const width = Math.max(...names.map((name) => name.length)) + 2
  const across = Math.max(1, Math.floor((Math.min(columns, 120) - indentation) / width))
  const rows = Math.ceil(names.length / across)
  return Array.from({ length: rows }, (_, row) => {
    const cells = names.filter((_, index) => index % rows === row)
    return `${' '.repeat(indentation)}${cells.map((name) => name.padEnd(width)).join('')}`.trimEnd()
  })
}

/**
 * Rows of names and what they are: `  name   text`. Names longer than `most` have their text one line below.
 * @param between what stands between name and text, such as a type
 */
export function definitions(
  rows: readonly (readonly [name: string, text: string])[],
  { paint, columns }: Page,
  { indentation = 2, most = 20, style = 'cyan' }: { indentation?: number; most?: number; style?: 'cyan' | 'bold' } = {},
): string[] {
  const width = Math.min(Math.max(0, ...rows.map(([name]) => name.length)), most)
  const at = indentation + width + 2
  const start = ' '.repeat(indentation)
  return rows.map(([name, text]) => {
    if (text === '') return `${start}${paint(style, name)}`
    const body = wrapped(text, at, columns)
    return name.length > width
      ? `${start}${paint(style, name)}\n${' '.repeat(at)}${body}`
      : `${start}${paint(style, name)}${' '.repeat(at - indentation - name.length)}${body}`
  })
}

/** Columns of cells, all but the last padded to their widest; the last one is broken where it does not fit. */
export function columnsOfCells(rows: readonly (readonly string[])[], { columns }: Page, indentation = 2): string[] {
  const last = Math.max(0, ...rows.map((row) => row.length)) - 1
  const widths = Array.from({ length: last }, (_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)))
  const used = widths.filter((width) => width > 0)
  const at = indentation + used.reduce((sum, width) => sum + width + 2, 0)
  return rows.map((row) => {
    const cells = widths.flatMap((width, i) => (width === 0 ? [] : [(row[i] ?? '').padEnd(width)]))
    return `${' '.repeat(indentation)}${[...cells, wrapped(row[last] ?? '', at, columns)].join('  ')}`.trimEnd()
  })
}
