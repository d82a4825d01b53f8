/** Parts of a resource that a client asks for (RFC 9110 §14). */

/** From, up to but not including. */
export type ByteRange = readonly [start: number, end: number]

/** More parts than this are asked for by attackers only (RFC 9110 §17.15): they get the whole. */
const MOST_RANGES = 32
/** A gap of so many bytes costs less than the lines between two parts. */
const SMALL_GAP = 128

/**
 * Reads a Range header.
 * @param size bytes of the resource
 * @returns the parts in the order in which they were asked for, those that touch each other made one; `'none'`: the resource has none of them
 *   (416); undefined: the header means nothing, or too much, and the whole is sent
 */
export function rangesOf(header: string | undefined, size: number): ByteRange[] | 'none' | undefined {
  const found = /^bytes=(.*)$/is.exec(header ?? '')
  if (found === null) return undefined
  // Elements of a list may be empty (§5.6.1.2).
  const specs = found[1]!.split(',').map((spec) => spec.trim())
  if (specs.length > MOST_RANGES) return undefined
  const ranges: ByteRange[] = []
  let isAsked = false
  for (const spec of specs) {
    if (spec === '') continue
    const range = rangeOf(spec, size)
    // One that is wrong makes all of it wrong (§14.1.1).
    if (range === undefined) return undefined
    isAsked = true
    if (range !== 'none') ranges.push(range)
  }
  if (!isAsked) return undefined
  // The end of nothing: satisfiable, and yet there is no way to write it as a part.
  if (ranges.some(([start, end]) => start === end)) return undefined
  return ranges.length === 0 ? 'none' : united(ranges)
}

/** `0-499`, `500-` or `-500`. Undefined: it is none; `'none'`: nothing of the resource is in it. */
function rangeOf(spec: string, size: number): ByteRange | 'none' | undefined {
  const found = /^(\d*)-(\d*)$/.exec(spec)
  if (found === null || spec === '-') return undefined
  const [, first, last] = found
  if (first === '') return Number(last) === 0 ? 'none' : [Math.max(0, size - Number(last)), size]
  const [start, end] = [Number(first), last === '' ? size : Number(last) + 1]
  if (last !== '' && Number(last) < start) return undefined
  return start >= size ? 'none' : [start, Math.min(end, size)]
}

/** Parts that overlap or nearly touch become one, at the place of the first of them (§15.3.7.2). */
function united(ranges: readonly ByteRange[]): ByteRange[] {
  const all = ranges.map((range, place) => ({ range, place })).sort((a, b) => a.range[0] - b.range[0])
  const groups: { start: number; end: number; place: number }[] = []
  for (const { range, place } of all) {
    const last = groups.at(-1)
    if (last === undefined || range[0] > last.end + SMALL_GAP) groups.push({ start: range[0], end: range[1], place })
    else {
      last.end = Math.max(last.end, range[1])
      last.place = Math.min(last.place, place)
    }
  }
  return groups.sort((a, b) => a.place - b.place).map(({ start, end }) => [start, end])
}
