/** TCP, UDP, DNS, DHCP and OpenVPN of the practice network, and whatever else may come to it. */
import { afterEach, describe, expect, test } from 'vitest'
import { fragment } from '../../src/exchange/index.js'
import {
  BOOTP,
  DHCP,
  DNS,
  DNSQR,
  DNSRROPT,
  Ether,
  ICMP,
  ICMPv6EchoRequest,
  IP,
  IPv6,
  TCP,
  UDP,
} from '../../src/layers/index.js'
import {
  type AnyPacket,
  checksum,
  dissect,
  finish,
  fromHex,
  type Packet,
  stack,
  sum,
  toHex,
} from '../../src/packet/index.js'
import { type PracticeNetwork, practiceNetwork } from '../../src/tools/practice-network/index.js'
import { TcpEndpoint } from '../../src/tools/practice-network/tcp-endpoint.js'
import { mutated, seeded } from '../layers/hostile-bytes.js'
import { answersTo, answerTo, framed, ME, SERVER_MAC } from './practice-network-talk.js'

const open: PracticeNetwork[] = []
afterEach(() => {
  for (const net of open.splice(0)) net.close()
})

function network(options: Parameters<typeof practiceNetwork>[0] = {}): PracticeNetwork {
  const net = practiceNetwork(options)
  open.push(net)
  return net
}

const ip = (fields: Record<string, unknown> = {}) => IP({ src: ME.ipv4, dst: '10.0.0.2', ...fields })
const text = (packet: AnyPacket | undefined): string => {
  const load = packet?.get('Raw')?.load as Uint8Array | undefined
  return load === undefined ? '' : new TextDecoder().decode(load)
}

/** A client of TCP, made by hand: it acknowledges what comes in order. */
class Client {
  private next = 1000
  private expected = 0

  constructor(
    private readonly net: PracticeNetwork,
    private readonly dport: number,
    private readonly sport = 4000,
  ) {}

  /** Sends one segment; gives the flags of what came, and all its data. */
  async say(flags: string, data = '', isAcknowledged = true): Promise<{ flags: string[]; data: Uint8Array }> {
    const header = TCP({
      sport: this.sport,
      dport: this.dport,
      flags,
      seq: this.next,
      ack: this.expected,
      options: flags === 'S' ? [['MSS', 1460]] : [],
    })
    const packet = stack(ip(), header, ...(data === '' ? [] : [data]))
    const answers = (await answersTo(this.net, framed(packet, SERVER_MAC))).filter((answer) => answer.has(TCP))
    this.next += data.length + (/[SF]/.test(flags) ? 1 : 0)
    const parts: Uint8Array[] = []
    for (const answer of answers) {
      const tcp = answer.get(TCP)!
      // A segment has no layer of its own in it when its port says DNS or OpenVPN, and the bytes are the same.
      const load = tcp.payload === null ? new Uint8Array(0) : tcp.payload.bytes()
      const length = load.length + (/[SF]/.test(String(tcp.flags)) ? 1 : 0)
      if (flags === 'S') this.expected = (tcp.seq as number) >>> 0
      if ((tcp.seq as number) >>> 0 !== this.expected || !isAcknowledged) continue
      this.expected = (this.expected + length) >>> 0
      parts.push(load)
    }
    return {
      flags: answers.map((answer) => String(answer.get(TCP)!.flags)),
      data: Uint8Array.from(parts.flatMap((part) => [...part])),
    }
  }

  async connect(): Promise<string> {
    await this.say('S')
    return new TextDecoder().decode((await this.say('A')).data)
  }
}

