/** What is no HTTP, or wants to be too much of it, from raw sockets. */
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import type { SessionError, WebServer } from '../../../src/sessions/index.js'
import { curl, raw, serve } from './asking.js'

const GET = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'
const statuses = (text: string): number[] => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status))

describe('malformed requests', () => {
  it('are answered with 400 and closed, and the server lives on', async () => {
    const server = await serve({ '*': (req: { text(): string }) => `got ${req.text()}` })
    const errors: SessionError[] = []
    server.on('error', (error) => void errors.push(error))
    const wrong = [
      '\x00\x01\x02\x03 garbage\r\n\r\n',
      '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
      'GET / HTTP/1.1\r\nHost: localhost\r\nBad Name: y\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: localhost\r\nA: b\x00c\r\n\r\n',
      'GET /\x9b HTTP/1.1\r\nHost: localhost\r\n\r\n',
      'GET /\x01 HTTP/1.1\r\nHost: localhost\r\n\r\n',
      'GET / HTTP/9.9\r\nHost: localhost\r\n\r\n',
      'NONSENSE / HTTP/1.1\r\nHost: localhost\r\n\r\n',
      'GET / HTTP/1.1\r\n\r\n',
      'CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n',
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n',
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
      'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nnot hex\r\n',
      // Request smuggling: two ways to tell where the body ends.
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n',
      'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\nG',
      'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n',
      'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n',
    ]
    for (const text of wrong) {
      const answer = await raw(server, text, { quiet: 1500 })
      expect([text, statuses(answer.text), answer.closed]).toEqual([text, [400], true])
    }
    expect(errors.length).toBeGreaterThan(10)
    expect(server.requests.some(({ target }) => target.includes('smuggled'))).toBe(false)
    expect((await curl(server, '/')).status).toBe(200)
  })

  it('of clients that leave at once do no harm', async () => {
    const server = await serve({ '*': 'ok' })
    const texts = ['CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n', `garbage\r\n\r\n${GET}`, `${GET}garbage\r\n\r\n`]
    const leave = (text: string): Promise<void> =>
      new Promise((resolve) => {
        const socket = connect(server.port, '127.0.0.1', () => socket.write(text, () => socket.resetAndDestroy()))
        socket.on('error', () => undefined).on('close', () => resolve())
      })
    await Promise.all(Array.from({ length: 150 }, (_, i) => leave(texts[i % texts.length]!)))
    // An error that nobody takes would fail the test file.
    expect((await curl(server, '/')).body).toBe('ok')
  })

  it('with two hosts are refused', async () => {
    const server = await serve({ '*': 'ok' })
    const { text } = await raw(server, 'GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n')
    expect(text).toMatch(/^HTTP\/1\.1 400 [\s\S]*more than one Host/)
  })

  it('for a name that is not ours are refused, unless others may ask too', async () => {
    const asking = async (server: WebServer, host: string): Promise<number[]> =>
      statuses((await raw(server, `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)).text)
    const server = await serve({ '*': 'ok' })
    for (const host of [
      '127.0.0.1',
      `127.0.0.1:${server.port}`,
      '[::1]:8016',
      'localhost',
      'LOCALHOST:80',
      'a.localhost',
    ])
      expect(await asking(server, host), host).toEqual([200])
    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:8016', 'notlocalhost'])
      expect(await asking(server, host), host).toEqual([421])
    expect(await asking(await serve({ '*': 'ok' }, { host: '*' }), 'here.example')).toEqual([200])
  })

  it('with too long headers get 431', async () => {
    const server = await serve({ '*': 'ok' })
    const long = await raw(server, `GET / HTTP/1.1\r\nHost: localhost\r\nA: ${'a'.repeat(20_000)}\r\n\r\n`, {
      quiet: 1500,
    })
    expect([statuses(long.text), long.closed]).toEqual([[431], true])
    const many = Array.from({ length: 3000 }, (_, i) => `H${i}: v\r\n`).join('')
    expect(
      statuses((await raw(server, `GET / HTTP/1.1\r\nHost: localhost\r\n${many}\r\n`, { quiet: 1500 })).text),
    ).toEqual([431])
    const fits = await raw(server, `GET / HTTP/1.1\r\nHost: localhost\r\nA: ${'a'.repeat(15_000)}\r\n\r\n`)
    expect(statuses(fits.text)).toEqual([200])
  })

  it('that come too slowly get 408', async () => {
    const server = await serve({ '*': 'ok' }, { timeout: 0.4 })
    const drips = (first: string): Promise<string> =>
      new Promise((resolve) => {
        const socket = connect(server.port, '127.0.0.1')
        let text = ''
        socket.write(first)
        const timer = setInterval(() => socket.write('a'), 50)
        socket.on('data', (piece) => {
          text += piece
        })
        socket.on('error', () => undefined)
        socket.on('close', () => {
          clearInterval(timer)
          resolve(text)
        })
      })
    const [headers, body, nothing] = await Promise.all([
      drips('GET / HTTP/1.1\r\nHost: localhost\r\nA: '),
      drips('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n'),
      raw(server, '', { quiet: 3000 }),
    ])
    expect([statuses(headers), statuses(body)]).toEqual([[408], [408]])
    expect([statuses(nothing.text), nothing.closed]).toEqual([[408], true])
  })

  it('and others may be half-closed, pipelined, or end too early', async () => {
    const server = await serve({ '*': (req: { target: string }) => req.target })
    const half = await raw(server, GET, { end: true, quiet: 1500 })
    expect([statuses(half.text), half.closed]).toEqual([[200], true])
    const piped = await raw(server, ['/1', '/2', '/3'].map((each) => GET.replace('/', each)).join(''))
    expect(piped.text.match(/\/[123](?=HTTP|$)/g)).toEqual(['/1', '/2', '/3'])
    // The second one is nonsense: the first is answered all the same.
    const mixed = await raw(server, `${GET}garbage\r\n\r\n`, { quiet: 1500 })
    expect(statuses(mixed.text)).toEqual([200, 400])
    // As well when it takes its time.
    server.route('/late', () => new Promise((resolve) => setTimeout(() => resolve('late'), 100)))
    const late = await raw(server, `${GET.replace('/', '/late')}garbage\r\n\r\n`, { quiet: 1500 })
    expect([statuses(late.text), late.closed]).toEqual([[200], true])
    const early = await raw(server, 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc', {
      end: true,
      quiet: 1500,
    })
    expect(statuses(early.text)).toEqual([400])
    expect((await curl(server, '/after')).body).toBe('/after')
  })
})

describe('bodies', () => {
  it('that are too big are refused before they are sent, or while they come', async () => {
    const server = await serve({ 'POST /*': (req: { length: number }) => String(req.length) }, { limit: 100_000 })
    const said = await raw(
      server,
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n',
      { quiet: 500 },
    )
    expect(statuses(said.text)).toEqual([413])
    const sent = await curl(server, '/up', '-T', '/dev/zero', '-X', 'POST', '-H', 'Expect:', '--limit-rate', '50M')
    expect([sent.status, sent.body]).toEqual([413, '413 Payload Too Large: a body of 100 kB at most is taken here\n'])
    const chunked = await raw(
      server,
      'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n',
    )
    expect(chunked.text).toMatch(/\r\n\r\n5$/)
    const expecting = await raw(
      server,
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nab',
    )
    expect(statuses(expecting.text)).toEqual([100, 200])
  })
})
