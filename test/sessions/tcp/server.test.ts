/** TCP servers: handlers of each kind, many clients, limits, and what happens when somebody does not behave. */
import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { Interrupted, OptionError } from '../../../src/exchange/index.js'
import { tellFailuresWith } from '../../../src/sessions/face/failures.js'
import {
  type SessionError,
  sessions,
  type TcpClient,
  type TcpHandler,
  type TcpListenOptions,
  type TcpServer,
  tcp,
} from '../../../src/sessions/index.js'
import { bundleSource } from '../../lab/bundle.js'
import { run } from '../../lab/process.js'
import { eventually, startPeer } from '../peer.js'
import { FOLDER, LINES } from './kinds.js'

const QUIET = { log: false } as const
const closers: (() => unknown)[] = []
const later = <T extends { close(): unknown }>(session: T): T => {
  closers.push(() => session.close())
  return session
}

async function listen(
  handler?: TcpHandler,
  options: TcpListenOptions = {},
  port: number | string = 0,
): Promise<TcpServer> {
  return later(await tcp.listen(port, handler as TcpHandler, { ...QUIET, ...options }))
}

async function peerTo(port: number): ReturnType<typeof startPeer> {
  const peer = await startPeer('client')
  closers.push(() => peer.kill())
  peer.order({ do: 'connect', port })
  await peer.tells('connected')
  return peer
}

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

describe('a handler for each connection', () => {
  test('answers with what it gives, and the connection is over', async () => {
    const server = await listen(async (connection: TcpClient) => `Bonjour ${await connection.recvLine()}.\n`)
    const { stdout } = await run(['nc', '-N', '127.0.0.1', String(server.port)], { input: 'World\n' })
    expect(stdout).toBe('Bonjour World.\n')
    await eventually(() => server.clients().length === 0, 'the client is gone')
  })

  test('goes through the lines of many clients at once', async () => {
    const server = await listen(async (connection: TcpClient) => {
      for await (const line of connection) await connection.send(`${connection.data.name ?? ''}${line}`)
    }, LINES)
    const clients = await Promise.all(Array.from({ length: 50 }, () => tcp.connect(server.port, LINES)))
    for (const client of clients) later(client)
    await eventually(() => server.clients().length === 50, 'all are there')
    for (let round = 0; round < 5; round++) {
      await Promise.all(clients.map((client, i) => client.send(`${i} ${round}`)))
      const answers = await Promise.all(clients.map((client) => client.recvLine()))
      expect(answers).toEqual(clients.map((_, i) => `${i} ${round}`))
    }
    expect(String(server)).toBe(`tcp server 127.0.0.1:${server.port}: open, 50 clients`)
    expect(String(server.clients()).split('\n')).toHaveLength(22)
  })

  test('that throws is told, and only its client is gone', async () => {
    const told: string[] = []
    tellFailuresWith((where, error) => told.push(`${where}: ${(error as Error).message}`))
    const id = randomUUID()
    const server = await listen(async (connection: TcpClient) => {
      const line = await connection.recvLine()
      if (line === 'bad') throw new Error(id)
      return `${line}\n`
    })
    const bad = await run(['nc', '-N', '127.0.0.1', String(server.port)], { input: 'bad\n' })
    expect(bad.stdout).toBe('')
    const good = await run(['nc', '-N', '127.0.0.1', String(server.port)], { input: 'good\n' })
    expect(good.stdout).toBe('good\n')
    expect(told).toEqual([`tcp server 127.0.0.1:${server.port}, event 'connection': ${id}`])
  })

  test('ends when the server is closed, and does not count as failed', async () => {
    const told: string[] = []
    tellFailuresWith((where, error) => told.push(`${where}: ${error}`))
    const begun: unknown[] = []
    const server = await listen(async (connection: TcpClient) => {
      begun.push(connection)
      await connection.recvLine()
    })
    later(await tcp.connect(server.port))
    await eventually(() => begun.length === 1, 'the handler began')
    await server.close()
    expect(server.state).toBe('closed')
    expect(told).toEqual([])
  })
})

