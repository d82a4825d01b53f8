import { inspect } from 'node:util'
import { afterEach, describe, expect, test } from 'vitest'
import { setReporter } from '../../src/exchange/index.js'
import { ARP, dissectLink, Ether, IP, TCP } from '../../src/layers/index.js'
import { memoryLinkPair } from '../../src/link/index.js'
import { stack } from '../../src/packet/index.js'
import { practiceNetwork } from '../../src/tools/practice-network/index.js'
import { type ScanOptions, type ScanResult, scan } from '../../src/tools/scan/index.js'
import { type Manner, OWN, type Responder, type ResponderOptions, responder } from './scan-responder.js'

const HOST = '10.0.0.2'
const networks: Responder[] = []
afterEach(() => {
  for (const network of networks.splice(0)) network.close()
  setReporter(() => undefined)
})

function network(options: Partial<ResponderOptions> = {}): Responder {
  const made = responder({ hosts: [HOST], ...options })
  networks.push(made)
  return made
}

const states = (result: ScanResult, host = 0) =>
  Object.fromEntries(result.hosts[host]!.ports.map(({ port, state, reason }) => [port, `${state} ${reason}`]))

/** A test must not fail since the machine is slow for a moment: what is waited for is generous where nothing is silent. */
const CALM: ScanOptions = { timeout: 5 }

test('ports given for UDP ask for a scan of UDP', async () => {
  const { link } = network({ tcp: () => 'open', udp: () => 'closed' })
  const ports = async (given: string, options: ScanOptions = {}) =>
    (await scan(HOST, { ...CALM, ...options, link, ports: given })).hosts[0]!.ports.map(
      ({ port, protocol }) => `${port}/${protocol}`,
    )
  expect(await ports('T:22,U:53')).toEqual(['22/tcp', '53/udp'])
  expect(await ports('U:53')).toEqual(['53/udp'])
  expect(await ports('T:22,U:53', { type: 'syn' })).toEqual(['22/tcp'])
  expect(await ports('53', { type: ['syn'], udp: true })).toEqual(['53/tcp', '53/udp'])
})

test('a host of the result prints as in the whole, also where routers say that it cannot be reached', async () => {
  const { link } = network({ tcp: (port): Manner => (port === 22 ? [3, 1] : 'silent') })
  const text = async (ports: string) => inspect((await scan(HOST, { link, ports, retry: 0, timeout: 0.2 })).hosts[0])
  expect(await text('22')).toMatch(
    /^10\.0\.0\.2: cannot be reached: host-unreach.*\nPORT +STATE +SERVICE +REASON\n22\/tcp /,
  )
  expect(await text('22,25')).toMatch(/^10\.0\.0\.2: no answer from any port/)
})

test('a file that cannot be written is told before anything is sent', async () => {
  const { link } = network({ tcp: () => 'open' })
  await expect(scan(HOST, { link, ports: 22, xml: '/there/is/no/such/folder.xml' })).rejects.toThrow(
    'option xml: /there/is/no/such/folder.xml cannot be written (ENOENT)',
  )
  expect(link.stats().sent).toBe(0)
})

