import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { AppHost, type AppHostOptions } from '../../../../src/sessions/app/page/host.js'
import { labelOf, windowOf } from './chromium.js'

const hosts: AppHost[] = []
const sockets: net.Socket[] = []

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  for (const host of hosts.splice(0)) await host.close()
})

async function open(options: Partial<AppHostOptions> = {}) {
  const log: string[] = []
  const host = new AppHost({
    interface: windowOf(labelOf('out')),
    handlers: '',
    call: async ({ command, message }) => ({ command, message }),
    log: (line) => log.push(line),
    ...options,
  })
  hosts.push(host)
  await host.open()
  const { port, pathname, origin } = new URL(host.url)
  return { host, log, port: Number(port), path: pathname, origin }
}

interface Asked {
  path: string
  method?: string
  headers?: Record<string, string>
  body?: string
}

function ask(port: number, { path, method = 'GET', headers = {}, body }: Asked) {
  return new Promise<{ status: number; headers: http.IncomingHttpHeaders; text: string }>((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      let text = ''
      response.on('data', (chunk) => (text += chunk))
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }))
    })
    request.on('error', reject)
    request.end(body)
  })
}

function connect(port: number): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => resolve(socket))
    socket.on('error', reject)
    sockets.push(socket)
  })
}

const JSON_TYPE = { 'content-type': 'application/json' }

