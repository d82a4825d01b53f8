/**
 * The parts of undici that are used. Its front door loads fetch, WebSocket and more, which takes three times as long and would be waited for at the first
 * request of each program; undici has no names for its parts, so these are places inside of version 7.30.
 */
import type { buildConnector, Client, ProxyAgent } from 'undici'
import { guardSockets } from './socket-guard.js'

/** What makes connections, and sends requests over one. */
export async function clientParts(): Promise<{ Client: typeof Client; buildConnector: typeof buildConnector }> {
  const [client, connect, symbols] = await Promise.all([
    // @ts-expect-error: no types for the place
    import('undici/lib/dispatcher/client.js') as Promise<{ default: typeof Client }>,
    // @ts-expect-error: no types for the place
    import('undici/lib/core/connect.js') as Promise<{ default: typeof buildConnector }>,
    // @ts-expect-error: no types for the place
    import('undici/lib/core/symbols.js') as Promise<{ default: { kParser: symbol } }>,
  ])
  guardSockets(symbols.default.kParser)
  return { Client: client.default, buildConnector: connect.default }
}

/** The same through a proxy: that part cannot stand without the whole. */
export async function proxyPart(): Promise<typeof ProxyAgent> {
  return (await import('undici')).ProxyAgent
}
