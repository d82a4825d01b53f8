/** How a column is set: text to the left (the default), figures to the right. */
export type Alignment = 'left' | 'right'

/**
 * Rows under their headings, columns two spaces apart, no space at line ends. Cells may have several lines: the others
 * are set below the first.
 * @param headings one a column, in capitals but for units (`RTT ms`); the number of columns
 * @param alignments of each column; unset: left
 */
export function textTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  alignments: readonly Alignment[] = [],
): string {
  const lines = [headings, ...rows.flatMap((row) => linesOf(row, headings.length))]
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)))
  return lines
    .map((line) =>
      widths
        .map((width, column) => {
          const cell = line[column] ?? ''
          return alignments[column] === 'right' ? cell.padStart(width) : cell.padEnd(width)
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function linesOf(row: readonly string[], columns: number): string[][] {
  const cells = Array.from({ length: columns }, (_, column) => (row[column] ?? '').split('\n'))
  const height = Math.max(...cells.map((cell) => cell.length))
  return Array.from({ length: height }, (_, line) => cells.map((cell) => cell[line] ?? ''))
}
