/** A TCP connection that starts at the other machine. */
import type { Duplex } from 'node:stream'
import type { Client } from 'ssh2'
import { printable } from '../../exchange/index.js'
import { SessionError } from '../face/session-error.js'

/** @throws SessionError when the other machine cannot, or may not, connect there */
export function openStream(client: Client, label: string, host: string, port: number): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const refused = (error: Error & { reason?: unknown }): void => reject(refusal(label, `${host}:${port}`, error))
    try {
      client.forwardOut('127.0.0.1', 0, host, port, (error, stream) =>
        error === undefined ? resolve(stream) : refused(error),
      )
    } catch (error) {
      refused(error as Error)
    }
  })
}

/** RFC 4254 §5.1: 1 prohibited, 2 connection failed. */
function refusal(label: string, place: string, error: Error & { reason?: unknown }): SessionError {
  const said = printable(error.message.replace(/^\(SSH\) /, ''))
  const isForbidden = error.reason === 1 || /prohibited/i.test(said)
  const why = isForbidden
    ? 'its server forbids forwarding (AllowTcpForwarding, PermitOpen in its sshd_config)'
    : `no connection from there (${said.replace(/^Channel open failure: /i, '').toLowerCase()})`
  return new SessionError(`${label}: ${place}: ${why}`, isForbidden ? 'FORBIDDEN' : 'ECONNREFUSED')
}
