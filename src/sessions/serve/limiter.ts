/** How fast all transfers together may be. */

/** What may leave at once after a pause, ms of the rate. */
const BURST = 100
/** A round in which each who waits gets a piece takes about this long, ms. */
const ROUND = 50
/** Smaller pieces would cost more than they are worth, bytes. */
const SMALLEST = 4096
/** Who comes back has had its pieces sent meanwhile, and is not to lose by it: it may be behind the others by what leaves in this time, ms. */
const BEHIND = 500

/** One of those who share a rate. */
export interface Share {
  /** Resolves when so many bytes may leave. One call at a time. */
  take(bytes: number): Promise<void>
  /** It does not wait any more. */
  leave(): void
}

interface Turn {
  /** Bytes that it has had; one that comes later begins with as many as the others have had. */
  had: number
  /** It waits for so many. */
  bytes: number
  go: () => void
}

/** Shares a rate among all who ask: next is always the one who has had least, so that all get the same, however large their pieces are. */
export class Limiter {
  /** When the next byte may leave. */
  #next = 0
  /** What the last one whose turn it was had had before. */
  #level = 0
  readonly #waiting = new Set<Turn>()
  /** Lets the next one go. */
  #later: NodeJS.Timeout | NodeJS.Immediate | undefined

  /** @param bytesPerSecond more than 0 */
  constructor(readonly bytesPerSecond: number) {}

  /** Bytes that are worth waiting for at once: what is larger is sent in several pieces. */
  get piece(): number {
    const round = Math.max(1, Math.ceil((this.bytesPerSecond * ROUND) / 1000))
    return Math.max(Math.min(round, SMALLEST), Math.ceil(round / (this.#waiting.size + 1)))
  }

  /** One more who shares it. */
  share(): Share {
    const turn: Turn = { had: this.#level, bytes: 0, go: () => undefined }
    return {
      take: (bytes) =>
        new Promise((go) => {
          const least = this.#level - (this.bytesPerSecond * BEHIND) / 1000
          Object.assign(turn, { had: Math.max(turn.had, least), bytes, go })
          this.#waiting.add(turn)
          this.#later ??= setImmediate(() => this.#serve())
        }),
      leave: () => void this.#waiting.delete(turn),
    }
  }

  /** Lets go the one who has had least, when it is time. */
  #serve(): void {
    this.#later = undefined
    const now = performance.now()
    const from = Math.max(this.#next, now - BURST)
    if (from > now) {
      this.#later = setTimeout(() => this.#serve(), from - now)
      return
    }
    let next: Turn | undefined
    for (const each of this.#waiting) if (next === undefined || each.had < next.had) next = each
    if (next === undefined) return
    this.#waiting.delete(next)
    this.#level = next.had
    next.had += next.bytes
    this.#next = from + (next.bytes / this.bytesPerSecond) * 1000
    next.go()
    // Not at once: it may have to come back before it is clear who is next.
    if (this.#waiting.size > 0) this.#later = setImmediate(() => this.#serve())
  }
}