describe('a handler for each message', () => {
  test('answers each, and tells who came and went', async () => {
    const seen: string[] = []
    const server = await listen(
      {
        connection: () => void seen.push('connection'),
        message: (message: string) => `Bonjour ${message}.`,
        disconnect: (_connection: TcpClient, error) => void seen.push(`disconnect ${error}`),
      },
      LINES,
    )
    const { stdout } = await run(['nc', '-N', '127.0.0.1', String(server.port)], { input: 'World\nMonde\n' })
    expect(stdout).toBe('Bonjour World.\nBonjour Monde.\n')
    await eventually(() => seen.length === 2, 'it is gone')
    expect(seen).toEqual(['connection', 'disconnect undefined'])
  })

  test('keeps the order of each client, also when it takes its time', async () => {
    const server = await listen(
      {
        message: async (message: string) => {
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 4))
          return message
        },
      },
      LINES,
    )
    const input = Array.from({ length: 50 }, (_, i) => `${i}\n`).join('')
    const { stdout } = await run(['nc', '-N', '127.0.0.1', String(server.port)], { input })
    expect(stdout).toBe(input)
  })

  test('of JSON gets values, and who sends something else is told apart from the others', async () => {
    const errors: string[] = []
    const server = await listen(
      {
        connection: (connection: TcpClient) => void connection.on('error', (error) => errors.push(error.message)),
        message: ({ n }: { n: number }) => ({ twice: n * 2 }),
      },
      { framing: 'json' },
    )
    const { stdout } = await run(['nc', '-N', '127.0.0.1', String(server.port)], {
      input: '{"n": 1}\n\u001b[31mnot json\n{"n": 21}\n',
    })
    expect(stdout).toBe('{"twice":2}\n{"twice":42}\n')
    expect(errors).toHaveLength(1)
    expect(errors[0]).toMatch(/^tcp client 127\.0\.0\.1:\d+: a line is no JSON: /)
    expect(errors[0]).not.toMatch(/\p{Cc}/u)
  })
})

test('without handlers accept() gives one client after the other, and Ctrl-C loses none', async () => {
  const server = await listen()
  const waiting = server.accept()
  waiting.interrupt()
  await expect(Promise.resolve(waiting)).rejects.toBeInstanceOf(Interrupted)
  const first = later(await tcp.connect(server.port))
  const second = later(await tcp.connect(server.port))
  const [one, two] = [await server.accept(), await server.accept()]
  expect([one.peer, two.peer]).toEqual([first.local, second.local])
  const closed = Promise.resolve(server.accept()).catch((error: unknown) => error)
  await server.close()
  expect(await closed).toMatchObject({ code: 'CLOSED' })
})

test('broadcast reaches all clients but one', async () => {
  const server = await listen({ message: () => undefined }, LINES)
  const clients = await Promise.all([1, 2, 3].map(() => tcp.connect(server.port, LINES)))
  for (const client of clients) later(client)
  await eventually(() => server.clients().length === 3, 'all are there')
  const one = server.clients().find(({ peer }) => peer === clients[0]!.local)!
  expect(server.broadcast('to some', { except: one })).toBe(2)
  expect(server.broadcast('to all')).toBe(3)
  expect(await clients[0]!.recvLine()).toBe('to all')
  for (const client of clients.slice(1))
    expect([await client.recvLine(), await client.recvLine()]).toEqual(['to some', 'to all'])
})

describe('stopping', () => {
  test('frees the port at once, while clients are still there', async () => {
    const first = await listen({ message: (message: string) => `first ${message}` }, LINES)
    const { port } = first
    const peers = await Promise.all([1, 2, 3].map(() => startPeer('client', 'stay')))
    for (const peer of peers) {
      closers.push(() => peer.kill())
      peer.order({ do: 'connect', port })
      await peer.tells('connected')
    }
    await eventually(() => first.clients().length === 3, 'all are there')
    const closing = first.close()
    // Not even waited for.
    const second = await listen({ message: (message: string) => `second ${message}` }, LINES, port)
    const client = later(await tcp.connect(port, LINES))
    await client.send('x')
    expect(await client.recvLine()).toBe('second x')
    await closing
    expect(first.clients()).toHaveLength(0)
    await second.close()
    await first.open()
    expect(first.port).toBe(port)
  })

  test('delivers what was sent before', async () => {
    const server = await listen({
      connection: (connection: TcpClient) => void connection.send('x'.repeat(300_000)),
      message() {},
    })
    const client = later(await tcp.connect(server.port))
    await eventually(() => server.clients().length === 1, 'it is there')
    const [all] = await Promise.all([client.recvAll(), server.close()])
    expect(all).toHaveLength(300_000)
  })

  test('removes the file of a unix socket', async () => {
    const path = join(FOLDER, 'echo.sock')
    const server = await listen({ message: (message: string) => message }, LINES, path)
    const { stdout } = await run(['nc', '-N', '-U', path], { input: 'through a file\n' })
    expect(stdout).toBe('through a file\n')
    expect(String(server)).toContain(path)
    await server.close()
    expect(existsSync(path)).toBe(false)
  })
})

