/**
 * Every command of the wire once on the practice network. Run by without-root.test.ts as a process without rights and
 * without a network; prints one line of JSON a command: its name and what it found, or how it failed.
 */
import {
  bg,
  fragment,
  rdpcap,
  send,
  sendp,
  sniff,
  sr,
  sr1,
  srloop,
  srp,
  srp1,
  wrpcap,
} from '../../src/exchange/index.js'
import { ARP, Ether, ICMP, ICMPv6EchoRequest, IP, IPv6, TCP, UDP } from '../../src/layers/index.js'
import { stack } from '../../src/packet/index.js'
import { arping } from '../../src/tools/arping/index.js'
import { dhcpDiscover } from '../../src/tools/dhcp/index.js'
import { dns } from '../../src/tools/dns/index.js'
import { mtu } from '../../src/tools/mtu/index.js'
import { openvpnProbe } from '../../src/tools/openvpn/index.js'
import { ping } from '../../src/tools/ping/index.js'
import { practiceNetwork } from '../../src/tools/practice-network/index.js'
import { replay } from '../../src/tools/replay/index.js'
import { scan } from '../../src/tools/scan/index.js'
import { traceroute } from '../../src/tools/traceroute/index.js'

const net = practiceNetwork({
  hosts: [{ name: 'lossy', loss: 0 }],
  routers: [
    { name: 'core', delay: 0 },
    { name: 'labels', delay: 0 },
  ],
})
const { link } = net
const quiet = { link, quiet: true }

/** What each command is asked to do. */
const work: Record<string, () => unknown> = {
  send: () => send(stack(IP({ dst: '10.0.0.2' }), UDP({ dport: 7 }), 'x'), quiet),
  sendp: () => sendp(stack(Ether(), IP({ dst: '10.0.0.2' }), ICMP()), quiet),
  sr1: async () => (await sr1(stack(IP({ dst: '10.0.0.2' }), ICMP()), quiet))?.summary(),
  srp1: async () =>
    (await srp1(stack(Ether({ dst: 'ff:ff:ff:ff:ff:ff' }), ARP({ pdst: '10.0.0.2' })), quiet))?.summary(),
  sr: async () => {
    const { answered } = await sr(stack(IP({ dst: '10.0.0.2' }), TCP({ sport: 4000, dport: [22, 81] })), quiet)
    return answered.map(({ answer }) => answer.get(TCP)!.flags)
  },
  srp: async () => {
    const frames = stack(Ether({ dst: '33:33:00:00:00:01' }), IPv6({ dst: 'ff02::1' }), ICMPv6EchoRequest({ id: 1 }))
    return (await srp(frames, { ...quiet, multi: true, timeout: 0.2 })).answered.length
  },
  sniff: async () => {
    const started = () => void send(stack(IP({ dst: '10.0.0.2' }), ICMP()), quiet)
    const packets = await sniff({ ...quiet, filter: 'icmp', count: 2, started })
    return [...packets].map((packet) => packet.summary())
  },
  bg: async () => {
    const job = bg(sniff({ ...quiet, filter: 'icmp' }))
    await sr1(stack(IP({ dst: '10.0.0.2' }), ICMP({ seq: 3 })), quiet)
    return (await job.stop())?.length
  },
  srloop: async () =>
    (await srloop(stack(IP({ dst: '10.0.0.2' }), ICMP()), { ...quiet, count: 3, inter: 0.01 })).answered.length,
  fragments: async () => {
    const parts = fragment(stack(IP({ src: '10.0.0.1', dst: '10.0.0.2' }), ICMP({ id: 9 }), 'x'.repeat(3000)))
    const { answered } = await sr([...parts], { ...quiet, timeout: 0.2 })
    return [parts.length, answered.length]
  },
  ping: async () => (await ping(['10.0.0.2', 'fd00:11::10'], { link, count: 3, inter: 0.01 })).toJSON(),
  traceroute: async () => (await traceroute('10.1.0.10', { link })).toJSON(),
  mtu: async () => (await mtu('10.2.0.10', { link })).toJSON(),
  arping: async () => (await arping('10.0.0.0/29', { ...quiet, timeout: 0.2 })).toJSON(),
  scan: async () => (await scan('10.0.0.2', { link, ports: '1-200' })).toJSON(),
  'scan of UDP': async () => (await scan('fd00:10::2', { link, ports: '7,8,53', udp: true })).toJSON(),
  dns: async () => (await dns('www.example', { link, server: '10.0.0.2' })).toJSON(),
  'dhcp discover': async () => (await dhcpDiscover({ link, first: true })).toJSON(),
  'openvpn probe': async () => (await openvpnProbe('10.0.0.2', { link })).toJSON(),
  replay: async () => {
    const file = `${process.argv[2]}/replayed.pcap`
    await wrpcap(file, [
      stack(
        Ether({ src: '02:00:0a:00:00:01', dst: '02:00:0a:00:00:02' }),
        IP({ src: '10.0.0.1', dst: '10.0.0.2' }),
        ICMP(),
      ),
    ])
    const before = net.stats.sent
    const result = await replay(file, { link })
    return { packets: (await rdpcap(file)).length, answers: net.stats.sent - before, ...(result.toJSON() as object) }
  },
}

console.log(
  JSON.stringify({
    name: 'rights',
    found: { uid: process.getuid?.(), interfaces: (await import('node:os')).networkInterfaces() },
  }),
)
for (const [name, run] of Object.entries(work)) {
  try {
    console.log(JSON.stringify({ name, found: await run() }))
  } catch (error) {
    console.log(JSON.stringify({ name, failed: String(error) }))
  }
}
// The network stays open: it must not keep the process alive.
