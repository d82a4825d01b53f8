/** Server-sent events, with a server in Python that sends them byte for byte, and Chromium's own reading of the same stream. */
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { Interrupted, OptionError } from '../../../src/exchange/index.js'
import { sessions } from '../../../src/sessions/face/session-list.js'
import { HttpClient } from '../../../src/sessions/http/client.js'
import type { EventsSession } from '../../../src/sessions/http/events/events-session.js'
import { openEvents } from '../../../src/sessions/http/events/open-events.js'
import type { ServerEvent } from '../../../src/sessions/http/events/server-event.js'
import { session as httpSession } from '../../../src/sessions/http/http-session.js'
import { launchChromium } from '../../lab/chromium.js'
import { start } from '../../lab/process.js'
import { eventually, Peer } from '../peer.js'

const PROGRAM = fileURLToPath(new URL('events-peer.py', import.meta.url))
const QUICK = { first: 0.05, longest: 0.2 }
const client = new HttpClient()
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const end of cleanups.splice(0).reverse()) await end()
})
afterAll(() => client.close())

async function startServer(port?: number): Promise<Peer> {
  const child = start(['/usr/bin/python3', PROGRAM, ...(port === undefined ? [] : [String(port)])])
  cleanups.push(() => child.stop('SIGKILL'))
  const [, taken] = await child.waitFor(/"port": (\d+)/, { timeout: 30_000 })
  return new Peer(child, Number(taken))
}

function send(peer: Peer, text: string | Uint8Array): void {
  peer.order({ do: 'send', hex: Buffer.from(text).toString('hex') })
}

async function open(
  peer: Peer,
  options: Parameters<typeof openEvents>[2] = {},
  path = '/events',
): Promise<EventsSession> {
  const before = peer.told('begun').length
  const session = await openEvents(client, `http://127.0.0.1:${peer.port}${path}`, { reconnect: QUICK, ...options })
  cleanups.push(() => session.close())
  // What is sent now reaches this connection.
  await peer.tells('begun', before + 1)
  return session
}

/** Headers of the latest request. */
function asked(peer: Peer): Record<string, string> {
  const lines = peer.child.stdout.split('\n').filter((line) => line.includes('"asked"'))
  return JSON.parse(lines.at(-1)!).headers
}

async function take(session: EventsSession, count: number): Promise<Pick<ServerEvent, 'event' | 'data' | 'id'>[]> {
  const events: Pick<ServerEvent, 'event' | 'data' | 'id'>[] = []
  while (events.length < count) {
    const { event, data, id } = (await session.recv({ timeout: 10 }))!
    events.push({ event, data, id })
  }
  return events
}

/** Streams with all that the standard says of lines, fields and comments; the last event of each has the data "last". */
const STREAMS = [
  'data: one\n\ndata: two\r\n\r\ndata: three\r\rdata: last\n\n',
  '\ufeffdata: with a mark before\n\ndata: last\n\n',
  ': a comment\n\nevent: named\ndata: a\ndata:b\ndata:  c\ndata\n\nevent: nothing\n\nid: 7\ndata: x\n\nid\ndata: y\n\ndata: last\n\n',
  'data: Grüße ☃ \u{1f600}\nunknown: field\ndataa: no\n\nretry: abc\nretry: 20\ndata: z\n\ndata: last\n\ndata: cut off',
  'event: e\nevent: f\ndata: {"a":\ndata: 1}\n\ndata:last\n\n',
]

