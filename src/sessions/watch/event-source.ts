/** Where news of folders come from: inotify, or what Node has. */

/** What the system says of an entry of a folder. `look`: something happened to it, what is to be found out. */
export type RawKind =
  | 'create'
  | 'delete'
  | 'modify'
  | 'from'
  | 'to'
  | 'look'
  | 'overflow'
  | 'forgotten'
  | 'unmounted'
  | 'self-moved'
  | 'self-gone'

/** One of them. */
export interface RawEvent {
  kind: RawKind
  /** Number of the watch; -1 for an overflow. */
  watch: number
  /** The same for both halves of a move. */
  cookie: number
  /** Bytes of the entry's name; empty: the folder itself. */
  name: string
  isFolder: boolean
  /** When it was read, as `performance.now()`. */
  read: number
}

/** Watches folders, each by itself. */
export interface EventSource {
  /** Whether a move is told with both of its names. */
  readonly pairsMoves: boolean
  /**
   * Watches one folder, and gives the number of its watch; the same folder has always the same one.
   * @throws Error with the system's code
   */
  add(path: string, isRoot: boolean): number
  remove(watch: number): void
  /** Reads no more for a while: what the system cannot keep until then becomes an overflow. */
  pause(): void
  resume(): void
  close(): void
}

/** Makes a source. @param take is given what was read, in its order */
export type SourceMaker = (take: (events: RawEvent[]) => void, failed: (error: Error) => void) => EventSource
