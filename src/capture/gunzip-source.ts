import type { Gunzip } from 'node:zlib'
import type { ByteSource } from './byte-source.js'

/** Compressed bytes handed to zlib at once. They inflate to at most 1 032 times as much, which bounds the memory held. */
const SLICE = 16 * 1024

/**
 * Inflates a gzip stream piece by piece. Damaged or cut data ends it: what came before is given, and `damage` says what is wrong.
 * Not a pipe of streams, because a stream that fails throws away what it has inflated but not yet handed on.
 */
export class GunzipSource implements ByteSource {
  readonly name: string
  readonly total = Number.POSITIVE_INFINITY
  /** What is wrong with the compressed data; null as long as nothing is. */
  damage: string | null = null

  private readonly gunzip: Gunzip
  private readonly slice = new Uint8Array(SLICE)
  private inflated: Uint8Array[] = []
  private position = 0
  private ended = false
  private settle: (() => void) | null = null

  constructor(private readonly source: ByteSource) {
    this.name = source.name
    // What zlib inflates in the call that fails is lost: at most one chunk.
    // Loaded when it is needed: most captures are not compressed, and every start would pay.
    const { constants, createGunzip } = process.getBuiltinModule('node:zlib')
    this.gunzip = createGunzip({ chunkSize: 16 * 1024, finishFlush: constants.Z_FINISH })
    this.gunzip.on('data', (chunk: Uint8Array) => this.inflated.push(chunk))
    this.gunzip.on('error', (error: NodeJS.ErrnoException) => {
      this.damage =
        error.code === 'Z_BUF_ERROR' ? 'the compressed data ends early' : `bad compressed data (${error.message})`
      this.ended = true
      this.settle?.()
    })
    this.gunzip.on('end', () => {
      this.ended = true
      this.settle?.()
    })
  }

  async read(into: Uint8Array, offset: number): Promise<number> {
    while (this.inflated.length === 0) {
      if (this.ended) return 0
      await this.inflateMore()
    }
    let written = offset
    while (this.inflated.length > 0 && written < into.length) {
      const chunk = this.inflated[0]!
      const part = chunk.subarray(this.position, this.position + into.length - written)
      into.set(part, written)
      written += part.length
      this.position += part.length
      if (this.position === chunk.length) {
        this.inflated.shift()
        this.position = 0
      }
    }
    return written - offset
  }

  async close(): Promise<void> {
    this.gunzip.destroy()
    await this.source.close()
  }

  private async inflateMore(): Promise<void> {
    const length = await this.source.read(this.slice, 0)
    await new Promise<void>((resolve) => {
      this.settle = resolve
      if (length === 0) this.gunzip.end()
      else this.gunzip.write(this.slice.subarray(0, length), () => resolve())
    })
    this.settle = null
  }
}
