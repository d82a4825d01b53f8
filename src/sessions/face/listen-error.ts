/** Why a port could not be had, and who has it. */
import { printable } from '../../exchange/printable.js'
import { SessionError, sessionError } from './session-error.js'

/** As sessionError; of a port that is in use it tells by whom, as far as that can be seen. */
export async function listenError(
  place: string,
  protocol: 'tcp' | 'udp',
  port: number,
  error: unknown,
): Promise<SessionError> {
  const plain = sessionError(place, error)
  if (plain.code !== 'EADDRINUSE' || port === 0) return plain
  const owner = await ownerOf(protocol, port).catch(() => undefined)
  if (owner === undefined) return plain
  return new SessionError(`${place}: port ${port} is in use by ${owner}; port 0 takes a free one`, plain.code)
}

async function ownerOf(protocol: 'tcp' | 'udp', port: number): Promise<string | undefined> {
  const { connections } = await import('../../tools/connections/index.js')
  const sockets = await connections({ listening: true })
  const socket = sockets.find((each) => each.protocol === protocol && each.localPort === port && each.pid !== undefined)
  if (socket === undefined) return undefined
  return socket.pid === process.pid
    ? 'this netshell: sessions() shows it'
    : `${printable(socket.process ?? '?')} (process ${socket.pid})`
}
