import { inspect } from 'node:util'
import { afterEach, describe, expect, test } from 'vitest'
import { sniff, sr, sr1, srp, srp1 } from '../../src/exchange/index.js'
import {
  ARP,
  Ether,
  ICMP,
  ICMPv6EchoRequest,
  ICMPv6ND_NS,
  ICMPv6ND_RS,
  IP,
  IPv6,
  TCP,
  UDP,
} from '../../src/layers/index.js'
import { type AnyPacket, stack } from '../../src/packet/index.js'
import {
  type PracticeNetwork,
  type PracticeNetworkOptions,
  practiceNetwork,
} from '../../src/tools/practice-network/index.js'
import { answersTo, answerTo, framed, GATEWAY_MAC, ME, SERVER_MAC } from './practice-network-talk.js'

const open: PracticeNetwork[] = []
afterEach(() => {
  for (const net of open.splice(0)) net.close()
})

/** A practice network that answers at once, closed after the test. */
function network(options: PracticeNetworkOptions = {}): PracticeNetwork {
  const routers = [
    { name: 'core', delay: 0 },
    { name: 'labels', delay: 0 },
  ]
  const net = practiceNetwork({
    ...options,
    routers: options.only ? (options.routers ?? []) : [...routers, ...(options.routers ?? [])],
  })
  open.push(net)
  return net
}

const ip = (fields: Record<string, unknown> = {}) => IP({ src: ME.ipv4, dst: '10.0.0.2', ...fields })
const ip6 = (fields: Record<string, unknown> = {}) => IPv6({ src: ME.ipv6, dst: 'fd00:10::2', ...fields })

describe('at the prompt', () => {
  test('it shows a map, and how to use it', () => {
    const net = network()
    const text = String(net)
    expect(text).toContain("ping('10.0.0.2', {link: net.link})")
    for (const { name, ipv4, ipv6 } of net.hosts) {
      const line = text.split('\n').find((each) => each.includes(`─ ${name} `))
      expect(line, name).toContain(ipv4)
      expect(line, name).toContain(ipv6)
    }
    expect((net as unknown as Record<symbol, () => string>)[Symbol.for('nodejs.util.inspect.custom')]!()).toBe(text)
    for (const line of inspect(net, { breakLength: 78 }).split('\n')) expect(line.length).toBeLessThanOrEqual(78)
    net.close()
    expect(String(net)).toContain('It is closed')
  })

  test('hosts are a table', () => {
    const { hosts } = network()
    expect(hosts.find(({ name }) => name === 'far')).toEqual({
      name: 'far',
      ipv4: '10.1.0.10',
      ipv6: 'fd00:11::10',
      mac: '02:00:0a:01:00:0a',
      distance: 5,
      tcp: [7, 22, 80],
      udp: [7, 53],
      behind: 'labels',
      isRouter: false,
    })
    expect(String(hosts).split('\n')[0]).toBe('NAME     IPv4        IPv6          HOPS  TCP                     UDP')
  })

  test('the link has all that is needed to find the way', () => {
    expect(network().link.addresses).toMatchObject({
      mac: ME.mac,
      gateway4: '10.0.0.254',
      gateway6: 'fd00:10::fe',
      ipv4: [{ address: ME.ipv4, prefix: 24 }],
    })
  })

  test('it counts, and after close() it is silent', async () => {
    const net = network()
    await answersTo(
      net,
      framed(stack(ip(), ICMP()), SERVER_MAC),
      Uint8Array.from({ length: 20 }, () => 7),
    )
    expect(net.stats).toEqual({ received: 2, ignored: 1, sent: 1, lost: 0 })
    net.close()
    net.close()
    expect(net.closed).toBe(true)
    await expect(sr1(stack(ip(), ICMP()), { link: net.link, timeout: 1 })).rejects.toThrow('closed')
  })
})

