/** Listening for connections: on which address, and what is told when it is not possible. */
import type { ListenOptions, Server } from 'node:net'
import { type OptionKind, text } from '../../tools/option-kinds.js'
import { listenError } from './listen-error.js'

/** The option `host` of all that listens. */
export const LISTEN_HOST: OptionKind = text('an address of this machine, or * for all')

/** The address that is listened on: unset is this machine only, '*' all of its addresses. */
export function listenHost(host = '127.0.0.1'): string {
  return host === '*' ? '::' : host
}

/**
 * Listens; gives the port: the free one that was taken for 0, and 0 for a unix socket. A server that cannot is closed.
 * @param label what errors begin with
 * @throws SessionError that says why it is not possible, and who has the port
 */
export async function listening(
  server: Server,
  where: ListenOptions,
  label: string,
  signal?: AbortSignal,
): Promise<number> {
  signal?.throwIfAborted()
  try {
    await new Promise<void>((resolve, reject) => {
      const giveUp = (): void => reject(signal?.reason as Error)
      signal?.addEventListener('abort', giveUp, { once: true })
      server.once('error', reject)
      server.listen(where, () => {
        signal?.removeEventListener('abort', giveUp)
        server.off('error', reject)
        resolve()
      })
    })
  } catch (error) {
    server.close()
    if (!signal?.aborted) throw await listenError(label, 'tcp', where.port ?? 0, error)
    // Its name may still be looked up: it then begins all the same.
    server.once('listening', () => server.close())
    throw error
  }
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
