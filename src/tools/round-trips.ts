/** How many round-trip times are kept one by one; the figures count all. */
const KEPT = 100_000

/** Round-trip times and what they come to, all in seconds. */
export class RoundTrips {
  /** One by one, in the order they came; of very long runs the last hundred thousand. */
  readonly list: number[] = []
  count = 0
  min: number | null = null
  max: number | null = null
  private sum = 0
  private squares = 0

  add(rtt: number): void {
    if (this.list.length >= KEPT) this.list.shift()
    this.list.push(rtt)
    this.count++
    this.min = this.min === null ? rtt : Math.min(this.min, rtt)
    this.max = this.max === null ? rtt : Math.max(this.max, rtt)
    this.sum += rtt
    this.squares += rtt * rtt
  }

  /** Arithmetic mean; null when there is none. */
  get avg(): number | null {
    return this.count === 0 ? null : this.sum / this.count
  }

  /** Standard deviation, as ping(8) counts it: the root of the mean square less the squared mean. */
  get mdev(): number | null {
    const { avg } = this
    return avg === null ? null : Math.sqrt(Math.max(0, this.squares / this.count - avg * avg))
  }
}

/** Seconds as milliseconds with three significant digits at least, as ping(8) has them: `0.045`, `1.25`, `12.3`, `123`. */
export function milliseconds(seconds: number): string {
  const value = Math.max(0, seconds) * 1000
  return value.toFixed(value < 1 ? 3 : value < 10 ? 2 : value < 100 ? 1 : 0)
}
