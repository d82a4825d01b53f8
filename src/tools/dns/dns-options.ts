import { randomInt } from 'node:crypto'
import { domainToASCII } from 'node:url'
import type { PathOptions } from '../../exchange/index.js'
import { canonicalName } from '../../layers/services/dns-names.js'
import { DNS_CLASSES, DNS_TYPES, typeNumber } from '../../layers/services/dns-numbers.js'
import { PacketError, parseIpv4, parseIpv6, suggestion } from '../../packet/index.js'
import {
  ADDRESS,
  ANYTHING,
  checkTable,
  FLAG,
  type OptionKind,
  type OptionTable,
  PATH_OPTIONS,
  PORT,
  RETRY,
  SECONDS,
  text,
  wholeNumber,
} from '../option-kinds.js'

/** Options of `dns`. */
export interface DnsOptions extends PathOptions {
  /** Type of the records asked for, by name or number, or several. Default `'A'`; of an address `'PTR'`. */
  type?: string | number | readonly (string | number)[]
  /** Name server: address or name. Default: the first of /etc/resolv.conf. */
  server?: string
  /** Class, by name or number. Default `'IN'`; `'CH'` asks a server about itself (`version.bind`, type TXT). */
  class?: string | number
  /** Whether the server shall ask others (RD). Default true. */
  recurse?: boolean
  /** Ask for signatures (EDNS, DO). Default false. */
  dnssec?: boolean
  /** Do not check signatures (CD). Default false. */
  checkingDisabled?: boolean
  /** Greatest datagram taken, bytes, 512..65535, told with EDNS. Default 1232; 0 leaves EDNS out. */
  size?: number
  /** True: over TCP. Default: UDP, then TCP when the answer was truncated; false: never TCP. */
  tcp?: boolean
  /** Port of the server. Default 53. */
  port?: number
  /** Seconds that each answer is waited for. Default 2. */
  timeout?: number
  /** How often a question without an answer is sent again, 0..15. Default 2. */
  retry?: number
  /** Number of the message, 0..65535. Default: random, another for each question. */
  id?: number
  /** The question goes out as a raw packet of our own (needs root). So it does with source, sport, ttl, iface and link. */
  raw?: boolean
  /** Address that a raw packet says it comes from. Default: the one of the route. */
  source?: string
  /** Port that a raw packet comes from, 1..65535. Default: random. */
  sport?: number
  /** Time to live, hop limit of a raw packet, 1..255. Default 64. */
  ttl?: number
  /** The result prints the data of the answers alone, one a line. Default false. */
  short?: boolean
}

const SMALLEST_SIZE = 512
const USUAL_SIZE = 1232
const SIZE: OptionKind = {
  takes: `a whole number, 0 or ${SMALLEST_SIZE}..65535`,
  accepts: (value) => value === 0 || wholeNumber(SMALLEST_SIZE, 65535).accepts(value),
}

const OPTIONS: OptionTable<DnsOptions> = {
  ...PATH_OPTIONS,
  type: ANYTHING,
  server: text('the address or name of a name server'),
  class: ANYTHING,
  recurse: FLAG,
  dnssec: FLAG,
  checkingDisabled: FLAG,
  size: SIZE,
  tcp: FLAG,
  port: PORT,
  timeout: SECONDS,
  retry: RETRY,
  id: wholeNumber(0, 65535),
  raw: FLAG,
  source: ADDRESS,
  sport: PORT,
  ttl: wholeNumber(1, 255),
  short: FLAG,
}

/** One question. */
export interface DnsQuestion {
  /** With a dot at its end. */
  name: string
  type: number
  class: number
  /** As it was given: the address of a reverse look-up. */
  asked: string
}

/** Options with their defaults. */
export interface DnsSettings extends DnsOptions {
  questions: readonly DnsQuestion[]
  recurse: boolean
  dnssec: boolean
  size: number
  port: number
  timeout: number
  retry: number
  /** Whether packets of our own are sent instead of using a socket. */
  isRaw: boolean
}

/** More would be a scan; the list of answers is kept in memory. */
const MOST_QUESTIONS = 10_000
/** AXFR and IXFR: the answer is many messages. */
const TRANSFERS = new Set([251, 252])
const PTR = 12
const OPTION_LIKE = new Set([41])

