/** What was evaluated in this session, in order: what `.save` writes. */

/** One evaluated block. */
export interface JournalEntry {
  source: string
  /** It ended without an error. */
  ok: boolean
  /** Name of its result (`_3`), where it had one. */
  result?: string
}

/** The blocks of one session. */
export class Journal {
  readonly entries: JournalEntry[] = []

  add(entry: JournalEntry): void {
    // A leading space keeps what was typed out of the history; it is nobody's business here either.
    if (!/^\s/.test(entry.source)) this.entries.push(entry)
  }
}