describe('with the commands of the wire', () => {
  test('sr1 finds the way and gets an answer, in both families, near and far', async () => {
    const { link } = network()
    for (const dst of ['10.0.0.2', '10.1.0.10', '10.2.0.10']) {
      const answer = await sr1(stack(IP({ dst }), ICMP({ id: 1, seq: 2 }), 'data'), { link, quiet: true })
      expect(answer?.summary()).toBe(`IP / ICMP ${dst} > 10.0.0.1 echo-reply 0 / Raw`)
    }
    for (const dst of ['fd00:10::2', 'fd00:11::10']) {
      const answer = await sr1(stack(IPv6({ dst }), ICMPv6EchoRequest({ id: 1 })), { link, quiet: true })
      expect(answer?.summary()).toBe(`IPv6 / ICMPv6EchoReply ${dst} > fd00:10::1 id 0x1 seq 0`)
    }
  })

  test('sr of many SYNs tells the open ports', async () => {
    const { link } = network()
    const query = stack(IP({ dst: '10.0.0.2' }), TCP({ sport: 4000, dport: [[1, 2000]] }))
    const { answered, unanswered } = await sr(query, { link, timeout: 0.2, quiet: true })
    const isOpen = (answer: AnyPacket): boolean => answer.get(TCP)?.flags === 'SA'
    expect(answered.filter(({ answer }) => isOpen(answer)).map(({ query }) => query.get(TCP)!.dport)).toEqual([
      7, 9, 22, 53, 80, 1194,
    ])
    expect(answered.filter(({ answer }) => answer.has('ICMP')).map(({ query }) => query.get(TCP)!.dport)).toEqual([135])
    expect([...unanswered].map((packet) => (packet as AnyPacket).get(TCP)!.dport)).toEqual([25])
  })

  test('srp asks who is there', async () => {
    const { link } = network()
    const query = stack(Ether({ dst: 'ff:ff:ff:ff:ff:ff' }), ARP({ pdst: '10.0.0.0/29' }))
    const { answered } = await srp(query, { link, timeout: 0.1, quiet: true })
    expect(answered.map(({ answer }) => [answer.get(ARP)!.psrc, answer.get(ARP)!.hwsrc])).toEqual(
      [2, 3, 4, 5, 6].map((last) => [`10.0.0.${last}`, `02:00:0a:00:00:0${last}`]),
    )
  })

  test('sniff sees both directions', async () => {
    const { link } = network()
    const packets = await sniff({
      link,
      count: 2,
      started: () => link.send([framed(stack(ip(), ICMP()), SERVER_MAC).bytes()]),
    })
    expect([...packets].map((packet) => packet.summary())).toEqual([
      'Ether / IP / ICMP 10.0.0.1 > 10.0.0.2 echo-request 0',
      'Ether / IP / ICMP 10.0.0.2 > 10.0.0.1 echo-reply 0',
    ])
  })

  test('all routers of the link answer a solicitation', async () => {
    const { link } = network()
    const query = stack(
      Ether({ dst: '33:33:00:00:00:02', src: ME.mac }),
      IPv6({ src: 'fe80::aff:fe00:1', dst: 'ff02::2', hlim: 255 }),
      ICMPv6ND_RS(),
    )
    const answer = await srp1(query, { link, quiet: true })
    expect(answer?.get('ICMPv6NDOptPrefixInfo')?.prefix).toBe('fd00:10::')
    expect(answer?.get('ICMPv6NDOptRDNSS')?.dns).toEqual(['fd00:10::fe'])
    expect(answer?.get('IPv6')?.src).toBe('fe80::aff:fe00:fe')
  })
})

