import { accessSync, constants } from 'node:fs'

/** Folders of the administrator's programs, which a plain user's PATH leaves out. */
const MORE_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/bin', '/bin']

/** Path of a program, or undefined. Never throws. */
export function findProgram(name: string): string | undefined {
  for (const folder of [...(process.env.PATH ?? '').split(':'), ...MORE_FOLDERS]) {
    if (!folder.startsWith('/')) continue
    try {
      accessSync(`${folder}/${name}`, constants.X_OK)
      return `${folder}/${name}`
    } catch {
      // The next folder may have it.
    }
  }
  return undefined
}
