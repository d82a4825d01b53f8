import type { PortProtocol } from './services.js'

/** How a scan asks. */
export type ScanType = 'syn' | 'connect' | 'udp'

/**
 * As nmap uses the words. `open`: something accepts connections or datagrams there. `closed`: the host says that nothing does.
 * `filtered`: no answer, or somebody on the way says that it is not let through. `open|filtered`: UDP, no answer: a service
 * that had nothing to say, or a filter.
 */
export type PortState = 'open' | 'closed' | 'filtered' | 'open|filtered'

/** What an outcome of a probe means. */
export interface Outcome {
  readonly state: PortState
  /** The word that nmap has for it: `'syn-ack'`, `'port-unreach'`, … */
  readonly reason: string
}

export const SYN_ACK = 1
export const RESET = 2
export const REFUSED = 3
export const UDP_RESPONSE = 4
const FIRST_ICMP = 16

/** Meaning of the codes of ICMP destination unreachable for a port of TCP. RFC 792, RFC 1812 §5.2.7.1. */
const ICMP_REASONS: Readonly<Record<number, string>> = {
  0: 'net-unreach',
  1: 'host-unreach',
  2: 'proto-unreach',
  3: 'port-unreach',
  9: 'net-prohibited',
  10: 'host-prohibited',
  13: 'admin-prohibited',
}
/** The same of ICMPv6. RFC 4443 §3.1. */
const ICMPV6_REASONS: Readonly<Record<number, string>> = {
  0: 'net-unreach',
  1: 'admin-prohibited',
  2: 'beyond-scope',
  3: 'host-unreach',
  4: 'port-unreach',
  5: 'failed-policy',
  6: 'reject-route',
}
const REASONS = [...new Set([...Object.values(ICMP_REASONS), ...Object.values(ICMPV6_REASONS)])]
const PORT_UNREACHABLE = REASONS.indexOf('port-unreach') + FIRST_ICMP

/** The outcome that an ICMP error means, or 0 when it means none. */
export function icmpOutcome(family: 4 | 6, code: number): number {
  const reason = (family === 4 ? ICMP_REASONS : ICMPV6_REASONS)[code]
  return reason === undefined ? 0 : FIRST_ICMP + REASONS.indexOf(reason)
}

/** Whether a kernel holds back answers of this kind when there are many. */
export function isHeldBack(code: number): boolean {
  return code >= FIRST_ICMP
}

/** What an outcome means; a code that is none of these (nothing came) is `no-response`. */
export function outcomeOf(code: number, protocol: PortProtocol): Outcome {
  if (code === SYN_ACK) return { state: 'open', reason: 'syn-ack' }
  if (code === RESET) return { state: 'closed', reason: 'reset' }
  if (code === REFUSED) return { state: 'closed', reason: 'conn-refused' }
  if (code === UDP_RESPONSE) return { state: 'open', reason: 'udp-response' }
  const reason = REASONS[code - FIRST_ICMP]
  if (reason === undefined) return { state: protocol === 'tcp' ? 'filtered' : 'open|filtered', reason: 'no-response' }
  return { state: protocol === 'udp' && code === PORT_UNREACHABLE ? 'closed' : 'filtered', reason }
}

/** The outcome of a connection attempt that the system ended with an error of this name; 0: it says nothing of the port. */
export function connectOutcome(errno: string | undefined): number {
  switch (errno) {
    case 'ECONNREFUSED':
    case 'ECONNRESET':
      return REFUSED
    case 'EHOSTUNREACH':
    case 'EHOSTDOWN':
      return FIRST_ICMP + REASONS.indexOf('host-unreach')
    case 'ENETUNREACH':
      return FIRST_ICMP + REASONS.indexOf('net-unreach')
    case 'EACCES':
    case 'EPERM':
      return FIRST_ICMP + REASONS.indexOf('admin-prohibited')
    case 'ENOPROTOOPT':
      return FIRST_ICMP + REASONS.indexOf('proto-unreach')
    default:
      return 0
  }
}
