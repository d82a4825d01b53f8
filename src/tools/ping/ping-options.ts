import type { PathOptions } from '../../exchange/index.js'
import { PacketError } from '../../packet/index.js'
import { FAMILY_OPTIONS, type FamilyOptions, familyAsked } from '../family-options.js'
import {
  ADDRESS,
  checkTable,
  FLAG,
  functionOf,
  type OptionKind,
  type OptionTable,
  PATH_OPTIONS,
  PORT,
  RATE,
  SECONDS,
  wholeNumber,
} from '../option-kinds.js'

/** Options of `ping`. */
export interface PingOptions extends PathOptions, FamilyOptions {
  /** Probes to each host; 0: until Ctrl-C. Default 4. */
  count?: number
  /** Seconds from one probe to a host to the next one, 0.01 or more. Default 1. */
  inter?: number
  /** Bytes of data in each probe, headers not counted. Default 56; TCP probes have none. */
  size?: number
  /** Time to live, hop limit: 1..255. Default 64. */
  ttl?: number
  /** Probes must not be fragmented on their way. Default false; IPv6 never is. */
  df?: boolean
  /** Seconds that each answer is waited for. Default 2. An answer that comes later still counts, as late. */
  timeout?: number
  /** What the data consists of, again and again: hexadecimal text (`'ff00'`) or bytes. Default: 0, 1, 2, … */
  pattern?: string | Uint8Array
  /** Type of service (traffic class of IPv6), 0..255. Default 0. */
  tos?: number
  /** Ask with the SYN of TCP to this port instead of ICMP; both SYN-ACK and RST are answers. */
  tcp?: number
  /** Ask with UDP to this port; the answer is a datagram, or that nobody is at the port. */
  udp?: number
  /** Address that probes come from. Default: the one of the route. */
  source?: string
  /** Most probes a second, to all hosts together. Default 1000. */
  rate?: number
  /** Print nothing as answers come. */
  quiet?: boolean
  /** Called for each event instead of printing it; what it returns is printed. */
  prn?: (event: PingEvent) => unknown
}

/** Something that happened to a probe. */
export interface PingEvent {
  /**
   * `answer`; `duplicate`: the second and further answers to a probe; `late`: an answer after the time-out; `error`: an
   * ICMP error, or nothing could be sent; `notice`: advice that the probe went on in spite of (a redirect); `lost`: the
   * time-out is over.
   */
  kind: 'answer' | 'duplicate' | 'late' | 'error' | 'notice' | 'lost'
  /** The host as it was given. */
  host: string
  seq: number
  /** Who answered; of `lost` the host. */
  from: string
  /** Seconds; undefined of `lost`. */
  rtt?: number
  /** Time to live (hop limit) that the answer had left, where it can be seen. */
  ttl?: number
  /** The line that is printed. */
  text: string
}

/** There is no flood mode: 100 probes a second are what a host and its network hardly notice. */
const SHORTEST_INTERVAL = 0.01
/** The most that fits an IPv4 packet behind 20 bytes of IP and 8 of ICMP or UDP. */
const LARGEST_SIZE = 65507

const INTERVAL: OptionKind = {
  takes: `${SHORTEST_INTERVAL} seconds or more (there is no flood mode)`,
  accepts: (value) => typeof value === 'number' && value >= SHORTEST_INTERVAL,
}
const PATTERN: OptionKind = {
  takes: "bytes, or hexadecimal text of two digits a byte such as 'ff00'",
  accepts: (value) =>
    value instanceof Uint8Array ? value.length > 0 : typeof value === 'string' && /^([0-9a-f]{2})+$/i.test(value),
}

const OPTIONS: OptionTable<PingOptions> = {
  ...PATH_OPTIONS,
  ...FAMILY_OPTIONS,
  count: wholeNumber(0),
  inter: INTERVAL,
  size: wholeNumber(0, LARGEST_SIZE),
  ttl: wholeNumber(1, 255),
  df: FLAG,
  timeout: SECONDS,
  pattern: PATTERN,
  tos: wholeNumber(0, 255),
  tcp: PORT,
  udp: PORT,
  source: ADDRESS,
  rate: RATE,
  quiet: FLAG,
  prn: functionOf('an event'),
}

/** Options with all defaults filled in. */
export type PingSettings = PingOptions &
  Required<Pick<PingOptions, 'count' | 'inter' | 'size' | 'ttl' | 'df' | 'timeout' | 'tos' | 'rate' | 'quiet'>> & {
    protocol: 'icmp' | 'tcp' | 'udp'
    /** 0 of ICMP. */
    port: number
    data: Uint8Array
  }

/** @throws PacketError that says what is wrong */
export function pingSettings(options: PingOptions): PingSettings {
  checkTable('ping', options, OPTIONS)
  const { count = 4, inter = 1, ttl = 64, df = false, timeout = 2, tos = 0, rate = 1000, quiet = false } = options
  const { tcp, udp } = options
  if (tcp !== undefined && udp !== undefined) throw new PacketError('ping: give either tcp or udp, not both')
  const protocol = tcp !== undefined ? 'tcp' : udp !== undefined ? 'udp' : 'icmp'
  const size = options.size ?? (protocol === 'tcp' ? 0 : 56)
  if (protocol === 'tcp' && size > 0) throw new PacketError('ping: probes of TCP (SYN) have no data: leave out size')
  return {
    ...{ ...options, count, inter, size, ttl, df, timeout, tos, rate, quiet, protocol },
    family: familyAsked('ping', options),
    port: tcp ?? udp ?? 0,
    data: filled(size, options.pattern),
  }
}

/** Data of probes. */
function filled(size: number, pattern: string | Uint8Array | undefined): Uint8Array {
  const bytes = typeof pattern === 'string' ? Buffer.from(pattern, 'hex') : pattern
  return Uint8Array.from({ length: size }, (_, i) => (bytes === undefined ? i : bytes[i % bytes.length]!))
}
