/** Jobs: tasks that run in the background, `bg(sniff())`. */
import { PacketError } from '../packet/index.js'
import { grouped, progressParts } from './progress-text.js'
import { report } from './report.js'
import { Interrupted, InterruptScope, Task, type TaskProgress } from './task.js'

export type JobState = 'running' | 'done' | 'failed' | 'stopped'

/** All jobs of this session by number; what is over stays, so that its result can be looked at. */
const known: Job<unknown>[] = []
/** Jobs that are over and still listed; older ones go, with their results. */
const KEPT = 20
let lastNumber = 0

/** Hears of the end of jobs that nobody waits for. */
type JobListener = (job: Job<unknown>) => void
let listeners: JobListener[] = []

/**
 * Calls `listener` when a job ends that nobody waits for (with `fg`, `kill`, `stop` or `wait`). Without a listener only failures
 * are told. Returns the function that stops this.
 */
export function onJobEnd(listener: JobListener): () => void {
  listeners.push(listener)
  return () => {
    listeners = listeners.filter((other) => other !== listener)
  }
}

/** Runs a function as a task of its own; `name` is what the task is called. */
type Background = (work: () => unknown, name: string) => Task<unknown>

let background: Background = (work, name) => {
  const scope = new InterruptScope()
  return new Task(
    (resolve, reject) => setImmediate(() => void Promise.resolve(scope.run(work)).then(resolve, reject)),
    {
      name,
      interrupt: () => void scope.press(),
      abort: () => void scope.press(),
    },
  )
}

/** Replaces how functions are run in the background: a shell can suspend those that were typed. */
export function runFunctionsWith(run: Background): void {
  background = run
}

/**
 * A task in the background. Its one line, as the prompt shows it: `[1] sniff on eth0: running 12 s, 1 204 packets, 0 lost`.
 */
export class Job<T = unknown> {
  /** Counted from 1. */
  readonly number = ++lastNumber
  readonly task: Task<T>
  /** 'stopped' is one that was asked to end, by `stop()` or by leaving the shell. */
  state: JobState = 'running'
  /** When it began. */
  readonly started = new Date()
  /** Why it failed. */
  error: unknown
  readonly #began = performance.now()
  readonly #label: string | undefined
  #ended: number | undefined
  #stopping = false
  #awaited = 0

  /** @param label what it is called where the task has no name of its own */
  constructor(task: Task<T>, label?: string) {
    this.task = task.detach()
    this.#label = task.name === 'function' || task.name === 'task' ? label : undefined
    task.then(
      () => this.#end(this.#stopping ? 'stopped' : 'done'),
      (error) => {
        const stopped = this.#stopping && error instanceof Interrupted
        if (!stopped) this.error = error
        this.#end(stopped ? 'stopped' : 'failed')
      },
    )
  }

  /** What runs, and on what: `sniff on eth0`. */
  get name(): string {
    const { subject } = this.task.state
    const name = this.#label ?? this.task.name
    return subject === undefined ? name : `${name} ${subject}`
  }

  /** The result so far while it runs, then the result; undefined where there is none. */
  get result(): T | undefined {
    return this.task.partial
  }

  /** The same as `result`. */
  get results(): T | undefined {
    return this.task.partial
  }

  /** What it reported last; of a sniff the live counters: packets, bytes, and those lost. */
  get progress(): TaskProgress {
    return this.task.state
  }

