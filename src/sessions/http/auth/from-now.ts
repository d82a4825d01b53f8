/** How far away a moment is, in words. */

/** Seconds of each unit, and how many of it are told before the next one takes over. */
const UNITS: readonly (readonly [name: string, seconds: number, below: number])[] = [
  ['s', 1, 60],
  ['min', 60, 120],
  ['h', 3600, 48],
  ['days', 86_400, 730],
  ['years', 31_556_952, Number.POSITIVE_INFINITY],
]

/** `3 min ago`, `in 2 h`, `now`. Rounded down: what is left is at least that. */
export function fromNow(date: Date, now = Date.now()): string {
  const difference = (date.getTime() - now) / 1000
  const distance = Math.floor(Math.abs(difference))
  if (distance === 0) return 'now'
  const [name, seconds] = UNITS.find(([, unit, below]) => distance / unit < below)!
  const text = `${Math.floor(distance / seconds)} ${name}`
  return difference < 0 ? `${text} ago` : `in ${text}`
}
