import { checkNumber, OptionError } from './options.js'
import { pause } from './pause.js'

/** How fast packets leave; at most one of the two. */
export interface PaceOptions {
  /** Packets per second on average, above 0; unset: as fast as possible. */
  rate?: number
  /** Seconds between packets. Default 0. */
  inter?: number
}

/** How much of a pause is made up for, seconds: a program that stood still must not send all of it at once. */
const CATCH_UP = 0.02

/** @throws OptionError unless the options make sense together */
export function checkPace(name: string, { rate, inter }: PaceOptions): void {
  checkNumber(name, 'inter', inter ?? 0, false)
  if (rate === undefined) return
  if (typeof rate !== 'number' || !(rate > 0))
    throw new OptionError(`${name}: option rate must be a number of packets per second above 0, not ${String(rate)}`)
  if (inter !== undefined && inter > 0)
    throw new OptionError(`${name}: give either rate (packets per second) or inter (seconds between packets)`)
}

/** Spreads packets over time. */
export class Pacer {
  private readonly perSecond: number
  /** Most packets that leave at once. */
  private readonly burst: number
  private allowance = 1
  private last = -1

  constructor({ rate, inter = 0 }: PaceOptions) {
    this.perSecond = rate ?? (inter > 0 ? 1 / inter : Number.POSITIVE_INFINITY)
    this.burst = inter > 0 ? 1 : Math.max(2, this.perSecond * CATCH_UP)
  }

  /** Whether there is no bound at all. */
  get isFree(): boolean {
    return this.perSecond === Number.POSITIVE_INFINITY
  }

  /** How many of up to `most` packets may leave now; 0: none before `delay` has passed. */
  take(most: number): number {
    if (this.isFree) return most
    const now = performance.now()
    if (this.last >= 0)
      this.allowance = Math.min(this.burst, this.allowance + ((now - this.last) / 1000) * this.perSecond)
    this.last = now
    const count = Math.min(most, Math.floor(this.allowance))
    this.allowance -= count
    return count
  }

  /** So many of those that `take` gave did not leave after all. */
  giveBack(count: number): void {
    this.allowance += count
  }

  /** Seconds until the next packet may leave, at least 1 ms: timers are no finer. */
  get delay(): number {
    return Math.max(0.001, (1 - this.allowance) / this.perSecond)
  }

  /** Waits until packets may leave. Gives how many, 1..`most`; 0 when `stop` is aborted. */
  async next(most: number, stop: AbortSignal): Promise<number> {
    while (!stop.aborted) {
      const count = this.take(most)
      if (count > 0) return count
      await pause(this.delay * 1000, stop)
    }
    return 0
  }
}
