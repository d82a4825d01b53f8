/** What a syntax error means in plain words, and what people meant who think in Python or who slipped. */
import { closest } from '../packet/index.js'
import { type Token, tokensOf } from './tokens.js'

/** A better message, and where it belongs. */
export interface SyntaxHint {
  message: string
  offset: number
  /** How many characters are marked. */
  length?: number
}

const PAIRS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }
const KEYWORDS =
  'async await break case catch class const continue default delete else export finally for function if import instanceof let new return static switch throw try typeof var void while yield'.split(
    ' ',
  )

/** Says a syntax error of the parser in the user's words. `offset` is where the parser gave up. */
export function explainSyntax(source: string, message: string, offset: number): SyntaxHint {
  const tokens = tokensOf(source).filter(({ kind }) => kind !== 'space' && kind !== 'comment')
  const slip = pythonSlip(source, tokens, offset)
  if (slip !== null) return slip
  const bracket = wrongBracket(source, tokens)
  // A bracket that is only missing at the end says less than a place in the middle that cannot be.
  if (bracket !== null && (bracket.offset <= offset || offset >= source.trimEnd().length)) return bracket
  const keyword = mistypedKeyword(source, tokens, offset)
  if (keyword !== null) return keyword
  return plainly(source, tokens, message, offset)
}

function textOf(source: string, token: Token | undefined): string {
  return token === undefined ? '' : source.slice(token.start, token.end)
}

/** The first bracket that does not fit, or the last one that nobody closed. */
function wrongBracket(source: string, tokens: readonly Token[]): SyntaxHint | null {
  const open: { text: string; offset: number }[] = []
  const close = (text: string, offset: number): SyntaxHint | null => {
    const last = open.pop()
    if (last === undefined) return { message: `'${text}' closes nothing: no bracket is open there`, offset }
    if (PAIRS[last.text] === text) return null
    const where = placeText(source, last.offset, offset)
    return {
      message: `'${text}' does not close the '${last.text}' of ${where}: '${PAIRS[last.text]}' is missing`,
      offset,
    }
  }
  for (const token of tokens) {
    const text = textOf(source, token)
    let wrong: SyntaxHint | null = null
    if (token.kind === 'template') {
      // `${` opens, and what follows its `}` is text again.
      if (text.startsWith('}')) wrong = close('}', token.start)
      if (wrong === null && !token.closed)
        wrong = { message: 'this text in backquotes is not closed', offset: token.start }
      if (text.endsWith('${')) open.push({ text: '{', offset: token.end - 1 })
    } else if (token.kind === 'punctuator') {
      if (Object.hasOwn(PAIRS, text)) open.push({ text, offset: token.start })
      else if (text === ')' || text === ']' || text === '}') wrong = close(text, token.start)
    }
    if (wrong !== null) return wrong
  }
  const last = open.at(-1)
  return last === undefined
    ? null
    : { message: `'${last.text}' is not closed: '${PAIRS[last.text]}' is missing`, offset: last.offset }
}

function placeText(source: string, offset: number, from: number): string {
  const before = source.slice(0, offset).split('\n')
  const column = `column ${before.at(-1)!.length + 1}`
  return source.slice(offset, from).includes('\n') ? `line ${before.length}, ${column}` : column
}

interface Slip {
  /** Matched in the line in which the parser gave up. */
  pattern: RegExp
  says(match: Record<string, string>): string
}

