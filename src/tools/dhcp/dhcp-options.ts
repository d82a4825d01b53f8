import type { PathOptions } from '../../exchange/index.js'
import { parseIpv4 } from '../../packet/index.js'
import {
  checkTable,
  FLAG,
  MAC_ADDRESS,
  type OptionKind,
  type OptionTable,
  PATH_OPTIONS,
  RETRY,
  SECONDS,
} from '../option-kinds.js'

/** Options of `dhcpDiscover`. */
export interface DhcpDiscoverOptions extends PathOptions {
  /** Seconds that offers are collected. Default 3. */
  timeout?: number
  /** Hardware address that asks. Default: that of the interface. Another one may be offered another address. */
  mac?: string
  /** Options asked for, names as in the DHCP layer or numbers. Default: mask, router, name servers, domain, times … */
  requestOptions?: readonly (string | number)[]
  /** An address that one would like to have; servers may offer it. */
  requestedAddress?: string
  /** How often the question is sent again within the time, as the first one may be lost, 0..15. Default 1. */
  retry?: number
  /** End with the first offer. Default false: all servers are waited for. */
  first?: boolean
}

const NAMES_OR_NUMBERS: OptionKind = {
  takes: "a list of names or numbers of DHCP options, such as ['router', 43]",
  accepts: (value) => Array.isArray(value) && value.every((each) => typeof each === 'string' || Number.isInteger(each)),
}
const IPV4_ADDRESS: OptionKind = {
  takes: 'an IPv4 address',
  accepts: (value) => typeof value === 'string' && parseIpv4(value) >= 0,
}

const OPTIONS: OptionTable<DhcpDiscoverOptions> = {
  ...PATH_OPTIONS,
  timeout: SECONDS,
  mac: MAC_ADDRESS,
  requestOptions: NAMES_OR_NUMBERS,
  requestedAddress: IPV4_ADDRESS,
  retry: RETRY,
  first: FLAG,
}

/** Options with all defaults filled in. */
export type DhcpDiscoverSettings = DhcpDiscoverOptions &
  Required<Pick<DhcpDiscoverOptions, 'timeout' | 'retry' | 'first'>>

/** @throws PacketError that says what is wrong */
export function dhcpSettings(options: DhcpDiscoverOptions): DhcpDiscoverSettings {
  checkTable('dhcpDiscover', options, OPTIONS)
  const { timeout = 3, retry = 1, first = false } = options
  return { ...options, timeout, retry, first }
}