/** @throws PacketError that says what is wrong */
export function dnsSettings(names: string | readonly string[], options: DnsOptions): DnsSettings {
  checkTable('dns', options, OPTIONS)
  const { recurse = true, dnssec = false, size = USUAL_SIZE, port = 53, timeout = 2, retry = 2, raw = false } = options
  const isRaw =
    raw ||
    [options.iface, options.link, options.source, options.sport, options.ttl].some((option) => option !== undefined)
  if (isRaw && options.tcp === true)
    throw new PacketError(
      'dns: over TCP the system makes the packets: leave out raw, iface, link, source, sport and ttl',
    )
  if (size === 0 && dnssec) throw new PacketError('dns: dnssec is asked for with EDNS: size cannot be 0 then')
  const questions = questionsOf(names, options)
  return { ...options, questions, recurse, dnssec, size, port, timeout, retry, isRaw }
}

function questionsOf(names: string | readonly string[], options: DnsOptions): DnsQuestion[] {
  const list: readonly unknown[] = Array.isArray(names) ? names : [names]
  const types: readonly unknown[] = Array.isArray(options.type) ? options.type : [options.type]
  const dnsClass = numberOf('class', options.class ?? 1, DNS_CLASSES, (name) => classNumber(name))
  if (list.length === 0 || types.length === 0)
    throw new PacketError("dns: nothing is asked; give a name: dns('example.org')")
  if (list.length * types.length > MOST_QUESTIONS)
    throw new PacketError(`dns: ${list.length * types.length} questions; at most ${MOST_QUESTIONS} are asked at once`)
  return list.flatMap((name) => types.map((type) => question(name, type, dnsClass)))
}

function question(given: unknown, givenType: unknown, dnsClass: number): DnsQuestion {
  if (typeof given !== 'string' || given === '')
    throw new PacketError(`dns: a name is text such as 'example.org' (the root is '.'), not ${String(given)}`)
  const reverse = reverseName(given)
  const type = numberOf('type', givenType ?? (reverse === undefined ? 1 : PTR), DNS_TYPES, typeNumberOf)
  if (TRANSFERS.has(type))
    throw new PacketError('dns: the answer to AXFR and IXFR is a whole zone in many messages, which dns does not take')
  if (OPTION_LIKE.has(type)) throw new PacketError('dns: OPT is no type to ask for; size and dnssec set it')
  if (reverse !== undefined && type === PTR) return { name: reverse, type, class: dnsClass, asked: given }
  return { name: canonicalName(ascii(given), 'dns: name'), type, class: dnsClass, asked: given }
}

/** Names of other scripts as DNS has them: `bücher.example` is `xn--bcher-kva.example`. */
function ascii(name: string): string {
  if (/^[\x00-\x7f]*$/.test(name)) return name
  const converted = domainToASCII(name)
  if (converted === '') throw new PacketError(`dns: ${name} cannot be written as a domain name (RFC 5891)`)
  return converted
}

/** The name under which an address is looked up, or undefined for what is none. RFC 1035 §3.5, RFC 3596 §2.5. */
export function reverseName(address: string): string | undefined {
  const ipv4 = parseIpv4(address)
  if (ipv4 >= 0) return `${address.split('.').reverse().join('.')}.in-addr.arpa.`
  const ipv6 = parseIpv6(address)
  if (ipv6 === undefined) return undefined
  const digits = Array.from(ipv6).flatMap((byte) => [byte >>> 4, byte & 15])
  return `${digits
    .reverse()
    .map((digit) => digit.toString(16))
    .join('.')}.ip6.arpa.`
}

const typeNumberOf = (name: string): number | undefined => (/^any$/i.test(name) ? 255 : typeNumber(name))

function classNumber(name: string): number | undefined {
  const found = Object.entries(DNS_CLASSES).find(([, known]) => known === name.toUpperCase())
  return found === undefined ? undefined : Number(found[0])
}

function numberOf(
  option: string,
  value: unknown,
  names: Readonly<Record<number, string>>,
  find: (name: string) => number | undefined,
): number {
  const digits = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  const number = typeof digits === 'string' ? find(digits) : digits
  if (typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= 0xffff) return number
  const near = typeof value === 'string' ? suggestion(value.toUpperCase(), Object.values(names)) : ''
  throw new PacketError(`dns: ${option} ${String(value)} is not known${near} (a number 0..65535 works too)`)
}

/** A number that cannot be guessed. */
export const randomId = (): number => randomInt(0x10000)