describe('SYN scan', () => {
  test('tells open, closed and filtered, why, and from how far', async () => {
    const { link } = network({ tcp: (port) => (port === 22 ? 'open' : port === 25 ? 'silent' : 'closed') })
    const result = await scan(HOST, { ...CALM, link, ports: '22,25,80', retry: 1, timeout: 0.3 })
    expect(result.hosts[0]).toMatchObject({ address: HOST, state: 'up', reason: 'syn-ack' })
    expect(result.hosts[0]!.ports).toEqual([
      { port: 22, protocol: 'tcp', state: 'open', reason: 'syn-ack', service: 'ssh', ttl: 57 },
      { port: 25, protocol: 'tcp', state: 'filtered', reason: 'no-response', service: 'smtp' },
      { port: 80, protocol: 'tcp', state: 'closed', reason: 'reset', service: 'http', ttl: 57 },
    ])
    expect(result.open).toEqual([
      { address: HOST, port: 22, protocol: 'tcp', state: 'open', reason: 'syn-ack', service: 'ssh', ttl: 57 },
    ])
    expect(result.interrupted).toBe(false)
  })

  test('ICMP unreachables mean filtered, with the words of nmap', async () => {
    const codes = [0, 1, 2, 3, 9, 10, 13]
    const { link } = network({ tcp: (port): Manner => [3, port - 100] })
    const result = await scan(HOST, { ...CALM, link, ports: codes.map((code) => 100 + code) })
    expect(states(result)).toEqual({
      100: 'filtered net-unreach',
      101: 'filtered host-unreach',
      102: 'filtered proto-unreach',
      103: 'filtered port-unreach',
      109: 'filtered net-prohibited',
      110: 'filtered host-prohibited',
      113: 'filtered admin-prohibited',
    })
  })

  test('other ICMP messages mean nothing', async () => {
    const { link } = network({ tcp: (port): Manner => (port === 1 ? [3, 4] : [11, 0]) })
    const result = await scan(HOST, { link, ports: '1-2', retry: 0, timeout: 0.2 })
    expect(states(result)).toEqual({ 1: 'filtered no-response', 2: 'filtered no-response' })
  })

  test('many ports: those alike are counted, the open ones listed', async () => {
    const { link, seen } = network({ tcp: (port) => (port % 1000 === 7 ? 'open' : 'closed') })
    const result = await scan(HOST, { ...CALM, link, ports: '1-4000' })
    const [host] = result.hosts
    expect(host!.open.map(({ port }) => port)).toEqual([7, 1007, 2007, 3007])
    expect(host!.notShown).toEqual([
      {
        protocol: 'tcp',
        state: 'closed',
        count: 3996,
        reasons: { reset: 3996 },
        ports: '1-6,8-1006,1008-2006,2008-3006,3008-4000',
      },
    ])
    expect(seen.size).toBe(4000)
  })

  test('what gets lost on the way is asked again, so that nothing is missed', async () => {
    let count = 0
    // Every third frame is lost, retransmissions too.
    const passage = () => (count++ % 3 === 1 ? 'lost' : 0)
    const { link } = network({ left: { passage }, tcp: (port) => (port <= 20 ? 'open' : 'closed') })
    const result = await scan(HOST, { link, ports: '1-500' })
    expect(result.hosts[0]!.open.length).toBe(20)
    expect(result.hosts[0]!.notShown.map(({ state, count: number }) => [state, number])).toEqual([['closed', 480]])
  })

  test('silent ports of a host that loses nothing are asked twice, or as often as `retry` says', async () => {
    const tcp = (port: number): Manner => (port === 1 ? 'silent' : 'closed')
    const first = network({ tcp })
    await scan(HOST, { link: first.link, ports: '1-30', timeout: 0.2 })
    expect(first.seen.get(`${HOST}:1`)).toBe(2)
    const second = network({ tcp })
    await scan(HOST, { link: second.link, ports: '1-30', timeout: 0.2, retry: 4 })
    expect(second.seen.get(`${HOST}:1`)).toBe(5)
  })

  test('answers of others, or with a wrong acknowledgement, do not count', async () => {
    const [left, right] = memoryLinkPair({ addresses: { ipv4: [{ address: OWN, prefix: 24 }] } })
    right.capture(
      { immediate: true },
      (batch) => {
        for (let i = 0; i < batch.count; i++) {
          const start = batch.offsets[i]!
          const frame = dissectLink(1, batch.buffer.slice(start, start + batch.lengths[i]!))
          const arp = frame.get(ARP)
          const back = { src: '02:00:00:00:00:02', dst: '02:00:00:00:00:01' }
          if (arp?.op === 1)
            right.send([
              stack(Ether(back), ARP({ op: 2, hwsrc: back.src, psrc: HOST, hwdst: back.dst, pdst: OWN })).bytes(),
            ])
          const segment = frame.get(TCP)
          if (segment?.flags.toString() !== 'S' || segment.sport === segment.dport) continue
          const forged = (src: string, ack: number) =>
            stack(
              Ether(back),
              IP({ src, dst: OWN }),
              TCP({ sport: segment.dport, dport: segment.sport, flags: 'SA', ack }),
            ).bytes()
          right.send([
            forged(HOST, 1),
            forged(HOST, (segment.seq + 100) >>> 0),
            forged('10.0.0.9', (segment.seq + 1) >>> 0),
          ])
        }
      },
      (error) => {
        throw error
      },
    )
    const result = await scan(HOST, { link: left, ports: '80', retry: 0, timeout: 0.2 })
    expect(states(result)).toEqual({ 80: 'filtered no-response' })
    expect(result.hosts[0]!.state).toBe('unknown')
    left.close()
    right.close()
  })

  test('keeps to the rate', async () => {
    const { link } = network()
    const began = performance.now()
    await scan(HOST, { ...CALM, link, ports: '1-100', rate: 200 })
    // 100 packets at 200 a second, less the small burst at the start.
    expect(performance.now() - began).toBeGreaterThan(450)
  })
})

