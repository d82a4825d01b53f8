/** A download that is not finished: `name.<mark of its URL>.part`, and beside it in `….part.info` what tells whether the server still has the same. */
import { createHash } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { type FileHandle, lstat, open, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { OptionError } from '../../../exchange/index.js'
import { distrustOf, shownPath } from '../../../exchange/user-files.js'
import { beginning } from '../../files/plain-name.js'
import { handOver } from '../../files/take-name.js'

/** What is known of the whole. */
export interface Whole {
  /** What the server calls this version of it, for `If-Range`; undefined: it cannot be gone on with. */
  validator: string | undefined
  /** Its bytes, where the server said them. */
  total: number | undefined
}

/** A part that can be gone on with. */
export interface KnownPart extends Whole {
  readonly validator: string
  /** Bytes that are there; more than none. */
  readonly size: number
}

/** Bytes of the name that stay in the part's. */
const ROOM = 200
/** Of a part's info. */
const LARGEST_INFO = 16 * 1024
/** Another program that has not written for so long does not write any more, ms. */
const STILL = 60_000

/** Parts that are being written now. */
const taken = new Set<string>()

/** The part of one download. */
export class PartFile {
  readonly file: string

  /** The URL is in its name: what is left of another one is neither gone on with nor overwritten. */
  constructor(folder: string, name: string, url: string) {
    const mark = createHash('sha256').update(url).digest('hex').slice(0, 8)
    this.file = path.join(folder, `${beginning(name, ROOM)}.${mark}.part`)
  }

  /** For us alone, until `release`. @throws OptionError while another call or another program writes it */
  async take(): Promise<void> {
    const isOurs = taken.has(this.file)
    taken.add(this.file)
    if (isOurs || (await this.#isWritten())) {
      if (!isOurs) this.release()
      throw new OptionError(`http.download: the same is being downloaded to the same place already`)
    }
  }

  release(): void {
    taken.delete(this.file)
  }

  /** Undefined: there is none, or none that can be used. */
  async known(): Promise<KnownPart | undefined> {
    const info = await this.#info()
    const stats = await trusted(this.file)
    const { validator, total } = info ?? {}
    if (stats === undefined || stats.size === 0) return undefined
    if (typeof validator !== 'string' || !/^[\x20-\x7e]+$/.test(validator)) return undefined
    return { validator, total: typeof total === 'number' ? total : undefined, size: stats.size }
  }

  /** Empties it, or begins it. */
  async begin(whole: Whole): Promise<FileHandle> {
    await this.forget()
    const handle = await open(this.file, 'wx')
    try {
      await handOver(handle)
      await writeFile(this.#infoFile, JSON.stringify({ ...whole, pid: process.pid }), { mode: 0o600, flag: 'wx' })
      return handle
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  /** Opens it to be gone on with. */
  goOn(): Promise<FileHandle> {
    return open(this.file, constants.O_WRONLY | constants.O_NOFOLLOW)
  }

  /** Its bytes; none where it is not there. */
  async size(): Promise<number> {
    return (await statsOf(this.file))?.size ?? 0
  }

  /** Takes it away, and what is known of it. */
  async forget(): Promise<void> {
    await Promise.all([rm(this.file, { force: true }), this.forgetInfo()])
  }

  async forgetInfo(): Promise<void> {
    await rm(this.#infoFile, { force: true })
  }

  get #infoFile(): string {
    return `${this.file}.info`
  }

  toString(): string {
    return shownPath(this.file)
  }

  async #info(): Promise<(Partial<Whole> & { pid?: unknown }) | undefined> {
    try {
      const stats = await trusted(this.#infoFile)
      if (stats === undefined || stats.size > LARGEST_INFO) return undefined
      const info = JSON.parse(await readFile(this.#infoFile, 'utf8')) as unknown
      return typeof info === 'object' && info !== null ? info : undefined
    } catch {
      return undefined
    }
  }

  /** Whether another program is at it. */
  async #isWritten(): Promise<boolean> {
    const { pid } = (await this.#info()) ?? {}
    const stats = await statsOf(this.file)
    if (typeof pid !== 'number' || pid === process.pid || stats === undefined) return false
    if (Date.now() - stats.mtimeMs > STILL) return false
    try {
      process.kill(pid, 0)
      return true
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EPERM'
    }
  }
}

/** Of an ordinary file that nobody else could have put there: in a shared folder anybody may lay out a beginning for us. */
async function trusted(file: string): Promise<{ size: number } | undefined> {
  const stats = await statsOf(file)
  return stats?.isFile() === true && distrustOf(file, stats) === undefined ? stats : undefined
}

function statsOf(file: string): Promise<Stats | undefined> {
  return lstat(file).catch(() => undefined)
}
