import { createWriteStream, promises } from 'node:fs'
import type { Writable } from 'node:stream'
import { fileSystemError } from './capture-error.js'

/** Bytes to a file, in order. */
export interface CaptureOutput {
  /** Resolves when the bytes are on their way and more are welcome. */
  write(bytes: Uint8Array): Promise<void>
  close(): Promise<void>
}

/** Opens a file for writing; `-` is standard output. @throws CaptureFileError */
export async function openOutput(path: string, options: { append: boolean; gzip: boolean }): Promise<CaptureOutput> {
  if (path === '-') return new StreamOutput('standard output', process.stdout, options.gzip, false)
  try {
    const file = await promises.open(path, options.append ? 'a' : 'w')
    return new StreamOutput(path, createWriteStream(path, { fd: file }), options.gzip, true)
  } catch (error) {
    throw fileSystemError(path, error, 'write')
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
