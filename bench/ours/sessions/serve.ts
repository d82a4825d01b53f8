/** Servers that send back what they get: ours in its forms, and Node's own. Each prints its port, and listens until it is ended. */
import { createServer } from 'node:net'
import { type TcpClient, type TcpListenOptions, tcp } from '../../../src/sessions/index.js'

/** More than the crowd. */
const CLIENTS = 20_000
const OPTIONS: TcpListenOptions = { log: false, clients: CLIENTS, backlog: 4096 }

const SERVERS: Record<string, () => Promise<{ port: number; stop?(): PromiseLike<unknown> }>> = {
  // What one types.
  message: async () => {
    const server = await tcp.listen(0, { message: (message: string) => message }, OPTIONS)
    return {
      port: server.port,
      async stop() {
        const closing = server.close()
        const again = await tcp.listen(server.port, { message: (message: string) => message }, OPTIONS)
        console.log('listens again')
        await closing
        await again.close()
      },
    }
  },
  bytes: async () => tcp.listen(0, { message: (message: Uint8Array) => message }, { ...OPTIONS, encoding: 'bytes' }),
  lines: async () => tcp.listen(0, { message: (message: string) => message }, { ...OPTIONS, framing: 'lines' }),
  connection: async () =>
    tcp.listen(
      0,
      async (connection: TcpClient) => {
        for await (const line of connection) await connection.send(line)
      },
      { ...OPTIONS, framing: 'lines' },
    ),
  'bare-text': () =>
    bare((socket) => {
      socket.setEncoding('utf8')
      socket.on('data', (data) => socket.write(data))
    }),
  bare: () => bare((socket) => socket.on('data', (data) => socket.write(data))),
  'bare-lines': () =>
    bare((socket) => {
      let rest = ''
      socket.setEncoding('utf8')
      socket.on('data', (data) => {
        rest += data
        for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
          socket.write(`${rest.slice(0, end)}\n`)
          rest = rest.slice(end + 1)
        }
      })
    }),
}

async function bare(use: (socket: import('node:net').Socket) => void): Promise<{ port: number }> {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy())
    use(socket)
  })
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, resolve))
  return { port: (server.address() as { port: number }).port }
}

/** Serves until it is ended; 'stop' on standard input stops it and tells how long that took. */
export async function serve(kind: string): Promise<void> {
  const server = await SERVERS[kind]!()
  console.log(`listens on ${server.port}`)
  // In an orderly way, so that a profile is written.
  process.once('SIGTERM', () => process.exit())
  process.stdin.on('data', async () => {
    const begun = performance.now()
    await server.stop?.()
    console.log(`stopped in ${Math.round(performance.now() - begun)} ms`)
    process.exit()
  })
}