describe('when somebody does not behave', () => {
  test('a message that is too long ends its client, and no other', async () => {
    const gone: unknown[] = []
    const server = await listen(
      { message: (message: string) => message, disconnect: (_: TcpClient, error) => void gone.push(error) },
      { ...LINES, limit: 1000 },
    )
    const other = later(await tcp.connect(server.port, LINES))
    const peer = await peerTo(server.port)
    peer.send('x'.repeat(5000))
    await eventually(() => gone.length === 1, 'it is gone')
    expect(gone[0]).toMatchObject({ code: 'LIMIT' })
    expect(String(gone[0])).toMatch(/longer than 1000 bytes; limit: …/)
    await other.send('still here')
    expect(await other.recvLine()).toBe('still here')
  })

  test('random bytes are only bytes', async () => {
    for (const framing of ['none', 'lines', 'json', { length: 2 }, { until: '\r\n\r\n' }] as const) {
      const server = await listen({ message: () => 'x' }, { framing, limit: 70_000 })
      const client = connect(server.port, '127.0.0.1')
      client.on('error', () => {})
      client.resume()
      client.write(Buffer.from(Array.from({ length: 20_000 }, (_, i) => (i * 7919 + 13) % 256)))
      client.end()
      await eventually(() => server.accepted === 1 && server.clients().length === 0, 'it is gone')
      expect(server.state).toBe('open')
    }
  })

  test('a client that sends and never reads is held back, and gets all in the end', async () => {
    const server = await listen({ message: (message: string) => message }, LINES)
    const peer = await peerTo(server.port)
    peer.order({ do: 'deaf' })
    const lines = 30_000
    peer.send(`${'x'.repeat(999)}\n`.repeat(lines))
    const [client] = server.clients()
    let before = -1
    await eventually(() => {
      const isStill = client!.received === before && before > 0
      before = client!.received
      return isStill && client!.received > 1e6
    }, 'it stands still')
    // What the kernel's buffers take is not counted.
    expect(client!.received - client!.sent).toBeLessThan(3 * 2 ** 20)
    expect(client!.received).toBeLessThan(lines * 1000)
    peer.order({ do: 'hear' })
    await eventually(() => client!.sent === lines * 1000, 'all was answered')
  })

  test('one who does not read what is sent to all is disconnected, and the others are not', async () => {
    const gone: SessionError[] = []
    const server = await listen({
      message: () => undefined,
      disconnect: (_: TcpClient, error) => void gone.push(error!),
    })
    const peer = await peerTo(server.port)
    peer.order({ do: 'deaf' })
    const reader = later(await tcp.connect(server.port, { encoding: 'bytes' }))
    await eventually(() => server.clients().length === 2, 'both are there')
    let read = 0
    reader.on('message', (bytes: Uint8Array) => {
      read += bytes.length
    })
    const block = Buffer.alloc(2 ** 20)
    let sent = 0
    while (gone.length === 0 && sent < 60) {
      server.broadcast(block)
      sent++
      await eventually(() => read === sent * block.length, 'the reader has it')
    }
    expect(gone[0]).toMatchObject({ code: 'LIMIT' })
    expect(gone[0]!.message).toMatch(/does not read: 1\d MB wait/)
    expect(server.clients()).toHaveLength(1)
  })

  test('a client that says nothing is sent away after a while, where that is asked for', async () => {
    const gone: unknown[] = []
    const server = await listen(
      { message() {}, disconnect: (_: TcpClient, error) => void gone.push(error) },
      { idle: 0.2 },
    )
    const client = later(await tcp.connect(server.port))
    expect(await client.recvAll()).toBe('')
    await eventually(() => gone.length === 1, 'it is told')
    expect(gone[0]).toMatchObject({ code: 'TIMEOUT' })
  })

  test('clients above the number that is allowed are turned away', async () => {
    const server = await listen({ message: (message: string) => message }, { ...LINES, clients: 2 })
    const clients = [later(await tcp.connect(server.port, LINES)), later(await tcp.connect(server.port, LINES))]
    await eventually(() => server.clients().length === 2, 'both are there')
    const third = later(await tcp.connect(server.port, LINES))
    expect(await third.recvLine().catch((error: SessionError) => error.code)).toBeOneOf([null, 'ECONNRESET'])
    await clients[0]!.close()
    await eventually(() => server.clients().length === 1, 'one is gone')
    const fourth = later(await tcp.connect(server.port, LINES))
    await fourth.send('room')
    expect(await fourth.recvLine()).toBe('room')
  })
})

