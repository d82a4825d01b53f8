/** Ctrl-C in everything that waits: what there is by then is the result, soon, and nothing stays behind. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { PcapEncoder } from '../../src/capture/pcap-writer.js'
import {
  bg,
  closeLinks,
  rdpcap,
  releasePorts,
  send,
  setReporter,
  sniff,
  sr1,
  srloop,
  srploop,
  type Task,
} from '../../src/exchange/index.js'
import { Ether, ICMP, IP, TCP, UDP } from '../../src/layers/index.js'
import { type AnyPacket, stack } from '../../src/packet/index.js'
import {
  type ArpingResult,
  arping,
  type DhcpResult,
  type DnsResult,
  dhcpDiscover,
  dns,
  type MtuResult,
  mtu,
  type OpenvpnResult,
  openvpnProbe,
  type PingResult,
  ping,
  type ReplayResult,
  replay,
  type ScanResult,
  scan,
  type TracerouteResult,
  traceroute,
} from '../../src/tools/index.js'
import { descriptors } from './descriptors.js'
import { type Lab, openLab } from './lab.js'

let lab: Lab
let netns: string
let before: number
let warnings: string[] = []
const quiet = true
const prn = (): undefined => undefined

const onWarning = (warning: Error): void => void warnings.push(String(warning))

beforeAll(async () => {
  lab = await openLab()
  netns = lab.here.namespace
  setReporter(() => undefined)
  process.on('warning', onWarning)
  // What is loaded at the first use stays, and is no leak.
  const rounds = [
    sr1(stack(IP({ dst: lab.there.ipv4 }), ICMP()), { netns, quiet }),
    sniff({ iface: lab.here.interfaceName, netns, timeout: 0, quiet }),
    dns('x.test', { server: lab.there.ipv4, netns, timeout: 0.1, retry: 0 }),
    scan(lab.there.ipv4, { netns, ports: '1-3', type: 'connect' }),
  ]
  await Promise.all(rounds)
})

afterAll(async () => {
  process.off('warning', onWarning)
  setReporter(() => undefined)
  await lab?.close()
})

beforeEach(async () => {
  closeLinks()
  before = await descriptors()
  warnings = []
})

afterEach(async () => {
  releasePorts()
  closeLinks()
  expect(await descriptors(), 'descriptors').toBe(before)
  expect(children(), 'child processes').toEqual([])
  expect(lab.processes(), 'processes in the lab').toEqual([])
  expect((await lab.exec('here', ['ss', '-Hltunp'])).stdout, 'sockets').toBe('')
  expect((await lab.exec('here', ['nft', 'list', 'ruleset'])).stdout, 'firewall rules').toBe('')
  expect((await lab.exec('here', ['ip', '-details', 'link', 'show'])).stdout, 'promiscuous mode').not.toMatch(
    /promiscuity [1-9]/,
  )
  expect(warnings, 'warnings of Node').toEqual([])
})

/** Processes that this one has started and that still run; esbuild is the test runner's. */
function children(): string[] {
  const own = readdirSync('/proc/self/task').flatMap((thread) =>
    readFileSync(`/proc/self/task/${thread}/children`, 'latin1').split(' ').filter(Boolean),
  )
  return own
    .map((pid) => readFileSync(`/proc/${pid}/comm`, 'latin1').trim())
    .filter((name) => !/^(?:esbuild|node)$/.test(name))
}

/** Lets it run for a moment, presses Ctrl-C, and gives what came of it, which must not take long. */
async function interrupted<T>(task: Task<T>, after = 250): Promise<T> {
  await sleep(after)
  expect(task.settled, 'it waits').toBe(false)
  const pressed = performance.now()
  task.interrupt()
  const result = await task
  expect(performance.now() - pressed, 'ms to the result').toBeLessThan(1000)
  return result
}

/** A capture of `count` frames, `gap` seconds apart. */
function capture(count: number, gap: number): Uint8Array {
  const encoder = new PcapEncoder({ linkType: 1, nanoseconds: true })
  const bytes = stack(Ether({ src: lab.here.mac, dst: lab.there.mac }), IP({ dst: lab.beyond.silent }), UDP()).bytes()
  for (let i = 0; i < count; i++)
    encoder.add(
      {
        ...{ bytes, originalLength: bytes.length, seconds: Math.floor(i * gap), nanoseconds: ((i * gap) % 1) * 1e9 },
        ...{ linkType: 1, interfaceName: '', comment: undefined },
      },
      i + 1,
    )
  return encoder.output.take()
}

