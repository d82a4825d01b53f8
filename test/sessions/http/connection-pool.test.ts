/** Which connections requests go over, and what becomes of those that wait for one. */
import { createServer } from 'node:http'
import http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { http } from '../../../src/sessions/http/index.js'
import { selfSigned } from '../../../src/sessions/tls/self-signed.js'
import { type OwnServer, serving } from './misbehaving.js'

/** As `MOST_CONNECTIONS` has it. */
const MOST = 128

type Session = ReturnType<typeof http.session>

function sessionOf(options: Parameters<typeof http.session>[0]): Session {
  const session = http.session(options)
  onTestFinished(async () => {
    await session.close()
  })
  return session
}

async function server(...answer: Parameters<typeof serving>): Promise<OwnServer> {
  const own = await serving(...answer)
  onTestFinished(() => own.close())
  return own
}

/** A server that answers nobody before `release` is called. */
async function holding(): Promise<{ own: OwnServer; release: () => void }> {
  let held: (() => void)[] | undefined = []
  const own = await server((_request, response) => {
    const answer = (): void => void response.end('done')
    if (held === undefined) answer()
    else held.push(answer)
  })
  const release = (): void => {
    const all = held ?? []
    held = undefined
    for (const answer of all) answer()
  }
  return { own, release }
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10))
}

describe('connections', () => {
  it('are used again: one for all that is asked one after the other, with its times told once', async () => {
    const own = await server((_request, response) => response.end('x'.repeat(1000)))
    const session = sessionOf({ base: own.origin })
    const timings = []
    for (let i = 0; i < 50; i++) timings.push((await session.get('')).timing.tcp)
    for (const method of ['POST', 'PUT'] as const) await session.request(method, '', { body: 'y'.repeat(200_000) })
    for await (const _piece of await session.stream(''));
    expect(own.connections).toBe(1)
    expect(timings[0]).toBeGreaterThan(0)
    expect(timings.slice(1).every((tcp) => tcp === 0)).toBe(true)
  })

  it('that are closed by the server behind an answer are made anew', async () => {
    const own = await server((_request, response) => response.setHeader('Connection', 'close').end('x'))
    const session = sessionOf({ base: own.origin, retries: 0 })
    for (let i = 0; i < 20; i++) expect((await session.get('')).text()).toBe('x')
    expect(own.connections).toBe(20)
  })

  it('are no more than so many at a time: further requests wait, and all are answered', async () => {
    const { own, release } = await holding()
    const session = sessionOf({ base: own.origin })
    const all = Promise.all(Array.from({ length: 300 }, () => session.get('')))
    await until(() => own.requests.length >= MOST)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect([own.connections, own.requests.length]).toEqual([MOST, MOST])
    release()
    expect((await all).every((response) => response.text() === 'done')).toBe(true)
    expect([own.connections, own.requests.length]).toEqual([MOST, 300])
  })

  it('are not waited for by what was given up, whose turn goes to the next', async () => {
    const { own, release } = await holding()
    const session = sessionOf({ base: own.origin, retries: 0 })
    const first = Array.from({ length: MOST }, () => session.get(''))
    const late = Promise.allSettled(Array.from({ length: 20 }, () => session.get('late', { timeout: 0.2 })))
    const last = session.get('last')
    expect((await late).map((one) => one.status === 'rejected' && one.reason.code)).toEqual(Array(20).fill('TIMEOUT'))
    release()
    expect((await last).text()).toBe('done')
    await Promise.all(first)
    expect(own.requests.filter((line) => line === 'GET /late')).toEqual([])
  })

  it('that cannot be made are an error for each that waits, and made when they can be', async () => {
    const own = createServer((_request, response) => response.end('there'))
    await new Promise<void>((resolve) => own.listen(0, '127.0.0.1', resolve))
    const { port } = own.address() as AddressInfo
    await new Promise((resolve) => own.close(resolve))
    const session = sessionOf({ base: `http://127.0.0.1:${port}/`, retries: 0 })
    const all = await Promise.allSettled(Array.from({ length: 300 }, () => session.get('')))
    expect(all.map((one) => one.status === 'rejected' && one.reason.code)).toEqual(Array(300).fill('ECONNREFUSED'))
    await new Promise<void>((resolve) => own.listen(port, '127.0.0.1', resolve))
    onTestFinished(() => {
      own.closeAllConnections()
      own.close()
    })
    expect((await session.get('')).text()).toBe('there')
  })

  it('end with their session, and so does what waits for one', async () => {
    const { own } = await holding()
    const session = http.session({ base: own.origin, retries: 0 })
    const all = Promise.allSettled(Array.from({ length: 200 }, () => session.get('')))
    await until(() => own.requests.length >= MOST)
    await session.close()
    expect((await all).filter(({ status }) => status === 'fulfilled')).toEqual([])
    expect(own.requests.length).toBe(MOST)
  })

  it('of HTTP/2 are used again, too, and requests at once have one each', async () => {
    const pair = await selfSigned(['localhost'])
    const own = http2.createSecureServer(pair, (_request, response) => void setTimeout(() => response.end('two'), 50))
    const sessions = new Set<http2.ServerHttp2Session>()
    own.on('session', (one) => sessions.add(one))
    await new Promise<void>((resolve) => own.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      for (const one of sessions) one.destroy()
      own.close()
    })
    const { port } = own.address() as AddressInfo
    const session = sessionOf({ base: `https://localhost:${port}/`, tls: { ca: pair.cert }, http2: true })
    const first = await session.get('')
    for (let i = 0; i < 5; i++) expect(await session.get('')).toMatchObject({ version: '2', remote: first.remote })
    expect(first.timing.tls).toBeGreaterThan(0)
    expect(sessions.size).toBe(1)
    for (let round = 0; round < 3; round++) {
      const all = await Promise.all(Array.from({ length: 10 }, () => session.get('')))
      expect(all.every((response) => response.version === '2')).toBe(true)
    }
    expect(sessions.size).toBe(10)
  })
})
