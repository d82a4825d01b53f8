/** Tab at the keyboard: candidates, the list of them, and the hint that shows when typing pauses. */
import type { Paint } from '../../exchange/terminal-colours.js'
import { completionsAt, hintAt } from '../completion/index.js'
import { type CandidateList, completed } from './candidates.js'
import type { Draft } from './draft.js'
import type { Action } from './keys.js'
import type { FrameRow } from './painter.js'
import { insert, newRow, rowStart } from './text-edits.js'
import { besideRow } from './view.js'

/** Completion for one draft. */
export class Completing {
  readonly #draft: Draft
  #list: CandidateList | null = null
  #hint: string | null = null

  constructor(draft: Draft) {
    this.#draft = draft
  }

  /** Whether a list of candidates is shown. */
  get choosing(): boolean {
    return this.#list !== null
  }

  /** Nothing is shown any more. */
  reset(): void {
    this.#list = null
    this.#hint = null
  }

  /** Tab, or with -1 Shift-Tab. @param together characters follow that came with it: it is part of pasted text */
  tab(by: 1 | -1, together: boolean): void {
    const draft = this.#draft
    const { text, cursor } = draft.now
    const start = rowStart(text, cursor)
    const isBlank = start > 0 && text.slice(start, cursor).trim() === ''
    if (together) draft.change(insert(draft.now, '  '))
    else if (!isBlank || !this.#indent(start)) this.#complete(by, isBlank)
  }

  /** A key while the list is shown. Returns whether nothing more is to be done. */
  choose(action: Action | null): boolean {
    const list = this.#list!
    const by = action === 'complete' || action === 'down' ? 1 : action === 'completeBack' || action === 'up' ? -1 : 0
    if (by !== 0) {
      this.#cycle(list, by)
      return true
    }
    this.#list = null
    if (list.isChosen && action !== 'escape') this.#draft.take(list.typed)
    else this.#draft.show(list.typed)
    return action === 'escape' || (action === 'enter' && list.isChosen)
  }

  /** Looks for the hint at the cursor anew; returns whether it has changed. */
  look(wanted: boolean): boolean {
    const { text, cursor } = this.#draft.now
    const hint = wanted && text !== '' && !this.#list ? hintAt(text, cursor) : null
    const isOther = hint !== this.#hint
    this.#hint = hint
    return isOther
  }

  /** The rows below the text, at most `height`. */
  rows(columns: number, height: number, paint: Paint): FrameRow[] {
    if (this.#list) return this.#list.rows(columns, height, paint)
    if (this.#hint === null) return []
    return [besideRow(this.#hint, columns, (cut) => paint('gray', cut))]
  }

  #complete(by: 1 | -1, isBlank: boolean): void {
    const draft = this.#draft
    const { put, list } = completed(draft.now, completionsAt(draft.text, draft.cursor))
    if (put) draft.change(put)
    else if (!list && isBlank) draft.change(insert(draft.now, '  '))
    this.#list = list
    if (list && by < 0) this.#cycle(list, by)
  }

  #cycle(list: CandidateList, by: 1 | -1): void {
    this.#draft.show(list.cycle(by))
  }

  /** Tab before a row's text: as far in as what is open asks for. Returns whether there was something to do. */
  #indent(start: number): boolean {
    const { text, cursor } = this.#draft.now
    const opened = newRow({ text: text.slice(0, start - 1), cursor: start - 1 }, true)
    if (opened.cursor <= cursor) return false
    this.#draft.change({ text: opened.text + text.slice(cursor), cursor: opened.cursor })
    return true
  }
}
