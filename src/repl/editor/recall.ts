/** Going through what was typed before, whole blocks at a time: by steps and by searching. */

/** Up and down: blocks that begin as what was typed. */
export class Recall {
  readonly #entries: () => readonly string[]
  /** Which entry is shown; -1: what is being typed. */
  #index = -1
  #draft = ''
  #beginning = ''

  /** @param entries the newest first */
  constructor(entries: () => readonly string[]) {
    this.#entries = entries
  }

  /** Begins anew: what is in the line now is what is being typed. */
  reset(): void {
    this.#index = -1
  }

  /** The next older or newer block; null: there is none. @param beginning what a block has to begin with, when the search begins */
  step(direction: 'older' | 'newer', text: string, beginning: string): string | null {
    const entries = this.#entries()
    if (this.#index < 0) {
      this.#draft = text
      this.#beginning = beginning
    }
    const by = direction === 'older' ? 1 : -1
    let index = this.#index + by
    while (index >= 0 && index < entries.length && !this.#fits(entries[index]!, text)) index += by
    if (index >= entries.length || index < -1 || (index === -1 && this.#index === -1)) return null
    this.#index = index
    return index === -1 ? this.#draft : entries[index]!
  }

  #fits(entry: string, shown: string): boolean {
    return entry.startsWith(this.#beginning) && entry !== shown
  }
}

export interface Found {
  /** Which entry. */
  index: number
  /** Where in it the searched text begins. */
  at: number
}

/**
 * Where text is in earlier blocks; null: nowhere. Capitals count only when the searched text has some.
 * @param entries the newest first
 * @param from the first place that may be it
 */
export function findInHistory(
  entries: readonly string[],
  searched: string,
  from: Found,
  direction: 'older' | 'newer',
): Found | null {
  if (searched === '') return null
  const exact = /\p{Lu}/u.test(searched)
  const fold = (text: string): string => (exact ? text : text.toLowerCase())
  const by = direction === 'older' ? 1 : -1
  for (let index = from.index; index >= 0 && index < entries.length; index += by) {
    const entry = entries[index]!
    const first = index === from.index
    const at =
      direction === 'older'
        ? fold(entry).lastIndexOf(fold(searched), first ? from.at : Number.POSITIVE_INFINITY)
        : fold(entry).indexOf(fold(searched), first ? from.at : 0)
    // Of blocks that were typed several times, the newest alone.
    if (at >= 0 && entries.indexOf(entry) === index) return { index, at }
  }
  return null
}

/** Ctrl-R: looking for a block while its text is typed. */
export class Search {
  readonly #entries: readonly string[]
  searched = ''
  failed = false
  #found: Found | null = null

  constructor(entries: readonly string[]) {
    this.#entries = entries
  }

  /** The block that was found, and where in it the searched text is; null: none yet. */
  get found(): { text: string; at: number; length: number } | null {
    if (!this.#found) return null
    return { text: this.#entries[this.#found.index]!, at: this.#found.at, length: this.searched.length }
  }

  /** Searches for another text, from where it is now; a shorter one from the newest block on. */
  change(searched: string): void {
    const longer = searched.startsWith(this.searched) && this.#found !== null
    this.searched = searched
    if (!longer) this.#found = null
    if (searched === '') {
      this.failed = false
      return
    }
    const start = this.#found ?? { index: 0, at: Number.POSITIVE_INFINITY }
    this.#take(findInHistory(this.#entries, searched, start, 'older'))
  }

  /** Goes on to an older or newer block. */
  next(direction: 'older' | 'newer'): void {
    if (this.searched === '' || !this.#found) return
    const index = this.#found.index + (direction === 'older' ? 1 : -1)
    const at = direction === 'older' ? Number.POSITIVE_INFINITY : 0
    this.#take(findInHistory(this.#entries, this.searched, { index, at }, direction))
  }

  #take(found: Found | null): void {
    this.failed = found === null
    if (found) this.#found = found
  }
}
