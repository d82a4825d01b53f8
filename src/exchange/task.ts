/**
 * Task: the promise of everything in netshell that waits (sending, sniffing, sleeping, sessions). It can be interrupted and
 * then keeps what it has, it can be aborted, and it reports progress. It is the only thing that the shell awaits by itself.
 */
import { pause } from './pause.js'
import { isThenable } from './thenable.js'

/** Thrown by API calls after Ctrl-C. Code typed at the prompt cannot catch it; its `finally` blocks still run. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'

  constructor(message = 'interrupted') {
    super(message)
  }
}

/** How far a task has come. All parts are optional; `done` and `total` count the same unit (packets, bytes, hosts). It may be live: read when somebody looks. */
export interface TaskProgress {
  done?: number
  total?: number
  /** What they count, in the plural: `packets`. */
  unit?: string
  /** Packets so far, where `done` counts something else, such as bytes of a file. */
  packets?: number
  text?: string
  /** What it works on, as it goes behind the name: `on eth0`. */
  subject?: string
}

/** What a running operation sees of its own task. */
export interface TaskControl<T> {
  /** Aborted at the second Ctrl-C or by `task.abort()`: stop at once, results are no longer wanted. */
  readonly signal: AbortSignal
  /** Registers what aborting does, as a listener of `signal` would: for operations of which there are very many. */
  onAbort(handler: () => void): void
  /**
   * Registers what the first Ctrl-C does: finish soon, with what there is. Called at most once, never after the task has
   * settled. A task without such a handler has no partial result: it rejects with {@link Interrupted}, its signal aborted.
   */
  onInterrupt(handler: () => void): void
  /** True from the first Ctrl-C on. */
  readonly interrupted: boolean
  /** Tells the listeners of `task.onProgress()`, and is `task.state` from then on. */
  progress(state: TaskProgress): void
  /** Registers what gives the results so far, for `task.partial`. Called whenever somebody asks; it must not throw. */
  partial(results: () => T | undefined): void
  /** Finishes the task with this value now, whatever the operation still does. */
  finish(value: T | PromiseLike<T>): void
}

/** Anything that an interrupt can stop. */
export interface Interruptible {
  interrupt(): void
  abort(reason?: unknown): void
}

/**
 * The scope of one evaluation: it knows what waits, so that one Ctrl-C stops all of it. After the first press, the next
 * API call throws {@link Interrupted}; after the second one everything that still waits is aborted.
 */
export class InterruptScope {
  /** The scope that API calls made right now belong to; null in code that is not the user's. */
  static current: InterruptScope | null = null

  /** True from the first press on: API calls throw. */
  interrupted = false
  /** True when loops have to stop too: nothing waited at the first press, or it was the second one. */
  stopping = false
  /** True from the second press on. */
  aborted = false
  readonly #waiting = new Set<Interruptible>()
  #shields = 0

  /** How many operations wait in this scope now. */
  get waiting(): number {
    return this.#waiting.size
  }

  /** What waits in this scope now, in the order it began. */
  operations(): Iterable<Interruptible> {
    return this.#waiting
  }

  /** Registers an operation that waits. */
  add(operation: Interruptible): void {
    this.#waiting.add(operation)
  }

  /** Forgets an operation that is over. */
  remove(operation: Interruptible): void {
    this.#waiting.delete(operation)
  }

