import { createSocket } from 'node:dgram'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { sr1 } from '../../src/exchange/index.js'
import {
  Ether,
  IP,
  OpenVPN,
  type OpenvpnKey,
  openvpnKey,
  openvpnUnwrap,
  openvpnWrap,
  UDP,
} from '../../src/layers/index.js'
import { type Link, memoryLinkPair } from '../../src/link/index.js'
import { type AnyPacket, stack, toHex } from '../../src/packet/index.js'
import { clientReset, readServerReset } from '../../src/tools/openvpn/handshake.js'
import { openvpnProbe } from '../../src/tools/openvpn/index.js'
import { practiceNetwork } from '../../src/tools/practice-network/index.js'
import { type Lab, openLab } from '../lab/lab.js'
import { makeOpenVpnFiles, openVpnCommand, openVpnReady } from '../lab/openvpn.js'
import { must } from '../lab/process.js'
import { onFrames } from '../link/on-frames.js'
import { answerArp } from './arp-responder.js'

const KEY = Uint8Array.from({ length: 256 }, (_, i) => i)
const SESSION = '6bb63669ecaf40b3'
const AUTH = openvpnKey(KEY, { mode: 'tls-auth', direction: 1 })
const CRYPT = openvpnKey(KEY, { mode: 'tls-crypt' })

/** What a server answers to a plain question. */
const plainAnswer = (question: Uint8Array): Buffer =>
  Buffer.concat([
    Uint8Array.of(0x40, 1, 2, 3, 4, 5, 6, 7, 8, 1, 0, 0, 0, 0),
    question.subarray(1, 9),
    Uint8Array.of(0, 0, 0, 0),
  ])

const question = (key?: OpenvpnKey): Buffer => clientReset(SESSION, key).bytes()

describe('the first packet', () => {
  test('plain: the bytes that a real server answers', () => {
    expect(toHex(question())).toBe('386bb63669ecaf40b30000000000')
  })

  test('tls-auth and tls-crypt: as long as OpenVPN makes them', () => {
    expect(question(AUTH).length).toBe(42)
    expect(question(openvpnKey(KEY, { mode: 'tls-auth', direction: 'none', digest: 'SHA512' })).length).toBe(86)
    expect(question(CRYPT).length).toBe(54)
  })

  test.each([
    ['nothing', Buffer.alloc(0), false],
    ['our own packet', question(), false],
    ['a text', Buffer.from('SSH-2.0-OpenSSH_9.2\r\n'), false],
    ['an answer to another session', plainAnswer(new Uint8Array(14)), false],
    [
      'more acknowledgements than there are bytes',
      Buffer.concat([plainAnswer(question()).subarray(0, 9), Buffer.alloc(12, 255)]),
      false,
    ],
    ['an answer', plainAnswer(question()), true],
  ])('an answer that is %s', (_, bytes, isOpenVpn) => {
    expect(readServerReset(bytes, SESSION, undefined).isOpenVpn).toBe(isOpenVpn)
  })

  test('an answer is a packet, without its protection', () => {
    const { answer } = readServerReset(plainAnswer(question()), SESSION, undefined)
    expect(answer!.layerName).toBe('OpenVPN')
    expect((answer as AnyPacket).remotesessionid).toBe(SESSION)
    const server = openvpnKey(KEY, { mode: 'tls-crypt', direction: 0 })
    const packet = OpenVPN({ opcode: 8, acks: [0], remotesessionid: SESSION })
    const encrypted = readServerReset(openvpnWrap(packet, server).bytes(), SESSION, CRYPT)
    expect(encrypted).toMatchObject({ isOpenVpn: true, verified: true, echoed: true })
    expect((encrypted.answer as AnyPacket).acks).toEqual([0])
    const other = readServerReset(openvpnWrap(packet, server).bytes(), SESSION, AUTH)
    expect(other).toMatchObject({
      isOpenVpn: true,
      verified: false,
      detail: 'its signature does not fit the key (tls-auth)',
    })
    expect((other.answer as AnyPacket).protection).toBe('tls-crypt')
  })

  test('any bytes are read without harm', () => {
    for (const key of [undefined, AUTH, openvpnKey(KEY, { mode: 'tls-auth', digest: 'SHA256' }), CRYPT])
      for (let length = 0; length < 120; length++)
        expect(() => readServerReset(Buffer.alloc(length, 0x40), SESSION, key)).not.toThrow()
  })

  test('a signature that begins like a number of acknowledgements is a signature', () => {
    const server = openvpnKey(KEY, { mode: 'tls-auth', direction: 0 })
    // 8 acknowledgements in plain reach as far as signature, packet id, time and one acknowledgement.
    let packet: Uint8Array
    let id = 1
    do {
      const answer = OpenVPN({ opcode: 8, acks: [0], remotesessionid: SESSION })
      packet = openvpnWrap(answer, server, { packetId: id++ }).bytes()
    } while (packet[9] !== 8)
    expect(readServerReset(packet, SESSION, AUTH)).toMatchObject({ isOpenVpn: true, verified: true, echoed: true })
  })
})