describe('tools', () => {
  test('ping: a host that answers and one that is silent; TCP', async () => {
    const result: PingResult = await interrupted(
      ping([lab.there.ipv4, lab.beyond.silent], { netns, count: 0, inter: 0.05, timeout: 60, prn }),
    )
    expect(result.received).toBeGreaterThan(1)
    expect(result.hosts[1]!.received).toBe(0)
    const tcp: PingResult = await interrupted(ping(lab.beyond.silent, { netns, tcp: 80, timeout: 60, prn }))
    expect([tcp.sent, tcp.received]).toEqual([1, 0])
  })

  test.each(['icmp', 'udp', 'tcp'] as const)('traceroute by %s', async (protocol) => {
    const result: TracerouteResult = await interrupted(
      traceroute(lab.beyond.silent, { netns, protocol, timeout: 60, names: true }),
    )
    expect(result.sent).toBeGreaterThan(0)
    expect(result.hops.every((hop) => hop.answers.every((answer) => answer === null))).toBe(true)
  })

  test('mtu', async () => {
    const result: MtuResult = await interrupted(mtu(lab.beyond.silent, { netns, timeout: 60 }))
    expect(String(result)).toMatch(/interrupted|unknown|no answer/i)
  })

  test('arping of a network', async () => {
    const network = `${lab.here.ipv4.replace(/\d+$/, '0')}/24`
    const result: ArpingResult = await interrupted(arping(network, { netns, retry: 15, timeout: 60, rate: 50 }), 400)
    expect(result.interrupted).toBe(true)
    expect(result.stations.map(({ address }) => address)).toEqual([lab.there.ipv4])
  })

  test.each(['syn', 'connect', 'udp'] as const)('scan, %s', async (type) => {
    const result: ScanResult = await interrupted(
      scan([lab.there.ipv4, lab.beyond.silent], { netns, type, ports: '1-3000', timeout: 60, rate: 2000 }),
    )
    expect(result.interrupted).toBe(true)
    expect(result.hosts.reduce((sum, host) => sum + host.unfinished, 0)).toBeGreaterThan(0)
    const text = JSON.stringify(result)
    await sleep(100)
    expect(JSON.stringify(result), 'it stays as it is').toBe(text)
  })

  test('scan: while it finds out who is there, on the link and behind a router', async () => {
    const near = `${lab.here.ipv4.replace(/\d+$/, '0')}/24`
    const far = `${lab.beyond.silent.replace(/\d+$/, '0')}/24`
    for (const target of [near, far, 'lan']) {
      const iface = target === 'lan' ? { iface: lab.here.interfaceName } : {}
      const result: ScanResult = await interrupted(scan(target, { netns, ...iface, rate: 100, timeout: 60 }))
      expect(result.interrupted, target).toBe(true)
    }
  })

  test.each([
    ['a socket', {}],
    ['a connection', { tcp: true }],
    ['packets', { raw: true }],
  ])('dns by %s', async (_name, options) => {
    const names = Array.from({ length: 100 }, (_, i) => `host${i}.test`)
    const result: DnsResult = await interrupted(
      dns(names, { server: lab.beyond.silent, netns, timeout: 60, ...options }),
    )
    expect(result.responses.length).toBeGreaterThan(0)
    expect(new Set(result.responses.map(({ state }) => state))).toEqual(new Set(['stopped']))
  })

  test('dhcpDiscover', async () => {
    const { interfaceName } = lab.here
    for (const mac of [undefined, '02:00:00:00:00:77']) {
      const options = { iface: interfaceName, netns, timeout: 60, ...(mac === undefined ? {} : { mac }) }
      const result: DhcpResult = await interrupted(dhcpDiscover(options))
      expect([result.offers.length, result.sent]).toEqual([0, 1])
    }
  })

  test.each([
    ['UDP', {}],
    ['TCP', { tcp: true }],
    ['packets', { raw: true }],
  ])('openvpnProbe by %s', async (_name, { raw, ...options }: { raw?: boolean; tcp?: boolean }) => {
    const ports = Array.from({ length: 100 }, (_, i) => 1000 + i)
    const result: OpenvpnResult = await interrupted(
      openvpnProbe(lab.beyond.silent, {
        ...{ netns, port: ports, timeout: 60, ...options },
        ...(raw === true ? { iface: lab.here.interfaceName } : {}),
      }),
    )
    expect(result.findings.length).toBeGreaterThan(0)
    expect(new Set(result.findings.map(({ state }) => state))).toEqual(new Set(['unknown']))
  })

  test('replay: between two packets, at a rate, without end, of a stream that gives nothing', async () => {
    const iface = lab.here.interfaceName
    const slow: ReplayResult = await interrupted(replay(capture(3, 3600), { iface, netns }))
    expect([slow.sent, slow.interrupted]).toEqual([1, true])
    const paced: ReplayResult = await interrupted(replay(capture(3, 0), { iface, netns, rate: 0.001 }))
    expect(paced.sent).toBe(1)
    const endless: ReplayResult = await interrupted(replay(capture(3, 0), { iface, netns, topspeed: true, loop: 0 }))
    expect(endless.passes).toBeGreaterThan(10)
    const stream = new PassThrough()
    const silent: ReplayResult = await interrupted(replay(stream, { iface, netns }))
    expect(silent.sent).toBe(0)
  })
})