describe('the way', () => {
  const hop = async (net: PracticeNetwork, ttl: number, family: 4 | 6) =>
    answerTo(
      net,
      family === 4
        ? stack(ip({ dst: '10.1.0.10', ttl }), UDP({ sport: 1, dport: 33434 }), 'x')
        : stack(ip6({ dst: 'fd00:11::10', hlim: ttl }), UDP({ sport: 1, dport: 33434 }), 'x'),
    )

  test.each([
    [4, ['10.0.0.254', '10.0.1.1', undefined, '10.0.3.1', '10.1.0.10'], 'ICMP'],
    [6, ['fd00:10::fe', 'fd00:10:1::1', undefined, 'fd00:10:3::1', 'fd00:11::10'], 'ICMPv6TimeExceeded'],
  ] as const)('each hop answers when the TTL is over, but the silent one: IPv%i', async (family, hops, layer) => {
    const net = network()
    for (const [i, address] of hops.entries()) {
      const answer = await hop(net, i + 1, family)
      expect(answer?.src).toBe(address)
      if (answer !== undefined && i < 4) {
        expect(answer.get(layer)?.type).toBe(family === 4 ? 11 : 3)
        const left = family === 4 ? answer.ttl : answer.hlim
        expect(left).toBe(64 - i)
      }
    }
  })

  test('a router shows its MPLS labels behind the quotation', async () => {
    const answer = await hop(network(), 4, 4)
    expect((answer!.get('ICMPExtensionMPLS')!.labels as AnyPacket[]).map(({ label, s }) => [label, s])).toEqual([
      [16001, 0],
      [3, 1],
    ])
  })

  test.each([
    ['10.2.0.10', 1400, 'too big'],
    ['10.3.0.10', 1380, 'silence'],
  ])('what is too large for the way to %s', async (dst, mtu, outcome) => {
    const net = network()
    const ping = (size: number, flags: string | number) =>
      answerTo(net, stack(ip({ dst, flags }), ICMP({ id: 1 }), 'x'.repeat(size - 28)))
    expect((await ping(mtu, 'DF'))?.get(ICMP)?.type).toBe(0)
    const error = await ping(mtu + 1, 'DF')
    if (outcome === 'silence') expect(error).toBeUndefined()
    else expect([error?.get(ICMP)?.type, error?.get(ICMP)?.code, error?.get(ICMP)?.nexthopmtu]).toEqual([3, 4, mtu])
    // Without DF it arrives in fragments, and the answer comes in fragments.
    const answers = await answersTo(net, framed(stack(ip({ dst }), ICMP({ id: 1 }), 'x'.repeat(mtu))))
    expect(answers.map((answer) => answer.get(IP)!.len).every((length) => (length as number) <= mtu)).toBe(true)
    expect(answers).toHaveLength(2)
  })

  test.each([
    ['192.0.2.1', '10.0.0.254', 0],
    ['10.2.0.77', '10.0.4.1', 1],
    ['10.4.0.1', '10.0.1.1', 13],
  ])('%s cannot be reached: %s says so with code %i', async (dst, from, code) => {
    const answer = await answerTo(network(), stack(ip({ dst }), ICMP({ id: 1 })))
    expect([answer?.src, answer?.get(ICMP)?.type, answer?.get(ICMP)?.code]).toEqual([from, 3, code])
  })

  test.each(['10.5.0.1', '10.0.0.6', '10.0.2.1'])('%s is silent', async (dst) => {
    const net = network()
    const mac = dst === '10.0.0.6' ? '02:00:0a:00:00:06' : GATEWAY_MAC
    expect(await answerTo(net, stack(ip({ dst }), ICMP({ id: 1 })), mac)).toBeUndefined()
  })

  test('hosts do not forward, and a router hands on what is for its own link', async () => {
    const net = network()
    expect(await answerTo(net, stack(ip({ dst: '10.1.0.10' }), ICMP()), SERVER_MAC)).toBeUndefined()
    expect((await answerTo(net, stack(ip({ dst: '10.0.0.2' }), ICMP())))?.src).toBe('10.0.0.2')
  })

  test('who borrows an address of the network gets no answer', async () => {
    expect(await answerTo(network(), stack(ip({ src: '10.0.0.3' }), ICMP()), SERVER_MAC)).toBeUndefined()
  })

  test('everybody who is there answers a ping to all', async () => {
    const net = network({ hosts: [{ name: 'lossy', loss: 1 }] })
    const answers = await answersTo(
      net,
      framed(stack(ip6({ dst: 'ff02::1' }), ICMPv6EchoRequest()), '33:33:00:00:00:01'),
    )
    expect(answers.map((answer) => answer.get(IPv6)!.src).sort()).toEqual(['fd00:10::2', 'fd00:10::3', 'fd00:10::fe'])
  })

  test('a link-local address answers for itself', async () => {
    const net = network()
    const solicitation = stack(ip6({ dst: 'fe80::aff:fe00:2', hlim: 255 }), ICMPv6ND_NS({ tgt: 'fe80::aff:fe00:2' }))
    expect((await answerTo(net, solicitation, SERVER_MAC))?.get('ICMPv6ND_NA')?.tgt).toBe('fe80::aff:fe00:2')
    const ping = stack(ip6({ src: 'fe80::aff:fe00:1', dst: 'fe80::aff:fe00:2' }), ICMPv6EchoRequest())
    expect((await answerTo(net, ping, SERVER_MAC))?.src).toBe('fe80::aff:fe00:2')
  })
})

