/** Source up to the cursor as completion sees it: its tokens, which brackets belong together, and the word being typed. */
import { type Token, type TokenKind, tokensOf } from '../tokens.js'

const OPENING: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' }
/** Words that may stand before a parenthesis that is no call. */
const BEFORE_PARENTHESIS = new Set(['if', 'for', 'while', 'switch', 'catch', 'with', 'await', 'function'])

/** Text up to the cursor. All places in it are numbers of significant tokens: blanks and comments do not count. */
export class SourceView {
  readonly text: string
  readonly cursor: number
  /** The significant tokens before the word (or the open text) at the cursor. */
  readonly tokens: readonly Token[]
  /** The string, template, comment or regular expression that the cursor is in; null elsewhere. */
  readonly inside: Token | null
  /** The word that ends at the cursor, maybe empty; where it begins. */
  readonly word: string
  readonly from: number
  /** For an opening bracket its closing one and the other way round; -1 where there is none. */
  readonly #closer: Int32Array
  readonly #opener: Int32Array
  /** The innermost bracket around each token, -1 at the top. */
  readonly #parent: Int32Array
  /** The brackets that are open at the cursor, outermost first. */
  readonly open: readonly number[]

  constructor(text: string, cursor: number) {
    this.text = text.slice(0, cursor)
    this.cursor = cursor
    const all = tokensOf(this.text)
    const last = all.at(-1)
    const inLineComment = last?.kind === 'comment' && this.text.startsWith('//', last.start)
    this.inside = last !== undefined && (isOpen(last) || inLineComment) ? last : null
    const isWord = last !== undefined && /^(?:name|keyword|constant)$/.test(last.kind)
    this.word = isWord ? this.text.slice(last.start) : ''
    this.from = cursor - this.word.length
    const significant = all.filter(({ kind }) => kind !== 'space' && kind !== 'comment')
    const cut = this.inside !== null && this.inside.kind !== 'comment'
    // A template's text behind `}` also closes the expression before it.
    const continues = cut && this.inside!.kind === 'template' && this.text[this.inside!.start] === '}'
    if (isWord || (cut && !continues)) significant.pop()
    this.tokens = significant
    const { length } = significant
    this.#closer = new Int32Array(length).fill(-1)
    this.#opener = new Int32Array(length).fill(-1)
    this.#parent = new Int32Array(length).fill(-1)
    this.open = this.#match()
    if (continues) this.tokens = significant.slice(0, -1)
  }

