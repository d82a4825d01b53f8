/** What goes wrong at a file server: nonsense, patience that is abused, ports that are taken, and the end in the middle of it all. */
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { SessionError } from '../../../src/sessions/face/session-error.js'
import { sessions } from '../../../src/sessions/face/session-list.js'
import type { FileServer } from '../../../src/sessions/serve/index.js'
import { start } from '../../lab/process.js'
import { raw } from '../web/asking.js'
import { at, curl, download, folderHere, served, until } from './serving.js'

function errorsOf(server: FileServer): string[] {
  const errors: string[] = []
  server.on('error', ({ message }) => void errors.push(message))
  return errors
}

describe('what is no request', () => {
  const HOST = 'Host: localhost\r\n'

  it.each([
    ['nonsense', 'HELLO\r\n\r\n', 400],
    ['no host', 'GET /a.txt HTTP/1.1\r\n\r\n', 400],
    ['two hosts', `GET /a.txt HTTP/1.1\r\n${HOST}${HOST}\r\n`, 400],
    ['a line that is cut in three', `GET /a b HTTP/1.1\r\n${HOST}\r\n`, 400],
    ['headers that are too long', `GET /a.txt HTTP/1.1\r\n${HOST}X: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['a URL that is too long', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\n${HOST}\r\n`, 431],
    ['very many headers', `GET /a.txt HTTP/1.1\r\n${HOST}${'A: b\r\n'.repeat(10_000)}\r\n`, 431],
    ['a wish for a proxy', `CONNECT example.com:443 HTTP/1.1\r\n${HOST}\r\n`, 400],
    ['a path without its slash', `GET a.txt HTTP/1.1\r\n${HOST}\r\n`, 400],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    ['two lengths', `GET /a.txt HTTP/1.1\r\n${HOST}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`, 400],
  ])('gets its answer, and nobody else suffers: %s', async (_, bytes, status) => {
    const server = await served({ name: 'a.txt', data: 'Hello' })
    const { text } = await raw(server, bytes)
    expect(text.split(' ', 2)).toEqual(['HTTP/1.1', String(status)])
    expect((await curl(server.url)).body).toBe('Hello')
    expect(server.downloads).toBe(1)
  })

  it('is told to who asks for errors', async () => {
    const server = await served({ name: 'a.txt', data: 'Hello' })
    const errors = errorsOf(server)
    await raw(server, 'HELLO\r\n\r\n')
    expect(errors).toHaveLength(1)
    expect(errors[0]).toMatch(/^serve http:\S+: 127\.0\.0\.1: Invalid method/)
  })

  it('is a name that points here, on a server for this machine only', async () => {
    const server = await served({ name: 'a.txt', data: 'Hello' })
    expect((await curl(server.url, '-H', 'Host: evil.example')).status).toBe(421)
    expect((await curl(server.url, '-H', `Host: localhost:${server.port}`)).status).toBe(200)
  })
})

describe('patience', () => {
  it('has an end with clients that ask very slowly, while others are served', async () => {
    const server = await served({ name: 'a.txt', data: 'Hello' })
    const errors = errorsOf(server)
    const ends: number[] = []
    const began = Date.now()
    const sockets: Socket[] = []
    for (let i = 0; i < 60; i++) {
      const socket = connect(server.port, '127.0.0.1').on('error', () => undefined)
      socket.on('close', () => ends.push(Date.now() - began)).resume()
      // A third of them says nothing at all.
      if (i % 3 !== 0) socket.write('GET /a.txt HTTP/1.1\r\n')
      sockets.push(socket)
    }
    const drip = setInterval(() => {
      for (const [i, socket] of sockets.entries()) if (i % 3 === 1 && socket.writable) socket.write('X: y\r\n')
    }, 500)
    try {
      for (let i = 0; i < 5; i++) {
        expect((await curl(server.url)).body).toBe('Hello')
        await new Promise((resolve) => setTimeout(resolve, 500))
      }
      await until(() => ends.length === 60, 'all were let go', 20_000)
    } finally {
      clearInterval(drip)
      for (const socket of sockets) socket.destroy()
    }
    expect(Math.min(...ends)).toBeGreaterThan(8000)
    expect(errors.some((text) => text.includes('did not come in time'))).toBe(true)
  })

  it('is not asked of a client whose source is slow', async () => {
    const server = await served({
      name: 'a.txt',
      data: (async function* () {
        yield 'one '
        await new Promise((resolve) => setTimeout(resolve, 7000))
        yield 'two'
      })(),
    })
    expect((await curl(server.url)).body).toContain('one two')
  })
})

