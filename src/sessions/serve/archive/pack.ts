/** The bytes of an archive. */
import type { ArchiveFormat } from '../serve-options.js'
import { type Compression, compressed } from './compress.js'
import type { ArchiveOptions, ArchiveSource } from './found.js'
import { inPieces } from './in-pieces.js'
import { Skipped } from './skipped.js'
import { tarPieces } from './tar.js'
import { walk } from './walk.js'
import { zipPieces } from './zip.js'

/** Bytes that are sent at a time. */
const PIECE = 256 * 1024

/** Makes an archive. What can not be read is left out; the user is told of it behind the end. */
export async function* archivePieces(
  sources: readonly ArchiveSource[],
  format: ArchiveFormat,
  options: ArchiveOptions,
): AsyncGenerator<Uint8Array> {
  const skipped = new Skipped()
  const found = walk(sources, options, skipped)
  try {
    if (format === 'zip') yield* inPieces(zipPieces(found, skipped), PIECE)
    else {
      const [, how] = format.split('.') as ['tar', Compression?]
      const tar = tarPieces(found, skipped)
      yield* how === undefined ? inPieces(tar, PIECE) : compressed(tar, how)
    }
  } finally {
    skipped.report(`${options.name}.${format}`)
  }
}
