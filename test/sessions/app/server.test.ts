/** The server of an application: its four versions byte by byte, for the client in Python, and for those who mean no good. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { inflateSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { sleep } from '../../../src/exchange/index.js'
import { app } from '../../../src/sessions/app/index.js'
import type { AppServer, AppServerOptions } from '../../../src/sessions/app/server.js'
import { tellFailuresWith } from '../../../src/sessions/face/failures.js'
import { sessions } from '../../../src/sessions/index.js'
import { exchange, IHM, pythonClient } from './peers.js'

const failures: string[] = []
tellFailuresWith((where, error) => failures.push(`${where}: ${String(error)}`))

let server: AppServer
type Commands = Parameters<typeof app.listen>[1]
const listen = async (options: AppServerOptions = {}, commands?: Commands): Promise<number> => {
  server = await app.listen(0, commands, options)
  return server.port
}
afterEach(() => server?.close())

describe('version 1', () => {
  it('greets the whole line, and ends its answer with a line end', async () => {
    const port = await listen({ version: 1 })
    expect(await exchange(port, 'World\n')).toBe('Bonjour World.\n')
    expect(await exchange(port, 'hello:World\n')).toBe('Bonjour hello:World.\n')
    expect(await exchange(port, 'Zoë ☃\r\n')).toBe('Bonjour Zoë ☃.\n')
    expect(await exchange(port, '\n')).toBe('Bonjour .\n')
  })

  it('takes the end of the stream for the end of the line', async () => {
    expect(await exchange(await listen({ version: 1 }), 'World', { end: true })).toBe('Bonjour World.\n')
  })

  it('says nothing to who says nothing', async () => {
    expect(await exchange(await listen({ version: 1 }), '', { end: true })).toBe('')
  })
})

describe('version 2', () => {
  it('reads the command before the first colon; the text may have more of them', async () => {
    const port = await listen({ version: 2 })
    expect(await exchange(port, 'hello:World\n')).toBe('Bonjour World.')
    expect(await exchange(port, 'bye:a:b: c\n')).toBe('Au revoir a:b: c.')
    expect(await exchange(port, 'hello:\n')).toBe('Bonjour .')
  })

  it.each([
    'ciao:World',
    'World',
    ':World',
    'toString:x',
    '__proto__:x',
    'constructor:x',
    '{"command": "hello"}',
    'load_file:hello',
  ])('says Erreur to %s', async (line) => {
    expect(await exchange(await listen({ version: 2, folder: IHM }), `${line}\n`)).toBe('Erreur')
  })
})

describe('version 3', () => {
  const ask = async (port: number, request: unknown): Promise<unknown> => {
    const line = typeof request === 'string' ? request : JSON.stringify(request)
    const answer = await exchange(port, `${line}\n`)
    expect(answer.endsWith('\n')).toBe(true)
    return JSON.parse(answer)
  }

  it('answers JSON with JSON that has a status', async () => {
    const port = await listen({ version: 3 })
    expect(await ask(port, { command: 'hello', message: 'a:b\n"c"' })).toEqual({
      status: 'ok',
      command: 'hello',
      message: 'Bonjour a:b\n"c".',
    })
    expect(await ask(port, { message: 'x', command: 'bye', more: 1 })).toMatchObject({ message: 'Au revoir x.' })
  })

  it('says what is wrong', async () => {
    const port = await listen({ version: 3 })
    for (const [request, why] of [
      [{ command: 'ciao', message: 'x' }, /no command 'ciao'; the commands are hello bye/],
      [{ command: 'toString' }, /no command 'toString'/],
      ['hello:World', /no JSON/],
      ['{"command": "hello"', /no JSON/],
      ['null', /must be \{"command"/],
      ['[]', /must be \{"command"/],
      ['{"command": 3}', /must be \{"command"/],
    ] as const) {
      const answer = (await ask(port, request)) as { status: string; message: string }
      expect(answer.status).toBe('error')
      expect(answer.message).toMatch(why)
    }
  })

  it('answers with the text alone where that is wanted', async () => {
    const port = await listen({ version: 3, answers: 'text' })
    expect(await exchange(port, '{"command": "hello", "message": "World"}\n')).toBe('Bonjour World.')
  })

  it('gives objects, and takes them', async () => {
    const port = await listen({ version: 3 }, { sum: ({ a, b }: { a: number; b: number }) => ({ sum: a + b }) })
    expect(await ask(port, { command: 'sum', message: { a: 1, b: 2 } })).toMatchObject({ message: { sum: 3 } })
  })
})

describe('version 4', () => {
  it('gives away interfaces and handlers, and has the commands of versions 2 and 3', async () => {
    const port = await listen({ version: 4, folder: IHM })
    expect(await exchange(port, 'load_file:hello\n')).toBe(readFileSync(path.join(IHM, 'hello.glade'), 'utf8'))
    const code = Buffer.from(await exchange(port, 'load_code:two-buttons\n'), 'base64')
    expect(inflateSync(code).toString()).toBe(readFileSync(path.join(IHM, 'two-buttons.js'), 'utf8'))
    expect(await exchange(port, 'hello:World\n')).toBe('Bonjour World.')
    expect(await exchange(port, '{"command":"bye","message":"World"}\n')).toContain('"Au revoir World."')
  })

  const folder = mkdtempSync(path.join(tmpdir(), 'netshell-ihm-'))
  beforeAll(() => {
    writeFileSync(path.join(folder, 'secret.glade'), 'SECRET')
    mkdirSync(path.join(folder, 'ihm', 'sub.glade'), { recursive: true })
    writeFileSync(path.join(folder, 'ihm', '.hidden.glade'), 'SECRET')
    writeFileSync(path.join(folder, 'ihm', 'large.glade'), 'x'.repeat(3000))
    writeFileSync(path.join(folder, 'ihm', 'good.name-1.glade'), '<interface/>')
    symlinkSync('../secret.glade', path.join(folder, 'ihm', 'link.glade'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each([
    '../secret',
    '..\\secret',
    '%2e%2e%2fsecret',
    'sub/../../secret',
    './good.name-1',
    path.join(folder, 'secret'),
    'link',
    'sub',
    '.hidden',
    'large',
    'nothing',
    'good.name-1\0',
    'good..name',
    '',
    'x'.repeat(300),
  ])('gives no file for the name %j', async (name) => {
    const port = await listen({ version: 4, folder: path.join(folder, 'ihm'), limit: 2000 })
    expect(await exchange(port, `load_file:${name}\n`)).toBe('Erreur')
    expect(await exchange(port, 'load_file:good.name-1\n')).toBe('<interface/>')
  })
})

describe('the version by itself', () => {
  it('follows from the form of each request', async () => {
    const port = await listen({ folder: IHM })
    expect(await exchange(port, 'World\n')).toBe('Bonjour World.\n')
    expect(await exchange(port, 'Note: this\n')).toBe('Bonjour Note: this.\n')
    expect(await exchange(port, 'bye:World\n')).toBe('Au revoir World.')
    expect(await exchange(port, '{"command":"bye","message":"World"}\n')).toContain('"Au revoir World."')
    expect(await exchange(port, 'load_file:hello\n')).toContain('GtkWindow')
  })
})

describe('the client in Python', () => {
  it.each([1, 2, 3, 4])('shows the same in version %i', async (version) => {
    const port = await listen({ version: version as 1, folder: IHM })
    expect(await pythonClient(version, port, 'hello', 'Zoë: ☃')).toBe(
      version === 1 ? 'Bonjour Zoë: ☃.\n' : 'Bonjour Zoë: ☃.',
    )
    if (version > 1) expect(await pythonClient(version, port, 'bye', 'World')).toBe('Au revoir World.')
  })

  it('loads in version 4 what is in the files', async () => {
    const port = await listen({ version: 4, folder: IHM })
    const folder = mkdtempSync(path.join(tmpdir(), 'netshell-loaded-'))
    try {
      await pythonClient(4, port, 'load', 'two-buttons', folder)
      for (const name of ['two-buttons.glade', 'two-buttons.js'])
        expect(readFileSync(path.join(folder, name))).toEqual(readFileSync(path.join(IHM, name)))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

describe('commands', () => {
  it('may wait, get the server and the peer, and what they throw is the answer', async () => {
    const port = await listen(
      {},
      {
        slow: async (text: string, { kind }: AppServer, peer: string) => {
          await sleep(0.05)
          return `${text} ${kind} ${peer.slice(0, 10)}`
        },
        fail: () => {
          throw new Error('the printer is on fire')
        },
        strange: () => 10n,
      },
    )
    expect(await exchange(port, 'slow:a\n')).toBe('a app server 127.0.0.1:')
    failures.length = 0
    expect(JSON.parse(await exchange(port, '{"command":"fail"}\n'))).toEqual({
      status: 'error',
      message: 'the printer is on fire',
    })
    expect(failures.join()).toContain('the printer is on fire')
    expect(await exchange(port, 'fail:\n')).toBe('Erreur')
    expect(JSON.parse(await exchange(port, '{"command":"strange"}\n'))).toMatchObject({ status: 'error' })
    expect(server.state).toBe('open')
  })

  it('a single function is hello', async () => {
    expect(await exchange(await listen({}, (text: string) => text.toUpperCase()), 'loud\n')).toBe('LOUD\n')
  })

  it('that take too long are an error, and those of a closed server end', async () => {
    const port = await listen({ timeout: 0.2, version: 3 }, { wait: () => new Promise(() => undefined) })
    expect(await exchange(port, '{"command":"wait"}\n')).toContain('took more than 0.2 s')
    await server.close()
    const other = await listen({ version: 3 }, { wait: () => sleep(60) })
    const answer = exchange(other, '{"command":"wait"}\n')
    await expect.poll(() => server.history.length).toBe(1)
    await server.close()
    expect(await answer).toContain('the server is closed')
  })

  it.each([
    [{ 'a:b': () => 1 }, /can be no command/],
    [{ subscribe: () => 1 }, /protocol's own/],
    [{ hello: 'Bonjour' }, /must be a function/],
    [{}, /at least one command/],
  ])('%j can not be', async (commands, why) => {
    await expect(async () => await app.listen(0, commands as Commands)).rejects.toThrow(why)
  })
})

describe('strangers', () => {
  it('get an error for a line that is too long, and for one that does not come', async () => {
    const port = await listen({ limit: 1000, timeout: 0.3, version: 3 })
    expect(await exchange(port, 'x'.repeat(200_000))).toContain('longer than 1000 bytes')
    expect(await exchange(port, '{"command":')).toContain('no request within 0.3 s')
  })

  it('that send garbage, or go at once, end nothing', async () => {
    const port = await listen()
    const noise = Buffer.from(Array.from({ length: 2000 }, (_, i) => (i * 7919) % 256))
    for (let i = 0; i < 20; i++) {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(noise.subarray(i * 50))
        socket.resetAndDestroy()
      })
      socket.on('error', () => undefined)
    }
    await exchange(port, Buffer.concat([noise, Buffer.from('\n')]))
    expect(await exchange(port, 'World\n')).toBe('Bonjour World.\n')
  })

  it('may be many at once', async () => {
    const port = await listen()
    const answers = await Promise.all(Array.from({ length: 300 }, (_, i) => exchange(port, `${i}\n`)))
    expect(answers).toEqual(Array.from({ length: 300 }, (_, i) => `Bonjour ${i}.\n`))
    expect(server.requests).toBe(300)
  })
})

describe('the session', () => {
  it('has the face that all have', async () => {
    const port = await listen()
    expect(sessions()).toContain(server)
    const requests: unknown[] = []
    server.on('request', (request) => requests.push(request))
    await exchange(port, 'bye:World\n')
    expect(requests).toEqual([
      {
        peer: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
        command: 'bye',
        message: 'World',
        answer: 'Au revoir World.',
        ok: true,
      },
    ])
    expect(String(server)).toBe(`app server 127.0.0.1:${port}: open, 1 request, 0 subscribers`)
    expect([...server.history].map(({ direction, data }) => [direction, data])).toEqual([
      ['in', 'bye:World'],
      ['out', 'Au revoir World.'],
    ])
    await server.close()
    await server.close()
    await expect(exchange(port, 'x\n')).rejects.toThrow(/ECONNREFUSED/)
    // The port is free at once, and the server can be opened again.
    await server.open()
    expect(await exchange(port, 'World\n')).toBe('Bonjour World.\n')
  })

  it('says in words why it can not listen', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const { port } = taken.address() as { port: number }
    await expect(app.listen(port)).rejects.toThrow(/port \d+ is in use by this netshell/)
    taken.close()
    await expect(app.listen(0, undefined, { host: '192.0.2.77' })).rejects.toThrow(/does not have that address/)
    expect(() => app.listen(99_999)).toThrow(/port must be/)
    expect(() => app.listen(0, undefined, { versio: 3 } as never)).toThrow(/did you mean 'version'/)
    expect(() => app.listen(0, undefined, { version: 5 } as never)).toThrow(/version must be 1, 2, 3, 4 or 'auto'/)
  })
})
