import { createSocket } from 'node:dgram'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { Ether, IP, UDP } from '../../src/layers/index.js'
import { type Link, memoryLinkPair } from '../../src/link/index.js'
import { type AnyPacket, stack, toHex } from '../../src/packet/index.js'
import { clientReset, readServerReset } from '../../src/tools/openvpn/handshake.js'
import { openvpnProbe } from '../../src/tools/openvpn/index.js'
import { parseKey } from '../../src/tools/openvpn/key-file.js'
import { PLAIN, tlsAuth, tlsCrypt } from '../../src/tools/openvpn/protection.js'
import { practiceNetwork } from '../../src/tools/practice-network/index.js'
import { type Lab, openLab } from '../lab/lab.js'
import { makeOpenVpnFiles } from '../lab/openvpn.js'
import { onFrames } from '../link/on-frames.js'
import { answerArp } from './arp-responder.js'

const KEY = Uint8Array.from({ length: 256 }, (_, i) => i)
const SESSION = Uint8Array.of(0x6b, 0xb6, 0x36, 0x69, 0xec, 0xaf, 0x40, 0xb3)

/** What a server answers to a plain question. */
const plainAnswer = (question: Uint8Array): Buffer =>
  Buffer.concat([
    Uint8Array.of(0x40, 1, 2, 3, 4, 5, 6, 7, 8, 1, 0, 0, 0, 0),
    question.subarray(1, 9),
    Uint8Array.of(0, 0, 0, 0),
  ])

describe('the first packet', () => {
  test('plain: the bytes that a real server answers', () => {
    expect(toHex(clientReset(SESSION, PLAIN))).toBe('386bb63669ecaf40b30000000000')
  })

  test('tls-auth and tls-crypt: as long as OpenVPN makes them, with the key in neither', () => {
    expect(clientReset(SESSION, tlsAuth(KEY, 1, 'SHA1')).length).toBe(42)
    expect(clientReset(SESSION, tlsAuth(KEY, 'none', 'SHA512')).length).toBe(86)
    expect(clientReset(SESSION, tlsCrypt(KEY)).length).toBe(54)
  })

  test.each([
    ['nothing', Buffer.alloc(0), false],
    ['our own packet', clientReset(SESSION, PLAIN), false],
    ['a text', Buffer.from('SSH-2.0-OpenSSH_9.2\r\n'), false],
    ['an answer to another session', plainAnswer(new Uint8Array(14)), false],
    [
      'more acknowledgements than there are bytes',
      Buffer.concat([plainAnswer(clientReset(SESSION, PLAIN)).subarray(0, 9), Buffer.alloc(12, 255)]),
      false,
    ],
    ['an answer', plainAnswer(clientReset(SESSION, PLAIN)), true],
  ])('an answer that is %s', (_, bytes, isOpenVpn) => {
    expect(readServerReset(bytes, SESSION, PLAIN).isOpenVpn).toBe(isOpenVpn)
  })

  test('any bytes are read without harm', () => {
    for (const protection of [PLAIN, tlsAuth(KEY, 1, 'SHA256'), tlsCrypt(KEY)])
      for (let length = 0; length < 120; length++)
        expect(() => readServerReset(Buffer.alloc(length, 0x40), SESSION, protection)).not.toThrow()
  })

  test('a signature that begins like a number of acknowledgements is a signature', () => {
    // The same key both ways: our own packet reads as an answer, but for its opcode.
    const protection = tlsAuth(KEY, 'none', 'SHA1')
    const rest = Buffer.concat([Uint8Array.of(1, 0, 0, 0, 0), SESSION, Buffer.alloc(4)])
    const head = Buffer.alloc(9)
    head[0] = 8 << 3
    // 8 acknowledgements in plain reach as far as signature, packet id, time and one acknowledgement.
    let packet: Uint8Array
    do {
      head.writeUInt32BE(head.readUInt32BE(1) + 1, 1)
      packet = protection.wrap(head, rest)
    } while (packet[9] !== 8)
    expect(readServerReset(packet, SESSION, protection)).toMatchObject({
      isOpenVpn: true,
      verified: true,
      echoed: true,
    })
  })
})

