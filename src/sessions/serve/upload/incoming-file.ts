/** A file that comes: under a temporary name in its folder until it is whole. */
import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open, rm } from 'node:fs/promises'
import path from 'node:path'
import { byteCount } from '../../face/session.js'
import { handOver, MOST_NUMBERS, roomIn, takeFreeName, writeAt } from '../../files/take-name.js'
import { WebError } from '../../web/web-reply.js'

/** Hidden, so that it is in no listing. */
const TEMPORARY = '.netshell-upload-'

/** Whether a name is that of a file that is still coming. */
export function isTemporaryName(name: string): boolean {
  return name.startsWith(TEMPORARY)
}

/** A file that is written piece by piece, and gets its name when it is whole. */
export class IncomingFile {
  /** Bytes so far. */
  bytes = 0
  #handle: FileHandle | undefined

  private constructor(
    readonly folder: string,
    readonly temporary: string,
    handle: FileHandle,
  ) {
    this.#handle = handle
  }

  /** @throws WebError 507 where it can be foreseen that the disk has no room for it, and what else the system has against it */
  static async begin(folder: string, expected = 0): Promise<IncomingFile> {
    await checkRoom(folder, expected)
    const temporary = path.join(folder, `${TEMPORARY}${randomBytes(12).toString('hex')}`)
    try {
      return new IncomingFile(folder, temporary, await open(temporary, 'wx', 0o600))
    } catch (error) {
      throw storageError(error)
    }
  }

  /** Takes a piece. @throws WebError when the disk is full */
  async write(piece: Uint8Array): Promise<void> {
    try {
      // What a broken try has left behind the end is overwritten.
      await writeAt(this.#handle!, piece, this.bytes)
      this.bytes += piece.length
    } catch (error) {
      throw storageError(error)
    }
  }

  /** Lets go of the descriptor; the next piece goes on where this ended. */
  async pause(): Promise<void> {
    const handle = this.#handle
    this.#handle = undefined
    await handle?.close()
  }

  /** After `pause`. @throws WebError 410 where somebody has removed it */
  async goOn(): Promise<void> {
    try {
      // A link in its place is none of ours.
      this.#handle ??= await open(this.temporary, constants.O_WRONLY | constants.O_NOFOLLOW)
    } catch {
      throw new WebError(410, 'what was there of the file is gone: begin again')
    }
  }

  /**
   * Gives it its name, or the next that is free.
   * @param onlyNew the name must be free
   * @returns the name that it has
   * @throws WebError 412 where it must be free and is not
   */
  async finish(name: string, onlyNew = false): Promise<string> {
    try {
      await this.goOn()
      await handOver(this.#handle!)
      await this.pause()
      const taken = await takeFreeName(this.temporary, this.folder, name, onlyNew ? 1 : MOST_NUMBERS)
      if (taken !== undefined) return taken
    } catch (error) {
      throw storageError(error)
    }
    throw onlyNew
      ? new WebError(412, 'there is a file of that name')
      : new WebError(409, `there are ${MOST_NUMBERS} files of that name`)
  }

  /** Removes it. Never throws. */
  async abandon(): Promise<void> {
    await this.pause().catch(() => undefined)
    await rm(this.temporary, { force: true }).catch(() => undefined)
  }
}

/** Better to say so before the client sends it all. */
async function checkRoom(folder: string, expected: number): Promise<void> {
  if (expected === 0) return
  const free = await roomIn(folder)
  if (free !== undefined && expected > free) throw new WebError(507, `there is room for ${byteCount(free)} only`)
}

/** What the system says, as an answer for the client; other words could tell of the machine. */
export function storageError(error: unknown): unknown {
  const { code = '' } = error as NodeJS.ErrnoException
  if (code === 'ENOSPC' || code === 'EDQUOT') return new WebError(507, 'the disk is full')
  if (code === 'EFBIG') return new WebError(413, 'the file is too big for the file system')
  if (/^(?:EACCES|EPERM|EROFS)$/.test(code)) return new WebError(403, 'the server may not write into this folder')
  if (code === 'ENOENT' || code === 'ENOTDIR') return new WebError(404, 'the folder is not there any more')
  if (code === 'EMFILE' || code === 'ENFILE')
    return new WebError(503, 'the server has too many files open', { 'Retry-After': 5 })
  return error
}
