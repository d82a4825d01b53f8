/** Time for connecting, which stands still while the user is asked something. */
export class Patience {
  #left: number
  #timer: NodeJS.Timeout | undefined
  #since = 0
  #holds = 0

  /** @param over called when it is used up */
  constructor(
    seconds: number,
    private readonly over: () => void,
  ) {
    this.#left = seconds * 1000
    this.#go()
  }

  /** Runs a question to the user. */
  async hold<T>(question: () => Promise<T>): Promise<T> {
    if (this.#holds++ === 0) this.#stop()
    try {
      return await question()
    } finally {
      if (--this.#holds === 0) this.#go()
    }
  }

  /** Nothing is waited for any more. */
  end(): void {
    this.#stop()
    this.#holds = Number.POSITIVE_INFINITY
  }

  #go(): void {
    this.#since = performance.now()
    this.#timer = setTimeout(this.over, Math.max(this.#left, 0))
  }

  #stop(): void {
    clearTimeout(this.#timer)
    this.#left -= performance.now() - this.#since
  }
}
