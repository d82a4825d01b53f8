/** Compresses bytes while they are made: as much is asked for as is taken. */
import { type Duplex, pipeline } from 'node:stream'
import zlib from 'node:zlib'
import { gzipped } from './gzip.js'
import { inPieces } from './in-pieces.js'
import { type Compressing, threads } from './thread-pool.js'

/** How archives are compressed. */
export type Compression = 'gz' | 'bz2' | 'zst'

/** Bytes that are compressed at a time. */
const PIECE = 256 * 1024
/** One block of bzip2 at its largest, with room for what its first step may add; bytes. */
const BZIP2_PIECE = 890_000
/** Bytes of one frame. Each begins without knowing those before it, so they are not small. */
const ZSTD_PIECE = 2 << 20

/** Node has it since 22.15 and 23.8. */
const { createZstdCompress } = zlib as unknown as { createZstdCompress?: (options: zlib.ZlibOptions) => Duplex }

/** @param pieces are not changed any more when the next one is asked for */
export function compressed(pieces: AsyncIterable<Uint8Array>, how: Compression): AsyncIterable<Uint8Array> {
  if (how === 'gz') return gzipped(pieces)
  if (how === 'bz2') return byThreads(pieces, 'bzip2', BZIP2_PIECE)
  return createZstdCompress === undefined
    ? byThreads(pieces, 'zstd', ZSTD_PIECE)
    : through(pieces, createZstdCompress({ chunkSize: PIECE }))
}

/** Compressed by Node's own zlib, in its threads. */
async function* through(pieces: AsyncIterable<Uint8Array>, transform: Duplex): AsyncGenerator<Uint8Array> {
  const ended = new Promise<void>((resolve) => {
    // An error is told to who reads: the stream is destroyed with it.
    pipeline(inPieces(pieces, PIECE), transform, () => resolve())
  })
  try {
    yield* transform as AsyncIterable<Uint8Array>
  } finally {
    transform.destroy()
    await ended
  }
}

/** Compressed piece by piece, several at a time, in order. */
async function* byThreads(
  pieces: AsyncIterable<Uint8Array>,
  kind: 'bzip2' | 'zstd',
  size: number,
): AsyncGenerator<Uint8Array> {
  const pool = threads(kind)
  const waiting: Compressing[] = []
  try {
    for await (const piece of inPieces(pieces, size)) {
      waiting.push(pool.compress(piece))
      if (waiting.length > pool.size) yield await waiting.shift()!.result
    }
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) yield await next.result
  } finally {
    for (const one of waiting) one.drop()
  }
}