  /** Seconds that it has run, until now or until it ended. */
  get elapsed(): number {
    return ((this.#ended ?? performance.now()) - this.#began) / 1000
  }

  /**
   * Ends it, as Ctrl-C ends what runs at the prompt: it keeps what it has. Gives the result; undefined where there is none.
   * Of a job that is over it gives the result at once, or the error that it ended with. Ctrl-C while it ends: at once.
   */
  stop(): Task<T | undefined> {
    if (this.state === 'running') {
      this.#stopping = true
      this.task.interrupt()
    }
    return this.#outcome('stop', (reason) => this.task.abort(reason))
  }

  /** Waits for its end and gives the result. Ctrl-C ends the waiting, not the job. */
  wait(): Task<T | undefined> {
    return this.#outcome('wait')
  }

  #outcome(name: string, abort?: (reason: unknown) => void): Task<T | undefined> {
    return Task.run<T | undefined>(
      async (control) => {
        this.#awaited++
        if (abort !== undefined) {
          control.onInterrupt(() => abort(new Interrupted()))
          control.signal.addEventListener('abort', () => abort(new Interrupted()), { once: true })
        }
        try {
          return await this.task
        } catch (error) {
          if (this.#stopping && error instanceof Interrupted) return this.task.partial
          throw error
        } finally {
          this.#awaited--
        }
      },
      { name },
    )
  }

  #end(state: JobState): void {
    this.state = state
    this.#ended = performance.now()
    if (this.#awaited === 0) {
      for (const listener of listeners) listener(this as Job<unknown>)
      if (listeners.length === 0 && state === 'failed')
        report(`[${this.number}] ${this.name} failed: ${messageOf(this.error)}`, 'warning')
    }
    const over = known.filter((job) => job.state !== 'running')
    for (const old of over.slice(0, Math.max(0, over.length - KEPT))) known.splice(known.indexOf(old), 1)
  }

  toString(): string {
    const progress = this.state === 'failed' ? messageOf(this.error) : this.#progressText()
    const after = this.state === 'running' ? '' : ' after'
    return `[${this.number}] ${this.name}: ${this.state}${after} ${elapsedText(this.elapsed)}${progress === undefined ? '' : `, ${progress}`}`
  }

  /** How far it is, with its pace while it runs; afterwards how far it came. */
  #progressText(): string | undefined {
    const { state } = this.task
    const { elapsed } = this
    const isRunning = this.state === 'running' && elapsed >= 1
    const pace = isRunning ? { done: (state.done ?? 0) / elapsed, packets: (state.packets ?? 0) / elapsed } : undefined
    const parts = progressParts(this.name, state, pace)?.parts.filter((part) => isRunning || !part.endsWith('%'))
    return parts?.join(', ')
  }

  toJSON(): object {
    const { number, name, state, elapsed } = this
    const { done, total, text } = this.task.state
    return { number, name, state, started: this.started.toISOString(), elapsed, done, total, text }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

/** Jobs in the order they were started; shown as one line each. */
export class JobList extends Array<Job> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array
  }

  override toString(): string {
    return this.length === 0 ? 'no jobs' : this.join('\n')
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

/**
 * Lets something that waits run in the background: `job = bg(sniff({iface: 'eth0'}))`. A function is called there, and what it
 * does runs side by side with the prompt: `bg(() => { for (const host of hosts) ping(host) })`. Ctrl-C does not reach it;
 * `kill(n)` or `job.stop()` ends it, `fg(n)` waits for it, and leaving the shell ends all.
 * @param label what jobs() calls it where it has no name of its own; the shell gives the text of the call
 * @throws PacketError for what is neither a Task nor a function
 */
export function bg<T>(task: Task<T> | (() => T | PromiseLike<T>), label?: string): Job<T> {
  if (typeof task === 'function') {
    const name = task.name === '' ? (label ?? shortened(String(task))) : task.name
    return started(background(task, name) as Task<T>)
  }
  if (!(task instanceof Task)) {
    const given = task === null ? 'null' : typeof task === 'object' ? 'a value that is there already' : typeof task
    throw new PacketError(
      `bg: takes the call of something that waits, such as bg(sniff({count: 10})), or a function, such as bg(() => { … }), not ${given}`,
    )
  }
  const before = known.find((job) => job.task === task)
  return (before as Job<T> | undefined) ?? started(task, label)
}

function started<T>(task: Task<T>, label?: string): Job<T> {
  const job = new Job(task, label)
  known.push(job as Job<unknown>)
  return job
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ')
  return line.length > 40 ? `${line.slice(0, 39)}…` : line
}

/** The jobs of this session: those that run, and the last 20 that are over. */
export function jobs(): JobList {
  const list = new JobList()
  list.push(...known)
  return list
}

/** Ends all jobs and waits until they have closed what they had open, at most `seconds` each. */
export async function stopJobs(seconds = 5): Promise<void> {
  const running = known.filter((job) => job.state === 'running')
  if (running.length === 0) return
  const ended = Promise.allSettled(running.map((job) => job.stop()))
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, seconds * 1000)
  })
  await Promise.race([ended, late])
  clearTimeout(timer)
  for (const job of running) job.task.abort()
}

/** The first line: what can be done about it stands below, in `job.error`. */
function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!
}

/** `12 s`, `3 min 5 s`, `2 h 10 min`. */
function elapsedText(seconds: number): string {
  const whole = Math.floor(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}

export { grouped }
