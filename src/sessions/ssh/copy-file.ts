/** One file from here to there, or from there to here: many pieces on their way at a time, memory that stays the same. */
import { randomBytes } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import type { SftpCalls } from './sftp-calls.js'

/** Bytes of a request; servers take no more than 32 KiB for sure. */
const CHUNK = 32 << 10
/** Requests on their way. */
const AT_ONCE = 32

/** A name for what is not complete yet, beside the file that it will be. */
export function temporaryName(path: string): string {
  return `${path}.${randomBytes(4).toString('hex')}.part`
}

/**
 * Copies a remote file into a local one that is there already and is renamed by its caller.
 * @param size bytes that the file says it has; 0: it does not know (as those of /proc)
 * @param moved told of each piece
 */
export async function download(
  calls: SftpCalls,
  path: string,
  file: FileHandle,
  size: number,
  moved: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const handle = await calls.open(path, 'r')
  let [next, isOver] = [0, false]
  const one = async (): Promise<void> => {
    const buffer = Buffer.allocUnsafe(CHUNK)
    while (!isOver && !signal.aborted) {
      const start = next
      next += CHUNK
      for (let done = 0; done < CHUNK && !signal.aborted; ) {
        const count = await calls.read(path, handle, buffer, CHUNK - done, start + done)
        if (count === 0) {
          isOver = true
          break
        }
        await file.write(buffer, 0, count, start + done)
        done += count
        moved(count)
      }
    }
  }
  await together(size === 0 ? 1 : Math.min(AT_ONCE, Math.ceil(size / CHUNK) + 1), one, () => {
    isOver = true
  }).finally(() => calls.close(handle))
  signal.throwIfAborted()
}

/** Copies a local file to a remote one, which must not be there. */
export async function upload(
  calls: SftpCalls,
  file: FileHandle,
  path: string,
  mode: number,
  moved: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const handle = await calls.open(path, 'wx', mode)
  let [next, isOver] = [0, false]
  const one = async (): Promise<void> => {
    const buffer = Buffer.allocUnsafe(CHUNK)
    while (!isOver && !signal.aborted) {
      const start = next
      next += CHUNK
      let length = 0
      while (length < CHUNK) {
        const { bytesRead } = await file.read(buffer, length, CHUNK - length, start + length)
        if (bytesRead === 0) {
          isOver = true
          break
        }
        length += bytesRead
      }
      if (length === 0) return
      await calls.write(path, handle, buffer, length, start)
      moved(length)
    }
  }
  await together(AT_ONCE, one, () => {
    isOver = true
  }).finally(() => calls.close(handle))
  signal.throwIfAborted()
}

/** Waits for all, also when one fails: none may still write when the file is taken away. */
async function together(count: number, work: () => Promise<void>, stop: () => void): Promise<void> {
  const results = await Promise.allSettled(
    Array.from({ length: count }, () =>
      work().catch((error) => {
        stop()
        throw error
      }),
    ),
  )
  for (const result of results) if (result.status === 'rejected') throw result.reason
}
