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

interface Fields {
  src?: unknown
  dst?: unknown
  psrc?: unknown
  pdst?: unknown
  sport?: unknown
  dport?: unknown
}

/** The endpoints of a packet, by its first IP layer and the first transport in it. What is inside that is not dissected. */
export function endpointsOf(packet: Packet): Endpoints {
  let network: (Packet & Fields) | null = null
  let link: (Packet & Fields) | null = null
  for (let layer: (Packet & Fields) | null = packet; layer !== null; layer = layer.payload) {
    const protocol = layer.layerName
    if (protocol === 'IP' || protocol === 'IPv6') network ??= layer
    else if (protocol === 'Ether') link ??= layer
    else if (protocol === 'ARP') return { protocol, source: String(layer.psrc), destination: String(layer.pdst) }
    else if (network === null) continue
    else if (protocol === 'TCP' || protocol === 'UDP' || protocol === 'SCTP') {
      const source = withPort(String(network.src), layer.sport)
      return { protocol, source, destination: withPort(String(network.dst), layer.dport) }
    } else if (protocol.startsWith('ICMP')) {
      return {
        protocol: layer.layerName === 'ICMP' ? 'ICMP' : 'ICMPv6',
        source: String(network.src),
        destination: String(network.dst),
      }
    }
  }
  const outer = network ?? link
  if (outer === null) return { protocol: packet.layerName, source: '', destination: '' }
  return { protocol: outer.layerName, source: String(outer.src), destination: String(outer.dst) }
}

/** The first transport in a packet, ICMP of either version included. */
export function transportOf(packet: Packet): 'TCP' | 'UDP' | 'ICMP' | 'Other' {
  for (let layer: Packet | null = packet; layer !== null; layer = layer.payload) {
    const name = layer.layerName
    if (name === 'TCP' || name === 'UDP') return name
    if (name.startsWith('ICMP')) return 'ICMP'
  }
  return 'Other'
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
