/** Parts of a whole (RFC 9110 §14): asking for the rest, and judging what comes. */
import type { Incoming } from '../exchange.js'
import type { HttpHeaders } from '../headers.js'
import type { KnownPart, Whole } from './part-file.js'

/** The bytes that come with an answer. */
export interface Coming extends Whole {
  /** Place of the first one in the whole. */
  start: number
  /** Place behind the last one; undefined: not known before it comes. */
  end: number | undefined
}

/** Header fields that ask for what is missing, of the version that we have the beginning of. */
export function askingForRest(known: KnownPart | undefined): Record<string, string> {
  return known === undefined ? {} : { Range: `bytes=${known.size}-`, 'If-Range': known.validator }
}

/**
 * @param isDecoded whether the bytes are other ones than the server counts
 * @returns what comes; 'changed': the server has another version now; 'wrong': what was not asked for
 */
export function comingOf(
  { status, headers }: Pick<Incoming, 'status' | 'headers'>,
  known: KnownPart | undefined,
  isDecoded: boolean,
): Coming | 'changed' | 'wrong' {
  const length = lengthOf(headers)
  if (status !== 206) {
    if (isDecoded) return { start: 0, end: undefined, total: undefined, validator: undefined }
    return { start: 0, end: length, total: length, validator: validatorOf(headers) }
  }
  const [, first, last, all] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/i.exec(headers.get('content-range') ?? '') ?? []
  const [start, end] = [Number(first), Number(last) + 1]
  const total = all === '*' ? undefined : Number(all)
  const isSane = first !== undefined && start < end && (total === undefined || end <= total)
  if (!isSane || isDecoded || start !== (known?.size ?? 0)) return 'wrong'
  if (length !== undefined && length !== end - start) return 'wrong'
  if (known === undefined) return { start, end, total, validator: validatorOf(headers) }
  // Servers that do not know If-Range send the rest of whatever they have now.
  const isSame = hasSame(headers, known.validator) && (known.total ?? total) === (total ?? known.total)
  return isSame ? { start, end, total: total ?? known.total, validator: known.validator } : 'changed'
}

/** Whether a 416 means that there is no rest: all of it is there. */
export function isComplete({ headers }: Pick<Incoming, 'headers'>, { size, validator }: KnownPart): boolean {
  return headers.get('content-range')?.trim() === `bytes */${size}` && hasSame(headers, validator)
}

/**
 * What `If-Range` takes (RFC 9110 §13.1.5): a strong ETag; without any ETag the date of the last change, where nothing
 * can have changed in the same second behind it.
 */
function validatorOf(headers: HttpHeaders): string | undefined {
  const etag = headers.get('etag')
  if (etag !== undefined) return etag.startsWith('"') ? etag : undefined
  const modified = headers.get('last-modified')
  const age = Date.parse(headers.get('date') ?? '') - Date.parse(modified ?? '')
  return age >= 1000 ? modified : undefined
}

/** An answer that does not name its version may have any. */
function hasSame(headers: HttpHeaders, validator: string): boolean {
  const own = headers.get(validator.startsWith('"') ? 'etag' : 'last-modified')
  return own === undefined || own === validator
}

function lengthOf(headers: HttpHeaders): number | undefined {
  const length = headers.get('content-length')
  return length === undefined || !/^\d+$/.test(length) ? undefined : Number(length)
}