describe('key files', () => {
  const file = (lines: readonly string[]): string =>
    ['# 2048 bit', '-----BEGIN OpenVPN Static key V1-----', ...lines, '-----END OpenVPN Static key V1-----', ''].join(
      '\n',
    )
  const hex = Array.from({ length: 16 }, (_, i) => 'ab'.repeat(15) + i.toString(16).padStart(2, '0'))

  test('are read alone and inside a profile', () => {
    expect(toHex(parseKey(file(hex), 'k'))).toBe(hex.join(''))
    expect(parseKey(`client\r\n<tls-auth>\r\n${file(hex).replaceAll('\n', '\r\n')}</tls-auth>`, 'k').length).toBe(256)
  })

  test.each([
    ['', "the line '-----BEGIN OpenVPN Static key V1-----' is missing"],
    [file(hex.slice(1)), 'line 18: the key ends after 240 bytes'],
    [file([...hex, 'aa']), 'line 19: more than 256 bytes'],
    [
      file(hex.map((line, i) => (i === 2 ? `${line.slice(0, 5)}x${line.slice(6)}` : line))),
      'line 5: character 6 is no hex',
    ],
    [file(hex).replace(/-----END.*/s, ''), 'is missing'],
  ])('what is wrong is said with its line, and the key is not', (text, message) => {
    expect(() => parseKey(text, 'k')).toThrow(message)
    try {
      parseKey(text, 'k')
    } catch (error) {
      expect(String(error)).not.toContain('abab')
    }
  })

  test.each([
    [{ tlsAuth: '/nowhere/key' }, 'cannot be read: there is no such file'],
    [{ tlsAuth: '/' }, 'it is a folder'],
    [{ tlsAuth: 'a', tlsCrypt: 'b' }, 'not both'],
    [{ tlsAuth: 'a', keyDirection: 2 }, "0, 1 or 'none'"],
    [{ tlsCrypt: '/dev/zero' }, 'more than 65536 bytes'],
    [{ digest: 'ROT13' }, 'one of SHA1'],
    [{ port: 0 }, '1..65535'],
    [{ tcp: true, iface: 'lo' }, 'leave out iface and link'],
    [{ prt: 1 }, "did you mean 'port'?"],
  ])('%j: %s', async (options, message) => {
    await expect(openvpnProbe('127.0.0.1', options as object)).rejects.toThrow(message)
  })
})