describe('loss, doubles and delay', () => {
  const pings = Array.from({ length: 300 }, (_, seq) =>
    framed(stack(ip({ dst: '10.0.0.5' }), ICMP({ seq })), '02:00:0a:00:00:05'),
  )

  test('are the same again for the same seed, and others for another', async () => {
    const run = async (seed: number) =>
      (await answersTo(network({ seed }), ...pings)).map((answer) => answer.get(ICMP)!.seq as number)
    const first = await run(1)
    expect(await run(1)).toEqual(first)
    expect(await run(2)).not.toEqual(first)
    const different = new Set(first).size
    // A third of 300 is lost, a tenth of the rest comes twice.
    expect(different).toBeGreaterThan(150)
    expect(different).toBeLessThan(250)
    expect(first.length - different).toBeGreaterThan(5)
    expect(first.length - different).toBeLessThan(50)
  })

  test('loss 1 loses all, and is counted', async () => {
    const net = network({ hosts: [{ name: 'lossy', loss: 1 }] })
    expect(await answersTo(net, ...pings)).toEqual([])
    expect(net.stats.lost).toBe(300)
  })

  test('an answer never comes before its delay', async () => {
    const { link } = network({ hosts: [{ name: 'slow', delay: 0.05, jitter: 0.01 }] })
    const { answered } = await sr(stack(IP({ dst: '10.0.0.4' }), ICMP({ id: 1, seq: [[1, 20]] })), {
      link,
      quiet: true,
    })
    expect(answered).toHaveLength(20)
    expect(Math.min(...answered.map(({ rtt }) => rtt))).toBeGreaterThanOrEqual(0.0499)
  })

  test('delays of the routers on the way add up', async () => {
    const { link } = practiceNetwork({
      routers: [
        { name: 'core', delay: 0.03 },
        { name: 'labels', delay: 0.03 },
      ],
    })
    const { answered } = await sr(stack(IP({ dst: ['10.0.1.1', '10.1.0.10'] }), ICMP({ id: 1 })), { link, quiet: true })
    const [near, far] = answered.map(({ rtt }) => rtt)
    expect(near).toBeGreaterThanOrEqual(0.0299)
    expect(far).toBeGreaterThanOrEqual(0.0599)
  })

  test('errors are limited where asked for', async () => {
    const net = network({ hosts: [{ name: 'server', errorRate: 6 }] })
    const probes = Array.from({ length: 50 }, (_, i) =>
      framed(stack(ip(), UDP({ sport: 1, dport: 2000 + i })), SERVER_MAC),
    )
    const count = (await answersTo(net, ...probes)).length
    expect(count).toBeGreaterThanOrEqual(6)
    expect(count).toBeLessThan(12)
  })
})

