/** The client of an application: with the server in Python, with ours, and with servers that lie, vanish, or send too much. */
import { readFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import path from 'node:path'
import { deflateSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { Interrupted } from '../../../src/exchange/index.js'
import type { AppSession } from '../../../src/sessions/app/client.js'
import { app } from '../../../src/sessions/app/index.js'
import { RemoteApp } from '../../../src/sessions/app/remote-app.js'
import type { AppCommand, AppServer, AppServerOptions } from '../../../src/sessions/app/server.js'
import type { SessionError } from '../../../src/sessions/index.js'
import type { Child } from '../../lab/process.js'
import { IHM, pythonServer } from './peers.js'

const open: { close(): unknown }[] = []
const children: Child[] = []
afterEach(async () => {
  for (const each of open.splice(0)) await each.close()
  for (const child of children.splice(0)) await child.stop()
})

async function python(version: number, port = 0): Promise<{ child: Child; port: number }> {
  const server = await pythonServer(version, port)
  children.push(server.child)
  return server
}

async function listen(
  options: AppServerOptions = {},
  commands?: Record<string, AppCommand>,
  port = 0,
): Promise<AppServer> {
  const server = await app.listen(port, commands, options)
  open.push(server)
  return server
}

async function connect(port: number, options: Parameters<typeof app.connect>[2] = {}): Promise<AppSession> {
  const session = await app.connect('127.0.0.1', port, { timeout: 3, ...options })
  open.push(session)
  return session
}

/** A server that does to each connection whatever a test wants. */
async function strange(serve: (socket: Socket, line: string) => void): Promise<number> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('data', (line) => serve(socket, line.toString()))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push({
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  })
  return (server.address() as { port: number }).port
}

const VERSIONS = [1, 2, 3, 4] as const

describe('the server in Python', () => {
  it.each(VERSIONS)('answers what is asked in version %i', async (version) => {
    const { port } = await python(version)
    const session = await connect(port, { version })
    expect(await session.call('hello', 'Zoë: ☃')).toBe('Bonjour Zoë: ☃.')
    if (version === 1) {
      await expect(session.call('bye', 'World')).rejects.toThrow(/'bye' needs version 2/)
    } else {
      expect(await session.call('bye', 'World')).toBe('Au revoir World.')
      await expect(session.call('ciao', 'World')).rejects.toMatchObject({ code: 'REFUSED' })
    }
    expect(session.state).toBe('open')
  })

  it('gives interface and handlers in version 4', async () => {
    const { port } = await python(4)
    const remote = new RemoteApp(
      { host: '127.0.0.1', port },
      { version: 4, timeout: 3, limit: 1 << 20, subscribe: false, reconnect: {} },
    )
    expect(await remote.load('two-buttons', 'hello', new AbortController().signal)).toEqual({
      interface: readFileSync(path.join(IHM, 'two-buttons.glade'), 'utf8'),
      handlers: readFileSync(path.join(IHM, 'hello.js'), 'utf8'),
    })
    await expect(remote.load('nothing', 'nothing', new AbortController().signal)).rejects.toThrow(
      /has no interface 'nothing'/,
    )
  })
})

describe('our server', () => {
  it.each(VERSIONS)('answers in version %i', async (version) => {
    const { port } = await listen({ version, folder: IHM })
    const session = await connect(port, { version })
    expect(await session.call('hello', 'a:b')).toBe('Bonjour a:b.')
    if (version > 1) expect(await session.call('bye', 'World')).toBe('Au revoir World.')
  })

  it('gives any value in version 3, and the words of what it refuses in versions 3 and 4', async () => {
    const { port } = await listen({}, {
      add: ({ a, b }: { a: number; b: number }) => [a + b],
      fail: () => {
        throw new Error('not today')
      },
    } as Record<string, AppCommand>)
    for (const version of [3, 4] as const) {
      const session = await connect(port, { version })
      expect(await session.call('add', { a: 2, b: 3 })).toEqual([5])
      await expect(session.call('fail')).rejects.toThrow(/not today/)
      await expect(session.call('nope')).rejects.toThrow(/the commands are add fail/)
    }
  })
})

describe('what all users share', () => {
  const count = {
    add: (message: number, server: AppServer) => {
      server.shared.total = Number(server.shared.total ?? 0) + message
      return server.shared.total
    },
  } as Record<string, AppCommand>

  it('is told to each, as it is now and as it changes', async () => {
    const server = await listen({}, count)
    server.publish('title', { text: 'Sum' })
    const [one, other] = [await connect(server.port), await connect(server.port)]
    expect(one.shared).toEqual({ title: { text: 'Sum' } })
    expect(server.subscribers).toBe(2)
    const changes = other.events('change')
    expect(await one.call('add', 3)).toBe(3)
    expect((await changes.next()).value.values).toEqual(['total', 3])
    expect(await one.call('add', 4)).toBe(7)
    await expect.poll(() => [one.shared.total, other.shared.total]).toEqual([7, 7])
    expect(server.publish('total', 0)).toBe(2)
    await expect.poll(() => other.shared.total).toBe(0)
    delete server.shared.title
    await expect.poll(() => other.shared.title).toBe(null)
    await other.close()
    await expect.poll(() => server.subscribers).toBe(1)
  })

  it('comes back after the server was away, as it is then', async () => {
    const server = await listen({}, count)
    const { port } = server
    const session = await connect(port, { reconnect: { first: 0.05, longest: 0.1 } })
    const events: string[] = []
    session.on('reconnect', (attempt) => events.push(`reconnect ${attempt}`))
    session.on('open', () => events.push('open'))
    await server.close()
    await expect.poll(() => session.state).toBe('reconnecting')
    expect(String(session)).toMatch(/: reconnecting \(the .*(?:closed|refused)/)
    await expect(session.call('add', 1)).rejects.toThrow(/refused: nothing listens there/)
    const again = await listen({}, count, port)
    again.shared.total = 40
    await expect.poll(() => session.shared.total, { timeout: 3000 }).toBe(40)
    expect(session.state).toBe('open')
    expect(await session.call('add', 2)).toBe(42)
    await expect.poll(() => session.shared.total).toBe(42)
    expect(events[0]).toBe('reconnect 1')
    expect(events.at(-1)).toBe('open')
  })

  it('is given up after so many attempts, and the session has failed', async () => {
    const server = await listen()
    const session = await connect(server.port, { reconnect: { first: 0.01, tries: 2 } })
    await server.close()
    await expect.poll(() => session.state).toBe('failed')
    expect(session.error?.code).toBe('ECONNREFUSED')
  })

  it('has names and values that can be told, and no more', async () => {
    const server = await listen()
    for (const name of ['a b', '__proto__', '', '1a', 'ä', 'x'.repeat(65)])
      expect(() => server.publish(name, 1), name).toThrow(/letters, digits and _/)
    expect(() => server.publish('big', 'x'.repeat(70_000))).toThrow(/more than 65536/)
    expect(() => server.publish('fn', () => 1)).toThrow(/it is a function/)
    expect(() => server.publish('n', 10n)).toThrow(/JSON/)
    expect(server.shared.toString).toBeUndefined()
    server.shared.list = [1]
    expect(() => (server.shared.list as number[]).push(2)).toThrow(TypeError)
    for (let i = 1; i < 100; i++) server.shared[`n${i}`] = i
    expect(() => server.publish('more', 1)).toThrow(/100 names/)
  })

  it('does not wait for a subscriber that does not read', async () => {
    const server = await listen()
    const { connect: plain } = await import('node:net')
    const lazy = plain(server.port, '127.0.0.1')
    lazy.on('error', () => undefined)
    open.push({ close: () => lazy.destroy() })
    lazy.write('{"command": "subscribe"}\n')
    await expect.poll(() => server.subscribers).toBe(1)
    lazy.pause()
    await expect
      .poll(
        () => {
          for (let i = 0; i < 50; i++) server.publish('big', 'x'.repeat(60_000))
          return server.subscribers
        },
        { timeout: 10_000 },
      )
      .toBe(0)
  })

  it('is no reason to end for lines that make no sense', async () => {
    let told: Socket | undefined
    const port = await strange((socket) => {
      told = socket
      socket.write('{"status": "ok", "shared": {"__proto__": 1, "a": 1, "on x": 2}}\n')
    })
    const session = await connect(port)
    expect(session.shared).toEqual({ a: 1 })
    told!.write('garbage\n[]\n{"event": 3}\n{"event": "__proto__", "value": {"b": 1}}\n\n{"event": "b", "value": 2}\n')
    await expect.poll(() => session.shared.b).toBe(2)
    expect(Object.getPrototypeOf(session.shared)).toBe(Object.prototype)
  })
})

describe('servers that are none', () => {
  const REFUSE = '{"status": "error", "message": "no"}\n'
  const answering = (answer: string | Buffer) =>
    strange((socket, line) => socket.end(line.includes('subscribe') ? REFUSE : answer))

  it.each([
    ['', /closed the connection without an answer/, 'EMPTY'],
    ['{"status": "error", "message": "\\u001b[31mred"}\n', /says no: \\x1b\[31mred/, 'REFUSED'],
    ['Erreur', /does not know 'hello'/, 'REFUSED'],
  ])('%j is told as an error', async (answer, message, code) => {
    const session = await connect(await answering(answer))
    const error = (await session.call('hello', 'x').then(
      () => undefined,
      (thrown) => thrown,
    )) as SessionError
    expect(error.message).toMatch(message)
    expect(error.message).not.toContain('\x1b')
    expect(error.code).toBe(code)
  })

  it('answers in text are taken in version 3', async () => {
    const session = await connect(await answering('Bonjour World.'))
    expect(await session.call('hello', 'World')).toBe('Bonjour World.')
  })

  it('that send without end are stopped', async () => {
    const port = await strange((socket, line) => {
      if (line.includes('subscribe')) return void socket.end(REFUSE)
      const more = (): void => {
        while (!socket.destroyed && socket.write('x'.repeat(10_000)));
      }
      socket.on('drain', more)
      more()
    })
    const session = await connect(port, { limit: 100_000 })
    await expect(session.call('hello')).rejects.toThrow(/more than 100000 bytes/)
  })

  it('that say nothing are given up', async () => {
    const port = await strange(() => undefined)
    await expect(connect(port, { timeout: 0.2 })).rejects.toThrow(/no answer within 0.2 s/)
    const session = await connect(port, { timeout: 0.2, version: 2 })
    await expect(session.call('hello')).rejects.toMatchObject({ code: 'TIMEOUT' })
  })

  it('that keep the connection open after their line are fine', async () => {
    const port = await strange((socket, line) =>
      socket.write(line.includes('subscribe') ? REFUSE : '{"message": "kept"}\n'),
    )
    expect(await (await connect(port)).call('hello')).toBe('kept')
  })

  it('that break off are told', async () => {
    const port = await strange((socket, line) =>
      line.includes('subscribe') ? socket.end(REFUSE) : socket.resetAndDestroy(),
    )
    await expect((await connect(port)).call('hello')).rejects.toMatchObject({ code: 'ECONNRESET' })
  })

  it('that are not there are told at once', async () => {
    for (const version of VERSIONS)
      await expect(connect(1, { version })).rejects.toThrow(/app 127\.0\.0\.1:1: the connection was refused/)
    await expect(app.connect('no.such.host.invalid', 8808)).rejects.toThrow(/name/)
    expect(() => app.connect('127.0.0.1', 0)).toThrow(/port/)
    expect(() => app.connect('127.0.0.1', 8808, { versoin: 3 } as never)).toThrow(/did you mean 'version'/)
    expect(() => app.connect('127.0.0.1', 8808, { reconnect: { frist: 1 } as never })).toThrow(/did you mean 'first'/)
    expect(() => app.connect('/run/app.sock')).toThrow(/a host and a port/)
    expect(() => app.listen('/run/app.sock' as never)).toThrow(/give a port/)
  })

  it('are found by all ways of writing a place, and hear clients of all addresses with *', async () => {
    const server = await app.listen(0, undefined, { host: '*' })
    expect(server.subject).toBe(`[::]:${server.port}`)
    for (const place of [server.port, String(server.port), `127.0.0.1:${server.port}`, `[::1]:${server.port}`]) {
      const session = await app.connect(place, { reconnect: false })
      expect(await session.call('hello', 'World')).toBe('Bonjour World.')
      await session.close()
    }
    await server.close()
  })

  describe('version 4', () => {
    const load = async (code: string | Buffer, limit = 100_000): Promise<unknown> => {
      const port = await strange((socket, line) =>
        socket.end(line.startsWith('load_code') ? code : '<interface></interface>'),
      )
      const options = { version: 4, timeout: 3, limit, subscribe: false, reconnect: {} } as const
      return await new RemoteApp({ host: '127.0.0.1', port }, options).load('a', 'a', new AbortController().signal)
    }

    it('handlers that are packed small and unpacked large are refused', async () => {
      const bomb = deflateSync(Buffer.alloc(50_000_000)).toString('base64')
      expect(bomb.length).toBeLessThan(100_000)
      await expect(load(bomb)).rejects.toThrow(/more than 100000 bytes when they are unpacked/)
    })

    it.each([
      ['<html>no</html>', /no base64/],
      [Buffer.from('no zlib').toString('base64'), /cannot be unpacked/],
      [
        deflateSync(Buffer.from('x'.repeat(500)))
          .subarray(0, 10)
          .toString('base64'),
        /cannot be unpacked/,
      ],
      ['Erreur', /no handlers 'a'/],
    ])('handlers %j are refused', async (code, why) => {
      await expect(load(code)).rejects.toThrow(why)
    })

    it('base64 in lines, as Python writes it, is fine', async () => {
      const packed = deflateSync(Buffer.from(`/* ${Math.E} */`.repeat(40))).toString('base64')
      expect(await load(packed.replace(/.{20}/g, '$&\n'))).toMatchObject({ handlers: `/* ${Math.E} */`.repeat(40) })
    })
  })
})

describe('the session', () => {
  it('ends what waits at Ctrl-C and at its close', async () => {
    const port = await strange((socket, line) => void (line.includes('subscribe') && socket.end('{}\n')))
    const session = await connect(port, { timeout: 20 })
    const call = session.call('hello')
    setTimeout(() => call.interrupt(), 50)
    await expect(call).rejects.toThrow(Interrupted)
    const other = session.call('hello')
    const ended = expect(other).rejects.toMatchObject({ code: 'CLOSED' })
    await session.close()
    await ended
    expect(session.state).toBe('closed')
  })

  it('tells its calls, and opens again', async () => {
    const { port } = await listen()
    const session = await connect(port)
    const calls: unknown[] = []
    session.on('call', (call) => calls.push(call))
    await session.call('hello', 'World')
    await session.call('nope').catch(() => undefined)
    expect(calls).toEqual([
      { command: 'hello', message: 'World', answer: 'Bonjour World.' },
      { command: 'nope', message: '', error: expect.stringContaining("no command 'nope'") },
    ])
    expect([...session.history].map(({ direction, data }) => `${direction} ${data}`).slice(0, 2)).toEqual([
      'out {"command":"hello","message":"World"}',
      'in "Bonjour World."',
    ])
    expect(String(session)).toBe(`app 127.0.0.1:${port}: open, 2 calls`)
    await session.close()
    await session.open()
    expect(await session.call('bye', 'World')).toBe('Au revoir World.')
  })

  it('says what it can not send in versions 1 and 2', async () => {
    const { port } = await listen()
    const session = await connect(port, { version: 2 })
    await expect(session.call('hello', 'a\nb')).rejects.toThrow(/a text of one line/)
    await expect(session.call('he:llo', 'a')).rejects.toThrow(/without colon/)
    expect(await session.call('hello', 5)).toBe('Bonjour 5.')
  })
})