describe('requests that come ahead of their turn', () => {
  it('are answered in order, and forgotten with their client', async () => {
    const folder = folderHere()
    writeFileSync(path.join(folder, 'big.bin'), randomBytes(20_000_000))
    writeFileSync(path.join(folder, 'a.txt'), 'one')
    writeFileSync(path.join(folder, 'b.txt'), 'two')
    const server = await served(folder, { timeout: 1 })
    const ask = (name: string): string => `GET /${name} HTTP/1.1\r\nHost: localhost\r\n\r\n`
    const { text } = await raw(server, ask('a.txt') + ask('b.txt'))
    expect(text.replace(/HTTP[\s\S]*?\r\n\r\n/g, '')).toBe('onetwo')
    // Nothing of the first is taken, so that the others wait.
    const socket = connect(server.port, '127.0.0.1', () =>
      socket.write(ask('big.bin') + ask('big.bin') + ask('a.txt').repeat(20)),
    )
    socket.pause()
    await until(() => server.transfers().some(({ name, done }) => name === 'big.bin' && done > 0), 'it was asked')
    socket.destroy()
    await server.wait()
    expect(server.transfers().filter(({ outcome }) => outcome === undefined)).toHaveLength(0)
  })
})

describe('the port', () => {
  it('of somebody else is told with who has it', async () => {
    const python = start(['python3', '-u', '-m', 'http.server', '--bind', '127.0.0.1', '0'])
    try {
      await until(() => /port \d+/.test(python.stdout), 'python listens')
      const port = Number(/port (\d+)/.exec(python.stdout)![1])
      const error = await served({ name: 'a', data: '' }, { port }).catch((error: unknown) => error)
      expect(error).toBeInstanceOf(SessionError)
      expect((error as SessionError).code).toBe('EADDRINUSE')
      expect((error as SessionError).message).toMatch(
        new RegExp(
          `^serve 127\\.0\\.0\\.1:${port}: port ${port} is in use by python3.* \\(process \\d+\\); port 0 takes a free one$`,
        ),
      )
      expect(sessions().filter(({ kind }) => kind === 'serve')).toHaveLength(0)
    } finally {
      python.kill('SIGKILL')
      await python.exited
    }
  })

  it('is the next free one where none was asked for', async () => {
    const taken = createServer()
    // It may be taken already: just as good.
    await new Promise<void>((resolve) => taken.once('error', () => resolve()).listen(8000, '127.0.0.1', resolve))
    try {
      const server = await served({ name: 'a.txt', data: 'Hello' }, { port: undefined })
      expect(server.port).toBeGreaterThan(8000)
      expect(server.port).toBeLessThan(8100)
      expect((await curl(server.url)).body).toBe('Hello')
    } finally {
      taken.close()
    }
  })

  it('is that of all addresses, of both versions, unless another is asked for', async () => {
    const server = await served({ name: 'a.txt', data: 'Hello' }, { host: undefined })
    for (const host of ['127.0.0.1', '127.0.0.5', '[::1]'])
      expect((await curl(`http://${host}:${server.port}/a.txt`)).body).toBe('Hello')
    expect(server.urls.map(({ url }) => url)).toContain(`http://127.0.0.1:${server.port}/a.txt`)
    expect(server.transfers().map(({ client }) => client)).toEqual(['127.0.0.1', '127.0.0.1', '::1'])
    await expect(served({ name: 'a', data: '' }, { host: '192.0.2.1' })).rejects.toThrow(/does not have that address/)
  })
})

