import { formatIpv4, formatIpv6, formatMac, parseIpv4, parseIpv6 } from '../packet/addresses.js'
import { LinkError } from './link.js'
import { AF_INET, AF_INET6 } from './socket-numbers.js'

/** An address as the kernel wants it. */
export interface ParsedAddress {
  family: typeof AF_INET | typeof AF_INET6
  bytes: Uint8Array
  /** What follows `%`: an interface name or index, of link-local IPv6 addresses. */
  zone?: string
}

/** An IPv4 or IPv6 address. Throws a LinkError for other text, a host name too: names are looked up by who calls. */
export function parseAddress(text: string): ParsedAddress {
  if (typeof text !== 'string')
    throw new LinkError('BAD_ADDRESS', `an address is given as text, such as '10.0.0.1', not ${String(text)}`)
  const percent = text.indexOf('%')
  const bare = percent < 0 ? text : text.slice(0, percent)
  const zone = percent < 0 ? undefined : text.slice(percent + 1)
  const number = percent < 0 ? parseIpv4(bare) : -1
  if (number >= 0) return { family: AF_INET, bytes: Uint8Array.of(number >>> 24, number >>> 16, number >>> 8, number) }
  const bytes = bare.includes(':') ? parseIpv6(bare) : undefined
  if (bytes !== undefined && zone !== '') return { family: AF_INET6, bytes, ...(zone === undefined ? {} : { zone }) }
  throw new LinkError('BAD_ADDRESS', `'${text}' is no IPv4 or IPv6 address`)
}

/** Text of an address of 4 or 16 bytes, or undefined for another number of bytes. */
export function formatAddress(bytes: Uint8Array | undefined): string | undefined {
  if (bytes?.length === 4)
    return formatIpv4(((bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!) >>> 0)
  return bytes?.length === 16 ? formatIpv6(bytes, 0) : undefined
}

/** Text of a hardware address of 6 bytes, or undefined for another number of bytes. */
export function formatHardwareAddress(bytes: Uint8Array | undefined): string | undefined {
  if (bytes?.length !== 6) return undefined
  return formatMac(bytes.reduce((value, byte) => value * 256 + byte, 0))
}
