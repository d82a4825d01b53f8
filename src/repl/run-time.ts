/** What transformed code calls: it starts and resumes functions that wait, and stands in for some of the language. */
import { types } from 'node:util'
import { Interrupted, InterruptScope, Task, type TaskProgress } from '../exchange/task.js'
import { waitingCallbacks } from './array-callbacks.js'
import { END, live, Pending } from './live.js'
import { ScriptExit } from './script-exit.js'
import { SHARED, SHARED_SIZE } from './sigint-thread.js'
import { Turns } from './turns.js'
import { together, type Waited, waitForPromise } from './waits.js'

/** The operators that know packets (src/packet/operators.ts). */
export interface Operators {
  divide(a: unknown, b: unknown): unknown
  multiply(a: unknown, b: unknown): unknown
  isIn(key: unknown, object: unknown): boolean
  remove(object: unknown, key: unknown): boolean
}

/** A generator of transformed code: it yields what it waits for. */
export type Waiting = Generator<unknown, unknown, unknown>

/** Whether the code that runs now has waited already, so that it may be suspended anywhere. */
let suspendable = false
const PAUSE = Symbol('pause')
/** How long code may run before the event loop gets a turn, in milliseconds. */
const TURN = 30
/** The flag when SIGINT still ends the process, since nothing has run for long. */
const UNWATCHED = 3

/**
 * The run-time. One object for one shell; transformed programs get it as their argument. Its short names are those that the
 * transform writes.
 */
export class Runtime {
  readonly Task = Task
  readonly Pending = Pending
  readonly END = END
  readonly live = live
  /** Shared with the thread that sees SIGINT; {@link SHARED} names the places. The first one is what loops look at. */
  readonly flags = new Int32Array(new SharedArrayBuffer(4 * SHARED_SIZE))
  /** The user's code runs in these. */
  readonly turns = new Turns(this.flags)
  /** Where an evaluation in the foreground belongs to; callbacks of the user's that others call belong to it as well. */
  foreground: InterruptScope | null = null
  /** Tasks of the user's own functions in this evaluation; some may turn out never to be awaited. */
  made: Task<unknown>[] = []
  /** For errors that arrived later: where the operation was started. */
  readonly origins = new WeakMap<object, { stack?: string }>()
  /** For errors on their way through functions that had waited: where each of these was called, innermost first. */
  readonly callers = new WeakMap<object, { stack?: string }[]>()
  /** Called for the first press of Ctrl-C that a running loop notices before the event loop does. */
  onPress: () => void = () => {}
  /** Called once when loops have run for a while, so that Ctrl-C can be watched from then on; null: it is watched already. */
  onLong: (() => void) | null = null
  #looks = 0
  /** Where the next function that is called belongs to, when it is the one of a job. */
  #freshScope: InterruptScope | null = null
  readonly #operators: Operators
  #turnBegan = 0

  constructor(operators: Operators) {
    this.#operators = operators
    this.divide = operators.divide
    this.multiply = operators.multiply
    this.isIn = operators.isIn
  }

  readonly divide: Operators['divide']
  readonly multiply: Operators['multiply']
  readonly isIn: Operators['isIn']

  /** `delete object[key]` as sloppy code means it: false instead of an error where it cannot be. */
  readonly remove = (object: unknown, key: unknown): boolean => {
    try {
      return this.#operators.remove(object, key)
    } catch (error) {
      if (
        error instanceof TypeError &&
        object !== null &&
        object !== undefined &&
        /^Cannot delete/.test(error.message)
      ) {
        return false
      }
      throw error
    }
  }

  /** `object[key] /= value` where no variable can hold the object. */
  divideMember(object: Record<PropertyKey, unknown>, key: PropertyKey, value: unknown): unknown {
    object[key] = this.divide(object[key], value)
    return object[key]
  }

  /** `object[key] *= value` where no variable can hold the object. */
  multiplyMember(object: Record<PropertyKey, unknown>, key: PropertyKey, value: unknown): unknown {
    object[key] = this.multiply(object[key], value)
    return object[key]
  }

