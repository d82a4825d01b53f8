/** Files that are sent: read while they go out. */
import { accessSync, constants, createReadStream, type Stats, statSync } from 'node:fs'
import { Readable } from 'node:stream'
import { OptionError } from '../../exchange/index.js'
import { fullPath } from '../../exchange/invoking-user.js'
import { reasonOf, shownPath } from '../../exchange/user-files.js'
import { SessionError } from '../face/session-error.js'

/** The bytes that the file had when it was looked at, as its length was told: one that grows meanwhile is cut, one that shrinks is an error. */
export function fileStream(full: string, size: number): Readable {
  return Readable.from(piecesOf(full, size), { objectMode: false, highWaterMark: PIECE })
}

const PIECE = 256 * 1024

async function* piecesOf(full: string, size: number): AsyncGenerator<Uint8Array> {
  if (size === 0) return
  let done = 0
  try {
    for await (const piece of createReadStream(full, { start: 0, end: size - 1, highWaterMark: PIECE })) {
      done += (piece as Uint8Array).length
      yield piece as Uint8Array
    }
  } catch (error) {
    throw new SessionError(`${shownPath(full)}: ${reasonOf(error)}`, (error as NodeJS.ErrnoException).code ?? 'FILE')
  }
  if (done < size)
    throw new SessionError(
      `${shownPath(full)}: the file became shorter while it was sent: it had ${size} bytes, and ended after ${done}`,
      'CHANGED',
    )
}

/** A file that can be sent. @throws OptionError where it cannot be */
export function readable(call: string, name: string): { full: string; size: number } {
  const full = fullPath(name)
  let stats: Stats
  try {
    stats = statSync(full)
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw new OptionError(`${call}: ${isMissing ? 'there is no file' : 'this file cannot be read:'} '${name}'`)
  }
  if (!stats.isFile())
    throw new OptionError(`${call}: '${name}' is no file${stats.isDirectory() ? ' but a folder' : ''}`)
  try {
    accessSync(full, constants.R_OK)
  } catch (error) {
    throw new OptionError(`${call}: '${name}': ${reasonOf(error)}`)
  }
  return { full, size: stats.size }
}
