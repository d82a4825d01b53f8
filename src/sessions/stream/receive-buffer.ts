/** Bytes that arrived and were not taken yet. What is given out is never written again, so it need not be copied. */

const EMPTY = Buffer.alloc(0)

/** A queue of bytes that can be searched. */
export class ReceiveBuffer {
  #store: Buffer = EMPTY
  #start = 0
  #end = 0
  /** Whether the store was made here, and has room behind its end. */
  #isOwn = false
  /** From here on the pattern was not looked for yet, and which one it was. */
  #searched = 0
  #pattern: Buffer | undefined

  /** Bytes that are here. */
  get length(): number {
    return this.#end - this.#start
  }

  append(chunk: Uint8Array): void {
    if (this.#start === this.#end) {
      this.#store = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
      this.#start = 0
      this.#end = chunk.length
      this.#isOwn = false
      this.#searched = 0
      return
    }
    if (!this.#isOwn || this.#store.length - this.#end < chunk.length) this.#grow(chunk.length)
    this.#store.set(chunk, this.#end)
    this.#end += chunk.length
  }

  /** The first `count` bytes, or as many as there are; they are gone from here. */
  take(count = this.length): Buffer {
    const end = Math.min(this.#end, this.#start + count)
    const taken = this.#store.subarray(this.#start, end)
    this.#start = end
    if (this.#start === this.#end) this.clear()
    return taken
  }

  /** The first bytes, which stay. */
  peek(count = this.length): Buffer {
    return this.#store.subarray(this.#start, Math.min(this.#end, this.#start + count))
  }

  /** Where the pattern begins, counted from the first byte; -1: it is not here. What was searched before is not searched again. */
  indexOf(pattern: Buffer): number {
    if (pattern !== this.#pattern) {
      this.#pattern = pattern
      this.#searched = 0
    }
    const from = Math.max(this.#start, this.#searched)
    const filled = this.#end === this.#store.length ? this.#store : this.#store.subarray(0, this.#end)
    const found = filled.indexOf(pattern.length === 1 ? pattern[0]! : pattern, from)
    if (found < 0) {
      this.#searched = Math.max(this.#start, this.#end - pattern.length + 1)
      return -1
    }
    return found - this.#start
  }

  clear(): void {
    this.#store = EMPTY
    this.#start = this.#end = this.#searched = 0
    this.#isOwn = false
  }

  #grow(more: number): void {
    const { length } = this
    const larger = Buffer.allocUnsafeSlow(Math.max(4096, 2 * (length + more)))
    this.#store.copy(larger, 0, this.#start, this.#end)
    this.#searched = Math.max(0, this.#searched - this.#start)
    this.#store = larger
    this.#start = 0
    this.#end = length
    this.#isOwn = true
  }
}
