/** A body that is in memory, written to a file. */
import { randomBytes } from 'node:crypto'
import { open, rm } from 'node:fs/promises'
import path from 'node:path'
import { OptionError } from '../../../exchange/index.js'
import { reasonOf, shownPath } from '../../../exchange/user-files.js'
import { handOver, takeFreeName, writeAt } from '../../files/take-name.js'
import { destination, type Named, suggestedName } from './file-name.js'

/** @returns the name of the file, absolute */
export async function saveBody(bytes: Uint8Array, file: string | undefined, answer: Named): Promise<string> {
  const { folder, name = await suggestedName(answer) } = await destination('save', file)
  const temporary = path.join(folder, `.${randomBytes(6).toString('hex')}.part`)
  try {
    const handle = await open(temporary, 'wx')
    try {
      await handOver(handle)
      await writeAt(handle, bytes, 0)
    } finally {
      await handle.close()
    }
    const taken = await takeFreeName(temporary, folder, name)
    if (taken !== undefined) return path.join(folder, taken)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    if (code === 'ENOENT') throw new OptionError(`save: there is no folder '${shownPath(folder)}'`)
    throw new OptionError(`save: ${shownPath(path.join(folder, name))}: ${reasonOf(error)}`)
  }
  await rm(temporary, { force: true })
  throw new OptionError(`save: there are too many files called '${name}'`)
}
