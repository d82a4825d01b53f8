/** Lists side by side, as people read them. */
import { plain } from '../../exchange/terminal-colours.js'
import { cutMiddle, table } from '../../tools/fitted-table.js'
import type { ComparedRow, Comparison } from './comparison.js'
import { oneLine } from './nmap-text.js'

/** Rows that are shown; `.rows` has all. */
const MOST_ROWS = 1000
/** What is not scanned, or not in a list. */
const NOTHING = '–'
const MARK = '≠'

/** @param width columns that it may take; unset: as many as it needs */
export function comparisonText(comparison: Comparison, width = Number.POSITIVE_INFINITY): string {
  const { rows, places, different } = comparison
  // What is closed everywhere is counted, as nmap does.
  const worth = rows.filter((row) => row.different || Object.values(row.states).some(isWorthIt))
  const shown = worth.slice(0, MOST_ROWS)
  const lines: string[] = []
  if (shown.length > 0) {
    const columns = [
      { heading: '', cells: shown.map((row) => (row.different ? MARK : '')), gives: 0 },
      { heading: 'HOST', cells: shown.map(({ host = '' }) => oneLine(host)), cut: cutMiddle, least: 9 },
      { heading: 'PORT', cells: shown.map(portCell), gives: 3, least: 9 },
      {
        heading: 'NAME',
        cells: shown.map(({ name }) => oneLine(name)),
        isOptional: shown.every((row) => row.protocol),
      },
      ...places.map((place) => ({
        heading: oneLine(place),
        cells: shown.map(({ states }) => oneLine(states[place] ?? NOTHING)),
      })),
    ]
    lines.push(
      ...table(
        columns.filter(({ heading, cells }) => heading === '' || hasText(cells)),
        width,
        plain,
      ).lines,
    )
  }
  const notes = [
    different.length === 0 ? 'no difference' : `${count(different)} ${count(different) === 1 ? 'differs' : 'differ'}`,
  ]
  const hidden = rows.filter((row) => !worth.includes(row))
  const same = comparison.same.filter((row) => worth.includes(row))
  const [known, unknown] = [true, false].map((isKnown) =>
    same.filter(({ states }) => Object.values(states).includes(null) !== isKnown),
  ) as [ComparedRow[], ComparedRow[]]
  if (known.length > 0) notes.push(`${count(known)} the same`)
  if (unknown.length > 0) notes.push(`${count(unknown)} not scanned from everywhere`)
  if (hidden.length > 0) notes.push(`${count(hidden)} not open anywhere`)
  if (worth.length > shown.length) notes.push(`${worth.length - shown.length} more rows: .rows has all`)
  lines.push(notes.join(', '))
  return lines.join('\n')
}

function isWorthIt(state: string | null): boolean {
  return state !== null && !/^(closed|filtered|closed\|filtered|unknown)$/.test(state)
}

function hasText(cells: readonly string[]): boolean {
  return cells.some((cell) => cell !== '')
}

function portCell({ port, protocol, ports, count: many }: ComparedRow): string {
  if (protocol === undefined) return ''
  return oneLine(port === undefined ? `${many} ports ${ports}/${protocol}` : `${port}/${protocol}`)
}

function count(rows: readonly ComparedRow[]): number {
  return rows.reduce((sum, row) => sum + row.count, 0)
}
