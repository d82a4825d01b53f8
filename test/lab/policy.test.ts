/** Packets leave the way that the kernel would choose for them, policy rules included. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeLinks, send, sniff } from '../../src/exchange/index.js'
import { ICMP, IP } from '../../src/layers/index.js'
import { route } from '../../src/link/index.js'
import { stack } from '../../src/packet/index.js'
import { type Lab, openLab } from './lab.js'

let lab: Lab
let netns: string
const quiet = true

beforeAll(async () => {
  lab = await openLab()
  netns = lab.here.namespace
  const commands = [
    'link add veth-second address 02:00:00:00:02:01 type veth peer name veth-peer address 02:00:00:00:02:02',
    'link set veth-second up',
    'link set veth-peer up',
    'addr add 10.200.0.1/24 dev veth-second',
    'neigh add 10.200.0.254 lladdr 02:00:00:00:02:99 dev veth-second',
    'route add default via 10.200.0.254 dev veth-second table 77',
    'rule add from 10.200.0.1 lookup 77',
  ]
  for (const words of commands) {
    const result = await lab.exec('here', ['ip', ...words.split(' ')])
    if (result.status !== 0) throw new Error(`${words}: ${result.stderr}`)
  }
})

afterAll(async () => {
  route.reset()
  closeLinks()
  await lab.close()
})

/** Frames that leave by an interface while `work` runs. */
async function leaving(iface: string, work: () => Promise<unknown>): Promise<string[]> {
  let started: () => void = () => undefined
  const ready = new Promise<void>((resolve) => {
    started = resolve
  })
  const task = sniff({ iface, netns, quiet, filter: 'icmp', count: 1, timeout: 1, started })
  await ready
  await work()
  const list = await task
  return [...list].map((packet) => `${packet.get('Ether')?.dst} ${packet.get('IP')?.src}`)
}

test('a rule by source address is followed', async () => {
  const packet = stack(IP({ src: '10.200.0.1', dst: lab.beyond.distant }), ICMP())
  expect(await leaving('veth-second', () => send(packet, { netns, quiet }))).toEqual(['02:00:00:00:02:99 10.200.0.1'])
})

test('without that source, and with one that is not ours, the main table decides', async () => {
  for (const source of [{}, { src: '192.0.2.77' }]) {
    const packet = stack(IP({ ...source, dst: lab.beyond.distant }), ICMP())
    const [frame] = await leaving(lab.here.interfaceName, () => send(packet, { netns, quiet }))
    expect(frame).toBe(`${lab.there.mac} ${source.src ?? lab.here.ipv4}`)
  }
})

test('a route of this session beats the kernel, for the packet and its source', async () => {
  route.add('10.87.0.0/16', { gateway: '10.200.0.254', iface: 'veth-second', source: '10.200.0.1', netns })
  const packet = stack(IP({ dst: lab.beyond.distant }), ICMP())
  expect(await leaving('veth-second', () => send(packet, { netns, quiet }))).toEqual(['02:00:00:00:02:99 10.200.0.1'])
  route.reset()
  expect(await leaving(lab.here.interfaceName, () => send(packet, { netns, quiet }))).toHaveLength(1)
})
