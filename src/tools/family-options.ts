import { PacketError } from '../packet/index.js'
import { FLAG, type OptionTable, oneOf } from './option-kinds.js'

/** Which addresses of names are taken. */
export interface FamilyOptions {
  /** Only IPv4 (4) or IPv6 (6) addresses of a name. Default: what the resolver names first. */
  family?: 4 | 6
  /** The same as family 4. */
  ipv4?: boolean
  /** The same as family 6. */
  ipv6?: boolean
}

export const FAMILY_OPTIONS: OptionTable<FamilyOptions> = { family: oneOf(4, 6), ipv4: FLAG, ipv6: FLAG }

/** The family asked for; undefined: any. @throws PacketError when the options contradict one another */
export function familyAsked(name: string, { family, ipv4, ipv6 }: FamilyOptions): 4 | 6 | undefined {
  const asked = new Set([family, ipv4 ? 4 : undefined, ipv6 ? 6 : undefined].filter((each) => each !== undefined))
  if (asked.size > 1) throw new PacketError(`${name}: either IPv4 or IPv6 (options family, ipv4, ipv6), not both`)
  return [...asked][0] as 4 | 6 | undefined
}
