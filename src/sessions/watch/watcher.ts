/** A watched folder, as a session. */
import { report } from '../../exchange/index.js'
import { printable } from '../../exchange/printable.js'
import { grouped } from '../../exchange/progress-text.js'
import { COMMON_EVENTS, type CommonEvents, Session } from '../face/session.js'
import { SessionError } from '../face/session-error.js'
import { CHANGE_EVENTS, type Change, type ChangeEvent, changeCount, changesOf } from './change.js'
import { bytesOf, textOf } from './file-names.js'
import { type Ignore, ignoring } from './ignore.js'
import { hasInotify, Inotify } from './inotify.js'
import { NodeSource } from './node-source.js'
import { Tracker } from './tracker.js'
import { watchError } from './watch-errors.js'
import { checkWatch, type WatchOptions } from './watch-options.js'

/** Events of a watched folder: `change` is each of the others. */
export type WatchEvents = CommonEvents & {
  change: [change: Change]
  create: [change: Change]
  modify: [change: Change]
  delete: [change: Change]
  move: [change: Change]
  overflow: [change: Change]
}

/** Changes that wait for a handler; then the system keeps the rest, and what it forgets is found by looking. */
const MOST_WAITING = 10_000
/** Folders of which it is told that they cannot be watched. */
const MOST_TOLD = 10

const GONE = {
  deleted: 'the folder was deleted',
  moved: 'the folder has another name, or another place, now',
  unmounted: 'the file system of the folder was unmounted',
  failed: 'the system tells no more',
} as const

/** Made by `watch(folder)`. */
export class Watcher extends Session<WatchEvents> {
  readonly kind = 'watch'
  /** The folder's whole path. */
  readonly folder: string
  /** How often each event was told. */
  readonly counts: Record<ChangeEvent, number> = { create: 0, modify: 0, delete: 0, move: 0, overflow: 0 }
  /** Folders in it that cannot be watched, the first ten. */
  readonly unwatched: string[] = []
  protected readonly eventNames = [...COMMON_EVENTS, 'change', ...CHANGE_EVENTS] as const
  readonly #wanted: ReadonlySet<ChangeEvent>
  readonly #ignore: Ignore
  #tracker: Tracker | undefined
  #waiting: Change[] = []
  #isTelling = false
  /** Whether anybody has ever listened: what comes before waits for the first one. */
  #wasHeard = false
  #troubles = 0
  #room: (() => void)[] = []

  /** @param folder its whole path */
  constructor(
    folder: string,
    private readonly options: WatchOptions = {},
  ) {
    checkWatch(options)
    super({ history: options.history ?? 0 })
    this.folder = folder
    this.#wanted = new Set(options.events ?? CHANGE_EVENTS)
    this.#ignore = ignoring(options.ignore ?? [])
  }

  get subject(): string {
    return printable(this.folder)
  }

  /** How many changes were told. */
  get count(): number {
    return Object.values(this.counts).reduce((sum, count) => sum + count, 0)
  }

  /** How many folders are watched, itself included. */
  get folders(): number {
    return this.#tracker?.folders ?? 0
  }

  /** Whether a move is told with both names whatever happens; without inotify that is found by looking, and not always. */
  get pairsMoves(): boolean {
    return hasInotify()
  }

  protected override get figures(): string {
    const folders = `${grouped(this.folders)} folder${this.folders === 1 ? '' : 's'}`
    return `${folders}, ${changeCount(this.count)}`
  }

  /** The changes as they come, until it is closed: `for (const change of watcher) …`. */
  [Symbol.asyncIterator](): AsyncGenerator<Change, void, undefined> {
    return changesOf<Change>(this)
  }

  override toJSON(): object {
    return { ...super.toJSON(), folder: this.folder, folders: this.folders, counts: this.counts }
  }

