/** Bodies of answers: decompressed, within bounds, and as text. */
import { Duplex, pipeline, Readable } from 'node:stream'
import { promisify } from 'node:util'
import zlib from 'node:zlib'
import { SessionError } from '../face/session-error.js'
import type { HttpHeaders } from './headers.js'

/** What we say that we understand: br, too, which Node has; zstd only where it has it. */
export const ACCEPTED = 'createZstdDecompress' in zlib ? 'gzip, deflate, br, zstd' : 'gzip, deflate, br'

/** Up to this size decompressing at once costs less than handing it to a thread. */
const SMALL = 32 * 1024
/** More codings than that on one another are nothing that a server does for good. */
const MOST_CODINGS = 4

/** Codings of a body, outermost last. */
function codingsOf(headers: HttpHeaders): string[] {
  const value = headers.get('content-encoding')
  if (value === undefined) return []
  return value
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity')
}

/** Whether there is something to decompress. */
export function isCoded(headers: HttpHeaders): boolean {
  return headers.has('content-encoding')
}

/**
 * A body without its codings.
 * @param name of the request, for errors
 * @param limit bytes behind decompression
 * @throws SessionError where it is broken, or becomes larger than the limit
 */
export async function decoded(
  name: string,
  headers: HttpHeaders,
  body: Uint8Array,
  limit: number,
): Promise<Uint8Array> {
  const codings = codingsOf(headers)
  if (codings.length === 0 || body.length === 0) return body
  checkCount(name, codings)
  let bytes = body
  for (const coding of codings.reverse()) {
    const ways = waysOf(coding)
    // Not ours to read: it stays as it came, and the header says so.
    if (ways === undefined) return bytes
    try {
      const options = { maxOutputLength: limit }
      bytes = bytes.length <= SMALL ? ways.now(bytes, options) : await ways.later(bytes, options)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
        throw new SessionError(
          `${name}: decompressed (${coding}) the answer is longer than ${limit} bytes; option limit takes more`,
          'LIMIT',
        )
      throw new SessionError(
        `${name}: the answer says that it is ${coding} and is not: ${(error as Error).message}`,
        'CODING',
      )
    }
  }
  return bytes
}

/** The same for a stream. */
export function decodedStream(name: string, headers: HttpHeaders, body: Readable): Readable {
  const codings = codingsOf(headers)
  checkCount(name, codings)
  let stream = body
  for (const coding of codings.reverse()) {
    const ways = waysOf(coding)
    if (ways === undefined) return stream
    const before = stream
    const decoder = ways.stream()
    before.on('error', (error) => decoder.destroy(error))
    decoder.on('close', () => before.destroy())
    stream = before.pipe(decoder)
  }
  return stream
}

function checkCount(name: string, codings: readonly string[]): void {
  if (codings.length > MOST_CODINGS)
    throw new SessionError(
      `${name}: the answer is compressed ${codings.length} times, which nobody does for good`,
      'CODING',
    )
}

type Options = { maxOutputLength: number }

interface Ways {
  now(bytes: Uint8Array, options: Options): Uint8Array
  later(bytes: Uint8Array, options: Options): Promise<Uint8Array>
  stream(): Duplex
}

type Later = (bytes: Uint8Array, options: Options) => Promise<Uint8Array>

const GZIP: Ways = { now: zlib.gunzipSync, later: promisify(zlib.gunzip) as Later, stream: () => zlib.createGunzip() }
const BROTLI: Ways = {
  now: zlib.brotliDecompressSync,
  later: promisify(zlib.brotliDecompress) as Later,
  stream: () => zlib.createBrotliDecompress(),
}
/** Some servers send it without the frame of zlib (RFC 9110 §8.4.1.2 says with). */
const DEFLATE: Ways = {
  now: (bytes, options) =>
    hasZlibFrame(bytes) ? zlib.inflateSync(bytes, options) : zlib.inflateRawSync(bytes, options),
  later: (bytes, options) => (promisify(hasZlibFrame(bytes) ? zlib.inflate : zlib.inflateRaw) as Later)(bytes, options),
  stream: () => Duplex.from(inflated),
}

/** Waits for the two bytes that tell of the frame. */
async function* inflated(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const pieces = source[Symbol.asyncIterator]()
  let head = Buffer.alloc(0)
  for (let isOver = false; !isOver && head.length < 2; ) {
    const { value = head, done = false } = (await pieces.next()) as IteratorResult<Uint8Array, undefined>
    isOver = done
    if (!done) head = Buffer.concat([head, value])
  }
  if (head.length === 0) return
  const all = async function* (): AsyncGenerator<Uint8Array> {
    yield head
    for (let next = await pieces.next(); !next.done; next = await pieces.next()) yield next.value
  }
  const decoder = hasZlibFrame(head) ? zlib.createInflate() : zlib.createInflateRaw()
  // What goes wrong comes out of the decoder.
  pipeline(Readable.from(all(), { objectMode: false }), decoder, () => undefined)
  yield* decoder as AsyncIterable<Uint8Array>
}

function hasZlibFrame(bytes: Uint8Array): boolean {
  return bytes.length > 1 && (bytes[0]! & 0x0f) === 8 && ((bytes[0]! << 8) | bytes[1]!) % 31 === 0
}

function waysOf(coding: string): Ways | undefined {
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return GZIP
    case 'deflate':
      return DEFLATE
    case 'br':
      return BROTLI
    case 'zstd': {
      // Node 20 does not have it.
      const newer = zlib as unknown as {
        zstdDecompressSync?: Ways['now']
        zstdDecompress?: unknown
        createZstdDecompress?: Ways['stream']
      }
      if (newer.zstdDecompressSync === undefined) return undefined
      return {
        now: newer.zstdDecompressSync,
        later: promisify(newer.zstdDecompress as typeof zlib.gunzip) as Later,
        stream: newer.createZstdDecompress!,
      }
    }
    default:
      return undefined
  }
}

/** What a decompressor says of a stream, in words; other errors as they are. */
export function codingError(name: string, error: unknown): unknown {
  const { code = '', message } = error as NodeJS.ErrnoException
  if (!/^(?:Z_|ERR_+(?:ZLIB|BROTLI))/.test(code)) return error
  return new SessionError(`${name}: the answer is compressed, and broken or cut off: ${message}`, 'CODING')
}

/** The text of a body: in the charset that it says it has, else UTF-8. */
export function textOf(body: Uint8Array, contentType: string | undefined): string {
  if (/^utf-?8$/i.test(charsetOf(contentType))) {
    const hasMark = body.length > 2 && body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf
    return Buffer.from(body.buffer, body.byteOffset, body.length).toString('utf8', hasMark ? 3 : 0)
  }
  return textDecoder(contentType).decode(body)
}

/** What reads a body's text, also piece by piece. */
export function textDecoder(contentType: string | undefined): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(charsetOf(contentType))
  } catch {
    // A charset that nobody knows.
    return new TextDecoder()
  }
}

function charsetOf(contentType = ''): string {
  return /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1] ?? 'utf-8'
}
