import { createCipheriv, createHmac } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Lab, openLab } from './lab.js'
import { servesMany } from './openvpn.js'
import { run } from './process.js'
import { labNamespaces } from './stale.js'

/** Sends one datagram (hex) from a plain socket and prints the answer as hex; prints the error's code or 'silence'. */
const UDP_PROBE = `
  const socket = require('node:dgram').createSocket(process.argv[1].includes(':') ? 'udp6' : 'udp4')
  const end = (text) => { console.log(text); socket.close(); clearTimeout(timer) }
  const timer = setTimeout(() => end('silence'), Number(process.argv[4] ?? 3000))
  socket.on('message', (message) => end(message.toString('hex')))
  socket.on('error', (error) => end(error.code))
  socket.connect(Number(process.argv[2]), process.argv[1], () => socket.send(Buffer.from(process.argv[3], 'hex')))`

/** Sends bytes (hex) over TCP and prints the first bytes of the answer as hex; 'closed', 'silence' or the error's code. */
const TCP_PROBE = `
  const socket = require('node:net').connect(Number(process.argv[2]), process.argv[1])
  const end = (text) => { console.log(text); socket.destroy(); clearTimeout(timer) }
  const timer = setTimeout(() => end('silence'), Number(process.argv[4] ?? 3000))
  socket.on('connect', () => socket.write(Buffer.from(process.argv[3], 'hex')))
  socket.on('data', (data) => end(data.toString('hex')))
  socket.on('end', () => end('closed'))
  socket.on('error', (error) => end(error.code))`

const SESSION = '6bb63669ecaf40b3'
const HELLO = `38${SESSION}0000000000`

let lab: Lab

beforeAll(async () => {
  lab = await openLab()
})
afterAll(() => lab?.close())

const probe = async (script: string, port: number, hex: string, { address = lab.there.ipv4, wait = 3000 } = {}) => {
  const result = await lab.exec('here', [process.execPath, '-e', script, address, String(port), hex, String(wait)])
  return result.stdout.trim() || result.stderr
}

describe('the network', () => {
  it('carries pings over IPv4 and IPv6 in both directions', async () => {
    for (const [side, address] of [
      ['here', lab.there.ipv4],
      ['here', lab.there.ipv6],
      ['there', lab.here.ipv4],
      ['there', lab.here.ipv6],
    ] as const) {
      const { status, stdout } = await lab.exec(side, ['ping', '-n', '-c', '1', '-W', '2', address])
      expect(stdout).toContain(`64 bytes from ${address}`)
      expect(status).toBe(0)
    }
  })

  it('gives the addresses that the kernel has', async () => {
    for (const side of ['here', 'there'] as const) {
      const host = lab[side]
      const { stdout } = await lab.exec(side, ['ip', '-o', 'address', 'show', 'dev', host.interfaceName])
      expect(stdout).toContain(`inet ${host.ipv4}/24`)
      expect(stdout).toContain(`inet6 ${host.ipv6}/64`)
      const link = await lab.exec(side, ['ip', '-o', 'link', 'show', 'dev', host.interfaceName])
      expect(link.stdout).toContain(host.mac)
    }
  })

  it('has addresses that are unreachable, silent, and one hop further', async () => {
    const ping = async (address: string, ...more: string[]) =>
      (await lab.exec('here', ['ping', '-n', '-c', '1', '-W', '1', ...more, address])).stdout
    expect(await ping(lab.beyond.unreachable)).toContain('Destination Host Unreachable')
    expect(await ping(lab.beyond.distant, '-t', '1')).toContain('Time to live exceeded')
    const silence = await ping(lab.beyond.silent)
    expect(silence).toContain('0 received')
    expect(silence).not.toContain('Unreachable')
  })
})

describe('programs', () => {
  it('are given input, and their status and output come back', async () => {
    const result = await lab.exec('here', ['sh', '-c', 'cat; echo oops >&2; exit 3'], { input: 'text' })
    expect(result).toMatchObject({ status: 3, stdout: 'text', stderr: 'oops\n' })
  })

  it('fail in words when they are missing or late', async () => {
    await expect(lab.exec('here', ['no-such-program'])).rejects.toThrow(
      /needs 'no-such-program', which is not installed/,
    )
    await expect(lab.exec('here', ['sleep', '10'], { timeout: 50 })).rejects.toThrow(
      /'.*sleep 10' still ran after 50 ms/,
    )
  })
})

