/** Files that a server of version 4 gives away: interfaces and handlers of one folder, and nothing else of the machine. */
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import path from 'node:path'
import { SessionError } from '../face/session-error.js'

/** Letters, digits, `_`, `-`, and dots within: no way out of a folder can be written with these. */
const NAME = /^[\p{L}\p{N}_-](?:[\p{L}\p{N}_.-]{0,98}[\p{L}\p{N}_-])?$/u

/**
 * A file of the folder.
 * @param name as the client says it: a stranger's text
 * @throws SessionError 'NAME', 'ENOENT' or 'LIMIT'
 */
export async function servedFile(folder: string, name: string, extension: string, limit: number): Promise<Buffer> {
  if (!NAME.test(name) || name.includes('..'))
    throw new SessionError('names have letters, digits, _, - and single dots', 'NAME')
  const file = path.join(folder, `${name}${extension}`)
  let handle: Awaited<ReturnType<typeof open>>
  try {
    // A link could lead anywhere, and a pipe would make us wait.
    handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ELOOP' ? 'is a link' : 'cannot be read'
    throw new SessionError(`${name}${extension} ${why}`, 'ENOENT', { cause: error })
  }
  try {
    const stats = await handle.stat()
    if (!stats.isFile()) throw new SessionError(`${name}${extension} is no ordinary file`, 'ENOENT')
    if (stats.size > limit) throw new SessionError(`${name}${extension} has more than ${limit} bytes`, 'LIMIT')
    return await handle.readFile()
  } finally {
    await handle.close()
  }
}
