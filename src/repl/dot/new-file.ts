/** Files that dot commands make: never over what is there, and owned by the person at the keyboard. */
import { constants, fchmodSync, fchownSync, openSync, rmSync } from 'node:fs'
import { invokingUser } from '../../exchange/invoking-user.js'

/** A file that cannot be made; the message says why and what to do. */
export class NewFileError extends Error {}

/**
 * Makes a file and opens it for writing.
 * @param mode its rights, whatever the umask
 * @param force replaces what is there
 * @returns the file descriptor
 * @throws NewFileError
 */
export function newFile(file: string, mode: number, force: boolean): number {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL
  try {
    // Taken away first: a link is replaced, not followed.
    if (force) rmSync(file, { force: true })
    const descriptor = openSync(file, flags, mode)
    fchmodSync(descriptor, mode)
    const invoking = invokingUser()
    if (invoking !== null) fchownSync(descriptor, invoking.user, invoking.group)
    return descriptor
  } catch (error) {
    throw new NewFileError(`${file} ${wordsFor(error)}`)
  }
}

function wordsFor(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'EEXIST') return 'is there already; --force replaces it'
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'cannot be made: there is no such folder'
  if (code === 'EISDIR' || code === 'ERR_FS_EISDIR') return 'is a folder'
  if (code === 'EACCES' || code === 'EPERM') return 'cannot be made: permission denied'
  if (code === 'EROFS') return 'cannot be made: nothing can be written there'
  return `cannot be made: ${message}`
}