describe('options', () => {
  test.each([
    [{ tlsAuth: '/nowhere/key' }, 'cannot be read: there is no such file'],
    [{ tlsAuth: '/' }, 'it is a folder'],
    [{ tlsAuth: 'a', tlsCrypt: 'b' }, 'not both'],
    [{ tlsAuth: 'a', tlsCrypt: 'b', tlsCryptV2: 'c' }, 'not all'],
    [{ tlsAuth: 'a', keyDirection: 2 }, "0, 1 or 'none'"],
    [{ tlsCrypt: '/dev/zero' }, 'more than 65536 bytes'],
    [{ tlsCryptV2: '/dev/null' }, 'this is no static key'],
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

  test.each(['udp', 'tcp'] as const)(
    'tls-crypt-v2 over %s: with a client’s key it answers, with none it does not',
    async (protocol) => {
      const { folder } = await makeOpenVpnFiles(join(lab.folder, `v2-${protocol}`))
      const file = (name: string) => join(folder, name)
      await must(['openvpn', '--genkey', 'tls-crypt-v2-server', file('server-v2.key')])
      const v2 = ['--tls-crypt-v2', file('server-v2.key')]
      await must(['openvpn', ...v2, '--genkey', 'tls-crypt-v2-client', file('client-v2.key')])
      const command = openVpnCommand(folder, { protocol, port: 1195, mode: 'plain' })
      const server = lab.spawn('there', [...command, ...v2])
      await server.waitFor(openVpnReady())
      try {
        const tcp = protocol === 'tcp'
        const found = await probe({ tcp, port: 1195, timeout: 5, tlsCryptV2: file('client-v2.key') })
        expect(found).toMatchObject({ state: 'openvpn', mode: 'tls-crypt-v2', echoed: true, verified: true })
        expect((found.answer as AnyPacket).text('opcode')).toBe('HARD_RESET_SERVER_V2')
        expect(await probe({ tcp, port: 1195 })).toMatchObject({ state: 'protected or filtered' })
        expect(await probe({ tcp, port: 1195, tlsCrypt: key() })).toMatchObject({ state: 'protected or filtered' })
        await expect(probe({ tcp, port: 1195, tlsCryptV2: file('server-v2.key') })).rejects.toThrow(
          "option tlsCryptV2 takes a client's key of tls-crypt-v2, not the server's",
        )
      } finally {
        await server.stop()
      }
    },
    30_000,
  )

  test('the answer is shown as a packet', async () => {
    const server = await lab.openvpn({ mode: 'tls-crypt' })
    try {
      const { answer, session } = await probe({ timeout: 5, tlsCrypt: key() })
      const text = answer!.show({ dump: true })
      expect(text).toMatch(/^###\[ OpenVPN \]###\n {2}opcode {4}= HARD_RESET_SERVER_V2\n/)
      expect(text).toContain(`sessionid = ${session}`)
      expect(text).toContain('acks      = [0]')
    } finally {
      await server.stop()
    }
  }, 30_000)

  for (const mode of ['plain', 'tls-auth', 'tls-crypt'] as const) {
    test(`sr1 asks a server with packets of one's own: ${mode}`, async () => {
      const server = await lab.openvpn({ mode })
      try {
        const own = mode === 'plain' ? undefined : openvpnKey(key(), { mode })
        const packet = stack(IP({ dst: lab.there.ipv4 }), UDP({ sport: 45290 }), OpenVPN({ sessionid: SESSION }))
        const asked = own === undefined ? packet : openvpnWrap(packet, own)
        const answer = await sr1(asked, {
          netns: lab.here.namespace,
          iface: lab.here.interfaceName,
          timeout: 5,
          quiet: true,
        })
        const plain = own === undefined ? answer! : openvpnUnwrap(answer!, own)
        expect(plain.get(OpenVPN)).toMatchObject({
          opcode: 8,
          acks: [0],
          remotesessionid: SESSION,
          protection: 'plain',
        })
        expect(answer!.get(OpenVPN)!.protection).toBe(mode)
      } finally {
        await server.stop()
      }
    }, 30_000)
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