describe('UDP scan', () => {
  test('tells open, closed, filtered and what may be open', async () => {
    const manners: Record<number, Manner> = { 53: 'open', 69: 'silent', 123: [3, 13], 161: 'closed' }
    const { link } = network({ udp: (port) => manners[port]! })
    const result = await scan(HOST, { link, type: 'udp', ports: '53,69,123,161', timeout: 0.4, retry: 1 })
    expect(states(result)).toEqual({
      53: 'open udp-response',
      69: 'open|filtered no-response',
      123: 'filtered admin-prohibited',
      161: 'closed port-unreach',
    })
    expect(result.hosts[0]!.open.map(({ service }) => service)).toEqual(['domain'])
  })

  test('goes together with a SYN scan', async () => {
    const { link } = network({ tcp: () => 'open', udp: () => 'open' })
    const result = await scan(HOST, { ...CALM, link, type: ['syn', 'udp'], ports: 'T:80,U:53' })
    expect(result.hosts[0]!.ports.map(({ port, protocol }) => `${port}/${protocol}`)).toEqual(['80/tcp', '53/udp'])
    expect(result.toString()).toContain('SYN and UDP scan')
  })
})

describe('who is there', () => {
  test('a network is asked first, and only those present are scanned', async () => {
    const { link, seen } = network({ hosts: ['10.0.0.2', '10.0.0.5'], tcp: () => 'open' })
    const result = await scan('10.0.0.0/29', { link, ports: '80', timeout: 0.3 })
    expect(result.hosts.map(({ address, mac }) => [address, mac])).toEqual([
      ['10.0.0.2', '02:00:00:00:01:02'],
      ['10.0.0.5', '02:00:00:00:01:05'],
    ])
    expect([...seen.keys()].sort()).toEqual(['10.0.0.2:80', '10.0.0.5:80'])
    expect(result.down).toBe(6)
  })

  test('`lan` shows who is on the link, without ports unless they are asked for', async () => {
    const { link } = network({ hosts: ['10.0.0.2', '10.0.0.77'], tcp: (port) => (port === 80 ? 'open' : 'closed') })
    const stations = await scan('lan', { link, timeout: 0.2, rate: 20_000 })
    expect(stations.up.map(({ address }) => address)).toEqual(['10.0.0.2', '10.0.0.77'])
    expect(stations.toString()).toMatch(/^HOST +STATE +MAC +RTT +REASON\n10\.0\.0\.2 +up +02:00:00:00:01:02 /)
    const ports = await scan('lan', { link, timeout: 0.2, rate: 20_000, ports: '80-81' })
    expect(ports.open.map(({ address, port }) => `${address}:${port}`)).toEqual(['10.0.0.2:80', '10.0.0.77:80'])
  })

  test('a host that does not answer on the link is down', async () => {
    const { link } = network()
    const result = await scan('10.0.0.99', { link, ports: '80', discover: true, timeout: 0.2 })
    expect(result.hosts).toMatchObject([{ address: '10.0.0.99', state: 'down' }])
    expect(result.up).toEqual([])
  })

  test('behind routers too (practice network), and IPv6', async () => {
    const net = practiceNetwork()
    try {
      const near = net.hosts.find(({ name }) => name === 'server')!
      const far = net.hosts.find(({ name }) => name === 'far')!
      const distant = await scan(far.ipv4!.replace(/\d+$/, '8-11'), { link: net.link, ports: '1-100', timeout: 3 })
      expect(distant.hosts.map(({ address, reason }) => [address, reason])).toEqual([[far.ipv4, 'echo-reply']])
      expect(distant.open.map(({ port }) => port)).toEqual(far.tcp)
      const ipv6 = await scan(near.ipv6!, { link: net.link, ports: '1-2000', timeout: 3 })
      expect(ipv6.open.map(({ port }) => port)).toEqual(near.tcp.filter((port) => port <= 2000))
    } finally {
      net.close()
    }
  })
})

