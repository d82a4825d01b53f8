/** Earlier results by name: `_` is the last one, `_1`, `_2` … all of them in order. */
import { isPrinted } from '../commands/script-entries.js'
import type { Paint } from '../exchange/terminal-colours.js'

/** Results that are kept: each may be a million packets. */
const KEPT = 100

/** The results of one session. */
export class Results {
  readonly #values = new Map<string, unknown>()
  #count = 0
  #last: unknown

  /**
   * Keeps a value that the prompt shows, and lets go of the one a hundred before it. `_` follows until the user gives it
   * another meaning. Functions are not kept: who types one's name wants to know how it is called.
   * @returns the name under which it is found again; undefined where it is not kept
   */
  keep(value: unknown): string | undefined {
    if (value === undefined || typeof value === 'function') return undefined
    const global = globalThis as Record<string, unknown>
    const name = `_${++this.#count}`
    // Nothing can be kept when somebody has frozen the global object.
    const descriptor = { value, writable: true, configurable: true, enumerable: false }
    if (!Reflect.defineProperty(globalThis, name, descriptor)) return undefined
    this.#values.set(name, value)
    this.#forget(`_${this.#count - KEPT}`)
    if (global._ === this.#last) {
      global._ = value
      this.#last = value
    }
    return name
  }

  /** Takes an old result out of reach, unless its name has got another meaning. */
  #forget(name: string): void {
    if (!this.#values.has(name)) return
    const isOurs = Object.getOwnPropertyDescriptor(globalThis, name)?.value === this.#values.get(name)
    this.#values.delete(name)
    if (!isOurs) return
    Object.defineProperty(globalThis, name, {
      configurable: true,
      enumerable: false,
      get: () => {
        throw new ReferenceError(
          `${name} is no longer kept: the last ${KEPT} results are. What you need for longer, give a name: packets = …`,
        )
      },
      set: (value) => {
        Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false })
      },
    })
  }
}

/** The text of a result with its name in front, or above when it has several lines. */
export function labelled(text: string, name: string, paint: Paint): string {
  return `${paint('gray', `${name} =`)}${text.includes('\n') ? '\n' : ' '}${text}`
}

/** What `print` writes: the values in one line, or below each other when one of them has several. */
export function printedText(texts: readonly (string | undefined)[]): string {
  const shown = texts.map((text) => text ?? 'undefined')
  return shown.join(shown.some((text) => text.includes('\n')) ? '\n' : ' ')
}

/** A block that ends with `print(…)`, perhaps in a loop. */
const ENDS_WITH_PRINT = /(?<![\w$.])print\s*\([^;]*;?[\s}]*$/

/** Whether a block has shown its value already: the last that it did was to print it. */
export function hasPrinted(source: string, value: unknown): boolean {
  return isPrinted(value) && ENDS_WITH_PRINT.test(source)
}
