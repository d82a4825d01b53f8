/** Makes changes of what the system says: pairs the halves of moves, follows folders, finds what was missed. */
import { Change, type ChangeEvent, type ChangeFields } from './change.js'
import type { EventSource, RawEvent, SourceMaker } from './event-source.js'
import { bufferOf, isText, textOf } from './file-names.js'
import { lookAt, namesIn, Slices } from './folder-look.js'
import type { Ignore } from './ignore.js'
import { Rescan } from './rescan.js'
import { detach, Folder, inside, isSameFile, Leaf, type Look } from './tree.js'

/** How a folder is watched. */
export interface TrackerOptions {
  /** The folder's whole path, as bytes. */
  root: string
  recursive: boolean
  /** Seconds for which modifications of a file are gathered. */
  settle: number
  ignore: Ignore
  source: SourceMaker
}

/** Who is told. */
export interface TrackerListener {
  change(change: Change): void
  /** A promise while no more should be told. */
  full(): Promise<void> | undefined
  /** It goes on, without this folder. @param path whole, as bytes */
  trouble(path: string, error: NodeJS.ErrnoException): void
  /** The watched folder is there no more. */
  gone(how: 'deleted' | 'moved' | 'unmounted' | 'failed', error?: Error): void
}

/** How long the second half of a move may come behind the first, ms. The kernel tells one right after the other. */
const PAIR_WAIT = 20
/** Events that are kept until they are looked at; the rest waits in the kernel. */
const MOST_QUEUED = 50_000
/** Of a file that changed this long before it was looked at, ms, a later change is seen in its figures: clocks of file systems are coarse. */
const COARSE = 50
/** How long it is quiet before all is looked at again, where that is needed, ms. */
const DOUBT_PAUSE = 100

/** The watched folder as it is known, kept up to date. */
export class Tracker {
  readonly root = new Folder('', null)
  readonly #source: EventSource
  readonly #byWatch = new Map<number, Folder>()
  #queue: RawEvent[] = []
  #next = 0
  /** Second halves that were read, by cookie. */
  readonly #mates = new Map<number, RawEvent>()
  readonly #modified = new Map<Leaf, number>()
  #modifiedTimer: NodeJS.Timeout | undefined
  #isDoubtful = false
  #doubtTimer: NodeJS.Timeout | undefined
  #doubtPause = DOUBT_PAUSE
  #isWorking = true
  #isPaused = false
  #isClosed = false
  #wake: (() => void) | undefined