describe('peers', () => {
  it('echo over TCP and UDP, IPv4 and IPv6, and refuse on closed ports', async () => {
    const tcp = await lab.tcpListener()
    const udp = await lab.udpListener()
    expect(await probe(TCP_PROBE, tcp.port, '010203')).toBe('010203')
    expect(await probe(TCP_PROBE, tcp.port, '010203', { address: lab.there.ipv6 })).toBe('010203')
    expect(await probe(UDP_PROBE, udp.port, '0a0b')).toBe('0a0b')
    expect(await probe(UDP_PROBE, udp.port, '0a0b', { address: lab.there.ipv6 })).toBe('0a0b')
    await tcp.stop()
    await udp.stop()
    expect(await probe(TCP_PROBE, tcp.port, '010203')).toBe('ECONNREFUSED')
    expect(await probe(UDP_PROBE, udp.port, '0a0b')).toBe('ECONNREFUSED')
  })

  it('are silent or prohibited on filtered ports', async () => {
    await lab.filterPort('tcp', 4001)
    await lab.filterPort('udp', 4002)
    await lab.filterPort('tcp', 4003, 'reject')
    expect(await probe(TCP_PROBE, 4001, '00', { wait: 300 })).toBe('silence')
    expect(await probe(UDP_PROBE, 4002, '00', { wait: 300 })).toBe('silence')
    expect(await probe(TCP_PROBE, 4003, '00')).toBe('EHOSTUNREACH')
  })
})

describe('capture', () => {
  it('starts in time for the first packet, and has the last', async () => {
    for (let round = 0; round < 3; round++) {
      const capture = await lab.capture('there', 'icmp')
      await lab.exec('here', ['ping', '-n', '-c', '2', '-i', '0.01', lab.there.ipv4])
      const file = await capture.stop()
      // 24 bytes of file header; 16 of record header, 14 of Ethernet, 84 of IP, four times.
      expect(statSync(file).size).toBe(24 + 4 * (16 + 14 + 84))
      expect(await capture.stop()).toBe(file)
    }
  })

  it('shows right checksums, which takes offloading off', async () => {
    const listener = await lab.tcpListener()
    const capture = await lab.capture('here', 'tcp')
    await probe(TCP_PROBE, listener.port, '01'.repeat(3000))
    const file = await capture.stop()
    const { stdout } = await run(['tcpdump', '-n', '-vv', '-r', file])
    expect(stdout).toContain('(correct)')
    expect(stdout).not.toContain('incorrect')
  })

  it('says what tcpdump says about a wrong filter', async () => {
    await expect(lab.capture('here', 'no such filter')).rejects.toThrow(/syntax error/)
  })
})

