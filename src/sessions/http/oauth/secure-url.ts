/** Where secrets may be sent. */
import { isLoopback } from '../../stream/place.js'

/** Whether a URL is one of https, or of http on this machine: there nobody is in between (RFC 8252 §8.3 allows it for redirects, we for practice too). */
export function isSecureUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || url.username !== '' || url.password !== '' || url.hash !== '') return false
  return url.protocol === 'https:' || isLocalUrl(url)
}

/** Whether it is one of http on this machine. */
export function isLocalUrl(url: URL): boolean {
  return url.protocol === 'http:' && isLoopback(url.hostname.replace(/^\[|\]$/g, ''))
}
