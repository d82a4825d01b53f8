/** Errors as the user sees them: what was wrong, where in his own text, what to do. Our own frames stay hidden. */
import { inspect, types } from 'node:util'
import { printable } from '../exchange/printable.js'
import { Interrupted } from '../exchange/task.js'
import { suggestion } from '../packet/index.js'
import { type Paint, plain } from './colours.js'
import { type EditedText, placeOf } from './edits.js'
import { type Evaluator, SourceError } from './evaluate.js'
import { eachChild, type SyntaxNode, shortText } from './syntax.js'

/** Where an error is, in the user's text. */
interface Place {
  file: string
  source: string
  offset: number
  /** The error was made there, not in what was called there. */
  direct?: boolean
}

/** How to show errors. */
export interface ErrorOptions {
  paint?: Paint
  /** Name the place as in `scan.nsh:3:14`, with this name for the file; else it is only drawn. */
  withFile?: string
}

/** An error as text of one or a few lines, without a line end. */
export function renderError(
  error: unknown,
  evaluator: Evaluator,
  { paint = plain, withFile }: ErrorOptions = {},
): string {
  if (error instanceof Interrupted) return paint('yellow', error.message)
  const place = error instanceof SourceError ? error : placeOfError(error, evaluator)
  const lines = [paint('red', withSourceText(headline(error), place, evaluator))]
  if (place) lines.push(...codeFrame(place, paint, withFile))
  if (error instanceof AggregateError) {
    for (const one of error.errors) lines.push(`  - ${headline(one)}`)
  }
  for (let cause = causeOf(error), depth = 0; cause && depth < 5; cause = causeOf(cause), depth++) {
    lines.push(paint('gray', `  because: ${headline(cause)}`))
  }
  return lines.join('\n')
}

/** V8 has no name for what a rewritten call gave; the user's own text is one. */
function withSourceText(text: string, place: Place | null, evaluator: Evaluator): string {
  if (!text.includes('(intermediate value)')) return text
  const callee = / is not a function/.test(text) && place?.direct ? calleeAt(place, evaluator) : undefined
  if (callee) return text.replace(/: .*(?= is not a function)/, `: ${callee}`)
  return text.replace(/\(intermediate value\)(?:\S*\(intermediate value\))*/g, 'the value')
}

/** The text of what is called at a place. */
function calleeAt({ source, offset }: Place, evaluator: Evaluator): string | undefined {
  const parsed = evaluator.parseAgain(source)
  if (parsed?.state !== 'complete') return undefined
  let found: string | undefined
  const look = (node: SyntaxNode): void => {
    if (offset < node.start || offset >= node.end) return
    const callee = node.type === 'CallExpression' ? node.callee : undefined
    if (callee && (callee.property?.start === offset || callee.start === offset)) found = shortText(source, callee)
    eachChild(node, look)
  }
  look(parsed.program)
  return found
}

/** Our own errors have said in the user's words what their cause says in the system's. */
const COMPLETE = new Set(['PacketError', 'LinkError', 'CaptureFileError'])

function causeOf(error: unknown): unknown {
  return error instanceof Error && !COMPLETE.has(error.name) ? error.cause : undefined
}

/** What was thrown may quote what a stranger sent. */
function headline(error: unknown): string {
  if (!(error instanceof Error)) return printable(`thrown: ${inspect(error, { depth: 1, breakLength: 100 })}`)
  return printable(`${error.name}: ${error.message}${hint(error)}`)
}

/** `; did you mean 'sniff'?` for a name that does not exist. */
function hint(error: Error): string {
  const unknown = /^(?<name>[\w$]+) is not defined$/.exec(error.message)?.groups
  if (unknown && error.name === 'ReferenceError')
    return suggestion(unknown.name, Object.getOwnPropertyNames(globalThis))
  const call = /^(?<object>[\w$]+)\.(?<name>[\w$]+) is not a function$/.exec(error.message)?.groups
  if (!call) return ''
  const object = Object.getOwnPropertyDescriptor(globalThis, call.object)?.value
  return object === undefined || object === null ? '' : suggestion(call.name, methodNames(object))
}

function methodNames(object: unknown): string[] {
  const names: string[] = []
  for (let level = Object(object); level && level !== Object.prototype; level = Object.getPrototypeOf(level)) {
    if (types.isProxy(level)) break
    names.push(...Object.getOwnPropertyNames(level))
  }
  return names
}

/** The innermost place in the user's text that the stack names. */
function placeOfError(error: unknown, evaluator: Evaluator): Place | null {
  if (typeof error !== 'object' || error === null) return null
  const origin = evaluator.runtime.origins.get(error)
  for (const stack of [(error as { stack?: unknown }).stack, origin?.stack]) {
    if (typeof stack !== 'string') continue
    let frames = 0
    for (const line of stack.split('\n')) {
      if (/^\s+at /.test(line)) frames++
      const frame = /(?:\(|at (?:async )?)(?<file>[^()]+):(?<line>\d+):(?<column>\d+)\)?$/.exec(line)?.groups
      const text = frame && evaluator.sourceOf(frame.file)
      if (text)
        return { file: frame.file, ...mapped(text, Number(frame.line), Number(frame.column)), direct: frames === 1 }
    }
  }
  return null
}

function mapped(text: EditedText, line: number, column: number): { source: string; offset: number } {
  return { source: text.source, offset: text.toSource(line, column).offset }
}

const WIDEST = 100

/** The line and a caret under the place. */
function codeFrame({ source, offset }: Place, paint: Paint, withFile: string | undefined): string[] {
  const { line, column } = placeOf(source, offset)
  const text = source.split('\n')[line - 1] ?? ''
  // A long line is cut around the place.
  const start = column > WIDEST - 20 ? column - WIDEST / 2 : 0
  const shown = text.slice(start, start + WIDEST).replaceAll('\t', ' ')
  const head = withFile !== undefined || source.trimEnd().includes('\n') ? `${line} | ` : ''
  const frame = [
    `  ${paint('gray', head)}${shown}`,
    `${' '.repeat(2 + head.length + column - 1 - start)}${paint('red', '^')}`,
  ]
  return withFile !== undefined ? [paint('cyan', `  at ${withFile}:${line}:${column}`), ...frame] : frame
}
