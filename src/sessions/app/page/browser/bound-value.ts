import type { Value } from '../model.js'

export interface Bounded {
  value: Value
  /** Something was too long and is not all there. */
  cut: boolean
}
export type BoundValue = (type: string, value: unknown) => Bounded

/**
 * A value for a property of that type, small enough to be shown. It runs in the worker, where handlers set values, and again in the
 * page, which believes nothing. (Sent as text: it uses nothing from outside.)
 */
export function boundValue(type: string, value: unknown): Bounded {
  const MOST = { text: 100_000, rows: 2000, columns: 20, cell: 1000, allCells: 200_000 }
  let cut = false
  const textOf = (given: unknown, most: number): string => {
    let text = String(given ?? '')
    if (typeof given === 'object' && given !== null) text = JSON.stringify(given) ?? ''
    if (text.length <= most) return text
    cut = true
    return `${text.slice(0, most)}…`
  }
  const rowsOf = (given: unknown): string[][] => {
    if (!Array.isArray(given)) throw new TypeError('items are a list of texts, or of lists of texts')
    const rows: string[][] = []
    let room = MOST.allCells
    for (const row of given as unknown[]) {
      if (rows.length === MOST.rows || room <= 0) {
        cut = true
        break
      }
      const cells = (Array.isArray(row) ? (row as unknown[]) : [row]).slice(0, MOST.columns)
      const texts = cells.map((cell) => textOf(cell, MOST.cell))
      // A cell costs something even when it is empty.
      for (const text of texts) room -= text.length + 20
      rows.push(texts)
    }
    return rows
  }
  if (type === 'flag') return { value: Boolean(value), cut }
  if (type === 'rows') return { value: rowsOf(value), cut }
  if (type === 'text') return { value: textOf(value, MOST.text), cut }
  const number = Number(value)
  if (type === 'index') return { value: Number.isInteger(number) && number >= 0 ? number : -1, cut }
  return { value: Number.isFinite(number) ? number : 0, cut }
}
