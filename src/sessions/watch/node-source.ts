/** What Node has where there is no inotify: that something happened to a name, and not what. */
import { type FSWatcher, watch } from 'node:fs'
import type { EventSource, RawEvent } from './event-source.js'
import { bufferOf } from './file-names.js'

/** A watch of Node for each folder. */
export class NodeSource implements EventSource {
  readonly pairsMoves = false
  readonly #watches = new Map<number, FSWatcher>()
  #last = 0
  #isPaused = false
  #waiting: RawEvent[] = []

  constructor(
    private readonly take: (events: RawEvent[]) => void,
    private readonly failed: (error: Error) => void,
  ) {}

  add(path: string, isRoot: boolean): number {
    const number = ++this.#last
    const watcher = watch(bufferOf(path), { encoding: 'latin1' }, (_, name) => {
      this.#put(number, name === null ? 'overflow' : 'look', name ?? '')
      // Its own deletion is told as a change of something with its name.
      if (isRoot) this.#put(number, 'self-gone', '')
    })
    watcher.on('error', (error) => {
      // Windows says so of a folder that was deleted.
      if ((error as NodeJS.ErrnoException).code === 'EPERM') this.#put(number, 'self-gone', '')
      else this.failed(error)
    })
    this.#watches.set(number, watcher)
    return number
  }

  remove(number: number): void {
    this.#watches.get(number)?.close()
    this.#watches.delete(number)
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    const waiting = this.#waiting
    this.#waiting = []
    if (waiting.length > 0) this.take(waiting)
  }

  close(): void {
    for (const watcher of this.#watches.values()) watcher.close()
    this.#watches.clear()
  }

  #put(watch: number, kind: RawEvent['kind'], name: string): void {
    const event: RawEvent = { kind, watch, cookie: 0, name, isFolder: false, read: performance.now() }
    if (!this.#isPaused) this.take([event])
    else if (this.#waiting[0]?.kind !== 'overflow') {
      // Looking at everything later finds what is not kept now.
      if (this.#waiting.length > MOST_WAITING) this.#waiting = [{ ...event, kind: 'overflow', watch: -1, name: '' }]
      else this.#waiting.push(event)
    }
  }
}

const MOST_WAITING = 10_000
