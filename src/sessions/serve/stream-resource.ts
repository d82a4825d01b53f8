/**
 * What comes only once, such as standard input, as something that can be downloaded by many, and again after a download that broke off: what has come is kept in a
 * file that has no name. It is read only a little ahead of who is furthest with it.
 */
import { randomUUID } from 'node:crypto'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Resource } from './resource.js'

/** What is read before anybody asks for it, bytes: what is shorter has a size from the start. */
const AHEAD = 4 << 20
const PIECE = 128 * 1024

/** A stream and what has come of it. */
export class StreamResource {
  readonly #began = new Date()
  #file: FileHandle | undefined
  /** Bytes that have come. */
  #length = 0
  /** How far who is furthest has read. */
  #furthest = 0
  #isEnded = false
  #isClosed = false
  #error: Error | undefined
  readonly #id = randomUUID()
  /** Those who wait for more. */
  #readers: (() => void)[] = []
  /** Goes on reading the source, which waits until somebody wants more. */
  #more: (() => void) | undefined
  #iterator: AsyncIterator<Uint8Array | string> | undefined
  #reading: Promise<void> | undefined

  constructor(
    readonly name: string,
    readonly type: string,
    private readonly source: AsyncIterable<Uint8Array | string>,
  ) {}

  /** As it is now: its size is known, and parts can be had, when its end has come. */
  resource(): Resource {
    return {
      name: this.name,
      type: this.type,
      size: this.#isEnded ? this.#length : undefined,
      modified: this.#isEnded ? this.#began : undefined,
      etag: this.#isEnded ? `"${this.#id}"` : undefined,
      disposition: 'attachment',
      read: (start, end) => this.#read(start, end),
    }
  }

  /** Begins to read. @throws what the system says when there is no room for what comes */
  async open(): Promise<void> {
    const name = path.join(tmpdir(), `netshell-${this.#id}`)
    this.#file = await open(name, 'wx+', 0o600)
    // It lasts as long as we have it open, and is gone with us however we end.
    await rm(name)
    this.#reading = this.#readAll()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#more?.()
    this.#came()
    // A source that gives nothing would keep us waiting.
    void this.#iterator?.return?.()?.then(undefined, () => undefined)
    await this.#file?.close()
    this.#file = undefined
  }

  /** Waits until the first pieces are there, or nothing comes for a while: a short text has a size then. @param ms at most */
  async settled(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms)
    })
    await Promise.race([this.#reading, late])
    clearTimeout(timer)
  }

  async *#read(start: number, end: number | undefined): AsyncGenerator<Uint8Array> {
    const piece = Buffer.allocUnsafe(PIECE)
    for (let at = start; end === undefined || at < end; ) {
      if (at > this.#furthest) {
        this.#furthest = at
        this.#more?.()
      }
      if (at >= this.#length) {
        if (this.#error !== undefined) throw this.#error
        if (this.#isEnded) return
        if (this.#isClosed) throw new Error('it is closed')
        await new Promise<void>((resolve) => this.#readers.push(resolve))
        continue
      }
      const most = Math.min(PIECE, this.#length - at, (end ?? Number.POSITIVE_INFINITY) - at)
      const { bytesRead } = await this.#open.read(piece, 0, most, at)
      if (bytesRead === 0) throw new Error('what was kept is gone')
      at += bytesRead
      yield piece.subarray(0, bytesRead)
    }
  }

  get #open(): FileHandle {
    if (this.#file === undefined) throw new Error('it is closed')
    return this.#file
  }

  async #readAll(): Promise<void> {
    const iterator = this.source[Symbol.asyncIterator]()
    this.#iterator = iterator
    try {
      for (;;) {
        while (this.#length - this.#furthest >= AHEAD && !this.#isClosed)
          await new Promise<void>((resolve) => {
            this.#more = resolve
          })
        const next = await iterator.next()
        if (this.#isClosed) return
        if (next.done) break
        await this.#keep(typeof next.value === 'string' ? Buffer.from(next.value) : next.value)
      }
      this.#isEnded = true
    } catch (error) {
      this.#error = error instanceof Error ? error : new Error(String(error))
    }
    this.#came()
  }

  async #keep(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await this.#open.write(bytes, at, bytes.length - at, this.#length)
      at += bytesWritten
      this.#length += bytesWritten
    }
    this.#came()
  }

  /** Those who wait look again. */
  #came(): void {
    const readers = this.#readers
    this.#readers = []
    for (const go of readers) go()
  }
}
