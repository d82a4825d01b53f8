import type { ShellResult } from './result.js'

/** What is wrong with a command of `sh` or with what it did. */
export class ShellError extends Error {
  override name = 'ShellError'
  /** What the program gave until then, where it had begun. */
  readonly result?: ShellResult
  /** Where in the command's text, in characters from its beginning. */
  readonly offset?: number

  constructor(message: string, { result, offset }: { result?: ShellResult; offset?: number } = {}) {
    super(message)
    if (result !== undefined) this.result = result
    if (offset !== undefined) this.offset = offset
  }
}
