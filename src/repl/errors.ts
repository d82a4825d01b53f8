/** Errors as the user sees them: what was wrong, where in his own text, what to do. Our own frames stay hidden. */
import { inspect, types } from 'node:util'
import { printable } from '../exchange/printable.js'
import { Interrupted } from '../exchange/task.js'
import { type Paint, plain } from '../exchange/terminal-colours.js'
import { wrapped } from '../exchange/text-width.js'
import { codeFrame } from './code-frame.js'
import { placeOf } from './edits.js'
import { callersText, type Frame, framesOf, traceOf } from './error-frames.js'
import { runTimeHint } from './error-hints.js'
import { type Evaluator, SourceError } from './evaluate.js'
import { importedPlace } from './imported-places.js'
import { isA } from './render/context.js'
import { eachChild, type SyntaxNode, shortText } from './syntax.js'
import { explainSyntax } from './syntax-hints.js'
import { tokensOf } from './tokens.js'

/** How to show errors. */
export interface ErrorOptions {
  paint?: Paint
  /** Name the place as in `scan.nsh:3:14`, with this name for the file; else it is only drawn. */
  withFile?: string
  /** Columns of the terminal: what is said is broken between words. Unset: it is not broken. */
  columns?: number
}

/** Lines shown in front of the place of a syntax error. */
const LINES_AROUND = 2

/** An error as text of one or a few lines, without a line end. Whatever was thrown, it does not throw. */
export function renderError(error: unknown, evaluator: Evaluator, options: ErrorOptions = {}): string {
  try {
    if (process.env.NETSHELL_DEBUG && !isInterrupt(error))
      return `${rendered(error, evaluator, options)}\n${traceOf(error, evaluator, options.paint ?? plain)}`
    return rendered(error, evaluator, options)
  } catch {
    return 'thrown: something that cannot be shown'
  }
}

function isInterrupt(error: unknown): boolean {
  return isA(error, Interrupted)
}

/** Lines that are too long are broken between words; what follows is indented. */
function fitted(text: string, columns: number): string {
  const lines = text.split('\n').map((line) => {
    if (line.length <= columns) return line
    const lead = /^ */.exec(line)![0]
    return lead + wrapped(line.slice(lead.length), Math.max(2, lead.length), columns)
  })
  return lines.join('\n')
}

function rendered(
  error: unknown,
  evaluator: Evaluator,
  { paint = plain, withFile, columns = Number.POSITIVE_INFINITY }: ErrorOptions,
): string {
  if (types.isProxy(error)) return paint('red', printable(`thrown: ${shown(error)}`))
  if (error instanceof Interrupted) return paint('yellow', printable(textOf(error, 'message')))
  if (error instanceof SourceError) return syntaxError(error, paint, withFile, columns)
  const frames = framesOf(error, evaluator)
  const place = frames[0] === undefined ? undefined : atName(error, frames[0])
  const lines = [paint('red', fitted(withSourceText(headline(error, place, evaluator), place, evaluator), columns))]
  if (place) {
    if (withFile !== undefined) lines.push(at(place, paint, withFile))
    lines.push(...codeFrame(place.source, place.offset, { paint, numbered: withFile !== undefined || undefined }))
    lines.push(...callersText(frames, withFile).map((line) => paint('cyan', printable(line))))
  }
  const elsewhere = importedPlace(
    error,
    (file) => evaluator.sourceOf(file) !== undefined,
    (source) => evaluator.parseAgain(source),
  )
  if (elsewhere !== undefined) lines.push(paint('cyan', printable(`  in ${elsewhere}`)))
  lines.push(...partsAndCauses(error, evaluator, paint))
  return lines.join('\n')
}

/** V8 places a name that is not defined at the start of the assignment that reads it: `x = nosuch()`. */
function atName(error: unknown, frame: Frame): Frame {
  const name =
    error instanceof ReferenceError ? /^(\S+) is not defined$/.exec(textOf(error, 'message'))?.[1] : undefined
  if (name === undefined) return frame
  const { source, offset } = frame
  const found = tokensOf(source).find(
    ({ kind, start, end }) => kind === 'name' && start >= offset && source.slice(start, end) === name,
  )
  return found === undefined ? frame : { ...frame, offset: found.start }
}

