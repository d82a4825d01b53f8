import type { Packet } from '../packet/index.js'

/** Who talks with whom in a packet: by addresses, protocol and ports. */
export interface Endpoints {
  /** Innermost layer that tells them apart: `TCP`, `UDP`, `ICMP`, `IP`, `ARP`, `Ether` … */
  protocol: string
  source: string
  destination: string
}

/** All packets between two endpoints, both directions. `a` is who sent the first one. */
export interface Conversation {
  protocol: string
  /** Address, with the port where there is one: `10.0.0.1:443`, `[fe80::1]:53`. */
  a: string
  b: string
  packets: number
  /** Bytes on the wire. */
  bytes: number
  packetsAToB: number
  bytesAToB: number
  packetsBToA: number
  bytesBToA: number
  /** Time of the first packet, seconds since 1970; undefined where there is none. */
  start: number | undefined
  /** Seconds from the first packet to the last. */
  duration: number
}

const TRANSPORTS = ['TCP', 'UDP', 'SCTP'] as const
const OTHERS = ['ICMP', 'ICMPv6'] as const

interface Fields {
  src?: unknown
  dst?: unknown
  psrc?: unknown
  pdst?: unknown
  sport?: unknown
  dport?: unknown
  proto?: unknown
}

/** The endpoints of a packet. Of tunnels, the outer addresses count with the first transport inside. */
export function endpointsOf(packet: Packet): Endpoints {
  const version6 = packet.get('IPv6') as Fields | undefined
  const version4 = packet.get('IP') as Fields | undefined
  const network = (packet.layerName === 'IPv6' || version4 === undefined ? version6 : version4) as Fields | undefined
  if (network === undefined) return linkEndpoints(packet)
  const from = String(network.src)
  const to = String(network.dst)
  for (const name of TRANSPORTS) {
    const transport = packet.get(name) as Fields | undefined
    if (transport !== undefined) {
      return { protocol: name, source: withPort(from, transport.sport), destination: withPort(to, transport.dport) }
    }
  }
  const other = OTHERS.find((name) => packet.has(name))
  return { protocol: other ?? (network === version6 ? 'IPv6' : 'IP'), source: from, destination: to }
}

function linkEndpoints(packet: Packet): Endpoints {
  const arp = packet.get('ARP') as Fields | undefined
  if (arp !== undefined) return { protocol: 'ARP', source: String(arp.psrc), destination: String(arp.pdst) }
  const ether = packet.get('Ether') as Fields | undefined
  if (ether !== undefined) return { protocol: 'Ether', source: String(ether.src), destination: String(ether.dst) }
  return { protocol: packet.layerName, source: '', destination: '' }
}

function withPort(address: string, port: unknown): string {
  return address.includes(':') ? `[${address}]:${String(port)}` : `${address}:${String(port)}`
}

/** Groups packets: the conversations in the order they begin, and the positions of the packets of each. */
export function groupConversations(packets: Iterable<Packet>): { conversation: Conversation; positions: number[] }[] {
  const groups = new Map<string, { conversation: Conversation; positions: number[] }>()
  let position = 0
  for (const packet of packets) {
    const { protocol, source, destination } = endpointsOf(packet)
    const key = source < destination ? `${protocol} ${source} ${destination}` : `${protocol} ${destination} ${source}`
    let group = groups.get(key)
    if (group === undefined) {
      group = { conversation: newConversation(protocol, source, destination, packet.time), positions: [] }
      groups.set(key, group)
    }
    const { conversation } = group
    const length = packet._meta?.originalLength ?? packet.bytes().length
    conversation.packets++
    conversation.bytes += length
    if (source === conversation.a) {
      conversation.packetsAToB++
      conversation.bytesAToB += length
    } else {
      conversation.packetsBToA++
      conversation.bytesBToA += length
    }
    if (packet.time !== undefined && conversation.start !== undefined) {
      conversation.duration = Math.max(conversation.duration, packet.time - conversation.start)
    }
    group.positions.push(position++)
  }
  return [...groups.values()]
}

function newConversation(protocol: string, a: string, b: string, start: number | undefined): Conversation {
  return {
    protocol,
    a,
    b,
    packets: 0,
    bytes: 0,
    packetsAToB: 0,
    bytesAToB: 0,
    packetsBToA: 0,
    bytesBToA: 0,
    start,
    duration: 0,
  }
}
