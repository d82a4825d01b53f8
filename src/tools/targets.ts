import { lookup } from 'node:dns/promises'
import { formatIpv6, PacketError, parseIpv4, parseIpv6 } from '../packet/index.js'

/** Characters of a name. RFC 1035 §2.3.4 */
const LONGEST_NAME = 255

/** A host as it was given and the address that stands for it. */
export interface Target {
  /** A name as it was given, an address in its canonical text (with the zone that it has). */
  readonly name: string
  /** In its canonical text, without a zone. */
  readonly address: string
  readonly family: 4 | 6
  /** The interface that the address itself names: `eth0` of `fe80::1%eth0`. RFC 4007 §11. */
  readonly zone?: string
}

/**
 * The address of a host. An address passes through (`fe80::1%eth0` too); a name is asked of the system's resolver, which may ask
 * a name server outside: that is what giving a name means.
 * @param family 4 or 6 takes only such an address; unset: what the resolver names first
 * @throws PacketError when there is no such host, or none of this family
 */
export async function resolveTarget(name: string, family?: 4 | 6): Promise<Target> {
  if (typeof name !== 'string' || name.trim() === '')
    throw new PacketError(
      `a host is given as a name or an address, such as '10.0.0.1', not ${typeof name === 'string' ? `'${name}'` : String(name)}`,
    )
  const text = name.trim()
  const known = addressTarget(text)
  if (known !== undefined) {
    if (family !== undefined && family !== known.family)
      throw new PacketError(`${text} is an IPv${known.family} address, and IPv${family} was asked for`)
    return known
  }
  try {
    const found = await lookup(text, family === undefined ? { verbatim: true } : { family })
    return { ...addressTarget(found.address)!, name: text }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const shown = text.length > LONGEST_NAME ? `${text.slice(0, 40)}…` : text
    if (text.length > LONGEST_NAME || /^[\d.]+$/.test(text) || /[^\w.-]/.test(text))
      throw new PacketError(`'${shown}' is neither an address, such as 10.0.0.1 or fd00::1, nor the name of a host`)
    const reason =
      code === 'ENOTFOUND'
        ? `there is no host of this name${family === undefined ? '' : ` with an IPv${family} address`}`
        : code === 'EAI_AGAIN'
          ? 'no name server answers'
          : String(code)
    throw new PacketError(`${text}: ${reason}; an address works without a name server`)
  }
}

/**
 * The hosts that a tool was given: one, or a list of them.
 * @param name of the tool, for errors
 * @throws PacketError when there is none, or one of them does not resolve
 */
export async function resolveTargets(
  name: string,
  given: string | readonly string[],
  family?: 4 | 6,
): Promise<Target[]> {
  return Promise.all(hostNames(name, given).map((each) => resolveTarget(each, family)))
}

/** One host or a list of them as a list. @throws PacketError when there is none */
export function hostNames(name: string, given: string | readonly string[]): readonly string[] {
  const names = typeof given === 'string' ? [given] : given
  if (!Array.isArray(names) || names.length === 0)
    throw new PacketError(`${name}: there is no host; give one, as in ${name}('127.0.0.1')`)
  return names
}

/** The address as the system takes it, with its zone: `fe80::1%eth0`. */
export function addressWithZone({ address, zone }: Pick<Target, 'address' | 'zone'>): string {
  return zone === undefined ? address : `${address}%${zone}`
}

/** The name that a host was given by; undefined where that was an address. */
export function givenName({ name, address }: Pick<Target, 'name' | 'address'>): string | undefined {
  return name === address || name.startsWith(`${address}%`) ? undefined : name
}

/** `host.example (10.0.0.2)`, or the address alone where no other name was given. */
export function targetText(target: Target): string {
  const name = givenName(target)
  return name === undefined ? addressWithZone(target) : `${name} (${target.address})`
}

/** 4 or 6 for an address, with a zone or not; undefined for a name. */
export function familyOf(text: string): 4 | 6 | undefined {
  return addressTarget(text)?.family
}

/** An address as a target; undefined for a name. */
function addressTarget(text: string): Target | undefined {
  if (parseIpv4(text) >= 0) return { name: text, address: text, family: 4 }
  const [bare, zone] = text.split('%') as [string, string?]
  const bytes = parseIpv6(bare)
  if (bytes === undefined) return undefined
  const address = formatIpv6(bytes)
  const target = { name: address, address, family: 6 } as const
  return zone === undefined ? target : { ...target, zone, name: `${address}%${zone}` }
}
