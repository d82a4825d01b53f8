/** Files of another machine as values: one of them, a folder's list. */
import type { Stats } from 'ssh2'
import { printable } from '../../exchange/index.js'
import { textTable } from '../../tools/text-table.js'

/** What the other machine says of a file. */
export interface RemoteFile {
  name: string
  type: 'file' | 'folder' | 'link' | 'other'
  /** Bytes. */
  size: number
  /** Permissions: 0o644. */
  mode: number
  modified: Date
  /** Number of the owner. */
  uid: number
  gid: number
}

// POSIX, S_IFMT
const KINDS: Readonly<Record<number, RemoteFile['type']>> = { 0o100000: 'file', 0o040000: 'folder', 0o120000: 'link' }

/** The answer of the server as a value. */
export function fileOf(
  name: string,
  { mode, size, mtime, uid, gid }: Pick<Stats, 'mode' | 'size' | 'mtime' | 'uid' | 'gid'>,
): RemoteFile {
  return {
    name,
    type: KINDS[mode & 0o170000] ?? 'other',
    size: size ?? 0,
    mode: mode & 0o7777,
    modified: new Date((mtime ?? 0) * 1000),
    uid: uid ?? 0,
    gid: gid ?? 0,
  }
}

/** Whether a name is that of something in its folder, and leads nowhere else. */
export function isPlainName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\\\0]/.test(name)
}

/** A folder's files; prints as a table. */
export class RemoteFileList extends Array<RemoteFile> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array
  }

  override toString(): string {
    const rows = this.map(({ name, type, size, mode, modified }) => [
      mode.toString(8).padStart(4, '0'),
      String(size),
      Number.isNaN(modified.getTime()) ? '' : modified.toISOString().slice(0, 16).replace('T', ' '),
      `${printable(name)}${type === 'folder' ? '/' : type === 'link' ? '@' : ''}`,
    ])
    if (rows.length === 0) return 'no files'
    return textTable(['MODE', 'BYTES', 'MODIFIED (UTC)', 'NAME'], rows, ['left', 'right'])
  }

  toJSON(): RemoteFile[] {
    return Array.from(this)
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}
