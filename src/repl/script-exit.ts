/** `process.exit` in a script that runs inside a session: it ends the script, not the session. */
import { Interrupted } from '../exchange/task.js'

/** A script has ended itself. As an interrupt, user code cannot catch it, and its `finally` blocks run. */
export class ScriptExit extends Interrupted {
  constructor(readonly code: number) {
    super(`ended with exit code ${code}`)
  }
}

/** Runs `work`; `process.exit(n)` in it throws {@link ScriptExit}. */
export async function withoutExit<T>(work: () => Promise<T>): Promise<T> {
  const { exit } = process
  process.exit = (code?: number | string | null): never => {
    throw new ScriptExit(Number(code ?? process.exitCode ?? 0))
  }
  try {
    return await work()
  } finally {
    process.exit = exit
    // What a script has set is not what the session will end with.
    process.exitCode = undefined
  }
}
