import type { PathOptions } from '../../exchange/index.js'
import { PacketError } from '../../packet/index.js'
import { FAMILY_OPTIONS, type FamilyOptions, familyAsked } from '../family-options.js'
import {
  ADDRESS,
  checkTable,
  checkValue,
  FLAG,
  type OptionTable,
  oneOf,
  PATH_OPTIONS,
  PORT,
  RATE,
  SECONDS,
  wholeNumber,
} from '../option-kinds.js'

/** What a traceroute asks with. */
export type TracerouteProtocol = 'icmp' | 'udp' | 'tcp'

/** Options of `traceroute`. */
export interface TracerouteOptions extends PathOptions, FamilyOptions {
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
  /** Ask a name server for the names of the routers. Default false. */
  names?: boolean
  /** The opposite of `names`, and the default; what `traceroute -n` says. */
  numeric?: boolean
  /** Most probes a second. Default 500 for each host, 5000 in all. */
  rate?: number
}

const OPTIONS: OptionTable<TracerouteOptions> = {
  ...PATH_OPTIONS,
  ...FAMILY_OPTIONS,
  protocol: oneOf('icmp', 'udp', 'tcp'),
  icmp: FLAG,
  udp: FLAG,
  tcp: FLAG,
  port: PORT,
  firstHop: wholeNumber(1, 255),
  maxHops: wholeNumber(1, 255),
  queries: wholeNumber(1, 10),
  timeout: SECONDS,
  size: wholeNumber(2, 1400),
  tos: wholeNumber(0, 255),
  source: ADDRESS,
  names: FLAG,
  numeric: FLAG,
  rate: RATE,
}

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
  checkTable(name, options, OPTIONS)
  const { firstHop = 1, maxHops = 30, queries = 3, timeout = 2, size = 32, tos = 0, names = false } = options
  const protocol = protocolOf(options)
  const { port = PORTS[protocol], rate = Math.min(RATE_OF_HOST * hosts, HIGHEST_RATE) } = options
  checkValue(name, 'firstHop', firstHop, wholeNumber(1, maxHops))
  if (protocol === 'icmp' && options.port !== undefined)
    throw new PacketError("traceroute: ICMP has no ports: give protocol 'udp' or 'tcp' with port")
  if (options.numeric === true && names) throw new PacketError('traceroute: either names or numeric, not both')
  return {
    ...{ ...options, protocol, port, firstHop, maxHops, queries, timeout, size, tos, names, rate },
    family: familyAsked(name, options),
  }
}

function protocolOf({ protocol, icmp, udp, tcp }: TracerouteOptions): TracerouteProtocol {
  const given = [protocol, icmp && 'icmp', udp && 'udp', tcp && 'tcp'] as const
  const asked = new Set(given.filter((each) => each !== undefined && each !== false))
  if (asked.size > 1) throw new PacketError(`traceroute: one protocol at a time, not ${[...asked].join(' and ')}`)
  return [...asked][0] ?? 'icmp'
}
