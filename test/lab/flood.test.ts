/** A neighbour that sends as fast as it can, what looks like answers among it: nothing hangs, memory is bounded, results are right. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PacketList } from '../../src/capture/index.js'
import {
  bg,
  closeLinks,
  type Job,
  releasePorts,
  type SniffProgress,
  setReporter,
  sniff,
  sr,
} from '../../src/exchange/index.js'
import { IP, TCP } from '../../src/layers/index.js'
import { stack } from '../../src/packet/index.js'
import { arping, ping, scan } from '../../src/tools/index.js'
import { type Lab, type LabListener, openLab } from './lab.js'
import type { Child } from './process.js'

/** Sends the same mixture of frames again and again; prints how many when it is ended. */
const SENDER = `
import { Ether, ARP, ICMP, IP, TCP, UDP } from 'SRC/layers/index.js'
import { openLink } from 'SRC/link/index.js'
import { stack } from 'SRC/packet/index.js'
const [iface, from, to, src, dst] = process.argv.slice(2)
const link = openLink(iface)
const ether = () => Ether({ src: from, dst: to })
const ip = (fields = {}) => IP({ src, dst, ...fields })
const random = (most) => Math.floor(Math.random() * most)
const kinds = [
  () => stack(ether(), ip(), UDP({ sport: random(65536), dport: 40000 + random(10) }), new Uint8Array(18)),
  () => stack(ether(), ip(), TCP({ sport: 1 + random(1000), dport: 33000 + random(30000), flags: 'SA', ack: random(2 ** 32) })),
  () => stack(ether(), ip(), TCP({ sport: 1 + random(1000), dport: 20, flags: 'SA', ack: random(2 ** 32) })),
  () => stack(ether(), ip(), ICMP({ type: 0, id: random(65536), seq: 1 + random(5) }), new Uint8Array(56)),
  () => stack(ether(), ip({ id: random(65536), flags: 'MF', frag: random(100) }), new Uint8Array(8)),
  () => stack(ether(), ARP({ op: 2, hwsrc: from, psrc: src, hwdst: to, pdst: dst })),
]
const frames = Array.from({ length: 4096 }, (_, i) => kinds[i % kinds.length]().bytes())
let sent = 0
process.on('SIGTERM', () => { console.log('sent', sent); process.exit() })
console.log('ready')
for (let at = 0; ; at = (at + 256) % frames.length) {
  sent += link.send(frames.slice(at, at + 256))
  if (at % 1024 === 0) await new Promise((resolve) => setImmediate(resolve))
}
`

let lab: Lab
let netns: string
let listener: LabListener
let flood: Child
let program: string
const warnings: string[] = []
const quiet = true

beforeAll(async () => {
  lab = await openLab()
  netns = lab.here.namespace
  setReporter(() => undefined)
  process.on('warning', (warning) => warnings.push(String(warning)))
  listener = await lab.tcpListener(443)
  // The kernel's own answers to the flood are not what is tried here.
  await lab.exec('here', ['sh', '-c', 'echo 1000 > /proc/sys/net/ipv4/icmp_ratelimit'])
  const source = join(lab.folder, 'flood.ts')
  writeFileSync(source, SENDER.replaceAll('SRC', join(process.cwd(), 'src')))
  program = join(process.cwd(), 'node_modules', `.netshell-flood-${process.pid}.mjs`)
  await build({
    ...{ entryPoints: [source], outfile: program, bundle: true, platform: 'node', format: 'esm', logLevel: 'silent' },
    external: ['koffi', 'cap', 'raw-socket'],
  })
  const { here, there } = lab
  const addresses = [there.mac, here.mac, there.ipv4, here.ipv4]
  flood = lab.spawn('there', [process.execPath, program, there.interfaceName, ...addresses])
  await flood.waitFor(/ready/)
})

afterAll(async () => {
  rmSync(program, { force: true })
  releasePorts()
  closeLinks()
  await lab?.close()
})

test('sr, ping, arping, scan and a sniff in the background', async () => {
  const { here, there } = lab
  const options = { iface: here.interfaceName, netns, quiet, filter: 'udp', ring: { packets: 5000 } }
  const job: Job<PacketList> = bg(sniff(options))
  await expect.poll(() => (job.progress as SniffProgress).packets).toBeGreaterThan(5000)
  const before = process.memoryUsage().rss
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  const pinged = await ping(there.ipv4, { netns, count: 5, inter: 0.1, timeout: 2, quiet })
  expect(pinged.received).toBe(5)
  expect(pinged.hosts[0]!.duplicates).toBe(0)
  const asked = await arping(there.ipv4, { netns })
  expect(asked.stations.map(({ mac }) => mac)).toEqual([there.mac])

  // What the flood says of ports 1..1000 acknowledges nothing of ours.
  const syn = TCP({ dport: [[1, 1000]], flags: 'S', seq: 0x12345678 })
  const { answered, unanswered } = await sr(stack(IP({ dst: there.ipv4 }), syn), {
    ...{ netns, quiet, timeout: 1, retry: 5 },
  })
  expect([answered.length, unanswered.length]).toEqual([1000, 0])
  const open = answered.filter(({ answer }) => answer.get(TCP)!.flags === 'SA')
  expect(open.map(({ query }) => query.get(TCP)!.dport)).toEqual([listener.port])
  const scanned = await scan(there.ipv4, { netns, ports: '1-1000', quiet })
  expect(scanned.open.map(({ port }) => port)).toEqual([listener.port])
  expect(scanned.hosts[0]!.notShown.map(({ state, count }) => [state, count])).toEqual([['closed', 999]])

  delay.disable()
  expect(delay.max / 1e6, 'longest stop of the event loop, ms').toBeLessThan(2000)
  expect((process.memoryUsage().rss - before) / 1e6, 'MB').toBeLessThan(500)
  const pressed = performance.now()
  const kept = await job.stop()
  expect(performance.now() - pressed, 'ms until it ends').toBeLessThan(2000)
  expect(kept!.length).toBe(5000)
  const { packets, lost } = job.progress as SniffProgress
  await flood.stop('SIGTERM')
  const [, sent] = await flood.waitFor(/sent (\d+)/)
  // One frame of six is UDP, and the flood was there before and after us.
  expect(packets + lost.kernel).toBeLessThan(Number(sent) / 6 + 1)
  expect(packets).toBeGreaterThan(5000)
  expect(warnings).toEqual([])
})
