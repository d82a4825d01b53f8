/** Waiting for what is not a Task, and for several things together. */
import { Interrupted, type InterruptScope, Task } from '../exchange/task.js'

/** What a function waits for. */
export interface Waited {
  interrupt(): void
  abort(reason?: unknown): void
  /** It belongs to this scope from now on. */
  _rescope(scope: InterruptScope | null): void
}

/** Waits for what is not a Task: a promise that the user awaits. Ctrl-C ends the waiting, not the work behind it. */
export function waitForPromise(
  value: unknown,
  scope: InterruptScope | null,
  advance: (failed: boolean, value: unknown) => void,
): Waited {
  let over = false
  const once = (failed: boolean, result: unknown): void => {
    if (over) return
    over = true
    scope?.remove(waiting)
    advance(failed, result)
  }
  const waiting = {
    interrupt: () => once(true, new Interrupted()),
    abort: (reason: unknown = new Interrupted()) => once(true, reason),
    _rescope: (to: InterruptScope | null) => {
      scope?.remove(waiting)
      scope = to
      scope?.add(waiting)
    },
  }
  scope?.add(waiting)
  Promise.resolve(value).then(
    (result) => once(false, result),
    (error) => once(true, error),
  )
  return waiting
}

/** Promise.all and its like: a Task when one of the parts is a Task, so that its result is waited for as well. */
export function together(kind: 'all' | 'allSettled' | 'any' | 'race', values: Iterable<unknown>): unknown {
  if (typeof values?.[Symbol.iterator] !== 'function') return Promise[kind as 'all'](values)
  const parts = [...values]
  const combined: Promise<unknown> = Promise[kind as 'all'](parts)
  const tasks = parts.filter((part): part is Task<unknown> => part instanceof Task)
  if (tasks.length === 0) return combined
  return new Task<unknown>((resolve, reject) => combined.then(resolve, reject), {
    name: `Promise.${kind}`,
    interrupt: () => {
      for (const task of tasks) task.interrupt()
    },
    abort: (reason) => {
      for (const task of tasks) task.abort(reason)
    },
    rescope: (scope) => {
      for (const task of tasks) task._rescope(scope)
    },
  })
}
