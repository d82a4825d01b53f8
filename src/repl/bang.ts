/**
 * `!ls -l`, `name = !ip -j addr`: lines that run a program, within what is otherwise JavaScript. Each becomes a call of `sh`, so that its
 * result, errors and Ctrl-C are those of any other line.
 */
import { ShellError } from '../tools/shell-command/shell-error.js'
import { type EditedText, EditList, type Part } from './edits.js'
import { type Evaluator, SourceError } from './evaluate.js'
import { tokensOf } from './tokens.js'

type Parser = Pick<Evaluator, 'parse'>

/** A line that could be one: what stands before the `!`, how many there are, and what follows. */
const LINE =
  /^(?<before>\s*(?:(?:(?:const|let|var)\s+)?(?:[A-Za-z_$][\w$.]*|\{[\w\s,:$]*\}|\[[\w\s,$]*\])\s*=\s*)?)(?<bangs>!!?)(?!=)(?<text>.*)$/
/** What JavaScript knows and no program is called. */
const WORDS = new Set(
  'async await class delete false function import Infinity NaN new null super this true typeof undefined void yield'.split(
    ' ',
  ),
)
/** Behind a name these can only be JavaScript. */
const OPERATOR = /^(?:\s*(?:&&|\|\||\?[?.]?|[=!]==?|[,)\]])|\s+(?:in|instanceof)\b)/
const MEMBER = /^(?:\?\.|\.[A-Za-z_$]|[([`])/

/** Whether a text could have a line that runs a program. */
function mayHaveCommand(source: string): boolean {
  return source.includes('!') && source.split('\n').some((line) => LINE.test(line))
}

/**
 * What was typed with its lines that run programs as JavaScript; null when there are none.
 * @throws SourceError with the place in such a line that cannot be meant
 */
export async function withoutCommands(source: string, parser: Parser): Promise<EditedText | null> {
  if (!mayHaveCommand(source)) return null
  const edits = new EditList(source)
  let found = 0
  let start = 0
  let afterCommand = false
  // What is above, as JavaScript.
  let above = ''
  const lines = source.split('\n')
  for (const line of lines) {
    const groups = LINE.exec(line)?.groups
    const command: boolean =
      groups !== undefined &&
      (await isCommand(groups, lines.filter((each) => each !== line).join('\n'))) &&
      (afterCommand || (await beginsStatement(above, parser)))
    if (command && groups !== undefined) {
      above += `${await replaceLine(edits, start, line, groups)}\n`
      found++
    } else above += `${line}\n`
    if (line.trim() !== '') afterCommand = command
    start += line.length + 1
  }
  return found === 0 ? null : edits.apply()
}

/** Whether a line runs a program; else it is JavaScript's `not`. */
async function isCommand({ bangs, text }: Record<string, string>, otherLines: string): Promise<boolean> {
  if (!/^\s*[\w./~'"$\\{+:@%-]/.test(text!)) return false
  if (/^\/[\w./+-]+/.test(text!) && isFile(/^\S+/.exec(text!)![0])) return true
  // Without TypeScript, which would have to be loaded for what is no JavaScript.
  const { parse } = await import('./compiler.js')
  if (parse(bangs! + text!, { prompt: true }).state === 'wrong') return true
  const [, name, rest] = /^\s*([A-Za-z_$][\w$]*)(.*)$/.exec(text!) ?? []
  if (name === undefined || WORDS.has(name)) return false
  // Declared in the same block, or the variable of a loop or a function around it.
  if (isLocal(name, otherLines)) return false
  if (MEMBER.test(rest!) || OPERATOR.test(rest!)) return false
  const known = Object.getOwnPropertyDescriptor(globalThis, name)
  // What is a function, or is made when it is first used: nobody wants its negation.
  if (known === undefined || known.get !== undefined || typeof known.value === 'function') return true
  // `date = !date`, for the second time.
  return known.value instanceof (await import('../tools/shell-command/result.js')).ShellResult
}

function isLocal(name: string, lines: string): boolean {
  return new RegExp(`(?<![\\w$!.-])${name.replaceAll('$', '\\$')}\\s*(?:[=,;)]|of\\b|in\\b|=>)`).test(lines)
}

/** Whether a statement may begin behind this text. */
async function beginsStatement(above: string, parser: Parser): Promise<boolean> {
  if (above.trim() === '') return true
  const tokens = tokensOf(above)
  if (tokens.at(-1)?.kind === 'comment' && !tokens.at(-1)!.closed) return false
  const last = tokens.findLast(({ kind }) => kind !== 'space' && kind !== 'comment')
  if (last === undefined) return true
  if (!last.closed || (last.kind === 'template' && above.slice(last.start, last.end).endsWith('${'))) return false
  const token = above.slice(last.start, last.end)
  if (token === ';' || token === '}') return true
  const state = (await parser.parse(above, { prompt: true })).state
  return token === '{' ? state === 'incomplete' : state === 'complete'
}

/** Replaces a line by the call of `sh`. Gives the line as JavaScript. */
async function replaceLine(
  edits: EditList,
  start: number,
  line: string,
  { before, bangs, text }: Record<string, string>,
): Promise<string> {
  const assigned = before!.trim() !== ''
  const call = assigned ? 'sh' : bangs === '!!' ? 'sh.tty' : 'sh.show'
  const from = before!.length + bangs!.length
  const { parts, strings, starts } = templateOf(text!, start + from)
  await check(edits.source, strings, starts)
  edits.replace(start + before!.length, start + line.length, [`${call}\``, ...parts, '`'])
  const code = parts.map((part) => (typeof part === 'string' ? part : edits.source.slice(part.from, part.to))).join('')
  return `${before}${call}\`${code}\``
}

