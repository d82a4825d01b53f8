/** What would end the shell without a word, and is no way to leave. */

/** Makes `process.abort()`, and what would take errors away from the shell, an error at the prompt. */
export function guardProcess(): void {
  process.abort = () => {
    throw new Error('process.abort() would end the shell at once; .exit or process.exit() leaves')
  }
  process.setUncaughtExceptionCaptureCallback = () => {
    throw new Error("the shell itself shows uncaught errors; process.on('uncaughtException', …) hears of them too")
  }
}

/**
 * Errors in callbacks and promises that nobody handles are told to `show`, and the process goes on: also when code has removed all
 * listeners (`process.removeAllListeners()`), or when one of its own throws. Those of the user's are called as always.
 * @returns the function that stops this
 */
export function survive(show: (error: unknown) => void): () => void {
  const emit = process.emit
  const guarded = function (this: NodeJS.Process, ...given: unknown[]): boolean {
    const [event, error] = given
    if (event !== 'uncaughtException' && event !== 'uncaughtExceptionMonitor') return apply(emit, this, given)
    try {
      apply(emit, this, given)
    } catch (another) {
      show(another)
    }
    if (event === 'uncaughtException') show(error)
    return true
  }
  process.emit = guarded as typeof process.emit
  return () => {
    if (process.emit === (guarded as typeof process.emit)) process.emit = emit
  }
}

const { apply } = Reflect as { apply: (work: unknown, self: unknown, given: readonly unknown[]) => boolean }