describe('listening fails with words', () => {
  test('when the port is in use', async () => {
    const server = await listen()
    const before = sessions().length
    const error = await Promise.resolve(tcp.listen(server.port)).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'SessionError', code: 'EADDRINUSE' })
    expect(String(error)).toMatch(new RegExp(`tcp server 127\\.0\\.0\\.1:${server.port}\\b.* in use`))
    expect(sessions()).toHaveLength(before)
  })

  test('when the port is not allowed', async () => {
    const program = await bundleSource(
      FOLDER,
      "import { tcp } from './src/sessions/index.js'; await tcp.listen(80).then(() => console.log('listens'), (error) => console.log(error.code, error.message))",
    )
    const lowest = spawnSync('sysctl', ['-n', 'net.ipv4.ip_unprivileged_port_start'], {
      encoding: 'utf8',
    }).stdout.trim()
    // In a namespace of its own: where any port is allowed, as in some containers, it is not allowed there.
    const set = ['sh', '-c', 'sysctl -qw net.ipv4.ip_unprivileged_port_start=1024; ip link set lo up; exec "$@"', 'sh']
    const plain = [
      'setpriv',
      '--reuid=65534',
      '--regid=65534',
      '--clear-groups',
      '--bounding-set=-all',
      '--inh-caps=-all',
    ]
    spawnSync('chmod', ['-R', 'a+rX', FOLDER])
    const { stdout, stderr } = await run(['unshare', '--net', ...set, ...plain, process.execPath, program])
    expect(stdout, `${stderr} (ports from ${lowest} on are free here)`).toMatch(
      /^EACCES tcp server 127\.0\.0\.1:80: not allowed: ports below 1024/,
    )
  })

  test('when the address is not one of this machine', async () => {
    await expect(Promise.resolve(tcp.listen(0, { host: '192.0.2.1' }))).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' })
  })

  test('when an option is wrong', async () => {
    const tried = async (options: object): Promise<unknown> => {
      try {
        return await tcp.listen(0, options as TcpListenOptions)
      } catch (error) {
        return error
      }
    }
    expect(await tried({ framming: 'lines' })).toBeInstanceOf(OptionError)
    expect(String(await tried({ framming: 'lines' }))).toMatch(/framming.*framing/)
    expect(String(await tried({ framing: 'line' }))).toMatch(/'lines'/)
    expect(String(await tried({ limit: 0 }))).toMatch(/limit/)
    expect(String(await tried({ tls: 'yes' }))).toMatch(/tls/)
    expect(String(await tried({ tls: { sert: 'x' } }))).toMatch(/cert/)
    expect(String(await tried({ port: -1 }))).toMatch(/port/)
  })
})

describe('addresses', () => {
  test.each([
    ['::1', '[::1]'],
    ['127.0.0.1', '127.0.0.1'],
  ])('%s', async (host, shown) => {
    const server = await listen({ message: (message: string) => message }, { ...LINES, host })
    const client = later(await tcp.connect(host, server.port, LINES))
    expect(String(client)).toBe(`tcp ${shown}:${server.port}: open, 0 bytes out, 0 bytes in`)
    await client.send('x')
    expect(await client.recvLine()).toBe('x')
    expect(server.clients()[0]!.peer).toBe(client.local)
  })

  test("'*' is all addresses, of both versions, and IPv4 is written as IPv4", async () => {
    const server = await listen({ message: (message: string) => message }, { ...LINES, host: '*' })
    for (const host of ['127.0.0.1', '::1', 'localhost']) {
      const client = later(await tcp.connect(host, server.port, LINES))
      await client.send(host)
      expect(await client.recvLine()).toBe(host)
    }
    expect(server.clients().map(({ remoteAddress }) => remoteAddress)).toContain('127.0.0.1')
  })
})

test('a connection whose client never says anything more does not keep close() from ending', async () => {
  const server = await listen({ message() {} })
  const peer = await startPeer('client', 'stay')
  closers.push(() => peer.kill())
  peer.order({ do: 'connect', port: server.port })
  await eventually(() => server.clients().length === 1, 'it is there')
  await server.close()
  expect(server.clients()).toHaveLength(0)
  expect(sessions()).not.toContain(server)
})
