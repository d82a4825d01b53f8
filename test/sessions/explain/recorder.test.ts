import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { explain } from '../../../src/sessions/explain/explain.js'
import { Recorder } from '../../../src/sessions/explain/recorder.js'
import { tcp } from '../../../src/sessions/tcp/index.js'
import { udp } from '../../../src/sessions/udp/index.js'
import { bundle, MODULES } from '../../lab/bundle.js'
import { type Lab, openLab } from '../../lab/lab.js'
import { run } from '../../lab/process.js'
import { expectAgreement } from './against-tshark.js'
import { closed, dial, listen } from './connections.js'

const titles = (ladder: Awaited<ReturnType<typeof explain>>) =>
  ladder.conversations.map(({ phases }) => phases.map(({ title }) => title.split(',')[0]))
const WHOLE = ['three-way handshake', 'data', 'four-way close']

describe('sessions that are recorded', () => {
  it('a client: all of its connection, also when it is over', async () => {
    const server = await tcp.listen(0, { message: (message: string) => `Bonjour ${message}.` } as never, {
      framing: 'lines',
      log: false,
    })
    const other = await dial(server.port)
    const session = await tcp.connect('127.0.0.1', server.port, { framing: 'lines', explain: true })
    await session.send('World')
    await session.recv()
    const during = await explain(session)
    expect(titles(during)).toEqual([['three-way handshake', 'data']])
    await session.close()
    const ladder = await explain(session)
    expect(titles(ladder)).toEqual([WHOLE])
    expect(ladder.conversations[0]!.client.port).toBe(session.localPort)
    expect(ladder.toString()).toContain("'Bonjour World.\\n'")
    await expectAgreement(ladder)
    other.destroy()
    await server.close()
  })

  it('a server: all of its connections, or one of them', async () => {
    const server = await tcp.listen(0, { message: (message: string) => message } as never, {
      framing: 'lines',
      log: false,
      explain: true,
    })
    for (let i = 0; i < 15; i++) {
      const socket = await dial(server.port)
      socket.write(`GET /${i}\n`)
      await once(socket, 'data')
      socket.end()
      await closed(socket)
    }
    const left = await dial(server.port)
    left.write('x\n')
    await once(left, 'data')
    const all = await explain(server)
    expect(all.conversations.length).toBe(16)
    expect(all.counts.handshake).toBe(48)
    expect(all.counts.close).toBeGreaterThanOrEqual(45)
    await expectAgreement(all)
    const [connection] = server.clients()
    const one = await explain(connection as never)
    expect(one.conversations.map(({ client }) => client.port)).toEqual([left.localPort])
    left.destroy()
    await server.close()
  })

  it('one that is not: it says what was missed, and is recorded from then on', async () => {
    const peer = await listen((socket) => socket.pipe(socket))
    const session = await tcp.connect('127.0.0.1', peer.port)
    const first = await explain(session)
    expect(first.toString()).toContain('Open it with {explain: true}')
    await session.send('later')
    await session.recv()
    const second = await explain(session)
    expect(titles(second)).toEqual([['data (the handshake was not seen)']])
    expect(second.counts).toMatchObject({ dataFromClient: 5, dataFromServer: 5 })
    await session.close()
    await peer.close()
  })

  it('a connection that is refused', async () => {
    const peer = await listen(() => undefined)
    await peer.close()
    const session = await explain(() => tcp.connect('127.0.0.1', peer.port).catch(() => undefined))
    expect(titles(session)).toEqual([['connection refused']])
  })

  it('UDP: the question and the answer', async () => {
    const server = await udp.listen(0, (datagram: { data: unknown }) => `Bonjour ${datagram.data}.`)
    const session = await udp.connect('127.0.0.1', server.port, { explain: true })
    await session.send('World')
    await session.recv()
    const ladder = await explain(session)
    expect(titles(ladder)).toEqual([['question and answer']])
    expect(ladder.counts).toMatchObject({ packets: 2, data: 19, headers: 56 })
    await session.close()
    await server.close()
  })

  it('opened again, it is recorded again', async () => {
    const peer = await listen((socket) => socket.pipe(socket))
    const session = await tcp.connect('127.0.0.1', peer.port, { explain: true })
    await session.close()
    await session.open()
    await session.close()
    expect(titles(await explain(session))[0]![0]).toBe('three-way handshake')
    await peer.close()
  })
})

