/** The beginning of a command on another machine. */
import type { Client, ClientChannel } from 'ssh2'
import { SessionError } from '../face/session-error.js'
import { quoted } from '../face/shell-words.js'

/** Starts a command; gives its channel. @throws SessionError when the server does not want to */
export function startCommand(
  client: Client,
  label: string,
  command: string,
  options: { env?: Record<string, string>; pty?: object | undefined } = {},
): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    const refused = (error: Error): void =>
      reject(new SessionError(`${label}: the command could not be started: ${error.message.toLowerCase()}`, 'REFUSED'))
    try {
      client.exec(command, { ...options, pty: options.pty as never }, (error, channel) =>
        error === undefined ? resolve(channel) : refused(error),
      )
    } catch (error) {
      refused(error as Error)
    }
  })
}

/** A command with variables before it: servers take hardly any of a client's. */
export function withVariables(command: string, variables: Readonly<Record<string, string | number>> = {}): string {
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${quoted(String(value))}`)
  return assignments.length === 0 ? command : `export ${assignments.join(' ')}; ${command}`
}
