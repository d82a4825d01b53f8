/** Traceroute and path MTU discovery over four namespaces, side by side with traceroute(8) and tracepath(8). */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { closeLinks, setReporter } from '../../src/exchange/index.js'
import { forgetRoutes } from '../../src/link/index.js'
import { mtu } from '../../src/tools/mtu/index.js'
import { traceroute } from '../../src/tools/traceroute/index.js'
import { type Chain, openChain } from '../lab/chain.js'

let chain: Chain
let netns: string

beforeAll(async () => {
  // a -1500- r1 -1400- r2 -1280- b
  chain = await openChain({ mtu: [1500, 1400, 1280] })
  netns = chain.host('a').namespace
})

afterAll(async () => {
  closeLinks()
  await chain.close()
})

beforeEach(() => setReporter(() => undefined))

/** The addresses that traceroute(8) shows, one a hop; null for a star. */
async function realTraceroute(host: string, flags: readonly string[]): Promise<(string | null)[]> {
  const stdout = await chain.must('a', ['traceroute', '-n', '-q', '1', '-w', '1', ...flags, host], { timeout: 30_000 })
  return stdout
    .split('\n')
    .map((line) => /^ *\d+ {2}(\S+)/.exec(line)?.[1])
    .filter((word) => word !== undefined)
    .map((word) => (word === '*' ? null : word))
}

const ends = () => [chain.end.ipv4, chain.end.ipv6]

describe('traceroute', () => {
  test.each([
    ['icmp', '-I'],
    ['udp', '-U'],
    ['tcp', '-T'],
  ] as const)('the same way as traceroute(8) by %s', async (protocol, flag) => {
    for (const host of ends()) {
      const result = await traceroute(host, { netns, protocol, timeout: 20 })
      expect(result.path).toEqual(await realTraceroute(host, [flag]))
      expect([result.path.length, result.reached]).toEqual([3, true])
      expect(result.hops.every(({ answers }) => answers.length === 3 && answers.every((each) => each !== null))).toBe(
        true,
      )
      expect(result.loop).toBeNull()
    }
  })

  test('to an open TCP port', async () => {
    const listener = chain.spawn('b', [
      process.execPath,
      '-e',
      "require('net').createServer(s => s.end()).listen(8080, () => console.log('ready'))",
    ])
    await listener.waitFor(/ready/)
    const result = await traceroute(chain.end.ipv4, { netns, tcp: true, port: 8080, timeout: 20 })
    expect(result.path).toEqual(['10.88.0.2', '10.88.1.2', '10.88.2.2'])
    await listener.stop()
  })

  test('a router that drops, a router that refuses, a host that is not there', async () => {
    await chain.filter('r1', 'output', ['icmp type time-exceeded drop'])
    await chain.filter('r2', 'forward', ['ip daddr 10.88.2.2 reject with icmp type admin-prohibited'])
    const refused = await traceroute('10.88.2.2', { netns, timeout: 0.5 })
    expect(refused.path).toEqual([null, '10.88.1.2', '10.88.1.2'])
    expect(refused.hops[2]!.answers[0]).toMatchObject({ kind: 'refused', mark: '!X', words: 'prohibited by a filter' })
    expect(String(refused)).toContain('not reached: 10.88.1.2 says prohibited by a filter')
    await chain.unfilter('r1')
    await chain.unfilter('r2')
    const nobody = await traceroute('10.88.2.77', { netns, maxHops: 4, timeout: 0.5 })
    expect(nobody.path).toEqual(['10.88.0.2', '10.88.1.2', null, null])
  })

  test('several hosts at once', async () => {
    const results = await traceroute(['10.88.1.2', ...ends()], { netns, timeout: 20 })
    expect(results.map(({ distance }) => distance)).toEqual([2, 3, 3])
  })

  test('a loop', async () => {
    // What r2 has no route to goes back to r1, which sends it to r2 again.
    await chain.must('a', ['ip', 'route', 'add', '10.99.0.0/24', 'via', '10.88.0.2'])
    await chain.must('r1', ['ip', 'route', 'add', '10.99.0.0/24', 'via', '10.88.1.2'])
    await chain.must('r2', ['ip', 'route', 'add', '10.99.0.0/24', 'via', '10.88.1.1'])
    forgetRoutes()
    const result = await traceroute('10.99.0.1', { netns, maxHops: 6, timeout: 5 })
    expect(result.path.slice(0, 3)).toEqual(['10.88.0.2', '10.88.1.2', '10.88.0.2'])
    expect(result.loop).toBe('10.88.0.2')
  })
})

describe('mtu', () => {
  /** What tracepath(8) finds. */
  async function realMtu(host: string): Promise<number> {
    const stdout = await chain.must('a', ['tracepath', '-n', host], { timeout: 30_000 })
    return Number(/Resume: pmtu (\d+)/.exec(stdout)![1])
  }

  test('as tracepath(8) has it, and the kernel after it', async () => {
    expect(await realMtu(chain.end.ipv4)).toBe(1280)
    expect(await chain.must('a', ['ip', 'route', 'get', chain.end.ipv4])).toContain('mtu 1280')
    // What the kernel has learnt does not hold our probes back: they begin with what the interface takes.
    const result = await mtu(chain.end.ipv4, { netns, timeout: 20 })
    expect([result.mtu, result.limit]).toEqual([1280, { by: 'router', address: '10.88.1.2' }])
    expect(result.probes[0]).toMatchObject({ size: 1500, outcome: 'too big', from: '10.88.0.2', mtu: 1400 })
  })

  test('IPv6', async () => {
    const result = await mtu(chain.end.ipv6, { netns, timeout: 20 })
    expect([result.mtu, result.limit]).toEqual([1280, { by: 'router', address: 'fd00:88:1::2' }])
    expect(await realMtu(chain.end.ipv6)).toBe(1280)
  })

  test('to the routers', async () => {
    const near = await mtu('10.88.0.2', { netns, timeout: 20 })
    expect([near.mtu, near.limit]).toEqual([1500, { by: 'interface', name: 'right' }])
    const far = await mtu('10.88.1.2', { netns, udp: 33434, timeout: 20 })
    expect([far.mtu, far.limit]).toEqual([1400, { by: 'router', address: '10.88.0.2' }])
  })

  test('routers that say nothing: the sizes are tried out', async () => {
    for (const router of ['r1', 'r2'])
      await chain.filter(router, 'output', [
        'icmp type destination-unreachable icmp code frag-needed drop',
        'icmpv6 type packet-too-big drop',
      ])
    for (const host of ends()) {
      const result = await mtu(host, { netns, retry: 1, timeout: 1 })
      expect([result.mtu, result.limit]).toEqual([1280, { by: 'silence' }])
    }
    const far = await mtu('10.88.1.2', { netns, retry: 1, timeout: 1 })
    expect([far.mtu, far.limit]).toEqual([1400, { by: 'silence' }])
    for (const router of ['r1', 'r2']) await chain.unfilter(router)
  })

  test('this machine itself', async () => {
    const result = await mtu('127.0.0.1', { netns, timeout: 20 })
    expect([result.mtu, result.limit]).toEqual([65535, { by: 'interface', name: 'lo' }])
  })
})

test('nothing stays behind', async () => {
  expect(chain.processes()).toEqual([])
})
