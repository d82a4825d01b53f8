import { checkNumber, checkOptions, checkPace, checkPath, type PathOptions } from '../../exchange/index.js'
import { checkAddress, familyOption, within } from '../ping/ping-options.js'

/** Options of `mtu`. */
export interface MtuOptions extends PathOptions {
  /** Ask with UDP to this port instead of ICMP echo; the answer is a datagram, or that nobody is at the port. */
  udp?: number
  /** Largest packet that is tried, in bytes with its IP header. Default: what the interface takes. */
  max?: number
  /** Seconds that answers are waited for when nothing is known of the way yet. Default 2. */
  timeout?: number
  /** Packets of each size before their silence counts, 1..10. Default 3. */
  tries?: number
  /** Most probes a second. Default 200. */
  rate?: number
  /** Address that probes come from. Default: the one of the route. */
  source?: string
  /** Only an IPv4 (4) or IPv6 (6) address of a name. */
  family?: 4 | 6
  /** The same as family 4. */
  ipv4?: boolean
  /** The same as family 6. */
  ipv6?: boolean
}

const NAMES = [
  ...['udp', 'max', 'timeout', 'tries', 'rate', 'source', 'family', 'ipv4', 'ipv6', 'iface', 'link', 'netns'],
]

/** Options with all defaults filled in. */
export type MtuSettings = MtuOptions & Required<Pick<MtuOptions, 'timeout' | 'tries' | 'rate'>>

/** @throws PacketError that says what is wrong */
export function mtuSettings(options: MtuOptions): MtuSettings {
  checkOptions('mtu', options, NAMES)
  checkPath('mtu', options)
  const { timeout = 2, tries = 3, rate = 200, udp, max, source } = options
  checkNumber('mtu', 'timeout', timeout, false)
  checkPace('mtu', { rate })
  within('mtu', 'tries', tries, 1, 10)
  if (udp !== undefined) within('mtu', 'udp', udp, 1, 65535)
  if (max !== undefined) within('mtu', 'max', max, 68, 65535)
  if (source !== undefined) checkAddress('mtu', 'source', source)
  const family = familyOption('mtu', options)
  return { ...options, timeout, tries, rate, ...(family === undefined ? {} : { family }) }
}
