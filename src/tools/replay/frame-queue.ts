import { pause } from '../../exchange/index.js'
import { type Link, LinkError } from '../../link/index.js'
import { PacketError } from '../../packet/index.js'
import { countSkipped, type ReplayCounts } from './replay-result.js'

/** Frames that go to the kernel in one call. */
const BATCH = 256
/** How long a full queue is waited for, ms. */
const FULL_QUEUE = 5000

/** Frames that are due, to leave together; it counts them, and how late they are. */
export class FrameQueue {
  private readonly frames: Uint8Array[] = []
  private readonly dues: number[] = []
  /** When the first and the last frame left, ms. */
  firstAt = Number.NaN
  lastAt = Number.NaN

  constructor(
    private readonly link: Link,
    private readonly counts: ReplayCounts,
    private readonly stop: AbortSignal,
  ) {}

  get isFull(): boolean {
    return this.frames.length >= BATCH
  }

  get isEmpty(): boolean {
    return this.frames.length === 0
  }

  add(frame: Uint8Array, due: number): void {
    this.frames.push(frame)
    this.dues.push(due)
  }

  /** Sends what waits, unless the user stops it. @throws LinkError when the interface is gone or down */
  async flush(): Promise<void> {
    let at = 0
    let since = performance.now()
    while (at < this.frames.length && !this.stop.aborted) {
      const now = performance.now()
      const taken = this.sendFrom(at)
      this.count(at, taken, now)
      at += taken
      if (at === this.frames.length) break
      if (this.isTooLong) {
        countSkipped(this.counts, 'longer than the interface takes')
        at++
        continue
      }
      if (taken > 0) since = now
      else if (now - since > FULL_QUEUE)
        throw new PacketError(
          `${this.link.name} takes no more packets: its queue has been full for ${FULL_QUEUE / 1000} s`,
        )
      await pause(1, this.stop)
    }
    this.frames.length = 0
    this.dues.length = 0
  }

  /** Whether the frame behind the last one that went is one that cannot go. */
  private isTooLong = false

  private sendFrom(at: number): number {
    this.isTooLong = false
    try {
      return this.link.send(at === 0 ? this.frames : this.frames.slice(at))
    } catch (error) {
      if (!(error instanceof LinkError) || (error.code !== 'FRAME_TOO_LONG' && error.code !== 'BAD_FRAME')) throw error
      this.isTooLong = true
      return error.sent ?? 0
    }
  }

  private count(from: number, taken: number, now: number): void {
    if (taken === 0) return
    const { counts } = this
    if (Number.isNaN(this.firstAt)) this.firstAt = now
    this.lastAt = now
    counts.sent += taken
    for (let i = from; i < from + taken; i++) {
      counts.bytes += this.frames[i]!.length
      const lateness = Math.max(0, now - this.dues[i]!)
      counts.latenessSum += lateness
      if (lateness > counts.largestLateness) counts.largestLateness = lateness
    }
  }
}
