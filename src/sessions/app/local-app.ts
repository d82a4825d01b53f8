/** Functions of the prompt in the place of a server: for an interface that is shown without one. */
import { OptionError } from '../../exchange/index.js'
import { SessionError } from '../face/session-error.js'
import type { AppCall } from './page/host.js'
import type { AppPeer } from './remote-app.js'

/** What handlers may call, by name: plain or async. */
export type LocalCalls = Readonly<Record<string, (message: never) => unknown>>

/** Calls go to functions. */
export class LocalApp implements AppPeer {
  readonly subject = 'local'

  constructor(private readonly calls: LocalCalls) {
    for (const [name, work] of Object.entries(calls))
      if (typeof work !== 'function') throw new OptionError(`app.show: calls.${name} must be a function of the message`)
  }

  async open(): Promise<void> {}

  async call({ command, message }: AppCall): Promise<unknown> {
    const work = Object.hasOwn(this.calls, command) ? this.calls[command] : undefined
    if (work !== undefined) return (await work(message as never)) ?? null
    const names = Object.keys(this.calls).join(' ')
    throw new SessionError(
      `app: there is no call '${command}'; calls are given as {calls: {…}}: ${names || 'none'}`,
      'COMMAND',
    )
  }

  close(): void {}
}
