/** Ctrl-R at the keyboard: what the keys do while a block is searched for, and what is shown of it. */
import type { Paint } from '../../exchange/terminal-colours.js'
import { characterBefore } from './characters.js'
import type { Draft } from './draft.js'
import type { Piece } from './highlight.js'
import type { Action, Key } from './keys.js'
import type { FrameRow } from './painter.js'
import { Search } from './recall.js'
import type { Edited } from './text-edits.js'
import { besideRow } from './view.js'

const KEYS = 'Ctrl-R older, Ctrl-S newer, Enter takes it, Esc gives up'

/** What was searched for last: Ctrl-R twice searches for it again. */
let lastSearched = ''

/** A search that goes on. What it has found stands in the line. */
export class Searching {
  readonly #draft: Draft
  readonly #search: Search
  readonly #before: Edited

  constructor(draft: Draft, entries: readonly string[]) {
    this.#draft = draft
    this.#before = draft.now
    this.#search = new Search(entries)
  }

  /**
   * Takes a key. 'goes on': it was one of the search's; 'over': it ended the search and does nothing more; 'taken': what was found
   * is taken, and the key does what it always does. Enter is 'over': what was found can be changed before it runs.
   */
  take(action: Action | null, key: Key): 'goes on' | 'over' | 'taken' {
    const search = this.#search
    if (action === null) search.change(search.searched + key.text)
    else if (action === 'deleteLeft')
      search.change(search.searched.slice(0, characterBefore(search.searched, search.searched.length)))
    else if (action === 'search' && search.searched === '') search.change(lastSearched)
    else if (action === 'search') search.next('older')
    else if (action === 'searchNewer' || (action === 'right' && key.ctrl)) search.next('newer')
    else if (action === 'escape') {
      this.#draft.show(this.#before)
      return 'over'
    } else {
      this.#draft.take(this.#before)
      return action === 'enter' ? 'over' : 'taken'
    }
    this.#show()
    return 'goes on'
  }

  /** Pasted text is searched for too. */
  paste(text: string): void {
    this.#search.change(this.#search.searched + text.replaceAll('\n', ' '))
    this.#show()
  }

  /** The piece that was found, in the text that is shown. */
  get found(): Piece | null {
    const { found } = this.#search
    return found && { start: found.at, end: found.at + found.length, look: 'found' }
  }

  /** The row below the text. */
  row(columns: number, paint: Paint): FrameRow {
    const { searched, failed } = this.#search
    const text = `${failed ? 'not found' : 'search'}: ${searched}`
    const hasRoom = text.length + KEYS.length + 6 < columns
    return besideRow(hasRoom ? `${text}    ${KEYS}` : text, columns, (row) =>
      hasRoom ? row.slice(0, -KEYS.length) + paint('gray', KEYS) : row,
    )
  }

  #show(): void {
    lastSearched = this.#search.searched || lastSearched
    const { found } = this.#search
    this.#draft.show(found ? { text: found.text, cursor: found.at } : this.#before)
  }
}
