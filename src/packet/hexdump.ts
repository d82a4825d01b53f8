import { type Painter, type Role, unpainted } from './paint.js'

const WIDTH = 16

/** Bytes of a dump that stand out. Later marks lie over earlier ones. */
export interface Mark {
  start: number
  end: number
  role: Role
  /** For roles that differ by number. */
  layer?: number
  /** What stands below each of its bytes where nothing is painted; unset: nothing. */
  sign?: string
}

/**
 * Lines of offset, 16 bytes in hexadecimal, and the same as text (a dot for what is not printable ASCII).
 * @param marks bytes that stand out: painted, or without a painter with signs in a line below
 */
export function hexdumpOf(bytes: Uint8Array, marks: readonly Mark[] = [], paint: Painter = unpainted): string {
  const lines: string[] = []
  for (let at = 0; at < bytes.length; at += WIDTH) {
    const row = bytes.subarray(at, at + WIDTH)
    const own = Array.from(row, (_, i) => marks.findLast(({ start, end }) => at + i >= start && at + i < end))
    const hex = Array.from(row, (byte) => byte.toString(16).padStart(2, '0'))
    const text = Array.from(row, (byte) => (byte >= 32 && byte <= 126 ? String.fromCharCode(byte) : '.'))
    const offset = paint('aside', at.toString(16).padStart(4, '0'))
    const gap = ' '.repeat(48 - (row.length * 3 - 1 + (row.length > 8 ? 1 : 0)))
    lines.push(`${offset}  ${painted(hex, own, separator, paint)}${gap}  ${painted(text, own, () => '', paint)}`)
    if (paint !== unpainted || !own.some((mark) => mark?.sign !== undefined)) continue
    const signs = own.map((mark) => (mark?.sign ?? ' ').repeat(2))
    lines.push(`      ${painted(signs, own, separator, paint)}`.trimEnd())
  }
  return lines.join('\n')
}

function separator(index: number): string {
  return index === 8 ? '  ' : ' '
}

/** The cells of a row; neighbours of one mark are painted together with what is between them. */
function painted(
  cells: readonly string[],
  marks: readonly (Mark | undefined)[],
  between: (index: number) => string,
  paint: Painter,
): string {
  let line = ''
  for (let i = 0; i < cells.length; ) {
    const mark = marks[i]
    let run = cells[i]!
    let next = i + 1
    for (; next < cells.length && marks[next] === mark; next++) run += between(next) + cells[next]!
    line += (i === 0 ? '' : between(i)) + (mark === undefined ? run : paint(mark.role, run, mark.layer))
    i = next
  }
  return line
}
