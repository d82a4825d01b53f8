import { createSocket } from 'node:dgram'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { DNS, DNSRR, Ether, IP, UDP } from '../../src/layers/index.js'
import { type Link, memoryLinkPair } from '../../src/link/index.js'
import { type AnyPacket, dissect, stack } from '../../src/packet/index.js'
import { dns } from '../../src/tools/dns/index.js'
import { practiceNetwork } from '../../src/tools/practice-network/index.js'
import { type Lab, openLab } from '../lab/lab.js'
import { onFrames } from '../link/on-frames.js'
import { answerArp } from './arp-responder.js'

/** A name server of the test on loopback: `reply` makes each answer, undefined keeps silent. */
async function nameServer(reply: (query: AnyPacket, count: number) => (Uint8Array | AnyPacket)[]) {
  const socket = createSocket('udp4')
  let count = 0
  socket.on('message', (bytes, from) => {
    for (const answer of reply(dissect(DNS, bytes) as unknown as AnyPacket, ++count))
      socket.send(answer instanceof Uint8Array ? answer : answer.bytes(), from.port, from.address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return { port: socket.address().port, close: () => socket.close(), asked: () => count }
}

const answerTo = (query: AnyPacket, more: object = {}): AnyPacket =>
  DNS({
    id: query.id,
    qr: 1,
    ra: 1,
    qd: query.qd,
    an: [DNSRR({ rrname: query.qd[0].qname, ttl: 60, rdata: '192.0.2.7' })],
    ...more,
  }) as unknown as AnyPacket

const sockets = (): string[] => process.getActiveResourcesInfo().filter((name) => /UDP|TCP/.test(name))

describe('dns over sockets', () => {
  test('takes only the answer to its own question', async () => {
    const server = await nameServer((query) => [
      answerTo(query, { id: query.id ^ 1 }),
      answerTo(query, { qd: [{ qname: 'other.example' }] }),
      answerTo(query, { qr: 0 }),
      Uint8Array.of(1, 2, 3),
      answerTo(query),
    ])
    try {
      const result = await dns('Name.example', { server: '127.0.0.1', port: server.port, id: 4711 })
      const [response] = result.responses
      expect(result.short).toEqual(['192.0.2.7'])
      expect(response!.id).toBe(4711)
      expect(response!.ignored).toEqual([
        'an answer with number 4710, ours is 4711',
        expect.stringContaining('an answer to another question (other.example.'),
        'a question instead of an answer',
        '3 bytes that are no DNS message',
      ])
      expect(String(result)).toContain('Name.example. A: 1 answer')
      expect(JSON.parse(JSON.stringify(result)).responses[0].answers).toEqual([
        { name: 'Name.example.', type: 'A', class: 'IN', ttl: 60, data: '192.0.2.7' },
      ])
    } finally {
      server.close()
    }
  })

  test('asks again, tells how often, and says when nobody answers', async () => {
    const server = await nameServer((query, count) => (count < 2 ? [] : [answerTo(query)]))
    try {
      const second = await dns('a.example', { server: '127.0.0.1', port: server.port, timeout: 0.2 })
      expect(second.responses[0]!.tries).toBe(2)
      expect(second.isGood).toBe(true)
    } finally {
      server.close()
    }
    const silent = await nameServer(() => [])
    try {
      const never = await dns('a.example', { server: '127.0.0.1', port: silent.port, timeout: 0.05, retry: 1 })
      expect(never.responses[0]).toMatchObject({ state: 'no answer', tries: 2, rcode: undefined })
      expect(silent.asked()).toBe(2)
      expect(String(never)).toContain('a.example. A: no answer, asked 2 times: 127.0.0.1 port')
    } finally {
      silent.close()
    }
  })

  test('a closed port is told at once', async () => {
    const server = await nameServer(() => [])
    server.close()
    const result = await dns('a.example', { server: '127.0.0.1', port: server.port, timeout: 60 })
    expect(result.responses[0]).toMatchObject({ state: 'closed' })
    expect(String(result)).toContain('no server there, the port is closed')
    const overTcp = await dns('a.example', { server: '127.0.0.1', port: server.port, tcp: true, timeout: 60 })
    expect(overTcp.responses[0]).toMatchObject({ state: 'closed', transport: 'TCP' })
  })

  test('what a server says cannot steer the terminal, and a damaged message is told', async () => {
    const evil = (query: AnyPacket) =>
      DNS({
        id: query.id,
        qr: 1,
        qd: query.qd,
        an: [DNSRR({ rrname: 'x\x1b[2J', type: 'TXT', rdata: ['\x1b[31m"\u202e'] })],
      })
    const server = await nameServer((query) => [evil(query).bytes().subarray(0)])
    try {
      const text = String(await dns('a.example', { type: 'TXT', server: '127.0.0.1', port: server.port }))
      expect(text).not.toMatch(/[\x1b\u202e]/)
      expect(text).toContain('\\027[2J')
    } finally {
      server.close()
    }
    const cut = await nameServer((query) => [answerTo(query).bytes().subarray(0, -2)])
    try {
      const [response] = (await dns('a.example', { server: '127.0.0.1', port: cut.port })).responses
      expect(response!.damage).toContain('DNSRR')
      expect(String(response)).toContain('damaged: ')
    } finally {
      cut.close()
    }
  })

  test('several names and types are asked together; Ctrl-C gives what was answered and leaves no socket', async () => {
    const server = await nameServer((query) => (query.qd[0].qtype === 1 ? [answerTo(query)] : []))
    try {
      const task = dns(['a.example', 'b.example'], {
        type: ['A', 'MX'],
        server: '127.0.0.1',
        port: server.port,
        timeout: 60,
      })
      const two = new Promise<void>((resolve) => task.onProgress(({ done }) => done === 2 && resolve()))
      await two
      task.interrupt()
      const result = await task
      expect(result.responses.map(({ question, state }) => [question.name, question.type, state])).toEqual([
        ['a.example.', 'A', 'answered'],
        ['a.example.', 'MX', 'stopped'],
        ['b.example.', 'A', 'answered'],
        ['b.example.', 'MX', 'stopped'],
      ])
      expect(String(result)).toContain('4 questions, 2 answered, 2 without an error')
      await vi.waitFor(() => expect(sockets().length).toBe(1))
    } finally {
      server.close()
    }
  })

  test.each([
    [['x'], { typ: 'A' }, "dns has no option 'typ'; did you mean 'type'?"],
    [['x'], { type: 'MXX' }, "type MXX is not known; did you mean 'MX'?"],
    [['x'], { type: 'AXFR' }, 'whole zone'],
    [['a..b'], {}, 'empty label'],
    [[''], {}, 'a name is text'],
    [['x'], { size: 100 }, '512..65535'],
    [['x'], { size: 0, dnssec: true }, 'size cannot be 0'],
    [['x'], { tcp: true, ttl: 3 }, 'over TCP the system makes the packets'],
    [['x'], { server: '127.0.0.1', netns: 'there-is-none' }, "no network namespace 'there-is-none'"],
  ])('%j %j: %s', async (names, options, message) => {
    await expect(dns(names, options as object)).rejects.toThrow(message)
  })
})

describe('dns with packets of its own', () => {
  /** Answers DNS questions on a link, and closed ports with ICMP. */
  function responder(link: Link): void {
    onFrames(link, (frame) => {
      const query = frame.get('DNS') as AnyPacket | undefined
      if (query === undefined || query.qr === 1 || frame.src !== '02:00:00:00:00:01') return []
      const [ip, udp] = [frame.get(IP)!, frame.get(UDP)!]
      return [
        stack(
          Ether({ src: '02:00:00:00:00:02', dst: '02:00:00:00:00:01' }),
          IP({ src: ip.dst, dst: ip.src }),
          UDP({ sport: udp.dport, dport: udp.sport }),
          answerTo(query, { an: [DNSRR({ rrname: query.qd[0].qname, rdata: `10.0.0.${ip.ttl}` })] }),
        ),
      ]
    })
  }

  test("on a link in memory, with ttl and source of one's own", async () => {
    const [link, other] = memoryLinkPair(
      { addresses: { ipv4: [{ address: '10.0.0.1', prefix: 24 }] } },
      { addresses: { ipv4: [{ address: '10.0.0.2', prefix: 24 }] } },
    )
    responder(other)
    answerArp(other, '10.0.0.2')
    const result = await dns('a.example', { server: '10.0.0.2', link, ttl: 9, sport: 4000 })
    expect(result.short).toEqual(['10.0.0.9'])
    link.close()
  })
})

describe('dns in the practice network', () => {
  test('names, addresses, what there is not, and an answer that is too long', async () => {
    const { link, close } = opened()
    const ask = (name: string, options: object = {}) =>
      dns(name, { link, server: '10.0.0.254', timeout: 5, ...options })
    expect((await ask('server.example')).short).toEqual(['10.0.0.2'])
    expect((await ask('10.0.0.2')).short).toEqual(['server.example.'])
    expect((await ask('example', { type: 'MX' })).short).toEqual(['10 server.example.', '20 far.example.'])
    expect((await ask('no.example')).responses[0]).toMatchObject({ status: 'NXDOMAIN' })
    expect(String(await ask('large.test', { type: 'TXT' }))).toContain('cut short')
    expect(String(await ask('server.example', { short: true }))).toBe('10.0.0.2')
    expect((await ask('server.example', { port: 54 })).responses[0]).toMatchObject({ state: 'closed' })
    close()
  })

  function opened() {
    const network = practiceNetwork()
    return { link: network.link, close: () => network.close() }
  }
})

describe('dns and dnsmasq', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await openLab()
    const long = Array.from({ length: 60 }, (_, i) => `--host-record=long.lab,10.1.0.${i + 1}`)
    const server = lab.spawn('there', [
      ...['dnsmasq', '-k', '--conf-file=/dev/null', '--pid-file', '--user=root', '--no-resolv', '--no-hosts'],
      ...[
        '--bind-interfaces',
        `--listen-address=${lab.there.ipv4},${lab.there.ipv6}`,
        '--local=/lab/',
        '--log-facility=-',
      ],
      ...['--host-record=www.lab,10.1.2.3,fd00::3,300', '--cname=alias.lab,www.lab', '--mx-host=lab,mail.lab,10'],
      ...['--txt-record=text.lab,first "one",second', '--srv-host=_http._tcp.lab,www.lab,80,1,2', ...long],
      ...['--ptr-record=3.2.1.10.in-addr.arpa,www.lab', '--caa-record=lab,0,issue,example.org'],
    ])
    await server.waitFor(/started/)
  })
  afterAll(() => lab.close())

  const ask = (name: string | string[], options: object = {}) =>
    dns(name, { server: lab.there.ipv4, netns: lab.here.namespace, ...options })
  const dig = async (...words: string[]): Promise<string[]> => {
    const { stdout } = await lab.exec('here', ['dig', `@${lab.there.ipv4}`, '+short', ...words])
    return stdout.trim().split('\n')
  }

  test.each([
    ['www.lab', 'A'],
    ['www.lab', 'AAAA'],
    ['alias.lab', 'A'],
    ['lab', 'MX'],
    ['text.lab', 'TXT'],
    ['_http._tcp.lab', 'SRV'],
  ])('%s %s: the same as dig', async (name, type) => {
    const result = await ask(name, { type })
    expect(result.short).toEqual(await dig(name, type))
    expect(result.responses[0]).toMatchObject({ status: 'NOERROR', transport: 'UDP', server: lab.there.ipv4 })
    expect(result.short.length).toBeGreaterThan(0)
  })

  test('an address is looked up in reverse', async () => {
    const result = await ask('10.1.2.3')
    expect(result.short).toEqual(['www.lab.'])
    expect(String(result)).toContain('10.1.2.3 (3.2.1.10.in-addr.arpa.) PTR: 1 answer')
  })

  test('an answer that is too long for a datagram comes over TCP', async () => {
    const result = await ask('long.lab', { size: 512 })
    expect(result.responses[0]).toMatchObject({ transport: 'TCP', status: 'NOERROR' })
    expect(result.answers.length).toBe(60)
    expect([...result.short].sort()).toEqual((await dig('long.lab')).sort())
    const cut = await ask('long.lab', { size: 512, tcp: false })
    expect(cut.responses[0]!.flags).toContain('tc')
    expect(cut.answers.length).toBeLessThan(60)
    expect((await ask('long.lab', { tcp: true, netns: lab.here.namespace })).answers.length).toBe(60)
  })

  test('what there is not, and what is refused, is said in words', async () => {
    expect((await ask('nothing.lab')).responses[0]).toMatchObject({ status: 'NXDOMAIN', rcode: 3 })
    expect(String(await ask('nothing.lab'))).toContain('nothing.lab. A: NXDOMAIN, there is no such name')
    expect(String(await ask('www.lab', { type: 'MX' }))).toContain('the name has no records of this type')
    expect(String(await ask('www.elsewhere.example'))).toContain('REFUSED, the server refuses')
    const both = await ask(['www.lab', 'nothing.lab'])
    expect(both.isGood).toBe(false)
  })

  test('over IPv6, from a server that is not there, and one that cannot be reached', async () => {
    expect((await ask('www.lab', { server: lab.there.ipv6 })).short).toEqual(['10.1.2.3'])
    expect((await ask('www.lab', { port: 54 })).responses[0]).toMatchObject({ state: 'closed' })
    expect((await ask('www.lab', { server: lab.beyond.unreachable })).responses[0]).toMatchObject({
      state: 'unreachable',
    })
    expect((await ask('www.lab', { server: lab.beyond.silent, timeout: 0.1, retry: 0 })).responses[0]).toMatchObject({
      state: 'no answer',
    })
  })

  test('raw packets get the same answer, and the kernel of the peer sees what was set', async () => {
    const capture = await lab.capture('there', 'udp dst port 53')
    const result = await ask('www.lab', { ttl: 7, sport: 4321, raw: true })
    expect(result.short).toEqual(['10.1.2.3'])
    const file = await capture.stop()
    const { stdout } = await lab.exec('there', ['tcpdump', '-n', '-v', '-r', file])
    expect(stdout).toContain('ttl 7')
    expect(stdout).toContain('.4321 >')
    expect((await ask('www.lab', { port: 54, raw: true })).responses[0]).toMatchObject({ state: 'closed' })
    expect((await ask('www.lab', { server: lab.there.ipv6, raw: true, port: 54 })).responses[0]).toMatchObject({
      state: 'closed',
    })
  })
})
