/** The text that is being typed, and what the keys that edit it do. */

import { characterAfter, characterBefore } from './characters.js'
import type { Action } from './keys.js'
import { KillRing, Undo } from './past.js'
import { Recall } from './recall.js'
import {
  type Cut,
  deleteLeft,
  deleteRight,
  deleteToEnd,
  deleteToStart,
  type Edited,
  insert,
  newRow,
  remove,
  rowEnd,
  rowStart,
  typeCharacter,
  verticalMove,
  wordLeft,
  wordRight,
} from './text-edits.js'

/** A text with a cursor, its undo steps, and the blocks typed before it. */
export class Draft {
  #now: Edited = { text: '', cursor: 0 }
  readonly #undo = new Undo()
  readonly #kills = new KillRing()
  readonly #recall: Recall
  readonly #onChange: (now: Edited) => void
  /** What Ctrl-Y put in with the last key. */
  #yanked: { from: number; to: number } | null = null
  /** Characters from the row's start where the cursor wants to be when it goes up and down. */
  #goal: number | null = null

  /**
   * @param entries blocks typed before, the newest first
   * @param onChange called after each change of text or cursor
   */
  constructor(entries: () => readonly string[], onChange: (now: Edited) => void) {
    this.#recall = new Recall(entries)
    this.#onChange = onChange
  }

  get now(): Edited {
    return this.#now
  }

  get text(): string {
    return this.#now.text
  }

  get cursor(): number {
    return this.#now.cursor
  }

  /** Another text begins. */
  begin(text: string): void {
    this.#undo.forget()
    this.#recall.reset()
    this.#endRuns(null)
    this.show({ text, cursor: text.length })
  }

  /** One change that can be undone. */
  change(edited: Edited, typed?: string): void {
    if (edited.text !== this.text) {
      this.#undo.changing(this.#now, typed)
      this.#recall.reset()
    }
    this.show(edited)
  }

  /** Shows something in passing, such as a candidate: no step for undo. */
  show(edited: Edited): void {
    this.#now = edited
    this.#onChange(edited)
  }

  /** What was shown in passing instead of `before` is taken. */
  take(before: Edited): void {
    if (before.text === this.text) return
    this.#undo.changing(before)
    this.#recall.reset()
  }

  type(character: string): void {
    this.#endRuns(null)
    this.change(typeCharacter(this.#now, character), character)
  }

  /** What a key does to the text; true when the key is one of those. */
  act(action: Action): boolean {
    this.#endRuns(action)
    return this.#moves(action) || this.#edits(action)
  }

  #moves(action: Action): boolean {
    const { text, cursor } = this.#now
    switch (action) {
      case 'left':
        return this.#go(characterBefore(text, cursor))
      case 'right':
        return this.#go(characterAfter(text, cursor))
      case 'wordLeft':
        return this.#go(wordLeft(text, cursor))
      case 'wordRight':
        return this.#go(wordRight(text, cursor))
      case 'rowStart':
        return this.#go(rowStart(text, cursor))
      case 'rowEnd':
        return this.#go(rowEnd(text, cursor))
      case 'textStart':
        return this.#go(0)
      case 'textEnd':
        return this.#go(text.length)
      case 'up':
      case 'down':
        return this.#vertically(action)
      case 'older':
      case 'newer':
        return this.#step(action)
      default:
        return false
    }
  }

  #edits(action: Action): boolean {
    const { text, cursor } = this.#now
    switch (action) {
      case 'newRow':
        this.change(newRow(this.#now, true))
        return true
      case 'deleteLeft':
        return this.#cut(deleteLeft(this.#now), false)
      case 'deleteRight':
        return this.#cut(deleteRight(this.#now), false)
      case 'deleteWordLeft':
        return this.#cut(remove(this.#now, wordLeft(text, cursor), cursor), true)
      case 'deleteWordRight':
        return this.#cut(remove(this.#now, cursor, wordRight(text, cursor)), true)
      case 'deleteToStart':
        return this.#cut(deleteToStart(this.#now), true)
      case 'deleteToEnd':
        return this.#cut(deleteToEnd(this.#now), true)
      case 'yank':
        return this.#yank(this.#kills.current())
      case 'yankOlder':
        return this.#yank(this.#yanked ? this.#kills.older() : null)
      case 'undo':
        return this.#back(this.#undo.undo(this.#now))
      case 'redo':
        return this.#back(this.#undo.redo(this.#now))
      default:
        return false
    }
  }

  /** Some keys go on with what the key before them did. */
  #endRuns(action: Action | null): void {
    if (action !== 'up' && action !== 'down') this.#goal = null
    if (action !== 'yank' && action !== 'yankOlder') this.#yanked = null
  }

  #go(cursor: number): true {
    this.#undo.pause()
    this.show({ text: this.text, cursor })
    return true
  }

  #cut(cut: Cut, keeps: boolean): true {
    if (keeps) this.#kills.add(cut.cut)
    this.change(cut)
    return true
  }

  #yank(piece: string | null): true {
    if (piece === null) return true
    const base = this.#yanked ? remove(this.#now, this.#yanked.from, this.#yanked.to) : this.#now
    const put = insert(base, piece)
    this.change(put)
    this.#yanked = { from: base.cursor, to: put.cursor }
    return true
  }

  #back(state: Edited | null): true {
    if (state) {
      this.#recall.reset()
      this.show(state)
    }
    return true
  }

  #vertically(action: 'up' | 'down'): true {
    const { text, cursor } = this.#now
    const goal = this.#goal ?? cursor - rowStart(text, cursor)
    const place = verticalMove(text, cursor, action === 'up' ? -1 : 1, goal)
    if (place === null) return this.#step(action === 'up' ? 'older' : 'newer')
    this.#goal = goal
    this.show({ text, cursor: place })
    return true
  }

  #step(direction: 'older' | 'newer'): true {
    const before = this.#now
    const text = this.#recall.step(direction, before.text, before.text.slice(0, before.cursor))
    if (text === null) return true
    this.#goal = null
    this.#undo.changing(before)
    this.show({ text, cursor: text.length })
    return true
  }
}
