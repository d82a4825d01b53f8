/** Scans of the kernel's own stack in a lab, side by side with nmap. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { closeLinks, setReporter } from '../../src/exchange/index.js'
import { arping } from '../../src/tools/arping/index.js'
import { type ScanOptions, type ScanResult, scan } from '../../src/tools/scan/index.js'
import { bundleSource, MODULES } from '../lab/bundle.js'
import { type Lab, openLab } from '../lab/lab.js'
import { must } from '../lab/process.js'

let lab: Lab
let netns: string
const openTcp: number[] = []
const openUdp: number[] = []

beforeAll(async () => {
  lab = await openLab()
  netns = lab.here.namespace
  for (let i = 0; i < 3; i++) openTcp.push((await lab.tcpListener()).port)
  openUdp.push((await lab.udpListener()).port)
  await lab.filterPort('tcp', 2001, 'drop')
  await lab.filterPort('tcp', 2002, 'reject')
  await lab.filterPort('udp', 2003, 'drop')
  await lab.filterPort('udp', 2004, 'reject')
})

afterAll(async () => {
  closeLinks()
  await lab.close()
})

beforeEach(() => setReporter(() => undefined))

/** What nmap found: `{'22/tcp': 'open syn-ack'}`, those it does not list by state and reason. */
async function nmap(argv: readonly string[]): Promise<Record<string, string>> {
  const stdout = await must(['ip', 'netns', 'exec', netns, 'nmap', '-n', '-Pn', '-T4', ...argv, '-oX', '-'], {
    timeout: 60_000,
  })
  return statesInXml(stdout)
}

function statesInXml(xml: string): Record<string, string> {
  const states: Record<string, string> = {}
  for (const [, protocol, port, state, reason] of xml.matchAll(
    /<port protocol="(\w+)" portid="(\d+)"><state state="([^"]+)" reason="([^"]+)"/g,
  ))
    states[`${port}/${protocol}`] = `${state} ${reason}`
  for (const [, state, count] of xml.matchAll(/<extraports state="([^"]+)" count="(\d+)"/g)) states[state!] = count!
  return states
}

const states = (result: ScanResult): Record<string, string> => statesInXml(result.xml())

const ours = (host: string, ports: string, more: ScanOptions = {}) => scan(host, { netns, ports, ...more })

describe.each(['ipv4', 'ipv6'] as const)('the same as nmap, %s', (family) => {
  const six = family === 'ipv6' ? ['-6'] : []

  test('SYN scan', async () => {
    const ports = `1-1000,2000-2010,${openTcp.join()}`
    const found = await ours(lab.there[family], ports)
    expect(states(found)).toEqual(await nmap(['-sS', ...six, '-p', ports, lab.there[family]]))
    expect(found.open.map(({ port }) => port)).toEqual([...openTcp].sort((a, b) => a - b))
    expect(found.hosts[0]).toMatchObject({ state: 'up', mac: lab.there.mac })
  })

  test('connect scan', async () => {
    const ports = `1-300,2000-2010,${openTcp.join()}`
    const found = await ours(lab.there[family], ports, { type: 'connect' })
    const theirs = await nmap(['-sT', ...six, '-p', ports, lab.there[family]])
    // The kernel tells of an ICMP error only a second later, when nobody waits any more, or does wait: by chance.
    const chance = (all: Record<string, string>) => ({ ...all, '2002/tcp': all['2002/tcp']!.split(' ')[0] })
    expect(chance(states(found))).toEqual(chance(theirs))
    expect(found.open.map(({ port }) => port)).toEqual([...openTcp].sort((a, b) => a - b))
  })

  test('UDP scan', async () => {
    const ports = `2000-2010,${openUdp.join()}`
    const found = await ours(lab.there[family], ports, { type: 'udp' })
    const theirs = await nmap(['-sU', ...six, '-p', ports, lab.there[family]])
    // The echo server answers what we send; to nmap's empty datagram, too.
    expect(states(found)).toEqual(theirs)
    expect(found.open.map(({ port }) => port)).toEqual(openUdp)
  })
})