/** @throws SourceError for what no command can be, so that it is shown in the line as it was typed */
async function check(source: string, strings: readonly string[], starts: readonly number[]): Promise<void> {
  const { parseCommand } = await import('../tools/shell-command/words.js')
  // The values of variables are known when it runs.
  const environment = new Proxy({}, { get: () => '' })
  try {
    parseCommand({ strings, values: strings.slice(1).map(() => ''), starts, environment })
  } catch (error) {
    if (!(error instanceof ShellError)) throw error
    throw new SourceError(error.message, { file: 'prompt', source, offset: error.offset ?? starts[0]! })
  }
}

interface Template {
  /** What stands between the backquotes. */
  parts: Part[]
  /** The text without its values, and where each piece begins. */
  strings: string[]
  starts: number[]
}

/** The text of a command as a template; `{name}` and `${…}` in it are values, but not within single quotes. */
function templateOf(text: string, offset: number): Template {
  const parts: Part[] = []
  const strings: string[] = ['']
  const starts = [offset]
  let code = ''
  let quote = ''
  const value = (from: number, to: number): void => {
    parts.push(`${code}\${`, { from: offset + from, to: offset + to })
    code = '}'
    strings.push('')
    starts.push(offset + to + 1)
  }
  const plain = (written: string, inTemplate = written): void => {
    code += inTemplate
    strings[strings.length - 1] += written
  }
  for (let at = 0; at < text.length; ) {
    const character = text[at]!
    const next = text[at + 1]
    if (character === '\\' && quote !== "'") {
      plain(text.slice(at, at + 2), next === '`' ? '${"`"}' : text.slice(at, at + 2))
      at += 2
      continue
    }
    const name = quote === "'" ? null : NAME.exec(text.slice(at))?.[1]
    if (name && text[at - 1] !== '{') {
      value(at + 1, at + 1 + name.length)
      at += name.length + 2
      continue
    }
    const end = character === '$' && next === '{' && quote !== "'" ? endOfValue(text, at + 2) : null
    if (end !== null) {
      value(at + 2, end)
      at = end + 1
      continue
    }
    if (quote === '' && (character === "'" || character === '"')) quote = character
    else if (character === quote) quote = ''
    // A template would end, or begin a value, or take the backslash before it as its own.
    if (character === '`') plain(character, '${"`"}')
    else if (character === '$' && next === '{') plain(character, '${"$"}')
    else if (character === '\\' && /^(?:\\|`|\$\{)/.test(text.slice(at + 1))) plain(character, '${"\\\\"}')
    else plain(character)
    at++
  }
  parts.push(code)
  return { parts, strings, starts }
}

/** `{name}`, `{packet.dst}`, `{hosts[0]}` */
const NAME = /^\{([A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*|\[\d+\])*)\}(?!\})/

/** Where the brace is that ends a value. */
function endOfValue(text: string, from: number): number | null {
  let depth = 0
  const rest = text.slice(from)
  for (const { kind, start, end } of tokensOf(rest)) {
    if (kind !== 'punctuator') continue
    const token = rest.slice(start, end)
    if (token === '{') depth++
    else if (token === '}' && depth-- === 0) return from + start
  }
  return null
}

function isFile(file: string): boolean {
  return process.getBuiltinModule('node:fs').statSync(file, { throwIfNoEntry: false })?.isFile() ?? false
}