  #match(): number[] {
    const open: number[] = []
    for (let index = 0; index < this.tokens.length; index++) {
      const kind = this.kind(index)
      if (kind !== 'punctuator' && kind !== 'template') {
        this.#parent[index] = open.at(-1) ?? -1
        continue
      }
      const text = this.at(index)
      const closes = kind === 'template' ? (text.startsWith('}') ? '${' : undefined) : OPENING[text]
      if (closes !== undefined) this.#close(index, closes, open)
      this.#parent[index] = open.at(-1) ?? -1
      if (kind === 'template' ? text.endsWith('${') && this.tokens[index]!.closed : /^[([{]$/.test(text))
        open.push(index)
    }
    return open
  }

  /** Closes the nearest bracket of that kind; those inside it were forgotten by the user. */
  #close(index: number, kind: string, open: number[]): void {
    let place = open.length - 1
    while (place >= 0 && this.bracket(open[place]!) !== kind) place--
    if (place < 0) return
    const opening = open[place]!
    open.length = place
    this.#closer[opening] = index
    this.#opener[index] = opening
  }

  /** Text of a token; '' out of range. */
  at(index: number): string {
    const token = this.tokens[index]
    return token === undefined ? '' : this.text.slice(token.start, token.end)
  }

  kind(index: number): TokenKind | undefined {
    return this.tokens[index]?.kind
  }

  /** What an opening bracket is: `(`, `[`, `{` or, of a template, `${`. */
  bracket(index: number): string {
    return this.kind(index) === 'template' ? '${' : this.at(index)
  }

  closer(index: number): number {
    return this.#closer[index] ?? -1
  }

  opener(index: number): number {
    return this.#opener[index] ?? -1
  }

  parent(index: number): number {
    return this.#parent[index] ?? -1
  }

  /** Whether a token's bracket is still open at the cursor, or it stands in none. */
  isVisible(index: number): boolean {
    const parent = this.parent(index)
    return parent === -1 || this.open.includes(parent)
  }

  isName(index: number): boolean {
    const kind = this.kind(index)
    return kind === 'name' || kind === 'constant'
  }

  /** Whether a token is behind a line break (before it stands another token). */
  isOnNewLine(index: number): boolean {
    const before = this.tokens[index - 1]
    const token = this.tokens[index]
    return before !== undefined && token !== undefined && this.text.slice(before.end, token.start).includes('\n')
  }

  /** The next token at the same level: behind a bracket that opens here its closing one, if there is one. */
  next(index: number): number {
    const closing = this.closer(index)
    if (closing > index) return closing
    return this.open.includes(index) ? this.tokens.length : index + 1
  }

  /** Where the expression of members, indexes and calls begins that ends with this token; -1 when it is none. */
  chainStart(end: number): number {
    let index = end
    for (;;) {
      const text = this.at(index)
      const kind = this.kind(index)
      if (text === ')' || text === ']' || text === '}' || (kind === 'template' && text.startsWith('}'))) {
        const opening = this.opener(index)
        if (opening < 0) return -1
        index = opening
        if (text === '}' || kind === 'template') {
          if (kind !== 'template') return index
          continue
        }
        if (!this.endsValue(index - 1)) {
          // `?.(` and `?.[`
          if (this.at(index - 1) === '?.') {
            index -= 2
            continue
          }
          return this.#withNew(index)
        }
        index--
        continue
      }
      if (kind === 'name' || kind === 'constant' || text === 'super' || text === 'import') {
        const before = this.at(index - 1)
        if ((before === '.' || before === '?.') && index >= 2) {
          index -= 2
          continue
        }
        return this.#withNew(index)
      }
      if (kind === 'template') {
        if (this.endsValue(index - 1) && !this.isOnNewLine(index)) {
          index--
          continue
        }
        return index
      }
      return kind === 'string' || kind === 'number' || kind === 'regex' ? index : -1
    }
  }

  #withNew(index: number): number {
    return this.at(index - 1) === 'new' && this.kind(index - 1) === 'keyword' ? index - 1 : index
  }

  /** Whether a value may end with this token, so that `(` behind it is a call and `[` an index. */
  endsValue(index: number): boolean {
    const kind = this.kind(index)
    if (kind === 'name' || kind === 'constant' || kind === 'string') return true
    if (kind === 'template') return this.at(index).endsWith('`')
    if (kind === 'keyword') return this.at(index) === 'super' || this.at(index) === 'import'
    const text = this.at(index)
    if (text === ')') {
      const before = this.at(this.opener(index) - 1)
      return !(this.kind(this.opener(index) - 1) === 'keyword' && BEFORE_PARENTHESIS.has(before))
    }
    return text === ']'
  }

  /** Whether a `{` begins an object, not a block. */
  isObject(index: number): boolean {
    const before = index - 1
    if (before < 0) return false
    const kind = this.kind(before)
    const text = this.at(before)
    if (kind === 'keyword') return /^(?:return|throw|await|yield|typeof|in|of|new|delete|void|default|case)$/.test(text)
    if (kind === 'template') return text.endsWith('${')
    if (kind !== 'punctuator') return false
    if (text === ':') {
      // A value in an object or of `a ? b :`, not the block behind a label.
      const parent = this.parent(before)
      return parent >= 0 && (this.bracket(parent) !== '{' || this.isObject(parent))
    }
    return !/^(?:=>|[;)}\]]|\+\+|--)$/.test(text)
  }

  /** The tokens from `from` on and before `to`, without what stands in brackets. */
  *topLevel(from: number, to: number): Generator<number> {
    for (let index = from; index < to; index = this.next(index)) yield index
  }
}

function isOpen({ kind, closed }: Token): boolean {
  return !closed && (kind === 'string' || kind === 'template' || kind === 'regex' || kind === 'comment')
}
