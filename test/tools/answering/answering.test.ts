import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sendp, sr1, srp1 } from '../../../src/exchange/index.js'
import { setReporter } from '../../../src/exchange/report.js'
import { ARP, BOOTP, DHCP, Ether, ICMP, ICMPv6EchoRequest, IP, IPv6, Raw, UDP } from '../../../src/layers/index.js'
import { type MemoryLink, memoryLinkPair } from '../../../src/link/index.js'
import { type AnyPacket, type Packet, stack } from '../../../src/packet/index.js'
import {
  type Answerer,
  answerArp,
  answerDhcp,
  answerDns,
  answerEcho,
  answeringMachine,
  dhcpDiscover,
  dns,
} from '../../../src/tools/index.js'
import { type Lab, openLab } from '../../lab/lab.js'

const ASKER = {
  mac: '02:00:00:00:00:01',
  ipv4: [{ address: '10.0.0.1', prefix: 24 }],
  ipv6: [{ address: 'fd00::1', prefix: 64 }],
}
const ANSWERER = { mac: '02:00:00:00:00:02', ipv4: [{ address: '10.0.0.2', prefix: 24 }], ipv6: [] }

/** Runs `ask` while a machine answers at the other end of a link in memory; gives what it answered. */
async function answered(
  answers: Parameters<typeof answeringMachine>[0],
  ask: (link: MemoryLink) => Promise<unknown>,
  options = {},
) {
  const [near, far] = memoryLinkPair({ addresses: ASKER }, { addresses: ANSWERER })
  const machine = answeringMachine(answers, { link: far, quiet: true, ...options })
  try {
    await ask(near)
  } finally {
    machine.interrupt()
  }
  return machine
}

const frame = { src: ASKER.mac, dst: ANSWERER.mac }

describe('answeringMachine', () => {
  test('a function of a packet: whole frames, packets from IP on, several, nothing', async () => {
    const seen: (Packet | null)[] = []
    const pairs = await answered(
      (request) => {
        const port = request.get(UDP)?.dport
        const back = IP({ src: '10.0.0.9', dst: '10.0.0.1' })
        if (port === 1) return stack(back, UDP({ sport: 1, dport: 7 }), 'one')
        if (port === 2)
          return [stack(Ether({ src: '02:00:00:00:00:77', dst: ASKER.mac }), back, UDP({ sport: 2, dport: 7 }))]
        return null
      },
      async (link) => {
        for (const dport of [1, 2, 3])
          seen.push(
            await srp1(stack(Ether(frame), IP({ src: '10.0.0.1', dst: '10.0.0.9' }), UDP({ sport: 7, dport })), {
              link,
              timeout: 0.2,
            }),
          )
      },
    )
    expect(seen[0]!.get(Raw)!.load).toEqual(new TextEncoder().encode('one'))
    expect((seen[0] as AnyPacket).src).toBe(ANSWERER.mac)
    expect((seen[1] as AnyPacket).src).toBe('02:00:00:00:00:77')
    expect(seen[2]).toBe(null)
    expect(pairs.map(({ query }) => query.get(UDP)!.dport)).toEqual([1, 2])
  })

  test('a list may hold ready-made answers and functions', async () => {
    let reply: Packet | null = null
    await answered(
      [
        answerArp('10.0.0.9'),
        (request) =>
          request.has(UDP) && stack(IP({ src: '10.0.0.9', dst: '10.0.0.1' }), UDP({ sport: 1, dport: 7 }), 'one'),
      ],
      async (link) => {
        reply = await sr1(stack(IP({ src: '10.0.0.1', dst: '10.0.0.9' }), UDP({ sport: 7, dport: 1 })), {
          link,
          quiet: true,
          timeout: 5,
        })
      },
    )
    expect(reply!.get(Raw)?.load).toEqual(new TextEncoder().encode('one'))
  })

  test('a mistake in the function is told once, and the next request is answered', async () => {
    const told: string[] = []
    setReporter((text) => told.push(text))
    try {
      const pairs = await answered(
        (request) => {
          if (request.get(UDP)!.dport !== 3) throw new Error('no idea')
          return stack(IP({ src: '10.0.0.9', dst: '10.0.0.1' }), UDP({ sport: 3, dport: 7 }))
        },
        async (link) => {
          for (const dport of [1, 2, 3])
            await srp1(stack(Ether(frame), IP({ src: '10.0.0.1', dst: '10.0.0.9' }), UDP({ sport: 7, dport })), {
              link,
              timeout: 0.1,
            })
        },
        { filter: 'udp' },
      )
      expect(pairs).toHaveLength(1)
      expect(told.filter((text) => text.startsWith('answering'))).toEqual([
        'answeringMachine: a request was not answered: no idea',
      ])
    } finally {
      setReporter(() => undefined)
    }
  })

  test('ends at the count; an async function answers, too', async () => {
    const [near, far] = memoryLinkPair({ addresses: ASKER }, { addresses: ANSWERER })
    const machine = answeringMachine(
      async () => stack(IP({ src: '10.0.0.9', dst: '10.0.0.1' }), UDP({ sport: 1, dport: 7 })),
      { link: far, count: 1, quiet: true },
    )
    const answer = await srp1(
      stack(Ether(frame), IP({ src: '10.0.0.1', dst: '10.0.0.9' }), UDP({ sport: 7, dport: 1 })),
      { link: near, timeout: 2 },
    )
    expect(answer).not.toBe(null)
    expect(await machine).toHaveLength(1)
  })

  test.each([
    [[], {}, 'give answers such as answerEcho()'],
    [{}, {}, 'give answers such as answerEcho()'],
    [answerEcho(), { cout: 1 }, "did you mean 'count'?"],
    [answerEcho(), { timeout: -1 }, 'a number of seconds'],
  ])('%j %j: %s', async (answers, options, message) => {
    await expect(answeringMachine(answers as Answerer, options as object)).rejects.toThrow(message)
  })
})

