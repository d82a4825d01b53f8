import { lookup } from 'node:dns/promises'
import { PacketError, parseIpv4, parseIpv6 } from '../packet/index.js'

/** A host as it was given and the address that stands for it. */
export interface Target {
  /** As given: a name or an address. */
  name: string
  address: string
  family: 4 | 6
}

/**
 * The address of a host. An address passes through (`fe80::1%eth0` too); a name is asked of the system's resolver, which may ask
 * a name server outside: that is what giving a name means.
 * @param family 4 or 6 takes only such an address; unset: what the resolver names first
 * @throws PacketError when there is no such host, or none of this family
 */
export async function resolveTarget(name: string, { family }: { family?: 4 | 6 } = {}): Promise<Target> {
  if (typeof name !== 'string' || name.trim() === '')
    throw new PacketError(`a host is given as a name or an address, such as '10.0.0.1', not ${String(name)}`)
  const text = name.trim()
  const known = familyOf(text)
  if (known !== undefined) {
    if (family !== undefined && family !== known)
      throw new PacketError(`${text} is an IPv${known} address, and IPv${family} was asked for`)
    return { name: text, address: text, family: known }
  }
  try {
    const found = await lookup(text, family === undefined ? { verbatim: true } : { family })
    return { name: text, address: found.address, family: found.family === 6 ? 6 : 4 }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const reason =
      code === 'ENOTFOUND'
        ? `there is no host of this name${family === undefined ? '' : ` with an IPv${family} address`}`
        : code === 'EAI_AGAIN'
          ? 'no name server answers'
          : String(code)
    throw new PacketError(`${text}: ${reason}; an address works without a name server`)
  }
}

/** 4 or 6 for an address, with a zone or not; undefined for a name. */
export function familyOf(text: string): 4 | 6 | undefined {
  if (parseIpv4(text) >= 0) return 4
  return parseIpv6(text.split('%')[0]!) === undefined ? undefined : 6
}
