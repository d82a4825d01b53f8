/** Servers that do what no well-meant server does: what is to be sent is written by the test, byte by byte. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import net, { type AddressInfo, type Socket } from 'node:net'

/** A server of a test's own. */
export interface OwnServer {
  /** `http://127.0.0.1:40123`, without a slash at the end. */
  readonly origin: string
  /** Requests that came: 'GET /path'. */
  readonly requests: string[]
  /** Connections that were made. */
  connections: number
  close(): Promise<void>
}

/** A server that answers by a function. */
export async function serving(
  answer: (request: IncomingMessage, response: ServerResponse, count: number) => void,
  host = '127.0.0.1',
): Promise<OwnServer> {
  const requests: string[] = []
  const server: Server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    answer(request, response, requests.length)
  })
  return listening(server, requests, host)
}

/** A server that writes what a function gives once a request's headers are there, and closes. */
export async function writing(answer: (request: string, socket: Socket, count: number) => void): Promise<OwnServer> {
  const requests: string[] = []
  const server = net.createServer((socket) => {
    let text = ''
    socket.on('error', () => undefined)
    socket.on('data', (piece) => {
      text += piece.toString('latin1')
      if (!text.includes('\r\n\r\n')) return
      requests.push(text.split(' HTTP/', 1)[0]!)
      answer(text, socket, requests.length)
      text = ''
    })
  })
  return listening(server, requests, '127.0.0.1')
}

async function listening(server: net.Server, requests: string[], host: string): Promise<OwnServer> {
  const sockets = new Set<Socket>()
  const own = {
    origin: '',
    requests,
    connections: 0,
    close: () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
  server.on('connection', (socket: Socket) => {
    own.connections++
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  own.origin = `http://${host}:${(server.address() as AddressInfo).port}`
  return own
}
