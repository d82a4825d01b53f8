/** Handlers of events: in the order of their priority, until one says STOP; what one throws is told, and nothing else ends. */
import { Interrupted, InterruptScope } from '../../exchange/task.js'
import { isThenable } from '../../exchange/thenable.js'
import { STOP } from './stop.js'

/** A handler of an event: plain, or one that waits. */
// biome-ignore lint/suspicious/noExplicitAny: what it takes depends on the event
export type Handler = (...values: any[]) => unknown

/** How a handler is called. */
export interface HandlerOptions {
  /** Lower ones come first; those with the same priority in the order in which they were added. Default 0. */
  priority?: number
  /** Only for the first event. */
  once?: boolean
}

interface Entry {
  handler: Handler
  priority: number
  once: boolean
}

/** The handlers of one session, by event. */
export class Handlers {
  /** What handlers wait for ends with this: with the session, that is, and not with Ctrl-C at the prompt. */
  scope = new InterruptScope()
  readonly #entries = new Map<string, Entry[]>()

  /** @param failed is told what a handler threw */
  constructor(private readonly failed: (event: string, error: unknown) => void) {}

  add(event: string, handler: Handler, { priority = 0, once = false }: HandlerOptions): void {
    const entries = this.#entries.get(event) ?? []
    const place = entries.findIndex((other) => other.priority > priority)
    const entry = { handler, priority, once }
    // A new array: the one that is being gone through stays as it is.
    this.#entries.set(event, place < 0 ? [...entries, entry] : entries.toSpliced(place, 0, entry))
  }

  /** Takes one away, or all of the event. Returns whether there was one. */
  remove(event: string, handler?: Handler): boolean {
    const entries = this.#entries.get(event) ?? []
    const left = handler === undefined ? [] : entries.filter((entry) => entry.handler !== handler)
    if (left.length === 0) this.#entries.delete(event)
    else this.#entries.set(event, left)
    return left.length < entries.length
  }

  has(event: string): boolean {
    return this.#entries.has(event)
  }

  /**
   * Calls the handlers of an event, one after the other. Gives a promise only when one of them waits.
   * @param result is told what each handler gives, unless it is nothing or STOP
   */
  call(event: string, values: readonly unknown[], result?: (value: unknown) => void): Promise<void> | undefined {
    const entries = this.#entries.get(event)
    return entries === undefined ? undefined : this.#callFrom(entries, 0, event, values, result)
  }

  #callFrom(
    entries: readonly Entry[],
    from: number,
    event: string,
    values: readonly unknown[],
    result: ((value: unknown) => void) | undefined,
  ): Promise<void> | undefined {
    for (let i = from; i < entries.length; i++) {
      const { handler, once } = entries[i]!
      if (once) this.remove(event, handler)
      // A session that closes goes on with another one: that of this call is what tells whether it was ended.
      const { scope } = this
      try {
        const given = scope.run(() => handler(...values))
        if (isThenable(given)) return this.#wait(given, scope, entries, i + 1, event, values, result)
        if (given === STOP) return undefined
        if (given !== undefined) result?.(given)
      } catch (error) {
        this.#tell(event, error, scope)
      }
    }
    return undefined
  }

  async #wait(
    promise: PromiseLike<unknown>,
    scope: InterruptScope,
    entries: readonly Entry[],
    next: number,
    event: string,
    values: readonly unknown[],
    result: ((value: unknown) => void) | undefined,
  ): Promise<void> {
    try {
      const given = await promise
      if (given === STOP) return
      if (given !== undefined) result?.(given)
    } catch (error) {
      this.#tell(event, error, scope)
    }
    await this.#callFrom(entries, next, event, values, result)
  }

  #tell(event: string, error: unknown, scope: InterruptScope): void {
    // The session is over, and with it what its handlers waited for.
    if (error instanceof Interrupted && scope.interrupted) return
    this.failed(event, error)
  }
}
