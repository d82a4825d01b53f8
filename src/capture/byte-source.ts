import { constants, openSync, promises } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { CaptureFileError, fileSystemError } from './capture-error.js'

/** What a capture may be read from: a path (`-` is standard input), a stream of bytes, or the bytes themselves. */
export type CaptureInput = string | URL | Readable | Uint8Array

/** Bytes in order, with the caller's memory. */
export interface ByteSource {
  /** For messages. */
  readonly name: string
  /** Bytes in all, or Infinity where that is not known. */
  readonly total: number
  /** Fills `into` from `offset` on, as far as bytes are at hand; returns how many, 0 only at the end. */
  read(into: Uint8Array, offset: number): Promise<number>
  close(): Promise<void>
}

/**
 * Opens an input. Aborting the signal ends a read that waits for a stream, as if the stream had ended there.
 * Throws CaptureFileError when the input is missing, a directory, or may not be read.
 */
export async function openByteSource(input: CaptureInput, signal?: AbortSignal): Promise<ByteSource> {
  if (input instanceof Uint8Array) return new MemorySource(input)
  if (input === '-') return new StreamSource(process.stdin, 'standard input', signal)
  if (typeof input === 'string' || input instanceof URL) return openFile(input, signal)
  if (typeof (input as Partial<Readable> | null)?.[Symbol.asyncIterator] !== 'function')
    throw new CaptureFileError(
      'UNSUPPORTED',
      `a capture is read from a path, - for standard input, a stream or bytes, not from ${input === null ? 'null' : typeof input}`,
    )
  const path = (input as { path?: unknown }).path
  return new StreamSource(input, typeof path === 'string' ? path : 'the stream', signal)
}

async function openFile(path: string | URL, signal?: AbortSignal): Promise<ByteSource> {
  const name = String(path)
  if (name === '')
    throw new CaptureFileError(
      'NOT_FOUND',
      'the name of the capture file is empty; give a path, or - for standard input',
    )
  let file: FileHandle | undefined
  try {
    if ((await promises.stat(path)).isFIFO()) return openPipe(path, name, signal)
    file = await promises.open(path, 'r')
    const status = await file.stat()
    if (status.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' })
    return new FileSource(name, file, status.isFile() ? status.size : Number.POSITIVE_INFINITY)
  } catch (error) {
    await file?.close()
    throw fileSystemError(name, error, 'read')
  }
}

/** A named pipe as a stream: reading it as a file would hold a thread until somebody writes, and the end of the program with it. */
function openPipe(path: string | URL, name: string, signal?: AbortSignal): ByteSource {
  // Does not wait for a writer; the stream does.
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const { Socket } = process.getBuiltinModule('node:net')
  return new StreamSource(new Socket({ fd, readable: true, writable: false }), name, signal)
}

class FileSource implements ByteSource {
  constructor(
    readonly name: string,
    private readonly file: FileHandle,
    readonly total: number,
  ) {}

  async read(into: Uint8Array, offset: number): Promise<number> {
    try {
      return (await this.file.read(into, offset, into.length - offset, null)).bytesRead
    } catch (error) {
      throw fileSystemError(this.name, error, 'read')
    }
  }

  close(): Promise<void> {
    return this.file.close()
  }
}

class MemorySource implements ByteSource {
  readonly name = 'the bytes given'
  readonly total: number
  private position = 0

  constructor(private readonly bytes: Uint8Array) {
    this.total = bytes.length
  }

  async read(into: Uint8Array, offset: number): Promise<number> {
    const part = this.bytes.subarray(this.position, this.position + into.length - offset)
    into.set(part, offset)
    this.position += part.length
    return part.length
  }

  async close(): Promise<void> {}
}

class StreamSource implements ByteSource {
  readonly total = Number.POSITIVE_INFINITY
  private readonly iterator: AsyncIterator<unknown>
  private rest: Uint8Array = new Uint8Array(0)
  /** Ends the read that waits. */
  private wake: () => void = () => undefined

  constructor(
    private readonly stream: Readable,
    readonly name: string,
    private readonly signal?: AbortSignal,
  ) {
    this.iterator = stream[Symbol.asyncIterator]()
    signal?.addEventListener('abort', () => this.wake(), { once: true })
  }

  async read(into: Uint8Array, offset: number): Promise<number> {
    while (this.rest.length === 0) {
      let result: IteratorResult<unknown> | null
      try {
        result = await this.next()
      } catch (error) {
        throw fileSystemError(this.name, error, 'read')
      }
      if (result === null || result.done === true) return 0
      if (!(result.value instanceof Uint8Array)) {
        throw new CaptureFileError(
          'NOT_A_CAPTURE',
          `${this.name} gives ${typeof result.value}s, not bytes; do not set an encoding on it`,
        )
      }
      this.rest = result.value
    }
    const part = this.rest.subarray(0, into.length - offset)
    into.set(part, offset)
    this.rest = this.rest.subarray(part.length)
    return part.length
  }

  /** The next piece; null when nobody wants it any more. */
  private next(): Promise<IteratorResult<unknown> | null> {
    if (this.signal?.aborted === true) return Promise.resolve(null)
    return new Promise((resolve, reject) => {
      this.wake = () => resolve(null)
      this.iterator.next().then(resolve, reject)
    })
  }

  async close(): Promise<void> {
    if (this.signal?.aborted !== true) {
      await this.iterator.return?.()
      return
    }
    // The iterator would wait for the read that is under way.
    this.stream.on('error', () => undefined)
    this.stream.destroy()
  }
}

/** The same source with bytes that were already taken from it put back in front. */
export class PrefixedSource implements ByteSource {
  readonly name: string
  readonly total: number

  constructor(
    private prefix: Uint8Array,
    private readonly source: ByteSource,
  ) {
    this.name = source.name
    this.total = source.total
  }

  async read(into: Uint8Array, offset: number): Promise<number> {
    if (this.prefix.length === 0) return this.source.read(into, offset)
    const part = this.prefix.subarray(0, into.length - offset)
    into.set(part, offset)
    this.prefix = this.prefix.subarray(part.length)
    return part.length
  }

  close(): Promise<void> {
    return this.source.close()
  }
}
