/** The list of what could stand at the cursor, shown below the line. */

import type { Paint } from '../../exchange/terminal-colours.js'
import { cutTo, shownAs, textWidth } from '../../exchange/text-width.js'
import type { Completion, Completions } from '../completion/index.js'
import type { FrameRow } from './painter.js'
import type { Edited } from './text-edits.js'

/** No more rows than these, however high the screen is. */
const MOST_ROWS = 12

/** Below this many columns the names matter most. */
const NARROW = 40
/** A shorter description says nothing. */
const LEAST_DETAIL = 12

/** What one Tab comes to. */
export type TabResult =
  /** There is one candidate, or all begin alike: this is put in. */
  { put: Edited; list: CandidateList | null } | { put: null; list: CandidateList | null }

/** Tab: puts in what is certain; several candidates give a list. */
export function completed(edited: Edited, { from, to, items }: Completions): TabResult {
  if (items.length === 0) return { put: null, list: null }
  const replaced = (text: string): Edited => ({
    text: edited.text.slice(0, from) + text + edited.text.slice(to),
    cursor: from + text.length,
  })
  if (items.length === 1) return { put: replaced(items[0]!.text), list: null }
  const typed = edited.text.slice(from, to)
  const common = commonBeginning(items.map(({ text }) => text))
  const put = common.length > typed.length && common.startsWith(typed) ? replaced(common) : null
  const now = put ?? edited
  return { put, list: new CandidateList(now, { from, to: from + (put ? common.length : to - from), items }) }
}

/** The longest text that all begin with. */
export function commonBeginning(texts: readonly string[]): string {
  let common = texts[0] ?? ''
  for (const text of texts) while (!text.startsWith(common)) common = common.slice(0, -1)
  // No half of a character.
  return common.replace(/[\ud800-\udbff]$/, '')
}

/** Candidates that are cycled through. */
export class CandidateList {
  /** The text without any of the candidates. */
  readonly typed: Edited
  readonly #from: number
  readonly #to: number
  readonly #items: readonly Completion[]
  #chosen: number | null = null
  #top = 0

  constructor(typed: Edited, { from, to, items }: Completions) {
    this.typed = typed
    this.#from = from
    this.#to = to
    this.#items = items
  }

  get isChosen(): boolean {
    return this.#chosen !== null
  }

  /** Chooses the next or previous candidate; gives the text with it. */
  cycle(by: 1 | -1): Edited {
    const { length } = this.#items
    this.#chosen = this.#chosen === null ? (by > 0 ? 0 : length - 1) : (this.#chosen + by + length) % length
    const { text } = this.#items[this.#chosen]!
    return {
      text: this.typed.text.slice(0, this.#from) + text + this.typed.text.slice(this.#to),
      cursor: this.#from + text.length,
    }
  }

  /** The rows of the list, at most `height`. */
  rows(columns: number, height: number, paint: Paint): FrameRow[] {
    const room = Math.min(height, MOST_ROWS)
    const all = this.#items.length
    if (room < 1) return []
    const shown = all <= room ? all : Math.max(1, room - 1)
    const chosen = this.#chosen ?? this.#top
    this.#top = Math.max(0, Math.min(Math.min(this.#top, chosen), all - shown), chosen - shown + 1)
    const items = this.#items.slice(this.#top, this.#top + shown)
    const widest = Math.max(...items.map((item) => textWidth(labelOf(item))))
    const labels = Math.min(widest, Math.max(1, Math.floor(columns < NARROW ? columns - 3 : columns * 0.45)))
    const kinds = Math.max(...items.map(({ kind }) => kind.length))
    const rows = items.map((item, i) =>
      this.#row(item, this.#top + i === this.#chosen, { columns, labels, kinds }, paint),
    )
    if (shown === all || room < 2) return rows
    const text = cutTo(` ${this.#top + 1}–${this.#top + shown} of ${all}`, columns - 1)
    return [...rows, { content: paint('gray', text), width: textWidth(text), wraps: false }]
  }

  #row(
    item: Completion,
    chosen: boolean,
    { columns, labels, kinds }: { columns: number; labels: number; kinds: number },
    paint: Paint,
  ): FrameRow {
    const label = cutTo(labelOf(item), labels)
    const padded = label + ' '.repeat(Math.max(0, labels - textWidth(label)))
    const detail = [...(item.detail ?? '')].map((character) => (character === '\n' ? ' ' : shownAs(character))).join('')
    // On a narrow screen the description is worth more than the kind.
    const kind = columns >= 60 ? `  ${item.kind.padEnd(kinds)}` : ''
    const described = `${kind}${detail === '' ? '' : `  ${detail}`}`.trimEnd()
    const room = columns - 3 - labels
    const rest = room < LEAST_DETAIL ? '' : cutTo(described, room)
    const name = ` ${padded} `
    return {
      content: (chosen ? `\x1b[7m${name}\x1b[27m` : name) + (rest === '' ? '' : paint('gray', rest)),
      width: textWidth(name) + textWidth(rest),
      wraps: false,
    }
  }
}

function labelOf({ label, text }: Completion): string {
  return [...(label ?? text)].map((character) => (character === '\n' ? ' ' : shownAs(character))).join('')
}
