import type { PathOptions } from '../exchange/index.js'
import { ICMP, ICMPv6EchoRequest, IP, IPv6, Raw, TCP, UDP } from '../layers/index.js'
import { findInterface, type Link, type RouteOptions, route } from '../link/index.js'
import { type AnyPacket, PacketError, stack } from '../packet/index.js'
import type { Target } from './targets.js'

/** What the tools set in the network header of a probe. */
export interface NetworkFields {
  /** Time to live, hop limit. Default 64. */
  ttl?: number
  /** Must not be fragmented (IPv4; IPv6 routers never do). */
  df?: boolean
  /** Type of service, traffic class: 8 bits. */
  tos?: number
  /** Source address; unset: that of the route. */
  source?: string
  /** IPv4 identification, 1..65535. */
  id?: number
}

/** What a probe asks. */
export type Question =
  | { protocol: 'icmp'; id: number; seq: number; data: Uint8Array }
  | { protocol: 'udp'; sport: number; dport: number; data: Uint8Array }
  | { protocol: 'tcp'; sport: number; dport: number; seq: number }

/** Bytes of the header behind IP that a probe begins with. */
export const HEADER_BYTES = { icmp: 8, udp: 8, tcp: 20 } as const

/** Bytes of the network header. */
export const networkHeaderBytes = (family: 4 | 6): number => (family === 4 ? 20 : 40)

/** A probe from IP or IPv6 on. */
export function probePacket(target: Target, fields: NetworkFields, question: Question): AnyPacket {
  const dst = addressOf(target)
  const { ttl = 64, tos = 0, df = false, source, id = 1 } = fields
  const src = source === undefined ? {} : { src: source }
  const network =
    target.family === 4
      ? IP({ dst, ttl, tos, id, flags: df ? 'DF' : 0, ...src })
      : IPv6({ dst, hlim: ttl, tc: tos, ...src })
  return stack(network, ...inner(target.family, question)) as AnyPacket
}

function inner(family: 4 | 6, question: Question): AnyPacket[] {
  switch (question.protocol) {
    case 'icmp': {
      const { id, seq, data } = question
      if (family === 6) return [ICMPv6EchoRequest({ id, seq, data }) as AnyPacket]
      return [ICMP({ id, seq }) as AnyPacket, ...load(data)]
    }
    case 'udp': {
      const { sport, dport, data } = question
      return [UDP({ sport, dport }) as AnyPacket, ...load(data)]
    }
    case 'tcp': {
      const { sport, dport, seq } = question
      return [TCP({ sport, dport, seq, flags: 'S', window: 64240, options: [['MSS', 1460]] }) as AnyPacket]
    }
  }
}

function load(data: Uint8Array): AnyPacket[] {
  return data.length === 0 ? [] : [Raw({ load: data }) as AnyPacket]
}

/** The address without the zone that an IPv6 address may have (`fe80::1%eth0`). RFC 4007 §11. */
export function addressOf({ address }: Target): string {
  return address.split('%')[0]!
}

/** The interface that a zone in one of the addresses names; undefined when there is none. @throws PacketError when they differ */
export function zoneOf(name: string, targets: readonly Target[]): string | undefined {
  const zones = new Set(
    targets.filter(({ address }) => address.includes('%')).map(({ address }) => address.split('%')[1]),
  )
  if (zones.size > 1)
    throw new PacketError(
      `${name}: the addresses are on different links (${[...zones].join(', ')}): take one link at a time`,
    )
  return [...zones][0]
}

/** Why nothing can be sent to a host; undefined when there is a route. */
export function whyNoRoute(target: Target, { iface, link, netns }: PathOptions): string | undefined {
  if (link !== undefined) return undefined
  const options: RouteOptions = {
    ...(iface === undefined ? {} : { interfaceName: iface }),
    ...(netns === undefined ? {} : { netns }),
  }
  const { type } = route(addressOf(target), options)
  return type === 'unreachable' || type === 'prohibit' || type === 'blackhole' ? `no route (${type})` : undefined
}

/** Largest packet in bytes, IP header included, that a link takes. */
export function linkMtu(link: Link): number {
  const mtu = link.addresses?.mtu ?? findInterface(link.name)?.mtu ?? 1500
  return Math.min(mtu, 65535)
}

/** A whole number from `low` to `high`, both included. */
export function randomNumber(low: number, high: number): number {
  return low + Math.floor(Math.random() * (high - low + 1))
}
