/** Files on their way into an archive. */
import fs, { type Stats } from 'node:fs'
import { promisify } from 'node:util'
import { ResourceChanged } from '../resource.js'
import type { FoundFile } from './found.js'

/** Up to this size a file is read whole before its place in the archive begins, bytes: what happens to it later is no matter. */
const SMALL = 128 * 1024
const PIECE = 256 * 1024

// Archives are of many small files: these cost half of what file handles do. What the system answers from memory is not waited for.
const openFile = promisify(fs.open)
const readFile = promisify(fs.read)
const READ_ONLY = fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK

/** A file that is open, or was read already. Whoever has it closes it. */
export class OpenedFile {
  #fd: number | undefined
  #isReading = false
  #isClosing = false

  private constructor(
    private readonly name: string,
    /** What it was when it was opened. */
    readonly stats: Stats,
    content: Buffer | number,
  ) {
    if (typeof content === 'number') this.#fd = content
    else this.whole = content
  }

  /** All bytes of a small one. */
  readonly whole: Buffer | undefined

  /** Bytes that `pieces()` gives. */
  get size(): number {
    return this.whole?.length ?? this.stats.size
  }

  /** @throws the system's error, when it can not be read or is no file any more */
  static async open({ path, name }: FoundFile): Promise<OpenedFile> {
    const { fd, stats } = await opened(path)
    return new OpenedFile(name, stats, fd)
  }

  /** Reads all of a small one, which need not be closed then; undefined for others. @throws as open does */
  static async openSmall({ path, name }: FoundFile): Promise<OpenedFile | undefined> {
    const { fd, stats } = await opened(path)
    try {
      return stats.size > SMALL ? undefined : new OpenedFile(name, stats, await readWhole(fd, stats.size))
    } finally {
      fs.closeSync(fd)
    }
  }

  /**
   * Its bytes, as many as it had when it was opened.
   * @throws ResourceChanged when there are fewer now
   */
  async *pieces(): AsyncGenerator<Buffer> {
    if (this.whole !== undefined) {
      yield this.whole
      return
    }
    for (let at = 0; at < this.size; ) {
      const piece = await this.#read(at, Math.min(PIECE, this.size - at))
      if (piece === undefined) return
      if (piece.length === 0) throw new ResourceChanged(`${this.name} became shorter while it was sent`)
      at += piece.length
      yield piece
    }
  }

  /** @returns undefined when it is closed */
  async #read(at: number, length: number): Promise<Buffer | undefined> {
    if (this.#fd === undefined) return undefined
    this.#isReading = true
    try {
      const { bytesRead, buffer } = await readFile(this.#fd, Buffer.allocUnsafeSlow(length), 0, length, at)
      return buffer.subarray(0, bytesRead)
    } finally {
      this.#isReading = false
      if (this.#isClosing) this.close()
    }
  }

  /** Once is enough; more do no harm. */
  close(): void {
    this.#isClosing = true
    // While it is read its number must not become that of another file.
    if (this.#isReading || this.#fd === undefined) return
    fs.closeSync(this.#fd)
    this.#fd = undefined
  }
}

async function readWhole(fd: number, size: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(size)
  let length = 0
  while (length < size) {
    const { bytesRead } = await readFile(fd, bytes, length, size - length, length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return bytes.subarray(0, length)
}

async function opened(path: string): Promise<{ fd: number; stats: Stats }> {
  // Neither a link nor a pipe that has taken its place since.
  const fd = await openFile(path, READ_ONLY)
  try {
    const stats = fs.fstatSync(fd)
    if (!stats.isFile() || hasMoved(fd, path)) throw Object.assign(new Error('moved'), { code: 'ENOENT' })
    return { fd, stats }
  } catch (error) {
    fs.closeSync(fd)
    throw error
  }
}

/** Whether a folder on the way has become a link since it was looked at. */
function hasMoved(fd: number, file: string): boolean {
  return process.platform === 'linux' && fs.readlinkSync(`/proc/self/fd/${fd}`) !== file
}
