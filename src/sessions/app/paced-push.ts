/** Changes on their way to pages: each at once, and of a flood the latest value of each name, since handlers need time. */

/** So many at once, per PERIOD ms. */
const MOST = 50
const PERIOD = 200

/** Hands on what is pushed. */
export class PacedPush {
  readonly #waiting = new Map<string, unknown>()
  #handed = 0
  #timer: NodeJS.Timeout | undefined

  constructor(private readonly hand: (name: string, value: unknown) => void) {}

  push(name: string, value: unknown): void {
    this.#timer ??= setTimeout(() => this.#next(), PERIOD)
    if (this.#handed >= MOST) {
      this.#waiting.set(name, value)
      return
    }
    this.#handed++
    this.hand(name, value)
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#waiting.clear()
  }

  #next(): void {
    this.#timer = undefined
    this.#handed = 0
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const [name, value] of waiting) this.push(name, value)
  }
}
