import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { createServer as createHttpServer } from 'node:http'
import { connect as connectTcp, createServer, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sessions } from '../../../src/sessions/face/session-list.js'
import { connect } from '../../../src/sessions/ssh/ssh.js'
import type { SshSession } from '../../../src/sessions/ssh/ssh-session.js'
import { openLab } from '../../lab/lab.js'
import { run } from '../../lab/process.js'
import { eventually, freePort, Sshd } from './sshd.js'

let server: Sshd
let session: SshSession
let echo: Server
let echoPort: number
beforeAll(async () => {
  server = await Sshd.start()
  session = await connect(server.target, server.login)
  echo = createServer({ allowHalfOpen: true }, (socket) => socket.on('error', () => undefined).pipe(socket))
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve))
  echoPort = (echo.address() as { port: number }).port
})
afterAll(async () => {
  await session?.close()
  echo?.close()
  await server?.stop()
})

/** Sends bytes, ends, and gives what comes back. */
function through(port: number, bytes: Buffer, host = '127.0.0.1'): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = []
    const socket = connectTcp({ host, port }, () => socket.end(bytes))
    socket.on('data', (piece) => pieces.push(piece))
    socket.on('error', reject)
    socket.on('end', () => resolve(Buffer.concat(pieces)))
  })
}
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

describe('forwarded ports', () => {
  it('lead to a place that the other machine reaches', async () => {
    const forward = await session.forward(0, `127.0.0.1:${echoPort}`)
    const bytes = randomBytes(5_000_000)
    expect(sha256(await through(forward.port, bytes))).toBe(sha256(bytes))
    const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => through(forward.port, Buffer.from(`n${n}`))))
    expect(answers.map(String)).toEqual(Array.from({ length: 50 }, (_, n) => `n${n}`))
    expect(forward.counts).toMatchObject({ connections: 51, failed: 0, fromTarget: forward.counts.toTarget })
    expect(sessions()).toContain(forward)
    expect(String(forward)).toMatch(
      /^ssh forward 127\.0\.0\.1:\d+ to 127\.0\.0\.1:\d+ over root@\S+: open, 51 connections/,
    )
    await forward.close()
    await expect(through(forward.port, bytes)).rejects.toThrow(/ECONNREFUSED/)
    expect(sessions()).not.toContain(forward)
  })

  it('tell of a target that is not there, and go on', async () => {
    const forward = await session.forward(0, `127.0.0.1:${await freePort()}`)
    const errors: string[] = []
    forward.on('error', (error) => errors.push(error.message))
    expect(String(await through(forward.port, Buffer.from('x')).catch(() => ''))).toBe('')
    await eventually(() => errors.join()).toMatch(/no connection from there/)
    expect(forward.state).toBe('open')
    await forward.close()
    await expect(session.forward(echoPort, '127.0.0.1:1').then((one) => one)).rejects.toThrow(
      /port \d+ is in use by this netshell/,
    )
    expect(() => session.forward(0, 'nowhere')).toThrow(/the target is 'host:port'/)
  })

  it('come from the other machine to a place here', async () => {
    const reverse = await session.reverse(0, `127.0.0.1:${echoPort}`)
    const bytes = randomBytes(2_000_000)
    expect(sha256(await through(reverse.port, bytes))).toBe(sha256(bytes))
    // In the other machine's own words, too.
    const asked = await session.run(`exec 3<>/dev/tcp/127.0.0.1/${reverse.port}; echo hello >&3; head -1 <&3`)
    expect(asked.stdout).toBe('hello\n')
    expect(reverse.counts.connections).toBe(2)
    await reverse.close()
    await expect(through(reverse.port, bytes)).rejects.toThrow(/ECONNREFUSED/)
    await expect(session.reverse(echoPort, '127.0.0.1:1').then((one) => one)).rejects.toThrow(/does not open that port/)
  })

  it('are a SOCKS5 proxy that curl takes', async () => {
    const web = createHttpServer((request, response) => response.end(`you want ${request.url}`))
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
    const { port } = web.address() as { port: number }
    const proxy = await session.socks(0)
    const curl = (url: string, how = 'socks5h') =>
      run(['curl', '-s', '--max-time', '5', '--proxy', `${how}://127.0.0.1:${proxy.port}`, url])
    expect((await curl(`http://localhost:${port}/name`)).stdout).toBe('you want /name')
    expect((await curl(`http://127.0.0.1:${port}/address`, 'socks5')).stdout).toBe('you want /address')
    expect((await curl(`http://127.0.0.1:${await freePort()}/`)).status).not.toBe(0)
    expect((await curl('http://127.0.0.1/', 'socks4')).status).not.toBe(0)
    expect(String(await through(proxy.port, Buffer.from('GET / HTTP/1.0\r\n\r\n')).catch(() => ''))).not.toMatch(/HTTP/)
    expect(proxy.counts).toMatchObject({ connections: 5, failed: 3 })
    await proxy.close()
    web.close()
  })

  it('end with their session, and its reverse ports come back with it', async () => {
    const mortal = await Sshd.start({ folder: server.folder })
    const other = await connect(mortal.target, { ...server.login, reconnect: { first: 0.2, longest: 0.4 } })
    const forward = await other.forward(0, `127.0.0.1:${echoPort}`)
    const reverse = await other.reverse(0, `127.0.0.1:${echoPort}`)
    await mortal.kill()
    await eventually(() => other.state).toBe('reconnecting')
    await mortal.launch()
    await eventually(() => other.state).toBe('open')
    expect(String(await through(forward.port, Buffer.from('again')))).toBe('again')
    await expect
      .poll(() => through(reverse.port, Buffer.from('too')).then(String, () => ''), { timeout: 5000 })
      .toBe('too')
    await other.close()
    await eventually(() => [forward.state, reverse.state]).toEqual(['closed', 'closed'])
    await mortal.stop()
  })

  it('say so when the server forbids them', async () => {
    const strict = await Sshd.start({ folder: server.folder, config: ['AllowTcpForwarding no'] })
    const other = await connect(strict.target, server.login)
    const forward = await other.forward(0, `127.0.0.1:${echoPort}`)
    const errors: string[] = []
    forward.on('error', (error) => errors.push(error.message))
    await through(forward.port, Buffer.from('x')).catch(() => '')
    await eventually(() => errors.join()).toMatch(/forbids forwarding/)
    await expect(other.reverse(0, '127.0.0.1:1').then((one) => one)).rejects.toThrow(/forbidden/)
    await other.close()
    await strict.stop()
  })
})