describe('scan and the kernel', () => {
  test('ten thousand ports', async () => {
    const found = await ours(lab.there.ipv4, '50000-60000')
    const expected = openTcp.filter((port) => port >= 50000 && port <= 60000).sort((a, b) => a - b)
    expect(found.open.map(({ port }) => port)).toEqual(expected)
    expect(found.hosts[0]!.notShown).toMatchObject([{ state: 'closed', count: 10001 - expected.length }])
  })

  test('a network: who is there, and what is open', async () => {
    const network = lab.there.ipv4.replace(/\d+$/, '0/29')
    const found = await ours(network, openTcp.join())
    expect(found.hosts.map(({ address, reason }) => [address, reason])).toEqual([
      [lab.here.ipv4, 'localhost-response'],
      [lab.there.ipv4, 'arp-response'],
    ])
    expect(found.open.every(({ address }) => address === lab.there.ipv4)).toBe(true)
    expect(found.open).toHaveLength(openTcp.length)
  })

  test('behind a router: those present answer, an unreachable one is down', async () => {
    const found = await scan([lab.beyond.unreachable, lab.beyond.silent, lab.there.ipv4], {
      netns,
      discover: true,
      ports: 'none',
    })
    expect(found.up.map(({ address }) => address)).toEqual([lab.there.ipv4])
    expect(found.down).toBe(2)
  })

  test('`arping` and `scan lan` find the neighbour, and the same MAC address', async () => {
    const stations = await arping(lab.there.ipv4.replace(/\d+$/, '0/28'), { netns, iface: lab.here.interfaceName })
    expect(stations.stations).toMatchObject([{ address: lab.there.ipv4, mac: lab.there.mac }])
    const ipv6 = await arping(lab.there.ipv6, { netns })
    expect(ipv6.stations).toMatchObject([{ address: lab.there.ipv6, mac: lab.there.mac }])
    const lan = await scan('lan', { netns, iface: lab.here.interfaceName })
    expect(lan.up.map(({ address, mac }) => [address, mac])).toEqual([[lab.there.ipv4, lab.there.mac]])
    await expect(arping(lab.beyond.silent, { netns })).rejects.toThrow(/is behind the router/)
  })

  test('`arping` of a network leaves out this machine and the broadcast address', async () => {
    const network = `${lab.there.ipv4.replace(/\d+$/, '0')}/24`
    const result = await arping(network, { netns, timeout: 0.2, retry: 0 })
    expect(result.stations.map(({ address }) => address)).toEqual([lab.there.ipv4])
    expect(result.silent).not.toContain(lab.here.ipv4)
    await expect(arping(lab.here.ipv4, { netns })).rejects.toThrow('there is nobody to ask')
  })

  test('interrupted in the middle, results are kept', async () => {
    const task = ours(lab.there.ipv4, `1-60000,${openTcp.join()}`, { rate: 20_000 })
    task.onProgress(({ done = 0 }) => {
      if (done > 2000) task.interrupt()
    })
    const found = await task
    const [host] = found.hosts
    expect(found.interrupted).toBe(true)
    expect(host!.unfinished).toBeGreaterThan(0)
    expect(host!.notShown.find(({ state }) => state === 'closed')!.count).toBeGreaterThan(1000)
  })

  test('the XML is valid by the DTD of nmap, and ndiff finds nothing but what it must', async () => {
    const ports = `1-200,2000-2002,${openTcp.join()}`
    const files = { ours: join(lab.folder, 'ours.xml'), theirs: join(lab.folder, 'theirs.xml') }
    await ours(lab.there.ipv4, ports, { xml: files.ours })
    await must(['xmllint', '--noout', '--dtdvalid', '/usr/share/nmap/nmap.dtd', files.ours])
    const stdout = await must([
      'ip',
      'netns',
      'exec',
      netns,
      'nmap',
      '-n',
      '-Pn',
      '-p',
      ports,
      lab.there.ipv4,
      '-oX',
      '-',
    ])
    // Names of services are from other tables; all else must agree.
    const unnamed = (xml: string): string => xml.replace(/<service [^>]*>/g, '')
    writeFileSync(files.theirs, unnamed(stdout))
    writeFileSync(files.ours, unnamed(readFileSync(files.ours, 'utf8')))
    const difference = await lab.exec('here', ['ndiff', files.theirs, files.ours])
    expect(difference.stdout.split('\n').filter((line) => /^[-+]/.test(line))).toEqual([
      expect.stringMatching(/^-Nmap .* as: nmap /),
      expect.stringMatching(/^\+Nmap .* as: netshell scan /),
    ])
  })

  test('without rights: connections, by a user who has none', async () => {
    const source = `import { scan } from './src/tools/scan/index.js'
      console.log(JSON.stringify(await scan(process.argv[2], { ports: process.argv[3] })))`
    const outfile = await bundleSource(lab.folder, source)
    const program = readFileSync(outfile, 'utf8')
    const result = await lab.exec(
      'here',
      [
        ...[
          'setpriv',
          '--reuid',
          '65534',
          '--regid',
          '65534',
          '--clear-groups',
          '--inh-caps=-all',
          '--bounding-set=-all',
        ],
        ...[process.execPath, '--input-type=module', '-', lab.there.ipv4, `1-100,2001,${openTcp.join()}`],
      ],
      {
        input: program,
        timeout: 20_000,
        environment: { NODE_PATH: MODULES },
      },
    )
    expect(result.stderr).toBe('')
    const found = JSON.parse(result.stdout)
    expect(found.types).toEqual(['connect'])
    expect(found.hosts[0].ports.map(({ port, state }: { port: number; state: string }) => [port, state])).toEqual(
      [...openTcp.map((port) => [port, 'open']), [2001, 'filtered']].sort((a, b) => Number(a[0]) - Number(b[0])),
    )
  })
})

test('a host that holds back ICMP errors: closed ports are found to be closed all the same', async () => {
  const limited = await openLab({ limitIcmpErrors: true })
  try {
    const { port } = await limited.udpListener()
    const ports = `3000-3010,${port}`
    const found = await scan(limited.there.ipv4, { netns: limited.here.namespace, ports, type: 'udp' })
    expect(Object.fromEntries(found.hosts[0]!.ports.map((each) => [each.port, each.state]))).toEqual({
      ...Object.fromEntries(Array.from({ length: 11 }, (_, i) => [3000 + i, 'closed'])),
      [port]: 'open',
    })
  } finally {
    await limited.close()
  }
}, 60_000)