describe('ready-made answers', () => {
  test('ARP, for the own address of the link or another', async () => {
    const asked: AnyPacket[] = []
    await answered(answerArp({ '10.0.0.9': '02:00:00:00:00:09' }), async (link) => {
      for (const pdst of ['10.0.0.9', '10.0.0.8'])
        asked.push(
          (await srp1(
            stack(
              Ether({ src: ASKER.mac, dst: 'ff:ff:ff:ff:ff:ff' }),
              ARP({ hwsrc: ASKER.mac, psrc: '10.0.0.1', pdst }),
            ),
            { link, timeout: 0.1 },
          )) as AnyPacket,
        )
    })
    expect(asked[0]!.get(ARP)).toMatchObject({ op: 2, hwsrc: '02:00:00:00:00:09', psrc: '10.0.0.9', pdst: '10.0.0.1' })
    expect(asked[1]).toBe(null)
    await answered(answerArp(['10.0.0.9']), async (link) => {
      const own = await srp1(
        stack(
          Ether({ src: ASKER.mac, dst: 'ff:ff:ff:ff:ff:ff' }),
          ARP({ hwsrc: ASKER.mac, psrc: '10.0.0.1', pdst: '10.0.0.9' }),
        ),
        { link, timeout: 1 },
      )
      expect(own!.get(ARP)!.hwsrc).toBe(ANSWERER.mac)
    })
  })

  test('echo, of both versions, through sr1', async () => {
    await answered([answerArp(['10.0.0.9']), answerEcho('10.0.0.9')], async (link) => {
      const answer = await sr1(stack(IP({ dst: '10.0.0.9' }), ICMP({ id: 7, seq: 3 }), 'hello'), { link, timeout: 1 })
      expect(answer!.get(ICMP)).toMatchObject({ type: 0, id: 7, seq: 3 })
      expect(answer!.get(Raw)!.load).toEqual(new TextEncoder().encode('hello'))
    })
    await answered(answerEcho(), async (link) => {
      const ask = stack(
        Ether(frame),
        IPv6({ src: 'fd00::1', dst: 'fd00::9' }),
        ICMPv6EchoRequest({ id: 7, seq: 3, data: 'x' } as never),
      )
      const answer = await srp1(ask, { link, timeout: 1 })
      expect(answer!.get(IPv6)).toMatchObject({ src: 'fd00::9', dst: 'fd00::1' })
      const group = stack(Ether(frame), IP({ src: '10.0.0.1', dst: '224.0.0.1' }), ICMP())
      expect(await srp1(group, { link, timeout: 0.1 })).toBe(null)
    })
  })

  test('names: addresses of both versions, others, wildcards, none', async () => {
    const names = { 'www.lab': '10.0.0.5', '*.lab': ['10.0.0.6', 'fd00::6'], 'old.lab': 'www.lab' }
    await answered([answerArp('10.0.0.53'), answerDns(names, { ttl: 5 })], async (link) => {
      const ask = async (name: string, type = 'A') => {
        const result = await dns(name, { server: '10.0.0.53', type, link, timeout: 1 } as never)
        return JSON.stringify(result)
      }
      expect(await ask('www.lab')).toContain('10.0.0.5')
      expect(await ask('any.lab', 'AAAA')).toContain('fd00::6')
      expect(await ask('old.lab')).toContain('www.lab')
      expect(await ask('nobody.test')).toMatch(/NXDOMAIN|no such name|3/i)
    })
  })

  test('addresses: offered, given, refused', async () => {
    const server = answerDhcp({
      pool: ['10.0.0.100', '10.0.0.101'],
      server: '10.0.0.2',
      router: '10.0.0.2',
      dns: ['10.0.0.53'],
      lease: 60,
    })
    const client = ASKER.mac
    const pairs = await answered(server, async (link) => {
      const found = await dhcpDiscover({ link, timeout: 0.5 } as never)
      expect(JSON.stringify(found)).toContain('10.0.0.100')
      // All of it is broadcast: what was answered is seen at the machine.
      for (const [server_id, requested_addr] of [
        ['10.0.0.2', '10.0.0.100'],
        ['10.0.0.2', '10.0.0.9'],
        ['10.0.0.77', '10.0.0.100'],
      ])
        sendp(
          stack(
            Ether({ src: client, dst: 'ff:ff:ff:ff:ff:ff' }),
            IP({ src: '0.0.0.0', dst: '255.255.255.255' }),
            UDP({ sport: 68, dport: 67 }),
            BOOTP({ chaddr: client, xid: 5, flags: 'B' } as never),
            DHCP({
              options: [
                ['message-type', 'request'],
                ['server_id', server_id],
                ['requested_addr', requested_addr],
                'end',
              ],
            } as never),
          ),
          { link },
        )
      await new Promise((resolve) => setTimeout(resolve, 100))
    })
    const kinds = pairs.map(({ answer }) => [
      (answer.get(DHCP) as AnyPacket).options[0][1],
      (answer.get(BOOTP) as AnyPacket).yiaddr,
    ])
    expect(kinds.slice(-2)).toEqual([
      ['ack', '10.0.0.100'],
      ['nak', '0.0.0.0'],
    ])
  })

  test.each([
    [() => answerArp('10.0.0'), "'10.0.0' is no IPv4 address"],
    [() => answerArp({ '10.0.0.1': 'zz' }), 'is no MAC address'],
    [() => answerEcho(['x']), "'x' is no IPv4 or IPv6 address"],
    [() => answerDns({}, { ttl: -1 }), 'ttl must be'],
    [() => answerDhcp({ pool: ['10.0.0.9', '10.0.0.1'], server: '10.0.0.1' }), 'has -7 addresses'],
    [() => answerDhcp({ pool: ['10.0.0.9', '10.0.0.10'], srver: '10.0.0.1' } as never), "no option 'srver'"],
  ])('%s', (make, message) => {
    expect(make).toThrow(message)
  })
})

describe('for a real kernel', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await openLab()
  })
  afterAll(() => lab?.close())

  test('ping reaches an address that nobody has; a resolver gets a name', async () => {
    const other = lab.here.ipv4.replace(/\d+$/, '77')
    const machine = await lab.spawnNetshell('here', [
      '-e',
      `answeringMachine([answerArp('${other}'), answerEcho('${other}'), answerDns({'www.lab': '10.0.0.5'})], {iface: 'veth-here', timeout: 30})`,
    ])
    try {
      let status = 1
      for (let attempt = 0; attempt < 20 && status !== 0; attempt++)
        status = (await lab.exec('there', ['ping', '-c', '1', '-W', '1', other])).status ?? 1
      expect(status).toBe(0)
      const resolve = `const { Resolver } = require('dns').promises; const r = new Resolver({ timeout: 2000 }); r.setServers(['${other}']); r.resolve4('www.lab').then((found) => console.log(found[0]))`
      expect((await lab.exec('there', [process.execPath, '-e', resolve])).stdout.trim()).toBe('10.0.0.5')
    } finally {
      await machine.stop()
    }
  }, 60_000)
})
