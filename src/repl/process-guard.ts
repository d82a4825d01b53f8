/** Functions of `process` that would end the shell without a word, and that are no way to leave. */

/** Makes `process.abort()` an error at the prompt. */
export function guardProcess(): void {
  process.abort = () => {
    throw new Error('process.abort() would end the shell at once; .exit or process.exit() leaves')
  }
}
