import type { CaptureBatch } from '../../link/index.js'

/**
 * Round trips without the time that an answer lies in the kernel before we read it. Our clock and the kernel's are not the
 * same to the last millisecond, so what counts is how much later than the promptest answer one was read.
 */
export class ArrivalClock {
  /** Of this period and of the one before: the clocks drift apart. */
  private promptest = Number.POSITIVE_INFINITY
  private before = Number.POSITIVE_INFINITY
  private since = 0

  /** A round trip that was measured until now, in ms, corrected for frame `index`. */
  correct(roundTrip: number, batch: CaptureBatch, index: number): number {
    const now = performance.now()
    if (now - this.since > PERIOD) {
      this.since = now
      this.before = this.promptest
      this.promptest = Number.POSITIVE_INFINITY
    }
    const late = performance.timeOrigin + now - batch.seconds[index]! * 1000 - batch.nanoseconds[index]! / 1e6
    this.promptest = Math.min(this.promptest, late)
    return Math.max(SHORTEST, roundTrip - (late - Math.min(this.promptest, this.before)))
  }
}

/** Clocks are not finer than this, ms. */
const SHORTEST = 0.001
/** How long the promptest answer counts, ms. */
const PERIOD = 500
