/** Which key does what: readline's keys, and those for text of several rows. */

/** A key as node:readline reads it from the terminal. */
export interface Key {
  /** The character that was typed, when it is one. */
  text: string | undefined
  name?: string
  ctrl?: boolean
  meta?: boolean
  shift?: boolean
  sequence?: string
  /** No key but a whole paste. */
  pasted?: string
}

export type Action =
  | 'enter'
  | 'newRow'
  | 'left'
  | 'right'
  | 'wordLeft'
  | 'wordRight'
  | 'rowStart'
  | 'rowEnd'
  | 'textStart'
  | 'textEnd'
  | 'up'
  | 'down'
  | 'older'
  | 'newer'
  | 'deleteLeft'
  | 'deleteRight'
  | 'deleteWordLeft'
  | 'deleteWordRight'
  | 'deleteToStart'
  | 'deleteToEnd'
  | 'yank'
  | 'yankOlder'
  | 'undo'
  | 'redo'
  | 'complete'
  | 'completeBack'
  | 'search'
  | 'searchNewer'
  | 'clear'
  | 'cancel'
  | 'end'
  | 'suspend'
  | 'prefix'
  | 'edit'
  | 'escape'
  | 'pasteStart'
  | 'pasteEnd'
  | 'none'

const PLAIN: Readonly<Record<string, Action>> = {
  return: 'enter',
  enter: 'enter',
  backspace: 'deleteLeft',
  delete: 'deleteRight',
  left: 'left',
  right: 'right',
  home: 'rowStart',
  end: 'rowEnd',
  up: 'up',
  down: 'down',
  pageup: 'older',
  pagedown: 'newer',
  tab: 'complete',
  escape: 'escape',
  'paste-start': 'pasteStart',
  'paste-end': 'pasteEnd',
}

const CTRL: Readonly<Record<string, Action>> = {
  a: 'rowStart',
  b: 'left',
  c: 'cancel',
  d: 'end',
  e: 'rowEnd',
  f: 'right',
  g: 'escape',
  h: 'deleteLeft',
  k: 'deleteToEnd',
  l: 'clear',
  n: 'newer',
  p: 'older',
  r: 'search',
  s: 'searchNewer',
  u: 'deleteToStart',
  w: 'deleteWordLeft',
  x: 'prefix',
  y: 'yank',
  z: 'suspend',
  backspace: 'deleteWordLeft',
  delete: 'deleteWordRight',
  left: 'wordLeft',
  right: 'wordRight',
  home: 'textStart',
  end: 'textEnd',
  up: 'older',
  down: 'newer',
}

const META: Readonly<Record<string, Action>> = {
  b: 'wordLeft',
  d: 'deleteWordRight',
  f: 'wordRight',
  y: 'yankOlder',
  return: 'newRow',
  enter: 'newRow',
  backspace: 'deleteWordLeft',
  delete: 'deleteWordRight',
  left: 'wordLeft',
  right: 'wordRight',
  up: 'older',
  down: 'newer',
  escape: 'escape',
}

/** Behind Ctrl-X. */
const PREFIXED: Readonly<Record<string, Action>> = { e: 'edit', u: 'undo' }

/** Sequences that node:readline does not name: Shift-Enter and Alt-Enter of terminals that tell them apart, Alt-< and Alt->. */
const SEQUENCES: Readonly<Record<string, Action>> = {
  '\x1f': 'undo',
  '\x1e': 'redo',
  '\x1b<': 'textStart',
  '\x1b>': 'textEnd',
  '\x1b[13;2u': 'newRow',
  '\x1b[13;3u': 'newRow',
  '\x1b[27;2;13~': 'newRow',
}

/** What a key does; null: its character is typed, if it has one. @param prefixed Ctrl-X was pressed before it */
export function actionOf(key: Key, prefixed = false): Action | null {
  const { name = '', ctrl, meta, shift, sequence = '' } = key
  const of = (table: Readonly<Record<string, Action>>, index: string): Action | null =>
    Object.hasOwn(table, index) ? table[index]! : null
  if (prefixed) return (ctrl ? of(PREFIXED, name) : null) ?? 'none'
  const special = of(SEQUENCES, sequence)
  if (special) return special
  if (name === 'tab' && shift) return 'completeBack'
  if (ctrl && shift && name === 'backspace') return 'deleteToStart'
  if (ctrl && shift && name === 'delete') return 'deleteToEnd'
  if (ctrl) return of(CTRL, name) ?? 'none'
  if (meta) return of(META, name) ?? 'none'
  return of(PLAIN, name) ?? (isText(key) ? null : 'none')
}

/** Whether a key is a character that is typed as it stands. */
export function isText({ text, ctrl, meta, name }: Partial<Key>): boolean {
  return (
    typeof text === 'string' && text !== '' && !ctrl && !meta && name !== 'undefined' && text >= ' ' && text !== '\x7f'
  )
}