describe('the wire', () => {
  const silentPing = (): AnyPacket => stack(IP({ dst: lab.beyond.silent }), ICMP()) as AnyPacket

  test('srloop and srploop: while they wait for an answer, and for the next turn', async () => {
    const answered = await interrupted(
      srloop(stack(IP({ dst: lab.there.ipv4 }), ICMP()), { netns, inter: 60, quiet, prn }),
    )
    expect([answered.answered.length, answered.unanswered.length]).toEqual([1, 0])
    const frame = stack(Ether({ dst: lab.there.mac }), silentPing())
    const silent = await interrupted(
      srploop(frame, { netns, iface: lab.here.interfaceName, timeout: 60, quiet, prnFail: prn }),
    )
    expect([silent.answered.length, silent.unanswered.length]).toEqual([0, 1])
  })

  test('send at a rate of one in a year, and of crafted TCP', async () => {
    const packets = stack(IP({ dst: lab.beyond.silent }), TCP({ sport: [[2000, 2010]] }))
    expect(await interrupted(send(packets, { netns, quiet, rate: 1 / 31_536_000 }))).toBe(1)
  })

  test('sniff, of several interfaces, with a file that nobody reads', async () => {
    const both = await interrupted(sniff({ iface: [lab.here.interfaceName, 'lo'], netns, quiet }))
    expect(both.length).toBe(0)
    const pipe = join(lab.folder, 'nobody-reads.pcap')
    execFileSync('mkfifo', [pipe])
    const written = await interrupted(sniff({ iface: lab.here.interfaceName, netns, quiet, write: pipe }))
    expect(written.length).toBe(0)
  })

  test('rdpcap of a pipe that nobody writes', async () => {
    const pipe = join(lab.folder, 'nobody-writes.pcap')
    execFileSync('mkfifo', [pipe])
    const task = rdpcap(pipe)
    await sleep(100)
    task.interrupt()
    await task.catch((error: Error) => expect(error.message).toMatch(/empty|no bytes|nothing/))
  })

  test('a job that is stopped, one whose tool ends itself, and the waiting for one', async () => {
    const { interfaceName: iface } = lab.here
    const background = bg(sniff({ iface, netns, filter: 'icmp', quiet }))
    const other = bg(scan(lab.beyond.silent, { netns, ports: '1-1000', timeout: 60, rate: 100 }))
    await sleep(200)
    await sr1(stack(IP({ dst: lab.there.ipv4 }), ICMP()), { netns, quiet })
    const waiting = background.wait()
    await sleep(50)
    waiting.interrupt()
    await expect(waiting).rejects.toThrow(/interrupted/)
    expect(background.state).toBe('running')
    const pressed = performance.now()
    const [packets, scanned] = await Promise.all([background.stop(), other.stop()])
    expect(performance.now() - pressed).toBeLessThan(1000)
    expect(packets!.length).toBe(2)
    expect(scanned!.interrupted).toBe(true)
    expect([background.state, other.state]).toEqual(['stopped', 'stopped'])
  })
})
