/** A small network in memory for scans: hosts that answer by rules of the test, without the code of the product's own. */
import { ARP, Ether, ICMP, IP, TCP, UDP } from '../../src/layers/index.js'
import { type MemoryLink, type MemoryLinkOptions, memoryLinkPair } from '../../src/link/index.js'
import { type AnyPacket, type Packet, stack } from '../../src/packet/index.js'
import { onFrames } from '../link/on-frames.js'

export const OWN = '10.0.0.1'
/** What a port does: `[3, 13]` sends an ICMP error of this type and code. */
export type Manner = 'open' | 'closed' | 'silent' | readonly [type: number, code: number]

export interface ResponderOptions {
  /** Addresses that are there. */
  hosts: readonly string[]
  tcp?: (port: number, host: string) => Manner
  udp?: (port: number, host: string) => Manner
  left?: MemoryLinkOptions
  /** MAC addresses of a host; two make a duplicate. */
  macs?: (host: string) => string[]
}

export interface Responder {
  link: MemoryLink
  /** TCP and UDP probes that arrived, by `host:port`. */
  seen: Map<string, number>
  close(): void
}

const macOf = (host: string) => `02:00:00:00:01:${Number(host.split('.')[3]).toString(16).padStart(2, '0')}`

/** Builds the network; its left end is `link`, with address 10.0.0.1/24. */
export function responder(options: ResponderOptions): Responder {
  const { hosts, tcp = () => 'closed', udp = () => 'closed', macs = (host) => [macOf(host)] } = options
  const [left, right] = memoryLinkPair(
    { addresses: { ipv4: [{ address: OWN, prefix: 24 }] }, ...options.left },
    { addresses: { mac: '02:00:00:00:00:02' } },
  )
  const seen = new Map<string, number>()
  const answer = (frame: AnyPacket): Packet[] => {
    const arp = frame.get(ARP)
    const ether = frame.get(Ether) as AnyPacket
    if (ether.src !== left.addresses.mac) return []
    if (arp !== undefined) {
      const host = arp.pdst as string
      if (arp.op !== 1 || !hosts.includes(host)) return []
      return macs(host).map((mac) =>
        stack(
          Ether({ src: mac, dst: ether.src as string }),
          ARP({ op: 2, hwsrc: mac, psrc: host, hwdst: ether.src as string, pdst: OWN }),
        ),
      )
    }
    const ip = frame.get(IP)
    if (ip === undefined || !hosts.includes(ip.dst)) return []
    const host = ip.dst
    const back = (payload: Packet, ttl = 64): Packet[] => [
      stack(Ether({ src: macs(host)[0]!, dst: ether.src as string }), IP({ src: host, dst: OWN, ttl }), payload),
    ]
    const segment = frame.get(TCP)
    const datagram = frame.get(UDP)
    const icmp = frame.get(ICMP)
    if (icmp?.type === 8) return back(stack(ICMP({ type: 0, id: icmp.id, seq: icmp.seq }), icmp.payload ?? ''))
    const port = segment?.dport ?? datagram?.dport
    if (port === undefined) return []
    seen.set(`${host}:${port}`, (seen.get(`${host}:${port}`) ?? 0) + 1)
    const manner = (segment === undefined ? udp : tcp)(port, host)
    if (manner === 'silent') return []
    if (typeof manner === 'object') {
      const [type, code] = manner
      return back(stack(ICMP({ type, code }), ip.bytes().slice(0, 28)))
    }
    if (segment !== undefined) {
      const { sport, seq } = segment as unknown as { sport: number; seq: number }
      const common = { sport: port, dport: sport, ack: (seq + 1) >>> 0 }
      return back(TCP(manner === 'open' ? { ...common, flags: 'SA', seq: 77 } : { ...common, flags: 'RA' }), 57)
    }
    const sport = datagram!.sport
    if (manner === 'open') return back(stack(UDP({ sport: port, dport: sport }), 'here'))
    return back(stack(ICMP({ type: 3, code: 3 }), ip.bytes().slice(0, 28)))
  }
  onFrames(right, answer)
  return {
    link: left,
    seen,
    close: () => {
      left.close()
      right.close()
    },
  }
}
