/** The client and the server of an application in each state of a session: they are closed, interrupted, opened again, and leave nothing behind. */
import { createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Interrupted } from '../../../src/exchange/index.js'
import { type AppSession, remoteSession } from '../../../src/sessions/app/client.js'
import { app } from '../../../src/sessions/app/index.js'
import { AppServer } from '../../../src/sessions/app/server.js'
import { SessionError, sessions } from '../../../src/sessions/index.js'
import { IHM } from './peers.js'

const unhandled: unknown[] = []
const note = (reason: unknown): void => void unhandled.push(reason)
const sockets = new Set<Socket>()
/** Takes connections, and never answers. */
const silent = createServer((socket) => {
  sockets.add(socket)
  socket.resume()
  socket.on('error', () => undefined)
})

beforeAll(async () => {
  process.on('unhandledRejection', note)
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
})
afterAll(() => {
  process.off('unhandledRejection', note)
  for (const socket of sockets) socket.destroy()
  silent.close()
})

const at = (port: number, version: 3 | 4 = 3): AppSession =>
  remoteSession({ host: '127.0.0.1', port }, { version, timeout: 20, reconnect: { first: 60 } })
const hanging = (): AppSession => at((silent.address() as { port: number }).port)
const outcome = (promise: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(promise).then(
    () => 'done',
    (error: unknown) => error,
  )

describe('a client', () => {
  it('that is new can be closed', async () => {
    const session = at(1)
    await session.close()
    expect(session.state).toBe('new')
    expect(session.url).toBeUndefined()
  })

  it('that fails can be closed, and opened again to fail again', async () => {
    const session = at(1)
    expect(await outcome(session.open())).toBeInstanceOf(SessionError)
    expect(session.state).toBe('failed')
    await session.close()
    expect(await outcome(session.open())).toMatchObject({ code: 'ECONNREFUSED' })
    expect(sessions()).not.toContain(session)
  })

  it('that is opening ends with close, and with Ctrl-C', async () => {
    const session = hanging()
    const opening = outcome(session.open())
    await session.close()
    expect(await opening).toMatchObject({ name: 'SessionError', code: 'CLOSED' })
    expect(session.state).toBe('closed')
    const again = session.open()
    setTimeout(() => again.interrupt(), 20)
    expect(await outcome(again)).toBeInstanceOf(Interrupted)
    await session.close()
    expect(sessions()).not.toContain(session)
  })

  it('that tries to come back can be closed, and is not opened twice', async () => {
    const server = await app.listen(0)
    const session = await at(server.port).open()
    await server.close()
    await expect.poll(() => session.state).toBe('reconnecting')
    expect(await outcome(session.open())).toMatchObject({ code: 'BUSY' })
    await session.close()
    expect(session.state).toBe('closed')
    expect(await outcome(session.call('hello'))).toMatchObject({ code: 'CLOSED' })
  })

  it('with a page that can not be drawn fails, and leaves no connection', async () => {
    const server = await app.listen(0)
    const wrong = app.connect('127.0.0.1', server.port, { interface: '<interface><object>', handlers: '()' })
    expect(await outcome(wrong)).toBeInstanceOf(Error)
    await expect.poll(() => server.subscribers).toBe(0)
    await server.close()
  })

  it('with a page frees its port when it is closed', async () => {
    const server = await app.listen(0, undefined, { folder: IHM })
    const session = await app.connect('127.0.0.1', server.port, { version: 4, interface: 'hello' })
    const url = session.url!
    expect((await fetch(url)).status).toBe(200)
    await session.close()
    expect(session.url).toBeUndefined()
    expect(await outcome(fetch(url))).toBeInstanceOf(Error)
    await server.close()
  })
})

describe('a server', () => {
  it('that is new, or failed, can be closed', async () => {
    const server = new AppServer(0)
    await server.close()
    const other = await app.listen(0)
    const failed = new AppServer(other.port)
    expect(await outcome(failed.open())).toMatchObject({ code: 'EADDRINUSE' })
    await failed.close()
    expect(failed.state).toBe('failed')
    await other.close()
  })
})

it('nothing is left open, and no rejection unheard', async () => {
  await expect.poll(() => [...sockets].filter((socket) => !socket.destroyed).length).toBe(0)
  const left = (): string[] =>
    process.getActiveResourcesInfo().filter((name) => /TCPSocket|TCPServer|ConnectWrap/.test(name))
  await expect.poll(left).toEqual(['TCPServerWrap'])
  expect(unhandled).toEqual([])
})
