import { constants, createWriteStream, openSync, promises } from 'node:fs'
import type { Writable } from 'node:stream'
import { fileSystemError } from './capture-error.js'

/** Bytes to a file, in order. */
export interface CaptureOutput {
  /** Resolves when the bytes are on their way and more are welcome. */
  write(bytes: Uint8Array): Promise<void>
  close(): Promise<void>
}

/** How to open a file for writing. */
export interface OutputOptions {
  append: boolean
  gzip: boolean
  /** It must not be there yet, as a link neither. */
  fresh?: boolean
  /** Ends the wait for the reader of a named pipe. */
  signal?: AbortSignal | undefined
}

/** How often is looked whether somebody reads a named pipe, ms. */
const PIPE_CHECK = 50

/** Opens a file for writing; `-` is standard output. @throws CaptureFileError, of which `cause` has the code `EEXIST` for `fresh` */
export async function openOutput(path: string, options: OutputOptions): Promise<CaptureOutput> {
  if (path === '-') return new StreamOutput('standard output', process.stdout, options.gzip, false)
  try {
    if (await isPipe(path)) return new StreamOutput(path, await openPipe(path, options.signal), options.gzip, true)
    const file = await promises.open(path, options.append ? 'a' : options.fresh === true ? 'wx' : 'w')
    return new StreamOutput(path, createWriteStream(path, { fd: file }), options.gzip, true)
  } catch (error) {
    throw fileSystemError(path, error, 'write')
  }
}

async function isPipe(path: string): Promise<boolean> {
  return promises.stat(path).then(
    (status) => status.isFIFO(),
    () => false,
  )
}

/**
 * A named pipe as a stream, once somebody reads it. As a file it would hold a thread until then, and the end of the program
 * with it.
 */
async function openPipe(path: string, signal: AbortSignal | undefined): Promise<Writable> {
  for (;;) {
    try {
      const fd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)
      const { Socket } = process.getBuiltinModule('node:net')
      return new Socket({ fd, readable: false, writable: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENXIO') throw error
      if (signal?.aborted === true) throw Object.assign(new Error('nobody reads this pipe'), { code: 'ENXIO' })
    }
    await new Promise((resolve) => setTimeout(resolve, PIPE_CHECK))
  }
}

class StreamOutput implements CaptureOutput {
  private readonly entry: Writable
  private failure: unknown = null
  private fail: ((error: unknown) => void) | null = null

  constructor(
    private readonly name: string,
    private readonly target: Writable,
    gzip: boolean,
    private readonly ends: boolean,
  ) {
    target.on('error', this.onError)
    this.entry = target
    if (gzip) {
      const compressor = process.getBuiltinModule('node:zlib').createGzip()
      compressor.on('error', this.onError)
      compressor.pipe(target, { end: ends })
      this.entry = compressor
    }
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.waiting((done) =>
      this.entry.write(bytes, (error) => {
        if (error) this.onError(error)
        else done()
      }),
    )
  }

  async close(): Promise<void> {
    try {
      if (this.entry !== this.target && !this.ends) {
        await this.waiting((done) => {
          this.entry.once('end', done)
          this.entry.end()
        })
      } else if (this.ends) {
        await this.waiting((done) => {
          this.target.once('close', done)
          this.entry.end()
        })
      }
    } finally {
      this.target.off('error', this.onError)
      if (this.ends) this.target.on('error', () => {}).destroy()
    }
  }

  private readonly onError = (error: unknown): void => {
    this.failure ??= error
    this.fail?.(error)
  }

  private async waiting(start: (done: () => void) => void): Promise<void> {
    try {
      if (this.failure !== null) throw this.failure
      await new Promise<void>((resolve, reject) => {
        this.fail = reject
        start(resolve)
      })
      if (this.failure !== null) throw this.failure
    } catch (error) {
      throw fileSystemError(this.name, error, 'write')
    } finally {
      this.fail = null
    }
  }
}
