/** Names declared in the text before the cursor and visible there: variables, functions, parameters. */
import type { SourceView } from './source-view.js'

/** A name declared in the text. All places are numbers of tokens; ranges are half open. */
export interface Local {
  name: string
  kind: 'variable' | 'function' | 'class' | 'parameter' | 'import'
  /** The value of a variable (of its default, where it has one). */
  value?: readonly [from: number, to: number]
  /** What a `for…of` loop goes over. */
  of?: readonly [from: number, to: number]
  /** What stands between the parentheses of a function. */
  parameters?: string
  /** Of a parameter: where its function begins, and its place among the parameters. */
  function?: number
  index?: number
  /** It is a part of the value: `{a}` or `[a]`; of a list its place. */
  part?: string | number
}

const DECLARATION = /^(?:let|const|var)$/
const CONTROL = /^(?:if|for|while|switch|with)$/

/** All names that are visible at the cursor; of several of one name the last. */
export function localsOf(view: SourceView): Map<string, Local> {
  const found = new Map<string, Local>()
  const add = (local: Local): void => {
    found.delete(local.name)
    found.set(local.name, local)
  }
  for (let index = 0; index < view.tokens.length; index++) {
    const text = view.at(index)
    const kind = view.kind(index)
    if (kind === 'keyword') {
      if (DECLARATION.test(text)) variables(view, index, add)
      else if (text === 'function') functionName(view, index, add)
      else if (text === 'class' && view.isName(index + 1) && view.isVisible(index))
        add({ name: view.at(index + 1), kind: 'class' })
      else if (text === 'import') imports(view, index, add)
    } else if (text === '(') parenthesis(view, index, add)
    else if (text === '=>' && view.isName(index - 1) && isArrowOpen(view, index))
      add({ name: view.at(index - 1), kind: 'parameter', function: index - 1, index: 0 })
  }
  return found
}

type Add = (local: Local) => void

function variables(view: SourceView, keyword: number, add: Add): void {
  if (!isDeclarationOpen(view, keyword)) return
  let index = keyword + 1
  for (;;) {
    const binding = index
    index = view.next(index)
    if (/^[[{]$/.test(view.at(binding)) && view.closer(binding) >= 0) index = view.closer(binding) + 1
    // A type.
    if (view.at(index) === ':') while (index < view.tokens.length && !/^(?:=|,|;|of|in)$/.test(view.at(index))) index++
    const word = view.at(index)
    const range = (from: number): [number, number] => [from, expressionEnd(view, from)]
    const source = word === '=' ? { value: range(index + 1) } : word === 'of' ? { of: range(index + 1) } : {}
    bind(view, binding, { kind: 'variable', ...source }, add)
    index = word === '=' ? expressionEnd(view, index + 1) : index
    if (view.at(index) !== ',') return
    index++
  }
}

/** Whether what is declared here can be seen at the cursor: its block, or the loop that it belongs to, is still open. */
function isDeclarationOpen(view: SourceView, keyword: number): boolean {
  if (view.isVisible(keyword)) return true
  const parenthesis = view.parent(keyword)
  if (view.at(parenthesis - 1) !== 'for' || !view.isVisible(parenthesis)) return false
  return isBodyOpen(view, view.closer(parenthesis) + 1)
}

/** Whether the body that begins with this token still goes on: a block, or one statement. */
function isBodyOpen(view: SourceView, body: number): boolean {
  if (body >= view.tokens.length) return true
  if (view.at(body) === '{') return view.closer(body) < 0
  for (const index of view.topLevel(body, view.tokens.length)) if (view.at(index) === ';') return false
  return true
}

/** Where an expression ends that begins with this token: before a comma or semicolon, or the next statement's line. */
function expressionEnd(view: SourceView, from: number): number {
  for (let index = from; index < view.tokens.length; index = view.next(index)) {
    const text = view.at(index)
    if (/^[,;)\]}]$/.test(text) && view.opener(index) < from) return index
    if (index > from && view.isOnNewLine(index) && startsStatement(view, index)) return index
  }
  return view.tokens.length
}

