/** Whom a request is for. */
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'

/**
 * Whether the request names us as the host. Pages of others that have their name point to this machine (DNS rebinding) name themselves;
 * an address is no name, so it cannot be theirs.
 */
export function isForUs({ headers: { host = '' } }: IncomingMessage, ownName: string): boolean {
  const [, name = ''] = /^(.*?)(?::\d{1,5})?$/.exec(host) ?? []
  const bare = name.startsWith('[') && name.endsWith(']') ? name.slice(1, -1) : name.toLowerCase()
  return isIP(bare) !== 0 || /^(?:.+\.)?localhost$/.test(bare) || (ownName !== '' && bare === ownName.toLowerCase())
}
