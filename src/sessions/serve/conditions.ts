/** Conditions of requests: whether the client wants the bytes at all, and whether it may have parts (RFC 9110 §13). */
import type { IncomingHttpHeaders } from 'node:http'
import { parseHttpDate } from './http-date.js'
import type { Resource } from './resource.js'

/** What conditions are compared with. */
export type Validators = Pick<Resource, 'etag' | 'modified'>

/**
 * What a GET or HEAD is answered with by its conditions, in their order of precedence (§13.2.2).
 * @returns 304: the client has it already; 412: it is not what the client thinks; undefined: it is sent
 */
export function preconditions(headers: IncomingHttpHeaders, { etag, modified }: Validators): 304 | 412 | undefined {
  const [match, noneMatch] = [headers['if-match'], headers['if-none-match']]
  if (match !== undefined) {
    if (!matches(match, etag, isSame)) return 412
  } else if (isLater(modified, headers['if-unmodified-since'])) return 412
  if (noneMatch !== undefined) return matches(noneMatch, etag, isAlike) ? 304 : undefined
  return isLater(modified, headers['if-modified-since']) === false ? 304 : undefined
}

/**
 * Whether parts may be sent: what the client has begun with is what there is now (§13.1.5). A weak tag does not say so, and a date only behind the
 * second in which the file was changed: it might have been changed again in it.
 */
export function allowsParts(ifRange: string | undefined, { etag, modified }: Validators, now = Date.now()): boolean {
  if (ifRange === undefined) return true
  if (/^(?:W\/)?"/.test(ifRange)) return etag !== undefined && ifRange === etag && isStrong(etag)
  const date = parseHttpDate(ifRange)
  return modified !== undefined && date === seconds(modified) && now - date >= 1000
}

/** Date of the last change without its parts of a second, as it stands in headers. */
function seconds(modified: Date): number {
  return Math.floor(modified.getTime() / 1000) * 1000
}

/** Whether it was changed behind the date of a header; undefined: that cannot be said, and the header does not count. */
function isLater(modified: Date | undefined, header: string | undefined): boolean | undefined {
  if (modified === undefined || header === undefined) return undefined
  const date = parseHttpDate(header)
  return date === undefined ? undefined : seconds(modified) > date
}

/** Whether a list of tags has the one there is; `*` is any. */
function matches(header: string, etag: string | undefined, isEqual: (a: string, b: string) => boolean): boolean {
  if (header.trim() === '*') return true
  if (etag === undefined) return false
  // A tag may have commas in it (§8.8.3).
  return (header.match(/(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g) ?? []).some((tag) => isEqual(tag, etag))
}

function isStrong(tag: string): boolean {
  return !tag.startsWith('W/')
}

/** Strong comparison (§8.8.3.2): the very same bytes. */
function isSame(a: string, b: string): boolean {
  return a === b && isStrong(a)
}

/** Weak comparison: as good as the same. */
function isAlike(a: string, b: string): boolean {
  return a.replace(/^W\//, '') === b.replace(/^W\//, '')
}
