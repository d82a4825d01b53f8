/** How the file server listens: over TLS or not, on which port, on which addresses. */
import { createServer, type Server } from 'node:http'
import { networkInterfaces } from 'node:os'
import { listening } from '../face/listening.js'
import type { SessionError } from '../face/session-error.js'
import { hostPort } from '../stream/place.js'
import { HTTP_LIMITS } from './connections.js'
import type { ServeSettings } from './serve-options.js'

export const FIRST_PORT = 8000
const LAST_PORT = 8099

/** A server that does not listen yet; with tls, and its certificate, PEM. */
export async function createdServer({
  tls,
  host,
}: Pick<ServeSettings, 'tls' | 'host'>): Promise<{ server: Server; certificate?: string }> {
  if (!tls) return { server: createServer(HTTP_LIMITS) }
  const [https, { serverTls }] = await Promise.all([import('node:https'), import('../tls/tls-options.js')])
  const secure = await serverTls('serve', tls, host === undefined ? ownAddresses() : [host])
  const server = https.createServer({ ...HTTP_LIMITS, ...secure, handshakeTimeout: HTTP_LIMITS.headersTimeout })
  return { server, certificate: secure.cert }
}

/** Names for a certificate that is made. */
function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((own = []) => own.map(({ address }) => address))
}

/**
 * Listens on the port that is wanted, or on the first that is free.
 * @returns the port
 * @throws SessionError that says who has it
 */
export async function listen(
  server: Server,
  { port, host }: Pick<ServeSettings, 'port' | 'host'>,
  signal: AbortSignal,
): Promise<number> {
  const last = port ?? LAST_PORT
  for (let number = port ?? FIRST_PORT; ; number++)
    try {
      return await listenOn(server, host, number, signal)
    } catch (error) {
      if ((error as SessionError).code !== 'EADDRINUSE' || number >= last) throw error
    }
}

async function listenOn(server: Server, host: string | undefined, port: number, signal: AbortSignal): Promise<number> {
  const label = `serve ${hostPort(host ?? '*', port)}`
  if (host !== undefined) return await listening(server, { host, port }, label, signal)
  try {
    return await listening(server, { host: '::', port }, label, signal)
  } catch (error) {
    // A machine without IPv6.
    if (!['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EINVAL'].includes((error as SessionError).code)) throw error
    return await listening(server, { host: '0.0.0.0', port }, label, signal)
  }
}
