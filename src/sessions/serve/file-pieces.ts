/** Bytes of a file in pieces: while one is being sent, the next is read. */
import { type BigIntStats, constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { isReadAtOnce, readAtOnce } from './local-files.js'
import { LARGEST_PIECE, pieceBuffers, SMALLEST_PIECE } from './piece-buffers.js'
import { ResourceChanged } from './resource.js'

const FIRST_PIECE = 64 << 10
/** A piece that its reader is done with sooner is followed by a larger one, ms. */
const SOON = 50
/** And one that takes longer by a smaller one: a slow client shall not hold much memory. */
const LATE = 250
/** How often it is looked whether the file is still the same, ms. */
const LOOK_EVERY = 1000

/**
 * Reads a file from `start` up to `end`. A piece is good until the next one is asked for.
 * @param stats what it must be from beginning to end
 * @throws ResourceChanged when it is not, before the last byte is given
 */
export async function* filePieces(
  file: string,
  stats: BigIntStats,
  start: number,
  end: number,
): AsyncGenerator<Buffer, void> {
  if (isReadAtOnce(file, stats, end - start)) {
    const buffer = pieceBuffers.take(end - start)
    try {
      // Where memory is short it is smaller.
      if (buffer.length >= end - start) {
        const piece = buffer.subarray(0, end - start)
        const length = readAtOnce(file, piece, start, (now) => mustBeSame(now, stats))
        if (length < piece.length) throw new ResourceChanged('the file has become shorter')
        if (length > 0) yield piece
        return
      }
    } finally {
      pieceBuffers.give(buffer)
    }
  }
  // It may have become a pipe or a terminal since we looked.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK | (constants.O_NOCTTY ?? 0))
  let ahead: Promise<Buffer> | undefined
  try {
    await mustBe(handle, stats)
    if (start >= end) return
    let looked = performance.now()
    let wanted = FIRST_PIECE
    ahead = readPiece(handle, start, Math.min(wanted, end - start))
    while (ahead !== undefined) {
      const piece: Buffer = await ahead
      start += piece.length
      ahead = start < end ? readPiece(handle, start, Math.min(wanted, end - start)) : undefined
      // It is looked at when this piece has left.
      ahead?.catch(() => undefined)
      const given = performance.now()
      try {
        if (ahead === undefined || given - looked > LOOK_EVERY) {
          await mustBe(handle, stats)
          looked = given
        }
        yield piece
      } finally {
        pieceBuffers.give(wholeOf(piece))
      }
      const took = performance.now() - given
      if (took < SOON) wanted = Math.min(wanted * 2, LARGEST_PIECE)
      else if (took > LATE) wanted = Math.max(wanted / 2, SMALLEST_PIECE)
    }
  } finally {
    // The system may still be writing into it.
    await ahead?.then(
      (piece) => pieceBuffers.give(wholeOf(piece)),
      () => undefined,
    )
    await handle.close()
  }
}

/** The buffer that a piece is the beginning of. */
function wholeOf({ buffer }: Buffer): Buffer {
  return Buffer.from(buffer)
}

/** At least one byte. */
async function readPiece(handle: FileHandle, position: number, most: number): Promise<Buffer> {
  const buffer = pieceBuffers.take(most)
  try {
    const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, most), position)
    if (bytesRead === 0) throw new ResourceChanged('the file has become shorter')
    return buffer.subarray(0, bytesRead)
  } catch (error) {
    pieceBuffers.give(buffer)
    throw error
  }
}

async function mustBe(handle: FileHandle, stats: BigIntStats): Promise<void> {
  mustBeSame(await handle.stat({ bigint: true }), stats)
}

function mustBeSame(now: BigIntStats, { dev, ino, size, mtimeNs }: BigIntStats): void {
  if (now.dev !== dev || now.ino !== ino) throw new ResourceChanged('another file has taken its place')
  if (now.size < size) throw new ResourceChanged('the file has become shorter')
  if (now.size !== size || now.mtimeNs !== mtimeNs) throw new ResourceChanged('the file was changed')
}
