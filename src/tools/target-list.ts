import { formatIpv4, formatIpv6, PacketError, parseIpv4, parseIpv6 } from '../packet/index.js'
import { resolveTarget, type Target } from './targets.js'

/** What was asked for. */
export interface TargetList {
  readonly targets: Target[]
  /** Whether a network or a range was among them: then it is first found out who is there. */
  readonly hasNetwork: boolean
}

/** Most addresses in one call. */
const MOST_TARGETS = 65_536

/**
 * Hosts, networks (`10.0.0.0/28`, `fd00::/120`) and ranges (`10.0.0.1-20`, `10.0.0.1-10.0.1.9`) as addresses, each once, in
 * the order given. Texts may hold several, with commas or spaces between them. Names are asked of the system's resolver.
 * @param tool its name, for errors
 * @throws PacketError that names what is no target
 */
export async function parseTargets(
  tool: string,
  given: string | readonly string[],
  family?: 4 | 6,
): Promise<TargetList> {
  const words = targetWords(tool, given)
  const targets: Target[] = []
  const known = new Set<string>()
  let hasNetwork = false
  for (const word of words) {
    const several = expand(word, tool)
    if (several !== undefined && several.length > 1) hasNetwork = true
    for (const target of several ?? [await resolveTarget(word, family)]) {
      const key = `${target.address}%${target.zone ?? ''}`
      if (known.has(key)) continue
      known.add(key)
      targets.push(target)
    }
    if (targets.length > MOST_TARGETS) throw tooMany(tool, word)
  }
  return { targets, hasNetwork }
}

/** The words of the texts given, at least one. @throws PacketError for what is no text */
export function targetWords(tool: string, given: unknown): string[] {
  const texts: readonly unknown[] = Array.isArray(given) ? given : given === undefined ? [] : [given]
  const words = texts.flatMap((each) => {
    if (typeof each !== 'string')
      throw new PacketError(
        `${tool}: a target is a text such as '10.0.0.1', '10.0.0.0/28' or 'host.example', not ${String(each)}`,
      )
    return each.split(/[\s,]+/).filter((word) => word !== '')
  })
  if (words.length === 0)
    throw new PacketError(`${tool}: there is no target: give a host, a network such as 10.0.0.0/28, or 'lan'`)
  return words
}

/** The addresses of a network or a range; undefined for what is neither. */
function expand(word: string, tool: string): Target[] | undefined {
  const network = /^([^/]+)\/(\d{1,3})$/.exec(word)
  if (network !== null) return networkAddresses(network[1]!, Number(network[2]), word, tool)
  const range = /^(\d+\.\d+\.\d+\.\d+)-(\d+(?:\.\d+){0,3})$/.exec(word)
  if (range !== null) return rangeAddresses(range[1]!, range[2]!, word, tool)
  if (word.includes('/'))
    throw new PacketError(
      `${tool}: '${word}' is no network: an address, a slash and the prefix length are, as in 10.0.0.0/28`,
    )
  return undefined
}

/** All addresses of a network; @throws PacketError when the text is none or it has more than 65 536 */
export function networkAddresses(base: string, prefix: number, word: string, tool: string): Target[] {
  const ipv4 = parseIpv4(base)
  const [bare, zone] = base.split('%') as [string, string?]
  const ipv6 = ipv4 >= 0 ? undefined : parseIpv6(bare)
  if (ipv4 < 0 && ipv6 === undefined)
    throw new PacketError(
      `${tool}: '${base}' in '${word}' is no address; a network is written with one, as in 10.0.0.0/28`,
    )
  const bits = ipv6 === undefined ? 32 : 128
  if (prefix > bits) throw new PacketError(`${tool}: ${word}: the prefix length is 0..${bits}, not ${prefix}`)
  const free = bits - prefix
  if (free > 16) throw tooMany(tool, word)
  const count = 2 ** free
  if (ipv6 === undefined) {
    const first = ipv4 - (ipv4 % count)
    return Array.from({ length: count }, (_, i) => ipv4Target(first + i))
  }
  const first = ((ipv6[14]! << 8) | ipv6[15]!) & ~(count - 1)
  return Array.from({ length: count }, (_, i) => {
    const bytes = ipv6.slice()
    bytes[14] = (first + i) >>> 8
    bytes[15] = (first + i) & 255
    const address = formatIpv6(bytes)
    const target = { name: address, address, family: 6 } as const
    return zone === undefined ? target : { ...target, zone, name: `${address}%${zone}` }
  })
}

function rangeAddresses(from: string, to: string, word: string, tool: string): Target[] {
  const first = parseIpv4(from)
  // `10.0.0.1-20`: what is left out is as in the first address.
  const missing = 4 - to.split('.').length
  const last = parseIpv4([...from.split('.').slice(0, missing), to].join('.'))
  if (first < 0 || last < 0)
    throw new PacketError(
      `${tool}: '${word}' is no range of addresses; one is written 10.0.0.1-20 or 10.0.0.1-10.0.1.20`,
    )
  if (last < first)
    throw new PacketError(`${tool}: ${word} goes backwards: ${formatIpv4(last)} is before ${formatIpv4(first)}`)
  if (last - first >= MOST_TARGETS) throw tooMany(tool, word)
  return Array.from({ length: last - first + 1 }, (_, i) => ipv4Target(first + i))
}

function ipv4Target(value: number): Target {
  const address = formatIpv4(value)
  return { name: address, address, family: 4 }
}

function tooMany(tool: string, word: string): PacketError {
  return new PacketError(
    `${tool}: with ${word} these are more than ${MOST_TARGETS} addresses: take a part of them, such as a /16 (IPv4) or /112 (IPv6)`,
  )
}
