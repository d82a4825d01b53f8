/** Earlier results by name: `_` is the last one, `_1`, `_2` … all of them in order. */

/** The results of one session. */
export class Results {
  #count = 0
  #last: unknown

  /**
   * Keeps a value that the prompt shows. `_` follows until the user gives it another meaning.
   * @returns the name under which it is found again
   */
  keep(value: unknown): string {
    const global = globalThis as Record<string, unknown>
    const name = `_${++this.#count}`
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false })
    if (global._ === this.#last) {
      global._ = value
      this.#last = value
    }
    return name
  }
}
