/** When frames are due. All times are of `performance.now()`, in ms, counted from one start: late frames delay none. */
import { pause, turn } from '../../exchange/index.js'
import type { Timing } from './replay-options.js'

/** Gaps above this are left to a timer, which fires up to 1 ms late and then some. */
const TIMER = 3
/** How much before the time the timer is to fire. */
const TIMER_MARGIN = 2
/** Longest sleep without a look at the event loop, where Ctrl-C is heard. */
const LONGEST_SLEEP = 0.5
/** Behind by more than this, a rate starts anew: it must not make up for a long stop by a burst. */
const MOST_BEHIND = 100

const cell = new Int32Array(new SharedArrayBuffer(4))

export class Schedule {
  /** When the last frame was due. */
  private last: number
  /** Start of this pass: its first frame is due then. */
  private base: number
  private count = 0
  private passCount = 0
  private firstSeconds = Number.NaN
  private firstNanoseconds = 0

  constructor(
    private readonly timing: Timing,
    start: number,
  ) {
    this.base = start
    this.last = start
  }

  /** When the next frame is due, which was captured then; never before the one in front of it. */
  due(seconds: number, nanoseconds: number, now: number): number {
    const { timing } = this
    if (timing.kind === 'topspeed') return now
    if (timing.kind === 'rate') return this.dueAtRate(timing.rate, now)
    if (Number.isNaN(this.firstSeconds) && !Number.isNaN(seconds)) {
      this.firstSeconds = seconds
      this.firstNanoseconds = nanoseconds
    }
    this.passCount++
    const offset = (seconds - this.firstSeconds) * 1e3 + (nanoseconds - this.firstNanoseconds) / 1e6
    // Without a time, or before the one in front (clocks are set back): at once.
    if (offset >= 0) this.last = Math.max(this.last, this.base + offset / timing.speed)
    return this.last
  }

  /** A new pass through the capture begins, an average gap behind the last frame. */
  nextPass(): void {
    if (this.timing.kind !== 'capture') return
    const gap = this.passCount > 1 ? (this.last - this.base) / (this.passCount - 1) : 0
    this.base = this.last + gap
    this.passCount = 0
    this.firstSeconds = Number.NaN
  }

  private dueAtRate(rate: number, now: number): number {
    const due = this.base + (this.count * 1000) / rate
    this.count++
    if (now - due <= MOST_BEHIND) return due
    this.base += now - due
    return now
  }
}

/** Waits until the time has come, to a tenth of a millisecond where the system is awake; less when `stop` is aborted. */
export async function waitUntil(due: number, stop: AbortSignal): Promise<void> {
  for (;;) {
    const left = due - performance.now()
    if (left <= 0 || stop.aborted) return
    if (left > TIMER) await pause(left - TIMER_MARGIN, stop)
    else {
      Atomics.wait(cell, 0, 0, Math.min(left, LONGEST_SLEEP))
      await turn()
    }
  }
}