describe('who may ask', () => {
  test('who has an address for once, once', async () => {
    const { port, path, host } = await open()
    const first = new URL(host.onceUrl()).pathname
    const once = new URL(host.onceUrl()).pathname
    expect((await ask(port, { path: first })).status).toBe(403)
    const answer = await ask(port, { path: once })
    expect([answer.status, answer.headers.location]).toEqual([302, path])
    expect((await ask(port, { path: once })).status).toBe(403)
    expect((await ask(port, { path })).status).toBe(200)
  })

  test('nobody without the token, which is new for each host', async () => {
    const { port, path, host } = await open()
    const other = await open()
    expect(path).toMatch(/^\/[0-9a-f]{32}\/$/)
    expect(other.path).not.toBe(path)
    expect((await ask(port, { path })).status).toBe(200)
    for (const wrong of [
      '/',
      '/page.js',
      other.path,
      `${path.slice(0, -2)}/`,
      `${path.slice(0, -1)}0/`,
      `/x${path}`,
      '//',
      '*',
    ])
      expect((await ask(port, { path: wrong })).status, wrong).toBe(403)
    for (const file of ['events', 'call', 'page.css'])
      expect((await ask(port, { path: `/${'0'.repeat(32)}/${file}` })).status).toBe(403)
    expect(host.pages).toBe(0)
  })

  test.each([
    ['127.0.0.1', 200],
    ['localhost:PORT', 200],
    ['[::1]:PORT', 200],
    ['evil.example', 403],
    ['evil.example:PORT', 403],
    ['127.0.0.1.evil.example', 403],
    ['localhost.evil.example:PORT', 403],
  ])('a request for the Host %s gets %i', async (name, status) => {
    const { port, path } = await open()
    expect((await ask(port, { path, headers: { host: name.replace('PORT', String(port)) } })).status).toBe(status)
  })

  test('a request without a Host is refused', async () => {
    const { port, path } = await open()
    const socket = await connect(port)
    socket.write(`GET ${path} HTTP/1.0\r\n\r\n`)
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(String(answer)).toMatch(/^HTTP\/1.1 403 /)
  })

  test('no page of others, even with the token', async () => {
    const { port, path, origin } = await open()
    const post = (headers: Record<string, string>) =>
      ask(port, { path: `${path}call`, method: 'POST', headers: { ...JSON_TYPE, ...headers }, body: '{"command":"x"}' })
    expect((await post({ origin: 'http://evil.example' })).status).toBe(403)
    expect((await post({ origin: 'null' })).status).toBe(403)
    expect((await post({ 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await post({ 'sec-fetch-site': 'same-site' })).status).toBe(403)
    expect((await post({ 'content-type': 'text/plain' })).status).toBe(415)
    expect((await post({ origin, 'sec-fetch-site': 'same-origin' })).status).toBe(200)
    expect((await ask(port, { path: `${path}events`, headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403)
  })

  test('the frame has its own token, with which there is nothing but the frame', async () => {
    const { port, path } = await open()
    const frame = /data-frame="(\/[0-9a-f]{32}\/)"/.exec((await ask(port, { path })).text)![1]!
    const { status, headers } = await ask(port, { path: frame })
    expect(status).toBe(200)
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; .*sandbox allow-scripts$/)
    for (const file of ['page.js', 'events', 'call']) expect((await ask(port, { path: frame + file })).status).toBe(404)
  })
})

test('every answer has the headers that keep others out', async () => {
  const { port, path } = await open()
  for (const asked of [path, `${path}page.js`, '/wrong/']) {
    const { headers } = await ask(port, { path: asked })
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['referrer-policy']).toBe('no-referrer')
    expect(headers['cache-control']).toBe('no-store')
    expect(headers['set-cookie']).toBeUndefined()
  }
})

describe('calls', () => {
  const call = async (port: number, path: string, body: string) => {
    const { status, text } = await ask(port, { path: `${path}call`, method: 'POST', headers: JSON_TYPE, body })
    return [status, JSON.parse(text)] as [number, unknown]
  }

  test('bring what the answer is, or the message of the error', async () => {
    const { port, path } = await open({
      call: async ({ command, message }) => {
        if (command === 'fail') throw new Error('no such thing')
        if (command === 'big') return 'x'.repeat(2 << 20)
        return command === 'nothing' ? undefined : [command, message]
      },
    })
    expect(await call(port, path, '{"command":"a","message":{"b":1}}')).toEqual([200, { value: ['a', { b: 1 }] }])
    expect(await call(port, path, '{"command":"nothing"}')).toEqual([200, { value: null }])
    expect(await call(port, path, '{"command":"fail"}')).toEqual([200, { error: 'no such thing' }])
    expect(await call(port, path, '{"command":"big"}')).toEqual([200, { error: expect.stringContaining('more than') }])
  })

  test('that are none are refused, and the next one works', async () => {
    const { port, path } = await open()
    for (const body of ['', '{', 'null', '[]', '{"command":1}']) expect((await call(port, path, body))[0]).toBe(400)
    expect((await call(port, path, '{"command":"a"}'))[0]).toBe(200)
    expect((await ask(port, { path: `${path}other`, method: 'POST', headers: JSON_TYPE, body: '{}' })).status).toBe(404)
    expect((await ask(port, { path, method: 'POST' })).status).toBe(405)
    expect((await ask(port, { path: `${path}call`, method: 'PUT' })).status).toBe(404)
  })

  test('that are too long are refused, whether they say so or not', async () => {
    const { port, path } = await open()
    const long = `{"command":"${'x'.repeat(2 << 20)}"}`
    const post = { path: `${path}call`, method: 'POST', body: long }
    const refused = (headers: Record<string, string>) =>
      ask(port, { ...post, headers }).then(
        ({ status }) => status,
        (error: NodeJS.ErrnoException) => error.code,
      )
    // The rest is not read: the sender hears the answer, or that the connection is gone.
    expect([413, 'EPIPE', 'ECONNRESET']).toContain(
      await refused({ ...JSON_TYPE, 'content-length': String(long.length) }),
    )
    expect([413, 'EPIPE', 'ECONNRESET']).toContain(await refused({ ...JSON_TYPE, 'transfer-encoding': 'chunked' }))
    expect((await call(port, path, '{"command":"a"}'))[0]).toBe(200)
  })
})

describe('many and slow ones', () => {
  test('more pages than a number are refused, and there is room again when one goes', async () => {
    const { host, port, path } = await open()
    const pages: net.Socket[] = []
    for (let count = 0; count < 64; count++) {
      const socket = await connect(port)
      socket.on('error', () => {})
      socket.write(`GET ${path}events HTTP/1.1\r\nHost: localhost\r\n\r\n`)
      pages.push(socket)
    }
    await expect.poll(() => host.pages).toBe(64)
    expect((await ask(port, { path: `${path}events` })).status).toBe(503)
    pages[0]!.destroy()
    await expect.poll(() => host.pages).toBe(63)
    host.push('told', 1)
  })

  test('connections beyond a number are dropped, and the host works when they are gone', async () => {
    const { port, path } = await open()
    const many = await Promise.allSettled(Array.from({ length: 600 }, () => connect(port)))
    for (const one of many) if (one.status === 'fulfilled') one.value.on('error', () => {}).resume()
    await expect.poll(() => sockets.filter(({ destroyed }) => destroyed).length).toBeGreaterThan(50)
    for (const socket of sockets.splice(0)) socket.destroy()
    await expect
      .poll(() =>
        ask(port, { path }).then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(200)
  })

  test('who does not finish a request is cut off', async () => {
    const { port } = await open()
    const socket = await connect(port)
    const closed = new Promise((resolve) => socket.on('close', resolve))
    socket.on('error', () => {})
    socket.resume()
    socket.write('GET / HTTP/1.1\r\nHost: ')
    await closed
  }, 12_000)

  test('a page that does not read is cut off, not waited for', async () => {
    const { host, port, path } = await open()
    const socket = await connect(port)
    socket.on('error', () => {})
    socket.pause()
    socket.write(`GET ${path}events HTTP/1.1\r\nHost: localhost\r\n\r\n`)
    await expect.poll(() => host.pages).toBe(1)
    for (let count = 0; count < 60; count++) host.push('told', 'x'.repeat(1_000_000))
    await expect.poll(() => host.pages).toBe(0)
  })
})

describe('open and close', () => {
  test('the port is free again at once, with pages open, and close can be called twice', async () => {
    const { host, port, path } = await open()
    const socket = await connect(port)
    let text = ''
    socket.on('data', (data) => (text += String(data)))
    socket.write(`GET ${path}events HTTP/1.1\r\nHost: localhost\r\n\r\n`)
    await expect.poll(() => host.pages).toBe(1)
    await host.close()
    await host.close()
    await expect.poll(() => text).toContain('event: ended')
    const again = await open({ port })
    expect(again.port).toBe(port)
  })

  test('a port in use, an interface with a mistake, and an interrupt are told by open', async () => {
    const { port } = await open()
    await expect(open({ port })).rejects.toThrow(/port \d+ is in use by this netshell/)
    await expect(open({ interface: '<interface/>' })).rejects.toThrow('line 1: there is no widget in it')
    await expect(open({ handlers: 'x'.repeat((1 << 20) + 1) })).rejects.toThrow('handlers of more than')
    const host = new AppHost({ interface: windowOf(), handlers: '', call: async () => null })
    await expect(host.open(AbortSignal.abort())).rejects.toThrow('abort')
    expect(() => host.url).toThrow('not open')
    await host.close()
  })

  test('an IPv6 address works as host', async () => {
    const { host } = await open({ host: '::1' })
    expect(host.url).toMatch(/^http:\/\/\[::1\]:\d+\//)
    expect((await fetch(host.url)).status).toBe(200)
  })

  test('push takes names and values that can be sent', async () => {
    const { host } = await open()
    expect(() => host.push('a b', 1)).toThrow('not letters')
    expect(() => host.push('a', 1n)).toThrow(TypeError)
    expect(() => host.push('a', 'x'.repeat(2 << 20))).toThrow('more than')
    host.push('a', undefined)
  })
})

test('what strangers send is safe to print in the log, and is not told without end', async () => {
  const { log, port, path } = await open()
  const text = '\u001b[31mred\u001b[2J\nline'
  await ask(port, { path: `${path}log`, method: 'POST', headers: JSON_TYPE, body: JSON.stringify({ text }) })
  expect(log).toContain('\\x1b[31mred\\x1b[2J line')
  for (let count = 0; count < 100; count++) await ask(port, { path: '/wrong/' })
  expect(log.length).toBeLessThan(80)
})
