import type { PathOptions } from '../../exchange/index.js'
import { FAMILY_OPTIONS, type FamilyOptions, familyAsked } from '../family-options.js'
import { LINK_RATE } from '../lan/ask-link.js'
import { checkTable, FLAG, type OptionTable, PATH_OPTIONS, positive, RATE, RETRY } from '../option-kinds.js'

/** Options of `arping`. */
export interface ArpingOptions extends PathOptions, FamilyOptions {
  /** Seconds that an answer may take. Default 1. */
  timeout?: number
  /** How often a silent address is asked again, 0..15. Default 2. */
  retry?: number
  /** Questions per second; each reaches every station of the link. Default 2000. */
  rate?: number
  /** No warnings. */
  quiet?: boolean
}

const OPTIONS: OptionTable<ArpingOptions> = {
  ...PATH_OPTIONS,
  ...FAMILY_OPTIONS,
  timeout: positive('seconds'),
  retry: RETRY,
  rate: RATE,
  quiet: FLAG,
}

/** Options with all defaults filled in. */
export type ArpingSettings = ArpingOptions & Required<Pick<ArpingOptions, 'timeout' | 'retry' | 'rate' | 'quiet'>>

/** @throws PacketError that says what is wrong */
export function arpingSettings(options: ArpingOptions): ArpingSettings {
  checkTable('arping', options, OPTIONS)
  const { timeout = 1, retry = 2, rate = LINK_RATE, quiet = false } = options
  return { ...options, timeout, retry, rate, quiet, family: familyAsked('arping', options) }
}
