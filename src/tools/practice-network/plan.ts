import { PacketError } from '../../packet/index.js'

/**
 * What listens on a port, or what a firewall does there. By name: `echo` sends back what comes, `greeting` says Bonjour,
 * `discard` takes and says nothing, `http` is a small web server, `dns` and `dhcp` and `openvpn` are what their names say;
 * `drop` gives no answer, `prohibited` answers with an ICMP error. Or what it says first and what it replies.
 */
export type PracticeService =
  | 'echo'
  | 'greeting'
  | 'discard'
  | 'http'
  | 'dns'
  | 'dhcp'
  | 'openvpn'
  | 'drop'
  | 'prohibited'
  | PracticeReply
  | { greeting?: string; reply?: PracticeReply }

/** Gives what is sent back for what came in; nothing for no answer. */
export type PracticeReply = (data: Uint8Array) => string | Uint8Array | undefined | null

/** What ports do that are not named. */
export type PracticeElse = 'closed' | 'drop' | 'prohibited'

/** A host of the practice network. Only its name and an address are needed. */
export interface PracticeHost {
  name: string
  ipv4?: string
  ipv6?: string
  /** Unset: made from its addresses. */
  mac?: string
  /** Name of the router that it is behind; unset: on the user's link. */
  behind?: string
  /** A few words for the map. */
  about?: string
  tcp?: Record<number, PracticeService>
  udp?: Record<number, PracticeService>
  /** Default `closed`: TCP answers with a reset, UDP with an ICMP error. */
  tcpElse?: PracticeElse
  udpElse?: PracticeElse
  /** Answers nothing but ARP and neighbour discovery; a silent router tells no errors. */
  silent?: boolean
  /** Answers pings. Default true. */
  echo?: boolean
  /** Seconds until its answers come; those of routers on the way are added. Default 0. */
  delay?: number
  /** Up to so many seconds are added at random. Default 0. */
  jitter?: number
  /** Part of the answers that is lost, 0..1; those of ARP and neighbour discovery arrive. Default 0. */
  loss?: number
  /** Part of the answers that comes twice, 0..1. Default 0. */
  duplicates?: number
  /** Most ICMP errors in a second, as systems limit them. Default: no limit. */
  errorRate?: number
}

/** A router: a host that other hosts and routers are behind. */
export interface PracticeRouter extends PracticeHost {
  /** Largest packet that it passes on to what is behind it, 1280..1500 bytes. Default 1500. */
  mtu?: number
  /** Says nothing about packets that are too large. */
  blackHole?: boolean
  /** MPLS labels that it shows in its ICMP errors (RFC 4950). */
  labels?: readonly number[]
}

/** Addresses that nobody has, and what is answered for them. */
export interface PracticeArea {
  /** `'10.4.0.0/16'` or `'fd00:40::/32'`. */
  network: string
  /** Name of the router that answers. */
  behind: string
  answer: 'network-unreachable' | 'host-unreachable' | 'prohibited' | 'silent'
}

export interface PracticeNetworkOptions {
  /** Hosts that are added to the usual ones; one of the same name changes that one. */
  hosts?: readonly PracticeHost[]
  routers?: readonly PracticeRouter[]
  areas?: readonly PracticeArea[]
  /** Only what is given here, nothing of the usual network. Default false. */
  only?: boolean
  /** More names for the name servers: `{'www.example': '10.0.0.2'}`, several addresses in a list. */
  names?: Record<string, string | readonly string[]>
  /** For losses, jitter and sequence numbers: the same seed gives the same series. Default 1. */
  seed?: number
}

/** A host or router with everything decided. */
export type StationPlan = Required<Omit<PracticeHost, 'ipv4' | 'ipv6' | 'behind' | 'tcp' | 'udp'>> &
  Required<Omit<PracticeRouter, keyof PracticeHost>> & {
    ipv4: string | undefined
    ipv6: string | undefined
    behind: string | undefined
    tcp: ReadonlyMap<number, PracticeService>
    udp: ReadonlyMap<number, PracticeService>
    isRouter: boolean
  }

/** A whole network with everything decided. */
export interface NetworkPlan {
  stations: readonly StationPlan[]
  areas: readonly PracticeArea[]
  names: Readonly<Record<string, readonly string[]>>
  seed: number
}

/** The error for a mistake in an option. */
export function planError(where: string, problem: string): PacketError {
  return new PacketError(`practiceNetwork: ${where} ${problem}`)
}
