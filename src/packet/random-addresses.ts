import { formatIpv4, formatIpv6, formatMac, parseIpv4, parseIpv6, parseMac } from './addresses.js'
import { PacketError } from './errors.js'
import { printed } from './literal.js'
import { between, call, RandomValue, randomBytes } from './random-source.js'

/** Random addresses and identifiers, any or of a template: `*` for a part that is any, `a-b` for one of a range. */

type Part = readonly [low: number, high: number]

/** A part of a template: `*`, a number or a range in the given base. Undefined when it is none. */
function partOf(text: string, base: 10 | 16, most: number): Part | undefined {
  if (text === '*') return [0, most]
  const digits = base === 10 ? '\\d+' : '[0-9a-f]+'
  const match = new RegExp(`^(${digits})(?:-(${digits}))?$`, 'i').exec(text)
  if (match === null) return undefined
  const low = Number.parseInt(match[1]!, base)
  const high = match[2] === undefined ? low : Number.parseInt(match[2], base)
  return low <= high && high <= most ? [low, high] : undefined
}

/** All parts, or undefined when one of them is none. */
function partsOf(texts: readonly string[], base: 10 | 16, most: number): Part[] | undefined {
  const parts = texts.map((text) => partOf(text, base, most))
  return parts.every((part) => part !== undefined) ? (parts as Part[]) : undefined
}

const draw = ([low, high]: Part): number => between(low, high)

/** Address and prefix length of `10.0.0.0/8`; the length is -1 when it is none. */
function prefixOf(template: string, bits: number): [address: string, prefix: number] {
  const slash = template.indexOf('/')
  const text = template.slice(slash + 1)
  if (slash < 0) return [template, bits]
  return [template.slice(0, slash), /^\d{1,3}$/.test(text) && Number(text) <= bits ? Number(text) : -1]
}

/** Random IPv4 address; of a network or a template when one is given: `'10.0.0.0/8'`, `'10.0.*.1-20'`. */
export function RandIP(template = '0.0.0.0/0'): RandomValue {
  const [address, prefix] = prefixOf(template, 32)
  const texts = address.split('.')
  const parts = texts.length === 4 ? partsOf(texts, 10, 255) : undefined
  if (parts === undefined || prefix < 0)
    throw new PacketError(
      `RandIP(${printed(template)}): give a network such as '10.0.0.0/8', or a template such as '10.0.*.1-20'`,
    )
  const size = 2 ** (32 - prefix)
  const expression = call('RandIP', template === '0.0.0.0/0' ? undefined : template)
  return new RandomValue(() => {
    const base = parseIpv4(parts.map(draw).join('.'))
    return formatIpv4(size === 1 ? base : Math.floor(base / size) * size + between(0, size - 1))
  }, expression)
}

const IPV6_EXAMPLE = "give a network such as 'fd00::/8', or a template such as 'fd00::*:1-ff'"

/** The eight groups of an IPv6 template: `**` stands for as many groups of any number as are missing, `::` for zeros. */
function groupsOf(address: string): Part[] | undefined {
  const filler = address.includes('**') ? '**' : '::'
  const [head = '', tail, ...more] = address.includes(filler) ? address.split(filler) : [address]
  const groups = (text: string): string[] => text.split(':').filter((group) => group !== '')
  const before = partsOf(groups(head), 16, 0xffff)
  const after = partsOf(groups(tail ?? ''), 16, 0xffff)
  if (before === undefined || after === undefined || more.length > 0) return undefined
  const missing = 8 - before.length - after.length
  if (tail === undefined ? missing !== 0 : missing < 0) return undefined
  return [...before, ...Array.from({ length: missing }, (): Part => [0, filler === '**' ? 0xffff : 0]), ...after]
}

