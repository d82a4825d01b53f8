import { formatIpv6, formatMac, parseIpv6, parseMac } from '../../packet/index.js'
import { FIRST_TTL } from './ip-packet.js'
import type { PracticeService, StationPlan } from './plan.js'

/** What happens to answers on their way back. */
export interface Way {
  /** Seconds, of all hops together. */
  readonly delay: number
  /** Seconds that are added at random, up to so many. */
  readonly jitter: number
  /** Part that is lost, 0..1. */
  readonly loss: number
  /** Part that comes twice, 0..1. */
  readonly duplicates: number
}

/** A host or router of the practice network: its addresses, its place, and what was planned for it. */
export class Station {
  readonly mac: string
  readonly macBytes: Uint8Array
  /** IPv6 address that is good on its link only. */
  readonly linkLocal: string
  /** Routers between the user's link and here, the nearest first. */
  readonly path: readonly Station[]
  /** The smallest MTU on the way here, bytes. */
  readonly pathMtu: number
  readonly way: Way

  constructor(
    readonly plan: StationPlan,
    readonly parent: Station | undefined,
    linkMtu: number,
  ) {
    this.mac = plan.mac
    this.macBytes = bytesOfMac(plan.mac)
    this.linkLocal = linkLocalOf(this.macBytes)
    this.path = parent === undefined ? [] : [...parent.path, parent]
    this.pathMtu = Math.min(linkMtu, ...this.path.map((router) => router.plan.mtu))
    const all = [...this.path.map((router) => router.plan), plan]
    this.way = {
      delay: all.reduce((total, { delay }) => total + delay, 0),
      jitter: all.reduce((total, { jitter }) => total + jitter, 0),
      loss: 1 - all.reduce((arriving, { loss }) => arriving * (1 - loss), 1),
      duplicates: plan.duplicates,
    }
  }

  get isRouter(): boolean {
    return this.plan.isRouter
  }

  /** Hops from the user: 1 on the same link. */
  get distance(): number {
    return this.path.length + 1
  }

  /** TTL that its packets have left when the user gets them. */
  get answerTtl(): number {
    return FIRST_TTL - this.path.length
  }

  owns(address: string): boolean {
    return address === this.plan.ipv4 || address === this.plan.ipv6 || address === this.linkLocal
  }

  /** The address that it speaks from to an address; undefined where it has none of that family. */
  sourceFor(family: 4 | 6, isLinkLocal = false): string | undefined {
    if (family === 4) return this.plan.ipv4
    return isLinkLocal ? this.linkLocal : this.plan.ipv6
  }
}

export function bytesOfMac(mac: string): Uint8Array {
  const bytes = new Uint8Array(6)
  let rest = parseMac(mac)
  for (let i = 5; i >= 0; i--) {
    bytes[i] = rest % 256
    rest = Math.floor(rest / 256)
  }
  return bytes
}

export function macOfBytes(bytes: Uint8Array, at = 0): string {
  let address = 0
  for (let i = 0; i < 6; i++) address = address * 256 + bytes[at + i]!
  return formatMac(address)
}

/** The link-local address that a host makes of its MAC address. RFC 4291 appendix A. */
function linkLocalOf(mac: Uint8Array): string {
  const bytes = new Uint8Array(16)
  bytes.set([0xfe, 0x80])
  bytes.set([mac[0]! ^ 2, mac[1]!, mac[2]!, 0xff, 0xfe, mac[3]!, mac[4]!, mac[5]!], 8)
  return formatIpv6(bytes)
}

/** The group that an address is asked for in: ff02::1:ff and its last three bytes. RFC 4291 §2.7.1. */
export function solicitedNode(address: string): string {
  const group = parseIpv6('ff02::1:ff00:0')!
  group.set(parseIpv6(address)!.subarray(13), 13)
  return formatIpv6(group)
}

/** The ports that something listens on, in order. */
export function openPorts(ports: ReadonlyMap<number, PracticeService>): number[] {
  return [...ports]
    .filter(([, service]) => service !== 'drop' && service !== 'prohibited')
    .map(([port]) => port)
    .sort((a, b) => a - b)
}