function at({ source, offset }: { source: string; offset: number }, paint: Paint, file: string): string {
  const { line, column } = placeOf(source, offset)
  return paint('cyan', printable(`  at ${file}:${line}:${column}`))
}

function syntaxError(
  { message, source, offset }: SourceError,
  paint: Paint,
  withFile: string | undefined,
  columns: number,
): string {
  const hint = explainSyntax(source, message, offset)
  const lines = [paint('red', fitted(printable(`SyntaxError: ${hint.message}`), columns))]
  if (withFile !== undefined) lines.push(at({ source, offset: hint.offset }, paint, withFile))
  const numbered = withFile !== undefined || undefined
  lines.push(...codeFrame(source, hint.offset, { paint, numbered, around: LINES_AROUND, length: hint.length }))
  return lines.join('\n')
}

/** Errors that an error consists of, and those that led to it. */
function partsAndCauses(error: unknown, evaluator: Evaluator, paint: Paint): string[] {
  const lines: string[] = []
  const seen = new Set([error])
  const parts = error instanceof AggregateError ? read(error, 'errors') : undefined
  if (Array.isArray(parts)) {
    for (const part of parts.slice(0, 10)) lines.push(`  - ${headline(part, undefined, evaluator)}`)
    if (parts.length > 10) lines.push(`  … and ${parts.length - 10} more`)
  }
  for (let cause = causeOf(error); cause !== undefined && !seen.has(cause) && seen.size < 6; cause = causeOf(cause)) {
    seen.add(cause)
    lines.push(paint('gray', `  because: ${headline(cause, undefined, evaluator)}`))
  }
  return lines
}

/** Our own errors have said in the user's words what their cause says in the system's. */
const COMPLETE = new Set(['PacketError', 'OptionError', 'LinkError', 'CaptureFileError'])

function causeOf(error: unknown): unknown {
  if (types.isProxy(error) || !(error instanceof Error) || COMPLETE.has(textOf(error, 'name'))) return undefined
  return read(error, 'cause') ?? undefined
}

/** A property of what was thrown, whose getter may do anything. */
function read(error: object, name: string): unknown {
  try {
    return (error as Record<string, unknown>)[name]
  } catch {
    return undefined
  }
}

function textOf(error: object, name: 'name' | 'message'): string {
  const value = read(error, name)
  if (typeof value === 'string') return value
  return value === undefined ? (name === 'name' ? 'Error' : '') : shown(value)
}

function shown(value: unknown): string {
  try {
    return inspect(value, { depth: 1, breakLength: 100 })
  } catch {
    return 'something that cannot be shown'
  }
}

/** What was thrown may quote what a stranger sent. */
function headline(error: unknown, place: Frame | undefined, evaluator: Evaluator): string {
  if (types.isProxy(error) || !(error instanceof Error)) return printable(`thrown: ${shown(error)}`)
  const name = textOf(error, 'name')
  const message = textOf(error, 'message')
  const [first, ...hints] = runTimeHint(error, message, place, evaluator).split('\n')
  return [
    printable(`${name}${message === '' ? '' : `: ${message}`}${first}`),
    ...hints.map((hint) => printable(hint)),
  ].join('\n')
}

/** V8 has no name for what a rewritten call gave; the user's own text is one. */
function withSourceText(text: string, place: Frame | undefined, evaluator: Evaluator): string {
  if (!text.includes('(intermediate value)')) return text
  const callee = / is not a function/.test(text) && place?.direct ? calleeAt(place, evaluator) : undefined
  if (callee) return text.replace(/: .*(?= is not a function)/, `: ${callee}`)
  return text.replace(/\(intermediate value\)(?:\S*\(intermediate value\))*/g, 'the value')
}

/** The text of what is called at a place. */
function calleeAt({ source, offset }: Frame, evaluator: Evaluator): string | undefined {
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
