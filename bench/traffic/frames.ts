/**
 * Frames as plain bytes, written without netshell's own engine on purpose: the capture is what the engine is measured
 * and tested against, so its lengths and checksums must not come from it.
 */

/** A machine on the generated network. */
export interface Host {
  mac: Uint8Array
  ipv4: Uint8Array
  ipv6: Uint8Array
  /** Hop limit of its packets when they pass the capture point. */
  hops: number
  /** Identification of its next IPv4 packet. */
  identification: number
  /** True when its frames arrive from the wire, where none is shorter than 60 bytes. */
  padded: boolean
}

/** Who talks to whom, and how the frames are framed. */
export interface Path {
  from: Host
  to: Host
  version: 4 | 6
  /** 802.1Q VLAN (1..4094), or 0 for an untagged frame. */
  vlan: number
  /** DSCP and ECN byte. */
  trafficClass: number
}

export const ETHERTYPE = { ipv4: 0x0800, arp: 0x0806, vlan: 0x8100, ipv6: 0x86dd } as const
export const PROTOCOL = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 } as const

const SHORTEST_FRAME = 60

/** The parts one after the other. */
export function concat(...parts: ArrayLike<number>[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    result.set(part, at)
    at += part.length
  }
  return result
}

/** Big-endian 16 bits. */
export const u16 = (value: number): number[] => [(value >>> 8) & 255, value & 255]

/** Big-endian 32 bits. */
export const u32 = (value: number): number[] => [
  (value >>> 24) & 255,
  (value >>> 16) & 255,
  (value >>> 8) & 255,
  value & 255,
]

/** The Internet checksum (RFC 1071) over the parts, each of which but the last has an even length. */
export function internetChecksum(...parts: ArrayLike<number>[]): number {
  let sum = 0
  for (const part of parts) {
    for (let at = 0; at < part.length; at += 2) sum += (part[at]! << 8) | (at + 1 < part.length ? part[at + 1]! : 0)
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}

/** An Ethernet frame; padded with zeros to 60 bytes when it came from the wire. */
export function ethernet(path: Path, type: number, payload: Uint8Array, destination = path.to.mac): Uint8Array {
  const tag = path.vlan === 0 ? [] : [...u16(ETHERTYPE.vlan), ...u16(path.vlan)]
  const frame = concat(destination, path.from.mac, tag, u16(type), payload)
  return path.from.padded && frame.length < SHORTEST_FRAME
    ? concat(frame, new Uint8Array(SHORTEST_FRAME - frame.length))
    : frame
}

/** An IPv4 packet without options. */
export function ipv4(path: Path, protocol: number, payload: Uint8Array, fragmentable = false): Uint8Array {
  const { from, to } = path
  const identification = from.identification
  from.identification = (identification + 1) & 0xffff
  const header = concat(
    [0x45, path.trafficClass],
    u16(20 + payload.length),
    u16(identification),
    u16(fragmentable ? 0 : 0x4000),
    [from.hops, protocol, 0, 0],
    from.ipv4,
    to.ipv4,
  )
  header.set(u16(internetChecksum(header)), 10)
  return concat(header, payload)
}

/** An IPv6 packet without extension headers. */
export function ipv6(
  path: Path,
  nextHeader: number,
  payload: Uint8Array,
  hopLimit = path.from.hops,
  to = path.to.ipv6,
): Uint8Array {
  const start = 0x60000000 | (path.trafficClass << 20) | (flowLabel(path) & 0xfffff)
  return concat(u32(start), u16(payload.length), [nextHeader, hopLimit], path.from.ipv6, to, payload)
}

/** A frame around a TCP, UDP or ICMP message whose checksum is at `checksumAt`, zero until now. */
export function transport(
  path: Path,
  protocol: number,
  message: Uint8Array,
  checksumAt: number,
  fragmentable = false,
): Uint8Array {
  const { from, to } = path
  const pseudoHeader =
    path.version === 4
      ? concat(from.ipv4, to.ipv4, [0, protocol], u16(message.length))
      : concat(from.ipv6, to.ipv6, u32(message.length), [0, 0, 0, protocol])
  const checksum = internetChecksum(pseudoHeader, message)
  message.set(u16(checksum === 0 && protocol === PROTOCOL.udp ? 0xffff : checksum), checksumAt)
  return path.version === 4
    ? ethernet(path, ETHERTYPE.ipv4, ipv4(path, protocol, message, fragmentable))
    : ethernet(path, ETHERTYPE.ipv6, ipv6(path, protocol, message))
}

/** A frame around a UDP datagram (RFC 768). */
export function udp(path: Path, sourcePort: number, destinationPort: number, payload: Uint8Array): Uint8Array {
  const header = [...u16(sourcePort), ...u16(destinationPort), ...u16(8 + payload.length), 0, 0]
  return transport(path, PROTOCOL.udp, concat(header, payload), 6, true)
}

/** What a TCP segment says (RFC 9293). */
export interface Segment {
  sourcePort: number
  destinationPort: number
  sequence: number
  acknowledgement: number
  flags: number
  window: number
  /** Options, a multiple of 4 bytes. */
  options: number[]
  payload: Uint8Array
}

export const TCP_FLAG = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, ece: 64, cwr: 128 } as const

/** A frame around a TCP segment. */
export function tcp(path: Path, segment: Segment): Uint8Array {
  const header = [
    ...u16(segment.sourcePort),
    ...u16(segment.destinationPort),
    ...u32(segment.sequence),
    ...u32(segment.acknowledgement),
    (5 + segment.options.length / 4) << 4,
    segment.flags,
    ...u16(segment.window),
    0,
    0,
    0,
    0,
    ...segment.options,
  ]
  return transport(path, PROTOCOL.tcp, concat(header, segment.payload), 16)
}

/** A frame around an ICMP message (RFC 792); `body` follows type, code and checksum. */
export function icmp(path: Path, type: number, code: number, body: ArrayLike<number>): Uint8Array {
  const message = concat([type, code, 0, 0], body)
  message.set(u16(internetChecksum(message)), 2)
  return ethernet(path, ETHERTYPE.ipv4, ipv4(path, PROTOCOL.icmp, message, true))
}

/** The other direction of a path. */
export function reversed(path: Path): Path {
  return { ...path, from: path.to, to: path.from }
}

/** One label a flow direction, as hosts that follow RFC 6437 choose it. */
function flowLabel(path: Path): number {
  let label = 0
  for (let index = 8; index < 16; index++)
    label = Math.imul(label ^ path.from.ipv6[index]! ^ (path.to.ipv6[index]! << 8), 0x01000193)
  return label >>> 12
}
