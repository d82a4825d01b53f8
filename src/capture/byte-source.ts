import { promises } from 'node:fs'
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

/** Opens an input. Throws CaptureFileError when it is missing, a directory, or may not be read. */
export async function openByteSource(input: CaptureInput): Promise<ByteSource> {
  if (input instanceof Uint8Array) return new MemorySource(input)
  if (input === '-') return new StreamSource(process.stdin, 'standard input')
  if (typeof input === 'string' || input instanceof URL) return openFile(input)
  const path = (input as { path?: unknown }).path
  return new StreamSource(input, typeof path === 'string' ? path : 'the stream')
}

async function openFile(path: string | URL): Promise<ByteSource> {
  const name = String(path)
  if (name === '')
    throw new CaptureFileError(
      'NOT_FOUND',
      'the name of the capture file is empty; give a path, or - for standard input',
    )
  let file: FileHandle | undefined
  try {
    file = await promises.open(path, 'r')
    const status = await file.stat()
    if (status.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' })
    return new FileSource(name, file, status.isFile() ? status.size : Number.POSITIVE_INFINITY)
  } catch (error) {
    await file?.close()
    throw fileSystemError(name, error, 'read')
  }
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

  constructor(
    stream: Readable,
    readonly name: string,
  ) {
    this.iterator = stream[Symbol.asyncIterator]()
  }

  async read(into: Uint8Array, offset: number): Promise<number> {
    while (this.rest.length === 0) {
      let result: IteratorResult<unknown>
      try {
        result = await this.iterator.next()
      } catch (error) {
        throw fileSystemError(this.name, error, 'read')
      }
      if (result.done === true) return 0
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

  async close(): Promise<void> {
    await this.iterator.return?.()
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
