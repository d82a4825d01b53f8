/** Folders and lists of files packed while they are sent. */
import type { Resource } from '../resource.js'
import type { ArchiveFormat } from '../serve-options.js'
import type { ArchiveOptions, ArchiveSource } from './found.js'
import { archivePieces } from './pack.js'

export type { ArchiveOptions, ArchiveSource } from './found.js'

const TYPES: Readonly<Record<ArchiveFormat, string>> = {
  tar: 'application/x-tar',
  'tar.gz': 'application/gzip',
  'tar.bz2': 'application/x-bzip2',
  'tar.zst': 'application/zstd',
  zip: 'application/zip',
}

/**
 * An archive that is made while it is sent, anew for each who reads it; nothing of it is kept.
 * @param sources files and folders, with what they are called in it
 */
export function archiveResource(
  sources: readonly ArchiveSource[],
  format: ArchiveFormat,
  options: ArchiveOptions,
): Resource {
  return {
    name: `${options.name}.${format}`,
    type: TYPES[format],
    size: undefined,
    modified: undefined,
    etag: undefined,
    disposition: 'attachment',
    // It has no validator, so that nobody asks for a part of it: it begins at 0.
    read: () => archivePieces(sources, format, options),
  }
}
