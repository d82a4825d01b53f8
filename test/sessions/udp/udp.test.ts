/** UDP against Python: servers and clients, broadcast, multicast, IPv6 with zones, and what happens when nobody takes what comes. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { Interrupted, OptionError } from '../../../src/exchange/index.js'
import { SessionError, type UdpSession, udp } from '../../../src/sessions/index.js'
import { bundle } from '../../lab/bundle.js'
import { type Lab, openLab } from '../../lab/lab.js'
import { eventually, startPeer } from '../peer.js'

const closers: (() => unknown)[] = []
const later = <T extends { close(): unknown }>(session: T): T => {
  closers.push(() => session.close())
  return session
}
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function pair(): Promise<[UdpSession, UdpSession]> {
  const one = later(await udp.bind(0, { host: '127.0.0.1' }))
  return [one, later(await udp.bind(0, { host: '127.0.0.1' }))]
}

describe('a socket', () => {
  test('that listens answers whoever asks, also a client in Python', async () => {
    const server = later(await udp.listen(0, (datagram) => `Bonjour ${datagram.data}.`, { host: '127.0.0.1' }))
    const peer = await startPeer('udp')
    closers.push(() => peer.kill())
    peer.order({ do: 'to', port: server.port })
    for (const text of ['World', 'Monde', 'é']) {
      peer.send(text)
      await peer.gets(Buffer.from(`Bonjour ${text}.`).toString('latin1'))
    }
    expect([...server.history].map(({ direction, peer: who }) => `${direction} ${who}`)).toEqual(
      Array.from({ length: 3 }, () => [`in 127.0.0.1:${peer.port}`, `out 127.0.0.1:${peer.port}`]).flat(),
    )
  })

  test('that is connected hears nobody else', async () => {
    const [server, stranger] = await pair()
    const client = later(await udp.connect('127.0.0.1', server.port))
    await stranger.send('from a stranger', `127.0.0.1:${client.port}`)
    await server.send('from the server', `127.0.0.1:${client.port}`)
    expect(await client.recv()).toBe('from the server')
    await expect(Promise.resolve(client.send('x', '127.0.0.1:9'))).rejects.toThrow(/is connected to 127\.0\.0\.1/)
  })

  test('hears of a closed port when it has asked, and goes on', async () => {
    const [one, two] = await pair()
    const { port } = two
    await two.close()
    const client = later(await udp.connect('127.0.0.1', port))
    const waiting = client.recv()
    await client.send('x')
    await expect(Promise.resolve(waiting)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    expect(client.state).toBe('open')
    const again = later(await udp.bind(port))
    await client.send('there now?')
    expect(await again.recv()).toBe('there now?')
    expect(one.state).toBe('open')
  })

  test('waits so long and no longer, and Ctrl-C loses nothing', async () => {
    const [one, two] = await pair()
    await expect(Promise.resolve(one.recv({ timeout: 0.05 }))).rejects.toMatchObject({ code: 'TIMEOUT' })
    const waiting = one.recvFrom()
    waiting.interrupt()
    await expect(Promise.resolve(waiting)).rejects.toBeInstanceOf(Interrupted)
    await two.send('kept', `127.0.0.1:${one.port}`)
    expect(await one.recvFrom()).toMatchObject({ data: 'kept', host: '127.0.0.1', port: two.port })
  })

  test('keeps what comes early, up to a bound, and counts what it had to drop', async () => {
    const [one, two] = await pair()
    const target = `127.0.0.1:${one.port}`
    let sent = 0
    await eventually(() => {
      for (let i = 0; i < 200; i++) void two.send(`${sent++}`, target)
      return one.dropped > 0
    }, 'something was dropped')
    expect(String(one)).toMatch(/10000 not taken yet, \d+ lost/)
    expect(await one.recv()).toBe('0')
    expect(await one.recv()).toBe('1')
  })

  test('tells what is too big, and goes on', async () => {
    const [one, two] = await pair()
    const target = `127.0.0.1:${two.port}`
    await expect(Promise.resolve(one.send('x'.repeat(70_000), target))).rejects.toMatchObject({ code: 'EMSGSIZE' })
    expect(await one.send(Buffer.alloc(65_507), target)).toBe(65_507)
    expect(((await two.recvFrom()) as { length: number }).length).toBe(65_507)
  })

  test('goes through datagrams until it is closed', async () => {
    const [one, two] = await pair()
    const seen: unknown[] = []
    const reading = (async () => {
      for await (const { data } of one) {
        seen.push(data)
        if (seen.length === 2) void one.close()
      }
    })()
    for (const text of ['a', 'b']) await two.send(text, `127.0.0.1:${one.port}`)
    await reading
    expect(seen).toEqual(['a', 'b'])
  })

  test('is an ordinary session over IPv6, and over both versions', async () => {
    const both = later(await udp.bind(0, { host: '::' }))
    for (const host of ['127.0.0.1', '::1']) {
      const client = later(await udp.connect(host, both.port))
      await client.send(host)
      const datagram = await both.recvFrom()
      expect(datagram.data).toBe(host)
      await both.send('back', datagram.peer)
      expect(await client.recv()).toBe('back')
    }
  })

  test('refuses options, targets and groups that are none', async () => {
    const attempt = async (work: () => PromiseLike<unknown>): Promise<unknown> => {
      try {
        return await work()
      } catch (error) {
        return error
      }
    }
    const [one] = await pair()
    for (const [work, says] of [
      [() => udp.bind(0, { gruop: '239.1.2.3' } as never), /gruop.*group/],
      [() => udp.bind(70_000), /0\.\.65535/],
      [() => udp.bind('/a.sock' as never), /no unix sockets/],
      [() => one.send('x'), /where to/],
      [() => one.send('x', '127.0.0.1'), /port is missing/],
      [() => one.send('x', '::1', 5), /IPv4/],
      [() => one.recv({ timout: 1 } as never), /timout.*timeout/],
      [async () => one.join('10.0.0.1'), /no multicast address/],
      [async () => one.join('239.1.2'), /no multicast address/],
      [() => udp.bind(0, { ttl: 256 }), /0\.\.255/],
    ] as const) {
      const error = await attempt(work)
      expect(error).toBeInstanceOf(OptionError)
      expect(String(error)).toMatch(says)
    }
    expect(await attempt(() => one.send({}, '127.0.0.1:9'))).toBeInstanceOf(SessionError)
  })
})

describe('in a network of its own', () => {
  const folder = mkdtempSync(join(tmpdir(), 'netshell-udp-'))
  const python = fileURLToPath(new URL('groups.py', import.meta.url))
  let lab: Lab
  let program: string

  beforeAll(async () => {
    lab = await openLab()
    program = await bundle(folder, fileURLToPath(new URL('groups-program.ts', import.meta.url)))
  }, 120_000)
  afterAll(async () => {
    await lab?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Ours `here`, Python's `there`, in both directions: who hears, and how that is sent to. */
  async function bothWays(address: string, target: string): Promise<void> {
    const { here, there } = lab
    for (const [hears, sends] of [
      [
        lab.spawn('there', ['/usr/bin/python3', python, 'hear', address, there.interfaceName]),
        (port: string) => lab.exec('here', [process.execPath, program, 'send', target, port, here.interfaceName]),
      ],
      [
        lab.spawn('here', [process.execPath, program, 'hear', address, '0', here.interfaceName]),
        (port: string) => lab.exec('there', ['/usr/bin/python3', python, 'send', target, port, there.interfaceName]),
      ],
    ] as const) {
      const [, port] = await hears.waitFor(/port (\d+)/, { timeout: 30_000 })
      const { stdout, stderr, status } = await sends(port!)
      expect([status, stderr]).toEqual([0, ''])
      // The one that hears answers the one that sent.
      expect(stdout).toContain('answer heard Bonjour')
      await hears.waitFor(/heard Bonjour/)
      await hears.stop()
    }
  }

  test('broadcast', async () => {
    await bothWays('broadcast', lab.here.ipv4.replace(/\d+$/, '255'))
  })

  test('broadcast without being allowed to says so', async () => {
    const { stdout } = await lab.exec('here', [
      process.execPath,
      program,
      'forbidden',
      lab.here.ipv4.replace(/\d+$/, '255'),
      '9',
      lab.here.interfaceName,
    ])
    expect(stdout).toMatch(/^EACCES .*broadcast: true/)
  })

  test('a multicast group of IPv4', () => bothWays('239.77.1.2', '239.77.1.2'))

  test('a multicast group of IPv6', () => bothWays('ff02::77', 'ff02::77'))

  test('an address of the link, with its zone', async () => {
    const { stdout } = await lab.exec('there', [
      'ip',
      '-6',
      '-o',
      'addr',
      'show',
      'dev',
      lab.there.interfaceName,
      'scope',
      'link',
    ])
    const [, address] = /inet6 (fe80::[0-9a-f:]+)/.exec(stdout)!
    const hears = lab.spawn('there', ['/usr/bin/python3', python, 'hear', 'link', lab.there.interfaceName])
    const [, port] = await hears.waitFor(/port (\d+)/, { timeout: 30_000 })
    const target = `${address}%${lab.here.interfaceName}`
    const sent = await lab.exec('here', [process.execPath, program, 'send', target, port!, lab.here.interfaceName])
    expect([sent.stderr, sent.status]).toEqual(['', 0])
    expect(sent.stdout).toContain('answer heard Bonjour')
    const tcp = await lab.tcpListener()
    const echoed = await lab.exec('here', [process.execPath, program, 'tcp', target, String(tcp.port), ''])
    expect(echoed.stdout).toBe(`[${target}]:${tcp.port} Bonjour\n`)
  })
})
