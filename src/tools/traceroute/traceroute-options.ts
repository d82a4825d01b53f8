import { checkNumber, checkOptions, checkPace, checkPath, type PathOptions } from '../../exchange/index.js'
import { PacketError } from '../../packet/index.js'
import { checkAddress, familyOption, within } from '../ping/ping-options.js'

/** What a traceroute asks with. */
export type TracerouteProtocol = 'icmp' | 'udp' | 'tcp'

/** Options of `traceroute`. */
export interface TracerouteOptions extends PathOptions {
  /** Default `'icmp'`. */
  protocol?: TracerouteProtocol
  /** The same as protocol 'icmp'. */
  icmp?: boolean
  /** The same as protocol 'udp'. */
  udp?: boolean
  /** The same as protocol 'tcp'. */
  tcp?: boolean
  /** Port of the destination, the same for all probes. Default 33434 for UDP, 80 for TCP. */
  port?: number
  /** First hop that is asked, 1..255. Default 1. */
  firstHop?: number
  /** Last hop that is asked, 1..255. Default 30. */
  maxHops?: number
  /** Probes to each hop, 1..10. Default 3. */
  queries?: number
  /** Seconds that answers are waited for. Default 2. */
  timeout?: number
  /** Bytes of data in each probe of ICMP or UDP, 2..1400. Default 32. */
  size?: number
  /** Type of service (traffic class of IPv6), 0..255. Default 0. */
  tos?: number
  /** Address that probes come from. Default: the one of the route. */
  source?: string
  /** Only IPv4 (4) or IPv6 (6) addresses of a name. */
  family?: 4 | 6
  /** The same as family 4. */
  ipv4?: boolean
  /** The same as family 6. */
  ipv6?: boolean
  /** Ask a name server for the names of the routers. Default false. */
  names?: boolean
  /** The opposite of `names`, and the default; what `traceroute -n` says. */
  numeric?: boolean
  /** Most probes a second. Default 500 for each host, 5000 in all. */
  rate?: number
}

const NAMES = [
  ...['protocol', 'icmp', 'udp', 'tcp', 'port', 'firstHop', 'maxHops', 'queries', 'timeout', 'size', 'tos', 'source'],
  ...['family', 'ipv4', 'ipv6', 'names', 'numeric', 'rate', 'iface', 'link', 'netns'],
]

const PORTS = { icmp: 0, udp: 33434, tcp: 80 } as const
const RATE_OF_HOST = 500
const HIGHEST_RATE = 5000

/** Options with all defaults filled in. */
export type TracerouteSettings = TracerouteOptions &
  Required<
    Pick<
      TracerouteOptions,
      'protocol' | 'port' | 'firstHop' | 'maxHops' | 'queries' | 'timeout' | 'size' | 'tos' | 'names' | 'rate'
    >
  >

/** @throws PacketError that says what is wrong */
export function tracerouteSettings(options: TracerouteOptions, hosts: number): TracerouteSettings {
  const name = 'traceroute'
  checkOptions(name, options, NAMES)
  checkPath(name, options)
  const { firstHop = 1, maxHops = 30, queries = 3, timeout = 2, size = 32, tos = 0, names = false } = options
  const protocol = protocolOf(options)
  const { port = PORTS[protocol], rate = Math.min(RATE_OF_HOST * hosts, HIGHEST_RATE) } = options
  within(name, 'maxHops', maxHops, 1, 255)
  within(name, 'firstHop', firstHop, 1, maxHops)
  within(name, 'queries', queries, 1, 10)
  within(name, 'size', size, 2, 1400)
  within(name, 'tos', tos, 0, 255)
  if (protocol !== 'icmp') within(name, 'port', port, 1, 65535)
  else if (options.port !== undefined)
    throw new PacketError("traceroute: ICMP has no ports: give protocol 'udp' or 'tcp' with port")
  checkNumber(name, 'timeout', timeout, false)
  checkPace(name, { rate })
  if (options.numeric === true && names) throw new PacketError('traceroute: either names or numeric, not both')
  const family = familyOption(name, options)
  if (options.source !== undefined) checkAddress(name, 'source', options.source)
  return {
    ...{ ...options, protocol, port, firstHop, maxHops, queries, timeout, size, tos, names, rate },
    ...(family === undefined ? {} : { family }),
  }
}

function protocolOf({ protocol, icmp, udp, tcp }: TracerouteOptions): TracerouteProtocol {
  const asked = new Set<unknown>([
    ...(protocol === undefined ? [] : [protocol]),
    ...(icmp ? ['icmp'] : []),
    ...(udp ? ['udp'] : []),
    ...(tcp ? ['tcp'] : []),
  ])
  if (asked.size > 1) throw new PacketError(`traceroute: one protocol at a time, not ${[...asked].join(' and ')}`)
  const [chosen = 'icmp'] = asked
  if (chosen === 'icmp' || chosen === 'udp' || chosen === 'tcp') return chosen
  throw new PacketError(`traceroute: option protocol must be 'icmp', 'udp' or 'tcp', not ${String(chosen)}`)
}
