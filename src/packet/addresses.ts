/**
 * Addresses between their text and their bytes: IPv4 (RFC 791), IPv6 (RFC 4291, text as RFC 5952), MAC (EUI-48).
 * Formatting keeps the last texts in small direct-mapped tables: traffic repeats its addresses.
 */

const OCTET = Array.from({ length: 256 }, (_, value) => String(value))
const HEX_OCTET = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'))

const CACHE_BITS = 13
const CACHE_SIZE = 1 << CACHE_BITS
/** An empty text marks an unused place. */
const ipv4Keys = new Int32Array(CACHE_SIZE)
const ipv4Texts = new Array<string>(CACHE_SIZE).fill('')
const ipv6Keys = new Int32Array(CACHE_SIZE * 4)
const ipv6Texts = new Array<string>(CACHE_SIZE).fill('')
/** High 16 bits and low 32 bits; -1 is no high part. */
const macKeys = new Int32Array(CACHE_SIZE * 2).fill(-1)
const macTexts = new Array<string>(CACHE_SIZE).fill('')

/** Place of a 32-bit key: the high bits of its product with 2^32 / the golden ratio (Knuth, TAOCP 3, §6.4). */
function slotOf(key: number): number {
  return Math.imul(key, 0x9e3779b1) >>> (32 - CACHE_BITS)
}

/** Dotted text of an IPv4 address given as an unsigned 32-bit number: `formatIpv4(0xc0a80001)` is `'192.168.0.1'`. */
export function formatIpv4(address: number): string {
  const key = address | 0
  const slot = slotOf(key)
  if (ipv4Keys[slot] === key && ipv4Texts[slot] !== '') return ipv4Texts[slot]!
  const text = `${OCTET[address >>> 24]}.${OCTET[(address >>> 16) & 255]}.${OCTET[(address >>> 8) & 255]}.${OCTET[address & 255]}`
  ipv4Keys[slot] = key
  ipv4Texts[slot] = text
  return text
}

/** The unsigned 32-bit number of a dotted IPv4 address, or -1 when the text is none (four decimal parts, no leading zeros). */
export function parseIpv4(text: string): number {
  let result = 0
  let part = -1
  let parts = 0
  for (let i = 0; i <= text.length; i++) {
    const code = i < text.length ? text.charCodeAt(i) : 46
    if (code === 46) {
      if (part < 0 || parts === 4) return -1
      result = result * 256 + part
      parts++
      part = -1
    } else if (code >= 48 && code <= 57) {
      if (part === 0) return -1
      part = part < 0 ? code - 48 : part * 10 + code - 48
      if (part > 255) return -1
    } else return -1
  }
  return parts === 4 ? result : -1
}

/** Texts that were parsed lately: programs give the same ones again and again. */
const KNOWN_TEXTS = 4096
const knownIpv4 = new Map<string, number>()
const knownMac = new Map<string, number>()

/** As `parseIpv4`, remembering what it parsed lately. */
export function parseIpv4Known(text: string): number {
  return known(knownIpv4, text, parseIpv4)
}

/** As `parseMac`, remembering what it parsed lately. */
export function parseMacKnown(text: string): number {
  return known(knownMac, text, parseMac)
}

function known(table: Map<string, number>, text: string, parse: (text: string) => number): number {
  const found = table.get(text)
  if (found !== undefined) return found
  const value = parse(text)
  if (table.size >= KNOWN_TEXTS) table.clear()
  table.set(text, value)
  return value
}

/** Text of the MAC address given as a number below 2^48: `'02:00:00:00:00:01'`. */
export function formatMac(address: number): string {
  const low = address | 0
  return formatMacParts((address - (low >>> 0)) / 0x100000000, low)
}

/** The same from the first 16 bits and the last 32 (as a signed number). */
export function formatMacParts(high: number, low: number): string {
  const slot = slotOf(low ^ high)
  if (macKeys[slot * 2] === high && macKeys[slot * 2 + 1] === low) return macTexts[slot]!
  const text = `${HEX_OCTET[high >>> 8]}:${HEX_OCTET[high & 255]}:${HEX_OCTET[low >>> 24]}:${HEX_OCTET[(low >>> 16) & 255]}:${HEX_OCTET[(low >>> 8) & 255]}:${HEX_OCTET[low & 255]}`
  macKeys[slot * 2] = high
  macKeys[slot * 2 + 1] = low
  macTexts[slot] = text
  return text
}

/** The number (below 2^48) of a MAC address written with `:` or `-`, or -1 when the text is none. */
export function parseMac(text: string): number {
  if (text.length !== 17) return -1
  let result = 0
  for (let i = 0; i < 17; i++) {
    const code = text.charCodeAt(i)
    if (i % 3 === 2) {
      if (code !== 58 && code !== 45) return -1
      continue
    }
    const digit = hexDigit(code)
    if (digit < 0) return -1
    result = result * 16 + digit
  }
  return result
}

