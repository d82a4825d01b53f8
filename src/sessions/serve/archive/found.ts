/** What goes into an archive. */
import type { Stats } from 'node:fs'

/** A file or a folder that is asked for. */
export interface ArchiveSource {
  /** Absolute. */
  path: string
  /** What it is called in the archive: `photos`, without a slash at its ends. */
  name: string
}

/** How an archive is made. */
export interface ArchiveOptions {
  /** The name of the archive, without its ending. */
  name: string
  /** Nothing outside of this folder is given, whatever links say. Unset: outside of what is asked for. */
  root?: string | undefined
  /** Names below the sources that begin with a dot, too. Default false. */
  hidden?: boolean | undefined
}

interface FoundBase {
  /** In the archive, parts separated by `/`. */
  readonly name: string
}

/** A file: what it is now is known when it is opened. */
export interface FoundFile extends FoundBase {
  readonly kind: 'file'
  /** Without links. */
  readonly path: string
}

/** A folder; what is in it comes behind it. */
export interface FoundFolder extends FoundBase {
  readonly kind: 'folder'
  readonly stats: Stats
}

/** A symbolic link that leads to something that is asked for too. */
export interface FoundLink extends FoundBase {
  readonly kind: 'link'
  readonly stats: Stats
  /** What it says, relative to where it is. */
  readonly target: string
  /** What it leads to; undefined: to nothing. */
  readonly real: string | undefined
}

/** Something that was found, in the order in which it stands in the archive. */
export type Found = FoundFile | FoundFolder | FoundLink
