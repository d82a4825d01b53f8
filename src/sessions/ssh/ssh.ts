/** `ssh` of the prompt. */
import type { PacketList } from '../../capture/index.js'
import { partOf, Task } from '../../exchange/index.js'
import type { SshOptions } from './options.js'
import type { RemoteSniffOptions } from './remote-sniff.js'
import type { SshSession } from './ssh-session.js'

/**
 * Connects to another machine and logs in, with what ~/.ssh/config, the agent and known_hosts say.
 * @param target `'host'`, `'user@host'`, `'user@host:2222'`, or a name of ~/.ssh/config
 * @throws SessionError that says why it cannot be: unknown or changed host key (HOST_KEY), not logged in (AUTH), no answer (TIMEOUT)
 */
export function connect(target: string, options: SshOptions = {}): Task<SshSession> {
  return Task.run(
    async ({ signal }) => {
      const { SshSession } = await import('./ssh-session.js')
      signal.throwIfAborted()
      return await partOf(signal, new SshSession(target, options).open())
    },
    { name: `ssh ${String(target)}` },
  )
}

/** Packets of another machine, captured there by tcpdump: connects, sniffs, and closes the connection again. */
export function sniff(target: string, options: RemoteSniffOptions & { ssh?: SshOptions } = {}): Task<PacketList> {
  return Task.run(
    async (control) => {
      const { SshSession } = await import('./ssh-session.js')
      const { runRemoteSniff } = await import('./remote-sniff.js')
      const { ssh = {}, ...rest } = options
      const session = await partOf(control.signal, new SshSession(target, ssh).open())
      try {
        return await runRemoteSniff(control, session, rest)
      } finally {
        await session.close()
      }
    },
    { name: `sniff ${String(target)}` },
  )
}

/** Sessions on other machines. */
export const ssh = { connect, sniff }
