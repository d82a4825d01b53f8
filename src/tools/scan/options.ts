import { checkNumber, checkOptions, checkPath, type PathOptions } from '../../exchange/index.js'
import { mayCapture, permissionAdvice } from '../../link/index.js'
import { PacketError } from '../../packet/index.js'
import { familyOption } from '../ping/ping-options.js'
import type { Patience } from './lane.js'
import { type PortsGiven, parsePorts } from './ports.js'
import type { ScanType } from './states.js'

/** Options of `scan`. */
export interface ScanOptions extends PathOptions {
  /** Which ports: `'22,80,1-1000'`, `[22, [8000, 8010]]`, `'http,ssh'`, `'-'` for all. Default `'top'`: some hundred usual ones. `'none'`: only who is there. */
  ports?: PortsGiven
  /**
   * How to ask, or several ways: `'syn'` (half-open connections, needs rights), `'connect'` (ordinary connections, needs none),
   * `'udp'` (needs rights). Default `'syn'` with rights, else `'connect'`.
   */
  type?: ScanType | readonly ScanType[]
  /** The same as `type: 'syn'`, `'connect'`, `'udp'`. */
  syn?: boolean
  connect?: boolean
  udp?: boolean
  /** First find out who is there. Default: for networks and ranges yes, for hosts no. */
  discover?: boolean
  /** The same as `discover: false`. */
  all?: boolean
  /** Show only what is open. Default false. */
  open?: boolean
  /** Packets (connections) per second on average; unset: as fast as answers come. */
  rate?: number
  /** How often a silent port is asked again. Default: once, more often where answers get lost. */
  retry?: number
  /** Seconds that an answer may take at most; the real time is learnt from answers. Default 1.25. */
  timeout?: number
  /** Take only IPv4 (4) or IPv6 (6) addresses of names. */
  family?: 4 | 6
  /** The same as `family: 4` and `family: 6`. */
  ipv4?: boolean
  ipv6?: boolean
  /** File that gets nmap's XML at the end. */
  xml?: string
  /** No warnings. */
  quiet?: boolean
}

const OPTIONS = [
  ...['ports', 'type', 'syn', 'connect', 'udp', 'discover', 'all', 'open', 'rate', 'retry', 'timeout', 'xml'],
  ...['family', 'ipv4', 'ipv6', 'iface', 'link', 'netns', 'quiet'],
]
const TYPES: readonly ScanType[] = ['syn', 'connect', 'udp']
/** The number of an attempt has four bits in what is sent. */
const MOST_RETRIES = 15
/** Where losses show, ms: nmap's -T4 gives up after six retransmissions too. */
const LOSS_RETRIES = { syn: 6, udp: 10 }
const LONGEST_WAIT = 1.25
const SHORTEST_WAIT = 0.1
const FIRST_WAIT = 0.5

/** Options that were checked and completed. */
export interface ScanSettings {
  types: ScanType[]
  tcpPorts: number[]
  udpPorts: number[]
  retriesOf(type: ScanType): number
  retriesNeedLoss: boolean
  patience: Patience
  discover: boolean | undefined
  family: 4 | 6 | undefined
}

/** @throws PacketError or LinkError that says what is wrong and what to do */
export function scanSettings(options: ScanOptions): ScanSettings {
  checkOptions('scan', options, OPTIONS)
  checkPath('scan', options)
  const { retry, timeout = LONGEST_WAIT, rate, ports = 'top', discover, all } = options
  const family = familyOption('scan', options)
  checkNumber('scan', 'retry', retry ?? 0, true)
  if ((retry ?? 0) > MOST_RETRIES) throw new PacketError(`scan: option retry is 0..${MOST_RETRIES}, not ${retry}`)
  if (typeof timeout !== 'number' || !(timeout > 0))
    throw new PacketError(`scan: option timeout must be a number of seconds above 0, not ${String(timeout)}`)
  if (rate !== undefined && !(typeof rate === 'number' && rate > 0))
    throw new PacketError(`scan: option rate must be a number of packets per second above 0, not ${String(rate)}`)
  if (discover === true && all === true)
    throw new PacketError(
      'scan: discover scans only who is there, all scans every address: take one of the two options',
    )
  if (options.xml !== undefined && (typeof options.xml !== 'string' || options.xml === ''))
    throw new PacketError('scan: option xml is the name of a file')
  const types = ports === 'none' ? [] : scanTypes(options)
  const longest = timeout * 1000
  return {
    types,
    discover: all === true ? false : discover,
    family,
    tcpPorts: types.some((type) => type !== 'udp') ? parsePorts(ports, 'tcp') : [],
    udpPorts: types.includes('udp') ? parsePorts(ports, 'udp') : [],
    retriesOf: (type) => retry ?? (type === 'connect' ? 1 : LOSS_RETRIES[type]),
    retriesNeedLoss: retry === undefined,
    patience: {
      first: Math.min(longest, FIRST_WAIT * 1000),
      shortest: Math.min(longest, SHORTEST_WAIT * 1000),
      longest,
    },
  }
}

function scanTypes({ type, link, syn, connect, udp }: ScanOptions): ScanType[] {
  const flags = { syn, connect, udp }
  const flagged = TYPES.filter((each) => flags[each] === true)
  if (type === undefined && flagged.length === 0) return link !== undefined || mayCapture() ? ['syn'] : ['connect']
  const given = type === undefined ? flagged : typeof type === 'string' ? [type, ...flagged] : type
  if (!Array.isArray(given) || given.length === 0 || given.some((each) => !TYPES.includes(each as ScanType)))
    throw new PacketError(
      `scan: option type is ${TYPES.map((each) => `'${each}'`).join(', ')} or a list of these, not ${String(type)}`,
    )
  const types = TYPES.filter((each) => given.includes(each))
  if (types.includes('syn') && types.includes('connect'))
    throw new PacketError(`scan: 'syn' and 'connect' ask for the same: take one of them`)
  if (types.includes('connect') && link !== undefined)
    throw new PacketError(`scan: 'connect' goes through the system's sockets and takes no link; 'syn' does`)
  if (types.includes('udp') && link === undefined && !mayCapture())
    throw new PacketError(
      `scan: 'udp' needs rights that this process lacks: it must see the ICMP errors.\n${permissionAdvice()}`,
    )
  return types
}