  /**
   * Runs the body of a user's function. Returns its result, or a Task when it met one.
   * @param constructing `new.target` of the call: a constructor cannot wait
   */
  go(generator: Waiting, constructing?: { name?: string }): unknown {
    if (this.#freshScope !== null) {
      // The function that a job consists of: it may be suspended from its first line on.
      const scope = this.#freshScope
      this.#freshScope = null
      return this.#drive(generator, undefined, scope, true)
    }
    if (!suspendable && InterruptScope.current !== null) {
      const step = generator.next()
      return step.done ? step.value : this.#suspend(generator, step.value, constructing)
    }
    return this.#goFirst(generator, constructing)
  }

  /** The first function on the way into synchronous code: what its callees may do is set up, and set back. */
  #goFirst(generator: Waiting, constructing?: { name?: string }): unknown {
    const wasSuspendable = suspendable
    suspendable = false
    const outer = InterruptScope.current
    if (outer === null) InterruptScope.current = this.foreground
    try {
      const step = generator.next()
      return step.done ? step.value : this.#suspend(generator, step.value, constructing)
    } finally {
      suspendable = wasSuspendable
      InterruptScope.current = outer
    }
  }

  #suspend(generator: Waiting, waitsFor: unknown, constructing?: { name?: string }): unknown {
    if (constructing) return this.no(waitsFor, nameOf(waitsFor), `new ${constructing.name ?? 'object'}()`)
    return this.#drive(generator, waitsFor, InterruptScope.current)
  }

  /** Runs a function of the user's side by side with all else, as a task in a scope of its own: interrupting that is Ctrl-C for it. */
  background(work: () => unknown, name: string): Task<unknown> {
    const scope = new InterruptScope()
    let inner: unknown
    const task = new Task<unknown>(
      (resolve, reject) =>
        this.turns.run(() => {
          const outer = InterruptScope.current
          InterruptScope.current = scope
          this.#freshScope = scope
          try {
            inner = work()
            if (inner instanceof Task) task._givePartial(() => (inner as Task<unknown>).partial)
            resolve(inner)
          } catch (error) {
            reject(error)
          } finally {
            this.#freshScope = null
            InterruptScope.current = outer
          }
        }, reject),
      {
        name,
        interrupt: () => void scope.press(),
        abort: () => {
          if (!scope.aborted) scope.press()
          if (!scope.aborted) scope.press()
        },
      },
    )
    // What it is at just now; a task that it consists of tells by itself.
    Object.defineProperty(task, 'state', {
      get: () => (inner instanceof Task && inner.name !== 'function' ? inner.state : stateOf(scope)),
      set: () => undefined,
      configurable: true,
    })
    return task
  }

  /** Runs a whole program in a scope. The Task gives its completion value. */
  start(generator: Waiting, scope: InterruptScope): Task<unknown> {
    return this.#drive(generator, undefined, scope, true)
  }

  #drive(generator: Waiting, first: unknown, scope: InterruptScope | null, fresh = false): Task<unknown> {
    let waitsFor: Waited | null = null
    const caller = fresh ? null : callerOf(this.go)
    // Set when the function was sent to the background: a scope of its own, so that stopping it ends it as Ctrl-C would.
    let own: InterruptScope | null = null
    const task = new Task<unknown>(
      (resolve, reject) => {
        const advance = (failed: boolean, value: unknown): void => {
          this.turns.run(() => take(failed, value), reject)
        }
        const take = (failed: boolean, value: unknown): void => {
          waitsFor = null
          const outer = InterruptScope.current
          const wasSuspendable = suspendable
          InterruptScope.current = scope
          suspendable = true
          this.#turnBegan ||= Date.now()
          let step: IteratorResult<unknown, unknown>
          try {
            step = failed ? generator.throw(value) : generator.next(value)
          } catch (error) {
            if (caller !== null) this.#passes(error, caller)
            reject(this.#interrupts(error) ? new Interrupted() : error)
            return
          } finally {
            suspendable = wasSuspendable
            InterruptScope.current = outer
          }
          if (step.done) resolve(step.value)
          else wait(step.value)
        }
        const wait = (value: unknown): void => {
          if (value === PAUSE) {
            setImmediate(() => {
              this.#turnBegan = Date.now()
              if (scope?.mustStop) advance(true, new Interrupted())
              else advance(false, undefined)
            })
          } else if (value instanceof Task) {
            waitsFor = value
            value.then(
              (result) => advance(false, result),
              (error) => {
                if (typeof error === 'object' && error && value._origin && !this.origins.has(error)) {
                  this.origins.set(error, value._origin)
                }
                advance(true, error)
              },
            )
          } else {
            waitsFor = waitForPromise(value, scope, advance)
          }
        }
        if (fresh) advance(false, undefined)
        else wait(first)
      },
      {
        name: 'function',
        interrupt: () => {
          if (own === null) waitsFor?.interrupt()
          else own.press()
        },
        abort: (reason) => {
          own?.press()
          waitsFor?.abort(reason)
        },
        rescope: (to) => {
          own = to === null ? new InterruptScope() : null
          scope = to ?? own
          waitsFor?._rescope(scope)
        },
      },
    )
    if (!fresh) this.made.push(task)
    return task
  }

  #passes(error: unknown, caller: { stack?: string }): void {
    if (typeof error !== 'object' || error === null) return
    const callers = this.callers.get(error)
    if (callers === undefined) this.callers.set(error, [caller])
    else if (callers.length < 20) callers.push(caller)
  }

  /** The thread that sees SIGINT has ended what ran, in this turn (0: in none). What was on the stack is gone, `finally` blocks too. */
  ended(turn: number): void {
    suspendable = false
    InterruptScope.current = null
    this.turns.ended(turn)
  }

  /** Whether an error says that a system call or a program was ended by the Ctrl-C that nobody has looked at yet; that is then done. */
  #interrupts(error: unknown): boolean {
    if (types.isProxy(error) || !(error instanceof Error)) return false
    const { code, signal } = error as Error & { code?: unknown; signal?: unknown }
    if (code !== 'EINTR' && signal !== 'SIGINT') return false
    // The thread that sees the press may be a moment behind.
    Atomics.wait(this.flags, SHARED.flag, this.flags[SHARED.flag] === 1 ? 0 : this.flags[SHARED.flag]!, 100)
    if (this.flags[SHARED.flag] !== 1) return false
    this.onPress()
    return true
  }

  /** An evaluation begins or has ended: what was pressed before is forgotten. */
  calm(): void {
    this.flags[SHARED.flag] = this.onLong === null ? 0 : UNWATCHED
  }

  /** Whether Ctrl-C was pressed and nobody has looked yet. */
  get isPressed(): boolean {
    return this.flags[SHARED.flag] === 1
  }

  set isPressed(pressed: boolean) {
    this.flags[SHARED.flag] = pressed ? 1 : 0
  }

  /** Whether a loop should let the event loop run. */
  due(): boolean {
    return suspendable && Date.now() - this.#turnBegan > TURN
  }

  /** What a loop does when the flag is up: whether it has to pause. */
  look(): boolean {
    if (this.flags[SHARED.flag] !== UNWATCHED) return true
    if ((++this.#looks & 63) !== 0 || Date.now() - this.#turnBegan <= TURN) return false
    const begin = this.onLong
    this.watched()
    begin?.()
    return false
  }

  /** Ctrl-C is being watched from now on. */
  watched(): void {
    this.onLong = null
    if (this.flags[SHARED.flag] === UNWATCHED) this.flags[SHARED.flag] = 0
  }

  /** What a loop yields at a checkpoint; throws when it has to stop. */
  pause(): unknown {
    this.stop()
    return PAUSE
  }

  /** Throws when loops have to stop; else just clears a press that stopped what waits. */
  stop(): void {
    if (this.flags[SHARED.flag] === UNWATCHED && !this.look()) return
    if (this.flags[SHARED.flag] === 1) this.onPress()
    if ((InterruptScope.current ?? this.foreground)?.mustStop) throw new Interrupted()
  }

  /** First thing in each `catch`: an interrupt goes on. */
  caught(error: unknown): void {
    if (this.#interrupts(error)) throw new Interrupted()
    if (error instanceof ScriptExit) throw error
    if (error instanceof Interrupted && (InterruptScope.current ?? this.foreground)?.interrupted) throw error
  }

  /** Entering a `finally` block. */
  shield(): [InterruptScope | null, boolean] {
    const scope = InterruptScope.current ?? this.foreground
    return [scope, scope?.shield() ?? false]
  }

  /** Leaving a `finally` block. */
  unshield([scope, shielded]: [InterruptScope | null, boolean]): void {
    scope?.unshield(shielded)
  }

  /** A call where nothing can wait: its value, or a clear error when it is a Task. */
  no(value: unknown, text: string, where: string): unknown {
    if (!(value instanceof Task)) return value
    value.catch(() => {})
    value.abort()
    throw new TypeError(`${text}() has to wait, and ${where} cannot; call it in an ordinary function instead`)
  }

  /** `receiver.method(...)` with callbacks that may wait. */
  call(receiver: unknown, method: string, text: string, ...parameters: unknown[]): unknown {
    const own = (receiver as Record<string, unknown>)[method]
    if (typeof own !== 'function') throw new TypeError(`${text} is not a function`)
    const waiting = waitingCallbacks.get(own)
    if (waiting && typeof parameters[0] === 'function') return this.go(waiting(receiver, parameters))
    return own.apply(receiver, parameters)
  }

  readonly all = (values: Iterable<unknown>): unknown => together('all', values)
  readonly allSettled = (values: Iterable<unknown>): unknown => together('allSettled', values)
  readonly any = (values: Iterable<unknown>): unknown => together('any', values)
  readonly race = (values: Iterable<unknown>): unknown => together('race', values)

  /** Stands in for `super` in the generator inside of a method. */
  superReference(read: (key: PropertyKey) => unknown, write: (key: PropertyKey, value: unknown) => void): unknown {
    return (key: PropertyKey) => ({
      get value() {
        return read(key)
      },
      set value(value: unknown) {
        write(key, value)
      },
    })
  }

  /** Makes names global variables, whatever they were before. */
  declare(names: string[]): void {
    for (const name of names) {
      const old = Object.getOwnPropertyDescriptor(globalThis, name)
      if (old && 'value' in old && old.writable && old.enumerable) continue
      if (old && !old.configurable) throw new SyntaxError(`'${name}' cannot be declared: it is part of the language`)
      const value = old && 'value' in old ? old.value : undefined
      Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: true })
    }
  }

  /** An assignment to a constant of the prompt. */
  constant(name: string): never {
    throw new TypeError(`Assignment to constant variable '${name}'; const ${name} = … may be declared again`)
  }

  /** Gives a global function the name that the user gave it. */
  named<F extends object>(name: string, value: F): F {
    return Object.defineProperty(value, 'name', { value: name, configurable: true })
  }

  /** Checks that a module has what is imported from it. */
  imported(module: Record<string, unknown>, names: string[], from: string): Record<string, unknown> {
    for (const name of names) {
      if (!(name in module)) throw new SyntaxError(`The module '${from}' has no export named '${name}'`)
    }
    return module
  }
}

/** Who called a function that begins to wait. Few frames: this is done for each such call. */
function callerOf(from: (...parameters: never[]) => unknown): { stack?: string } {
  const caller = {}
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 8
  Error.captureStackTrace(caller, from)
  Error.stackTraceLimit = limit
  return caller
}

/** What the operations in a scope have told, with the name of the one that waits. */
function stateOf(scope: InterruptScope): TaskProgress {
  for (const operation of scope.operations()) {
    if (!(operation instanceof Task)) continue
    const { done, total, text, subject } = operation.state
    const at = `in ${subject === undefined ? operation.name : `${operation.name} ${subject}`}`
    const count = done === undefined ? undefined : `${done}${total === undefined ? '' : ` of ${total}`}`
    return { text: [at, text ?? count].filter((part) => part !== undefined).join(', ') }
  }
  return {}
}

function nameOf(value: unknown): string {
  return value instanceof Task ? value.name : 'a promise'
}
