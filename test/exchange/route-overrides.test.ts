import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { closeLinks, fragment, rdpcap, send, useKernelRoutes } from '../../src/exchange/index.js'
import { IP, IPv6, UDP } from '../../src/layers/index.js'
import { mtuTo, route } from '../../src/link/index.js'
import { type Packet, stack } from '../../src/packet/index.js'
import { type Lab, openLab } from '../lab/lab.js'

let lab: Lab
let netns: string
beforeAll(async () => {
  lab = await openLab()
  netns = lab.here.namespace
  useKernelRoutes()
})
afterEach(() => route.reset())
afterAll(async () => {
  closeLinks()
  await lab?.close()
})

/** Sends, and gives the frames that `there` saw of it. */
async function arrived(packets: Packet | Iterable<Packet>, filter: string, count: number): Promise<Packet[]> {
  const capture = await lab.capture('there', filter)
  await send(packets, { netns })
  await capture.waitForPackets(count)
  return [...(await rdpcap(await capture.stop()))]
}

const datagram = (dst: string, size = 10) =>
  stack(dst.includes(':') ? IPv6({ dst }) : IP({ dst }), UDP({ dport: 7007 }), 'x'.repeat(size))
const facts = (frame: Packet) => {
  const network = frame.payload as Packet & { src: string; dst: string }
  return { mac: (frame as Packet & { dst: string }).dst, src: network.src, dst: network.dst }
}

test('what is sent takes the way and the source of this session', async () => {
  const { here, there } = lab
  await expect(send(datagram('203.0.113.9'), { netns })).rejects.toThrow(/no route to 203\.0\.113\.9 \(unreachable\)/)
  route.add('203.0.113.0/24', { gateway: there.ipv4, netns })
  route.add('203.0.113.9', { gateway: there.ipv4, source: '198.51.100.77', netns })
  const frames = await arrived([datagram('203.0.113.8'), datagram('203.0.113.9')], 'udp port 7007', 2)
  expect(frames.map(facts)).toEqual([
    { mac: there.mac, src: here.ipv4, dst: '203.0.113.8' },
    { mac: there.mac, src: '198.51.100.77', dst: '203.0.113.9' },
  ])
})

test('IPv6, and IPv4 by an IPv6 next hop', async () => {
  const { here, there } = lab
  route.add('2001:db8:99::/48', { gateway: there.ipv6, netns })
  route.add('203.0.113.0/24', { gateway: there.ipv6, netns })
  const frames = await arrived([datagram('2001:db8:99::1'), datagram('203.0.113.8')], 'udp port 7007', 2)
  expect(frames.map(facts)).toEqual([
    { mac: there.mac, src: here.ipv6, dst: '2001:db8:99::1' },
    { mac: there.mac, src: here.ipv4, dst: '203.0.113.8' },
  ])
})

test('a packet that is too large says what to do, and that works', async () => {
  const { there } = lab
  await expect(send(datagram(there.ipv4, 4000), { netns })).rejects.toThrow(
    /^frame 0 has 4042 bytes, more than veth-here takes \(its MTU is 1500 bytes, 1514 with the link header\): fragment\(packet\) splits it, 'ip -n \S+ link set veth-here mtu N' raises the MTU$/,
  )
  route.add(there.ipv4, { mtu: 600, netns })
  const parts = fragment(
    stack(IP({ dst: there.ipv4, src: lab.here.ipv4 }), UDP({ dport: 7007 }), 'x'.repeat(4000)),
    mtuTo(there.ipv4, { netns }),
  )
  const frames = await arrived(parts, `src ${lab.here.ipv4} and udp`, parts.length)
  expect(Math.max(...frames.map((each) => each.bytes().length))).toBe(14 + 596)
})