describe('TCP', () => {
  test('a greeting, heard and left', async () => {
    const client = new Client(network(), 8808)
    expect(await client.connect()).toBe('Bonjour\r\n')
    expect((await client.say('A')).flags).toEqual([])
    expect((await client.say('FA')).flags).toEqual(['FA'])
    expect((await client.say('A')).flags).toEqual([])
    // It is over: what still comes does not fit.
    expect((await client.say('A')).flags).toEqual(['R'])
  })

  test('an echo, longer than one segment', async () => {
    const client = new Client(network(), 7)
    await client.connect()
    const first = await client.say('PA', 'x'.repeat(1400))
    const second = await client.say('PA', 'y'.repeat(1400))
    expect([first.data.length, second.data.length]).toEqual([1400, 1400])
  })

  test('what was not acknowledged is sent again when the question comes again', async () => {
    const net = network()
    const client = new Client(net, 7)
    await client.connect()
    const question = stack(ip(), TCP({ sport: 4000, dport: 7, flags: 'PA', seq: 1001, ack: 0 }), 'hello')
    const { data } = await client.say('PA', 'hello', false)
    expect(data).toHaveLength(0)
    const again = await answersTo(net, framed(question, SERVER_MAC))
    expect(again.map((answer) => text(answer))).toEqual(['hello'])
  })

  test('a web page, and the end of the connection', async () => {
    const client = new Client(network(), 80)
    await client.connect()
    const { flags, data } = await client.say('PA', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(flags).toEqual(['A', 'PA', 'FA'])
    const page = new TextDecoder().decode(data)
    expect(page).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    const [head = '', body = ''] = page.split('\r\n\r\n')
    expect(head).toContain(`Content-Length: ${body.length}`)
  })

  test.each([
    ['GET /x HTTP/1.1\r\n\r\n', '404'],
    ['PUT / HTTP/1.1\r\n\r\n', '400'],
    ['nonsense\r\n\r\n', '400'],
  ])('%j has status %s', async (request, status) => {
    const client = new Client(network(), 80)
    await client.connect()
    expect(new TextDecoder().decode((await client.say('PA', request)).data)).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  })

  test('DNS over TCP has room for large answers', async () => {
    const client = new Client(network(), 53)
    await client.connect()
    const query = DNS({ id: 7, qd: [DNSQR({ qname: 'large.test', qtype: 16 })] }).bytes()
    const { data } = await client.say('PA', `${String.fromCharCode(0, query.length)}${new TextDecoder().decode(query)}`)
    expect((data[0]! << 8) | data[1]!).toBe(data.length - 2)
    const answer = dissect(DNS, data.subarray(2)) as AnyPacket
    expect([answer.tc, answer.ancount]).toEqual([0, 40])
  })

  test("a service of one's own: what it says first, replies, and a failure hangs up", async () => {
    const net = network({
      hosts: [
        {
          name: 'server',
          tcp: {
            100: { greeting: '220 ready\r\n', reply: (data) => data.reverse() },
            101: () => {
              throw new Error('mine')
            },
          },
        },
      ],
    })
    const client = new Client(net, 100)
    expect(await client.connect()).toBe('220 ready\r\n')
    expect(new TextDecoder().decode((await client.say('PA', 'abc')).data)).toBe('cba')
    const other = new Client(net, 101)
    await other.connect()
    expect((await other.say('PA', 'abc')).flags).toEqual(['A', 'FA'])
  })

  test('connections are bounded, and the one that was silent longest gives way', () => {
    let time = 0
    const endpoint = new TcpEndpoint(
      () => 5000,
      () => time,
    )
    const accept = () => ({ open: () => ({}), receive: () => ({}) })
    const context = { source: 'a', destination: 'b', accept, mss: 1460 }
    const segment = (sport: number, flags: number, seq = 1000, ack = 0) => ({
      sport,
      dport: 7,
      seq,
      ack,
      flags,
      window: 1000,
      mss: undefined,
      data: new Uint8Array(0),
    })
    for (let sport = 1; sport <= 5000; sport++) endpoint.receive(segment(sport, 2), context)
    expect(endpoint.size).toBe(1024)
    // The last one is known, the first one is not any more.
    expect(endpoint.receive(segment(5000, 16, 1001, 5001), context)).toEqual([])
    expect(endpoint.receive(segment(1, 16, 1001, 5001), context)).toMatchObject([{ flags: 4 }])
    time = 61_000
    expect(endpoint.receive(segment(5000, 16, 1001, 5001), context)).toMatchObject([{ flags: 4 }])
    expect(endpoint.size).toBe(1023)
  })
})

describe('DNS', () => {
  const ask = async (qname: string, qtype: number, edns?: number): Promise<AnyPacket> => {
    const query = DNS({
      id: 4711,
      qd: [DNSQR({ qname, qtype })],
      ...(edns === undefined ? {} : { ar: [DNSRROPT({ rclass: edns })] }),
    })
    const answer = await answerTo(
      network({ names: { 'more.example': ['10.0.0.4', 'fd00:10::4'] } }),
      stack(ip(), UDP({ sport: 4000, dport: 53 }), query),
      SERVER_MAC,
    )
    const dns = answer!.get(DNS) as AnyPacket
    expect([dns.id, dns.qr]).toEqual([4711, 1])
    return dns
  }

  test.each([
    ['server.example', 1, ['10.0.0.2']],
    ['SERVER.example', 28, ['fd00:10::2']],
    ['www.example', 1, ['server.example.', '10.0.0.2']],
    ['2.0.0.10.in-addr.arpa', 12, ['server.example.']],
    [
      `2${'.0'.repeat(23)}.1.0.0.0.d.f.ip6.arpa`.replace(
        /^2.*/,
        '2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.0.0.0.d.f.ip6.arpa',
      ),
      12,
      ['server.example.'],
    ],
    ['example', 16, [['a practice network']]],
    ['more.example', 1, ['10.0.0.4']],
    ['more.example', 28, ['fd00:10::4']],
    ['server.example', 15, []],
  ])('%s type %i', async (qname, qtype, data) => {
    const answer = await ask(qname, qtype)
    expect([answer.rcode, answer.aa, answer.tc]).toEqual([0, 1, 0])
    const plain = (value: unknown) => (Array.isArray(value) ? value.map(String) : value)
    expect((answer.an as AnyPacket[]).map((record) => plain(record.rdata))).toEqual(data)
  })

  test('mail exchanges', async () => {
    const { an } = await ask('example', 15)
    expect((an as AnyPacket[]).map(({ preference, exchange }) => [preference, exchange])).toEqual([
      [10, 'server.example.'],
      [20, 'far.example.'],
    ])
  })

  test.each([
    ['nobody.example', 3, 1],
    ['google.com', 5, 0],
  ])('%s is refused with %i', async (qname, rcode, authorities) => {
    const answer = await ask(qname, 1)
    expect([answer.rcode, answer.ancount, answer.nscount]).toEqual([rcode, 0, authorities])
  })

  test('what is too large is truncated, EDNS or not', async () => {
    for (const edns of [undefined, 4096]) {
      const answer = await ask('large.test', 16, edns)
      expect([answer.tc, answer.ancount]).toEqual([1, 0])
      expect(answer.arcount).toBe(edns === undefined ? 0 : 1)
    }
  })
})

describe('DHCP', () => {
  const GATEWAY = '10.0.0.254'
  const message = (mac: string, options: unknown[], fields: Record<string, unknown> = {}): Packet =>
    stack(
      Ether({ src: mac, dst: 'ff:ff:ff:ff:ff:ff' }),
      IP({ src: '0.0.0.0', dst: '255.255.255.255' }),
      UDP({ sport: 68, dport: 67 }),
      BOOTP({ xid: 0x1234, chaddr: mac, ...fields }),
      DHCP({ options: [...options, 'end'] as never }),
    )
  const ask = async (net: PracticeNetwork, ...given: Parameters<typeof message>) => {
    const answers = await answersTo(net, message(...given))
    expect(answers.length).toBeLessThan(2)
    const [answer] = answers
    if (answer === undefined) return undefined
    const options = Object.fromEntries(
      (answer.get(DHCP)!.options as unknown[]).filter(Array.isArray) as [string, unknown][],
    )
    return { frame: answer, yiaddr: answer.get(BOOTP)!.yiaddr, type: options['message-type'], options }
  }
  const A = '02:00:00:00:00:aa'
  const B = '02:00:00:00:00:bb'

  test('offers, gives, and keeps an address', async () => {
    const net = network()
    const offer = (await ask(net, A, [['message-type', 'discover']]))!
    expect([offer.type, offer.yiaddr]).toEqual(['offer', '10.0.0.100'])
    expect(offer.options).toMatchObject({ server_id: GATEWAY, subnet_mask: '255.255.255.0', lease_time: 3600 })
    expect([offer.frame.dst, offer.frame.get(IP)!.dst, offer.frame.get(UDP)!.dport]).toEqual([A, '10.0.0.100', 68])
    const request = [
      ['message-type', 'request'],
      ['server_id', GATEWAY],
      ['requested_addr', '10.0.0.100'],
    ]
    expect((await ask(net, A, request))?.type).toBe('ack')
    expect((await ask(net, B, [['message-type', 'discover']]))?.yiaddr).toBe('10.0.0.101')
    expect((await ask(net, A, [['message-type', 'discover']]))?.yiaddr).toBe('10.0.0.100')
    // Another's address is refused, to everybody.
    const refusal = (await ask(net, B, request))!
    expect([refusal.type, refusal.frame.dst, refusal.frame.get(IP)!.dst]).toEqual([
      'nak',
      'ff:ff:ff:ff:ff:ff',
      '255.255.255.255',
    ])
    expect(
      await ask(
        net,
        A,
        [
          ['message-type', 'release'],
          ['server_id', GATEWAY],
        ],
        { ciaddr: '10.0.0.100' },
      ),
    ).toBeUndefined()
    expect((await ask(net, B, request))?.type).toBe('ack')
  })

  test('a client that asks for broadcast gets it; a request to another server is left alone', async () => {
    const net = network()
    const offer = (await ask(net, A, [['message-type', 'discover']], { flags: 'B' }))!
    expect([offer.frame.dst, offer.frame.get(IP)!.dst]).toEqual(['ff:ff:ff:ff:ff:ff', '255.255.255.255'])
    expect(
      await ask(net, A, [
        ['message-type', 'request'],
        ['server_id', '10.0.0.9'],
      ]),
    ).toBeUndefined()
    expect(await ask(net, A, [['message-type', 'offer']])).toBeUndefined()
    expect(await ask(net, A, [['message-type', 'discover']], { giaddr: '10.0.0.9' })).toBeUndefined()
  })

  test("there are a hundred addresses, but for those that are somebody's", async () => {
    const net = network({ hosts: [{ name: 'mine', ipv4: '10.0.0.150' }] })
    const given = new Set<unknown>()
    for (let i = 0; i < 120; i++)
      given.add(
        (await ask(net, `02:00:00:00:01:${i.toString(16).padStart(2, '0')}`, [['message-type', 'discover']]))?.yiaddr,
      )
    expect(given.size).toBe(100)
    expect(given.has('10.0.0.150')).toBe(false)
    expect(given.has(undefined)).toBe(true)
  })
})

describe('OpenVPN', () => {
  const PROBE = '386bb63669ecaf40b30000000000'

  test('answers a plain hard reset as a real server', async () => {
    const answer = await answerTo(network(), stack(ip(), UDP({ sport: 4000, dport: 1194 }), fromHex(PROBE)), SERVER_MAC)
    expect(toHex(answer!.get(UDP)!.payload!.bytes())).toMatch(/^40[0-9a-f]{16}01000000006bb63669ecaf40b300000000$/)
  })

  test('over TCP with the length before it', async () => {
    const client = new Client(network(), 1194)
    await client.connect()
    const { data } = await client.say(
      'PA',
      `\x00\x0e${new TextDecoder('latin1').decode(fromHex('38610062636465666700000000000000'.slice(0, 28)))}`,
    )
    expect(toHex(data)).toMatch(/^001a40[0-9a-f]{16}01/)
  })

  test.each(['40', '386bb63669ecaf40b3', '386bb63669ecaf40b30100000000', ''])('is silent to %j', async (hex) => {
    expect(
      await answerTo(network(), stack(ip(), UDP({ sport: 4000, dport: 1194 }), fromHex(hex)), SERVER_MAC),
    ).toBeUndefined()
  })
})

describe('whatever comes', () => {
  /** Every checksum of an answer is right, and all of it is read as what it is. */
  function check(answer: AnyPacket): void {
    // Behind the transport, and in quotations, is what the sender gave.
    const quoted = ['IPerror', 'IPv6error', 'DNS', 'OpenVPN', 'Raw']
    for (let layer: Packet | null = answer; layer !== null && !quoted.includes(layer.layerName); layer = layer.payload)
      expect(layer.issue, answer.summary()).toBeNull()
    const header = answer.get(IP) ?? answer.get(IPv6)
    if (header === undefined) {
      expect(answer.has('ARP')).toBe(true)
      return
    }
    const bytes = header._buffer!.subarray(header._offset, header._end)
    const isIpv4 = header.layerName === 'IP'
    if (isIpv4) expect(checksum(bytes, 0, 20)).toBe(0)
    const protocol = isIpv4 ? bytes[9]! : bytes[6]!
    // Fragments have the checksum of the whole.
    if (protocol === 44 || (isIpv4 && (((bytes[6]! & 0x3f) << 8) | bytes[7]!) !== 0)) return
    const at = isIpv4 ? 20 : 40
    if (protocol === 1) expect(checksum(bytes, at)).toBe(0)
    else
      expect(finish(sum(bytes, at, bytes.length, sum(bytes, isIpv4 ? 12 : 8, at) + protocol + bytes.length - at))).toBe(
        0,
      )
  }

  const seeds = (): Uint8Array[] =>
    [
      framed(stack(ip(), ICMP(), 'x'.repeat(40)), SERVER_MAC),
      framed(stack(ip({ dst: '10.1.0.10', ttl: 3 }), ICMP(), 'x'.repeat(40))),
      framed(stack(ip({ dst: '10.2.0.10', flags: 'DF' }), ICMP(), 'x'.repeat(1450))),
      framed(
        stack(
          ip(),
          TCP({
            dport: 80,
            options: [
              ['MSS', 1460],
              ['WScale', 7],
            ],
          }),
        ),
        SERVER_MAC,
      ),
      framed(stack(ip(), TCP({ dport: 7, flags: 'PA', seq: 1, ack: 1 }), 'hello'), SERVER_MAC),
      framed(stack(ip({ flags: 'MF' }), UDP({ dport: 7 }), 'x'.repeat(64)), SERVER_MAC),
      framed(stack(ip(), UDP({ sport: 4000, dport: 53 }), DNS({ qd: 'server.example' })), SERVER_MAC),
      framed(stack(ip(), UDP({ sport: 4000, dport: 1194 }), fromHex('386bb63669ecaf40b30000000000')), SERVER_MAC),
      framed(stack(IPv6({ src: ME.ipv6, dst: 'fd00:10::2' }), ICMPv6EchoRequest({ data: 'x' })), SERVER_MAC),
      framed(stack(IPv6({ src: ME.ipv6, dst: 'fd00:11::10', hlim: 4 }), UDP({ dport: 9 }), 'x')),
      fromHex('ffffffffffff02000a0000010806000108000604000102000a0000010a0000010000000000000a000002'),
      fromHex(
        `3333ff00000202000a00000186dd6000000000203afffd001000000000000000000000000001ff0200000000000000000001ff000002${'87000000'}00000000fd0010000000000000000000000000020101${'02000a000001'}`,
      ),
      stack(
        Ether({ src: ME.mac, dst: 'ff:ff:ff:ff:ff:ff' }),
        IP({ src: '0.0.0.0', dst: '255.255.255.255' }),
        UDP({ sport: 68, dport: 67 }),
        BOOTP({ chaddr: ME.mac }),
        DHCP({ options: [['message-type', 'discover'], 'end'] }),
      ),
    ].map((frame) => (frame instanceof Uint8Array ? frame : frame.bytes()))

  /** As the bytes stand, with the checksums made right: else nothing gets beyond them. */
  function repaired(frame: Uint8Array): Uint8Array {
    const packet = dissect(Ether, frame) as AnyPacket
    for (const [name, field] of [
      ['IP', 'chksum'],
      ['ICMP', 'chksum'],
      ['TCP', 'chksum'],
      ['UDP', 'chksum'],
    ] as const) {
      const layer = packet.get(name)
      if (layer !== undefined && layer.issue === null && layer._layer.find(field) >= 0) layer[field] = null as never
    }
    try {
      return packet.bytes()
    } catch {
      return frame
    }
  }

  test('10 000 damaged frames: no exception, and answers that are right', async () => {
    const net = network({
      routers: [
        { name: 'core', delay: 0 },
        { name: 'labels', delay: 0 },
      ],
      hosts: [{ name: 'slow', delay: 0, jitter: 0 }],
    })
    const random = seeded(4711)
    const given = seeds()
    let answered = 0
    for (let round = 0; round < 100; round++) {
      const frames = Array.from({ length: 100 }, (_, i) => {
        const damaged = mutated(given[Math.floor(random() * given.length)]!, random)
        const frame = i % 2 === 0 ? repaired(damaged) : damaged
        // Some whole ones too: what came before must not have broken anything.
        return i === 99 ? given[round % given.length]! : frame
      }).filter((frame) => frame.length >= 14 && frame.length <= 1514)
      for (const answer of await answersTo(net, ...frames)) {
        check(answer)
        answered++
      }
    }
    expect(answered).toBeGreaterThan(1000)
    expect((await answerTo(net, stack(ip(), ICMP()), SERVER_MAC))?.get(ICMP)?.type).toBe(0)
  })

  test('noise', async () => {
    const net = network()
    const random = seeded(1)
    const noise = Array.from({ length: 2000 }, () =>
      Uint8Array.from({ length: 14 + Math.floor(random() * 200) }, () => random() * 256),
    )
    expect(await answersTo(net, ...noise)).toEqual([])
    expect(net.stats.ignored).toBe(2000)
  })

  test('incomplete packets are bounded: the oldest gives way', async () => {
    const net = network()
    const parts = (id: number) => [...fragment(stack(ip({ id }), ICMP({ id: 1 }), 'x'.repeat(3000)))]
    const put = (id: number, part: number) => answersTo(net, framed(parts(id)[part]! as Packet, SERVER_MAC))
    for (const others of [10, 100]) {
      const first = others * 100
      await put(first, 0)
      await put(first, 1)
      for (let i = 1; i <= others; i++) await put(first + i, 0)
      expect(await put(first, 2)).toHaveLength(others === 10 ? 3 : 0)
    }
  })
})
