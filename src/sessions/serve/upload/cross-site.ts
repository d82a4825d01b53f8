/** Pages of others must not make a visitor's browser bring files here (cross-site request forgery). */
import type { IncomingMessage } from 'node:http'

/**
 * Whether a request comes from a page of ours, or from no page at all. Browsers say of which page it is: in Sec-Fetch-Site (over TLS and to this
 * machine), in Origin always with POST and PUT. Programs say neither.
 */
export function isOwnPage({ headers }: IncomingMessage): boolean {
  const { origin, host = '', 'sec-fetch-site': site } = headers
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false
  if (origin === undefined) return true
  // Without a scheme: whoever does the TLS may stand before us. A file that was uploaded and is looked at in a sandbox says `null`.
  return /^https?:\/\/(.+)$/i.exec(origin)?.[1]?.toLowerCase() === host.toLowerCase()
}