describe('what comes', () => {
  let browser: Browser | undefined
  afterAll(() => browser?.close())

  test.each(STREAMS)('is what Chromium makes of it: %j', { timeout: 30_000 }, async (stream) => {
    const peer = await startServer()
    browser ??= await launchChromium()
    const page = await browser.newPage()
    cleanups.push(() => page.close())
    await page.goto(`http://127.0.0.1:${peer.port}/html`)
    const theirs = page.evaluate(
      () =>
        new Promise<unknown[]>((resolve) => {
          const seen: unknown[] = []
          // biome-ignore lint/suspicious/noExplicitAny: code of a page
          const source = new (globalThis as any).EventSource('/events')
          const hear = ({ type, data, lastEventId }: { type: string; data: string; lastEventId: string }): void => {
            seen.push({ event: type, data, last: lastEventId })
            if (data === 'last') {
              source.close()
              resolve(seen)
            }
          }
          for (const name of ['message', 'named', 'nothing', 'e', 'f']) source.addEventListener(name, hear)
        }),
    )
    await peer.tells('begun')
    send(peer, stream)
    const expected = (await theirs) as { event: string; data: string; last: string }[]
    // Ours gets it in pieces, cut anywhere.
    const session = await open(peer)
    const bytes = Buffer.from(stream)
    for (let i = 0; i < bytes.length; i += 5) send(peer, bytes.subarray(i, i + 5))
    const ours: unknown[] = []
    for await (const { event, data } of session) {
      ours.push({ event, data, last: session.lastEventId })
      if (data === 'last') break
    }
    expect(ours.map((one) => ({ ...(one as object), last: undefined }))).toEqual(
      expected.map((one) => ({ ...one, last: undefined })),
    )
    expect((ours.at(-1) as { last: string }).last).toBe(expected.at(-1)!.last)
  })

  test('goes to handlers, one after the other, also when they take their time', async () => {
    const peer = await startServer()
    const session = await open(peer)
    const seen: string[] = []
    session.on('message', async (event: ServerEvent) => {
      await new Promise((resolve) => setTimeout(resolve, 3))
      seen.push(event.data)
    })
    send(peer, 'data: 1\n\ndata: 2\n\ndata: 3\n\n')
    await eventually(() => seen.length === 3, 'all were heard')
    expect(seen).toEqual(['1', '2', '3'])
    await expect(Promise.resolve(session.recv())).rejects.toThrow(/off\('message'\)/)
    await session.close()
    expect(await session.recv()).toBeNull()
  })

  test('is one line when it is printed, whatever is in it', async () => {
    const peer = await startServer()
    const session = await open(peer)
    send(peer, 'event: \u001b[31mred\ndata: {"a": 1}\ndata: \u0007\n\ndata: {"b": 2}\n\n')
    const first = (await session.recv())!
    expect(String(first)).toBe('\\x1b[31mred: {"a": 1}⏎\\x07')
    expect((await session.recv())!.json()).toEqual({ b: 2 })
    expect(JSON.parse(JSON.stringify(first))).toMatchObject({ data: '{"a": 1}\n\u0007' })
    expect(String(session.history)).not.toContain('\u001b')
  })

  test('waits in the server while nobody takes it, and nothing is lost', async () => {
    const peer = await startServer()
    const session = await open(peer)
    peer.order({ do: 'flood', count: 400, size: 65_536 } as never)
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(peer.told('flooded')).toEqual([])
    expect(session.received).toBeLessThan(8 * 2 ** 20)
    for (const { data } of await take(session, 400)) expect(data.length).toBe(65_536)
    await peer.tells('flooded')
  })

  test('is bounded: an event without an end is an error', async () => {
    const peer = await startServer()
    const session = await open(peer, { eventLimit: 10_000 })
    const waiting = Promise.resolve(session.recv()).catch((error: unknown) => error)
    for (let i = 0; i < 6; i++) send(peer, `data: ${'x'.repeat(3000)}\n`)
    expect(await waiting).toMatchObject({ code: 'LIMIT', message: /longer than 10000 characters; eventLimit/ })
    expect(session.state).toBe('failed')
  })
})

describe('a connection that is lost', () => {
  test.each(['end', 'reset'])('is made again behind the last event: %s', async (how) => {
    const peer = await startServer()
    const session = await open(peer)
    send(peer, 'id: 4\u00e9\ndata: one\n\ndata: two\n\ndata: half')
    expect(await take(session, 2)).toMatchObject([{ data: 'one', id: '4\u00e9' }, { data: 'two' }])
    peer.order({ do: how })
    await peer.tells('begun', 2)
    expect(Buffer.from(asked(peer)['last-event-id']!, 'latin1').toString()).toBe('4\u00e9')
    await eventually(() => session.isOpen, 'it is open again')
    send(peer, 'data: three\n\n')
    expect(await take(session, 1)).toMatchObject([{ data: 'three' }])
  })

  test('is made again after the time that the server asked for', async () => {
    const peer = await startServer()
    const session = await open(peer, { reconnect: { first: 20, longest: 60 } })
    const states = session.events('reconnect')
    send(peer, 'retry: 200\ndata: x\n\n')
    await session.recv()
    peer.order({ do: 'end' })
    const { value } = await states.next()
    expect((value as { values: number[] }).values[1]).toBeLessThanOrEqual(0.2)
    await peer.tells('begun', 2)
  })

  test('is tried again while the server is away, and given up after so many tries', async () => {
    const peer = await startServer()
    const session = await open(peer, { reconnect: { ...QUICK, tries: 2 } })
    await peer.kill()
    await session.wait()
    expect(session.state).toBe('failed')
    expect(session.error).toMatchObject({ code: 'ECONNREFUSED' })
    expect(await Promise.resolve(session.recv()).catch((error: unknown) => error)).toBe(session.error)
  })

  test('is given up after so many tries, where the server ends each answer at once', async () => {
    const peer = await startServer()
    const session = await open(peer, { reconnect: { first: 0.02, longest: 0.05, tries: 3 } }, '/short')
    await session.wait()
    expect(session.error).toMatchObject({ code: 'CLOSED', message: /the other end closed it/ })
    expect(peer.told('asked').length).toBe(4)
  })

  test('is the end without reconnect', async () => {
    const peer = await startServer()
    const session = await open(peer, { reconnect: false })
    send(peer, 'data: one\n\n')
    peer.order({ do: 'end' })
    const seen: string[] = []
    for await (const { data } of session) seen.push(data)
    expect(seen).toEqual(['one'])
    expect(session.state).toBe('closed')
  })
})

