/** WebSockets with a server of Python's websockets: what all sessions promise, and what is their own. */
import { createServer, type Server as HttpServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { OptionError } from '../../../src/exchange/index.js'
import { HttpClient } from '../../../src/sessions/http/client.js'
import { session as httpSession } from '../../../src/sessions/http/http-session.js'
import { openWebSocket as openThrough } from '../../../src/sessions/http/websocket/open-websocket.js'
import { WebSocketSession } from '../../../src/sessions/http/websocket/websocket-session.js'
import { selfSigned } from '../../../src/sessions/tls/self-signed.js'
import { eventually, type Peer } from '../peer.js'
import { sessionSuite } from '../session-suite.js'
import { closedPort, file, silentServer } from '../tcp/kinds.js'
import { openAt, openWebSocket, startWebSocketPeer } from './websocket-peer.js'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const end of cleanups.splice(0).reverse()) await end()
})

async function opened(...values: Parameters<typeof openWebSocket>): ReturnType<typeof openWebSocket> {
  const one = await openWebSocket(...values)
  cleanups.push(one.done!, () => one.session.close())
  return one
}

/** What the peer said of the latest connection. */
function told(peer: Peer, key: string): Record<string, never> {
  const lines = peer.child.stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
  return lines.findLast((line) => key in line)
}

sessionSuite('a WebSocket', {
  open: openWebSocket,
  send: (session: WebSocketSession, text) => session.send(text),
  receive: (session) => session.recv(),
  failing: () => new WebSocketSession('ws://127.0.0.1:1/'),
  hanging: async () => {
    const { port, done } = await silentServer()
    return { session: new WebSocketSession(`ws://127.0.0.1:${port}/`, { timeout: 60 }), done }
  },
  reconnecting: async () => {
    const { session, peer } = await openWebSocket('/', { reconnect: { first: 30 } })
    const states = session.events('reconnect')
    await peer.kill()
    await states.next()
    await states.return()
    return { session }
  },
  failures: [
    {
      name: 'a port where nothing listens',
      open: async () => await new WebSocketSession(`ws://127.0.0.1:${await closedPort()}/`).open(),
      code: 'ECONNREFUSED',
      says: /websocket ws:\/\/127\.0\.0\.1:\d+\/: .*refused: nothing listens/,
    },
    {
      name: 'a server that never answers',
      open: async () => {
        const { port, done } = await silentServer()
        cleanups.push(done)
        return await new WebSocketSession(`ws://127.0.0.1:${port}/`, { timeout: 0.2 }).open()
      },
      code: 'TIMEOUT',
      says: /not open within 0\.2 s/,
    },
  ],
})

describe('what goes through', () => {
  test('texts are texts, bytes are bytes', async () => {
    const { session, peer } = await opened('/echo')
    expect(await session.send('Grüße ☃')).toBe(11)
    expect(await session.recv()).toBe('Grüße ☃')
    expect(told(peer, 'got')).toMatchObject({ kind: 'text' })
    await session.send(Uint8Array.of(0, 255, 7))
    expect(await session.recv()).toEqual(Uint8Array.of(0, 255, 7))
    expect(told(peer, 'got')).toMatchObject({ kind: 'bytes', length: 3 })
  })

  test('values of JSON, and what is none is told and left out', async () => {
    const { session, peer } = await opened('/', { json: true })
    await session.send({ a: [1, null] })
    await peer.gets('{"a":[1,null]}')
    const errors: string[] = []
    session.on('error', (error) => void errors.push(error.message))
    peer.send('{"b":')
    peer.send('{"b": 2}')
    expect(await session.recv()).toEqual({ b: 2 })
    expect(errors).toEqual([expect.stringMatching(/a message is no JSON/)])
    await expect(Promise.resolve(session.send(undefined))).rejects.toThrow(/no value of JSON/)
  })

  test('an object without {json: true} is refused with the way out', async () => {
    const { session } = await opened()
    await expect(Promise.resolve(session.send({ a: 1 }))).rejects.toThrow(/\{json: true\}/)
  })

  test('a message of many megabytes, both ways', async () => {
    const { session } = await opened('/echo')
    const bytes = new Uint8Array(10 * 2 ** 20).map((_, index) => index * 7)
    await session.send(bytes)
    const back = (await session.recv()) as Uint8Array
    expect(Buffer.compare(back, bytes)).toBe(0)
  })

  test('for (… of session) ends when the other end closes it', async () => {
    const { session, peer } = await opened()
    peer.send('one')
    peer.send('two')
    peer.order({ do: 'close', code: 1000 })
    const seen: unknown[] = []
    for await (const message of session) seen.push(message)
    expect(seen).toEqual(['one', 'two'])
    await session.wait()
    expect(session.state).toBe('closed')
  })

  test('nobody who takes them: the server is held back, and nothing is lost', async () => {
    const { session, peer } = await opened('/', { compress: false })
    const count = 400
    peer.order({ do: 'many', count, size: 65_536 } as never)
    // 25 MB do not fit into what sockets buffer.
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(peer.told('sent')).toEqual([])
    expect(session.received).toBeLessThan(8 * 2 ** 20)
    for (let i = 0; i < count; i++) expect(((await session.recv()) as string).length).toBe(65_536)
    await peer.tells('sent')
  })
})

