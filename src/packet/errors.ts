/**
 * A mistake of the person who writes the packet: a value that does not fit, a name that does not exist.
 * The message names the layer, the field, the value and the remedy, and stands on its own.
 */
export class PacketError extends Error {
  override name = 'PacketError'
}

/**
 * Why a layer of a dissected packet could not be read as it claims to be.
 * Dissection never throws; it leaves one of these on the layer instead (`packet.issue`).
 */
export class Issue {
  /** Layer that could not be read. */
  readonly layer: string
  /** Where it starts, in bytes from the start of the dissected buffer. */
  readonly offset: number
  /** Bytes that the layer needs from there. */
  readonly needed: number
  /** Bytes that are there. */
  readonly available: number
  /** Which length said so: `'IP.len'`, `'TCP.dataofs'`, or `'packet'` for the end of the bytes. */
  readonly source: string
  /** What it means, when the four numbers do not say it all. */
  readonly detail: string

  constructor(layer: string, offset: number, needed: number, available: number, source: string, detail = '') {
    this.layer = layer
    this.offset = offset
    this.needed = needed
    this.available = available
    this.source = source
    this.detail = detail
  }

  toString(): string {
    if (this.needed <= this.available && this.detail !== '')
      return `${this.layer} at byte ${this.offset} (${this.source}): ${this.detail}`
    const numbers = `${this.layer} at byte ${this.offset} needs ${this.needed} bytes, ${this.available} are left (${this.source})`
    return this.detail === '' ? numbers : `${numbers}: ${this.detail}`
  }

  toJSON(): string {
    return this.toString()
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

/**
 * The candidate closest to a mistyped word, or undefined when nothing is close enough to be meant.
 * Close enough is one wrong letter in three, two at the most; a swap of neighbours is one.
 */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  const lower = word.toLowerCase()
  let best: string | undefined
  let bestDistance = Math.max(1, Math.min(2, Math.floor(word.length / 3))) + 1
  for (const candidate of candidates) {
    const distance = editDistance(lower, candidate.toLowerCase(), bestDistance + 1)
    if (distance < bestDistance || (distance === bestDistance && isNearer(word, candidate, best))) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** Of two that are as near but for capitals: IPP means IP, not app. */
function isNearer(word: string, candidate: string, best: string | undefined): boolean {
  if (best === undefined) return false
  const distance = editDistance(word, best, Number.POSITIVE_INFINITY)
  return editDistance(word, candidate, distance) < distance
}

/** `; did you mean 'ttl'?`, or nothing. */
export function suggestion(word: string, candidates: Iterable<string>): string {
  const found = closest(word, candidates)
  return found === undefined ? '' : `; did you mean '${found}'?`
}

/** Optimal string alignment distance (a swap of neighbours counts once), given up at `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit
  let beforePrevious: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let value = Math.min(previous[j]! + 1, current[j - 1]! + 1, previous[j - 1]! + cost)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        value = Math.min(value, beforePrevious[j - 2]! + 1)
      }
      current.push(value)
    }
    beforePrevious = previous
    previous = current
  }
  return previous[b.length]!
}
