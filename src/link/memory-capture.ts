import { makeBatch } from './batch-reader.js'
import type { FrameFilter } from './filter.js'
import type { Capture, CaptureBatch, LinkStats } from './link.js'

/** Most frames in one batch. */
const BATCH = 1024

/** What a capture tells its link. */
export interface MemoryCaptureOwner {
  name: string
  linkType: number
  sent: () => number
  ended: (capture: MemoryCapture) => void
}

interface Arrival {
  frame: Uint8Array
  /** Milliseconds since 1970, with a fraction. */
  time: number
}

/**
 * A capture of an in-memory link: frames queue until the event loop turns, then come in batches like those of a real
 * interface.
 */
export class MemoryCapture implements Capture {
  readonly linkType: number
  private readonly owner: MemoryCaptureOwner
  private readonly settings: { matches: FrameFilter; snaplen: number; bufferSize: number }
  private readonly onBatch: (batch: CaptureBatch) => void
  private readonly onError: (error: Error) => void
  private readonly batch: CaptureBatch
  private queue: Arrival[] = []
  private queuedBytes = 0
  private scheduled = false
  private received = 0
  private dropped = 0
  private isStopped = false

  constructor(
    owner: MemoryCaptureOwner,
    settings: { matches: FrameFilter; snaplen: number; bufferSize: number },
    onBatch: (batch: CaptureBatch) => void,
    onError: (error: Error) => void,
  ) {
    this.owner = owner
    this.settings = settings
    this.onBatch = onBatch
    this.onError = onError
    this.linkType = owner.linkType
    this.batch = makeBatch(BATCH, new Uint8Array(64 << 10), owner.linkType, owner.name)
  }

  get stopped(): boolean {
    return this.isStopped
  }

  stats(): LinkStats {
    return {
      received: this.received,
      dropped: this.dropped,
      interfaceDropped: 0,
      sent: this.owner.sent(),
      backend: 'memory',
    }
  }

  stop(): void {
    if (this.isStopped) return
    this.isStopped = true
    this.queue = []
    this.owner.ended(this)
  }

  /** Takes a frame that arrives now; it must not change any more. */
  accept(frame: Uint8Array): void {
    if (this.isStopped || !this.settings.matches(frame)) return
    if (this.queuedBytes + frame.length > this.settings.bufferSize) {
      this.dropped++
      return
    }
    this.queue.push({ frame, time: performance.timeOrigin + performance.now() })
    this.queuedBytes += frame.length
    this.schedule()
  }

  private schedule(): void {
    if (this.scheduled) return
    this.scheduled = true
    setImmediate(() => {
      this.scheduled = false
      this.flush()
    })
  }

  private flush(): void {
    const arrivals = this.queue
    this.queue = []
    this.queuedBytes = 0
    for (let from = 0; from < arrivals.length && !this.isStopped; from += BATCH) {
      this.fill(arrivals.slice(from, from + BATCH))
      this.received += this.batch.count
      try {
        this.onBatch(this.batch)
      } catch (error) {
        this.stop()
        this.onError(error instanceof Error ? error : new Error(String(error)))
      }
    }
  }

  private fill(arrivals: Arrival[]): void {
    const { batch } = this
    const lengths = arrivals.map(({ frame }) => Math.min(frame.length, this.settings.snaplen))
    const total = lengths.reduce((sum, length) => sum + length, 0)
    if (total > batch.buffer.length) batch.buffer = new Uint8Array(total * 2)
    let offset = 0
    arrivals.forEach(({ frame, time }, i) => {
      const length = lengths[i]!
      batch.buffer.set(frame.subarray(0, length), offset)
      batch.offsets[i] = offset
      batch.lengths[i] = length
      batch.originalLengths[i] = frame.length
      batch.seconds[i] = Math.floor(time / 1000)
      batch.nanoseconds[i] = Math.min(999_999_999, Math.round((time % 1000) * 1e6))
      offset += length
    })
    batch.count = arrivals.length
  }
}
