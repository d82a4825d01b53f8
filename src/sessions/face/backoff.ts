/** How long to wait before the next attempt: longer each time, never quite the same for many who lost the same server. */

/** When a session that was lost is opened again. */
export interface ReconnectOptions {
  /** Seconds before the first attempt. Default 0.5. */
  first?: number
  /** Seconds at most. Default 30. */
  longest?: number
  /** Attempts in a row that may fail. Default: without end. */
  tries?: number
}

/** Attempts and their pauses. */
export class Backoff {
  /** Attempts since it was last open. */
  attempt = 0

  constructor(
    private readonly options: ReconnectOptions,
    private readonly random: () => number = Math.random,
  ) {}

  /** Seconds to wait before the next attempt; undefined: it is given up. */
  next(): number | undefined {
    const { first = 0.5, longest = 30, tries = Number.POSITIVE_INFINITY } = this.options
    if (++this.attempt > tries) return undefined
    const most = Math.min(longest, first * 2 ** Math.min(this.attempt - 1, 30))
    return most * (0.5 + this.random() / 2)
  }

  /** It is open again. */
  reset(): void {
    this.attempt = 0
  }
}
