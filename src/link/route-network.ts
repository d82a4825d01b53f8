import { formatAddress, type ParsedAddress, parseAddress } from './address-bytes.js'
import { LinkError } from './link.js'
import { shown } from './option-names.js'
import { AF_INET, AF_INET6 } from './socket-numbers.js'

/** A network: the leading bits that its addresses share. */
export interface Network {
  family: typeof AF_INET | typeof AF_INET6
  /** Its first address, 4 or 16 bytes. */
  bytes: Uint8Array
  /** Leading bits, 0..32 or 0..128. */
  prefix: number
  /** `'10.9.0.0/16'` */
  text: string
}

/**
 * `'10.9.0.0/16'`, an address alone (all its bits count), or `'default'`, which is IPv6's when `family` says so.
 * @throws LinkError (`BAD_ADDRESS`) for other text, and for bits set behind the prefix
 */
export function parseNetwork(text: string, family: ParsedAddress['family'] = AF_INET): Network {
  if (text === 'default' || text === 'any') return parseNetwork(family === AF_INET6 ? '::/0' : '0.0.0.0/0')
  const wrong = (why: string) =>
    new LinkError('BAD_ADDRESS', `${shown(text)} is no network such as '10.9.0.0/16': ${why}`)
  if (typeof text !== 'string') throw wrong('it is not text')
  const slash = text.indexOf('/')
  let address: ParsedAddress
  try {
    address = parseAddress(slash < 0 ? text : text.slice(0, slash))
  } catch {
    throw wrong(`it must begin with an IPv4 or IPv6 address`)
  }
  if (address.zone !== undefined) throw wrong('name the interface with iface, not behind a %')
  const bits = address.bytes.length * 8
  const length = slash < 0 ? String(bits) : text.slice(slash + 1)
  const prefix = /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN
  if (!(prefix <= bits)) throw wrong(`the prefix length is a whole number from 0 to ${bits}`)
  const bytes = masked(address.bytes, prefix)
  const network = `${formatAddress(bytes)}/${prefix}`
  if (!sameBits(bytes, address.bytes, bits)) throw wrong(`bits are set behind the prefix; did you mean '${network}'?`)
  return { family: address.family, bytes, prefix, text: network }
}

/** Whether the first `prefix` bits are the same. */
export function sameBits(one: Uint8Array, other: Uint8Array, prefix: number): boolean {
  const whole = prefix >>> 3
  for (let i = 0; i < whole; i++) if (one[i] !== other[i]) return false
  const rest = prefix & 7
  return rest === 0 || (one[whole]! ^ other[whole]!) >>> (8 - rest) === 0
}

/** Multicast addresses: 224.0.0.0/4, ff00::/8. */
export function isMulticast({ family, bytes }: ParsedAddress): boolean {
  return family === AF_INET ? bytes[0]! >>> 4 === 14 : bytes[0] === 0xff
}

function masked(bytes: Uint8Array, prefix: number): Uint8Array {
  return bytes.map((byte, i) => byte & (0xff00 >>> Math.max(0, Math.min(8, prefix - i * 8))))
}
