/** Buffers for pieces of files: large ones while few transfers run, small ones when there are very many. */

/** What all buffers may take; the smallest are made even beyond it, bytes. */
const MOST = 64 << 20
export const SMALLEST_PIECE = 16 << 10
export const LARGEST_PIECE = 512 << 10
/** One takes at most this share of what is left, so that those who come later find something too. */
const SHARE = 16
/** Kept while nothing is transferred, bytes. */
const KEPT = 8 << 20

/** Buffers whose sizes are powers of two. They are used again and again: left to be collected, they would pile up until that is done. */
class PieceBuffers {
  /** Bytes of those that somebody has, and of those that wait. */
  #used = 0
  #waiting = 0
  /** Those that wait, by the power of two that they are of the smallest. */
  readonly #spare: Buffer[][] = []

  /** A buffer of about the wanted size, of less when memory is short; with what was in it before. */
  take(wanted: number): Buffer {
    const most = Math.min(LARGEST_PIECE, (MOST - this.#used) / SHARE)
    let power = 0
    while (sizeOf(power) < wanted && sizeOf(power + 1) <= most) power++
    const buffer = this.#waitingOne(power) ?? Buffer.allocUnsafeSlow(sizeOf(power))
    this.#used += buffer.length
    return buffer
  }

  give(buffer: Buffer): void {
    this.#used -= buffer.length
    this.#waiting += buffer.length
    const power = Math.log2(buffer.length / SMALLEST_PIECE)
    this.#spare[power] ??= []
    this.#spare[power].push(buffer)
    if (this.#used === 0 && this.#waiting > KEPT) {
      this.#spare.length = 0
      this.#waiting = 0
    }
  }

  /** One that waits: of that size or larger, or, where no more may be made, any. */
  #waitingOne(power: number): Buffer | undefined {
    let found = this.#spare.findIndex((spare, i) => i >= power && spare?.length > 0)
    if (found < 0 && this.#used + this.#waiting + sizeOf(power) > MOST)
      found = this.#spare.findLastIndex((spare) => spare?.length > 0)
    const buffer = this.#spare[found]?.pop()
    if (buffer !== undefined) this.#waiting -= buffer.length
    return buffer
  }
}

function sizeOf(power: number): number {
  return SMALLEST_PIECE << power
}

/** Those of all transfers. */
export const pieceBuffers = new PieceBuffers()
