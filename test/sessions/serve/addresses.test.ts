/** The addresses that are told, in network namespaces with routes of their own; the judge is `ip route get`. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { ServedUrl } from '../../../src/sessions/serve/addresses.js'
import { bundleSource } from '../../lab/bundle.js'
import { type Lab, openLab } from '../../lab/lab.js'

let lab: Lab
let program: string

beforeAll(async () => {
  lab = await openLab()
  program = await bundleSource(
    lab.folder,
    `import { servedUrls } from './src/sessions/serve/addresses.js'
    const [host, tls] = process.argv.slice(2)
    console.log(JSON.stringify(await servedUrls({ host, port: 8000, tls: tls === 'tls', path: '/a%20b.txt' })))`,
  )
  // A second way out, at which nothing is: packets that were sent there would be seen.
  await ip('link', 'add', 'other', 'type', 'veth', 'peer', 'name', 'other-end')
  await ip('address', 'add', '172.20.0.5/16', 'dev', 'other')
  await ip('-6', 'address', 'add', 'fd00:20::5/64', 'dev', 'other', 'nodad')
  await ip('link', 'set', 'other', 'up')
  await ip('link', 'set', 'other-end', 'up')
}, 60_000)
afterAll(() => lab.close())
beforeEach(async () => {
  for (const family of ['-4', '-6'])
    for (let i = 0; i < 5; i++) await lab.exec('here', ['ip', family, 'route', 'del', 'default'])
  for (const net of ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24'])
    await lab.exec('here', ['ip', 'route', 'del', net])
})

async function ip(...words: string[]): Promise<string> {
  const { status, stdout, stderr } = await lab.exec('here', ['ip', ...words])
  if (status !== 0) throw new Error(`ip ${words.join(' ')}: ${stderr}`)
  return stdout
}

async function urls(host = '::', tls = ''): Promise<ServedUrl[]> {
  const { stdout, stderr } = await lab.exec('here', [process.execPath, program, host, tls])
  if (stdout === '') throw new Error(stderr)
  return JSON.parse(stdout) as ServedUrl[]
}

/** What the system says that it would send from. */
async function source(to: string): Promise<string> {
  return / src (\S+)/.exec(await ip('route', 'get', to))![1]!
}

const main = async (): Promise<string | undefined> => (await urls()).find(({ isMain }) => isMain)?.url

test('the main address is that of the way to the world', async () => {
  await ip('route', 'add', 'default', 'dev', 'other')
  expect(await source('8.8.8.8')).toBe('172.20.0.5')
  expect(await main()).toBe('http://172.20.0.5:8000/a%20b.txt')
  await ip('route', 'replace', 'default', 'via', lab.there.ipv4)
  expect(await source('8.8.8.8')).toBe(lab.here.ipv4)
  expect(await main()).toBe(`http://${lab.here.ipv4}:8000/a%20b.txt`)
})

test('of two ways the one that leads to two of the three places is taken, wherever the third one goes', async () => {
  await ip('route', 'add', 'default', 'via', lab.there.ipv4)
  for (const net of ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24']) {
    await ip('route', 'add', net, 'dev', 'other')
    expect(await main(), net).toBe(`http://${lab.here.ipv4}:8000/a%20b.txt`)
    await ip('route', 'del', net)
  }
})

test('all addresses are there with their interfaces: the main one first, those of this machine alone last', async () => {
  await ip('route', 'add', 'default', 'dev', 'other')
  const all = await urls()
  expect(all.map(({ url, iface }) => `${url.replace(':8000/a%20b.txt', '')} ${iface}`)).toEqual([
    'http://172.20.0.5 other',
    `http://${lab.here.ipv4} ${lab.here.interfaceName}`,
    ...all.slice(2, 4).map(({ url, iface }) => `${url.replace(':8000/a%20b.txt', '')} ${iface}`),
    'http://127.0.0.1 lo',
    'http://[::1] lo',
  ])
  expect(
    all
      .slice(2, 4)
      .map(({ url }) => url)
      .sort(),
  ).toEqual([`http://[fd00:20::5]:8000/a%20b.txt`, `http://[${lab.here.ipv6}]:8000/a%20b.txt`].sort())
  expect(all.filter(({ isMain }) => isMain)).toHaveLength(1)
  // The system has more of them, which mean nothing to another machine.
  expect(await ip('address')).toContain('fe80:')
  expect(all.some(({ url }) => url.includes('fe80'))).toBe(false)
})

test('without a way to the world there is a main address all the same', async () => {
  expect([`http://${lab.here.ipv4}:8000/a%20b.txt`, 'http://172.20.0.5:8000/a%20b.txt']).toContain(await main())
})

test('where only IPv6 leads to the world, its address is the main one', async () => {
  await ip('-6', 'route', 'add', 'default', 'dev', 'other')
  expect(await source('2001:4860::1')).toBe('fd00:20::5')
  expect(await main()).toBe('http://[fd00:20::5]:8000/a%20b.txt')
})

test('a server of IPv4 alone has no addresses of IPv6, one of an address has that one', async () => {
  await ip('route', 'add', 'default', 'dev', 'other')
  const four = await urls('0.0.0.0')
  expect(four[0]!.url).toBe('http://172.20.0.5:8000/a%20b.txt')
  expect(four.some(({ url }) => url.includes('['))).toBe(false)
  expect(await urls(lab.here.ipv6, 'tls')).toEqual([
    { url: `https://[${lab.here.ipv6}]:8000/a%20b.txt`, iface: lab.here.interfaceName, isMain: true },
  ])
  expect(await urls('localhost')).toEqual([{ url: 'http://localhost:8000/a%20b.txt', isMain: true }])
})

test('no packet is sent to find out', async () => {
  await ip('route', 'add', 'default', 'via', lab.there.ipv4)
  const capture = await lab.capture('here', 'udp or icmp')
  await urls()
  // What the capture would have seen is seen: one packet that is really sent.
  await lab.exec('here', ['ping', '-c', '1', '-W', '5', lab.there.ipv4])
  await capture.waitForPackets(1)
  const seen = await lab.exec('here', ['tcpdump', '-nr', await capture.stop()])
  expect(seen.stdout).toContain('ICMP echo request')
  expect(seen.stdout).not.toContain('UDP')
})
