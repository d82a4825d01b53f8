/** The kinds of session over TCP, as sessionSuite wants them. */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TcpOptions, TcpSession, tcp } from '../../../src/sessions/index.js'
import { selfSigned } from '../../../src/sessions/tls/self-signed.js'
import { type Peer, startPeer } from '../peer.js'
import type { Opened } from '../session-suite.js'

/** A folder of this test file; removed with the process. */
export const FOLDER = mkdtempSync(join(tmpdir(), 'netshell-tcp-'))
process.once('exit', () => rmSync(FOLDER, { recursive: true, force: true }))

export const LINES = { framing: 'lines' } as const

/** What the peer sends as one message of the framing 'lines'. */
function around<S>(session: S, peer: Peer, done: () => unknown = () => peer.kill()): Opened<S> {
  return {
    session,
    peerSends: (text) => peer.send(`${text.replaceAll('\n', '\r')}\n`),
    peerGets: (text) => peer.gets(text),
    peerVanishes: () => peer.kill(),
    peerResets: () => peer.order({ do: 'reset' }),
    done,
  }
}

export async function openTcp(options: TcpOptions = LINES): Promise<Opened<TcpSession> & { peer: Peer }> {
  const peer = await startPeer('tcp')
  const session = await tcp.connect('127.0.0.1', peer.port, options)
  await peer.tells('connected')
  return { ...around(session, peer), peer }
}

export async function openUnix(): Promise<Opened<TcpSession>> {
  const path = join(FOLDER, `${randomUUID()}.sock`)
  const peer = await startPeer('unix', path)
  const session = await tcp.connect(path, LINES)
  await peer.tells('connected')
  return { ...around(session, peer), peerResets: undefined }
}

export async function openTls(): Promise<Opened<TcpSession>> {
  const { cert, key } = await selfSigned(['127.0.0.1'])
  const peer = await startPeer('tls', file('cert', cert), file('key', key))
  const session = await tcp.connect('127.0.0.1', peer.port, { ...LINES, tls: { ca: cert } })
  await peer.tells('connected')
  return around(session, peer)
}

/** A connection that a server of ours has accepted. */
export async function openAccepted(): Promise<Opened<TcpSession>> {
  const server = await tcp.listen(0, { ...LINES, log: false })
  const peer = await startPeer('client')
  peer.order({ do: 'connect', port: server.port })
  const session = await server.accept()
  await peer.tells('connected')
  return around(session, peer, async () => {
    await server.close()
    await peer.kill()
  })
}

/** A file with this text; gives its path. */
export function file(name: string, text: string): string {
  const path = join(FOLDER, `${name}-${randomUUID()}`)
  writeFileSync(path, text)
  return path
}

/** A place that takes connections and says nothing: who waits for a handshake waits for ever. */
export async function silentServer(): Promise<{ port: number; done(): Promise<void> }> {
  const server = createServer((socket) => socket.on('error', () => {}))
  const sockets = new Set<{ destroy(): void }>()
  server.on('connection', (socket) => sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    done: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

/** A port where nothing listens: it was free a moment ago. */
export async function closedPort(): Promise<number> {
  const { port, done } = await silentServer()
  await done()
  return port
}

/** One that waits for the end of a TLS handshake that never comes. */
export async function hangingTls(): Promise<{ session: TcpSession; done(): Promise<void> }> {
  const { port, done } = await silentServer()
  return { session: new TcpSession({ host: '127.0.0.1', port }, { tls: { insecure: true }, timeout: 60 }), done }
}

export async function reconnecting(): Promise<{ session: TcpSession }> {
  const { session, peer } = await openTcp({ ...LINES, reconnect: { first: 30 } })
  await peer.kill()
  const states = session.events('reconnect')
  await states.next()
  await states.return()
  return { session }
}
