/**
 * JSON as people write it by hand: comments (`//` and those between `/*` and its end) and a comma behind the last value are
 * allowed. Reading gives the place of each value, so that one can be changed while the rest, comments too, stays as it is.
 */

/** A value of the outermost object, and where it stands in the text. */
export interface JsonEntry {
  key: string
  value: unknown
  /** Counted from 1. */
  line: number
  /** Where the key begins. */
  start: number
  /** Where the value begins, and behind its last character. */
  valueStart: number
  end: number
}

/** What is wrong with a text, and where. */
export class JsonError extends Error {
  override name = 'JsonError'

  constructor(
    message: string,
    /** Counted from 1. */
    readonly line: number,
  ) {
    super(message)
  }
}

/** Deeper is nothing that somebody wrote by hand. */
const DEEPEST = 32

/** The values of the object that a text is, in order. @throws JsonError */
export function readCommentedJson(text: string): JsonEntry[] {
  return new Reader(text).whole()
}

/**
 * The text with these values set, comments and everything else kept; undefined takes one away. A text without an object becomes one.
 * @throws JsonError for a text that is wrong
 */
export function changeCommentedJson(text: string, changes: ReadonlyMap<string, unknown>): string {
  if (text.trim() === '') text = '{\n}\n'
  const entries = readCommentedJson(text)
  const known = new Set(entries.map(({ key }) => key))
  const added = [...changes].filter(([key, value]) => value !== undefined && !known.has(key))
  let result = text
  // From the end: what stands before stays where it is.
  const last = entries.at(-1)
  if (added.length > 0) {
    const lines = added.map(([key, value]) => `\n  ${JSON.stringify(key)}: ${JSON.stringify(value)}`).join(',')
    const after = last?.end ?? text.indexOf('{', firstCode(text)) + 1
    result = `${text.slice(0, after)}${last === undefined ? '' : ','}${lines}${withoutComma(text.slice(after))}`
  }
  for (const { key, start, valueStart, end } of entries.toReversed()) {
    if (!changes.has(key)) continue
    const value = changes.get(key)
    result =
      value === undefined
        ? withoutEntry(result, start, end)
        : `${result.slice(0, valueStart)}${JSON.stringify(value)}${result.slice(end)}`
  }
  return result
}

/** Where the first character stands that is neither space nor comment. */
function firstCode(text: string): number {
  return /^(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/.exec(text)![0].length
}

/** What stands behind the last value, without the comma that was allowed there; on a line of its own it begins anew. */
function withoutComma(rest: string): string {
  const cut = rest.replace(/^((?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*),/, '$1')
  return /^[ \t]*\}/.test(cut) ? `\n${cut.trimStart()}` : cut
}

/** The text without an entry, its comma, and its line when nothing else is on it. */
function withoutEntry(text: string, start: number, end: number): string {
  const behind = /^\s*,/.exec(text.slice(end))
  let [from, to] = [start, end + (behind?.[0].length ?? 0)]
  // A comma before the last entry would be one too many for who reads the file as plain JSON.
  if (behind === null) {
    const before = /,\s*$/.exec(text.slice(0, from))
    if (before !== null) from = before.index
  }
  const lineStart = text.lastIndexOf('\n', from - 1) + 1
  const lineEnd = text.indexOf('\n', to)
  if (lineEnd >= 0 && text.slice(lineStart, from).trim() === '' && text.slice(to, lineEnd).trim() === '')
    [from, to] = [lineStart, lineEnd + 1]
  return text.slice(0, from) + text.slice(to)
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const STRING = /"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*"/y
const WORD = /[\w$]+/y
const SPACE = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y
const WORDS: Readonly<Record<string, unknown>> = { true: true, false: false, null: null }

class Reader {
  private at = 0

  constructor(private readonly text: string) {}

  whole(): JsonEntry[] {
    this.space()
    if (this.text[this.at] !== '{') throw this.error('an object is expected: { … }')
    const entries = this.object(0)
    this.space()
    if (this.at < this.text.length) throw this.error('nothing may stand behind the closing }')
    return entries
  }

  private object(depth: number): JsonEntry[] {
    const opened = this.at++
    const entries: JsonEntry[] = []
    for (;;) {
      this.space()
      if (this.text[this.at] === '}') break
      const start = this.at
      const name = this.match(STRING)
      if (name === undefined) throw this.nameError(opened)
      this.space()
      if (this.text[this.at] !== ':') throw this.error(`a colon is missing behind ${name}`)
      this.at++
      this.space()
      const valueStart = this.at
      const value = this.value(depth + 1)
      const key = JSON.parse(name) as string
      if (entries.some((entry) => entry.key === key)) throw this.error(`${name} is there twice`, start)
      entries.push({ key, value, line: this.lineOf(start), start, valueStart, end: this.at })
      if (!this.comma('}', opened)) break
    }
    this.at++
    return entries
  }

  private array(depth: number): unknown[] {
    const opened = this.at++
    const list: unknown[] = []
    for (;;) {
      this.space()
      if (this.text[this.at] === ']') break
      list.push(this.value(depth + 1))
      if (!this.comma(']', opened)) break
    }
    this.at++
    return list
  }

  private value(depth: number): unknown {
    if (depth > DEEPEST) throw this.error('it is nested too deeply')
    const character = this.text[this.at]
    if (character === '{') return Object.fromEntries(this.object(depth).map(({ key, value }) => [key, value]))
    if (character === '[') return this.array(depth)
    const literal = this.match(STRING) ?? this.match(NUMBER)
    if (literal !== undefined) return JSON.parse(literal)
    if (character === '"') throw this.error('the text lacks its closing ", or has a wrong \\ in it')
    const start = this.at
    const word = this.match(WORD)
    if (word !== undefined && Object.hasOwn(WORDS, word)) return WORDS[word]
    this.at = start
    if (character === undefined) throw this.error('a value is missing at the end')
    throw this.error(
      word === undefined && character !== "'"
        ? `a value is expected, not ${JSON.stringify(character)}`
        : 'a text stands in double quotes: "…"',
    )
  }

  /** Whether there is another value behind a comma; the closing bracket then stands before `at`. */
  private comma(closing: string, opened: number): boolean {
    this.space()
    const character = this.text[this.at]
    if (character === ',') {
      this.at++
      return true
    }
    if (character === closing) return false
    if (character === undefined) throw this.error(`the closing ${closing} is missing`, opened)
    throw this.error(`a comma or ${closing} is missing`)
  }

  private nameError(opened: number): JsonError {
    const character = this.text[this.at]
    if (character === undefined) return this.error('the closing } is missing', opened)
    return this.error(
      /["'\w$]/.test(character)
        ? 'names stand in double quotes: "timeout"'
        : `a name is expected, not ${JSON.stringify(character)}`,
    )
  }

  private space(): void {
    this.match(SPACE)
    if (this.text.startsWith('/*', this.at)) throw this.error('the comment lacks its end')
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)?.[0]
    this.at += found?.length ?? 0
    return found
  }

  private error(message: string, at = this.at): JsonError {
    return new JsonError(message, this.lineOf(at))
  }

  private lineOf(at: number): number {
    let line = 1
    for (let next = this.text.indexOf('\n'); next >= 0 && next < at; next = this.text.indexOf('\n', next + 1)) line++
    return line
  }
}
