/** setTimeout holds at most 2^31 - 1 ms (24.8 days) and fires at once above that. */
export const LONGEST_TIMER = 0x7fffffff

/** Waits so many milliseconds (Infinity: for ever), less when the signal is aborted. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve()
      return
    }
    const until = performance.now() + milliseconds
    let timer: NodeJS.Timeout
    const end = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const wait = (): void => {
      const left = until - performance.now()
      timer = setTimeout(left > LONGEST_TIMER ? wait : end, Math.min(Math.max(left, 0), LONGEST_TIMER))
    }
    signal?.addEventListener('abort', end, { once: true })
    wait()
  })
}

/** Lets the event loop run once: answers are read, and Ctrl-C is heard. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
