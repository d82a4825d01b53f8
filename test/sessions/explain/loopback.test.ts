import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { pause } from '../../../src/exchange/index.js'
import type { Ladder } from '../../../src/sessions/explain/ladder.js'
import { run, start } from '../../lab/process.js'
import { expectAgreement, tshark } from './against-tshark.js'
import { closed, dial, listen, recorded } from './connections.js'

const titles = ({ conversations }: Ladder) => conversations.map(({ phases }) => phases.map(({ title }) => title))
const kinds = ({ conversations: [talk] }: Ladder) =>
  talk!.phases.map(({ kind, first, last }) => [kind, talk!.steps.slice(first, last + 1).map(({ flags }) => flags)])

describe('real connections on loopback', () => {
  it('a question and an answer, then a close of both sides', async () => {
    const peer = await listen((socket) => socket.on('data', (data) => socket.write(`Bonjour ${data}`)))
    const ladder = await recorded(peer.port, async () => {
      const socket = await dial(peer.port)
      socket.write('World')
      await once(socket, 'data')
      socket.end()
      await closed(socket)
    })
    await peer.close()
    await expectAgreement(ladder)
    expect(kinds(ladder)[0]).toEqual(['handshake', ['SYN', 'SYN ACK', 'ACK']])
    expect(kinds(ladder).map(([kind]) => kind)).toEqual(['handshake', 'data', 'close'])
    expect(ladder.counts).toMatchObject({ handshake: 3, data: 18, dataFromClient: 5, dataFromServer: 13, resets: 0 })
    expect(ladder.toString()).toContain("'Bonjour World'")
    const rows = await tshark(ladder.packets, ['ip.len', 'tcp.len'])
    const headers = rows.reduce((sum, [ip, tcp]) => sum + Number(ip) - Number(tcp), 0)
    expect(ladder.counts.headers).toBe(headers)
  })

  it('is the same over IPv6', async () => {
    const peer = await listen((socket) => socket.end('six'), { host: '::1' })
    const ladder = await recorded(
      peer.port,
      async () => {
        const socket = await dial(peer.port, '::1')
        socket.resume()
        await closed(socket)
      },
      '::1',
    )
    await peer.close()
    await expectAgreement(ladder)
    expect(ladder.conversations[0]!.server.address).toBe('::1')
    expect(kinds(ladder).map(([kind]) => kind)).toEqual(['handshake', 'data', 'close'])
  })

  it('a connection that is refused', async () => {
    const peer = await listen(() => undefined)
    await peer.close()
    const ladder = await recorded(peer.port, async () => {
      await dial(peer.port).catch(() => undefined)
    })
    await expectAgreement(ladder)
    expect(kinds(ladder)).toEqual([['refused', ['SYN', 'RST ACK']]])
    expect(titles(ladder)).toEqual([['connection refused']])
  })

  it('a reset instead of a close', async () => {
    const peer = await listen((socket) => socket.on('data', () => socket.resetAndDestroy()))
    const ladder = await recorded(peer.port, async () => {
      const socket = await dial(peer.port)
      socket.write('x')
      await closed(socket)
    })
    await peer.close()
    await expectAgreement(ladder)
    expect(titles(ladder)).toEqual([['three-way handshake', 'data', 'reset by the server']])
    expect(ladder.counts.resets).toBe(1)
  })

  it('a half-close, with data from the other side behind it', async () => {
    const peer = await listen((socket) => socket.on('end', () => setTimeout(() => socket.end('late'), 60)).resume(), {
      allowHalfOpen: true,
    })
    const ladder = await recorded(peer.port, async () => {
      const socket = await dial(peer.port, '127.0.0.1', { allowHalfOpen: true })
      socket.end('early')
      socket.resume()
      await closed(socket)
    })
    await peer.close()
    await expectAgreement(ladder)
    const [list] = titles(ladder)
    expect(list).toContain('half-close: the client has ended, the server goes on')
  })

  it('a close in which nothing is joined has four packets', async () => {
    const peer = await listen((socket) => socket.on('end', () => setTimeout(() => socket.end(), 150)).resume(), {
      allowHalfOpen: true,
    })
    const ladder = await recorded(peer.port, async () => {
      const socket = await dial(peer.port)
      await pause(20)
      socket.end()
      socket.resume()
      await closed(socket)
    })
    await peer.close()
    await expectAgreement(ladder)
    expect(kinds(ladder).at(-1)).toEqual(['close', ['FIN ACK', 'ACK', 'FIN ACK', 'ACK']])
    expect(titles(ladder)[0]!.at(-1)).toBe('four-way close')
    expect(ladder.counts.close).toBe(4)
  })

  it('keep-alives of an idle connection', async () => {
    const program = `
import socket, sys, time
s = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
s.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
s.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
s.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
s.sendall(b'hello')
time.sleep(2.6)
s.close()`
    const peer = await listen((socket) => socket.resume())
    const ladder = await recorded(peer.port, () =>
      run(['/usr/bin/python3', '-c', program, String(peer.port)], { timeout: 10_000 }),
    )
    await peer.close()
    await expectAgreement(ladder)
    const notes = ladder.conversations[0]!.steps.flatMap((step) => step.notes.map(({ text }) => text))
    expect(notes.filter((text) => text === 'keep-alive').length).toBeGreaterThanOrEqual(2)
    expect(notes).toContain('keep-alive ACK')
  })

  it('10 MB, folded', async () => {
    const size = 10_000_000
    const peer = await listen((socket) => socket.end(Buffer.alloc(size, 'x')))
    let received = 0
    const ladder = await recorded(peer.port, async () => {
      const socket = await dial(peer.port)
      socket.on('data', (data) => {
        received += data.length
      })
      await closed(socket)
    })
    await peer.close()
    expect(received).toBe(size)
    await expectAgreement(ladder)
    expect(ladder.counts.data).toBe(size)
    const text = ladder.text({ width: 80 })
    expect(text).toMatch(/⋮ \d+ packets more, \d+(\.\d)? MB/)
    expect(text.split('\n').length).toBeLessThan(60)
    expect(ladder.text({ width: 80, all: true }).split('\n').length).toBeGreaterThan(ladder.packets.length)
  })

  it('a reader that does not read: the window closes, and opens again', async () => {
    const program = `
import socket, sys, time
l = socket.socket(); l.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
l.bind(('127.0.0.1', 0)); l.listen(1)
print(l.getsockname()[1], flush=True)
c, _ = l.accept(); time.sleep(0.8)
n = 0
while True:
    d = c.recv(65536)
    if not d: break
    n += len(d)
c.close()`
    const child = start(['/usr/bin/python3', '-c', program])
    const [, port] = await child.waitFor(/(\d+)\n/)
    const ladder = await recorded(Number(port), async () => {
      const socket = await dial(Number(port))
      socket.end(Buffer.alloc(60_000, 'z'))
      socket.resume()
      await closed(socket)
    })
    await child.stop()
    await expectAgreement(ladder)
    const notes = ladder.conversations[0]!.steps.flatMap((step) => step.notes.map(({ text }) => text))
    expect(notes).toContain('zero window')
    expect(notes.some((text) => text.startsWith('window update to '))).toBe(true)
  })
})
