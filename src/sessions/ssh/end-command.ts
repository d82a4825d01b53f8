/** Ending a command on another machine, also where its server passes no signals on. */
import { randomBytes } from 'node:crypto'
import type { ClientChannel } from 'ssh2'
import { quoted } from '../face/shell-words.js'
import type { SshSession } from './ssh-session.js'
import { startCommand } from './start-command.js'

/** OpenSSH lets through what begins so, and nothing reads it: by it a command is found again. */
const MARK = 'LC_NETSHELL_RUN'
/** How long after the signal it is looked for, ms; then how long it has before it is killed. */
const LOOK_AFTER = 250
const KILL_AFTER = 1000

/** A command that can be ended. */
export class EndableCommand {
  readonly #mark = randomBytes(12).toString('hex')
  #timers: NodeJS.Timeout[] = []

  constructor(private readonly session: SshSession) {}

  /** Variables with which it is to be started. */
  get environment(): Record<string, string> {
    return { [MARK]: this.#mark }
  }

  /**
   * Asks it to end; kills it and closes the channel when it does not.
   * @param given up after all of that, when the channel is still not closed
   */
  end(channel: ClientChannel, signal: 'INT' | 'TERM', givenUp: () => void = () => undefined): void {
    sendSignal(channel, signal)
    this.#timers = [
      // OpenSSH passes none on for root.
      setTimeout(() => void this.#signalByMark(signal), LOOK_AFTER),
      setTimeout(() => {
        void this.#signalByMark('KILL')
        channel.close()
      }, KILL_AFTER),
      setTimeout(givenUp, KILL_AFTER * 1.5),
    ]
    channel.once('close', () => this.forget())
  }

  /** It is over. */
  forget(): void {
    for (const timer of this.#timers) clearTimeout(timer)
  }

  /** From a second channel, on Linux: by the mark in its environment. */
  async #signalByMark(signal: string): Promise<void> {
    const { session } = this
    const script =
      'for e in /proc/[0-9]*/environ; do ' +
      `if grep -q ${MARK}=${this.#mark} "$e" 2>/dev/null; then p=\${e#/proc/}; kill -${signal} "\${p%/environ}"; fi; done`
    try {
      const channel = await startCommand(session._client(), session.label, `sh -c ${quoted(script)}`)
      channel.on('error', () => undefined).resume()
      channel.stderr.resume()
      channel.end()
    } catch {
      // Then closing the channel must do.
    }
  }
}

/** A server that does not know the request takes no notice. */
export function sendSignal(channel: ClientChannel, signal: string): void {
  try {
    channel.signal(signal)
  } catch {
    // The channel is closed already.
  }
}
