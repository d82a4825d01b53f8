/** Events of a session to be gone through, one after the other, as they come. */

/** One event: its name, when, and what handlers get. */
export interface SessionEvent {
  event: string
  time: Date
  /** The first of the values, mostly the only one. */
  value: unknown
  values: readonly unknown[]
}

const MOST_WAITING = 10_000

/** Made by `session.events()`. */
export class EventStream implements AsyncIterableIterator<SessionEvent> {
  /** Events that were dropped because nobody took them. */
  dropped = 0
  readonly #waiting: SessionEvent[] = []
  readonly #takers: ((result: IteratorResult<SessionEvent>) => void)[] = []
  #isOver = false

  /** @param names those that it takes; none: all */
  constructor(
    private readonly names: readonly string[],
    private readonly ended: () => void,
  ) {}

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<SessionEvent>> {
    const event = this.#waiting.shift()
    if (event !== undefined) return Promise.resolve({ done: false, value: event })
    if (this.#isOver) return Promise.resolve({ done: true, value: undefined })
    return new Promise((resolve) => this.#takers.push(resolve))
  }

  return(): Promise<IteratorResult<SessionEvent>> {
    this._end()
    return Promise.resolve({ done: true, value: undefined })
  }

  /** Whether it takes events of this name. */
  _takes(event: string): boolean {
    return !this.#isOver && (this.names.length === 0 || this.names.includes(event))
  }

  _put(event: string, values: readonly unknown[]): void {
    if (!this._takes(event)) return
    const one: SessionEvent = { event, time: new Date(), value: values[0], values }
    const taker = this.#takers.shift()
    if (taker !== undefined) taker({ done: false, value: one })
    else if (this.#waiting.push(one) > MOST_WAITING) {
      this.#waiting.shift()
      this.dropped++
    }
  }

  _end(): void {
    if (this.#isOver) return
    this.#isOver = true
    for (const taker of this.#takers.splice(0)) taker({ done: true, value: undefined })
    this.ended()
  }
}
