/** Which call the cursor stands in, in which argument, and where in the objects and lists of that argument. */

import { tokensOf } from '../tokens.js'
import type { SourceView } from './source-view.js'

/** Text behind the cursor in which keys are looked for that an object has already. */
const LOOK_AHEAD = 2000
const CONTROL = /^(?:if|for|while|switch|catch|with|await|return|typeof|in|of)$/

/** A call that is open at the cursor. */
export interface CallPlace {
  /** The tokens of what is called, half open. */
  callee: readonly [from: number, to: number]
  isNew: boolean
  /** The name behind the last dot, or the whole name. */
  name: string
  /** The opening parenthesis. */
  opening: number
  /** Which argument the cursor is in, from 0. */
  argument: number
}

/** Where the cursor is. */
export interface Place {
  /** Null outside of calls, and where something else stands between. */
  call: CallPlace | null
  /** Keys of objects and places in lists, from the argument inwards. */
  path: readonly (string | number)[]
  /** The innermost bracket is an object, and a key is expected. */
  isKey: boolean
  /** Keys that the innermost object has, also behind the cursor. */
  given: ReadonlySet<string>
  /** The tokens of what was written of the value so far are none, or end where a value may begin. */
  isValueStart: boolean
  /** The innermost bracket is the index of something that ends before this token. */
  indexed: number | null
  /** The innermost open bracket, or -1. */
  bracket: number
}

/** Where the cursor is among calls, objects and lists. */
export function placeOf(view: SourceView): Place {
  const { open } = view
  let level = open.length - 1
  const bracket = open[level] ?? -1
  const path: (string | number)[] = []
  let isKey = false
  let given: ReadonlySet<string> = new Set()
  const start = entryStart(view, bracket)
  let isValueStart = startsValue(view, start)
  let indexed: number | null = null
  for (let inner = true; level >= 0; level--, inner = false) {
    const opening = open[level]!
    const kind = view.bracket(opening)
    if (kind === '(') {
      const call = callAt(view, opening)
      if (call !== null) return { call, path, isKey, given, isValueStart, indexed, bracket }
      break
    }
    if (kind === '[') {
      if (view.endsValue(opening - 1) && !view.isOnNewLine(opening)) {
        if (inner) indexed = opening
        break
      }
      path.unshift(argumentAt(view, opening))
    } else if (kind === '{') {
      if (!view.isObject(opening)) break
      const from = entryStart(view, opening)
      const isColon = view.at(from + 1) === ':'
      if (inner) {
        given = keysOf(view, opening)
        isKey = from >= view.tokens.length
        isValueStart = isColon && startsValue(view, from + 2)
        if (!isKey && !isColon) return { call: null, path, isKey, given, isValueStart, indexed, bracket }
      }
      if (isColon) path.unshift(keyText(view, from))
    } else break
  }
  return { call: null, path, isKey, given, isValueStart, indexed, bracket }
}

/** The innermost call that is open, whatever stands between it and the cursor but functions and templates. */
export function callsAround(view: SourceView): CallPlace[] {
  const calls: CallPlace[] = []
  for (const opening of [...view.open].reverse()) {
    const kind = view.bracket(opening)
    if (kind === '${' || (kind === '{' && !view.isObject(opening))) break
    const call = kind === '(' ? callAt(view, opening) : null
    if (call !== null) calls.push(call)
  }
  return calls
}

/** The call whose parenthesis this is; null where it is another one. */
export function callAt(view: SourceView, opening: number): CallPlace | null {
  const isOptional = view.at(opening - 1) === '?.'
  const end = isOptional ? opening - 2 : opening - 1
  if (end < 0 || !view.endsValue(end)) return null
  if (view.kind(end) === 'string' || (view.kind(end) === 'keyword' && CONTROL.test(view.at(end)))) return null
  if (/^(?:function|\*)$/.test(view.at(end - 1)) && view.isName(end)) return null
  const from = view.chainStart(end)
  if (from < 0) return null
  const isNew = makes(view, from, opening)
  return {
    callee: [isNew ? from + 1 : from, end + 1],
    isNew,
    name: view.at(end),
    opening,
    argument: argumentAt(view, opening),
  }
}

/** Whether this is the call of a `new`: in `new A().b(` the first one is. */
function makes(view: SourceView, from: number, opening: number): boolean {
  if (view.at(from) !== 'new' || view.kind(from) !== 'keyword') return false
  for (const index of view.topLevel(from + 1, opening)) if (view.at(index) === '(') return false
  return true
}

/** The number of commas behind an open bracket. */
function argumentAt(view: SourceView, opening: number): number {
  let count = 0
  for (const index of view.topLevel(opening + 1, view.tokens.length)) if (view.at(index) === ',') count++
  return count
}

/** The first token behind the bracket's last comma. */
function entryStart(view: SourceView, opening: number): number {
  let start = opening + 1
  for (const index of view.topLevel(opening + 1, view.tokens.length)) {
    const text = view.at(index)
    if (text === ',' || (text === ';' && view.bracket(opening) !== '{')) start = index + 1
  }
  return start
}

/** Whether a value may begin at the cursor: nothing of it is there yet, or the last is an operator that takes any. */
function startsValue(view: SourceView, from: number): boolean {
  const { length } = view.tokens
  return length <= from || /^(?:\?|:|\|\||\?\?|&&)$/.test(view.at(length - 1))
}

/** The keys of an object that is open at the cursor. */
function keysOf(view: SourceView, opening: number): Set<string> {
  const keys = new Set<string>()
  let isStart = true
  for (const index of view.topLevel(opening + 1, view.tokens.length)) {
    const text = view.at(index)
    if (isStart && index + 1 < view.tokens.length) keys.add(keyText(view, index))
    isStart = text === ','
  }
  return keys
}

/** Keys behind the cursor, up to the end of the object that it is in. */
export function keysBehind(text: string, cursor: number): Set<string> {
  const rest = text.slice(cursor, cursor + LOOK_AHEAD)
  const keys = new Set<string>()
  let depth = 0
  let key: string | null = null
  for (const { kind, start, end } of tokensOf(rest)) {
    const piece = rest.slice(start, end)
    if (kind === 'space' || kind === 'comment') continue
    if (/^[([{]$/.test(piece)) depth++
    else if (/^[)\]}]$/.test(piece) && --depth < 0) break
    if (depth > 0) continue
    if (key !== null && /^[:,]$/.test(piece)) keys.add(key)
    key = kind === 'name' || kind === 'keyword' ? piece : null
  }
  return keys
}

function keyText(view: SourceView, index: number): string {
  const text = view.at(index)
  return view.kind(index) === 'string' ? text.slice(1, -1) : text
}
