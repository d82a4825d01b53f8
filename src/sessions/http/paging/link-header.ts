/** The header `Link` (RFC 8288): where more is. */
import type { HttpHeaders } from '../headers.js'

/** Links that are looked at. */
const MOST_LINKS = 100

/**
 * Links by their relation: {next: 'https://…', last: 'https://…'}. A link of several relations is under each; the first of a relation counts.
 * @param url of the answer, from which relative ones are taken
 */
export function linksOf(headers: HttpHeaders, url: string): Record<string, string> {
  const links = new Map<string, string>()
  const value = headers.get('link') ?? ''
  const LINK = /<([^<>]*)>((?:\s*;\s*[\w!#$%&'*+.^`|~-]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s",;]+))?)*)/g
  let count = 0
  for (const [, target = '', parameters = ''] of value.matchAll(LINK)) {
    if (++count > MOST_LINKS) break
    const relation = /;\s*rel\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",;]+))/i.exec(parameters)
    const place = absolute(target, url)
    if (relation === null || place === undefined) continue
    for (const one of (relation[1] ?? relation[2] ?? '').toLowerCase().split(/\s+/))
      if (one !== '' && !links.has(one)) links.set(one, place)
  }
  return Object.fromEntries(links)
}

function absolute(target: string, url: string): string | undefined {
  try {
    return new URL(target, url).href
  } catch {
    return undefined
  }
}
