/** Zip archives, with yazl: zip64 where it is needed, names in UTF-8. */
import type { Stats } from 'node:fs'
import { lstat } from 'node:fs/promises'
import { type Duplex, Readable } from 'node:stream'
import type { ZipFile } from 'yazl'
import { either } from './either.js'
import type { Found, FoundFile, FoundFolder, FoundLink } from './found.js'
import type { OpenedFile } from './opened-file.js'
import { readAhead } from './read-ahead.js'
import type { Skipped } from './skipped.js'

/** The bytes of a zip archive, in pieces of any size. Its table of contents, at the end, is all that is kept until then. */
export async function* zipPieces(found: AsyncIterable<Found>, skipped: Skipped): AsyncGenerator<Uint8Array> {
  const { ZipFile } = await import('yazl')
  const archive = new ZipFile()
  const output = archive.outputStream as Duplex
  const stop = (error: Error): void => void output.destroy(error)
  archive.on('error', stop)
  output.on('error', () => undefined)
  const filling = fill(archive, output, found, skipped).catch(stop)
  try {
    yield* output as AsyncIterable<Uint8Array>
  } finally {
    output.destroy()
    // All files are closed by then.
    await filling
  }
}

async function fill(archive: ZipFile, output: Duplex, found: AsyncIterable<Found>, skipped: Skipped): Promise<void> {
  let current: Readable | undefined
  output.once('close', () => current?.destroy())
  for await (const one of readAhead(withoutLinks(found))) {
    if (output.destroyed) return
    if (one.kind !== 'file') {
      archive.addEmptyDirectory(`${zipName(one.name)}/`, optionsOf(one.stats))
      if (output.writableNeedDrain) await either(output, 'drain')
      continue
    }
    let file: OpenedFile
    try {
      file = await one.open()
    } catch (error) {
      skipped.add(one.name, error)
      continue
    }
    try {
      archive.addReadStreamLazy(zipName(one.name), optionsOf(file.stats), (give) => {
        current = Readable.from(file.pieces(), { objectMode: false, highWaterMark: 1 })
        current.once('error', (error) => output.destroy(error))
        give(null, current)
      })
      // All of it is in the archive then.
      await either(output, 'unpipe')
    } finally {
      current?.destroy()
      file.close()
    }
  }
  archive.end()
}

/** Links as the files that they lead to: few programs that unpack zip archives know links. What leads to folders, or to nothing, is left out. */
async function* withoutLinks(all: AsyncIterable<Found>): AsyncGenerator<FoundFile | FoundFolder> {
  for await (const one of all) {
    const found = one.kind === 'link' ? await followed(one) : one
    if (found !== undefined) yield found
  }
}

async function followed({ name, real }: FoundLink): Promise<FoundFile | undefined> {
  if (real === undefined) return undefined
  const stats = await lstat(real).catch(() => undefined)
  return stats?.isFile() === true ? { kind: 'file', name, path: real } : undefined
}

function optionsOf({ mtime, mode }: Stats): { mtime: Date; mode: number } {
  // Neither set-user-ID nor set-group-ID, as in tar archives.
  return { mtime, mode: mode & ~0o6000 }
}

/** A name that is one of a file wherever it is unpacked: yazl takes `\` for `/`, and Windows `c:` for a drive. */
function zipName(name: string): string {
  return name.replaceAll('\\', '_').replace(/^([a-z]):/i, '$1_')
}
