import { checkNumber, checkOptions, checkPace, checkPath, type PathOptions } from '../../exchange/index.js'
import { PacketError } from '../../packet/index.js'
import { familyOf } from '../targets.js'

/** Options of `ping`. */
export interface PingOptions extends PathOptions {
  /** Probes to each host; 0: until Ctrl-C. Default 4. */
  count?: number
  /** Seconds from one probe to a host to the next one, 0.01 or more. Default 1. */
  interval?: number
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
  /** Only IPv4 (4) or IPv6 (6) addresses of a name. */
  family?: 4 | 6
  /** The same as family 4. */
  ipv4?: boolean
  /** The same as family 6. */
  ipv6?: boolean
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

const NAMES = [
  ...['count', 'interval', 'size', 'ttl', 'df', 'timeout', 'pattern', 'tos', 'tcp', 'udp', 'iface', 'source', 'netns'],
  ...['link', 'family', 'ipv4', 'ipv6', 'rate', 'quiet', 'prn'],
]

/** There is no flood mode: 100 probes a second are what a host and its network hardly notice. */
const SHORTEST_INTERVAL = 0.01
/** The most that fits an IPv4 packet behind 20 bytes of IP and 8 of ICMP or UDP. */
const LARGEST_SIZE = 65507

/** Options with all defaults filled in. */
export type PingSettings = PingOptions &
  Required<Pick<PingOptions, 'count' | 'interval' | 'size' | 'ttl' | 'df' | 'timeout' | 'tos' | 'rate' | 'quiet'>> & {
    protocol: 'icmp' | 'tcp' | 'udp'
    /** 0 of ICMP. */
    port: number
    data: Uint8Array
  }

/** @throws PacketError that says what is wrong */
export function pingSettings(options: PingOptions): PingSettings {
  checkOptions('ping', options, NAMES)
  checkPath('ping', options)
  const { count = 4, interval = 1, ttl = 64, df = false, timeout = 2, tos = 0, rate = 1000, quiet = false } = options
  const { tcp, udp, prn } = options
  checkNumber('ping', 'count', count, true)
  checkNumber('ping', 'timeout', timeout, false)
  checkPace('ping', { rate })
  if (!(typeof interval === 'number' && interval >= SHORTEST_INTERVAL))
    throw new PacketError(
      `ping: option interval must be ${SHORTEST_INTERVAL} seconds or more, not ${String(interval)}: there is no flood mode`,
    )
  within('ping', 'ttl', ttl, 1, 255)
  within('ping', 'tos', tos, 0, 255)
  if (tcp !== undefined && udp !== undefined) throw new PacketError('ping: give either tcp or udp, not both')
  if (tcp !== undefined) within('ping', 'tcp', tcp, 1, 65535)
  if (udp !== undefined) within('ping', 'udp', udp, 1, 65535)
  const protocol = tcp !== undefined ? 'tcp' : udp !== undefined ? 'udp' : 'icmp'
  const size = options.size ?? (protocol === 'tcp' ? 0 : 56)
  within('ping', 'size', size, 0, LARGEST_SIZE)
  if (protocol === 'tcp' && size > 0) throw new PacketError('ping: probes of TCP (SYN) have no data: leave out size')
  if (prn !== undefined && typeof prn !== 'function')
    throw new PacketError('ping: option prn must be a function of an event')
  const family = familyOption('ping', options)
  if (options.source !== undefined) checkAddress('ping', 'source', options.source)
  return {
    ...{ ...options, count, interval, size, ttl, df, timeout, tos, rate, quiet, protocol },
    ...(family === undefined ? {} : { family }),
    port: tcp ?? udp ?? 0,
    data: filled(size, options.pattern),
  }
}

/** @throws PacketError unless the option is a whole number in the range */
export function within(name: string, option: string, value: unknown, low: number, high: number): void {
  if (typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high) return
  throw new PacketError(`${name}: option ${option} must be a whole number, ${low}..${high}, not ${String(value)}`)
}

/** @throws PacketError unless the option is an address */
export function checkAddress(name: string, option: string, value: unknown): void {
  if (typeof value !== 'string' || familyOf(value) === undefined)
    throw new PacketError(`${name}: option ${option} must be an IPv4 or IPv6 address, not ${String(value)}`)
}

/** The family asked for by `family`, `ipv4` or `ipv6`. @throws PacketError when they contradict one another */
export function familyOption(
  name: string,
  { family, ipv4, ipv6 }: { family?: unknown; ipv4?: boolean; ipv6?: boolean },
): 4 | 6 | undefined {
  const asked = new Set([...(family === undefined ? [] : [Number(family)]), ...(ipv4 ? [4] : []), ...(ipv6 ? [6] : [])])
  if (asked.size > 1) throw new PacketError(`${name}: either IPv4 or IPv6 (options family, ipv4, ipv6), not both`)
  const [value] = asked
  if (value === undefined || value === 4 || value === 6) return value
  throw new PacketError(`${name}: option family must be 4 or 6, not ${String(family)}`)
}

/** Data of probes. @throws PacketError for a pattern that is none */
function filled(size: number, pattern: string | Uint8Array | undefined): Uint8Array {
  const bytes = patternBytes(pattern)
  return Uint8Array.from({ length: size }, (_, i) => (bytes === undefined ? i : bytes[i % bytes.length]!))
}

function patternBytes(pattern: unknown): Uint8Array | undefined {
  if (pattern === undefined) return undefined
  if (pattern instanceof Uint8Array && pattern.length > 0) return pattern
  if (typeof pattern === 'string' && /^([0-9a-f]{2})+$/i.test(pattern)) return Buffer.from(pattern, 'hex')
  throw new PacketError(
    `ping: option pattern must be bytes, or hexadecimal text of two digits a byte such as 'ff00', not ${String(pattern)}`,
  )
}
