/**
 * Source text as coloured pieces: for highlighting, brackets and completion, which all look at text that is not complete yet.
 * Not a parser: it never fails, and the pieces cover the whole text without gaps.
 */

/** What a piece of source is. */
export type TokenKind =
  | 'space'
  | 'comment'
  | 'string'
  /** Text of a template: from a backquote or `}` to a backquote or `${`, these included. */
  | 'template'
  | 'regex'
  | 'number'
  | 'keyword'
  /** `true`, `null`, `undefined`, `this` … */
  | 'constant'
  | 'name'
  | 'punctuator'

/** A piece of source. */
export interface Token {
  kind: TokenKind
  /** Its first character. */
  start: number
  /** Behind its last character. */
  end: number
  /** False where a string, template, comment or regular expression lacks its end. */
  closed: boolean
}

const KEYWORDS = new Set(
  (
    'async await break case catch class const continue debugger default delete do else export extends finally for from function ' +
    'get if import in instanceof let new of return set static super switch throw try typeof var void while with yield'
  ).split(' '),
)
/** Names in some places, keywords in others: coloured only where they can be nothing else. */
const CONTEXTUAL = new Set(['async', 'from', 'get', 'of', 'set', 'static'])
const CONSTANTS = new Set(['true', 'false', 'null', 'undefined', 'this', 'NaN', 'Infinity'])
/** After these words a value begins, so that `/` begins a regular expression. */
const BEFORE_VALUE = new Set('await case delete do else in instanceof new of return throw typeof void yield'.split(' '))

const SPACE = /\s+/y
const NAME = /[\p{ID_Start}$_#][\p{ID_Continue}$\u200c\u200d]*/uy
const NUMBER =
  /(?:0[xX][\da-fA-F_]*|0[bB][01_]*|0[oO][0-7_]*|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?)n?/y
const LINE_COMMENT = /\/\/[^\n]*/y
const BLOCK_COMMENT = /\/\*[\s\S]*?(?:\*\/|$)/y
const STRING = /'(?:[^'\\\n]|\\[\s\S])*'?|"(?:[^"\\\n]|\\[\s\S])*"?/y
const TEMPLATE = /(?:[^`\\$]|\\[\s\S]|\$(?!\{))*(?:`|\$\{)?/y
const REGEX = /\/(?:[^/\\[\n]|\\[^\n]|\[(?:[^\]\\\n]|\\[^\n])*\]?)+(?:\/[a-z]*)?/y
const PUNCTUATOR = /\.{3}|=>|\?\.(?!\d)|\*\*=?|[=!]==?|<<=?|>>>?=?|&&=?|\|\|=?|\?\?=?|\+\+|--|[-+*/%&|^<>]=?|[\s\S]/y

/** The pieces of a text, in order; together they are the whole text. */
export function tokensOf(source: string): Token[] {
  const tokens: Token[] = []
  /** For each open `{`, whether it is the `${` of a template. */
  const braces: boolean[] = []
  let place = 0
  // Whether `/` would begin a regular expression here.
  let valueNext = true
  const take = (kind: TokenKind, end: number, closed = true): void => {
    tokens.push({ kind, start: place, end, closed })
    place = end
  }
  const match = (expression: RegExp): number => {
    expression.lastIndex = place
    return expression.test(source) ? expression.lastIndex : place
  }
  const template = (from: number): void => {
    TEMPLATE.lastIndex = from
    TEMPLATE.test(source)
    const end = TEMPLATE.lastIndex
    const opens = end - from >= 2 && source.endsWith('${', end) && source[end - 3] !== '\\'
    const closed = opens || (end > from && source[end - 1] === '`')
    take('template', end, closed)
    if (opens) braces.push(true)
    valueNext = opens
  }
  while (place < source.length) {
    const character = source[place]!
    const next = source[place + 1]
    if (/\s/.test(character)) {
      take('space', match(SPACE))
    } else if (character === '/' && next === '/') {
      take('comment', match(LINE_COMMENT))
    } else if (character === '/' && next === '*') {
      const end = match(BLOCK_COMMENT)
      take('comment', end, end - place >= 4 && source.endsWith('*/', end))
    } else if (character === '"' || character === "'") {
      const end = match(STRING)
      take('string', end, end - place >= 2 && source[end - 1] === character && !endsEscaped(source, place, end))
      valueNext = false
    } else if (character === '`') {
      template(place + 1)
    } else if (character === '}' && braces.at(-1) === true) {
      braces.pop()
      template(place + 1)
    } else if (/\d/.test(character) || (character === '.' && next !== undefined && /\d/.test(next))) {
      take('number', Math.max(match(NUMBER), place + 1))
      valueNext = false
    } else if (match(NAME) > place) {
      const end = match(NAME)
      const word = source.slice(place, end)
      const member = isMember(source, tokens)
      const kind = member ? 'name' : wordKind(word, source, end)
      take(kind, end)
      valueNext = kind === 'keyword' && BEFORE_VALUE.has(word)
    } else if (character === '/' && valueNext && next !== undefined && match(REGEX) > place) {
      const end = match(REGEX)
      take('regex', end, /\/[a-z]*$/.test(source.slice(place + 1, end)))
      valueNext = false
    } else {
      if (character === '{') braces.push(false)
      else if (character === '}') braces.pop()
      const end = match(PUNCTUATOR)
      const text = source.slice(place, end)
      take('punctuator', end)
      valueNext = !/^(?:\)|\]|\}|\+\+|--)$/.test(text)
    }
  }
  return tokens
}

/** Whether the quote at the end of a string is escaped, so that the string is still open. */
function endsEscaped(source: string, start: number, end: number): boolean {
  let backslashes = 0
  for (let at = end - 2; at > start && source[at] === '\\'; at--) backslashes++
  return backslashes % 2 === 1
}

/** Whether a name here stands behind a dot. */
function isMember(source: string, tokens: readonly Token[]): boolean {
  for (let at = tokens.length - 1; at >= 0; at--) {
    const token = tokens[at]!
    if (token.kind === 'space' || token.kind === 'comment') continue
    const text = source.slice(token.start, token.end)
    return text === '.' || text === '?.'
  }
  return false
}

function wordKind(word: string, source: string, end: number): TokenKind {
  if (CONSTANTS.has(word)) return 'constant'
  if (!KEYWORDS.has(word)) return 'name'
  const rest = source.slice(end)
  if (CONTEXTUAL.has(word)) {
    const follows =
      word === 'async'
        ? /^\s+(?:function\b|\(|[\p{ID_Start}$_])/u
        : word === 'from'
          ? /^\s*['"]/
          : word === 'of'
            ? /^\s+\S/
            : /^\s+[\p{ID_Start}$_#[]/u
    return follows.test(rest) ? 'keyword' : 'name'
  }
  // `{in: 1}`, `{delete() {}}`
  return /^\s*:(?!:)/.test(rest) && word !== 'default' && word !== 'case' ? 'name' : 'keyword'
}
