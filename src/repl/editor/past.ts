/** What the keys for undo and for putting deleted text back need to remember. */
import type { Edited } from './text-edits.js'

const STEPS = 1000
const CUTS = 32

/** Undo and redo. Characters typed one after the other are one step, a word at a time. */
export class Undo {
  #done: Edited[] = []
  #undone: Edited[] = []
  #typing = false

  /** Called with the state before each change. @param typed the character, when one was typed */
  changing(before: Edited, typed?: string): void {
    const goesOn = this.#typing && typed !== undefined && /\S/.test(typed)
    this.#typing = typed !== undefined
    this.#undone = []
    if (goesOn) return
    this.#done.push(before)
    if (this.#done.length > STEPS) this.#done.shift()
  }

  /** The next character that is typed begins a step of its own. */
  pause(): void {
    this.#typing = false
  }

  undo(now: Edited): Edited | null {
    return this.#step(this.#done, this.#undone, now)
  }

  redo(now: Edited): Edited | null {
    return this.#step(this.#undone, this.#done, now)
  }

  forget(): void {
    this.#done = []
    this.#undone = []
    this.#typing = false
  }

  #step(from: Edited[], to: Edited[], now: Edited): Edited | null {
    const state = from.pop()
    if (!state) return null
    to.push(now)
    this.#typing = false
    return state
  }
}

/** Deleted pieces, the newest first: Ctrl-Y puts one back, Alt-Y right behind it an older one instead. */
export class KillRing {
  #cuts: string[] = []
  #place = 0

  add(cut: string): void {
    if (cut === '') return
    this.#cuts.unshift(cut)
    this.#cuts.length = Math.min(this.#cuts.length, CUTS)
    this.#place = 0
  }

  /** What Ctrl-Y puts in; null: nothing was deleted yet. */
  current(): string | null {
    return this.#cuts[this.#place] ?? null
  }

  /** Goes to the next older one, behind the oldest to the newest. */
  older(): string | null {
    this.#place = this.#cuts.length === 0 ? 0 : (this.#place + 1) % this.#cuts.length
    return this.current()
  }
}
