import { checksum, finish, formatIpv4, formatIpv6, sum } from '../../packet/index.js'

export const PROTOCOL = { icmp: 1, tcp: 6, udp: 17, fragment: 44, icmpv6: 58, none: 59 } as const

const HOP_BY_HOP = 0
const ROUTING = 43
const DESTINATION_OPTIONS = 60

/** Part of a packet: where it stands in the whole (bytes), and whether more follow. */
export interface FragmentPlace {
  readonly id: number
  readonly offset: number
  readonly more: boolean
  /** Byte of the IPv6 packet where the fragment header begins; 0 in IPv4. */
  readonly headerAt: number
}

/** RFC 8200 §4.2: the two highest bits of an option's type say what becomes of the packet. */
export interface UnknownOption {
  /** Byte of the packet where it stands. */
  readonly at: number
  /** Whether the sender is told: never, always, or unless it went to a group. */
  readonly told: 'never' | 'always' | 'unless-group'
}

/** An IP or IPv6 packet as a host takes it from the wire: checked as a kernel checks it, read from its bytes. */
export class Datagram {
  constructor(
    readonly family: 4 | 6,
    /** From its first header on, as long as that header says. */
    readonly bytes: Uint8Array,
    /** Of what the payload is, behind extension headers. */
    readonly protocol: number,
    /** Byte that says the protocol, for parameter problems. */
    readonly protocolAt: number,
    readonly payloadStart: number,
    readonly fragment: FragmentPlace | undefined,
    /** An IPv6 option that nobody here understands, and that is not to be passed over. */
    readonly unknownOption: UnknownOption | undefined = undefined,
  ) {}

  get source(): string {
    return this.family === 4 ? formatIpv4(u32(this.bytes, 12)) : formatIpv6(this.bytes, 8)
  }

  get destination(): string {
    return this.family === 4 ? formatIpv4(u32(this.bytes, 16)) : formatIpv6(this.bytes, 24)
  }

  /** Hops that it may still make. */
  get ttl(): number {
    return this.bytes[this.family === 4 ? 8 : 7]!
  }

  /** TOS byte or traffic class. */
  get trafficClass(): number {
    return this.family === 4 ? this.bytes[1]! : ((this.bytes[0]! & 15) << 4) | (this.bytes[1]! >>> 4)
  }

  /** Whether routers may cut it: IPv4 without DF. */
  get mayBeFragmented(): boolean {
    return this.family === 4 && (this.bytes[6]! & 0x40) === 0
  }

  /** To more than one station. */
  get isMulticast(): boolean {
    return this.family === 4 ? this.bytes[16]! >= 224 : this.bytes[24] === 255
  }

  /** IPv6 addresses that do not leave their link. RFC 4291 §2.5.6. */
  get isLinkLocal(): boolean {
    return this.family === 6 && (isLinkLocalAt(this.bytes, 8) || isLinkLocalAt(this.bytes, 24))
  }

  /** Whether the transport checksum is right: over the payload and the pseudo-header. RFC 9293 §3.1, RFC 8200 §8.1. */
  get isPayloadIntact(): boolean {
    const { bytes, payloadStart, protocol, family } = this
    const length = bytes.length - payloadStart
    const addresses = family === 4 ? sum(bytes, 12, 20) : sum(bytes, 8, 40)
    const pseudo = addresses + protocol + (length & 0xffff) + (length >>> 16)
    return finish(sum(bytes, payloadStart, bytes.length, pseudo)) === 0
  }

  /** A copy as it looks after some hops. */
  after(hops: number): Uint8Array {
    const copy = this.bytes.slice()
    if (hops === 0) return copy
    copy[this.family === 4 ? 8 : 7] = this.ttl - hops
    if (this.family === 4) {
      copy[10] = copy[11] = 0
      const fresh = checksum(copy, 0, (copy[0]! & 15) * 4)
      copy[10] = fresh >>> 8
      copy[11] = fresh & 255
    }
    return copy
  }
}

/**
 * The packet that begins at `start`; undefined for what a kernel drops without a word: wrong version, lengths that do
 * not fit, a wrong header checksum, a chain of headers that ends too early.
 */
