/** What lies below a URL. */

/** Dots behind an encoded slash: some servers read them as a way out of the folder. */
const WAY_OUT = /(?:%2f|%5c|\/|\\)(?:\.|%2e){2}(?:%2f|%5c|\/|\\|$)/i

/**
 * Whether a URL has this origin, and a path that is the same or lies below it, by whole segments: `/v1` covers `/v1` and `/v1/users`, not
 * `/v10`; `/v1/` covers what is below it only.
 */
export function covers(prefix: URL, url: URL): boolean {
  // Of other schemes the origin is 'null', whatever the host.
  if (prefix.origin !== url.origin || !/^https?:$/.test(url.protocol)) return false
  const { pathname } = prefix
  if (!url.pathname.startsWith(pathname)) return false
  const rest = url.pathname.slice(pathname.length)
  if (rest !== '' && !pathname.endsWith('/') && !rest.startsWith('/')) return false
  return pathname === '/' || !WAY_OUT.test(`/${rest}`)
}
