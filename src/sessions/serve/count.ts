/** Counting complete downloads: parts that one client takes one after the other, or side by side, are one download when they are all there. */

/** What was sent of a download. */
export interface Sent {
  status: number
  /** From, and up to (not including), each in bytes. */
  ranges: readonly (readonly [start: number, end: number])[]
  /** The client got all that it asked for. */
  isWhole: boolean
}

/** A download that began; give it back with {@link DownloadCount.end}. */
export interface Claim {
  readonly key: string
  /** It takes one of the places that there are. */
  readonly isFirst: boolean
}

/** One client and one file. */
interface Taking {
  /** Requests that are being answered. */
  running: number
  /** Those of them that want all of it: each is a download of its own. */
  places: number
  /** Address of who began last. */
  from: string
  parts: [start: number, end: number][]
}

/** Downloads of which only parts were taken so far that are remembered; the oldest is forgotten first. */
const MOST_TAKINGS = 10_000
/** Parts of one download that are remembered. */
const MOST_PARTS = 1000

/** So long it is waited for a place, ms: who has just taken something asks for the next before we know that he has it. */
const PATIENCE = 3000
/** Who comes when so many wait does not wait. */
const MOST_WAITING = 1000

/** Counts the complete downloads of a server, and says whether one more may begin. */
export class DownloadCount {
  /** Complete downloads. */
  done = 0
  readonly #takings = new Map<string, Taking>()
  #places = 0
  /** Those who wait for a place. */
  readonly #waiting = new Set<() => void>()

  /** @param limit downloads that there may be; 0: any number */
  constructor(readonly limit: number) {}

  /** There are as many as there may be. */
  get isReached(): boolean {
    return this.limit > 0 && this.done >= this.limit
  }

  /** Nothing is being downloaded that takes a place. */
  get isIdle(): boolean {
    return this.#places === 0
  }

  /**
   * A download begins. Undefined: all that there may be are done, or are running; one of those may still break off.
   * @param key who takes what: the same for parts of one download
   * @param from address of the client
   * @param isPart only a part is asked for: it belongs to a download of this client that runs already
   */
  begin(key: string, from: string, isPart: boolean): Claim | undefined {
    const before = this.#takings.get(key)
    const isFirst = !(isPart && before !== undefined && before.running > 0 && before.from === from)
    if (isFirst && this.limit > 0 && this.done + this.#places >= this.limit) return undefined
    const taking = before ?? { running: 0, places: 0, from, parts: [] }
    taking.from = from
    taking.running++
    if (isFirst) {
      taking.places++
      this.#places++
    }
    // Behind all others: the oldest is in front.
    this.#takings.delete(key)
    this.#takings.set(key, taking)
    return { key, isFirst }
  }

  /** As `begin`, but where there is no place it waits a moment for one. */
  async beginSoon(...asked: Parameters<DownloadCount['begin']>): Promise<Claim | undefined> {
    for (const until = performance.now() + PATIENCE; ; ) {
      const claim = this.begin(...asked)
      const rest = until - performance.now()
      if (claim !== undefined || this.isReached || rest <= 0 || this.#waiting.size >= MOST_WAITING) return claim
      await this.#placeFree(rest)
    }
  }

  /** @param most ms */
  #placeFree(most: number): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        clearTimeout(timer)
        this.#waiting.delete(go)
        resolve()
      }
      const timer = setTimeout(go, most)
      this.#waiting.add(go)
    })
  }

  /** It was not begun after all. */
  giveBack(claim: Claim): void {
    this.end(claim, { status: 0, ranges: [], isWhole: false }, undefined)
  }

  /** It is over. @param size bytes of all of it; undefined: not known @returns whether a download is complete with it */
  end({ key, isFirst }: Claim, { status, ranges, isWhole }: Sent, size: number | undefined): boolean {
    const taking = this.#takings.get(key)
    if (taking === undefined) return false
    taking.running--
    if (isFirst) {
      taking.places--
      this.#places--
    }
    const isComplete = (status === 200 && isWhole) || (size !== undefined && this.#hasAll(taking, ranges, size))
    if (isComplete) {
      this.done++
      taking.parts = []
    }
    if (taking.running === 0 && taking.parts.length === 0) this.#takings.delete(key)
    this.#forgetOldest()
    // Also when there is none left: then they need not wait any longer.
    if (isFirst) for (const go of [...this.#waiting]) go()
    return isComplete
  }

  #hasAll(taking: Taking, ranges: Sent['ranges'], size: number): boolean {
    if (ranges.length > 0) taking.parts = joined([...taking.parts, ...ranges])
    const [first] = taking.parts
    return first !== undefined && first[0] === 0 && first[1] >= size
  }

  #forgetOldest(): void {
    for (const [key, { running }] of this.#takings) {
      if (this.#takings.size <= MOST_TAKINGS) return
      if (running === 0) this.#takings.delete(key)
    }
  }
}

/** In order, those that touch as one; when there are too many, the last are forgotten. */
function joined(parts: readonly (readonly [number, number])[]): [number, number][] {
  const result: [number, number][] = []
  for (const [start, end] of [...parts].sort(([a], [b]) => a - b)) {
    if (end <= start) continue
    const last = result.at(-1)
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end)
    else result.push([start, end])
  }
  return result.slice(0, MOST_PARTS)
}