describe('a session that it was opened through', () => {
  test('ends it when it closes, and so it does one that waits to ask again', async () => {
    const peer = await startServer()
    const api = httpSession({ base: `http://127.0.0.1:${peer.port}` })
    cleanups.push(() => api.close())
    const stream = await api.serverEvents('events', { reconnect: { first: 30 } })
    const other = await api.serverEvents('events', { reconnect: { first: 30 } })
    await peer.tells('begun', 2)
    const states = other.events('reconnect')
    peer.order({ do: 'end' })
    await states.next()
    const waiting = [stream.recv({ timeout: 5 }), other.recv({ timeout: 5 })]
    await api.close()
    expect(await Promise.all(waiting)).toEqual([null, null])
    expect([stream.state, other.state]).toEqual(['closed', 'closed'])
    await expect(Promise.resolve(stream.open())).rejects.toMatchObject({ code: 'CLOSED' })
  })
})

describe('opening', () => {
  test('sends what was asked for, with the first id', async () => {
    const peer = await startServer()
    await open(peer, { headers: { 'X-Own': '1' }, auth: 'me:word', lastEventId: 'five' })
    expect(asked(peer)).toMatchObject({
      accept: 'text/event-stream',
      'x-own': '1',
      'last-event-id': 'five',
      authorization: `Basic ${btoa('me:word')}`,
    })
  })

  test.each([
    ['/status/204', 'REFUSED', /no more events/],
    ['/status/404', 'REFUSED', /404 So It Is/],
    ['/status/401', 'AUTH', /401/],
    ['/html', 'REFUSED', /no events: the answer is text\/html/],
  ])('%s is an error', async (path, code, says) => {
    const peer = await startServer()
    await expect(open(peer, { retries: 0 }, path)).rejects.toMatchObject({ name: 'SessionError', code, message: says })
    expect(sessions().filter(({ kind }) => kind === 'events')).toEqual([])
  })

  test('a server that is busy fails the first time', async () => {
    const peer = await startServer()
    await expect(open(peer, { retries: 0 }, '/busy')).rejects.toMatchObject({ code: 'HTTP_503' })
    await open(peer, {}, '/busy')
  })

  test('one that says nothing is waited for no longer than was said; Ctrl-C ends it at once', async () => {
    const peer = await startServer()
    await expect(open(peer, { timeout: 0.2 }, '/silent')).rejects.toMatchObject({ code: 'TIMEOUT' })
    const opening = openEvents(client, `http://127.0.0.1:${peer.port}/silent`)
    await peer.tells('asked', 2)
    opening.interrupt()
    await expect(Promise.resolve(opening)).rejects.toBeInstanceOf(Interrupted)
  })

  test('is closed once, is listed while it is open, and opens again', async () => {
    const peer = await startServer()
    const session = await open(peer)
    expect(sessions()).toContain(session)
    const waiting = session.recv()
    await session.close()
    expect(await waiting).toBeNull()
    expect(session.state).toBe('closed')
    expect(sessions()).not.toContain(session)
    await session.open()
    await peer.tells('begun', 2)
    send(peer, 'data: again\n\n')
    expect(await take(session, 1)).toMatchObject([{ data: 'again' }])
  })

  test('options that make no sense are refused, and the query stays out of messages', async () => {
    expect(() => openEvents(client, 'http://a/', { eventLimit: 0 })).toThrow(OptionError)
    expect(() => openEvents(client, 'http://a/', { lastEventID: '1' } as never)).toThrow(/did you mean 'lastEventId'/)
    expect(() => openEvents(client, 'http://a/', { heders: {} } as never)).toThrow(
      /http.events.*did you mean 'headers'/,
    )
    expect(() => openEvents(client, 'http://a/', { reconnect: { trys: 1 } as never })).toThrow(/tries/)
    const error = await openEvents(client, 'http://127.0.0.1:1/x?token=verysecret').then(
      () => undefined,
      (reason: unknown) => reason as Error,
    )
    expect(error!.message).toMatch(/127\.0\.0\.1:1\/x: .*refused/)
    expect(error!.message).not.toContain('verysecret')
  })
})