describe('packets of another machine', () => {
  it('come here as they are captured there, without those of the session itself', { timeout: 60_000 }, async () => {
    const lab = await openLab()
    const remote = await Sshd.start({ netns: lab.there.namespace, host: lab.there.ipv4, port: 2203 })
    try {
      const other = await connect(remote.target, { ...remote.login, netns: lab.here.namespace })
      const ping = (count: number) =>
        lab.exec('here', ['ping', '-c', String(count), '-i', '0.1', '-s', '40', lab.there.ipv4])

      // A count.
      let started: () => void = () => undefined
      const listening = new Promise<void>((resolve) => {
        started = resolve
      })
      const counted = other.sniff({ iface: lab.there.interfaceName, filter: 'icmp', count: 4, started })
      await listening
      await ping(3)
      const four = await counted
      expect(four.length).toBe(4)
      expect(four.map((packet) => packet.summary())[0]).toMatch(/ICMP .*echo-request/)
      expect(four.statistics?.lost).toEqual({ kernel: 0, interface: 0, netshell: 0 })

      // A time.
      expect((await other.sniff({ iface: 'any', filter: 'icmp', timeout: 0.3 })).length).toBe(0)

      // Every packet exactly once, and none of the session.
      let begun: () => void = () => undefined
      const ready = new Promise<void>((resolve) => {
        begun = resolve
      })
      const seen: string[] = []
      const whole = other.sniff({ iface: 'any', prn: (packet) => void seen.push(packet.summary()), started: begun })
      await ready
      await other.run('echo some traffic of the session; seq 1 2000')
      await ping(3)
      whole.interrupt()
      const summaries = (await whole).map((packet) => packet.summary())
      expect(summaries.filter((text) => /echo-request/.test(text))).toHaveLength(3)
      expect(summaries.filter((text) => /echo-reply/.test(text))).toHaveLength(3)
      expect(summaries.filter((text) => /TCP/.test(text))).toEqual([])
      expect(seen).toEqual(summaries)

      // Ctrl-C keeps what is there, and tcpdump ends.
      let on: () => void = () => undefined
      const up = new Promise<void>((resolve) => {
        on = resolve
      })
      const endless = other.sniff({ iface: lab.there.interfaceName, filter: 'icmp', started: on })
      await up
      await ping(2)
      await eventually(() => endless.partial?.length).toBe(4)
      endless.interrupt()
      expect((await endless).length).toBe(4)
      await expect
        .poll(() =>
          execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).includes(
            `-i ${lab.there.interfaceName} -n -U -w -`,
          ),
        )
        .toBe(false)

      // What goes wrong.
      const failed = (options: Parameters<typeof other.sniff>[0]): Promise<string> =>
        other.sniff(options).then(
          () => 'it went well',
          (error) => (error as Error).message,
        )
      expect(await failed({ iface: 'nope0' })).toMatch(/it has no interface 'nope0'/)
      expect(await failed({ filter: 'no such filter (' })).toMatch(/filter 'no such filter \(' is not understood there/)
      expect(await failed({ link: 1 } as never)).toMatch(/option link is about this machine/)
      expect(await failed({ iface: "x'; touch /tmp/netshell-injected; '" })).toMatch(/must be a text/)
      expect(await failed({ filter: "'; touch /tmp/netshell-injected; '", timeout: 1 })).toMatch(/not understood there/)
      expect(() => execFileSync('ls', ['/tmp/netshell-injected'], { stdio: 'ignore' })).toThrow()

      // The server is killed while it captures: an error that says so, or what there was.
      const lost = failed({ iface: lab.there.interfaceName, started: () => void remote.kill() })
      expect(await lost).toMatch(/the connection was lost/)
    } finally {
      await remote.stop()
      await lab.close()
    }
  })
})
