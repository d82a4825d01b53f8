/** What the wire survives: each fault that users meet, against the kernel. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { closeLinks, fragment, releasePorts, send, setReporter, sniff, sr, sr1, srp } from '../../src/exchange/index.js'
import { ARP, Ether, ICMP, ICMPv6EchoRequest, IP, IPv6, TCP, UDP } from '../../src/layers/index.js'
import { stack } from '../../src/packet/index.js'
import { descriptors } from './descriptors.js'
import { type Lab, openLab } from './lab.js'

let lab: Lab
let netns: string
const quiet = true
const messages: string[] = []

beforeEach(async () => {
  lab = await openLab()
  netns = lab.here.namespace
  messages.length = 0
  setReporter((text, kind) => messages.push(`${kind}: ${text}`))
})

afterEach(async () => {
  setReporter(() => undefined)
  releasePorts()
  closeLinks()
  await lab.close()
})

const ip = async (...words: string[]): Promise<void> => {
  const result = await lab.exec('here', ['ip', ...words])
  if (result.status !== 0) throw new Error(result.stderr)
}

describe('the network changes', () => {
  test('the address is removed while sr waits: what was answered is kept, nothing hangs', async () => {
    const { interfaceName, ipv4 } = lab.here
    const task = sr(stack(IP({ dst: lab.there.ipv4 }), ICMP({ id: 9, seq: [[0, 40]] })), {
      netns,
      quiet,
      inter: 0.02,
      timeout: 0.5,
    })
    await sleep(200)
    await ip('addr', 'del', `${ipv4}/24`, 'dev', interfaceName)
    const { answered, unanswered } = await task
    expect(answered.length).toBeGreaterThan(0)
    expect(answered.length + unanswered.length).toBe(41)
    await expect(sr1(stack(IP({ dst: '10.99.99.99' }), ICMP()), { netns, quiet })).rejects.toThrow(/no route to 10\.99/)
  })

  test('the interface goes down while sr waits, and comes back: the next one is answered', async () => {
    const { interfaceName } = lab.here
    const packet = stack(IP({ dst: lab.there.ipv4 }), ICMP())
    expect(await sr1(packet, { netns, quiet })).not.toBeNull()
    await ip('link', 'set', interfaceName, 'down')
    await expect(sr1(packet, { netns, quiet, iface: interfaceName, timeout: 0.3 })).rejects.toThrow(/is down|no route/)
    await ip('link', 'set', interfaceName, 'up')
    await expect
      .poll(async () => (await sr1(packet, { netns, quiet, timeout: 0.5 }).catch(() => null)) !== null, {
        timeout: 10_000,
      })
      .toBe(true)
  })

  test('the interface is deleted and made again: its new self is used', async () => {
    const { interfaceName, mac, ipv4 } = lab.here
    const packet = stack(IP({ dst: lab.there.ipv4 }), ICMP())
    expect(await sr1(packet, { netns, quiet })).not.toBeNull()
    await ip('link', 'del', interfaceName)
    await expect(sr1(packet, { netns, quiet, timeout: 0.2 })).rejects.toThrow()
    const peer = `type veth peer name ${lab.there.interfaceName} address ${lab.there.mac} netns ${lab.there.namespace}`
    await ip('link', 'add', interfaceName, 'address', mac, ...peer.split(' '))
    for (const [side, host] of [
      ['here', lab.here],
      ['there', lab.there],
    ] as const) {
      await lab.exec(side, ['ip', 'addr', 'add', `${host.ipv4}/24`, 'dev', host.interfaceName])
      await lab.exec(side, ['ip', 'link', 'set', host.interfaceName, 'up'])
    }
    await sleep(1100) // Routes are remembered for a second.
    const answer = await sr1(packet, { netns, quiet, timeout: 1, retry: 3 })
    expect(answer?.src).toBe(lab.there.ipv4)
    expect(ipv4).toBe(answer?.dst)
  })

  test('the interface is made again with the same number: the ring that rested is not taken for a new one', async () => {
    const { interfaceName, mac } = lab.here
    const packet = stack(IP({ dst: lab.there.ipv4 }), ICMP())
    const index = async () => (await lab.exec('here', ['cat', `/sys/class/net/${interfaceName}/ifindex`])).stdout
    expect(await sr1(packet, { netns, quiet })).not.toBeNull()
    const before = await index()
    await ip('link', 'del', interfaceName)
    const peer = `type veth peer name ${lab.there.interfaceName} address ${lab.there.mac} netns ${lab.there.namespace}`
    await ip('link', 'add', interfaceName, 'index', before.trim(), 'address', mac, ...peer.split(' '))
    for (const { side, ipv4, interfaceName: name } of [lab.here, lab.there]) {
      await lab.exec(side, ['ip', 'addr', 'add', `${ipv4}/24`, 'dev', name])
      await lab.exec(side, ['ip', 'link', 'set', name, 'up'])
    }
    expect(await index()).toBe(before)
    await sleep(1100) // Routes are remembered for a second.
    expect(await sr1(packet, { netns, quiet, timeout: 1, retry: 3 })).not.toBeNull()
  })

  test('the interface goes down twice during a sniff: told of twice, and what comes after is seen', async () => {
    const { interfaceName } = lab.here
    const task = sniff({ iface: interfaceName, netns, quiet, filter: 'icmp', count: 2, timeout: 20 })
    await sleep(200)
    for (let outage = 1; outage <= 2; outage++) {
      await ip('link', 'set', interfaceName, 'down')
      await expect.poll(() => messages.filter((text) => text.includes('went down'))).toHaveLength(outage)
      await ip('link', 'set', interfaceName, 'up')
      await sleep(600) // It is looked at four times a second.
    }
    await lab.exec('here', ['ping', '-c', '1', '-W', '5', lab.there.ipv4])
    expect(await task).toHaveLength(2)
  })

  test('a neighbour that never answers is told of, and stops nobody else', async () => {
    const network = lab.here.ipv4.replace(/\d+$/, '')
    const { answered, unanswered } = await sr(
      [stack(IP({ dst: `${network}77` }), ICMP()), stack(IP({ dst: lab.there.ipv4 }), ICMP())],
      { netns, quiet, timeout: 0.5 },
    )
    expect([answered.length, unanswered.length]).toEqual([1, 1])
    expect(messages).toEqual([expect.stringContaining(`nobody answers for ${network}77`)])
  })
})

describe('limits', () => {
  test('a queue that is full is waited for: nothing is lost', async () => {
    const { interfaceName } = lab.here
    const shaped = await lab.exec('here', [
      ...`tc qdisc add dev ${interfaceName} root tbf rate 20mbit burst 3000 limit 6000`.split(' '),
    ])
    expect(shaped.stderr).toBe('')
    const count = async (): Promise<number> =>
      Number(
        (await lab.exec('there', ['cat', `/sys/class/net/${lab.there.interfaceName}/statistics/rx_packets`])).stdout,
      )
    const packets = stack(IP({ dst: lab.there.ipv4 }), UDP({ sport: [[1, 600]], dport: 9 }), new Uint8Array(1200))
    await sr1(stack(IP({ dst: lab.there.ipv4 }), ICMP()), { netns, quiet })
    const capture = await lab.capture('there', 'udp dst port 9')
    const before = await count()
    expect(await send(packets, { netns, quiet })).toBe(600)
    await expect.poll(async () => (await count()) - before).toBeGreaterThanOrEqual(600)
    await sleep(100)
    const arrived = await sniff({ offline: await capture.stop(), quiet })
    expect(arrived.length).toBe(600)
  })

  test('a packet larger than the MTU: the error says what to do', async () => {
    await expect(
      send(stack(IP({ dst: lab.there.ipv4 }), UDP(), new Uint8Array(4000)), { netns, quiet }),
    ).rejects.toThrow(/more than veth-here takes.*fragment/)
  })

  test.each([
    ['IPv4', () => stack(IP({ src: lab.here.ipv4, dst: lab.there.ipv4 }), ICMP({ id: 5 }), new Uint8Array(4000))],
    [
      'IPv6',
      () =>
        stack(IPv6({ src: lab.here.ipv6, dst: lab.there.ipv6 }), ICMPv6EchoRequest({ id: 5 }), new Uint8Array(4000)),
    ],
  ])('%s: an answer in several parts is one', async (_name, ping) => {
    const { answered } = await sr(fragment(ping(), 1500), { netns, quiet, timeout: 0.5 })
    expect(answered).toHaveLength(1)
    expect(answered[0]!.answer.bytes().length).toBeGreaterThan(4000)
    expect((answered[0]!.answer.get('Raw')?.load as Uint8Array | undefined)?.length ?? 4000).toBe(4000)
  })

  test('a filter with a mistake in it: the error shows where', async () => {
    await expect(
      sr1(stack(IP({ dst: lab.there.ipv4 }), ICMP()), { netns, quiet, filter: 'tcp portt 80' }),
    ).rejects.toThrow(/portt/)
    // The ring that rests is none the worse for it.
    expect(await sr1(stack(IP({ dst: lab.there.ipv4 }), ICMP()), { netns, quiet, filter: 'icmp' })).not.toBeNull()
  })

  test('a rate holds', async () => {
    const began = performance.now()
    await send(stack(IP({ dst: lab.there.ipv4 }), UDP({ dport: [[1, 100]] })), { netns, quiet, rate: 200 })
    expect(performance.now() - began).toBeGreaterThan(400)
  })
})

describe('nothing is left behind', () => {
  test('100 exchanges, sniffs and sends leave no descriptor', async () => {
    const packet = stack(IP({ dst: lab.there.ipv4 }), ICMP())
    const round = async (): Promise<void> => {
      expect(await sr1(packet, { netns, quiet })).not.toBeNull()
      await sniff({ iface: lab.here.interfaceName, netns, timeout: 0, quiet })
      await srp(stack(Ether({ dst: 'ff:ff:ff:ff:ff:ff' }), ARP({ pdst: lab.there.ipv4 })), {
        netns,
        quiet,
        iface: lab.here.interfaceName,
      })
    }
    await round()
    const before = await descriptors()
    for (let i = 0; i < 100; i++) await round()
    expect(await descriptors()).toBe(before)
    closeLinks()
    expect(await descriptors()).toBeLessThan(before)
  })

  test('an interrupt keeps what was answered and ends everything', async () => {
    await sr1(stack(IP({ dst: lab.there.ipv4 }), ICMP()), { netns, quiet })
    closeLinks()
    const before = await descriptors()
    const { silent } = lab.beyond
    const probes = stack(IP({ dst: [lab.there.ipv4, silent] }), ICMP({ id: 3 }))
    const tasks = [
      sr(probes, { netns, quiet, timeout: 60 }),
      srp(stack(Ether({ dst: lab.there.mac }), IP({ dst: silent, src: lab.here.ipv4 }), TCP()), {
        netns,
        quiet,
        timeout: 60,
      }),
      send(stack(IP({ dst: silent }), UDP({ dport: [[1, 1000]] })), { netns, quiet, inter: 1 }),
      sniff({ iface: lab.here.interfaceName, netns, quiet, filter: 'icmp' }),
    ] as const
    await sleep(500)
    for (const task of tasks) task.interrupt()
    const [exchange, frames, sent] = await Promise.all(tasks)
    expect([exchange.answered.length, exchange.unanswered.length]).toEqual([1, 1])
    expect(frames.answered.length).toBe(0)
    expect(sent).toBe(1)
    releasePorts()
    closeLinks()
    expect(await descriptors()).toBe(before)
    expect((await lab.exec('here', ['nft', 'list', 'ruleset'])).stdout).toBe('')
    expect((await lab.exec('here', ['ss', '-Hltn'])).stdout).toBe('')
  })
})