describe('opening', () => {
  test('header fields, and those of a session, arrive; own ones win', async () => {
    const { peer } = await opened('/x?y=1', { headers: { 'X-Own': 'a', Cookie: 'b=2' } }, () => ({
      Authorization: 'Bearer abc',
      Cookie: 'a=1',
    }))
    expect(told(peer, 'connected')).toMatchObject({
      path: '/x?y=1',
      headers: { 'x-own': 'a', authorization: 'Bearer abc', cookie: 'b=2' },
    })
  })

  test('the subprotocol that the server takes is known', async () => {
    const { session } = await opened('/', { protocols: ['chat.v1', 'other'] })
    expect(session.protocol).toBe('chat.v1')
  })

  test('no subprotocol in common is an error', async () => {
    const peer = await startWebSocketPeer()
    cleanups.push(() => peer.kill())
    const session = new WebSocketSession(`ws://127.0.0.1:${peer.port}/`, { protocols: 'nobody.knows' })
    await expect(Promise.resolve(session.open())).rejects.toMatchObject({
      code: 'PROTOCOL',
      message: /none of the subprotocols/,
    })
  })

  test('a refusal has its status and what the server says, safe to print', async () => {
    const peer = await startWebSocketPeer()
    cleanups.push(() => peer.kill())
    const session = new WebSocketSession(`ws://127.0.0.1:${peer.port}/deny`)
    const error = await session.open().then(
      () => undefined,
      (reason: unknown) => reason as Error,
    )
    expect(error).toMatchObject({ name: 'SessionError', code: 'AUTH' })
    expect(error!.message).toMatch(/403 Forbidden: not with \\x1b\[31mthis face$/)
  })

  test('a redirect is followed', async () => {
    const peer = await startWebSocketPeer()
    const { session } = await openAt(peer, `ws://127.0.0.1:${peer.port}/moved`)
    cleanups.push(
      () => peer.kill(),
      () => session.close(),
    )
    await session.send('here')
    expect(await session.recv()).toBe('here')
  })

  test.each([
    [
      'a page',
      (server: HttpServer) => server.on('request', (_, answer) => answer.end('hello')),
      /speaks no WebSocket: 200 OK/,
    ],
    [
      'a status that the body says again',
      (server: HttpServer) =>
        server.on('request', (_, answer) =>
          answer.writeHead(404, { 'Content-Type': 'text/plain' }).end('404 Not Found\n'),
        ),
      /it was not opened: 404 Not Found$/,
    ],
    [
      'a wrong accept key',
      (server: HttpServer) =>
        server.on('upgrade', (_, socket) =>
          socket.end('HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n'),
        ),
      /speaks no WebSocket/,
    ],
    [
      'rubbish',
      (server: HttpServer) => server.on('connection', (socket) => socket.end('rubbish\r\n\r\n')),
      /speaks no HTTP/,
    ],
  ] as const)('an answer that is none is told: %s', async (_, prepare, says) => {
    const server = createServer()
    prepare(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    cleanups.push(() => server.close())
    const session = new WebSocketSession(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    await expect(Promise.resolve(session.open())).rejects.toMatchObject({ name: 'SessionError', message: says })
  })

  test('TLS is verified, unless somebody says that it is not to be', async () => {
    const { cert, key } = await selfSigned(['127.0.0.1'])
    const peer = await startWebSocketPeer('tls', file('cert', cert), file('key', key))
    cleanups.push(() => peer.kill())
    const url = `wss://127.0.0.1:${peer.port}/echo`
    await expect(Promise.resolve(new WebSocketSession(url).open())).rejects.toThrow(/signed by itself; tls: \{ca/)
    for (const tls of [{ ca: cert }, { insecure: true }]) {
      const session = await new WebSocketSession(url, { tls }).open()
      await session.send('secret')
      expect(await session.recv()).toBe('secret')
      await session.close()
    }
  })

  test.each(['ws', 'wss'])('goes through a proxy of HTTP: %s', async (scheme) => {
    const { cert, key } = await selfSigned(['127.0.0.1'])
    const peer = await startWebSocketPeer(...(scheme === 'wss' ? ['tls', file('cert', cert), file('key', key)] : []))
    const asked: string[] = []
    const proxy = createServer()
    proxy.on('connect', (request, socket: Socket, head) => {
      asked.push(`${request.url} ${request.headers['proxy-authorization']}`)
      const [host, port] = request.url!.split(':')
      const far = connect(Number(port), host!, () => {
        socket.write('HTTP/1.1 200 ok\r\n\r\n')
        far.write(head)
        far.pipe(socket).pipe(far)
      })
      for (const one of [far, socket]) one.on('error', () => undefined)
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    const { port } = proxy.address() as AddressInfo
    cleanups.push(
      () => peer.kill(),
      () => proxy.close(),
    )
    const session = await new WebSocketSession(`${scheme}://127.0.0.1:${peer.port}/echo`, {
      proxy: `http://me:pass%20word@127.0.0.1:${port}`,
      ...(scheme === 'wss' ? { tls: { ca: cert } } : {}),
    }).open()
    cleanups.push(() => session.close())
    await session.send('through')
    expect(await session.recv()).toBe('through')
    expect(asked).toEqual([`127.0.0.1:${peer.port} Basic ${btoa('me:pass word')}`])
  })

  test('a proxy that refuses is told', async () => {
    const proxy = createServer().on('connect', (_, socket) => socket.end('HTTP/1.1 407 Proxy login wanted\r\n\r\n'))
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    const { port } = proxy.address() as AddressInfo
    cleanups.push(() => proxy.close())
    const session = new WebSocketSession('ws://127.0.0.1:9/', { proxy: `http://127.0.0.1:${port}` })
    await expect(Promise.resolve(session.open())).rejects.toThrow(/proxy 127\.0\.0\.1:\d+: 407 Proxy login wanted/)
  })

  test.each([
    [['ftp://x/'], /no URL of a WebSocket/],
    [['ws://x/', { protocols: 'a b' }], /protocols must be/],
    [['ws://x/', { protocols: ['a', 'a'] }], /protocols must be/],
    [['ws://x/', { limt: 5 }], /limt/],
    [['ws://x/', { ping: -1 }], /ping must be/],
    [['ws://x/', { reconnect: { tries: 0 } }], /tries must be/],
  ])('refuses %j', (values, says) => {
    expect(() => new WebSocketSession(...(values as [string, object]))).toThrow(OptionError)
    expect(() => new WebSocketSession(...(values as [string, object]))).toThrow(says)
  })

  test.each([
    ['ftp://x/', {}, /ftp:\/\/ is not spoken here, only wss:\/\/, and ws:\/\//],
    ['ws://x/', { protocol: 'a' }, /http.websocket has no option 'protocol'.*did you mean 'protocols'/],
    ['ws://x/', { reconnect: { trys: 1 } }, /reconnect has no option 'trys'/],
    ['ws://x/', { body: 'x' }, /no option 'body'/],
  ])('http.websocket refuses %j %j before anything is opened', (url, options, says) => {
    expect(() => openThrough(new HttpClient(), url, options as never)).toThrow(OptionError)
    expect(() => openThrough(new HttpClient(), url, options as never)).toThrow(says)
  })

  test('a session that it was opened through ends it when it closes', async () => {
    const peer = await startWebSocketPeer()
    cleanups.push(() => peer.kill())
    const api = httpSession({ base: `http://127.0.0.1:${peer.port}` })
    const session = await api.websocket('/', { reconnect: { first: 0.01 } })
    const waiting = session.recv({ timeout: 5 })
    await api.close()
    expect(await waiting).toBeNull()
    expect(session.state).toBe('closed')
    await peer.tells('ended')
    expect(told(peer, 'ended')).toMatchObject({ code: 1000 })
    await expect(Promise.resolve(session.open())).rejects.toMatchObject({ code: 'CLOSED' })
  })

  test('a password in the URL is in no message', async () => {
    const session = new WebSocketSession('ws://me:verysecret@127.0.0.1:1/')
    await expect(Promise.resolve(session.open())).rejects.toThrow(/refused/)
    expect(`${session} ${session.error?.message} ${JSON.stringify(session)}`).not.toContain('verysecret')
  })
})

describe('the end', () => {
  test('code and reason go out, and come in', async () => {
    const { session, peer } = await opened()
    await session.close(4001, 'bye ☃')
    await peer.tells('ended')
    expect(told(peer, 'ended')).toMatchObject({ code: 4001, reason: 'bye ☃' })
    await session.open()
    peer.order({ do: 'close', code: 4003, reason: 'no \u001b[31mroom' } as never)
    await session.wait()
    expect(session.ended).toEqual({ code: 4003, reason: 'no \u001b[31mroom' })
    expect(session.error!.message).toMatch(/closed it: 4003: no \\x1b\[31mroom$/)
    expect(String(session)).toMatch(/failed/)
  })

  test.each([[1001], [1005], [2999], [5000], ['x']])('the code %s is not sent', async (code) => {
    const { session } = await opened()
    expect(() => session.close(code as number)).toThrow(OptionError)
    expect(() => session.close(1000, 'x'.repeat(124))).toThrow(/123 bytes/)
  })

  test('a message that is too long ends it, with the limit named', async () => {
    const { session, peer } = await opened('/', { limit: 1000 })
    const waiting = Promise.resolve(session.recv()).catch((error: unknown) => error)
    peer.send('x'.repeat(1001))
    expect(await waiting).toMatchObject({ code: 'LIMIT', message: /longer than 1000 bytes; limit/ })
    await peer.tells('ended')
    expect(told(peer, 'ended')).toMatchObject({ code: 1009 })
  })

  test.each([
    ['text that is no UTF-8', '8102fffe', 1007],
    ['an operation that there is not', '8300', 1002],
    ['a frame with a mask', '818100000000', 1002],
  ])('%s ends it', async (_, hex, code) => {
    const { session, peer } = await opened()
    const waiting = Promise.resolve(session.recv()).catch((error: unknown) => error)
    peer.order({ do: 'raw', hex } as never)
    expect(await waiting).toMatchObject({ code: 'PROTOCOL', message: /breaks the protocol/ })
    await peer.tells('ended')
    expect(told(peer, 'ended')).toMatchObject({ code })
  })

  test('ping tells how long it takes, and that nobody answers', async () => {
    const { session, peer } = await opened()
    expect(await session.ping()).toBeGreaterThan(0)
    peer.child.kill('SIGSTOP')
    await expect(Promise.resolve(session.ping({ timeout: 0.2 }))).rejects.toMatchObject({ code: 'TIMEOUT' })
    peer.child.kill('SIGCONT')
  })

  test('one who gives no sign of life is lost', async () => {
    const { session, peer } = await opened('/', { ping: 0.3 })
    await new Promise((resolve) => setTimeout(resolve, 1000))
    expect(session.state).toBe('open')
    peer.child.kill('SIGSTOP')
    await session.wait()
    expect(session.error).toMatchObject({ code: 'TIMEOUT', message: /no sign of life for 0\.3 s/ })
  })

  test('a session that reconnects goes on with the server that is back, and not behind a normal end', async () => {
    const { session, peer } = await opened('/', { reconnect: { first: 0.05, longest: 0.2 } })
    peer.send('before')
    await peer.kill()
    const back = await startWebSocketPeer(String(peer.port))
    cleanups.push(() => back.kill())
    await back.tells('connected')
    await eventually(() => session.isOpen, 'it is open again')
    back.send('after')
    const seen = [await session.recv()]
    if (seen[0] === 'before') seen.push(await session.recv())
    expect(seen.at(-1)).toBe('after')
    expect(session.error).toBeUndefined()
    back.order({ do: 'close', code: 1000 } as never)
    await session.wait()
    expect(session.state).toBe('closed')
  })

  test('reconnecting ends after its tries', async () => {
    const { session, peer } = await opened('/', { reconnect: { first: 0.02, longest: 0.05, tries: 3 } })
    let attempts = 0
    session.on('reconnect', (attempt) => {
      attempts = attempt
    })
    await peer.kill()
    await session.wait()
    expect([session.state, attempts]).toEqual(['failed', 3])
    expect(session.error).toMatchObject({ code: 'ECONNREFUSED' })
  })

  test('one who does not answer the goodbye is left', async () => {
    const { session, peer } = await opened()
    peer.child.kill('SIGSTOP')
    const begun = performance.now()
    await session.close()
    expect(performance.now() - begun).toBeLessThan(4000)
    expect(session.state).toBe('closed')
    peer.child.kill('SIGCONT')
  })
})
