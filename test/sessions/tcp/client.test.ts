/** TCP connections: receiving in all ways, half-close, back-pressure, coming back, and peers of other kinds. */
import { afterEach, describe, expect, test } from 'vitest'
import { Interrupted, OptionError } from '../../../src/exchange/index.js'
import { SessionError, type TcpSession, tcp } from '../../../src/sessions/index.js'
import { openLab } from '../../lab/lab.js'
import { start } from '../../lab/process.js'
import { eventually, type Peer, startPeer } from '../peer.js'
import { closedPort, LINES, openTcp } from './kinds.js'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function opened(...options: Parameters<typeof openTcp>): Promise<{ session: TcpSession; peer: Peer }> {
  const { session, peer } = await openTcp(...options)
  closers.push(
    () => peer.kill(),
    () => session.close(),
  )
  return { session, peer }
}

/** Waits until so many bytes have arrived. */
const arrived = (session: TcpSession, count: number): Promise<void> =>
  eventually(
    () => session.received >= count,
    () => `${count} bytes came, not ${session.received}`,
  )

describe('receiving', () => {
  test('bytes, lines, up to a text, exactly so many, and all', async () => {
    const { session, peer } = await opened({})
    peer.send('one\r\ntwo\nkey: value; rest12345678the end')
    peer.order({ do: 'end' })
    expect(await session.recv(2)).toBe('on')
    expect(await session.recvLine()).toBe('e')
    expect(await session.recvLine()).toBe('two')
    expect(await session.recvUntil(': ')).toBe('key')
    expect(await session.recvUntil(Uint8Array.of(0x3b))).toBe('value')
    expect(await session.recvExactly(5)).toBe(' rest')
    expect(await session.recvExactly(4, { encoding: 'bytes' })).toEqual(new Uint8Array(Buffer.from('1234')))
    expect(await session.recvExactly(4)).toBe('5678')
    expect(await session.recvAll()).toBe('the end')
    expect(await session.recv()).toBeNull()
    expect(await session.recvLine()).toBeNull()
    expect(await session.recvAll()).toBe('')
  })

  test('several who wait get it one after the other', async () => {
    const { session, peer } = await opened(LINES)
    const waiting = [session.recvLine(), session.recvLine(), session.recvLine()]
    waiting[1]!.interrupt()
    await expect(Promise.resolve(waiting[1])).rejects.toBeInstanceOf(Interrupted)
    peer.send('first\nsecond\n')
    expect(await Promise.all([waiting[0], waiting[2]])).toEqual(['first', 'second'])
  })

  test('waits so long and no longer, and loses nothing', async () => {
    const { session, peer } = await opened({})
    peer.send('half a li')
    await arrived(session, 9)
    const late = Promise.resolve(session.recvLine({ timeout: 0.05 }))
    await expect(late).rejects.toMatchObject({ code: 'TIMEOUT' })
    await expect(late).rejects.toThrow(/recvLine: nothing came within 0\.05 s/)
    peer.send('ne\n')
    expect(await session.recvLine()).toBe('half a line')
  })

  test('options that are none are refused', async () => {
    const { session } = await opened({})
    for (const attempt of [
      () => session.recv(0),
      () => session.recv('5' as never),
      () => session.recv(1.5),
      () => session.recvUntil(''),
      () => session.recvExactly(-1),
      () => session.recvLine({ timout: 1 } as never),
      () => session.recvLine({ timeout: -1 }),
      () => session.recv(5, { encoding: 'utf9' } as never),
    ])
      await expect((async () => await attempt())(), String(attempt)).rejects.toBeInstanceOf(OptionError)
    expect(session.state).toBe('open')
  })

  test('more than a limit ends the session, with words', async () => {
    const { session, peer } = await opened({ limit: 100 })
    peer.send('x'.repeat(300))
    await expect(Promise.resolve(session.recvLine())).rejects.toMatchObject({ code: 'LIMIT' })
    await session.wait()
    expect(session.error).toMatchObject({ code: 'LIMIT' })
    expect(session.state).toBe('failed')
  })

  test('goes through what comes, until it ends', async () => {
    const { session, peer } = await opened(LINES)
    peer.send('a\nb\nc')
    peer.order({ do: 'end' })
    const seen: unknown[] = []
    for await (const line of session) seen.push(line)
    expect(seen).toEqual(['a', 'b', 'c'])
  })
})

