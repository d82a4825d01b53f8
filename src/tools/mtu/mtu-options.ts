import type { PathOptions } from '../../exchange/index.js'
import { FAMILY_OPTIONS, type FamilyOptions, familyAsked } from '../family-options.js'
import {
  ADDRESS,
  checkTable,
  type OptionTable,
  PATH_OPTIONS,
  PORT,
  RATE,
  RETRY,
  SECONDS,
  wholeNumber,
} from '../option-kinds.js'

/** Options of `mtu`. */
export interface MtuOptions extends PathOptions, FamilyOptions {
  /** Ask with UDP to this port instead of ICMP echo; the answer is a datagram, or that nobody is at the port. */
  udp?: number
  /** Largest packet that is tried, in bytes with its IP header. Default: what the interface takes. */
  max?: number
  /** Seconds that answers are waited for when nothing is known of the way yet. Default 2. */
  timeout?: number
  /** How often a size without an answer is sent again before its silence counts, 0..15. Default 2. */
  retry?: number
  /** Most probes a second. Default 200. */
  rate?: number
  /** Address that probes come from. Default: the one of the route. */
  source?: string
}

const OPTIONS: OptionTable<MtuOptions> = {
  ...PATH_OPTIONS,
  ...FAMILY_OPTIONS,
  udp: PORT,
  max: wholeNumber(68, 65535),
  timeout: SECONDS,
  retry: RETRY,
  rate: RATE,
  source: ADDRESS,
}

/** Options with all defaults filled in. */
export type MtuSettings = MtuOptions & Required<Pick<MtuOptions, 'timeout' | 'retry' | 'rate'>>

/** @throws PacketError that says what is wrong */
export function mtuSettings(options: MtuOptions): MtuSettings {
  checkTable('mtu', options, OPTIONS)
  const { timeout = 2, retry = 2, rate = 200 } = options
  return { ...options, timeout, retry, rate, family: familyAsked('mtu', options) }
}