  protected async _open(signal: AbortSignal): Promise<void> {
    const { recursive = true, settle = 0.05, initial = false } = this.options
    const paired = hasInotify()
    if (!paired)
      report(
        `watch ${this.subject}: there is no inotify here, so moves come as delete and create: Node does not tell both names of one`,
        'warning',
      )
    try {
      this.#tracker = new Tracker(
        {
          root: bytesOf(this.folder),
          recursive,
          settle,
          ignore: this.#ignore,
          source: (take, failed) => (paired ? new Inotify(take, failed) : new NodeSource(take, failed)),
        },
        {
          change: (change) => this.#put(change),
          full: () => this.#full(),
          trouble: (path, error) => this.#trouble(textOf(path), error),
          gone: (how, error) => {
            const because = error === undefined ? '' : `: ${error.message}`
            void this.#drained().then(() =>
              this._lost(
                new SessionError(`${this.label}: ${GONE[how]}${because}`, how.toUpperCase(), { cause: error }),
              ),
            )
          },
        },
      )
      await this.#tracker.start(initial, signal)
    } catch (error) {
      this.#tracker?.close()
      this.#tracker = undefined
      signal.throwIfAborted()
      throw watchError(this.folder, error)
    }
  }

  protected override _opened(): void {
    super._opened()
    void this.#tell()
  }

  protected _close(): void {
    this.#tracker?.close()
    this.#waiting = []
    this.#makeRoom()
  }

  #put(change: Change): void {
    if (!this.#wanted.has(change.event)) return
    this.counts[change.event]++
    this.#waiting.push(change)
    if (!this.#wasHeard && this.#waiting.length > MOST_WAITING) this.#waiting.shift()
    if (this.isOpen) void this.#tell()
  }

  protected override _handlersChanged(): void {
    this.#wasHeard ||= this._isHeard('change') || CHANGE_EVENTS.some((event) => this._isHeard(event))
    if (this.isOpen) void this.#tell()
  }

  /** One after the other: a handler that waits holds up those behind it. */
  async #tell(): Promise<void> {
    if (this.#isTelling || !this.#wasHeard) return
    this.#isTelling = true
    for (let at = 0; at < this.#waiting.length; at++) {
      const change = this.#waiting[at]!
      if (at === MOST_WAITING / 2) {
        this.#waiting = this.#waiting.slice(at)
        at = 0
      }
      if (this.#waiting.length - at < MOST_WAITING / 2) this.#makeRoom()
      if (this.history.isKept) this.history._add('in', String(change), change.size ?? 0)
      const all = this._emit('change', [change])
      if (all !== undefined) await all
      const own = this._emit(change.event, [change])
      if (own !== undefined) await own
    }
    this.#waiting = []
    this.#isTelling = false
    this.#makeRoom()
  }

  #full(): Promise<void> | undefined {
    // While it is being opened nobody is told, and what is there is as much as it is.
    if (this.#waiting.length < MOST_WAITING || !this.isOpen || !this.#wasHeard) return undefined
    return new Promise((resolve) => this.#room.push(resolve))
  }

  #makeRoom(): void {
    for (const resolve of this.#room.splice(0)) resolve()
  }

  /** Until all was told. */
  async #drained(): Promise<void> {
    while (this.isOpen && this.#wasHeard && this.#waiting.length > 0)
      await new Promise<void>((resolve) => {
        this.#room.push(resolve)
        if (!this.#isTelling) void this.#tell()
      })
  }

  #trouble(folder: string, error: NodeJS.ErrnoException): void {
    this.#troubles++
    if (this.#troubles > MOST_TOLD) return
    this.unwatched.push(folder)
    const more = this.#troubles === MOST_TOLD ? ' (more such folders are not told)' : ''
    const told = watchError(folder, error)
    // A limit of the whole system at the start: nobody should believe that everything is watched.
    if (error.code === 'ENOSPC' && this.state === 'opening') throw told
    if (this._isHeard('error')) void this._emit('error', [told])
    else report(`${told.message}; the rest is watched${more}`, 'warning')
  }
}
