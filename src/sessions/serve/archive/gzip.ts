/**
 * Gzip (RFC 1952) with several threads: pieces are compressed by themselves, each with the end of the one before it as its dictionary, and what comes
 * out is one stream as if one had done it. The threads are those that Node has for zlib.
 */
import { availableParallelism } from 'node:os'
import { promisify } from 'node:util'
import zlib from 'node:zlib'
import { inPieces } from './in-pieces.js'

const deflateRaw = promisify(zlib.deflateRaw) as (bytes: Uint8Array, options: zlib.ZlibOptions) => Promise<Buffer>
const { Z_SYNC_FLUSH } = zlib.constants

/** Bytes of a piece. */
const PIECE = 512 * 1024
/** How far back deflate looks, bytes (RFC 1951 §2). */
const WINDOW = 32 * 1024
/** Pieces that are compressed at once: Node has four threads for all that it does. */
const AT_ONCE = Math.min(4, availableParallelism())
/** Deflate, no name and no time; from Unix. */
const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3)
/** An empty last block. */
const END = Uint8Array.of(3, 0)

/** The bytes, of which there is one at least, as a gzip file. */
export async function* gzipped(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const waiting: Promise<Uint8Array>[] = []
  let dictionary: Uint8Array | undefined
  let checksum = 0
  let length = 0
  for await (const piece of inPieces(bytes, PIECE)) {
    const isFirst = dictionary === undefined
    const result = deflateRaw(piece, { finishFlush: Z_SYNC_FLUSH, chunkSize: PIECE, ...(!isFirst && { dictionary }) })
    // Told to who waits for it.
    result.catch(() => undefined)
    waiting.push(isFirst ? result.then((start) => Buffer.concat([HEADER, start])) : result)
    dictionary = piece.subarray(Math.max(0, piece.length - WINDOW))
    checksum = zlib.crc32(piece, checksum)
    length += piece.length
    if (waiting.length > AT_ONCE) yield await waiting.shift()!
  }
  for (const result of waiting) yield await result
  const trailer = Buffer.alloc(END.length + 8)
  trailer.set(END)
  trailer.writeUInt32LE(checksum, END.length)
  trailer.writeUInt32LE(length % 2 ** 32, END.length + 4)
  yield trailer
}
