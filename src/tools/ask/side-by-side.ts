import { setMaxListeners } from 'node:events'

/**
 * Does the same with all of these, some at the same time, and gives what came of each in their order; of those that were
 * not begun when `stop` was aborted, nothing. The first that fails ends the others.
 * @param most that are under way at once
 * @param work stops at its signal
 */
export async function sideBySide<T, R>(
  all: readonly T[],
  most: number,
  stop: AbortSignal,
  work: (each: T, stop: AbortSignal) => Promise<R>,
  onProgress: (done: number) => void,
): Promise<R[]> {
  const failed = new AbortController()
  const either = AbortSignal.any([stop, failed.signal])
  // One listener for each that is under way; Node takes more than ten for a leak.
  setMaxListeners(most * 2, either)
  const results: R[] = []
  let next = 0
  let done = 0
  const worker = async (): Promise<void> => {
    for (let i = next++; i < all.length && !either.aborted; i = next++) {
      results[i] = await work(all[i]!, either)
      onProgress(++done)
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(most, all.length) }, worker))
  } finally {
    failed.abort()
  }
  return results.filter((result) => result !== undefined)
}
