/** Finds what changed while nobody was told, by comparing what is known with what there is. */
import { lookAt, Slices } from './folder-look.js'
import type { Tracker } from './tracker.js'
import { Folder, inside, isSameFile, type Leaf, type Look } from './tree.js'

type Seen = Look & { isFolder: boolean }

/** One comparison. What it tells, done in its order to what was known, gives what there is. */
export class Rescan {
  readonly #slices = new Slices()
  /** What is no more where it was. */
  readonly #lost = new Set<Leaf>()
  /** The same by the number of the file: it may be found elsewhere. One that was gone when it was first looked at has none. */
  readonly #byInode = new Map<number, Leaf>()
  readonly #found: { folder: Folder; name: string; look: Seen }[] = []
  readonly #modified: Leaf[] = []

  constructor(private readonly tracker: Tracker) {}

  /** Compares a folder with all in it. */
  async of(folder: Folder): Promise<void> {
    await this.#compare(folder)
    for (let next = this.#found.pop(); next !== undefined; next = this.#found.pop()) {
      if (this.tracker.isClosed) return
      await this.#place(next.folder, next.name, next.look)
      await this.tracker.rest(this.#slices)
    }
    for (const leaf of this.#lost) if (this.#isInTree(leaf)) this.tracker.leave(leaf)
    for (const leaf of this.#modified) if (this.#isInTree(leaf)) this.tracker.tell('modify', leaf)
  }

  async #compare(root: Folder): Promise<void> {
    const { tracker } = this
    const folders = [root]
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      // Before it is looked at; one that is watched already keeps its watch, unless that was of another folder.
      if (!tracker.watch(folder) && folder !== root) continue
      const there = new Set<string>()
      for (const name of tracker.names(folder)) {
        if (tracker.isIgnored(folder, name)) continue
        const look = lookAt(`${tracker.pathOf(folder)}/${name}`)
        if (look === undefined) continue
        there.add(name)
        const known = folder.entries.get(name)
        if (known === undefined) this.#found.push({ folder, name, look })
        else if (known.isFolder !== look.isFolder || (look.isFolder && isOther(known, look))) {
          // Its place is taken: whatever it was is told as deleted.
          tracker.leave(known)
          this.#found.push({ folder, name, look })
        } else if (known instanceof Folder) {
          known.look = look
          folders.push(known)
        } else if (!isSameFile(known.look, look)) {
          known.look = look
          this.#modified.push(known)
        }
        await this.#slices.rest()
        if (tracker.isClosed) return
      }
      for (const [name, leaf] of folder.entries) if (!there.has(name)) this.#lose(leaf)
    }
  }

  #lose(leaf: Leaf): void {
    for (const each of leaf instanceof Folder ? [leaf, ...inside(leaf)] : [leaf]) {
      this.#lost.add(each)
      if (each.look.inode >= 0) this.#byInode.set(each.look.inode, each)
    }
  }

  async #place(folder: Folder, name: string, look: Seen): Promise<void> {
    const { tracker } = this
    if (!this.#isInTree(folder) || folder.entries.has(name)) return
    const before = this.#byInode.get(look.inode)
    if (before !== undefined && this.#lost.has(before) && this.#isInTree(before) && isSame(before, look)) {
      this.#lost.delete(before)
      tracker.move(before, folder, name)
      if (before instanceof Folder) {
        // Not lost with it: what is still in it.
        for (const each of inside(before)) this.#lost.delete(each)
        await this.#compare(before)
      }
      return
    }
    const leaf = tracker.enter(folder, name, look, look.isFolder)
    tracker.tell('create', leaf)
    if (!(leaf instanceof Folder) || !tracker.watch(leaf)) return
    for (const inner of tracker.names(leaf)) {
      if (tracker.isIgnored(leaf, inner)) continue
      const innerLook = lookAt(`${tracker.pathOf(leaf)}/${inner}`)
      if (innerLook !== undefined) this.#found.push({ folder: leaf, name: inner, look: innerLook })
    }
  }

  #isInTree(leaf: Leaf): boolean {
    let top = leaf
    while (top.parent !== null) top = top.parent
    return top === this.tracker.root
  }
}

/** One that was gone when it was first looked at may be any. */
function isOther(known: Leaf, look: Seen): boolean {
  return known.look.inode >= 0 && known.look.inode !== look.inode
}

function isSame(before: Leaf, look: Seen): boolean {
  if (before.isFolder !== look.isFolder) return false
  return look.isFolder ? before.look.inode === look.inode : isSameFile(before.look, look)
}