describe('ends', () => {
  test('end() says that no more is sent, and what the other one sends still comes', async () => {
    const { session, peer } = await opened({})
    await peer.kill()
    await session.close()
    const stays = await startPeer('tcp', 'stay')
    closers.push(() => stays.kill())
    const half = await tcp.connect(stays.port)
    closers.push(() => half.close())
    await half.send('question')
    await half.end()
    await stays.tells('ended')
    expect(stays.got).toBe('question')
    stays.send('answer')
    expect(await half.recv()).toBe('answer')
    await expect(Promise.resolve(half.send('x'))).rejects.toThrow(/end\(\) was said before/)
    stays.order({ do: 'end' })
    expect(await half.recv()).toBeNull()
  })

  test("after the other one's end we can still send", async () => {
    const { session, peer } = await opened({})
    const ends: unknown[] = []
    session.on('end', () => void ends.push('end'))
    peer.order({ do: 'end' })
    expect(await session.recv()).toBeNull()
    expect(ends).toEqual(['end'])
    expect(String(session)).toContain('the other end sends no more')
    await session.send('still here')
    await peer.gets('still here')
  })

  test('what was sent before close() arrives', async () => {
    const { session, peer } = await opened({})
    const text = 'x'.repeat(500_000)
    void session.send(text)
    await session.close()
    await peer.tells('ended')
    expect(peer.count).toBe(text.length)
  })

  test('a peer that has no answer to anything does not keep close() from ending', async () => {
    const peer = await startPeer('tcp', 'stay')
    closers.push(() => peer.kill())
    const session = await tcp.connect(peer.port)
    await peer.tells('connected')
    peer.order({ do: 'deaf' })
    // More than the kernel takes: it can not be delivered.
    void session.send(Buffer.alloc(40e6)).catch(() => undefined)
    await session.close()
    expect(session.state).toBe('closed')
  })

  test('reset() is one, for the other end', async () => {
    const { session, peer } = await opened({})
    await session.reset()
    await peer.tells('broken')
    expect(peer.told('broken')).toEqual(['ConnectionResetError'])
    expect(session.isOpen).toBe(false)
  })
})

describe('somebody who does not keep up', () => {
  test('who sends waits for one who does not read, and goes on when that one does', async () => {
    const { session, peer } = await opened({})
    peer.order({ do: 'deaf' })
    const block = Buffer.alloc(64 * 1024)
    let sent = 0
    let isWaiting = false
    const most = 200
    const sending = (async () => {
      for (; sent < most; sent++) {
        isWaiting = true
        await session.send(block)
        isWaiting = false
      }
    })()
    let before = -1
    await eventually(() => {
      const isStill = sent === before && isWaiting
      before = sent
      return isStill && sent > 0
    }, 'it waits')
    expect(sent).toBeLessThan(most)
    peer.order({ do: 'hear' })
    await sending
    await eventually(
      () => peer.count === most * block.length,
      () => `all arrived, not ${peer.count}`,
    )
  })

  test('Ctrl-C while send() waits: the session stays, and what it took is sent', async () => {
    const { session, peer } = await opened({})
    peer.order({ do: 'deaf' })
    const sending = session.send(Buffer.alloc(20e6))
    sending.interrupt()
    await expect(Promise.resolve(sending)).rejects.toBeInstanceOf(Interrupted)
    peer.order({ do: 'hear' })
    await eventually(
      () => peer.count === 20e6,
      () => `all arrived, not ${peer.count}`,
    )
    expect(session.state).toBe('open')
  })

  test('one who does not take what comes holds the sender back: memory is bounded', async () => {
    const { session, peer } = await opened({ encoding: 'bytes' })
    peer.send('x'.repeat(30e6))
    let before = -1
    await eventually(() => {
      const isStill = session.received === before && before > 0
      before = session.received
      return isStill && session.received >= 2 ** 20
    }, 'it stands still')
    expect(session.received).toBeLessThan(4 * 2 ** 20)
    let taken = 0
    while (taken < 30e6) taken += ((await session.recv()) as Uint8Array).length
    expect(taken).toBe(30e6)
  })
})