/** Random IPv6 address; of a network or a template when one is given: `'fd00::/8'`, `'fd00::*:1-ff'`. */
export function RandIP6(template = '**'): RandomValue {
  const [address, prefix] = prefixOf(template, 128)
  const groups = groupsOf(address)
  if (groups === undefined || prefix < 0) throw new PacketError(`RandIP6(${printed(template)}): ${IPV6_EXAMPLE}`)
  return new RandomValue(
    () => {
      const bytes = parseIpv6(groups.map((group) => draw(group).toString(16)).join(':'))!
      const host = randomBytes(prefix === 128 ? 0 : 16)
      return formatIpv6(
        bytes.map((byte, i) => {
          const own = Math.min(8, Math.max(0, prefix - i * 8))
          const mask = (0xff00 >> own) & 0xff
          return host.length === 0 ? byte : (byte & mask) | (host[i]! & ~mask)
        }),
      )
    },
    call('RandIP6', template === '**' ? undefined : template),
  )
}

/**
 * Random MAC address: any unicast one marked as locally administered, or one of a template: `'02:00:00:*:*:*'`, `'00:11:22'`
 * (what it begins with), `'00:11:22:0-f:*:1'`.
 */
export function RandMAC(template = ''): RandomValue {
  const texts =
    template === ''
      ? []
      : template
          .split(':')
          .flatMap((text) => (/^[0-9a-f]{2}(-[0-9a-f]{2}){2,}$/i.test(text) ? text.split('-') : [text]))
  const parts = partsOf(texts, 16, 0xff)
  if (parts === undefined || parts.length > 6)
    throw new PacketError(
      `RandMAC(${printed(template)}): give the first bytes, such as '00:11:22', or a template such as '02:00:00:*:*:*'`,
    )
  return new RandomValue(
    () => {
      const bytes = Array.from({ length: 6 }, (_, i) => draw(parts[i] ?? [0, 255]))
      if (parts.length === 0) bytes[0] = (bytes[0]! & 0xfc) | 2
      return formatMac(parseMac(bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':')))
    },
    call('RandMAC', template === '' ? undefined : template),
  )
}

/** Numbers further right in an object identifier are small. */
const OID_NUMBER = 255
const OID_DEPTH = 8

/**
 * Random object identifier, `'1.3.6.1.…'`: any, or one of a template where `*` is one number and `**` some: `'1.3.6.1.2.1.**'`.
 */
export function RandOID(template = '**'): RandomValue {
  const parts = template
    .split('.')
    .map((text) => (text === '**' ? text : partOf(text, 10, text === '*' ? OID_NUMBER : 0xffffffff)))
  if (parts.some((part) => part === undefined))
    throw new PacketError(`RandOID(${printed(template)}): give a template such as '1.3.6.1.2.1.*.*' or '1.3.6.1.**'`)
  return new RandomValue(
    () => {
      const numbers = (parts as (Part | '**')[]).flatMap((part) =>
        part === '**' ? Array.from({ length: between(1, OID_DEPTH) }, () => between(0, OID_NUMBER)) : [draw(part)],
      )
      // X.660: the first is 0, 1 or 2, and the second is below 40 unless it is 2.
      if (parts[0] === '**' || template.startsWith('*')) numbers[0] = between(0, 2)
      if (numbers[0]! < 2 && (numbers[1] ?? 0) >= 40 && !/^\d+\.\d/.test(template)) numbers[1]! %= 40
      if (numbers.length === 1) numbers.push(between(0, 39))
      return numbers.join('.')
    },
    call('RandOID', template === '**' ? undefined : template),
  )
}

const UUID_TEMPLATE = '********-****-4***-****-************'

/** Random UUID of version 4 (RFC 9562 §5.4), as text; or of a template where `*` is any hexadecimal digit. */
export function RandUUID(template?: string): RandomValue {
  const given = template ?? UUID_TEMPLATE
  if (!/^[0-9a-f*]{8}-[0-9a-f*]{4}-[0-9a-f*]{4}-[0-9a-f*]{4}-[0-9a-f*]{12}$/i.test(given))
    throw new PacketError(`RandUUID(${printed(template)}): give a template such as '${UUID_TEMPLATE}'`)
  return new RandomValue(
    () =>
      [...given]
        .map((digit, i) => {
          if (digit !== '*') return digit
          // The variant, two bits.
          return between(
            template === undefined && i === 19 ? 8 : 0,
            template === undefined && i === 19 ? 11 : 15,
          ).toString(16)
        })
        .join(''),
    call('RandUUID', template),
  )
}
