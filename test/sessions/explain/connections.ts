/** Real connections for ladders: made by node, on loopback, while everything is recorded. */
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { Ladder } from '../../../src/sessions/explain/ladder.js'
import { Recorder } from '../../../src/sessions/explain/recorder.js'

/** A server on loopback; `close` ends it with its connections. */
export interface Peer {
  port: number
  close(): Promise<void>
}

export async function listen(
  handler: (socket: Socket) => void,
  { host = '127.0.0.1', allowHalfOpen = false }: { host?: string; allowHalfOpen?: boolean } = {},
): Promise<Peer> {
  const sockets = new Set<Socket>()
  const server: Server = createServer({ allowHalfOpen }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    handler(socket)
  })
  server.listen(0, host)
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return {
    port,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** A client that is connected. */
export async function dial(port: number, host = '127.0.0.1', options: object = {}): Promise<Socket> {
  const socket = connect({ port, host, ...options })
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

/** The ladder of what goes through a port of this machine while `work` runs. */
export async function recorded(
  port: number,
  work: () => Promise<unknown>,
  address = '127.0.0.1',
  protocol: 'tcp' | 'udp' = 'tcp',
): Promise<Ladder> {
  const recorder = await Recorder.begin({ protocol, address, port, role: 'client' })
  try {
    await work()
    return new Ladder(await recorder.packets(), { serverPort: port })
  } finally {
    await recorder.stop()
  }
}

/** Until a socket is closed, in whatever way. */
export const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    if (socket.closed) resolve()
    else socket.once('close', () => resolve())
  })