/** A connection that another program has with itself. */
const FOREIGN = `
import socket
l = socket.socket(); l.bind(('127.0.0.1', 0)); l.listen(1)
c = socket.create_connection(l.getsockname()); s, _ = l.accept()
c.sendall(b'foreign'); s.recv(10); c.close(); s.close()`

describe('a function that is run meanwhile', () => {
  it('shows the conversations of this program, and no others', async () => {
    const peer = await listen((socket) => socket.pipe(socket))
    const udpPeer = createSocket('udp4')
    udpPeer.bind(0, '127.0.0.1')
    await once(udpPeer, 'listening')
    const ladder = await explain(async () => {
      const socket = await dial(peer.port)
      socket.write('mine')
      await once(socket, 'data')
      const datagram = createSocket('udp4')
      datagram.send('hello', udpPeer.address().port, '127.0.0.1')
      await once(udpPeer, 'message')
      datagram.close()
      await run(['/usr/bin/python3', '-c', FOREIGN])
      socket.end()
      await closed(socket)
    })
    expect(ladder.conversations.map(({ protocol }) => protocol)).toEqual(['tcp', 'udp'])
    expect(ladder.toString()).not.toContain('foreign')
    expect(titles(ladder)[0]).toEqual(WHOLE)
    udpPeer.close()
    await peer.close()
  })

  it('what it throws is thrown, and nothing listens any more', async () => {
    await expect(
      explain(() => {
        throw new RangeError('mine')
      }),
    ).rejects.toThrow(RangeError)
  })
})

describe('the recorder', () => {
  it('keeps the first packets and the newest, and says how many went', async () => {
    const peer = createSocket('udp4')
    peer.bind(0, '127.0.0.1')
    await once(peer, 'listening')
    const { port } = peer.address()
    const recorder = await Recorder.begin({ protocol: 'udp', address: '127.0.0.1', port, role: 'client' })
    const program = `
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.connect(('127.0.0.1', ${port}))
for i in range(16000): s.send(b'%06d' % i + b'x' * 60)`
    await run(['/usr/bin/python3', '-c', program], { timeout: 20_000 })
    const packets = await recorder.packets()
    const number = (index: number) => Number(Buffer.from(packets.bytes(index)).subarray(42, 48).toString())
    expect(number(0)).toBe(0)
    expect(number(packets.length - 1)).toBe(15_999)
    expect(recorder.gone).toBeGreaterThan(0)
    expect(packets.length + recorder.gone + recorder.lost).toBe(16_000)
    expect(packets.length).toBeLessThan(13_000)
    await recorder.stop()
    expect(recorder.stopped).toBe(true)
    peer.close()
  }, 30_000)

  it('records another program in another network namespace, by its interface', async () => {
    const lab: Lab = await openLab()
    try {
      const recorder = await Recorder.begin({
        protocol: 'tcp',
        address: lab.there.ipv4,
        port: 9,
        role: 'client',
        netns: lab.here.namespace,
      })
      expect(recorder.interfaces).toEqual([lab.here.interfaceName])
      await recorder.stop()
      const everywhere = await Recorder.begin({
        protocol: 'tcp',
        address: '0.0.0.0',
        port: 9,
        role: 'server',
        netns: lab.there.namespace,
      })
      expect(everywhere.interfaces).toEqual(['any'])
      await everywhere.stop()
    } finally {
      await lab.close()
    }
  })
})

describe('without the right to capture', () => {
  it('a session opens all the same, and the user is told once what to do', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'explain-'))
    try {
      chmodSync(folder, 0o755)
      const program = await bundle(folder, new URL('./without-rights-program.ts', import.meta.url))
      const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']
      const argv = [...(process.getuid?.() === 0 ? nobody : []), process.execPath, program]
      const { stdout, stderr } = await run(argv, { environment: { NODE_PATH: MODULES, HOME: folder }, timeout: 30_000 })
      expect(stderr).toBe('')
      const { told, answer, error } = JSON.parse(stdout)
      expect(answer).toBe('hello')
      expect(told.length).toBe(1)
      expect(told[0]).toContain('cannot be recorded for explain')
      expect(told[0]).toContain('sudo netshell')
      expect(error).toBe('LinkError NOT_PERMITTED')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
