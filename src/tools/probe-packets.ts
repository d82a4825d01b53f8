import type { PathOptions } from '../exchange/index.js'
import { ICMP, ICMPv6EchoRequest, IP, IPv6, Raw, TCP, UDP } from '../layers/index.js'
import { type AnyPacket, stack } from '../packet/index.js'
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
  const { address: dst } = target
  const { ttl = 64, tos = 0, df = false, source, id = 1 } = fields
  const network =
    target.family === 4
      ? IP({ dst, ttl, tos, id, flags: df ? 'DF' : 0, src: source })
      : IPv6({ dst, hlim: ttl, tc: tos, src: source })
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

/** Source ports of probes: as many as fit above the ones that the kernel gives out of its own accord on most systems. */
const FIRST_PORT = 61_000
const PORTS = 4000

/** Number `number`, 0 or more, of the source ports of probes; they come round again after 4000. */
export function sourcePort(number: number): number {
  return FIRST_PORT + (number % PORTS)
}

/**
 * What a session listens for: answers of this protocol and port, and all of ICMP. The probes themselves pass too, whose
 * times are taken when they are seen leaving. Undefined on links in memory, which need none.
 * @param port undefined: ICMP alone
 */
export function answerFilter({ link }: PathOptions, protocol: string, port: number | undefined): string | undefined {
  if (link !== undefined) return undefined
  return `icmp or icmp6${port === undefined || protocol === 'icmp' ? '' : ` or ${protocol} port ${port}`}`
}

/** A whole number from `low` to `high`, both included. */
export function randomNumber(low: number, high: number): number {
  return low + Math.floor(Math.random() * (high - low + 1))
}
