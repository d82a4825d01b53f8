/**
 * The parts of undici that are used. Its front door loads fetch, WebSocket and more, which takes three times as long and would be waited for at the first
 * request of each program; undici has no names for its parts, so these are places inside of version 7.30.
 */
import type { Agent, buildConnector, ProxyAgent } from 'undici'

/** What makes connections, and dispatches requests to them. */
export async function agentParts(): Promise<{ Agent: typeof Agent; buildConnector: typeof buildConnector }> {
  const [agent, connect] = await Promise.all([
    // @ts-expect-error: no types for the place
    import('undici/lib/dispatcher/agent.js') as Promise<{ default: typeof Agent }>,
    // @ts-expect-error: no types for the place
    import('undici/lib/core/connect.js') as Promise<{ default: typeof buildConnector }>,
  ])
  return { Agent: agent.default, buildConnector: connect.default }
}

/** The same through a proxy: that part cannot stand without the whole. */
export async function proxyPart(): Promise<typeof ProxyAgent> {
  return (await import('undici')).ProxyAgent
}
