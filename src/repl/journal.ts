/** What was evaluated in this session, in order: what `.save` writes. */

/** One evaluated block. */
export interface JournalEntry {
  source: string
  /** It ended without an error. */
  ok: boolean
  /** Name of its result (`_3`), where one was shown. */
  result?: string
  /** Folder from which its imports are found. */
  folder?: string
  /** The script that it is, as the user named it to `.load`. */
  from?: string
  /** What that script was given. */
  args?: readonly string[]
  /** What `param` gave in it. */
  values?: ReadonlyMap<string, unknown>
}

/** The blocks of one session. */
export class Journal {
  readonly entries: JournalEntry[] = []

  add(entry: JournalEntry): void {
    // A leading space keeps what was typed out of the history; it is nobody's business here either.
    if (entry.from !== undefined || !/^\s/.test(entry.source)) this.entries.push(entry)
  }
}
