/** Sessions of WebSockets with a server of Python's websockets at the other end. */
import { fileURLToPath } from 'node:url'
import type { WebSocketOptions } from '../../../src/sessions/http/websocket/websocket-options.js'
import { type MoreHeaders, WebSocketSession } from '../../../src/sessions/http/websocket/websocket-session.js'
import { start } from '../../lab/process.js'
import { Peer } from '../peer.js'
import type { Opened } from '../session-suite.js'

const PROGRAM = fileURLToPath(new URL('websocket-peer.py', import.meta.url))

/** Starts a server; `tls CERT KEY` for one with TLS, a port for a certain one. */
export async function startWebSocketPeer(...words: string[]): Promise<Peer> {
  const child = start(['/usr/bin/python3', PROGRAM, ...words])
  try {
    const [, port] = await child.waitFor(/"port": (\d+)/, { timeout: 30_000 })
    return new Peer(child, Number(port))
  } catch (error) {
    await child.stop('SIGKILL')
    throw error
  }
}

/** Opens a session with a new server. */
export async function openWebSocket(
  path = '/',
  options: WebSocketOptions = {},
  more?: MoreHeaders,
): Promise<Opened<WebSocketSession> & { peer: Peer }> {
  const peer = await startWebSocketPeer()
  return await openAt(peer, `ws://127.0.0.1:${peer.port}${path}`, options, more)
}

export async function openAt(
  peer: Peer,
  url: string,
  options: WebSocketOptions = {},
  more?: MoreHeaders,
): Promise<Opened<WebSocketSession> & { peer: Peer }> {
  try {
    const session = await new WebSocketSession(url, options, more).open()
    await peer.tells('connected')
    return {
      peer,
      session,
      peerSends: (text) => peer.send(text),
      peerGets: (text) => peer.gets(text),
      peerVanishes: () => peer.kill(),
      peerResets: () => peer.order({ do: 'reset' }),
      done: () => peer.kill(),
    }
  } catch (error) {
    await peer.kill()
    throw error
  }
}