const SLIPS: readonly Slip[] = [
  {
    pattern: /^\s*def\s+(?<name>\w+)\s*\((?<parameters>[^)]*)\)\s*(?:->[^:]*)?:?/,
    says: ({ name, parameters }) => `a function is written as function ${name}(${parameters}) { … }`,
  },
  {
    pattern: /^\s*class\s+(?<name>\w+)\s*(?:\((?<base>\w*)\))?\s*:/,
    says: ({ name, base }) =>
      base === 'Packet'
        ? `a layer is written as ${name} = layer('${name}', {kind: u8(), size: u16()})`
        : `a class is written as class ${name}${base ? ` extends ${base}` : ''} { … }`,
  },
  {
    pattern: /^\s*from\s+(?<module>[\w.]+)\s+import\s+(?<names>.+?)\s*$/,
    says: ({ module, names }) =>
      /^scapy\b/.test(module!)
        ? 'nothing has to be imported: what netshell has is there already'
        : `an import is written as import ${names === '*' ? '* as all' : `{${names}}`} from '${module}'`,
  },
  {
    pattern: /^\s*import\s+(?<module>[A-Za-z_][\w.]*)(?:\s+as\s+(?<alias>\w+))?\s*$/,
    says: ({ module, alias }) =>
      /^scapy\b/.test(module!)
        ? 'nothing has to be imported: what netshell has is there already'
        : `an import is written as import * as ${alias ?? module!.split('.').at(-1)} from '${module}'`,
  },
  {
    pattern: /^\s*for\s+(?<name>[\w, ]+?)\s+in\s+range\((?<end>[^,)]+)\)\s*:?/,
    says: ({ name, end }) => `a loop is written as for (let ${name} = 0; ${name} < ${end}; ${name}++) { … }`,
  },
  {
    pattern: /^\s*for\s+(?<name>[\w, ]+?)\s+in\s+(?<list>[^:]+?)\s*:?\s*$/,
    says: ({ name, list }) =>
      `a loop is written as for (const ${name!.includes(',') ? `[${name}]` : name} of ${list}) { … }`,
  },
  {
    pattern: /^\s*(?:\}\s*)?(?:elif)\b\s*(?<test>[^:{]*)/,
    says: ({ test }) => `elif is written as else if (${bare(test)}) { … }`,
  },
  {
    pattern: /^\s*(?<word>if|while)\s+(?<test>[^:({][^:{]*|\([^:{]*\))\s*:\s*$/,
    says: ({ word, test }) => `a condition is written as ${word} (${bare(test)}) { … }`,
  },
  { pattern: /^\s*(?:\}\s*)?else\s*:/, says: () => 'else is written as else { … }' },
  { pattern: /^\s*try\s*:/, says: () => 'try is written as try { … } catch (error) { … }' },
  {
    pattern: /^\s*except\b(?:\s+(?<kind>\w+))?(?:\s+as\s+(?<name>\w+))?/,
    says: ({ name }) => `except is written as catch (${name ?? 'error'}) { … }`,
  },
  { pattern: /^\s*finally\s*:/, says: () => 'finally is written as finally { … }' },
  { pattern: /^\s*with\s+.+\bas\b/, says: () => 'with … as is written as try { … } finally { x.close() }' },
  {
    pattern: /^\s*del\s+(?<what>[\w.[\]'"]+)/,
    says: ({ what }) => `del is written as delete ${what}`,
  },
  {
    pattern: /^\s*print\s+(?<what>[^(=].*)$/,
    says: ({ what }) => `print is written as print(${what})`,
  },
  {
    pattern: /\blambda\s+(?<parameters>[^:]*):\s*(?<body>[^,)]*)/,
    says: ({ parameters, body }) =>
      `lambda is written as ${/^\w+$/.test(bare(parameters)) ? bare(parameters) : `(${bare(parameters)})`} => ${body!.trim()}`,
  },
  {
    pattern: /(?<![\w$])(?<kind>[fFrRbBuU]{1,2})(?<quote>['"])(?<text>.*?)\k<quote>/,
    says: ({ kind, quote, text }) => {
      if (/f/i.test(kind!)) return `f${quote}…${quote} is written as \`${text!.replace(/\{/g, '${')}\``
      if (/b/i.test(kind!)) return `b${quote}…${quote} is written as Buffer.from('${text}', 'latin1')`
      return `${kind}${quote}…${quote} is written as String.raw\`${text}\``
    },
  },
  {
    pattern: /^\s*#(?!!)\s?(?<text>.*)$/,
    says: () => 'a comment begins with //',
  },
  {
    pattern: /\[(?<body>[^[\]]+?)\s+for\s+(?<name>\w+)\s+in\s+(?<list>[^\]]+?)(?:\s+if\s+(?<test>[^\]]+))?\]/,
    says: ({ body, name, list, test }) =>
      `that list is written as ${list}${test ? `.filter(${name} => ${test})` : ''}.map(${name} => ${body})`,
  },
  {
    pattern: /(?<object>[\w.)]+)\[(?<from>-?\d*):(?<to>-?\d*)\]/,
    says: ({ object, from, to }) =>
      `a part of a list is written as ${object}.slice(${from || '0'}${to ? `, ${to}` : ''})`,
  },
  {
    pattern: /(?:^|[=(,:]|\breturn\b)\s*(?<yes>[^=(,:{}]+?)\s+if\s+(?<test>[^{}]+?)\s+else\s+(?<no>[^{},;]+)/,
    says: ({ yes, test, no }) => `that choice is written as ${test} ? ${yes} : ${no!.trim()}`,
  },
  { pattern: /\bis\s+not\s+None\b/, says: () => "'is not None' is written as != null" },
  { pattern: /\bis\s+None\b/, says: () => "'is None' is written as == null" },
  { pattern: /(?<=[\w)\]'"]\s+)not\s+in\s+/, says: () => "'a not in b' is written as !(a in b)" },
  {
    pattern: /(?<=[\w)\]'"]\s+)(?<word>and|or)\s+(?=[\w('"[!-])/,
    says: ({ word }) => `'${word}' is written as ${word === 'and' ? '&&' : '||'}`,
  },
  { pattern: /(?<![\w$.])not\s+(?=[\w('"[])/, says: () => "'not x' is written as !x" },
]

function bare(text: string | undefined): string {
  const trimmed = (text ?? '').trim()
  return /^\([^()]*\)$/.test(trimmed) ? trimmed.slice(1, -1) : trimmed
}

/** Python where JavaScript is meant: looked for in the line in which the parser gave up, and not in texts or comments. */
function pythonSlip(source: string, tokens: readonly Token[], offset: number): SyntaxHint | null {
  const at = Math.min(offset, source.length)
  const start = source.lastIndexOf('\n', at - 1) + 1
  const end = source.indexOf('\n', at)
  const line = source.slice(start, end === -1 ? source.length : end)
  for (const { pattern, says } of SLIPS) {
    const match = pattern.exec(line)
    if (match === null) continue
    const place = start + match.index + (match[0].length - match[0].trimStart().length)
    const inText = tokens.some(
      ({ kind, start: from, end: to }) => (kind === 'string' || kind === 'template') && from < place && place < to,
    )
    if (inText) continue
    return { message: `that is Python: ${says(match.groups ?? {})}`, offset: place }
  }
  return null
}

/** `fucntion f() {`, `cosnt x = 1`: a name in front of something that cannot follow it. */
function mistypedKeyword(source: string, tokens: readonly Token[], offset: number): SyntaxHint | null {
  const at = tokens.findIndex(({ end }) => end > offset)
  const index = at === -1 ? tokens.length : at
  // The word may stand directly in front, or begin the statement.
  for (const each of [index - 1, index - 2, index - 3, index]) {
    const token = tokens[each]
    if (token?.kind !== 'name') continue
    const word = textOf(source, token)
    if (word.length < 4 || /^[.]$/.test(textOf(source, tokens[each - 1]))) continue
    const meant = closest(word, KEYWORDS)
    if (meant === undefined || meant === word) continue
    return { message: `'${word}' is no keyword; did you mean '${meant}'?`, offset: token.start, length: word.length }
  }
  return null
}

/** The parser's message, with what stands there. */
function plainly(source: string, tokens: readonly Token[], message: string, offset: number): SyntaxHint {
  if (message === 'Unterminated string constant')
    return { message: 'this text is not closed: its quote is missing', offset }
  if (message.startsWith('Unterminated template')) return { message: 'this text in backquotes is not closed', offset }
  if (message.startsWith('Unterminated regular')) return { message: 'this regular expression is not closed', offset }
  if (message === 'Unterminated comment') return { message: 'this comment is not closed: */ is missing', offset }
  if (!message.startsWith('Unexpected token')) return { message, offset }
  const index = tokens.findIndex(({ end }) => end > offset)
  const token = tokens[index]
  if (token === undefined) return { message: 'the text ends too early', offset }
  const text = textOf(source, token)
  const shown = text.length > 20 ? `${text.slice(0, 19)}…` : text
  const before = tokens[index - 1]
  const isValue = (each: Token | undefined): boolean =>
    each !== undefined && (/^(?:name|number|string|constant)$/.test(each.kind) || /^[)\]]$/.test(textOf(source, each)))
  const sameLine = before !== undefined && !source.slice(before.end, token.start).includes('\n')
  if (sameLine && isValue(before) && (/^(?:name|number|string|constant|keyword)$/.test(token.kind) || text === '{'))
    return {
      message: `between '${textOf(source, before).slice(-20)}' and '${shown}' something is missing: an operator, a comma or a ;`,
      offset: token.start,
      length: text.length,
    }
  return { message: `'${shown}' cannot stand here`, offset: token.start, length: text.length }
}
