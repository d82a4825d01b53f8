import { type Painter, unpainted } from './paint.js'

/** Bytes that only one side has, or that differ: those of the first from `aOffset` on, those of the second from `bOffset` on. */
export interface ByteDifference {
  aOffset: number
  bOffset: number
  a: Uint8Array
  b: Uint8Array
}

/** One column of two byte strings laid side by side: an offset in each, or -1 where one has nothing there. */
type Column = readonly [a: number, b: number]

const WIDTH = 16
/** Beyond so many pairs of bytes that are compared, what stands at the same place is compared instead. */
const MOST_PAIRS = 2 ** 22

/** Lays two byte strings side by side so that as many bytes as possible are the same. */
function aligned(a: Uint8Array, b: Uint8Array): Column[] {
  let front = 0
  while (front < a.length && front < b.length && a[front] === b[front]) front++
  let back = 0
  while (back < a.length - front && back < b.length - front && a.at(-1 - back) === b.at(-1 - back)) back++
  const columns: Column[] = Array.from({ length: front }, (_, i) => [i, i])
  columns.push(...alignedMiddle(a, b, front, a.length - back, b.length - back))
  for (let i = back; i > 0; i--) columns.push([a.length - i, b.length - i])
  return columns
}

function alignedMiddle(a: Uint8Array, b: Uint8Array, from: number, aEnd: number, bEnd: number): Column[] {
  const rows = aEnd - from
  const width = bEnd - from
  const columns: Column[] = []
  if (rows === width || rows * width > MOST_PAIRS) {
    // As many on both sides: most likely changed in place.
    for (let i = 0; i < Math.max(rows, width); i++) columns.push([i < rows ? from + i : -1, i < width ? from + i : -1])
    return columns
  }
  // Cost of the rest from each pair on: a byte that has no partner costs 1, one that differs from its partner 1 too.
  const cost = new Uint32Array((rows + 1) * (width + 1))
  const at = (i: number, j: number): number => i * (width + 1) + j
  for (let i = rows; i >= 0; i--) {
    for (let j = width; j >= 0; j--) {
      if (i === rows || j === width) cost[at(i, j)] = rows - i + (width - j)
      else {
        const differs = a[from + i] === b[from + j] ? 0 : 1
        cost[at(i, j)] = Math.min(cost[at(i + 1, j + 1)]! + differs, cost[at(i + 1, j)]! + 1, cost[at(i, j + 1)]! + 1)
      }
    }
  }
  for (let i = 0, j = 0; i < rows || j < width; ) {
    const here = cost[at(i, j)]!
    const differs = a[from + i] === b[from + j] ? 0 : 1
    if (i < rows && j < width && cost[at(i + 1, j + 1)]! + differs === here) columns.push([from + i++, from + j++])
    else if (i < rows && cost[at(i + 1, j)]! + 1 === here) columns.push([from + i++, -1])
    else columns.push([-1, from + j++])
  }
  return columns
}

/** What differs, in order; neighbours are one. */
export function byteDifferences(a: Uint8Array, b: Uint8Array): ByteDifference[] {
  const differences: ByteDifference[] = []
  let aNext = 0
  let bNext = 0
  let open: { aOffset: number; bOffset: number } | null = null
  const close = (): void => {
    if (open === null) return
    const { aOffset, bOffset } = open
    differences.push({ aOffset, bOffset, a: a.subarray(aOffset, aNext), b: b.subarray(bOffset, bNext) })
    open = null
  }
  for (const [i, j] of aligned(a, b)) {
    if (i >= 0 && j >= 0 && a[i] === b[j]) close()
    else open ??= { aOffset: aNext, bOffset: bNext }
    if (i >= 0) aNext = i + 1
    if (j >= 0) bNext = j + 1
  }
  close()
  return differences
}

/** Rows of 16 columns: what is the same once, what differs below one another with `-` and `+`. */
export function byteDifferenceLines(a: Uint8Array, b: Uint8Array, all: boolean, paint: Painter = unpainted): string[] {
  const columns = aligned(a, b)
  const lines: string[] = []
  let aAt = 0
  let bAt = 0
  for (let from = 0; from < columns.length; from += WIDTH) {
    const row = columns.slice(from, from + WIDTH)
    const same = row.map(([i, j]) => i >= 0 && j >= 0 && a[i] === b[j])
    const left = row.map(([i]) => (i < 0 ? undefined : a[i]!))
    const right = row.map(([, j]) => (j < 0 ? undefined : b[j]!))
    if (!same.includes(false)) {
      if (all) lines.push(`  ${rowText(aAt, left, same, 'before', paint)}`)
    } else {
      if (left.some((byte) => byte !== undefined))
        lines.push(`${paint('before', '-')} ${rowText(aAt, left, same, 'before', paint)}`)
      if (right.some((byte) => byte !== undefined))
        lines.push(`${paint('after', '+')} ${rowText(bAt, right, same, 'after', paint)}`)
      if (paint === unpainted)
        lines.push(
          `        ${same.map((equal, i) => (i === 8 ? ' ' : '') + (equal ? '  ' : '^^')).join(' ')}`.trimEnd(),
        )
    }
    aAt += left.filter((byte) => byte !== undefined).length
    bAt += right.filter((byte) => byte !== undefined).length
  }
  return lines
}

function rowText(
  offset: number,
  bytes: readonly (number | undefined)[],
  same: readonly boolean[],
  role: 'before' | 'after',
  paint: Painter,
): string {
  const look = (text: string, i: number): string => (same[i] ? text : paint(role, text))
  const hex = bytes.map((byte, i) => {
    const text = byte === undefined ? '  ' : look(byte.toString(16).padStart(2, '0'), i)
    return i === 8 ? ` ${text}` : text
  })
  const width = bytes.length * 3 - 1 + (bytes.length > 8 ? 1 : 0)
  const text = bytes.map((byte, i) =>
    byte === undefined ? ' ' : look(byte >= 32 && byte <= 126 ? String.fromCharCode(byte) : '.', i),
  )
  const start = paint('aside', offset.toString(16).padStart(4, '0'))
  return `${start}  ${hex.join(' ')}${' '.repeat(48 - width)}  ${text.join('')}`.trimEnd()
}