export function readDatagram(buffer: Uint8Array, start: number, family: 4 | 6): Datagram | undefined {
  return family === 4 ? readIpv4(buffer, start) : readIpv6(buffer, start)
}

function readIpv4(buffer: Uint8Array, start: number): Datagram | undefined {
  const available = buffer.length - start
  if (available < 20 || buffer[start]! >>> 4 !== 4) return undefined
  const headerLength = (buffer[start]! & 15) * 4
  const length = u16(buffer, start + 2)
  if (headerLength < 20 || length < headerLength || length > available) return undefined
  if (checksum(buffer, start, start + headerLength) !== 0) return undefined
  const bytes = buffer.subarray(start, start + length)
  const place = u16(bytes, 6)
  const fragment =
    (place & 0x3fff) === 0
      ? undefined
      : { id: u16(bytes, 4), offset: (place & 0x1fff) * 8, more: (place & 0x2000) !== 0, headerAt: 0 }
  return new Datagram(4, bytes, bytes[9]!, 9, headerLength, fragment)
}

function readIpv6(buffer: Uint8Array, start: number): Datagram | undefined {
  const available = buffer.length - start
  if (available < 40 || buffer[start]! >>> 4 !== 6) return undefined
  const length = 40 + u16(buffer, start + 4)
  if (length > available) return undefined
  const bytes = buffer.subarray(start, start + length)
  let at = 40
  let protocolAt = 6
  for (;;) {
    const protocol = bytes[protocolAt]!
    if (protocol === PROTOCOL.fragment) {
      if (at + 8 > length) return undefined
      const place = u16(bytes, at + 2)
      const fragment = { id: u32(bytes, at + 4), offset: place & 0xfff8, more: (place & 1) !== 0, headerAt: at }
      if (fragment.offset > 0 || fragment.more) return new Datagram(6, bytes, bytes[at]!, at, at + 8, fragment)
      // A fragment that is a whole packet by itself. RFC 6946.
      protocolAt = at
      at += 8
    } else if (protocol === HOP_BY_HOP || protocol === DESTINATION_OPTIONS || protocol === ROUTING) {
      if (at + 8 > length) return undefined
      const next = at + (bytes[at + 1]! + 1) * 8
      if (protocol !== ROUTING) {
        const unknownOption = findUnknownOption(bytes, at + 2, Math.min(next, length))
        if (unknownOption !== undefined) return new Datagram(6, bytes, bytes[at]!, at, next, undefined, unknownOption)
      }
      // With segments left this is not the last station, and hosts do not forward.
      if (next > length || (protocol === ROUTING && bytes[at + 3] !== 0)) return undefined
      protocolAt = at
      at = next
    } else return new Datagram(6, bytes, protocol, protocolAt, at, undefined)
  }
}

const PAD_1 = 0
const PAD_N = 1
const ROUTER_ALERT = 5
const JUMBO = 194

function findUnknownOption(bytes: Uint8Array, from: number, end: number): UnknownOption | undefined {
  for (let at = from; at < end; ) {
    const type = bytes[at]!
    if (type === PAD_1) {
      at++
      continue
    }
    const length = at + 1 < end ? bytes[at + 1]! : 0
    // Padding is for alignment: more of it, or a message in it, is no padding. RFC 4942 §2.1.9.5.
    if (type === PAD_N && (length > 5 || !isZero(bytes, at + 2, Math.min(at + 2 + length, end))))
      return { at, told: 'never' }
    const isKnown = type === PAD_N || type === ROUTER_ALERT || type === JUMBO
    if (!isKnown && type >= 0x40) return { at, told: type >= 0xc0 ? 'unless-group' : type >= 0x80 ? 'always' : 'never' }
    at += 2 + length
  }
  return undefined
}

function isZero(bytes: Uint8Array, from: number, end: number): boolean {
  for (let at = from; at < end; at++) if (bytes[at] !== 0) return false
  return true
}

function isLinkLocalAt(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0xfe && (bytes[at + 1]! & 0xc0) === 0x80
}

/** The 16 bits at `at`, big-endian. */
export function u16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!
}

/** The 32 bits at `at`, big-endian, as an unsigned number. */
export function u32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
}
