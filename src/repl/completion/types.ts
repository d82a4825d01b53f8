/** What completion gives: to the editor, and from one part of it to the other. */

/** What a candidate is; the editor may colour by it. */
export type CompletionKind =
  | 'variable'
  | 'function'
  | 'global'
  | 'keyword'
  | 'member'
  | 'field'
  | 'layer'
  | 'option'
  | 'value'
  | 'file'
  | 'folder'
  | 'event'
  | 'command'

/** One candidate. */
export interface Completion {
  /** What is inserted. */
  text: string
  /** What is shown; unset: the text. */
  label?: string
  kind: CompletionKind
  /** One line that says what it is, without control characters. */
  detail?: string
}

/** The candidates for the word at the cursor, the likeliest first. */
export interface Completions {
  /** `text.slice(from, to)` is replaced by a candidate. */
  from: number
  to: number
  items: Completion[]
}
