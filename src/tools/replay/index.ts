/** replay: sends the frames of a capture, with its timing, at a rate or as fast as possible. */
import { fileFilter, linkOf, onAbort, stopSignal, Task, type TaskControl, turn } from '../../exchange/index.js'
import type { Link } from '../../link/index.js'
import { FrameFitter } from './frame-fit.js'
import { FrameQueue } from './frame-queue.js'
import { type FrameChunk, type FrameSource, frameSource } from './frame-source.js'
import { type ReplayInput, type ReplayOptions, type ReplaySettings, replaySettings } from './replay-options.js'
import { countSkipped, type ReplayCounts, ReplayResult } from './replay-result.js'
import { Schedule, waitUntil } from './schedule.js'

export type { ReplayInput, ReplayOptions } from './replay-options.js'
export { ReplayResult } from './replay-result.js'

/** Longest that sending goes on without a look at the event loop, where Ctrl-C is heard, ms. */
const LONGEST_TURN = 5
/** How often progress is told, ms. */
const TELL = 200

/**
 * Sends a capture's frames, with its timing unless told otherwise. Files are read as they are sent, so that their size
 * does not matter. Needs root. Interrupted, it stops and tells what was sent.
 */
export function replay(input: ReplayInput, options: ReplayOptions = {}): Task<ReplayResult> {
  return Task.run((control) => runReplay(control, input, options), { name: 'replay' })
}

/** The work of `replay`. */
export async function runReplay(
  control: TaskControl<ReplayResult>,
  input: ReplayInput,
  options: ReplayOptions = {},
): Promise<ReplayResult> {
  const settings = replaySettings(input, options)
  const source = frameSource(input, settings.loops > 1)
  const link = settings.link ?? linkOf(settings.iface!, settings.netns)
  return new Replay(source, link, settings, control).run()
}

/** One run. */
class Replay {
  private readonly counts: ReplayCounts = {
    ...{ sent: 0, bytes: 0, seen: 0, filtered: 0, skipped: new Map(), shortened: 0, untimed: 0 },
    ...{ latenessSum: 0, largestLateness: 0, passes: 0 },
  }
  private readonly stop: AbortSignal
  private readonly fitter: FrameFitter
  private readonly queue: FrameQueue
  private readonly warnings: string[] = []
  private schedule: Schedule | undefined
  private toldAt = 0
  private turnedAt = 0

  constructor(
    private readonly source: FrameSource,
    private readonly link: Link,
    private readonly settings: ReplaySettings,
    private readonly control: TaskControl<ReplayResult>,
  ) {
    this.stop = stopSignal(control)
    this.fitter = new FrameFitter(link, settings)
    this.queue = new FrameQueue(link, this.counts, this.stop)
  }

  async run(): Promise<ReplayResult> {
    const { counts, settings, queue } = this
    while (counts.passes < settings.loops && !this.isOver) {
      const before = counts.sent
      for await (const chunk of ahead(
        this.source.chunks(this.stop, (text) => this.warn(text)),
        this.stop,
      )) {
        await this.sendChunk(chunk)
        if (this.isOver) break
      }
      await queue.flush()
      if (this.stop.aborted) break
      counts.passes++
      // Nothing of the capture can be sent: nothing ever will be.
      if (counts.sent === before) break
      this.schedule?.nextPass()
    }
    const seconds = Number.isNaN(queue.firstAt) ? 0 : (queue.lastAt - queue.firstAt) / 1000
    const isTimed = settings.timing.kind !== 'topspeed'
    const { interrupted } = this.control
    return new ReplayResult(counts, this.source.name, this.link.name, seconds, isTimed, interrupted, this.warnings)
  }

  private get isOver(): boolean {
    return this.stop.aborted || this.counts.sent >= this.settings.most
  }

  private async sendChunk(chunk: FrameChunk): Promise<void> {
    const { counts, queue, settings } = this
    const filter = this.filter
    let now = performance.now()
    this.schedule ??= new Schedule(settings.timing, now)
    let queued = 0
    for (let i = 0; i < chunk.count; i++) {
      const bytes = chunk.bytes(i)
      const linkType = chunk.linkType(i)
      const originalLength = chunk.originalLength(i)
      if (filter !== undefined && !filter.matches(bytes, linkType, originalLength)) {
        counts.filtered++
        continue
      }
      const frame = this.fitter.fit(bytes, linkType)
      if (!(frame instanceof Uint8Array)) {
        countSkipped(counts, frame.skipped)
        continue
      }
      if (originalLength > bytes.length) counts.shortened++
      const seconds = chunk.seconds(i)
      if (Number.isNaN(seconds)) counts.untimed++
      const due = this.schedule.due(seconds, chunk.nanoseconds(i), now)
      if (due > now) now = performance.now()
      if (due > now || queue.isFull) {
        if (!queue.isEmpty) await queue.flush()
        queued = 0
        await this.breathe()
        if (due > performance.now()) await waitUntil(due, this.stop)
        now = performance.now()
        if (this.stop.aborted) return
      }
      queue.add(frame, due)
      queued++
      if (counts.sent + queued >= settings.most) break
    }
    // What waits looks at the chunk's memory; and the next chunk may take a moment to come.
    await queue.flush()
    await this.breathe()
  }

  private compiledFilter: ReturnType<typeof fileFilter> | undefined

  private get filter(): ReturnType<typeof fileFilter> | undefined {
    if (this.settings.filter === undefined) return undefined
    this.compiledFilter ??= fileFilter(this.settings.filter)
    return this.compiledFilter
  }

  /** Lets others run, and tells how far it is, when it is time to. */
  private async breathe(): Promise<void> {
    const now = performance.now()
    if (now - this.turnedAt < LONGEST_TURN) return
    await turn()
    this.turnedAt = performance.now()
    if (now - this.toldAt < TELL) return
    this.toldAt = now
    const { sent } = this.counts
    const read = this.settings.loops === 1 ? this.source.progress() : undefined
    this.control.progress(read === undefined ? { done: sent, unit: 'packets' } : { ...read, packets: sent })
  }

  private warn(text: string): void {
    if (this.counts.passes === 0) this.warnings.push(text)
  }
}

/**
 * The same, read one ahead: the next chunk comes from the disk while this one is sent. Ends when `stop` is aborted, even
 * while a pipe has nothing to read.
 */
async function* ahead<T>(chunks: AsyncIterable<T>, stop: AbortSignal): AsyncGenerator<T> {
  const iterator = chunks[Symbol.asyncIterator]()
  let next = iterator.next()
  try {
    for (;;) {
      const result = await unlessStopped(next, stop)
      if (result === undefined || result.done === true) return
      next = iterator.next()
      // An error of the one ahead is thrown when it is its turn.
      next.catch(() => undefined)
      yield result.value
    }
  } finally {
    const closed = iterator.return?.().catch(() => undefined)
    if (!stop.aborted) await closed
  }
}

/** The promise's value, or undefined as soon as `stop` is aborted. (Promise.race would keep every value it ever gave.) */
function unlessStopped<T>(promise: Promise<T>, stop: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const noMore = onAbort(stop, () => resolve(undefined))
    promise.then(resolve, reject).finally(noMore)
  })
}