  constructor(
    readonly options: TrackerOptions,
    private readonly listener: TrackerListener,
  ) {
    this.#source = options.source(
      (events) => this.#took(events),
      (error) => this.#gone('failed', error),
    )
  }

  /** Looks at all that is there. @param tells whether it is told @throws Error with the system's code */
  async start(tells: boolean, signal: AbortSignal): Promise<void> {
    const { root } = this
    root.watch = this.#source.add(this.options.root, true)
    this.#byWatch.set(root.watch, root)
    const look = lookAt(this.options.root, true)
    if (look !== undefined) root.look = look
    await this.#scan(root, tells ? { initial: true } : null, signal)
    this.#isWorking = false
    void this.#work()
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#modifiedTimer)
    clearTimeout(this.#doubtTimer)
    this.#source.close()
    this.#wake?.()
  }

  /** Folders that are watched. */
  get folders(): number {
    return this.#byWatch.size
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** The whole path of an entry, as bytes. */
  pathOf(leaf: Leaf): string {
    return leaf === this.root ? this.options.root : `${this.options.root}/${leaf.path}`
  }

  isIgnored(folder: Folder, name: string): boolean {
    const above = folder.path
    return this.options.ignore(textOf(above === '' ? name : `${above}/${name}`))
  }

  tell(event: ChangeEvent, leaf: Leaf, more: { from?: string; replaced?: boolean; initial?: boolean } = {}): void {
    const name = leaf.path
    const path = this.pathOf(leaf)
    const fields: ChangeFields = {
      event,
      path: textOf(path),
      name: textOf(name),
      isFolder: leaf.isFolder,
      time: new Date(),
      replaced: more.replaced,
      initial: more.initial,
    }
    if (more.from !== undefined) {
      fields.from = textOf(`${this.options.root}/${more.from}`)
      fields.fromName = textOf(more.from)
    }
    if (!leaf.isFolder && event !== 'delete' && leaf.look.inode >= 0) fields.size = leaf.look.size
    if (!isText(path)) fields.bytes = Uint8Array.from(bufferOf(path))
    this.listener.change(new Change(fields))
  }

  /** Notes an entry that was not known, and tells of it. A folder is still to be gone through. */
  enter(folder: Folder, name: string, look: (Look & { isFolder: boolean }) | undefined, isFolder: boolean): Leaf {
    const leaf = (look?.isFolder ?? isFolder) ? new Folder(name, folder) : new Leaf(name, folder)
    if (look !== undefined) leaf.look = look
    folder.put(leaf)
    return leaf
  }

  /** Begins to watch a folder. Returns whether it is there and may be read. */
  watch(folder: Folder): boolean {
    if (!this.options.recursive && folder !== this.root) return false
    const path = this.pathOf(folder)
    try {
      const watch = this.#source.add(path, folder === this.root)
      const other = this.#byWatch.get(watch)
      if (other !== undefined && other !== folder) {
        other.watch = -1
        this.#doubt()
      }
      if (folder.watch >= 0 && folder.watch !== watch) this.#unwatch(folder)
      folder.watch = watch
      this.#byWatch.set(watch, folder)
      if (folder !== this.root && lookAt(path)?.inode !== folder.look.inode) this.#doubt()
      return true
    } catch (error) {
      const trouble = error as NodeJS.ErrnoException
      // It is gone already, or something else has its name.
      if (trouble.code === 'ENOENT' || trouble.code === 'ENOTDIR') this.#doubt()
      else this.listener.trouble(path, trouble)
      return false
    }
  }

  /** Forgets something, and all in it; tells it all, the deepest first. */
  leave(leaf: Leaf): void {
    if (leaf instanceof Folder) {
      for (const each of inside(leaf)) this.#leaveOne(each)
    }
    this.#leaveOne(leaf)
  }

  #leaveOne(leaf: Leaf): void {
    this.tell('delete', leaf)
    this.#modified.delete(leaf)
    if (leaf instanceof Folder) this.#unwatch(leaf)
    detach(leaf)
  }

  /** Takes a file out without telling it: another one is in its place. */
  #drop(leaf: Leaf): void {
    this.#modified.delete(leaf)
    detach(leaf)
  }

  /** Gives an entry its new place, and tells it. */
  move(leaf: Leaf, to: Folder, name: string): void {
    const from = leaf.path
    const look = lookAt(`${this.pathOf(to)}/${name}`)
    const isOther = leaf.look.inode >= 0 && look?.inode !== leaf.look.inode
    if (look === undefined || look.isFolder !== leaf.isFolder || isOther) this.#doubt()
    else leaf.look = look
    // What is written and then moved is told in this order.
    if (this.#modified.delete(leaf)) this.tell('modify', leaf)
    const other = to.entries.get(name)
    const replaces = other !== undefined && other !== leaf && !other.isFolder && !leaf.isFolder
    if (replaces) this.#drop(other)
    else if (other !== undefined && other !== leaf) this.leave(other)
    detach(leaf)
    leaf.name = name
    to.put(leaf)
    this.tell('move', leaf, { from, ...(replaces ? { replaced: true } : {}) })
  }

  /** Notes what is in a folder that is new. @param tells what to add to each; null: nothing is told */
  async scanNew(folder: Folder): Promise<void> {
    if (this.watch(folder)) await this.#scan(folder, {})
  }

  /** @param folder is watched already */
  async #scan(folder: Folder, tells: { initial?: boolean } | null, signal?: AbortSignal): Promise<void> {
    const slices = new Slices()
    const folders = [folder]
    for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
      for (const name of this.names(next)) {
        if (next.entries.has(name) || this.isIgnored(next, name)) continue
        const path = `${this.pathOf(next)}/${name}`
        const look = lookAt(path)
        if (look === undefined) continue
        const leaf = this.enter(next, name, look, false)
        if (tells !== null) this.tell('create', leaf, tells)
        if (leaf instanceof Folder && this.watch(leaf)) folders.push(leaf)
        await slices.rest()
        if (this.#isClosed) return
        signal?.throwIfAborted()
        if (tells !== null) await this.listener.full()
      }
    }
  }

  /** Names in a folder; none when it is gone or nobody may look. */
  names(folder: Folder): string[] {
    const path = this.pathOf(folder)
    try {
      return namesIn(path)
    } catch (error) {
      const trouble = error as NodeJS.ErrnoException
      if (trouble.code !== 'ENOENT' && trouble.code !== 'ENOTDIR') this.listener.trouble(path, trouble)
      return []
    }
  }

  /** Waits while the listener has too much to do. */
  async rest(slices: Slices): Promise<void> {
    await slices.rest()
    await this.listener.full()
  }

  #took(events: RawEvent[]): void {
    if (this.#isClosed) return
    for (const event of events) {
      this.#queue.push(event)
      if (event.kind === 'to') this.#mates.set(event.cookie, event)
    }
    if (!this.#isPaused && this.#queue.length - this.#next > MOST_QUEUED) {
      this.#isPaused = true
      this.#source.pause()
    }
    this.#wake?.()
    if (!this.#isWorking) void this.#work()
  }

  async #work(): Promise<void> {
    this.#isWorking = true
    const slices = new Slices()
    for (let event = this.#head(); event !== undefined && !this.#isClosed; event = this.#head()) {
      const late = PAIR_WAIT - (performance.now() - event.read)
      if (event.kind === 'from' && late > 0 && !this.#mates.has(event.cookie)) {
        await this.#more(late)
        continue
      }
      this.#next++
      try {
        const waits = this.#take(event)
        if (waits !== undefined) await waits
      } catch (error) {
        this.#gone('failed', error as Error)
      }
      const full = this.listener.full() ?? slices.rest()
      if (full !== undefined) await full
    }
    this.#isWorking = false
    if (this.#isDoubtful) this.#doubtTimer ??= setTimeout(() => void this.#verify(), this.#doubtPause)
  }

  /**
   * What was seen does not fit what was told: while an event waited to be read, something else has got the name that it speaks of. When
   * it is quiet, all is compared with what there is.
   */
  #doubt(): void {
    this.#isDoubtful = true
  }

  async #verify(): Promise<void> {
    this.#doubtTimer = undefined
    // Work that goes on looks again at its end.
    if (this.#isWorking || this.#isClosed) return
    this.#isWorking = true
    this.#isDoubtful = false
    const began = performance.now()
    try {
      await new Rescan(this).of(this.root)
    } catch (error) {
      this.#gone('failed', error as Error)
    }
    // In a large tree, in which much goes on, not all the time goes into looking.
    this.#doubtPause = Math.max(DOUBT_PAUSE, 10 * (performance.now() - began))
    void this.#work()
  }

  #head(): RawEvent | undefined {
    if (this.#isPaused && this.#queue.length - this.#next < MOST_QUEUED / 2) {
      this.#isPaused = false
      this.#source.resume()
    }
    const event = this.#queue[this.#next]
    if (event === undefined || this.#next >= MOST_QUEUED) {
      this.#queue = this.#queue.slice(this.#next)
      this.#next = 0
    }
    return event
  }

  /** Until more was read, or the time is over. */
  #more(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake?.(), Math.ceil(milliseconds))
      this.#wake = () => {
        clearTimeout(timer)
        this.#wake = undefined
        resolve()
      }
    })
  }

  #take(event: RawEvent): Promise<void> | undefined {
    if (event.kind === 'overflow') return this.#overflow()
    const folder = this.#byWatch.get(event.watch)
    if (folder === undefined) return undefined
    if (event.name === '') return this.#itself(folder, event)
    switch (event.kind) {
      case 'create':
        return this.#appeared(folder, event.name, event.isFolder)
      case 'delete':
        return this.#vanished(folder, event.name)
      case 'modify':
        return this.#wasModified(folder.entries.get(event.name))
      case 'from':
        return this.#moved(folder, event)
      case 'to':
        // Told already with its first half.
        if (!this.#mates.delete(event.cookie)) return undefined
        return this.#movedIn(folder, event.name, event.isFolder)
      case 'look':
        return this.#lookAgain(folder, event.name)
      default:
        return undefined
    }
  }

  #itself(folder: Folder, { kind, watch }: RawEvent): Promise<void> | undefined {
    if (kind === 'forgotten') {
      this.#byWatch.delete(watch)
      if (folder === this.root) this.#gone('deleted')
      else if (folder.watch === watch) {
        folder.watch = -1
        this.#doubt()
      }
    } else if (folder === this.root) {
      if (kind === 'self-moved') this.#gone('moved')
      else if (kind === 'unmounted') this.#gone('unmounted')
      else if (lookAt(this.options.root, true)?.inode !== folder.look.inode) this.#gone('deleted')
    } else if (kind === 'unmounted') {
      // What was mounted over is to be seen again.
      this.#unwatch(folder)
      return new Rescan(this).of(folder)
    }
    return undefined
  }

  #overflow(): Promise<void> {
    this.tell('overflow', this.root)
    // All that was read happened before what is seen now.
    this.#queue = this.#queue.slice(0, 0)
    this.#next = 0
    this.#mates.clear()
    this.#modified.clear()
    return new Rescan(this).of(this.root)
  }

  #appeared(folder: Folder, name: string, isFolder: boolean): Promise<void> | undefined {
    const known = folder.entries.get(name)
    // It was found by looking, before its event was read.
    if (known !== undefined && known.isFolder !== isFolder) this.#doubt()
    if (known !== undefined || this.isIgnored(folder, name)) return undefined
    const look = lookAt(`${this.pathOf(folder)}/${name}`)
    const isSame = look !== undefined && look.isFolder === isFolder
    if (!isSame) this.#doubt()
    const leaf = this.enter(folder, name, isSame ? look : undefined, isFolder)
    this.tell('create', leaf)
    return leaf instanceof Folder ? this.scanNew(leaf) : undefined
  }

  #vanished(folder: Folder, name: string): undefined {
    const leaf = folder.entries.get(name)
    if (leaf !== undefined) this.leave(leaf)
  }

  #moved(folder: Folder, event: RawEvent): Promise<void> | undefined {
    const leaf = folder.entries.get(event.name)
    const mate = this.#mates.get(event.cookie)
    this.#mates.delete(event.cookie)
    const to = mate === undefined ? undefined : this.#byWatch.get(mate.watch)
    if (mate === undefined || to === undefined || this.isIgnored(to, mate.name)) {
      if (leaf !== undefined) this.leave(leaf)
      return undefined
    }
    if (leaf === undefined) return this.#movedIn(to, mate.name, mate.isFolder)
    const there = to.entries.get(mate.name)
    const look = lookAt(`${this.pathOf(to)}/${mate.name}`)
    if (
      there !== undefined &&
      look !== undefined &&
      there.look.inode === look.inode &&
      leaf.look.inode !== look.inode
    ) {
      // It was found under its new name, and told so.
      this.leave(leaf)
      return undefined
    }
    this.move(leaf, to, mate.name)
    return undefined
  }

  /** Something came from outside, perhaps in the place of something else. */
  #movedIn(folder: Folder, name: string, isFolder: boolean): Promise<void> | undefined {
    const there = folder.entries.get(name)
    if (there === undefined) return this.#appeared(folder, name, isFolder)
    return this.#lookAgain(folder, name)
  }

  /** Finds out what has become of a name. */
  #lookAgain(folder: Folder, name: string): Promise<void> | undefined {
    if (this.isIgnored(folder, name)) return undefined
    const there = folder.entries.get(name)
    const look = lookAt(`${this.pathOf(folder)}/${name}`)
    if (look === undefined) return this.#vanished(folder, name)
    if (there === undefined) return this.#appeared(folder, name, look.isFolder)
    if (look.isFolder !== there.isFolder || (look.isFolder && look.inode !== there.look.inode)) {
      this.leave(there)
      return this.#appeared(folder, name, look.isFolder)
    }
    if (!look.isFolder && !isSameFile(look, there.look)) this.#wasModified(there)
    return undefined
  }

  #wasModified(leaf: Leaf | undefined): undefined {
    if (leaf === undefined || leaf.isFolder) return
    if (this.#modified.has(leaf)) return
    const wait = this.options.settle * 1000
    this.#modified.set(leaf, performance.now() + wait)
    this.#modifiedTimer ??= setTimeout(() => this.#tellModified(), wait)
  }

  #tellModified(): void {
    const now = performance.now()
    this.#modifiedTimer = undefined
    for (const [leaf, due] of this.#modified) {
      if (due > now + 1) {
        this.#modifiedTimer = setTimeout(() => this.#tellModified(), due - now)
        return
      }
      this.#modified.delete(leaf)
      const look = lookAt(this.pathOf(leaf))
      // Gone, or moved: an event that is still to come says so.
      if (look === undefined || look.isFolder) continue
      const before = leaf.look
      leaf.look = look
      const wasSeen = look.inode === before.inode && look.changed === before.changed && look.size === before.size
      if (!wasSeen || before.changed > before.seen - COARSE) this.tell('modify', leaf)
    }
  }

  #unwatch(folder: Folder): void {
    if (folder.watch < 0) return
    this.#byWatch.delete(folder.watch)
    this.#source.remove(folder.watch)
    folder.watch = -1
  }

  #gone(how: 'deleted' | 'moved' | 'unmounted' | 'failed', error?: Error): void {
    if (this.#isClosed) return
    // Under its name there is nothing any more.
    if (how !== 'failed') for (const leaf of inside(this.root)) this.tell('delete', leaf)
    this.close()
    this.listener.gone(how, error)
  }
}