describe('result', () => {
  test('reads as people know it', async () => {
    const { link } = network({ tcp: (port) => (port === 80 ? 'open' : 'closed') })
    const result = await scan(HOST, { ...CALM, link, ports: '1-100' })
    expect(result.toString().replace(/[\d.]+ (µs|ms|s)/g, 'T')).toBe(
      [
        '10.0.0.2: up, T, 02:00:00:00:01:02',
        'Not shown: 99 closed tcp ports (reset)',
        'PORT    STATE  SERVICE  REASON',
        '80/tcp  open   http     syn-ack',
        '',
        'done: 1 address, 1 host up, SYN scan in T',
      ].join('\n'),
    )
    const plain = JSON.parse(JSON.stringify(result))
    expect(plain).toMatchObject({
      types: ['syn'],
      interrupted: false,
      addresses: 1,
      up: 1,
      down: 0,
      hosts: [{ address: HOST, state: 'up', ports: [{ port: 80, protocol: 'tcp', state: 'open', reason: 'syn-ack' }] }],
    })
    expect(plain.hosts[0].rtt).toBeGreaterThan(0)
  })

  test('`open` leaves out what is not', async () => {
    const { link } = network({ tcp: (port) => (port === 80 ? 'open' : 'closed') })
    const result = await scan(HOST, { ...CALM, link, ports: '79-81', open: true })
    expect(result.toString()).not.toMatch(/closed/)
    expect(result.toString()).toMatch(/80\/tcp/)
  })

  test('interrupted, it is what is known by then', async () => {
    const { link } = network({ tcp: (port) => (port <= 3 ? 'open' : 'silent') })
    const task = scan(HOST, { link, ports: '1-2000', rate: 2000, timeout: 1 })
    const seen: number[] = []
    task.onProgress(({ done }) => {
      seen.push(done ?? 0)
      if (seen.length === 2) task.interrupt()
    })
    const result = await task
    expect(result.interrupted).toBe(true)
    const [host] = result.hosts
    const known = host!.ports.length + host!.notShown.reduce((sum, { count }) => sum + count, 0)
    expect(known + host!.unfinished).toBe(2000)
    expect(host!.unfinished).toBeGreaterThan(0)
    expect(result.toString()).toMatch(/\d+ ports not finished\n\ninterrupted: /)
  })
})

describe('mistakes', () => {
  test.each([
    [{ ports: '70000' }, 'ports: 70000 is not 0..65535'],
    [{ type: 'stealth' }, "scan: option type is 'syn', 'connect', 'udp' or a list of these, not stealth"],
    [{ port: 80 }, "scan has no option 'port'; did you mean 'ports'?"],
    [{ retry: 99 }, 'scan: option retry must be a whole number, 0..15, not 99'],
    [{ timeout: 0 }, 'scan: option timeout must be a number of seconds above 0, not 0'],
    [{ rate: -1 }, 'scan: option rate must be a number of packets per second above 0, not -1'],
    [{ type: ['syn', 'connect'] }, "scan: 'syn' and 'connect' ask for the same"],
    [{ family: 5 }, 'scan: option family must be 4 or 6'],
    [{ discover: true, all: true }, 'take one of the two'],
  ])('%j: %s', async (options, message) => {
    const { link } = network()
    await expect(scan(HOST, { link, ...options } as ScanOptions)).rejects.toThrow(message)
  })
})
