/** What a request for a resource is answered with, before a byte of it is read. */
import { randomBytes } from 'node:crypto'
import { type IncomingMessage, STATUS_CODES } from 'node:http'
import { allowsParts, preconditions } from './conditions.js'
import { type ByteRange, rangesOf } from './ranges.js'
import type { Resource } from './resource.js'

/** A part of a body. */
export interface Part {
  /** What stands before it; empty where the part is all there is. */
  readonly head: string
  readonly start: number
  /** Undefined: its end is not known. */
  readonly end: number | undefined
}

/** An answer: its status and headers, and of what its body consists. */
export interface Answer {
  readonly status: number
  readonly headers: Record<string, string | number>
  readonly parts: readonly Part[]
  /** What stands behind the parts; of an answer without parts: all of the body. */
  readonly tail: string
  /** Bytes of the body; undefined: not known. */
  readonly length: number | undefined
}

/** What a request gets of a resource. Only GET and HEAD can have conditions, and only GET parts. */
export async function answerTo({ method, headers }: IncomingMessage, resource: Resource): Promise<Answer> {
  const { etag, size } = resource
  const isGet = method === 'GET'
  const state = isGet || method === 'HEAD' ? preconditions(headers, resource) : undefined
  if (state !== undefined) return bare(state, validators(resource))
  const hasParts = etag !== undefined && size !== undefined
  const ifRange = headers['if-range'] as string | undefined
  const ranges = isGet && hasParts && allowsParts(ifRange, resource) ? rangesOf(headers.range, size) : undefined
  if (ranges === 'none') return bare(416, { ...validators(resource), 'Content-Range': `bytes */${size}` })
  const common = {
    ...validators(resource),
    'Accept-Ranges': hasParts ? 'bytes' : 'none',
    'Content-Disposition': await dispositionOf(resource),
    // It is what it is said to be, whatever a browser may see in its bytes.
    'X-Content-Type-Options': 'nosniff',
  }
  if (ranges !== undefined && ranges.length > 1) return multipart(common, resource.type, ranges, size!)
  const [[start, end] = [0, size]] = ranges ?? []
  const length = end === undefined ? undefined : end - start
  return {
    status: ranges === undefined ? 200 : 206,
    headers: {
      'Content-Type': resource.type,
      ...common,
      ...(ranges !== undefined && { 'Content-Range': contentRange(start, end!, size!) }),
      ...(length !== undefined && { 'Content-Length': length }),
    },
    parts: [{ head: '', start, end }],
    tail: '',
    length,
  }
}

/** An answer that has nothing of the resource. */
function bare(status: number, headers: Record<string, string>): Answer {
  if (status === 304) return { status, headers, parts: [], tail: '', length: 0 }
  const tail = `${status} ${STATUS_CODES[status]}\n`
  const length = Buffer.byteLength(tail)
  return {
    status,
    headers: { ...headers, 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': length },
    parts: [],
    tail,
    length,
  }
}

function validators({ etag, modified }: Resource): Record<string, string> {
  // A date that is still to come must not be told (RFC 9110 §8.8.2.1).
  const date = modified && new Date(Math.min(modified.getTime(), Date.now()))
  return { ...(etag !== undefined && { ETag: etag }), ...(date && { 'Last-Modified': date.toUTCString() }) }
}

let contentDisposition: typeof import('content-disposition') | undefined

/** The name in ASCII and, where that is not all, in UTF-8 (RFC 6266, RFC 8187). */
async function dispositionOf({ name, disposition }: Resource): Promise<string> {
  contentDisposition ??= (await import('content-disposition')).default
  // Half of a pair cannot be written; what is beyond ASCII is read in many ways where nothing says how (RFC 6266 §4.3).
  const whole = name.replace(/\p{Surrogate}/gu, '\ufffd')
  return contentDisposition(whole, { type: disposition, fallback: whole.replace(/[^\x20-\x7e]/gu, '_') })
}

function contentRange(start: number, end: number, size: number): string {
  return `bytes ${start}-${end - 1}/${size}`
}

/** Several parts (RFC 9110 §14.6). */
function multipart(headers: Record<string, string>, type: string, ranges: readonly ByteRange[], size: number): Answer {
  const boundary = randomBytes(15).toString('base64url')
  const parts = ranges.map(([start, end], i) => ({
    head: `${i === 0 ? '' : '\r\n'}--${boundary}\r\nContent-Type: ${type}\r\nContent-Range: ${contentRange(start, end, size)}\r\n\r\n`,
    start,
    end,
  }))
  const tail = `\r\n--${boundary}--\r\n`
  const length = parts.reduce((sum, { head, start, end }) => sum + head.length + end - start, tail.length)
  return {
    status: 206,
    headers: { 'Content-Type': `multipart/byteranges; boundary=${boundary}`, ...headers, 'Content-Length': length },
    parts,
    tail,
    length,
  }
}