describe("a network of one's own", () => {
  test('hosts are added, changed, or all there is', () => {
    const added = network({ hosts: [{ name: 'mine', ipv4: '10.0.0.20' }] })
    expect(added.hosts.map(({ name }) => name)).toContain('server')
    expect(added.hosts.find(({ name }) => name === 'mine')?.mac).toBe('02:00:0a:00:00:14')
    const changed = network({ hosts: [{ name: 'server', tcp: { 4711: 'echo' } }] })
    expect(changed.hosts.find(({ name }) => name === 'server')).toMatchObject({ ipv4: '10.0.0.2', tcp: [4711] })
    const own = network({ only: true, hosts: [{ name: 'mine', ipv6: 'fd00:10::20' }] })
    expect(own.hosts.map(({ name, ipv4, mac }) => [name, ipv4, mac])).toEqual([['mine', null, '02:06:00:00:00:20']])
  })

  test('routers behind routers, in any order', async () => {
    const net = network({
      only: true,
      hosts: [{ name: 'end', ipv4: '10.9.0.1', behind: 'second' }],
      routers: [
        { name: 'second', ipv4: '10.8.0.1', behind: 'first' },
        { name: 'first', ipv4: '10.0.0.9' },
      ],
    })
    const answer = await answerTo(net, stack(ip({ dst: '10.9.0.1', ttl: 2 }), ICMP()), '02:00:0a:00:00:09')
    expect(answer?.src).toBe('10.8.0.1')
  })

  test("a service of one's own, which may fail", async () => {
    const net = network({
      hosts: [
        {
          name: 'server',
          udp: {
            1: (data) => `${data.length} bytes`,
            2: () => {
              throw new Error('mine')
            },
            3: () => undefined,
          },
        },
      ],
    })
    const say = (dport: number) => answerTo(net, stack(ip(), UDP({ sport: 9, dport }), 'hello'), SERVER_MAC)
    expect((await say(1))?.get('Raw')?.load).toEqual(new TextEncoder().encode('5 bytes'))
    expect(await say(2)).toBeUndefined()
    expect(await say(3)).toBeUndefined()
  })

  test.each<[PracticeNetworkOptions, string]>([
    [{ host: [] } as never, "practiceNetwork has no option 'host'; did you mean 'hosts'?"],
    [{ hosts: {} as never }, 'practiceNetwork: option hosts must be a list'],
    [{ hosts: [{ ipv4: '10.0.0.9' } as never] }, 'need each a name'],
    [{ hosts: [{ name: 'x' }] }, 'host x needs an address'],
    [{ hosts: [{ name: 'x', ipv4: '10.0.0.300' }] }, "host x ipv4 is an address such as '10.0.0.20', not 10.0.0.300"],
    [{ hosts: [{ name: 'x', ipv4: '224.0.0.1' }] }, 'host x ipv4 is an address'],
    [{ hosts: [{ name: 'x', ipv6: 'ff02::1' }] }, 'host x ipv6 is an address'],
    [{ hosts: [{ name: 'x', ipv4: '10.0.0.9', mac: '02:00' }] }, 'host x mac is an address'],
    [{ hosts: [{ name: 'x', ipv4: '10.7.0.9' }] }, 'host x is on your link'],
    [{ hosts: [{ name: 'x', ipv4: '10.0.0.9', behind: 'core' }] }, 'host x is behind core and cannot have'],
    [{ hosts: [{ name: 'x', ipv4: '10.7.0.9', behind: 'server' }] }, "host x is behind 'server', which is no router"],
    [{ hosts: [{ name: 'x', ipv4: '10.0.0.2' }] }, 'host x has the address 10.0.0.2 of server'],
    [{ hosts: [{ name: 'x', ipv4: '10.0.0.1' }] }, 'host x has the address 10.0.0.1 of your own side'],
    [{ hosts: [{ name: 'core', ipv4: '10.0.0.9' }] }, 'host core has the name of another'],
    [{ hosts: [{ name: 'x', ipv4: '10.0.0.9', loss: 2 }] }, 'host x loss is a part of all answers, 0..1, not 2'],
    [{ hosts: [{ name: 'x', ipv4: '10.0.0.9', delay: -1 }] }, 'host x: option delay must be a number, 0 or more'],
    [{ hosts: [{ name: 'x', ipv4: '10.0.0.9', delay: 100 }] }, 'host x delay is in seconds, at most 60, not 100'],
    [
      { hosts: [{ name: 'x', ipv4: '10.0.0.9', tcp: { 70000: 'echo' } }] },
      'host x tcp has ports from 1 to 65535, not 70000',
    ],
    [{ hosts: [{ name: 'x', ipv4: '10.0.0.9', tcp: { 7: 'ecko' as never } }] }, 'host x tcp 7 is one of echo'],
    [{ hosts: [{ name: 'x', ipv4: '10.0.0.9', udp: { 7: 'http' } }] }, 'host x udp 7 is one of echo'],
    [{ hosts: [{ name: 'x', ipv4: '10.0.0.9', udp: { 7: 'dhcp' } }] }, 'host x udp 7: dhcp is for port 67'],
    [{ hosts: [{ name: 'x', ipv6: 'fd00:10::9', udp: { 67: 'dhcp' } }] }, 'host x udp 67: dhcp is for port 67'],
    [{ hosts: [{ name: 'x', ipv4: '10.0.0.9', tcpElse: 'open' as never }] }, 'host x tcpElse is one of closed drop'],
    [{ hosts: [{ name: 'x', ipv4: '10.0.0.9', mtu: 1400 } as never] }, "host x has no option 'mtu'"],
    [{ routers: [{ name: 'core', mtu: 500 }] }, 'router core mtu is a number of bytes, 1280..1500, not 500'],
    [{ routers: [{ name: 'core', labels: [2 ** 20] }] }, 'router core labels'],
    [
      {
        routers: [
          { name: 'a', ipv4: '10.7.0.1', behind: 'b' },
          { name: 'b', ipv4: '10.7.0.2', behind: 'a' },
        ],
      },
      'is behind itself',
    ],
    [
      { areas: [{ network: '10.4/16', behind: 'core', answer: 'silent' }] },
      "areas need a network such as '10.4.0.0/16'",
    ],
    [{ areas: [{ network: '10.4.0.0/16', behind: 'x', answer: 'silent' }] }, "is behind 'x', which is no router"],
    [{ areas: [{ network: '10.4.0.0/16', behind: 'core', answer: 'no' as never }] }, 'areas answer is one of'],
    [{ names: { 'x.example': 'nowhere' } }, 'names: x.example needs an address'],
    [{ seed: -1 }, 'seed'],
  ])('a mistake is told (%#)', (options, message) => {
    expect(() => practiceNetwork(options)).toThrow(message)
  })
})
