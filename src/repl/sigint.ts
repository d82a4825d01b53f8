/**
 * Ctrl-C while code runs. A thread sees SIGINT even when the main one is busy (sigint-thread.ts). Until it is up, an ordinary
 * handler does the same between turns, and code of the user's that follows a wait is held back for those milliseconds.
 */
import type { Worker } from 'node:worker_threads'
import type { Runtime } from './run-time.js'
import { BEFORE_END, SHARED, THREAD } from './sigint-thread.js'

/** How long the user's code is held back for the thread at most, in milliseconds. */
const LONGEST_START = 2000

/** Watches SIGINT for one shell. */
export class SigintWatch {
  readonly #runtime: Runtime
  readonly #onPress: () => void
  #handler = false
  #thread: Worker | null = null
  /** Whether the thread is up. */
  watching = false

  /**
   * @param onPress called for each press that nobody has acted on
   */
  constructor(runtime: Runtime, onPress: () => void) {
    this.#runtime = runtime
    this.#onPress = onPress
  }

  /** Takes SIGINT from now on: it does not end the process any more. */
  take(): void {
    if (this.#handler) return
    this.#handler = true
    // Never taken off again: that would reset what the thread installs after it (the last one that touches SIGINT wins).
    process.on('SIGINT', this.#pressed)
    process.on('removeListener', this.#stayed)
  }

  /** Somebody has removed all listeners: without one, node gives SIGINT back to the system, and the next press would end the process. */
  readonly #stayed = (name: string | symbol, listener: unknown): void => {
    if (name !== 'SIGINT' || listener !== this.#pressed) return
    process.on('SIGINT', this.#pressed)
    if (!this.#thread) return
    Atomics.store(this.#runtime.flags, SHARED.renew, 1)
    Atomics.notify(this.#runtime.flags, SHARED.renew)
  }

  /**
   * Starts the thread; the thread never keeps the process alive.
   * @param busy the main thread is in a loop already: it would not hear the ordinary handler, so SIGINT keeps its meaning until
   *   the thread is up
   */
  startThread(busy = false): void {
    if (!busy) this.take()
    if (this.#thread) return
    this.#runtime.watched()
    const { flags } = this.#runtime
    registerBeforeEnd(flags)
    // Loaded now and not at the start of the program: it takes some of the milliseconds that a prompt may take.
    const threads = process.getBuiltinModule('node:worker_threads')
    this.#thread = new threads.Worker(THREAD, { eval: true, workerData: flags, execArgv: [] })
    const up = new Promise<void>((resolve) => {
      // Keeps the process alive for that long: what is held back has nothing else that would.
      const timer = setTimeout(resolve, LONGEST_START)
      const done = (watching: boolean): void => {
        this.watching = watching
        clearTimeout(timer)
        resolve()
      }
      this.#thread!.on('message', (message: 'ready' | 'pressed' | { ended: number }) => {
        if (message === 'ready') done(true)
        else if (message === 'pressed') this.#heard()
        // By then the inspector has let go, so that the process may leave.
        else setImmediate(() => this.#runtime.ended(message.ended))
      })
      // Without the thread, the handler still works whenever nothing is busy.
      this.#thread!.on('error', () => done(false))
    })
    this.#runtime.turns.holdBack(up)
    this.#thread.unref()
    process.on('beforeExit', this.#stay)
  }

  /** What was ended may have been all that kept the process alive; what it leads to comes in a moment. */
  readonly #stay = (): void => {
    const { flags } = this.#runtime
    if (flags[SHARED.turn]! < 0 || flags[SHARED.mayEnd] === 1) setTimeout(() => undefined, 20)
  }

  #heard(): void {
    const { flags } = this.#runtime
    Atomics.add(flags, SHARED.heard, 1)
    for (const listener of process.listeners('SIGINT')) if (listener !== this.#pressed) listener('SIGINT')
    if (flags[SHARED.flag] === 1) this.#onPress()
  }

  readonly #pressed = (): void => this.#onPress()
}

const TIMERS = /\((?:node:)?internal\/timers:/
const SCOPED = /\bAsyncResource\.runInAsyncScope\b/
const TICKS = /\bprocessTicksAndRejections\b/

/**
 * Node checks that callbacks leave its stack of asynchronous contexts as they found it, and aborts the process otherwise; code
 * that is ended leaves it as it is. Timers and immediates are entered from outside as context 0: with another 0 on top the check
 * holds. (node::AsyncHooks::pop_async_context, the same in Node 20, 22 and 24.)
 */
function registerBeforeEnd(flags: Int32Array): void {
  const { AsyncResource } = process.getBuiltinModule('node:async_hooks')
  const context = new AsyncResource('netshell')
  const id = Object.getOwnPropertySymbols(context).find(({ description }) => description === 'async_id_symbol')
  if (id !== undefined) Object.assign(context, { [id]: 0 })
  const beforeEnd = (): void => {
    const limit = Error.stackTraceLimit
    Error.stackTraceLimit = Number.POSITIVE_INFINITY
    const stack = String(new Error().stack)
    Error.stackTraceLimit = limit
    if (!TIMERS.test(stack)) {
      Atomics.store(flags, SHARED.mayEnd, !SCOPED.test(stack) || TICKS.test(stack) ? 1 : 2)
      return
    }
    if (id === undefined) Atomics.store(flags, SHARED.mayEnd, 2)
    // Ended by the time limit that the inspector was given: so the 0 stays. On a busy machine that may come before it is there.
    else
      context.runInAsyncScope(() => {
        Atomics.store(flags, SHARED.mayEnd, 1)
        for (;;);
      })
  }
  Object.defineProperty(globalThis, Symbol.for(BEFORE_END), { value: beforeEnd, configurable: true })
}