/** Value of an ASCII hexadecimal digit, or -1. */
export function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  if (code >= 97 && code <= 102) return code - 87
  if (code >= 65 && code <= 70) return code - 55
  return -1
}

/** Canonical text (RFC 5952) of the 16 bytes at `offset`: lower case, the longest run of zeros as `::`, IPv4-mapped with dots. */
export function formatIpv6(bytes: Uint8Array, offset = 0): string {
  const a = word(bytes, offset)
  const b = word(bytes, offset + 4)
  const c = word(bytes, offset + 8)
  const d = word(bytes, offset + 12)
  const slot = slotOf(a ^ Math.imul(b, 31) ^ Math.imul(c, 17) ^ d)
  const key = slot * 4
  if (
    ipv6Keys[key] === a &&
    ipv6Keys[key + 1] === b &&
    ipv6Keys[key + 2] === c &&
    ipv6Keys[key + 3] === d &&
    ipv6Texts[slot] !== ''
  ) {
    return ipv6Texts[slot]!
  }
  const text = ipv6Text(bytes, offset)
  ipv6Keys[key] = a
  ipv6Keys[key + 1] = b
  ipv6Keys[key + 2] = c
  ipv6Keys[key + 3] = d
  ipv6Texts[slot] = text
  return text
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
}

function ipv6Text(bytes: Uint8Array, offset: number): string {
  // The longest run of zero groups, the first of equals; a single one is written out. RFC 5952 §4.2.
  let start = -1
  let length = 1
  let run = 0
  for (let group = 0; group < 8; group++) {
    if (bytes[offset + 2 * group] !== 0 || bytes[offset + 2 * group + 1] !== 0) run = 0
    else if (++run > length) {
      start = group - run + 1
      length = run
    }
  }
  if (start < 0) return groupsText(bytes, offset, 0, 8)
  if (start === 0 && length === 5 && bytes[offset + 10] === 0xff && bytes[offset + 11] === 0xff) {
    return `::ffff:${bytes[offset + 12]}.${bytes[offset + 13]}.${bytes[offset + 14]}.${bytes[offset + 15]}`
  }
  return `${groupsText(bytes, offset, 0, start)}::${groupsText(bytes, offset, start + length, 8)}`
}

const HEX_SHORT = Array.from({ length: 256 }, (_, value) => value.toString(16))
const HEX_PADDED = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'))

function groupsText(bytes: Uint8Array, offset: number, from: number, to: number): string {
  let text = ''
  for (let group = from; group < to; group++) {
    const high = bytes[offset + 2 * group]!
    const low = bytes[offset + 2 * group + 1]!
    if (group > from) text += ':'
    text += high === 0 ? HEX_SHORT[low]! : HEX_SHORT[high]! + HEX_PADDED[low]!
  }
  return text
}

/** The 16 bytes of an IPv6 address (RFC 4291 §2.2, a trailing dotted IPv4 part too; a zone `%eth0` is not part of it), or undefined. */
export function parseIpv6(text: string): Uint8Array | undefined {
  const double = text.indexOf('::')
  if (double !== -1 && text.indexOf('::', double + 1) !== -1) return undefined
  const head = ipv6Groups(double === -1 ? text : text.slice(0, double), double === -1)
  if (head === undefined) return undefined
  const tail = double === -1 ? [] : ipv6Groups(text.slice(double + 2), true)
  if (tail === undefined) return undefined
  const missing = 8 - head.length - tail.length
  if (double === -1 ? missing !== 0 : missing < 1) return undefined
  const bytes = new Uint8Array(16)
  head.forEach((group, index) => setGroup(bytes, index, group))
  tail.forEach((group, index) => setGroup(bytes, 8 - tail.length + index, group))
  return bytes
}

function setGroup(bytes: Uint8Array, index: number, group: number): void {
  bytes[index * 2] = group >>> 8
  bytes[index * 2 + 1] = group & 255
}

function ipv6Groups(text: string, mayEndDotted: boolean): number[] | undefined {
  if (text === '') return []
  const groups: number[] = []
  const parts = text.split(':')
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]!
    if (mayEndDotted && i === parts.length - 1 && part.includes('.')) {
      const dotted = parseIpv4(part)
      if (dotted < 0) return undefined
      groups.push(dotted >>> 16, dotted & 0xffff)
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return undefined
      groups.push(Number.parseInt(part, 16))
    }
  }
  return groups.length <= 8 ? groups : undefined
}