describe('closing', () => {
  const BIG = randomBytes(20_000_000)
  const SLOW = '1M'

  /** A download that runs when this is over. One that is never to end has more than the system's buffers take. */
  async function running(rate: string): Promise<{ server: FileServer; status: Promise<number | null>; file: string }> {
    const folder = folderHere()
    writeFileSync(path.join(folder, 'big.bin'), BIG)
    if (rate === SLOW) truncateSync(path.join(folder, 'big.bin'), 1e9)
    const server = await served(path.join(folder, 'big.bin'))
    const file = path.join(folder, 'copy')
    const status = download(server.url, file, '--limit-rate', rate)
    await until(() => existsSync(file) && statSync(file).size > 0, 'the download had begun')
    return { server, status, file }
  }

  it('waits for downloads that end soon', async () => {
    const { server, status, file } = await running('100M')
    await server.close()
    expect(await status).toBe(0)
    expect(readFileSync(file).equals(BIG)).toBe(true)
    expect([server.state, server.downloads]).toEqual(['closed', 1])
  })

  it('lets nobody in meanwhile, and breaks off what takes too long', async () => {
    const { server, status } = await running(SLOW)
    const began = Date.now()
    const closing = server.close()
    expect(await download(server.url, `${folderHere()}/a`)).toBe(7)
    await closing
    expect(Date.now() - began).toBeGreaterThan(1500)
    expect(Date.now() - began).toBeLessThan(6000)
    expect(await status).toBe(18)
    expect([server.downloads, server.transfers().at(-1)!.outcome]).toEqual([0, 'broken'])
  })

  it('waits no more when it is interrupted', async () => {
    const { server, status } = await running(SLOW)
    const began = Date.now()
    const closing = server.close()
    await new Promise((resolve) => setTimeout(resolve, 100))
    closing.interrupt()
    await closing.catch(() => undefined)
    await server.wait()
    expect(Date.now() - began).toBeLessThan(1500)
    expect(await status).toBe(18)
  })

  it('lets go of all, and it can be opened again', async () => {
    const server = await served({ name: 'a.txt', data: 'Hello' }, { count: 1 })
    const { port } = server
    expect((await curl(server.url)).body).toBe('Hello')
    await server.wait()
    await server.open()
    expect([server.port === port, server.downloads]).toEqual([false, 0])
    expect((await curl(server.url)).body).toBe('Hello')
    await server.wait()
    expect(sessions()).not.toContain(server)
  })

  it('does not wait for connections on which nothing is asked', async () => {
    const server = await served({ name: 'a.txt', data: 'Hello' })
    const socket = connect(server.port, '127.0.0.1')
    const gone = new Promise((resolve) => socket.on('close', resolve).resume())
    await new Promise<void>((resolve) => socket.on('connect', () => resolve()))
    const began = Date.now()
    await server.close()
    await gone
    expect(Date.now() - began).toBeLessThan(1500)
  })
})

describe('very many at the same time', () => {
  it('are served without an error, in memory that does not grow with them', async () => {
    const folder = folderHere()
    const bytes = randomBytes(2_000_000)
    writeFileSync(path.join(folder, 'a.bin'), bytes)
    const server = await served(folder)
    const errors = errorsOf(server)
    const before = process.memoryUsage()
    let most = 0
    const watch = setInterval(() => {
      const { rss } = process.memoryUsage()
      most = Math.max(most, rss - before.rss)
    }, 20)
    const hash = createHash('sha256').update(bytes).digest('hex')
    const script = fileURLToPath(new URL('many_clients.py', import.meta.url))
    const python = start(['python3', script, String(server.port), '/a.bin', '1000', hash])
    try {
      await until(() => python.stdout.includes('all asked') || python.stderr !== '', 'all had asked', 60_000)
      expect(python.stderr).toBe('')
      // Of the others the system holds the rest.
      expect(server.transfers().filter(({ outcome }) => outcome === undefined).length).toBeGreaterThan(200)
      python.endInput('\n')
      await python.exited
    } finally {
      clearInterval(watch)
      python.kill('SIGKILL')
    }
    expect(python.stdout).toContain('whole 1000')
    expect(errors).toEqual([])
    expect(server.downloads).toBe(1000)
    // All of them together are 2 GB.
    expect(most / 1e6).toBeLessThan(400)
    expect((await curl(at(server, '/a.bin'), '-I')).status).toBe(200)
  }, 90_000)
})
