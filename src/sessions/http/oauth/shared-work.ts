/** Work that several wait for is done once. */

import { onAbort } from '../../../exchange/stop-signal.js'
import type { AbortHook } from '../exchange.js'

interface Running<T> {
  readonly result: Promise<T>
  readonly controller: AbortController
  /** How many wait for it. */
  waiting: number
}

/**
 * What many may ask for at the same time, such as another token: who asks while it is under way gets the same result. It is
 * given up when nobody waits any more.
 */
export class SharedWork<T> {
  #current: Running<T> | undefined

  /** @param work does it; it may go on although it is given up */
  constructor(private readonly work: (signal: AbortSignal) => Promise<T>) {}

  /** Waits for what is under way, or begins. @param abort given up by this one: it rejects with the reason */
  join(abort: AbortHook): Promise<T> {
    // Given up, it may still come to something: two at a time there are never.
    if (this.#current?.controller.signal.aborted) return this.#current.result.catch(() => this.join(abort))
    const current = this.#current ?? this.#begin()
    this.#current = current
    current.waiting++
    return new Promise<T>((resolve, reject) => {
      const leave = abort.onAbort((reason) => {
        reject(reason)
        if (--current.waiting === 0) current.controller.abort(reason)
      })
      current.result.then(resolve, reject).finally(() => leave?.())
    })
  }

  #begin(): Running<T> {
    const controller = new AbortController()
    const current: Running<T> = { result: this.work(controller.signal), controller, waiting: 0 }
    const end = (): void => {
      this.#current = undefined
    }
    current.result.then(end, end)
    return current
  }
}

/** A signal as what the steps of a request have. */
export function hookOf(signal: AbortSignal): AbortHook {
  return {
    get reason() {
      return signal.reason as unknown
    },
    onAbort: (handler) => onAbort(signal, () => handler(signal.reason)),
  }
}