  /** One press of Ctrl-C. Returns what it did: the first one interrupts, the second one aborts. */
  press(): 'interrupted' | 'aborted' {
    if (this.interrupted) {
      this.aborted = true
      this.stopping = true
      for (const operation of [...this.#waiting]) operation.abort(new Interrupted())
      return 'aborted'
    }
    this.interrupted = true
    if (this.#waiting.size === 0) this.stopping = true
    for (const operation of [...this.#waiting]) operation.interrupt()
    return 'interrupted'
  }

  /** Throws {@link Interrupted} when the user has asked to stop; API functions that do not wait may call it too. */
  check(): void {
    if (this.interrupted && (this.#shields === 0 || this.aborted)) throw new Interrupted()
  }

  /** Whether a loop has to stop now; false inside a `finally` block that cleans up after the interrupt. */
  get mustStop(): boolean {
    return this.stopping && (this.#shields === 0 || this.aborted)
  }

  /** Entering a `finally` block: after an interrupt, what it waits for is allowed. Give the result to {@link unshield}. */
  shield(): boolean {
    if (this.interrupted) this.#shields++
    return this.interrupted
  }

  /** Leaving a `finally` block. */
  unshield(shielded: boolean): void {
    if (shielded) this.#shields--
  }

  /** Runs `work` with this scope as the current one. */
  run<R>(work: () => R): R {
    const outer = InterruptScope.current
    InterruptScope.current = this
    try {
      return work()
    } finally {
      InterruptScope.current = outer
    }
  }
}

// Shared by all tasks: of literals that live long V8 makes all further ones where they are collected rarely, and with them what they refer to.
const NOBODY: readonly never[] = Object.freeze([])
const NOTHING_YET: TaskProgress = Object.freeze({})

/** What makes a task stop; given by those who build a task from parts. */
export interface TaskOptions {
  /** Shown to the user, as in `sniff`. */
  name?: string
  interrupt?: () => void
  abort?: (reason: unknown) => void
  /** The task belongs to this scope now, and so does what it waits for; null: to none. */
  rescope?: (scope: InterruptScope | null) => void
}

/**
 * A promise of a result that can be interrupted. Made with {@link Task.run}; `then`, `catch` and `finally` give ordinary
 * promises.
 */
export class Task<T> extends Promise<T> implements Interruptible {
  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  readonly name: string
  /** When it began, as `performance.now()`. */
  readonly began = performance.now()
  /** True as soon as the result (or the error) is there. */
  settled = false
  /** What the operation reported last; empty before that. Some are live: they change while it runs. */
  state: TaskProgress = NOTHING_YET
  /** Where it was started; an error that arrives later has no line of the user's in its own stack. */
  _origin: { stack?: string } | null = null
  /** Whether anybody asked for the result; the shell warns of waits that nobody did. */
  _observed = false
  #reject: (reason: unknown) => void
  #options: TaskOptions
  #scope: InterruptScope | null = null
  #listeners: readonly ((state: TaskProgress) => void)[] = NOBODY
  #partial: () => T | undefined = () => undefined

  constructor(
    executor: (resolve: (value: T | PromiseLike<T>) => void, reject: (reason: unknown) => void) => void,
    options: TaskOptions = {},
  ) {
    let rejectTask: (reason: unknown) => void = () => {}
    super((resolve, reject) => {
      rejectTask = reject
      executor(resolve, reject)
    })
    this.name = options.name ?? 'task'
    this.#reject = rejectTask
    this.#options = options
    super.then(
      (value) => {
        this.#partial = () => value
        this.#settle()
      },
      () => this.#settle(),
    )
  }

  /**
   * Starts an operation that waits. `work` runs at once; what it returns (or the promise of it) is the result.
   * Throws {@link Interrupted} when the user has interrupted the evaluation that this call belongs to.
   */
  static run<T>(work: (control: TaskControl<T>) => Promise<T> | T, options: { name?: string } = {}): Task<T> {
    const scope = InterruptScope.current
    scope?.check()
    const operation = new Operation<T>(work, options)
    const { task } = operation
    if (scope) {
      task._join(scope)
      task._origin = {}
      Error.captureStackTrace(task._origin, Task.run)
    }
    // What the operation itself calls belongs to it, not to the user: one Ctrl-C must reach the operation alone.
    InterruptScope.current = null
    try {
      operation.start()
    } finally {
      InterruptScope.current = scope
    }
    return task
  }

  // biome-ignore lint/suspicious/noThenProperty: a promise has one; this notes that somebody waits
  override then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this._observed = true
    return super.then(onFulfilled, onRejected)
  }

  /** Asks the operation to finish with what it has (first Ctrl-C). Does nothing when it is over. */
  interrupt(): void {
    if (this.settled) return
    if (this.#options.interrupt) this.#options.interrupt()
    else this.abort(new Interrupted())
  }

  /** Ends the operation now; the task rejects with `reason`. Does nothing when it is over. */
  abort(reason: unknown = new Interrupted(`${this.name} was aborted`)): void {
    if (this.settled) return
    this.#options.abort?.(reason)
    this.#reject(reason)
  }

  /** Calls `listener` whenever the operation reports progress. Returns the function that stops this. */
  onProgress(listener: (state: TaskProgress) => void): () => void {
    this.#listeners = [...this.#listeners, listener]
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== listener)
    }
  }

  /** The results so far; when it is over, the result (after an error what there was before it). Undefined where there are none. */
  get partial(): T | undefined {
    return this.#partial()
  }

  /** Lets the task run on by itself, out of reach of Ctrl-C at the prompt (background jobs). */
  detach(): this {
    this._rescope(null)
    return this
  }

  /** Makes Ctrl-C in `scope` reach this task for as long as it runs. */
  _join(scope: InterruptScope): void {
    this.#scope = scope
    scope.add(this)
  }

  /** Moves the task, and what it waits for, from its scope to another one (null: to none). Does nothing when it is over. */
  _rescope(scope: InterruptScope | null): void {
    if (this.settled) return
    const before = this.#scope
    this.#leaveScope()
    if (scope !== null && before !== null) this._join(scope)
    this.#options.rescope?.(scope)
  }

  /** Reports progress to the listeners. */
  _progress(state: TaskProgress): void {
    this.state = state
    for (const listener of this.#listeners) listener(state)
  }

  /** Registers what gives the results so far. */
  _givePartial(results: () => T | undefined): void {
    this.#partial = results
  }

  #settle(): void {
    this.settled = true
    this.#listeners = NOBODY
    this.#leaveScope()
  }

  #leaveScope(): void {
    this.#scope?.remove(this)
    this.#scope = null
  }
}

/** The inside of a task made by Task.run: the control that its work sees. */
class Operation<T> implements TaskControl<T>, TaskOptions {
  readonly task: Task<T>
  readonly name: string | undefined
  interrupted = false
  #work: (control: TaskControl<T>) => Promise<T> | T
  #resolve: (value: T | PromiseLike<T>) => void = () => {}
  #reject: (reason: unknown) => void = () => {}
  /** Made when somebody asks for it: most operations are over before that. */
  #controller: AbortController | undefined
  #aborted: { reason: unknown } | undefined
  #handlers: readonly (() => void)[] = NOBODY
  #leavers: readonly (() => void)[] = NOBODY

  constructor(work: (control: TaskControl<T>) => Promise<T> | T, options: { name?: string }) {
    this.#work = work
    this.name = options.name
    this.task = new Task<T>((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    }, this)
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#aborted !== undefined) this.#controller.abort(this.#aborted.reason)
    }
    return this.#controller.signal
  }

  start(): void {
    try {
      const result = this.#work(this)
      if (isThenable(result)) result.then(this.#resolve, this.#reject)
      else this.#resolve(result)
    } catch (error) {
      this.#reject(error)
    }
  }

  // The control's functions may be taken out of it: `({ onInterrupt, finish }) => …`. Made when that happens: most operations need none.
  get onInterrupt(): (handler: () => void) => void {
    return (handler) => {
      if (this.task.settled) return
      if (this.interrupted) handler()
      else this.#handlers = [...this.#handlers, handler]
    }
  }

  get onAbort(): (handler: () => void) => void {
    return (handler) => {
      if (this.#aborted !== undefined) handler()
      else this.#leavers = [...this.#leavers, handler]
    }
  }

  get progress(): (state: TaskProgress) => void {
    return (state) => {
      if (!this.task.settled) this.task._progress(state)
    }
  }

  get partial(): (results: () => T | undefined) => void {
    return (results) => {
      if (!this.task.settled) this.task._givePartial(results)
    }
  }

  get finish(): (value: T | PromiseLike<T>) => void {
    return this.#resolve
  }

  abort(reason: unknown): void {
    if (this.#aborted !== undefined) return
    this.#aborted = { reason }
    this.#controller?.abort(reason)
    for (const leave of this.#leavers) leave()
  }

  interrupt(): void {
    if (this.interrupted) return
    this.interrupted = true
    const handlers = this.#handlers
    this.#handlers = NOBODY
    if (handlers.length === 0) {
      this.task.abort(new Interrupted())
      return
    }
    for (const handler of handlers) handler()
  }
}

/**
 * Waits. `seconds` may be a fraction (0.5); 0 lets others run once.
 * Interrupted, it rejects with {@link Interrupted}: there is no partial result of a pause. Throws RangeError below 0.
 */
export function sleep(seconds: number): Task<void> {
  if (typeof seconds !== 'number' || !(seconds >= 0)) {
    throw new RangeError(`sleep(${String(seconds)}): give the seconds to wait as a number, 0 or more`)
  }
  return Task.run<void>(
    ({ signal, progress }) => {
      if (seconds < TOLD_SLEEP) return pause(seconds * 1000, signal)
      const state = new SleepProgress(seconds)
      progress(state)
      return pause(seconds * 1000, signal).finally(() => state.end())
    },
    { name: 'sleep' },
  )
}

/** Of shorter pauses nothing is told: they are often steps of a loop. */
const TOLD_SLEEP = 5

/** How long a pause still is. */
class SleepProgress implements TaskProgress {
  readonly #until: number
  /** When it was over, before its time or not. */
  #ended: number | undefined

  constructor(readonly total: number) {
    this.#until = performance.now() + total * 1000
  }

  get done(): number {
    return Math.min(this.total, Math.max(0, this.total - (this.#until - (this.#ended ?? performance.now())) / 1000))
  }

  /** The pause is over: what it tells stays as it is now. */
  end(): void {
    this.#ended = performance.now()
  }

  get text(): string {
    return `${Math.floor(this.done)} of ${this.total} s`
  }
}

// A bundler gives a class that names itself in its own body another name; people read this one.
Object.defineProperty(Task, 'name', { value: 'Task' })
