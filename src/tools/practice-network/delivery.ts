import type { RandomSeries } from './random-series.js'
import type { Way } from './station.js'

/** Frames under way at once; more are lost, as in any queue. */
const MOST_UNDER_WAY = 65536

/** Frames that are due in the same millisecond, and the timer that waits for it. */
interface Due {
  frames: Uint8Array[]
  timer: NodeJS.Timeout
}

/** Takes frames back to the user: at once or late, and with the losses and doubles of the way. */
export class Delivery {
  /** Frames lost on purpose, and since too many were under way. */
  lost = 0
  /** Frames by the time they are due, ms; each time has a timer. */
  private readonly underWay = new Map<number, Due>()
  private count = 0

  constructor(
    private readonly send: (frame: Uint8Array) => void,
    private readonly random: RandomSeries,
  ) {}

  deliver(frame: Uint8Array, way: Way): void {
    const { random } = this
    if (random.chance(way.loss)) {
      this.lost++
      return
    }
    const times = random.chance(way.duplicates) ? 2 : 1
    for (let i = 0; i < times; i++) {
      const seconds = way.delay + (way.jitter > 0 ? way.jitter * random.fraction() : 0)
      if (seconds > 0) this.later(frame, seconds * 1000)
      else this.send(frame)
    }
  }

  /** Forgets all that is under way. */
  close(): void {
    for (const { timer } of this.underWay.values()) clearTimeout(timer)
    this.underWay.clear()
    this.count = 0
  }

  /** One timer for all frames that are due in the same millisecond; none keeps the process alive. */
  private later(frame: Uint8Array, milliseconds: number): void {
    if (this.count >= MOST_UNDER_WAY) {
      this.lost++
      return
    }
    this.count++
    const now = performance.now()
    const due = Math.ceil(now + milliseconds)
    const waiting = this.underWay.get(due)
    if (waiting !== undefined) waiting.frames.push(frame)
    else this.underWay.set(due, { frames: [frame], timer: this.wait(due, due - now) })
  }

  private wait(due: number, milliseconds: number): NodeJS.Timeout {
    return setTimeout(() => {
      // Timers count from the start of a turn of the event loop, and so may be early.
      const left = due - performance.now()
      if (left > 0) this.underWay.get(due)!.timer = this.wait(due, left)
      else this.sendUntil(due)
    }, milliseconds).unref()
  }

  /** Sends what is due, the earliest first: a timer that was early and waits again must not be overtaken by the next. */
  private sendUntil(now: number): void {
    const times = [...this.underWay.keys()].filter((due) => due <= now).sort((a, b) => a - b)
    for (const due of times) {
      // Sending may close this, or bring new frames.
      const ready = this.underWay.get(due)
      if (ready === undefined) return
      this.underWay.delete(due)
      clearTimeout(ready.timer)
      this.count -= ready.frames.length
      for (const each of ready.frames) this.send(each)
    }
  }
}