function startsStatement(view: SourceView, index: number): boolean {
  const before = index - 1
  const ends =
    view.endsValue(before) || /^[)}\]]$/.test(view.at(before)) || /^(?:number|regex)$/.test(view.kind(before) ?? '')
  return ends && view.kind(index) !== 'punctuator' && !/^(?:in|of|instanceof)$/.test(view.at(index))
}

/** The names of a binding: a name, or those in `{…}` and `[…]`. */
function bind(view: SourceView, index: number, local: Omit<Local, 'name'>, add: Add): void {
  const text = view.at(index)
  if (view.isName(index)) {
    add({ ...local, name: text })
    return
  }
  if (text !== '{' && text !== '[') return
  const end = view.closer(index) < 0 ? view.tokens.length : view.closer(index)
  entries(view, index + 1, end).forEach(([from, to], place) => {
    const isRest = view.at(from) === '...'
    const key = isRest ? from + 1 : from
    const target = text === '{' && view.at(key + 1) === ':' ? key + 2 : key
    if (target >= to) return
    const part = isRest ? {} : { part: text === '[' ? place : view.at(key) }
    const nested = local.part === undefined && !isRest ? { ...local, ...part } : { kind: local.kind }
    bind(view, target, nested, add)
  })
}

/** What stands between commas. */
function entries(view: SourceView, from: number, to: number): [from: number, to: number][] {
  const all: [number, number][] = []
  let start = from
  for (const index of view.topLevel(from, to)) {
    if (view.at(index) !== ',') continue
    all.push([start, index])
    start = index + 1
  }
  if (start < to) all.push([start, to])
  return all
}

function functionName(view: SourceView, keyword: number, add: Add): void {
  const name = view.at(keyword + 1) === '*' ? keyword + 2 : keyword + 1
  if (!view.isName(name) || !view.isVisible(keyword)) return
  add({ name: view.at(name), kind: 'function', parameters: between(view, name + 1) })
}

/** The text between a parenthesis and its end. */
export function between(view: SourceView, opening: number): string {
  const closing = view.closer(opening)
  if (view.at(opening) !== '(' || closing < 0) return ''
  return view.text.slice(view.tokens[opening]!.end, view.tokens[closing]!.start).replace(/\s+/g, ' ').trim()
}

/** Parameters, where the parenthesis is a function's and the cursor stands in its body. */
function parenthesis(view: SourceView, opening: number, add: Add): void {
  const closing = view.closer(opening)
  if (closing < 0) return
  const behind = view.at(closing + 1)
  if (behind === '=>') {
    if (!isArrowOpen(view, closing + 1)) return
  } else {
    const body = behind === ':' ? bodyBehindType(view, closing + 1) : closing + 1
    if (view.at(body) !== '{' || view.closer(body) >= 0) return
    const before = opening - 1
    if (view.kind(before) === 'keyword' && CONTROL.test(view.at(before))) return
  }
  entries(view, opening + 1, closing).forEach(([from], index) => {
    bind(view, view.at(from) === '...' ? from + 1 : from, { kind: 'parameter', function: opening, index }, add)
  })
}

function bodyBehindType(view: SourceView, from: number): number {
  for (const index of view.topLevel(from, view.tokens.length)) if (view.at(index) === '{') return index
  return -1
}

/** Whether the cursor is in the body of the arrow function with this `=>`. */
function isArrowOpen(view: SourceView, arrow: number): boolean {
  if (view.at(arrow + 1) === '{') return view.closer(arrow + 1) < 0
  return view.isVisible(arrow) && expressionEnd(view, arrow + 1) === view.tokens.length
}

/** `import a, {b as c} from`, `import * as d from` */
function imports(view: SourceView, keyword: number, add: Add): void {
  for (let index = keyword + 1; index < view.tokens.length; index++) {
    const text = view.at(index)
    if (view.kind(index) === 'string' || text === 'from' || text === '(' || text === ';') return
    if (view.isName(index) && view.at(index + 1) !== 'as' && text !== 'as') add({ name: text, kind: 'import' })
  }
}