describe('OpenVPN', () => {
  const answer = new RegExp(`^40[0-9a-f]{16}0100000000${SESSION}00000000$`)

  it('answers the plain probe over UDP and TCP', async () => {
    await lab.openvpn({ port: 1194 })
    await lab.openvpn({ protocol: 'tcp', port: 1194 })
    expect(await probe(UDP_PROBE, 1194, HELLO)).toMatch(answer)
    if (servesMany()) expect(await probe(UDP_PROBE, 1194, HELLO)).toMatch(answer)
    expect(await probe(TCP_PROBE, 1194, `000e${HELLO}`)).toMatch(new RegExp(`^001a${answer.source.slice(1)}`))
  })

  it('with tls-auth answers only a probe that is signed', async () => {
    const server = await lab.openvpn({ port: 1195, mode: 'tls-auth' })
    expect(await probe(UDP_PROBE, 1195, HELLO, { wait: 300 })).toBe('silence')
    const reply = await probe(UDP_PROBE, 1195, signed(server.staticKey).toString('hex'))
    expect(reply).toMatch(/^40[0-9a-f]{106}$/)
  })

  it('with tls-crypt answers only a probe that is encrypted', async () => {
    const server = await lab.openvpn({ protocol: 'tcp', port: 1196, mode: 'tls-crypt' })
    expect(await probe(TCP_PROBE, 1196, `000e${HELLO}`)).toMatch(/closed|ECONNRESET/)
    const packet = encrypted(server.staticKey)
    const framed = Buffer.concat([Buffer.from([0, packet.length]), packet])
    expect(await probe(TCP_PROBE, 1196, framed.toString('hex'))).toMatch(/^004240[0-9a-f]{130}$/)
  })

  /** tls-auth: opcode, session id, HMAC-SHA1, packet-id and time, then the rest; the HMAC covers id and time first. */
  function signed(key: Uint8Array): Buffer {
    const session = Buffer.from(SESSION, 'hex')
    const identity = packetIdentity()
    const rest = Buffer.from('0000000000', 'hex')
    const mac = createHmac('sha1', key.subarray(192, 212))
    mac
      .update(identity)
      .update(Buffer.from([0x38]))
      .update(session)
      .update(rest)
    return Buffer.concat([Buffer.from([0x38]), session, mac.digest(), identity, rest])
  }

  /** tls-crypt: header in clear, HMAC-SHA256 over header and text, then AES-256-CTR with the HMAC's start as counter. */
  function encrypted(key: Uint8Array): Buffer {
    const header = Buffer.concat([Buffer.from([0x38]), Buffer.from(SESSION, 'hex'), packetIdentity()])
    const text = Buffer.from('0000000000', 'hex')
    const mac = createHmac('sha256', key.subarray(192, 224)).update(header).update(text).digest()
    const cipher = createCipheriv('aes-256-ctr', key.subarray(128, 160), mac.subarray(0, 16))
    return Buffer.concat([header, mac, cipher.update(text), cipher.final()])
  }

  function packetIdentity(): Buffer {
    const identity = Buffer.alloc(8)
    identity.writeUInt32BE(1, 0)
    identity.writeUInt32BE(Math.floor(Date.now() / 1000), 4)
    return identity
  }
})

describe('netshell', () => {
  it('runs in a namespace, with input from a pipe', async () => {
    expect(await lab.netshell('here', ['-e', '40 + 2'])).toMatchObject({ status: 0, stdout: '42\n' })
    const { stdout } = await lab.netshell('there', [], { input: "console.log('from', 'a pipe')\n" })
    expect(stdout).toContain('from a pipe')
  }, 200_000)

  it('runs at a terminal', async () => {
    const shell = await lab.spawnNetshell('here')
    await shell.waitFor(/[>#] /)
    shell.write('40 + 2\r')
    await shell.waitFor(/42/)
    await shell.stop()
  }, 30_000)
})

describe('closing', () => {
  it('leaves nothing: no namespace, no process, no file', async () => {
    const second = await openLab()
    await second.tcpListener()
    const capture = await second.capture('here')
    const stubborn = second.spawn('there', ['sh', '-c', 'trap "" TERM; sleep 60 & echo up; wait; wait'])
    await stubborn.waitFor(/up/)
    const processes = second.processes()
    expect(processes.length).toBeGreaterThanOrEqual(4)
    const names = [second.here.namespace, second.there.namespace]
    expect(labNamespaces()).toEqual(expect.arrayContaining(names))

    await second.close()
    await second.close()
    for (const name of names) expect(labNamespaces()).not.toContain(name)
    for (const pid of processes) expect(isGone(pid), `process ${pid}`).toBe(true)
    expect(existsSync(capture.file)).toBe(false)
    expect(existsSync(second.folder)).toBe(false)
  }, 15_000)

  it('of labs whose process died happens at the next start', async () => {
    const dead = await run([process.execPath, '-e', ''])
    expect(dead.status).toBe(0)
    const namespace = `netshell-lab-${await deadProcess()}-1-here`
    await run(['ip', 'netns', 'add', namespace])
    const { removeStaleLabs } = await import('./stale.js')
    removeStaleLabs()
    expect(labNamespaces()).not.toContain(namespace)
    expect(labNamespaces()).toContain(lab.here.namespace)
  })

  async function deadProcess(): Promise<number> {
    return Number((await run([process.execPath, '-p', 'process.pid'])).stdout)
  }

  /** A killed process may stay in the table, as a zombie, until its parent looks. */
  function isGone(pid: number): boolean {
    try {
      return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
    } catch {
      return true
    }
  }
})
