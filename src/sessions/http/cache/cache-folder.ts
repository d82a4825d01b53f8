/** A folder of answers: a file each, bounded in all. */
import { createHash, randomBytes } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises'
import path from 'node:path'

/** An answer as it is kept. */
export interface CacheEntry {
  /** Of http-cache-semantics. */
  policy: object
  status: number
  statusText: string
  version: string
  headers: string[]
  body: Uint8Array
}

/** Bytes of all answers together; the ones that were not used for longest go first. */
const LARGEST_FOLDER = 256 * 1024 * 1024
/** Bytes of what stands before the body. */
const LARGEST_HEAD = 1024 * 1024
/** After so many new answers it is looked how much there is. */
const CLEANED_EVERY = 50
const ENDING = '.answer'

/** Answers by their key. A file that cannot be read or written is an answer that is not kept: never an error. */
export class CacheFolder {
  #writes = 0

  constructor(readonly folder: string) {}

  async read(key: string): Promise<CacheEntry | undefined> {
    const file = this.#file(key)
    try {
      const bytes = await readFile(file)
      const headLength = bytes.readUInt32BE(0)
      if (headLength > LARGEST_HEAD) return undefined
      const head = JSON.parse(bytes.toString('utf8', 4, 4 + headLength)) as Omit<CacheEntry, 'body'> & {
        length: number
      }
      const body = bytes.subarray(4 + headLength)
      // Cut off while it was written.
      if (body.length !== head.length) return undefined
      const now = new Date()
      await utimes(file, now, now)
      return { ...head, body }
    } catch {
      return undefined
    }
  }

  async write(key: string, { body, ...rest }: CacheEntry): Promise<void> {
    const file = this.#file(key)
    const head = Buffer.from(JSON.stringify({ ...rest, length: body.length }))
    if (head.length > LARGEST_HEAD) return
    const temporary = `${file}.${randomBytes(6).toString('hex')}`
    try {
      await mkdir(this.folder, { recursive: true, mode: 0o700 })
      const handle = await open(temporary, 'wx', 0o600)
      try {
        const length = Buffer.alloc(4)
        length.writeUInt32BE(head.length)
        await handle.writev([length, head, body])
      } finally {
        await handle.close()
      }
      // Whole, or not there.
      await rename(temporary, file)
    } catch {
      await rm(temporary, { force: true }).catch(() => undefined)
    }
    if (++this.#writes % CLEANED_EVERY === 0) await this.#clean()
  }

  async remove(key: string): Promise<void> {
    await rm(this.#file(key), { force: true }).catch(() => undefined)
  }

  #file(key: string): string {
    return path.join(this.folder, createHash('sha256').update(key).digest('hex') + ENDING)
  }

  async #clean(): Promise<void> {
    try {
      const names = (await readdir(this.folder)).filter((name) => name.includes(ENDING))
      const files = await Promise.all(
        names.map(async (name) => {
          const { size, mtimeMs } = await stat(path.join(this.folder, name))
          return { name, size, mtimeMs }
        }),
      )
      let sum = files.reduce((all, { size }) => all + size, 0)
      for (const { name, size } of files.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
        if (sum <= LARGEST_FOLDER) break
        await rm(path.join(this.folder, name), { force: true })
        sum -= size
      }
    } catch {
      // Somebody else cleans it.
    }
  }
}
