/** Rows as a table or as JSON. */

import type { Row } from './measure.js'

const HEADINGS = ['group', 'name', 'ours', 'peer', 'unit', 'ratio', 'goal', 'ok']
const NUMERIC = new Set([2, 3, 5])

/** One JSON object on one line, figures rounded to four digits. */
export function jsonLine({ group, name, ours, peer, unit, ratio, goal, ok }: Row): string {
  return JSON.stringify({ group, name, ours, peer, unit, ratio, goal, ok }, (_key, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(4)) : value,
  )
}

/** The rows under their headings. */
export function table(rows: readonly Row[]): string {
  const lines = [HEADINGS, ...rows.map(cells)]
  const widths = HEADINGS.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)))
  return lines
    .map((line) =>
      line
        .map((cell, column) => pad(cell, widths[column]!, NUMERIC.has(column)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function cells(row: Row): string[] {
  const verdict = row.ok === null ? '' : row.ok ? 'yes' : 'NO'
  return [row.group, row.name, figure(row.ours), figure(row.peer), row.unit, figure(row.ratio), row.goal ?? '', verdict]
}

function figure(value: number | null): string {
  if (value === null) return ''
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return value.toFixed(digits)
}

function pad(cell: string, width: number, right: boolean): string {
  return right ? cell.padStart(width) : cell.padEnd(width)
}