describe('coming back', () => {
  test('connects again when the server is there again, and tells so', async () => {
    const port = await closedPort()
    const greet = (): Promise<Awaited<ReturnType<typeof tcp.listen>>> =>
      (async () => await tcp.listen(port, { message: (line: string) => `re ${line}` }, { ...LINES, log: false }))()
    const first = await greet()
    const session = await tcp.connect('127.0.0.1', port, { ...LINES, reconnect: { first: 0.02, longest: 0.1 } })
    closers.push(() => session.close())
    const events: string[] = []
    session.on('reconnect', (attempt) => void events.push(`attempt ${attempt}`))
    session.on('open', () => void events.push('open'))
    await first.close()
    await eventually(() => events.length >= 3, 'some attempts failed')
    expect(session.state).toBe('reconnecting')
    expect(String(session)).toMatch(/reconnecting \(/)
    const second = await greet()
    closers.push(() => second.close())
    await eventually(() => events.includes('open'), 'it is back')
    expect(events.slice(0, 2)).toEqual(['attempt 1', 'attempt 2'])
    expect(session.error).toBeUndefined()
    await session.send('hello')
    expect(await session.recvLine()).toBe('re hello')
  })

  test('gives up after so many attempts, and says why', async () => {
    const { session, peer } = await opened({ ...LINES, reconnect: { first: 0.01, tries: 3 } })
    await peer.kill()
    await session.wait()
    expect(session.state).toBe('failed')
    expect(session.error).toMatchObject({ code: 'ECONNREFUSED' })
  })

  test('a connection that could not be made at all is not tried again', async () => {
    await expect(
      Promise.resolve(tcp.connect('127.0.0.1', await closedPort(), { reconnect: true })),
    ).rejects.toBeInstanceOf(SessionError)
  })
})

describe('against others', () => {
  test('nc', async () => {
    const port = await closedPort()
    const nc = start(['nc', '-v', '-l', '127.0.0.1', String(port)])
    closers.push(() => nc.stop('SIGKILL'))
    await nc.waitFor(/Listening/)
    const session = await tcp.connect('127.0.0.1', port)
    closers.push(() => session.close())
    await session.send('to nc\n')
    await nc.waitFor(/to nc/)
    nc.write('from nc\n')
    expect(await session.recvLine()).toBe('from nc')
    await session.end()
    nc.endInput()
    expect((await nc.exited).status).toBe(0)
  })

  test('in another network namespace, and with one behind a firewall', async () => {
    const lab = await openLab()
    closers.push(() => lab.close())
    const { port } = await lab.tcpListener()
    const netns = lab.here.namespace
    for (const host of [lab.there.ipv4, lab.there.ipv6]) {
      const session = await tcp.connect(host, port, { netns })
      await session.send('echo')
      expect(await session.recvExactly(4)).toBe('echo')
      expect([session.localAddress, session.remoteAddress]).toEqual(
        host.includes(':') ? [lab.here.ipv6, host] : [lab.here.ipv4, host],
      )
      await session.close()
    }
    await lab.filterPort('tcp', 81)
    await expect(Promise.resolve(tcp.connect(lab.there.ipv4, 81, { netns, timeout: 0.3 }))).rejects.toThrow(
      /no connection within 0\.3 s: a firewall may drop/,
    )
    await expect(Promise.resolve(tcp.connect(lab.there.ipv4, 82, { netns }))).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    })
    await expect(Promise.resolve(tcp.connect(lab.beyond.unreachable, 80, { netns }))).rejects.toMatchObject({
      code: 'EHOSTUNREACH',
    })
    // The other machine is gone in the middle of it: only keepAlive, or what is sent, can tell.
    const session = await tcp.connect(lab.there.ipv4, port, { netns, keepAlive: 1 })
    await lab.exec('here', ['ip', 'link', 'set', lab.here.interfaceName, 'down'])
    expect(session.state).toBe('open')
    await expect(Promise.resolve(session.recv(100, { timeout: 0.2 }))).rejects.toMatchObject({ code: 'TIMEOUT' })
    await session.close()
    expect(session.state).toBe('closed')
  }, 60_000)
})
