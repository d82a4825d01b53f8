/**
 * The flow of a packet as a number, read straight from its bytes: the addresses, the protocol and the ports (of an echo its id
 * and number), the same for both directions. An ICMP error has the key of the packet that it quotes. Two flows may share a number,
 * so it finds candidates; whether one answers the other is for `answers` to say.
 */
import { isFragment } from './network-start.js'

/** Only dissection tells: fragments, extension headers, tunnels, what is answered from another port. */
export const UNKNOWN = -1
/** This packet is to a group, or no TCP, UDP or echo, and no error about one: it answers none of them. */
export const FOREIGN = -2

const ICMP = 1
const TCP = 6
const UDP = 17
const ICMPV6 = 58
/** The port that is asked; another answers. */
const TFTP = 69
const ICMP_ERRORS = new Set([3, 4, 5, 11, 12])
/** Headers that may stand before one that we know. RFC 8200 §4; 135 is mobility. */
const EXTENSIONS = new Set([0, 43, 44, 51, 60, 135])

/** The key of the IPv4 or IPv6 packet in `bytes[start, end)`, 0 to 2^32 - 1; {@link UNKNOWN} or {@link FOREIGN}. */
export function flowKey(bytes: Uint8Array, start: number, end: number): number {
  return keyOf(bytes, start, end, false)
}

function keyOf(bytes: Uint8Array, start: number, end: number, quoted: boolean): number {
  const version = start < end ? bytes[start]! >>> 4 : 0
  if (version === 4) return keyOfIpv4(bytes, start, end, quoted)
  return version === 6 ? keyOfIpv6(bytes, start, end, quoted) : UNKNOWN
}

function keyOfIpv4(bytes: Uint8Array, start: number, end: number, quoted: boolean): number {
  const header = (bytes[start]! & 15) * 4
  if (header < 20 || start + header + 8 > end) return UNKNOWN
  // More fragments to come, or one that is not the first.
  if (!quoted && isFragment(bytes, start, end)) return UNKNOWN
  const source = word(bytes, start + 12)
  const target = word(bytes, start + 16)
  if (target >>> 28 >= 14) return FOREIGN
  const protocol = bytes[start + 9]!
  const next = start + header
  if (protocol === TCP || protocol === UDP) return keyOfPorts(source, target, protocol, word(bytes, next))
  if (protocol !== ICMP) return protocol === 4 || protocol === 41 || protocol === 47 ? UNKNOWN : FOREIGN
  const type = bytes[next]!
  if (type === 8 || type === 0) return mix(source, target, protocol, word(bytes, next + 4), true)
  if (ICMP_ERRORS.has(type)) return quoted ? UNKNOWN : keyOf(bytes, next + 8, end, true)
  return FOREIGN
}

function keyOfIpv6(bytes: Uint8Array, start: number, end: number, quoted: boolean): number {
  const next = start + 40
  if (bytes[start + 24] === 0xff) return FOREIGN
  if (next + 8 > end) return UNKNOWN
  const protocol = bytes[start + 6]!
  const source = folded(bytes, start + 8)
  const target = folded(bytes, start + 24)
  if (protocol === TCP || protocol === UDP) return keyOfPorts(source, target, protocol, word(bytes, next))
  if (protocol !== ICMPV6) return EXTENSIONS.has(protocol) || protocol === 4 || protocol === 41 ? UNKNOWN : FOREIGN
  const type = bytes[next]!
  if (type === 128 || type === 129) return mix(source, target, protocol, word(bytes, next + 4), true)
  if (type < 128) return quoted ? UNKNOWN : keyOf(bytes, next + 8, end, true)
  return FOREIGN
}

function keyOfPorts(source: number, target: number, protocol: number, ports: number): number {
  return protocol === UDP && (ports & 0xffff) === TFTP ? UNKNOWN : mix(source, target, protocol, ports)
}

/** @param together both halves of `ports` belong together (id and number); else they are the two ends' */
function mix(source: number, target: number, protocol: number, ports: number, together = false): number {
  const [near, far] = source < target ? [source, target] : [target, source]
  const ends = Math.imul(near, 0x9e3779b1) ^ Math.imul(far, 0x85ebca6b)
  const pair = together || (ports & 0xffff) < ports >>> 16 ? ports : (ports << 16) | (ports >>> 16)
  const all = Math.imul(ends ^ (ends >>> 15) ^ protocol, 0xc2b2ae35) ^ Math.imul(pair, 0x27d4eb2f)
  return (all ^ (all >>> 13)) >>> 0
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
}

function folded(bytes: Uint8Array, at: number): number {
  return (
    Math.imul(word(bytes, at), 0x01000193) ^
    Math.imul(word(bytes, at + 4), 0x5bd1e995) ^
    Math.imul(word(bytes, at + 8), 0x1b873593) ^
    word(bytes, at + 12)
  )
}
