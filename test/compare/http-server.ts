/** A server for those who ask: what each of its places wants is what a row is about. It notes what it was asked. */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createSecureServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { generate } from 'selfsigned'
import { WebSocketServer } from 'ws'

export interface Noted {
  method: string
  url: string
  headers: IncomingMessage['headers']
  body: string
}

export interface TestServer {
  /** With a slash at the end. */
  url: string
  /** Another origin. */
  elsewhere: string
  /** HTTP/2 and 1.1, over TLS. */
  secure: string
  requests: Noted[]
  close(): void
}

/** 1 MiB that is not all alike. */
export const LONG = Buffer.alloc(1 << 20, 'netshell ')

const md5 = (text: string): string => createHash('md5').update(text).digest('hex')

/** Whether it proves to be me:right. */
function isDigest({ headers, method = '' }: IncomingMessage): boolean {
  const given = headers.authorization ?? ''
  const part = (name: string): string => new RegExp(`\\b${name}="?([^",]*)`).exec(given)?.[1] ?? ''
  const secret = md5(`me:here:right`)
  const wanted = md5(
    [secret, part('nonce'), part('nc'), part('cnonce'), 'auth', md5(`${method}:${part('uri')}`)].join(':'),
  )
  return given.startsWith('Digest ') && part('response') === wanted
}

export async function testServer(): Promise<TestServer> {
  const requests: Noted[] = []
  let [url, elsewhere, secure] = ['', '', '']
  let isFirst = true
  const proved = (response: ServerResponse, holds: boolean, scheme: string): unknown =>
    response.writeHead(holds ? 200 : 401, holds ? {} : { 'WWW-Authenticate': scheme }).end(holds ? 'in' : 'out')
  const json = (response: ServerResponse, value: unknown, headers = {}): unknown =>
    response.writeHead(200, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(value))
  const places: Record<string, (request: IncomingMessage, response: ServerResponse, body: string) => unknown> = {
    '/json': (_, response) => json(response, { name: 'x', list: [1, 2] }),
    '/basic': ({ headers }, response) =>
      proved(response, headers.authorization === 'Basic bWU6cmlnaHQ=', 'Basic realm="here"'),
    '/digest': (request, response) =>
      proved(response, isDigest(request), 'Digest realm="here", nonce="n1", qop="auth"'),
    '/bearer': ({ headers }, response) => proved(response, headers.authorization === 'Bearer t0k3n', 'Bearer'),
    '/token': (_, response) => json(response, { access_token: 't0k3n', token_type: 'Bearer', expires_in: 600 }),
    '/login': (_, response) => response.writeHead(200, { 'Set-Cookie': 'id=7; Path=/' }).end('hello'),
    '/leave': (_, response) => response.writeHead(302, { Location: `${elsewhere}arrived` }).end(),
    '/busy': (_, response) => {
      response.writeHead(isFirst ? 503 : 200, { 'Retry-After': '1' }).end(isFirst ? 'busy' : 'done')
      isFirst = false
    },
    '/pages': ({ url: asked = '' }, response) => {
      const page = Number(/page=(\d)/.exec(asked)?.[1] ?? 1)
      return json(response, [`item${page}`], page < 3 ? { Link: `<${url}pages?page=${page + 1}>; rel="next"` } : {})
    },
    '/events': (_, response) =>
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).end('event: a\ndata: {"n": 1}\n\n'),
    '/graphql': (_, response, body) => json(response, { data: { asked: JSON.parse(body).variables } }),
    '/long': ({ headers }, response) => {
      const from = Number(/^bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0)
      const common = { ETag: '"v1"', 'Accept-Ranges': 'bytes', 'Content-Length': LONG.length - from }
      if (from > 0) {
        const range = `bytes ${from}-${LONG.length - 1}/${LONG.length}`
        return response.writeHead(206, { ...common, 'Content-Range': range }).end(LONG.subarray(from))
      }
      // The first half, and no more.
      response.writeHead(200, common)
      return response.write(LONG.subarray(0, LONG.length / 2), () => setTimeout(() => response.destroy(), 300))
    },
  }
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const pieces: Buffer[] = []
    request.on('data', (piece) => pieces.push(piece))
    request.on('end', () => {
      const { method = '', url: asked = '', headers } = request
      const body = Buffer.concat(pieces).toString('latin1')
      requests.push({ method, url: asked, headers, body })
      const path = asked.replace(/^https?:\/\/[^/]*/, '').split('?', 1)[0]!
      const place =
        places[path] ??
        ((_: IncomingMessage, answer: ServerResponse) => answer.end(`here, HTTP/${request.httpVersion}`))
      place(request, response, body)
    })
  }
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }])
  const first = createServer(listener)
  const other = createServer(listener)
  const encrypted = createSecureServer({ key, cert, allowHTTP1: true }, listener as unknown as RequestListener as never)
  const sockets = new WebSocketServer({ server: first, path: '/chat' })
  sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(`you said ${data}`)))
  const servers = [first, other, encrypted]
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) => {
          server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
        }),
    ),
  )
  url = `http://127.0.0.1:${ports[0]}/`
  elsewhere = `http://localhost:${ports[1]}/`
  secure = `https://127.0.0.1:${ports[2]}/`
  return {
    url,
    elsewhere,
    secure,
    requests,
    close() {
      sockets.close()
      for (const server of servers) server.close()
      first.closeAllConnections()
      other.closeAllConnections()
    },
  }
}
