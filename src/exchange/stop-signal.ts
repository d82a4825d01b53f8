import type { Task, TaskControl } from './task.js'

/** Aborted at the first Ctrl-C as well as at the second one: for what should end at either. */
export function stopSignal(control: Pick<TaskControl<unknown>, 'onInterrupt' | 'signal'>): AbortSignal {
  const stop = new AbortController()
  control.onInterrupt(() => stop.abort())
  control.signal.addEventListener('abort', () => stop.abort(), { once: true })
  return stop.signal
}

/**
 * Calls a function when the signal is aborted: at once when it is already, which a listener alone would never hear of.
 * @returns takes the function off again
 */
export function onAbort(signal: AbortSignal, handler: () => void): () => void {
  signal.addEventListener('abort', handler, { once: true })
  if (signal.aborted) handler()
  return () => signal.removeEventListener('abort', handler)
}

/** Waits for a task that is a part of something else: it is given up with that. */
export async function partOf<T>(signal: AbortSignal, task: Task<T>): Promise<T> {
  const noMore = onAbort(signal, () => task.abort(signal.reason))
  try {
    return await task
  } finally {
    noMore()
  }
}
