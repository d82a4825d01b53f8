/** What is known of the watched folder: it tells a folder from a file that is gone already, and what was missed when the system forgot changes. */

/** Figures of a file that say whether it is the same, and unchanged. */
export interface Look {
  /** Number of the file in its file system. */
  inode: number
  size: number
  /** When its content changed, ms. */
  modified: number
  /** When anything of it changed, which no program can set. */
  changed: number
  /** When it was looked at. */
  seen: number
}

const NEVER: Look = { inode: -1, size: 0, modified: 0, changed: 0, seen: 0 }

/** A file, or anything else that is no folder. */
export class Leaf {
  look: Look = NEVER

  /** @param name its bytes @param parent null: it is the watched folder, or no more in it */
  constructor(
    public name: string,
    public parent: Folder | null,
  ) {}

  get isFolder(): boolean {
    return false
  }

  /** Path within the watched folder; empty for that. */
  get path(): string {
    if (this.parent === null) return ''
    const above = this.parent.path
    return above === '' ? this.name : `${above}/${this.name}`
  }
}

/** A folder with what is in it. */
export class Folder extends Leaf {
  readonly entries = new Map<string, Leaf>()
  /** Number of its watch; -1: it has none. */
  watch = -1

  override get isFolder(): boolean {
    return true
  }

  /** Puts something in it, under its name. */
  put(leaf: Leaf): void {
    leaf.parent = this
    this.entries.set(leaf.name, leaf)
  }
}

/** Takes something out of its folder. */
export function detach(leaf: Leaf): void {
  if (leaf.parent?.entries.get(leaf.name) === leaf) leaf.parent.entries.delete(leaf.name)
  leaf.parent = null
}

/** All in a folder, what is deepest first; without itself. */
export function* inside(folder: Folder): Generator<Leaf> {
  for (const leaf of [...folder.entries.values()]) {
    if (leaf instanceof Folder) yield* inside(leaf)
    yield leaf
  }
}

/** The same file, by its number and figures: a number is given again after a file is gone. */
export function isSameFile(a: Look, b: Look): boolean {
  return a.inode === b.inode && a.size === b.size && a.modified === b.modified
}
