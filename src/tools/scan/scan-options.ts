import type { PathOptions } from '../../exchange/index.js'
import { mayCapture, permissionAdvice } from '../../link/index.js'
import { PacketError } from '../../packet/index.js'
import { FAMILY_OPTIONS, type FamilyOptions, familyAsked } from '../family-options.js'
import type { Patience } from '../flight/lane.js'
import {
  ANYTHING,
  checkTable,
  FLAG,
  type OptionTable,
  PATH_OPTIONS,
  positive,
  RATE,
  RETRY,
  text,
} from '../option-kinds.js'
import { type PortsGiven, parsePorts, protocolsNamed } from './ports.js'
import type { ScanType } from './states.js'

/** Options of `scan`. */
export interface ScanOptions extends PathOptions, FamilyOptions {
  /** Which ports: `'22,80,1-1000'`, `[22, [8000, 8010]]`, `'http,ssh'`, `'-'` for all. Default `'top'`: some hundred usual ones. `'none'`: only who is there. */
  ports?: PortsGiven
  /**
   * How to ask, or several ways: `'syn'` (half-open connections, needs rights), `'connect'` (ordinary connections, needs none),
   * `'udp'` (needs rights). Default `'syn'` with rights, else `'connect'`; `'udp'` where ports are given for it (`'U:53'`).
   */
  type?: ScanType | readonly ScanType[]
  /** The same as `type: 'syn'`. */
  syn?: boolean
  /** The same as `type: 'connect'`. */
  connect?: boolean
  /** The same as `type: 'udp'`. */
  udp?: boolean
  /** First find out who is there. Default: for networks and ranges yes, for hosts no. */
  discover?: boolean
  /** The same as `discover: false`. */
  all?: boolean
  /** Show only what is open. Default false. */
  open?: boolean
  /** Packets (connections) per second on average; unset: as fast as answers come. */
  rate?: number
  /** How often a silent port is asked again, 0..15. Default: once, more often where answers get lost. */
  retry?: number
  /** Seconds that an answer may take at most; the real time is learnt from answers. Default 1.25. */
  timeout?: number
  /** File that gets nmap's XML at the end. */
  xml?: string
  /** No warnings. */
  quiet?: boolean
}

const TYPES: readonly ScanType[] = ['syn', 'connect', 'udp']
/** Where losses show, ms: nmap's -T4 gives up after six retransmissions too. */
const LOSS_RETRIES = { syn: 6, udp: 10 }
const LONGEST_WAIT = 1.25
const SHORTEST_WAIT = 0.1
const FIRST_WAIT = 0.5

const OPTIONS: OptionTable<ScanOptions> = {
  ...PATH_OPTIONS,
  ...FAMILY_OPTIONS,
  ports: ANYTHING,
  type: ANYTHING,
  syn: FLAG,
  connect: FLAG,
  udp: FLAG,
  discover: FLAG,
  all: FLAG,
  open: FLAG,
  rate: RATE,
  retry: RETRY,
  timeout: positive('seconds'),
  xml: text('the name of a file'),
  quiet: FLAG,
}

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
  checkTable('scan', options, OPTIONS)
  const { retry, timeout = LONGEST_WAIT, ports = 'top', discover, all } = options
  if (discover === true && all === true)
    throw new PacketError(
      'scan: discover scans only who is there, all scans every address: take one of the two options',
    )
  const types = ports === 'none' ? [] : scanTypes(options)
  const longest = timeout * 1000
  return {
    types,
    discover: all === true ? false : discover,
    family: familyAsked('scan', options),
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

/** Ports given for UDP (`U:53`) ask for a scan of UDP. */
function typesFor(ports: PortsGiven, usual: ScanType): ScanType[] {
  const protocols = protocolsNamed(ports)
  if (protocols.length === 0) return [usual]
  return protocols.map((protocol) => (protocol === 'udp' ? 'udp' : usual))
}

function scanTypes({ type, link, syn, connect, udp, ports = 'top' }: ScanOptions): ScanType[] {
  const flags = { syn, connect, udp }
  const flagged = TYPES.filter((each) => flags[each] === true)
  const asked = type === undefined || Array.isArray(type) ? (type ?? []) : [type]
  const usual = link !== undefined || mayCapture() ? 'syn' : 'connect'
  const given = type === undefined && flagged.length === 0 ? typesFor(ports, usual) : [...asked, ...flagged]
  if (given.length === 0 || given.some((each) => !TYPES.includes(each as ScanType)))
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
