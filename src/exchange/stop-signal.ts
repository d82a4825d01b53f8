import type { TaskControl } from './task.js'

/** Aborted at the first Ctrl-C as well as at the second one: for what should end at either. */
export function stopSignal(control: Pick<TaskControl<unknown>, 'onInterrupt' | 'signal'>): AbortSignal {
  const stop = new AbortController()
  control.onInterrupt(() => stop.abort())
  control.signal.addEventListener('abort', () => stop.abort(), { once: true })
  return stop.signal
}
