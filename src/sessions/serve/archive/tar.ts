/** Tar archives: POSIX.1-2001 (pax), with tar-stream. */
import type { Stats } from 'node:fs'
import type { Pack } from 'tar-stream'
import { either } from './either.js'
import type { Found } from './found.js'
import type { OpenedFile } from './opened-file.js'
import { type Ready, type ReadyFile, readAhead } from './read-ahead.js'
import type { Skipped } from './skipped.js'

/** Files with several names that are remembered; of more each name has its own bytes. */
const MOST_HARD_LINKS = 100_000
/** What fits in the header itself, bytes; pax headers have room for any name. */
const SHORT_NAME = 99
/** The latest time of a tar header as tar-stream writes it, seconds. */
const LATEST = 0x7fff_ffff
/** Neither set-user-ID nor set-group-ID: whoever unpacks it as root would make programs of root of them. */
const MODE = 0o1777

/** The bytes of a tar archive, in pieces of any size. */
export async function* tarPieces(found: AsyncIterable<Found>, skipped: Skipped): AsyncGenerator<Uint8Array> {
  const { pack } = await import('tar-stream')
  const archive = pack()
  archive.on('error', () => undefined)
  const filling = fill(archive, readAhead(found), skipped).then(
    () => archive.finalize(),
    (error: Error) => void archive.destroy(error),
  )
  try {
    yield* archive as AsyncIterable<Uint8Array>
  } finally {
    archive.destroy()
    // All files are closed by then.
    await filling
  }
}

async function fill(archive: Pack, all: AsyncIterable<Ready>, skipped: Skipped): Promise<void> {
  /** The first name of files that have several. */
  const names = new Map<string, string>()
  for await (const one of all) {
    if (archive.destroyed) return
    if (one.kind === 'folder') await add(archive, { ...headerOf(one, `${one.name}/`), type: 'directory' })
    else if (one.kind === 'link')
      await add(archive, { ...headerOf(one, one.name, one.target), type: 'symlink', linkname: one.target })
    else await addFile(archive, one, names, skipped)
  }
}

async function addFile(archive: Pack, one: ReadyFile, names: Map<string, string>, skipped: Skipped): Promise<void> {
  let file: OpenedFile
  try {
    file = await one.open()
  } catch (error) {
    skipped.add(one.name, error)
    return
  }
  try {
    const { dev, ino, nlink } = file.stats
    const id = `${dev}:${ino}`
    const first = nlink > 1 ? names.get(id) : undefined
    if (first !== undefined) {
      await add(archive, { ...headerOf(file, one.name, first), type: 'link', linkname: first })
      return
    }
    await add(archive, { ...headerOf(file, one.name), type: 'file', size: file.size }, file)
    if (nlink > 1 && names.size < MOST_HARD_LINKS) names.set(id, one.name)
  } finally {
    file.close()
  }
}

type PaxHeader = Parameters<Pack['entry']>[0] & { pax?: Record<string, string> }

function headerOf({ stats }: { stats: Stats }, name: string, target = ''): PaxHeader {
  const seconds = Math.floor(stats.mtimeMs / 1000)
  const isOddTime = seconds < 0 || seconds > LATEST
  const isPlain = isShort(name) && isShort(target) && !isOddTime
  // Without owners: who unpacks it has other users.
  return {
    name,
    mode: stats.mode & MODE,
    mtime: isOddTime ? new Date(0) : new Date(seconds * 1000),
    ...(isPlain ? {} : { pax: isOddTime ? { mtime: String(stats.mtimeMs / 1000) } : {} }),
  }
}

function isShort(name: string): boolean {
  return name.length <= SHORT_NAME && /^[\x20-\x7e]*$/.test(name)
}

/** Adds an entry; settles when all of it was taken. */
async function add(archive: Pack, header: PaxHeader, file?: OpenedFile): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const done = (error?: Error | null): void => (error ? reject(error) : resolve())
    const sink = file?.whole === undefined ? archive.entry(header, done) : archive.entry(header, file.whole, done)
    // It is told to `done`, too.
    sink.on('error', () => undefined)
    if (file === undefined || file.whole !== undefined) return
    writeAll(sink, file).then(
      () => sink.end(undefined),
      (error: Error) => sink.destroy(error),
    )
  })
}

async function writeAll(sink: ReturnType<Pack['entry']>, file: OpenedFile): Promise<void> {
  for await (const piece of file.pieces()) {
    if (sink.destroyed) return
    if (!sink.write(piece)) await either(sink as Parameters<typeof either>[0], 'drain')
  }
}
