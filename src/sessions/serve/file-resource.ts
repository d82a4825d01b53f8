/** A file as something that can be sent. */
import type { BigIntStats } from 'node:fs'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { mediaType } from '../files/media-types.js'
import { filePieces } from './file-pieces.js'
import { lookedAtOnce } from './local-files.js'
import type { Resource } from './resource.js'
import { NotThere } from './safe-path.js'

export interface FileResourceOptions {
  /** What the client is to call it; its type is that of this name. Default: as it is called. */
  name?: string
  /** Default 'inline'. */
  disposition?: 'inline' | 'attachment'
  /** What `safePath` has found: bytes of this very file only are given. Default: what is there now. */
  stats?: BigIntStats
}

/**
 * A file that can be sent. It is opened when it is read, and must be as it is now then, and until its end.
 * @throws NotThere for what is no ordinary file: folders, pipes, devices; the system's error where there is none
 */
export async function fileResource(file: string, options: FileResourceOptions = {}): Promise<Resource> {
  const stats = options.stats ?? lookedAtOnce(file) ?? (await stat(file, { bigint: true }))
  if (!stats.isFile()) throw new NotThere('this is no ordinary file')
  const { name = path.basename(file), disposition = 'inline' } = options
  const { size, mtimeNs, ino } = stats
  return {
    name,
    type: await mediaType(name),
    size: Number(size),
    modified: stats.mtime,
    etag: `"${size.toString(16)}-${mtimeNs.toString(16)}-${ino.toString(16)}"`,
    disposition,
    read: (start, end = Number(size)) => filePieces(file, stats, start, end),
  }
}
