/** A process that is killed in the middle of its work leaves nothing in the kernel, and no child. */
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { closeLinks, setReporter, sniff, sr1 } from '../../src/exchange/index.js'
import { ICMP, IP } from '../../src/layers/index.js'
import { removeStaleTables } from '../../src/link/index.js'
import { stack } from '../../src/packet/index.js'
import { type Lab, openLab } from './lab.js'
import { type Child, start } from './process.js'

/** What the child does, by its first argument; it prints "busy" when it is in the middle of it. */
const PROGRAM = `
import { sniff, sr, sr1, suppressReset } from 'SRC/exchange/index.js'
import { ICMP, IP, TCP } from 'SRC/layers/index.js'
import { openLink } from 'SRC/link/index.js'
import { stack } from 'SRC/packet/index.js'
import { arping, dhcpDiscover, scan } from 'SRC/tools/index.js'
const [what, netns, iface, there, silent, file] = process.argv.slice(2)
const busy = () => console.log('busy')
const place = netns === '' ? {} : { netns }
const WORK = {
  scan: () => (setTimeout(busy, 300), scan([there, silent], { ...place, type: ['syn', 'udp'], ports: '1-2000', rate: 500 })),
  connect: () => (setTimeout(busy, 300), scan(silent, { ...place, type: 'connect', ports: '1-2000', timeout: 60 })),
  sniff: () => sniff({ ...place, iface, write: file, rotate: { packets: 1 }, started: busy }),
  sr1: () => (setTimeout(busy, 300), sr1(stack(IP({ dst: silent }), TCP({ sport: 4444 })), { ...place, timeout: 60 })),
  nft: () => {
    console.log(String(suppressReset(4340, place)))
    setTimeout(busy, 100)
    return new Promise(() => setInterval(() => undefined, 1000))
  },
  dhcp: () => (setTimeout(busy, 300), dhcpDiscover({ ...place, iface, timeout: 60, mac: '02:00:00:00:00:77' })),
  arping: () => (setTimeout(busy, 300), arping(silent, { ...place, iface, timeout: 60 })),
  tcpdump: async () => {
    const link = openLink(iface, { ...place, backend: 'tcpdump' })
    await link.capture({ promiscuous: true }, () => undefined, (error) => console.log(error)).ready
    busy()
  },
}
await WORK[what]()
`

let lab: Lab
let program: string

beforeAll(async () => {
  lab = await openLab()
  setReporter(() => undefined)
  const source = join(lab.folder, 'killed.ts')
  writeFileSync(source, PROGRAM.replaceAll('SRC', join(process.cwd(), 'src')))
  program = join(process.cwd(), 'node_modules', `.netshell-killed-${process.pid}.mjs`)
  await build({
    ...{ entryPoints: [source], outfile: program, bundle: true, platform: 'node', format: 'esm', logLevel: 'silent' },
    external: ['koffi', 'cap', 'raw-socket'],
  })
})

afterAll(async () => {
  rmSync(program, { force: true })
  closeLinks()
  await lab?.close()
})

beforeEach(() => closeLinks())

/** Sockets, processes, rules and promiscuous interfaces in the namespace. */
async function leftovers(): Promise<object> {
  const text = async (...words: string[]): Promise<string> => (await lab.exec('here', words)).stdout
  return {
    processes: lab.processes().map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ')),
    sockets: await text('ss', '-Htuan'),
    packetSockets: (await text('cat', '/proc/net/packet')).split('\n').slice(1).filter(Boolean),
    rules: await text('nft', 'list', 'ruleset'),
    promiscuous: /promiscuity [1-9]/.test(await text('ip', '-details', 'link', 'show')),
  }
}
const NOTHING = { processes: [], sockets: '', packetSockets: [], rules: '', promiscuous: false }

function begin(what: string, inside: boolean): Child {
  const { here, there, beyond, folder } = lab
  const names = [inside ? '' : here.namespace, here.interfaceName, there.ipv4, beyond.silent]
  const argv = [process.execPath, program, what, ...names, join(folder, `${what}.pcap`)]
  return inside ? lab.spawn('here', argv) : start(argv)
}

test.each([
  ['scan', false],
  ['scan', true],
  ['connect', false],
  ['sniff', false],
  ['sniff', true],
  ['sr1', false],
  ['dhcp', false],
  ['arping', false],
  ['tcpdump', false],
  ['tcpdump', true],
] as const)('%s (started inside: %s)', async (what, inside) => {
  const before = readdirSync('/run/netns')
  const child = begin(what, inside)
  await child.waitFor(/busy/)
  expect(await leftovers(), 'in the middle').not.toEqual(NOTHING)
  await child.stop('SIGKILL')
  await expect.poll(leftovers, { timeout: 5000 }).toEqual(NOTHING)
  expect(readdirSync('/run/netns')).toEqual(before)
  // And whoever comes next works as ever.
  const packet = stack(IP({ dst: lab.there.ipv4 }), ICMP())
  expect(await sr1(packet, { netns: lab.here.namespace, quiet: true })).not.toBeNull()
})

test('a table of nft: made inside, removed by one outside, and its note too', async () => {
  for (const inside of [false, true]) {
    const taken = lab.spawn('here', ['nc', '-l', '-p', '4340'])
    await expect.poll(async () => (await lab.exec('here', ['ss', '-Hltn'])).stdout).toContain(':4340')
    const child = begin('nft', inside)
    await child.waitFor(/busy/)
    expect(child.stdout).toContain('4340 (nft)')
    await child.stop('SIGKILL')
    await taken.stop()
    expect((await lab.exec('here', ['nft', 'list', 'ruleset'])).stdout).toContain('netshell_')
    removeStaleTables()
    await expect.poll(leftovers, { timeout: 5000 }).toEqual(NOTHING)
    expect(readdirSync('/run/netshell').filter((name) => name.includes(`_${child.pid}_`))).toEqual([])
  }
})

test('what a killed sniff has written can be read', async () => {
  const { here, there } = lab
  const child = begin('sniff', false)
  await child.waitFor(/busy/)
  for (let i = 0; i < 3; i++) await sr1(stack(IP({ dst: there.ipv4 }), ICMP()), { netns: here.namespace, quiet: true })
  const files = (): string[] => readdirSync(lab.folder).filter((name) => /^sniff-\d+\.pcap$/.test(name))
  // The next file may be there before the one before it has left our buffers: a header of 24 bytes alone is no packet.
  const written = (): string[] => files().filter((name) => statSync(join(lab.folder, name)).size > 24)
  await expect.poll(() => written().length, { timeout: 15_000 }).toBeGreaterThan(4)
  await child.stop('SIGKILL')
  const names = files()
  const lists = await Promise.all(
    names.map((name) => sniff({ offline: join(lab.folder, name), quiet: true }).catch(() => [])),
  )
  expect(lists.reduce((sum, list) => sum + list.length, 0)).toBeGreaterThan(4)
  expect(lists.every((list) => list.length <= 1)).toBe(true)
})
