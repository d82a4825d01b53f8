/** A server's life: opening, closing, handlers that wait or throw, what it tells. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { setReporter, sleep } from '../../../src/exchange/index.js'
import { changeSetting } from '../../../src/exchange/settings.js'
import { SessionError, sessions, tellFailuresWith } from '../../../src/sessions/index.js'
import { web } from '../../../src/sessions/web/index.js'
import { WEB_DEFAULTS } from '../../../src/sessions/web/web-options.js'
import { WebServer } from '../../../src/sessions/web/web-server.js'
import { Session } from '../../docs/session.js'
import { bundle, MODULES } from '../../lab/bundle.js'
import { run } from '../../lab/process.js'
import { curl, raw, serve } from './asking.js'

const REQUEST = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'

describe('opening', () => {
  it('says why it cannot be', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const { port } = taken.address() as { port: number }
    const error = await web.listen(port, {}).catch((error: unknown) => error)
    taken.close()
    expect(error).toBeInstanceOf(SessionError)
    expect((error as SessionError).code).toBe('EADDRINUSE')
    expect((error as SessionError).message).toMatch(new RegExp(`^web 127\\.0\\.0\\.1:${port}: .*port .*is in use`))
    await expect(web.listen(0, {}, { host: '192.0.2.1' })).rejects.toThrow(/this machine does not have that address/)
    expect(sessions().filter(({ kind }) => kind === 'web')).toHaveLength(0)
  })

  it('has its place in the list, over IPv6 too', async () => {
    const server = await serve({ '/': (req: { client: string }) => req.client }, { host: '::1' })
    expect(server.url).toBe(`http://[::1]:${server.port}/`)
    expect(String(server)).toBe(`web ${server.url}: open, 1 route, 0 requests, 0 bytes out`)
    expect(sessions()).toContain(server)
    expect((await curl(server, '/')).body).toMatch(/^\[::1\]:\d+$/)
    const both = await serve({ '/': (req: { client: string }) => req.client }, { host: '::' })
    expect((await curl({ url: `http://127.0.0.1:${both.port}/` }, '/')).body).toMatch(/^127\.0\.0\.1:\d+$/)
  })
})

describe('closing', () => {
  it('is possible before it is open, and while it opens', async () => {
    const server = new WebServer(0, { '/': 'ok' }, { ...WEB_DEFAULTS, log: false, tls: true })
    await server.close()
    expect(server.state).toBe('new')
    const opening = server.open().then(
      () => 'opened',
      (error: unknown) => error,
    )
    await server.close()
    expect(await opening).toMatchObject({ name: 'SessionError', code: 'CLOSED' })
    await sleep(0.1)
    expect([server.state, server.port, sessions().includes(server)]).toEqual(['closed', 0, false])
    await server.open()
    expect((await curl(server, '/', '-k')).body).toBe('ok')
    await server.close()
  })

  it('frees the port at once and ends connections that are kept open', async () => {
    const server = await serve({ '/': 'ok' })
    const socket = connect(server.port, '127.0.0.1')
    const idle = connect(server.port, '127.0.0.1')
    const half = connect(server.port, '127.0.0.1', () => half.write('GET / HT'))
    const ends = [socket, idle, half].map((each) => new Promise<void>((resolve) => each.on('close', () => resolve())))
    await new Promise<void>((resolve) => {
      socket.write(REQUEST)
      socket.once('data', () => resolve())
    })
    for (const each of [socket, idle, half]) each.on('error', () => undefined)
    const began = performance.now()
    await server.close()
    await Promise.all(ends)
    expect(performance.now() - began).toBeLessThan(1000)
    const again = await web.listen(server.port, {}, { log: false })
    await again.close()
    await server.open()
    expect((await curl(server, '/')).body).toBe('ok')
    await server.close()
    await server.close()
    expect(server.state).toBe('closed')
  })

  it('ends what handlers wait for, and lets answers leave', async () => {
    const server = await serve({ '/': () => sleep(60), '/pieces': slowly })
    const [waiting, pieces] = [
      raw(server, REQUEST, { quiet: 5000 }),
      raw(server, REQUEST.replace('/', '/pieces'), { quiet: 5000 }),
    ]
    await new Promise((resolve) => setTimeout(resolve, 100))
    const began = performance.now()
    await server.close()
    expect(performance.now() - began).toBeLessThan(1500)
    expect((await waiting).text).toMatch(/^HTTP\/1\.1 503 /)
    expect((await pieces).text).toMatch(/one[\s\S]*two[\s\S]*\r\n0\r\n\r\n$/)

    async function* slowly(): AsyncGenerator<string> {
      yield 'one'
      await new Promise((resolve) => setTimeout(resolve, 400))
      yield 'two'
    }
  })

  it('does not wait for a client that never takes its answer', async () => {
    const server = await serve({ '/': () => Buffer.alloc(50_000_000) })
    const socket = connect(server.port, '127.0.0.1', () => socket.write(REQUEST))
    socket.pause()
    socket.on('error', () => undefined)
    await new Promise((resolve) => setTimeout(resolve, 200))
    const began = performance.now()
    await server.close()
    expect(performance.now() - began).toBeLessThan(3500)
    socket.destroy()
  })
})

describe('handlers', () => {
  it('that throw are told, answered with 500, and end nothing', async () => {
    const told: string[] = []
    tellFailuresWith((where, error) => told.push(`${where}: ${(error as Error).message}`))
    const server = await serve({
      '/plain': () => {
        throw new Error('plain trouble')
      },
      '/late': async () => {
        throw new Error('late trouble')
      },
      '/odd': () => () => 'a function',
      '/header': () => ({ toJSON: () => 10n }),
      '/pieces': async function* () {
        yield 'one'
        throw new Error('trouble in pieces')
      },
      '/status': () => 1000,
    })
    for (const each of ['/plain', '/late', '/odd', '/header', '/status'])
      expect(await curl(server, each)).toMatchObject({ status: 500, body: '500 Internal Server Error\n' })
    await expect(curl(server, '/pieces')).rejects.toThrow()
    expect(told.filter((text) => text.includes('trouble'))).toEqual([
      `web ${server.url}, event '/plain': plain trouble`,
      `web ${server.url}, event '/late': late trouble`,
      `web ${server.url}, event '/pieces': trouble in pieces`,
    ])
    expect(told.join('\n')).toMatch(/a function is no answer/)
    expect(server.state).toBe('open')
  })

  it('typed at the prompt wait by themselves', async () => {
    const session = new Session()
    const typed = async (line: string): Promise<string> => (await session.type(line)).join('\n')
    await typed(
      "const server = web.listen(0, {'GET /': req => { sleep(0.05); return `late ${req.query.x}` }, 'POST /': req => req.json().a}, {log: false})",
    )
    expect(await typed("(await (await fetch(server.url + '?x=1')).text())")).toContain("'late 1'")
    expect(await typed("(await fetch(server.url, {method: 'POST', body: '{\"a\": [7]}'})).json()")).toMatch(/7/)
    expect(await typed('String(server)')).toMatch(/open, 2 routes, 2 requests/)
    await typed('server.close()')
  })
})

describe('what it tells', () => {
  it('is a line for each request, until there are too many to read', async () => {
    const told: string[] = []
    setReporter((text) => told.push(text))
    const server = await serve({ '/': 'Hello World!', '/x': 404 }, { log: true })
    await curl(server, '/')
    await curl(server, '/x?a=%1b')
    expect(told[0]).toMatch(/^127\.0\.0\.1:\d+ GET \/ 200 12 B \d+(\.\d)? ms$/)
    expect(told[1]).toMatch(/^127\.0\.0\.1:\d+ GET \/x\?a=%1b 404 14 B \d/)
    await raw(server, REQUEST.repeat(100))
    expect(told.length).toBeLessThanOrEqual(20)
    await vi.waitFor(() => expect(told.at(-1)).toBe('… and 82 more, too many to print'), 3000)
    told.length = 0
    changeSetting('quiet', true)
    await curl(server, '/')
    changeSetting('quiet', false)
    expect(told).toEqual([])
  })

  it('is kept as objects, as many as asked for', async () => {
    const server = await serve({ 'POST /': 'ok' }, { history: 3 })
    for (const each of ['a', 'bb', 'ccc', 'dddd']) await curl(server, '/', '-d', each)
    expect(server.requests.map(({ method, received, status, bytes }) => ({ method, received, status, bytes }))).toEqual(
      [2, 3, 4].map((received) => ({ method: 'POST', received, status: 200, bytes: 2 })),
    )
    expect(server.history.length).toBe(6)
    expect(String(server.history)).toMatch(/← 127\.0\.0\.1:\d+ 4 B "POST \/"\n.* → 127\.0\.0\.1:\d+ 2 B "200"$/)
    const none = await serve({ '/': 'ok' }, { history: 0 })
    await curl(none, '/')
    expect([none.requests, none.history.length]).toEqual([[], 0])
  })

  it('is told to handlers of its events', async () => {
    const server = await serve({ '/': 'ok' })
    const heard: unknown[] = []
    server.on('request', (request) => void heard.push(String(request)))
    server.on('response', ({ status, bytes }) => void heard.push([status, bytes]))
    await curl(server, '/')
    expect(heard).toEqual([expect.stringMatching(/^GET \/ from 127\.0\.0\.1:\d+$/), [200, 2]])
    expect(() => server.on('message' as 'request', () => 0)).toThrow(/no event 'message'/)
  })
})

describe('ports of root', () => {
  it.runIf(process.getuid?.() === 0)('need its rights, and others are told so', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'netshell-web-'))
    chmodSync(folder, 0o755)
    const program = await bundle(folder, new URL('./port-of-root-program.ts', import.meta.url))
    // In a network of its own the kernel's rule for ports is the usual one.
    const nobody = ['unshare', '--net', '--setgid', '65534', '--setuid', '65534']
    const { stdout } = await run([...nobody, process.execPath, program], {
      environment: { NODE_PATH: MODULES },
      timeout: 20_000,
    })
    rmSync(folder, { recursive: true })
    expect(stdout).toMatch(/^web 0\.0\.0\.0:80: .*not allowed/)
  })
})
