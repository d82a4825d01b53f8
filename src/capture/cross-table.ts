import { PacketError } from '../packet/index.js'

/** Where a thing stands in a table, and what stands there: `[column, row, text]`. */
export type TablePlace = readonly [column: unknown, row: unknown, cell: unknown]

/** Numbers inside of texts count as numbers: 10.0.0.9 stands before 10.0.0.10. Made for each table: the first takes milliseconds. */
const order = () => new Intl.Collator('en', { numeric: true }).compare

/** A table of two keys: who across, what down, and in each place what was said of both. It prints as text. */
export class CrossTable {
  /** The keys across, sorted. */
  readonly columns: string[]
  /** The keys down, sorted. */
  readonly rows: string[]
  private readonly cells = new Map<string, string>()

  constructor(places: Iterable<TablePlace>) {
    const columns = new Set<string>()
    const rows = new Set<string>()
    for (const place of places) {
      if (!Array.isArray(place) || place.length !== 3)
        throw new PacketError(
          'makeTable: the function must give [column, row, text] for each, such as [p.src, p.dport, p.flags]',
        )
      const [column, row, cell] = place.map(String) as [string, string, string]
      columns.add(column)
      rows.add(row)
      this.cells.set(JSON.stringify([column, row]), cell)
    }
    this.columns = [...columns].sort(order())
    this.rows = [...rows].sort(order())
  }

  /** What stands in a place; of several that were put there the last one, undefined where there is none. */
  at(column: unknown, row: unknown): string | undefined {
    return this.cells.get(JSON.stringify([String(column), String(row)]))
  }

  /** Columns under their keys, two spaces apart; `-` where nothing stands. */
  toString(): string {
    const lines = [
      ['', ...this.columns],
      ...this.rows.map((row) => [row, ...this.columns.map((column) => this.at(column, row) ?? '-')]),
    ]
    const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)))
    return lines
      .map((line) =>
        line
          .map((text, column) => text.padEnd(widths[column]!))
          .join('  ')
          .trimEnd(),
      )
      .join('\n')
  }

  /** An object for each row, by the keys of the columns; `row` is its own key. */
  toJSON(): Record<string, string>[] {
    return this.rows.map((row) => ({
      row,
      ...Object.fromEntries(this.columns.map((column) => [column, this.at(column, row) ?? ''])),
    }))
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}