describe('openvpnProbe', () => {
  test('on loopback: a server, another service, a closed port, silence', async () => {
    const answering = createSocket('udp4', (bytes, from) => answering.send(plainAnswer(bytes), from.port, from.address))
    const echo = createSocket('udp4', (bytes, from) => echo.send(bytes, from.port, from.address))
    const silent = createSocket('udp4')
    const ports: number[] = []
    for (const socket of [answering, echo, silent]) {
      await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
      ports.push(socket.address().port)
    }
    const closed = createSocket('udp4')
    await new Promise<void>((resolve) => closed.bind(0, '127.0.0.1', resolve))
    ports.push(closed.address().port)
    closed.close()
    try {
      const result = await openvpnProbe('127.0.0.1', { port: ports, timeout: 0.1 })
      expect(result.findings.map(({ state }) => state)).toEqual([
        'openvpn',
        'not openvpn',
        'protected or filtered',
        'closed',
      ])
      expect(result.servers[0]).toMatchObject({ session: '0102030405060708', echoed: true, verified: null })
      const text = String(result)
      expect(text).toContain('an echo service')
      expect(text).toContain('4 ports asked (plain), 1 OpenVPN')
      expect(JSON.parse(JSON.stringify(result)).findings).toHaveLength(4)
    } finally {
      for (const socket of [answering, echo, silent]) socket.close()
    }
  })

  test('over TCP what greets first is no OpenVPN; Ctrl-C ends the wait and leaves no socket', async () => {
    const greeting = createServer((socket) =>
      socket
        .on('error', () => undefined)
        .resume()
        .end('220 mail.example ESMTP\r\n'),
    )
    const silent = createServer((socket) => socket.on('error', () => undefined).resume())
    const ports: number[] = []
    for (const server of [greeting, silent]) {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      ports.push((server.address() as { port: number }).port)
    }
    try {
      const task = openvpnProbe('127.0.0.1', { port: ports, tcp: true, timeout: 60 })
      task.onProgress(({ done }) => done === 1 && task.interrupt())
      const { findings } = await task
      expect(findings.map(({ state }) => state)).toEqual(['not openvpn', 'unknown'])
      await vi.waitFor(() =>
        expect(process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap')).toEqual([]),
      )
    } finally {
      greeting.close()
      silent.close()
    }
  })

  test('on a link in memory', async () => {
    const [link, other] = memoryLinkPair({ addresses: { ipv4: [{ address: '10.0.0.1', prefix: 24 }] } })
    answerArp(other, '10.0.0.2')
    serve(other)
    const result = await openvpnProbe('10.0.0.2', { link, port: [1194, 1195], timeout: 0.1, retry: 0 })
    expect(result.findings.map(({ state }) => state)).toEqual(['openvpn', 'protected or filtered'])
    link.close()
  })

  test('in the practice network', async () => {
    const network = practiceNetwork()
    const result = await openvpnProbe(['10.0.0.2', '10.0.0.3'], {
      link: network.link,
      port: [1194, 7, 4000],
      timeout: 0.3,
      retry: 0,
    })
    expect(result.findings.map(({ state }) => state)).toEqual([
      ...['openvpn', 'not openvpn', 'closed'],
      ...['protected or filtered', 'protected or filtered', 'protected or filtered'],
    ])
    network.close()
  })

  /** Answers at port 1194. */
  function serve(link: Link): void {
    onFrames(link, (frame) => {
      const udp = frame.get(UDP) as AnyPacket | undefined
      if (udp?.dport !== 1194) return []
      return [
        stack(
          Ether({ src: '02:00:00:00:00:02', dst: '02:00:00:00:00:01' }),
          IP({ src: '10.0.0.2', dst: '10.0.0.1' }),
          UDP({ sport: 1194, dport: udp.sport }),
          plainAnswer(udp.payload!.bytes()),
        ),
      ]
    })
  }
})

describe('openvpnProbe and real servers', () => {
  let lab: Lab
  let otherKey: string
  beforeAll(async () => {
    lab = await openLab()
    const other = await makeOpenVpnFiles(join(lab.folder, 'other'))
    otherKey = join(other.folder, 'static.key')
  }, 30_000)
  afterAll(() => lab.close())
  const key = () => join(lab.folder, 'openvpn', 'static.key')
  const probe = (options: object = {}) =>
    openvpnProbe(lab.there.ipv4, { netns: lab.here.namespace, timeout: 0.5, ...options }).then(
      ({ findings }) => findings[0]!,
    )

  for (const protocol of ['udp', 'tcp'] as const) {
    for (const mode of ['plain', 'tls-auth', 'tls-crypt'] as const) {
      test(`${mode} over ${protocol}: with its key it answers, without it does not`, async () => {
        const server = await lab.openvpn({ protocol, mode })
        try {
          const tcp = protocol === 'tcp'
          const keyed = mode === 'plain' ? {} : mode === 'tls-auth' ? { tlsAuth: key() } : { tlsCrypt: key() }
          expect(await probe({ tcp, timeout: 5, ...keyed })).toMatchObject({
            state: 'openvpn',
            echoed: true,
            verified: mode === 'plain' ? null : true,
            session: expect.stringMatching(/^[0-9a-f]{16}$/),
          })
          if (mode === 'plain') {
            // It takes the signature for the rest of the packet: what it says depends on the signature's first byte.
            const { state, verified, detail } = await probe({ tcp, tlsAuth: key() })
            expect(['protected or filtered', 'openvpn']).toContain(state)
            if (state === 'openvpn') expect([verified, detail]).toEqual([null, 'it answers without tls-auth'])
          } else expect(await probe({ tcp })).toMatchObject({ state: 'protected or filtered' })
          if (mode !== 'plain') {
            const wrongKey = mode === 'tls-auth' ? { tlsAuth: otherKey } : { tlsCrypt: otherKey }
            expect(await probe({ tcp, ...wrongKey })).toMatchObject({ state: 'protected or filtered' })
          }
          if (mode === 'tls-auth')
            expect(await probe({ tcp, tlsAuth: key(), digest: 'SHA256' })).toMatchObject({
              state: 'protected or filtered',
            })
        } finally {
          await server.stop()
        }
      }, 30_000)
    }
  }

  test('a closed port, one that is filtered, a host that cannot be reached', async () => {
    expect(await probe({ port: 4999 })).toMatchObject({ state: 'closed' })
    expect(await probe({ port: 4999, tcp: true })).toMatchObject({ state: 'closed' })
    await lab.filterPort('udp', 4998)
    expect(await probe({ port: 4998 })).toMatchObject({ state: 'protected or filtered' })
    const { findings } = await openvpnProbe(lab.beyond.unreachable, { netns: lab.here.namespace })
    expect(findings[0]).toMatchObject({ state: 'unreachable', detail: 'host unreachable' })
  })

  test('raw packets find the same', async () => {
    const server = await lab.openvpn()
    try {
      const raw = { iface: lab.here.interfaceName }
      expect(await probe({ ...raw, timeout: 5 })).toMatchObject({ state: 'openvpn', echoed: true })
      expect(await probe({ ...raw, port: 4999 })).toMatchObject({ state: 'closed' })
    } finally {
      await server.stop()
    }
  })

  test('two hosts at once, one with no such name', async () => {
    const file = join(lab.folder, 'notes')
    writeFileSync(file, 'no key')
    await expect(probe({ tlsCrypt: file })).rejects.toThrow(`${file}: the line '-----BEGIN`)
    const { findings } = await openvpnProbe([lab.there.ipv4, 'no-such-name.invalid'], {
      netns: lab.here.namespace,
      port: 4999,
    })
    expect(findings.map(({ state }) => state)).toEqual(['closed', 'unknown'])
  })
})
