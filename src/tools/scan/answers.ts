/**
 * What a scan looks for in captured frames, read from the bytes without an object for each: of ten thousand ports, most
 * answer with a reset of 60 bytes.
 */
import { networkStart } from '../../exchange/index.js'
import { formatIpv4, formatIpv6 } from '../../packet/index.js'

/** What a frame may be to a scan. */
export const NOTHING = 0
export const TCP_SEGMENT = 1
export const UDP_DATAGRAM = 2
export const ICMP_ERROR = 3
export const ECHO_REPLY = 4

const ICMP = 1
const TCP = 6
const UDP = 17
const ICMPV6 = 58
/** IPv6 extension headers whose length is in units of 8 bytes behind the first 8: hop-by-hop, routing, destination options. RFC 8200 §4. */
const EXTENSIONS = new Set([0, 43, 60])
const FRAGMENT = 44
/** One captured frame, as far as a scan reads it; used again for the next one. */
export class AnswerReader {
  kind = NOTHING
  family: 4 | 6 = 4
  /** Where the source address is; for an ICMP error, where the destination of the quoted packet is. */
  addressAt = 0
  /** Where the source address of the packet itself is. */
  sourceAt = 0
  ttl = 0
  /** Of the transport header; for an ICMP error of the quoted one. */
  sport = 0
  dport = 0
  /** Protocol of the quoted packet: 6 or 17. */
  protocol = 0
  /** Of the quoted segment. */
  sequence = 0
  acknowledgement = 0
  /** TCP flags: 0x02 SYN, 0x04 RST, 0x10 ACK. */
  flags = 0
  /** Of ICMP or ICMPv6. */
  type = 0
  code = 0
  /** Of an echo reply. */
  id = 0

  /** Reads `bytes[start, end)`; gives the kind. */
  read(bytes: Uint8Array, start: number, end: number, linkType: number): number {
    this.kind = NOTHING
    const network = networkStart(linkType, bytes, start, end)
    if (network < 0 || network + 20 > end) return NOTHING
    const version = bytes[network]! >>> 4
    const at = version === 4 ? this.ipv4(bytes, network, end) : version === 6 ? this.ipv6(bytes, network, end) : -1
    if (at < 0) return NOTHING
    this.addressAt = this.sourceAt
    if (this.protocol === TCP) this.tcp(bytes, at, end)
    else if (this.protocol === UDP) this.udp(bytes, at, end)
    else if (this.protocol === ICMP && this.family === 4) this.icmp(bytes, at, end)
    else if (this.protocol === ICMPV6 && this.family === 6) this.icmp(bytes, at, end)
    return this.kind
  }

  /** Where the payload begins, or -1. */
  private ipv4(bytes: Uint8Array, at: number, end: number): number {
    const length = (bytes[at]! & 15) * 4
    if (length < 20 || at + length > end) return -1
    // A later fragment has no transport header.
    if ((read16(bytes, at + 6) & 0x1fff) !== 0) return -1
    this.family = 4
    this.sourceAt = at + 12
    this.ttl = bytes[at + 8]!
    this.protocol = bytes[at + 9]!
    return at + length
  }

  private ipv6(bytes: Uint8Array, start: number, end: number): number {
    if (start + 40 > end) return -1
    this.family = 6
    this.sourceAt = start + 8
    this.ttl = bytes[start + 7]!
    let next = bytes[start + 6]!
    let at = start + 40
    for (let count = 0; count < 8; count++) {
      if (next !== FRAGMENT && !EXTENSIONS.has(next)) {
        this.protocol = next
        return at
      }
      if (at + 8 > end) return -1
      if (next === FRAGMENT && (read16(bytes, at + 2) & 0xfff8) !== 0) return -1
      const length = next === FRAGMENT ? 8 : 8 + bytes[at + 1]! * 8
      next = bytes[at]!
      at += length
    }
    return -1
  }

  private tcp(bytes: Uint8Array, at: number, end: number): void {
    if (at + 20 > end) return
    this.kind = TCP_SEGMENT
    this.sport = read16(bytes, at)
    this.dport = read16(bytes, at + 2)
    this.acknowledgement = read32(bytes, at + 8)
    this.flags = bytes[at + 13]!
  }

  private udp(bytes: Uint8Array, at: number, end: number): void {
    if (at + 8 > end) return
    this.kind = UDP_DATAGRAM
    this.sport = read16(bytes, at)
    this.dport = read16(bytes, at + 2)
  }

  private icmp(bytes: Uint8Array, at: number, end: number): void {
    if (at + 8 > end) return
    const { family, ttl, sourceAt } = this
    const type = bytes[at]!
    this.type = type
    this.code = bytes[at + 1]!
    if (type === (family === 4 ? 0 : 129)) {
      this.kind = ECHO_REPLY
      this.id = read16(bytes, at + 4)
      this.sequence = read16(bytes, at + 6)
      return
    }
    // Destination unreachable quotes what it is about: RFC 792, RFC 4443 §3.1.
    if (type !== (family === 4 ? 3 : 1)) return
    const quoted = at + 8
    if (quoted + (family === 4 ? 20 : 40) > end || bytes[quoted]! >>> 4 !== family) return
    const transport = family === 4 ? this.ipv4(bytes, quoted, end) : this.ipv6(bytes, quoted, end)
    this.ttl = ttl
    this.addressAt = quoted + (family === 4 ? 16 : 24)
    this.sourceAt = sourceAt
    if (transport < 0 || transport + 8 > end || (this.protocol !== TCP && this.protocol !== UDP)) return
    this.kind = ICMP_ERROR
    this.sport = read16(bytes, transport)
    this.dport = read16(bytes, transport + 2)
    this.sequence = read32(bytes, transport + 4)
  }
}

/** Canonical text of the address at this place. */
export function addressAt(bytes: Uint8Array, at: number, family: 4 | 6): string {
  return family === 4 ? formatIpv4(read32(bytes, at)) : formatIpv6(bytes, at)
}

function read16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!
}

function read32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
}
