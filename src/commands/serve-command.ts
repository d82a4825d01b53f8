/** `netshell serve PATH…`: serves until it is over, or Ctrl-C. */
import { OptionError, type TaskControl } from '../exchange/index.js'
import { print } from '../packet/index.js'
import type { FileServer, ServeOptions } from '../sessions/serve/index.js'
import { serve } from '../sessions/serve/serve.js'

/** Runs a server; gives it when it has ended. */
export async function runServe(
  { onInterrupt, signal }: TaskControl<FileServer>,
  what: string | string[] | undefined,
  given: ServeOptions,
): Promise<FileServer> {
  const options = { ...given, ...(await passwordOf(given, signal)) }
  const server = await serve(what, options)
  const close = (): void => void server.close()
  onInterrupt(close)
  process.once('SIGTERM', close)
  try {
    // For a program that reads it: the rest is told on standard error.
    if (!process.stdout.isTTY) print(server.url)
    await server.wait()
    return server
  } finally {
    process.removeListener('SIGTERM', close)
  }
}

/** A password that is not in the list of processes for all to see. */
async function passwordOf({ password }: ServeOptions, signal: AbortSignal): Promise<{ password?: string }> {
  const kept = process.env.NETSHELL_SERVE_PASSWORD
  if (password === undefined) return kept === undefined || kept === '' ? {} : { password: kept }
  // A word that was forgotten makes the next option the password.
  if (typeof password === 'string' && password.startsWith('--'))
    throw new OptionError(`serve: option password takes a text, and '${password}' looks like another option`)
  if (password !== '-') return {}
  const { askUser } = await import('../sessions/ssh/ask-user.js')
  return { password: await askUser('Password that clients will be asked for: ', { isHidden: true, signal }) }
}
