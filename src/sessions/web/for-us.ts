/** Whom a request is for. */
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { WebError } from './web-reply.js'

/**
 * Whether the request names us as the host. Pages of others that have their name point to this machine (DNS rebinding) name themselves;
 * an address is no name, so it cannot be theirs.
 */
export function isForUs({ headers: { host = '' } }: IncomingMessage, ownName: string): boolean {
  const [, name = ''] = /^(.*?)(?::\d{1,5})?$/.exec(host) ?? []
  const bare = name.startsWith('[') && name.endsWith(']') ? name.slice(1, -1) : name.toLowerCase()
  return isIP(bare) !== 0 || /^(?:.+\.)?localhost$/.test(bare) || (ownName !== '' && bare === ownName.toLowerCase())
}

/**
 * Whether the request names a machine of the network around: an address, a name that cannot be bought (one without dots, `.local` of RFC 6762, `.home.arpa`
 * of RFC 8375), or the name that this machine has.
 */
export function isNearby(incoming: IncomingMessage, ownName: string): boolean {
  if (isForUs(incoming, ownName)) return true
  const [name = ''] = (incoming.headers.host ?? '').toLowerCase().split(':', 1)
  const [own = ''] = ownName.toLowerCase().split('.', 1)
  return !name.includes('.') || /\.(?:local|home\.arpa)$/.test(name) || (own !== '' && name.startsWith(`${own}.`))
}

/**
 * @throws WebError (400) for more than one Host: whom the request is for must be clear (RFC 9112 §3.2); 421 for one that is not ours: a page
 * elsewhere whose name points to this machine would be let in (RFC 9110 §15.5.20)
 */
export function checkHost(incoming: IncomingMessage, ownName: string | undefined): void {
  const { rawHeaders } = incoming
  let hosts = 0
  for (let i = 0; i < rawHeaders.length; i += 2)
    if (rawHeaders[i]!.length === 4 && rawHeaders[i]!.toLowerCase() === 'host' && ++hosts > 1)
      throw new WebError(400, 'there is more than one Host')
  if (ownName !== undefined && incoming.headers.host !== undefined && !isForUs(incoming, ownName))
    throw new WebError(421, "this server listens for this machine only: ask for localhost; host: '*' listens for all")
}

/** @throws WebError (421) for a name that could be anybody's: see {@link isNearby} */
export function checkNearby(incoming: IncomingMessage, ownName: string): void {
  if (incoming.headers.host === undefined || isNearby(incoming, ownName)) return
  throw new WebError(421, 'this server does not go by that name: ask for its address, or give it a password')
}
