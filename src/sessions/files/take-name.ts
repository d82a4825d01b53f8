/** Files that are written under a temporary name first, and get their own when they are whole: no other file is ever overwritten. */
import { type FileHandle, link, open, rename, rm, statfs, unlink } from 'node:fs/promises'
import path from 'node:path'
import { invokingUser } from '../../exchange/invoking-user.js'
import { numbered } from './plain-name.js'

/** `a.txt`, `a (2).txt` … */
export const MOST_NUMBERS = 10_000
/** File systems without hard links say one of these. */
const NO_LINKS = /^(?:EPERM|ENOTSUP|EOPNOTSUPP|ENOSYS|EMLINK|EXDEV)$/

/**
 * Gives a file its name, or the next that is free.
 * @param most numbers that are tried; 1: the name alone
 * @returns the name that it has; undefined: all are taken
 * @throws what the system says
 */
export async function takeFreeName(
  temporary: string,
  folder: string,
  name: string,
  most = MOST_NUMBERS,
): Promise<string | undefined> {
  for (let number = 1; number <= most; number++) {
    const free = numbered(name, number)
    if (await takeName(temporary, path.join(folder, free))) return free
  }
  return undefined
}

/** Takes a name that nobody has; false: somebody has it. */
async function takeName(temporary: string, file: string): Promise<boolean> {
  try {
    // Unlike rename, this never replaces anything.
    await link(temporary, file)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    if (!NO_LINKS.test(code)) throw error
    return await takeWithoutLinks(temporary, file)
  }
  await unlink(temporary)
  return true
}

/** An empty file of ours holds the name until this one replaces it. */
async function takeWithoutLinks(temporary: string, file: string): Promise<boolean> {
  try {
    await (await open(file, 'wx', 0o600)).close()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
  try {
    await rename(temporary, file)
  } catch (error) {
    await rm(file, { force: true })
    throw error
  }
  return true
}

/** Files that root writes for somebody are that person's. */
export async function handOver(file: FileHandle): Promise<void> {
  const invoking = invokingUser()
  if (invoking !== null) await file.chown(invoking.user, invoking.group)
}

/** Writes all of a piece at this place of a file. */
export async function writeAt(file: FileHandle, piece: Uint8Array, position: number): Promise<void> {
  for (let from = 0; from < piece.length; )
    from += (await file.write(piece, from, piece.length - from, position + from)).bytesWritten
}

/** Bytes that the disk of a folder still takes from us; undefined: it does not tell. */
export async function roomIn(folder: string): Promise<number | undefined> {
  const room = await statfs(folder).catch(() => undefined)
  return room === undefined || room.blocks === 0 ? undefined : room.bavail * room.bsize
}
