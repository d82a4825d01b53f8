/** What a call waits with: giving it up, and how far it is. */
import type { TaskControl } from '../../exchange/index.js'
import { SessionError } from '../face/session-error.js'
import type { AbortHook, Outgoing } from './exchange.js'
import type { HttpOptions } from './http-options.js'

/** What a call waits with: a task's control, or a part of it. */
export type CallControl = Pick<TaskControl<unknown>, 'onAbort' | 'progress'> &
  Partial<Pick<TaskControl<unknown>, 'signal'>>

/** What nobody gives up. */
export const NEVER: AbortHook = { reason: undefined, onAbort: () => () => undefined }

/** Given up with the task that waits for it. */
export class CallAbort implements AbortHook {
  reason: unknown
  readonly #handlers = new Set<(reason: unknown) => void>()

  constructor(control: CallControl) {
    control.onAbort(() => this.abort(control.signal?.reason ?? new SessionError('it was given up', 'ABORTED')))
  }

  abort(reason: unknown): void {
    if (this.reason !== undefined) return
    this.reason = reason
    for (const handler of [...this.#handlers]) handler(reason)
  }

  onAbort(handler: (reason: unknown) => void): () => void {
    if (this.reason !== undefined) handler(this.reason)
    else this.#handlers.add(handler)
    return () => this.#handlers.delete(handler)
  }
}

/** Bytes from which on the prompt shows how far it is. */
const WORTH_TELLING = 256 * 1024

/** Tells the caller of the bytes that go out and come in, and the prompt, too, where there are many. */
export function progressOf({ progress }: HttpOptions, control: CallControl | undefined): Outgoing['progress'] {
  if (control === undefined) return progress
  let state: { done: number; total: number | undefined; unit: string } | undefined
  return (direction, done, total) => {
    progress?.(direction, done, total)
    if (state === undefined) {
      if ((total ?? done) < WORTH_TELLING) return
      state = { done, total, unit: 'bytes' }
      control.progress(state as never)
    }
    state.done = done
    state.total = total
  }
}
