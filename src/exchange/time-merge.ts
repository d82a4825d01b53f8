import type { StorableBatch } from '../capture/index.js'
import type { CaptureBatch } from '../link/index.js'

/** Where packets come from. */
export interface MergeSource {
  linkType: number
  interfaceName: string
}

/** Held longer than this (ms), packets go on, whatever the other interfaces do. */
const LONGEST = 1000
/** Held packets take at most so much memory. */
const MOST_BYTES = 64 * 1024 * 1024

/** Packets that are held back: bytes and columns, only ever added to. */
class Held implements StorableBatch {
  count = 0
  buffer = new Uint8Array(16384)
  used = 0
  offsets = new Uint32Array(256)
  lengths = new Uint32Array(256)
  originalLengths = new Uint32Array(256)
  seconds = new Float64Array(256)
  nanoseconds = new Uint32Array(256)
  interfaceIndexes = new Uint16Array(256)
  readonly linkType: number
  readonly interfaceName: string

  constructor(readonly interfaces: readonly { linkType: number; name: string }[]) {
    this.linkType = interfaces[0]!.linkType
    this.interfaceName = interfaces[0]!.name
  }

  add(from: StorableBatch, i: number, source: number): void {
    const row = this.count
    const length = from.lengths[i]!
    if (row === this.offsets.length) this.growRows()
    if (this.used + length > this.buffer.length) this.growBytes(this.used + length)
    const start = from.offsets[i]!
    this.buffer.set(from.buffer.subarray(start, start + length), this.used)
    this.offsets[row] = this.used
    this.lengths[row] = length
    this.originalLengths[row] = from.originalLengths[i]!
    this.seconds[row] = from.seconds[i]!
    this.nanoseconds[row] = from.nanoseconds[i]!
    this.interfaceIndexes[row] = source
    this.used += length
    this.count = row + 1
  }

  /** Milliseconds since 1970. */
  time(row: number): number {
    return this.seconds[row]! * 1000 + this.nanoseconds[row]! / 1e6
  }

  /** Whether a row is earlier than another one, to the nanosecond. */
  isBefore(row: number, other: number): boolean {
    const difference = this.seconds[row]! - this.seconds[other]!
    return difference === 0 ? this.nanoseconds[row]! < this.nanoseconds[other]! : difference < 0
  }

  private growRows(): void {
    const capacity = this.offsets.length * 2
    const wider = <T extends { set(from: T): void }>(from: T, to: T): T => {
      to.set(from)
      return to
    }
    this.offsets = wider(this.offsets, new Uint32Array(capacity))
    this.lengths = wider(this.lengths, new Uint32Array(capacity))
    this.originalLengths = wider(this.originalLengths, new Uint32Array(capacity))
    this.seconds = wider(this.seconds, new Float64Array(capacity))
    this.nanoseconds = wider(this.nanoseconds, new Uint32Array(capacity))
    this.interfaceIndexes = wider(this.interfaceIndexes, new Uint16Array(capacity))
  }

  private growBytes(needed: number): void {
    const bytes = new Uint8Array(Math.max(needed, this.buffer.length * 2))
    bytes.set(this.buffer.subarray(0, this.used))
    this.buffer = bytes
  }
}

/**
 * Packets of several captures in the order of time. Each capture gives its own in order, but a little late; so a packet is held until all
 * captures have given later ones, or had the chance to give earlier ones and did not. What that costs is a delay of about
 * twice `window`; one interface that is far behind delays the others by at most a second.
 */
export class TimeMerge {
  private readonly interfaces: readonly { linkType: number; name: string }[]
  private held: Held
  /** Rows of each source that are held, oldest first, and how many of them have gone on. */
  private rows: number[][]
  private heads: number[]
  private readonly last: number[]
  private heard: boolean[]
  private timer: NodeJS.Timeout | undefined
  private waiting = 0
  private heldSince = 0

  /**
   * @param window how late a capture may give a packet, ms
   * @param emit gets rows in order; the batch is never written again
   */
  constructor(
    sources: readonly MergeSource[],
    private readonly window: number,
    private readonly emit: (batch: StorableBatch, rows: readonly number[]) => void,
  ) {
    this.interfaces = sources.map(({ linkType, interfaceName }) => ({ linkType, name: interfaceName }))
    this.held = new Held(this.interfaces)
    this.rows = sources.map(() => [])
    this.heads = sources.map(() => 0)
    this.last = sources.map(() => Number.NEGATIVE_INFINITY)
    this.heard = sources.map(() => false)
  }

  /** Takes a batch of a source; its bytes are copied. */
  add(source: number, batch: CaptureBatch): void {
    const { held } = this
    const mine = this.rows[source]!
    if (this.waiting === 0) this.heldSince = performance.now()
    for (let i = 0; i < batch.count; i++) {
      mine.push(held.count)
      held.add(batch, i, source)
    }
    this.waiting += batch.count
    this.last[source] = held.time(held.count - 1)
    this.heard[source] = true
    if (held.used > MOST_BYTES || performance.now() - this.heldSince > LONGEST) this.flush()
    else this.schedule()
  }

  /** Gives all that is held. */
  flush(): void {
    this.release(Number.POSITIVE_INFINITY)
  }

  /** Gives nothing any more. */
  stop(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.waiting = 0
  }

  private schedule(): void {
    this.timer ??= setTimeout(() => {
      const now = Date.now()
      this.heard.fill(false)
      // Two turns: captures read in between, so that one that gave nothing had nothing from before `now`.
      setImmediate(() => setImmediate(() => this.round(now)))
    }, this.window / 2)
  }

  private round(now: number): void {
    if (this.timer === undefined) return
    this.timer = undefined
    let safe = Number.POSITIVE_INFINITY
    for (let source = 0; source < this.last.length; source++) {
      const quiet = this.heard[source] ? Number.NEGATIVE_INFINITY : now - this.window
      safe = Math.min(safe, Math.max(this.last[source]!, quiet))
    }
    this.release(safe)
    if (this.waiting > 0) this.schedule()
  }

  /** Gives what is not later than this, in order. */
  private release(until: number): void {
    const { held, rows, heads } = this
    const order: number[] = []
    for (;;) {
      let next = -1
      let earliest = -1
      for (let source = 0; source < rows.length; source++) {
        const row = rows[source]![heads[source]!]
        if (row === undefined) continue
        if (held.time(row) > until || (earliest !== -1 && !held.isBefore(row, earliest))) continue
        earliest = row
        next = source
      }
      if (next === -1) break
      order.push(rows[next]![heads[next]++]!)
    }
    if (order.length === 0) return
    this.waiting -= order.length
    this.heldSince = performance.now()
    if (this.waiting === 0 || held.used > 1024 * 1024) this.startOver()
    this.emit(held, order)
  }

  /** Leaves the memory to those that look at it, and goes on with what is still held in new one. */
  private startOver(): void {
    const before = this.held
    const { rows, heads } = this
    this.held = new Held(this.interfaces)
    this.rows = rows.map((list, source) =>
      list.slice(heads[source]).map((row) => {
        this.held.add(before, row, source)
        return this.held.count - 1
      }),
    )
    this.heads = heads.map(() => 0)
  }
}
