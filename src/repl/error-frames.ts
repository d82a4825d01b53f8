/** What a stack says of the user's own text: places, and who called whom. Our frames and node's are left out. */
import path from 'node:path'
import { printable } from '../exchange/printable.js'
import type { Paint } from '../exchange/terminal-colours.js'
import { placeOf } from './edits.js'
import type { Evaluator } from './evaluate.js'

/** A place in the user's text. */
export interface Frame {
  /** The user's name of the function; '' in none. */
  name: string
  file: string
  source: string
  offset: number
  /** The error was made there, not in what was called there. */
  direct: boolean
}

/** More are not shown. */
const MOST_CALLERS = 6

/** The user's frames of an error, innermost first; those that it has passed on its way through functions that waited, too. */
export function framesOf(error: unknown, evaluator: Evaluator): Frame[] {
  if (typeof error !== 'object' || error === null) return []
  const { runtime } = evaluator
  const own = framesIn(stackOf(error), evaluator)
  const found = own.length > 0 ? own : framesIn(runtime.origins.get(error)?.stack, evaluator)
  // The function that waited stands on top of its own origin, by its head.
  for (const { stack } of runtime.callers.get(error) ?? []) {
    const callers = framesIn(stack, evaluator).slice(1)
    // What one was called by before it waited is known of those that it called in turn.
    const known = found.slice(Math.max(0, found.length - callers.length))
    const same = known.every(
      ({ file, offset }, index) => callers[index]?.file === file && callers[index].offset === offset,
    )
    if (!same || known.length < callers.length) found.push(...callers)
  }
  return found
}

/** The stack of an error, whatever its getter does. */
export function stackOf(error: unknown): string | undefined {
  try {
    const { stack } = error as { stack?: unknown }
    return typeof stack === 'string' ? stack : undefined
  } catch {
    return undefined
  }
}

const PLACE = /(?:\(|at (?:async )?)(?<file>[^()]+):(?<line>\d+):(?<column>\d+)\)?$/

function framesIn(stack: string | undefined, evaluator: Evaluator): Frame[] {
  const frames: Frame[] = []
  if (stack === undefined) return frames
  let count = 0
  let wrapped = false
  for (const line of stack.split('\n')) {
    if (!/^\s+at /.test(line)) continue
    count++
    const place = PLACE.exec(line)?.groups
    const text = place && evaluator.sourceOf(place.file!)
    if (!text) {
      // The run-time starts the generator in which a function of the user's is: its own frame follows, at its head.
      if (/\b(?:#?go|#?goFirst)\b/.test(line)) wrapped = true
      continue
    }
    const name = nameIn(line)
    const last = frames.at(-1)
    if (wrapped && last) {
      wrapped = false
      last.name ||= name
      continue
    }
    wrapped = false
    const { offset } = text.toSource(Number(place.line), Number(place.column))
    // Statements of a script that is stepped through are numbered: `scan.nsh#3`.
    const file = place.file!.replace(/#\d+$/, '')
    frames.push({ name, file, source: text.source, offset, direct: count === 1 })
  }
  return frames
}

/** The name that the user gave a function; the transform decorates some. */
function nameIn(line: string): string {
  const whole = /^\s+at (?:async )?(?:new )?(?<name>.+?) (?:\[as .*\] )?\(/.exec(line)?.groups?.name ?? ''
  const name = whole.replace(/^(?:Object|Generator|Function|global|globalThis)\./, '').replace(/^<anonymous>$/, '')
  if (name === 'next' || name === 'eval') return ''
  return name.replace(/^\$_(?:\d+_)?_?([\w$]*?)_?$/, '$1')
}

/** `prompt-3:2`, `scan.nsh:7`. */
export function placeText({ file, source, offset }: Frame, shownFile?: string): string {
  return `${shownFile ?? (path.isAbsolute(file) ? path.basename(file) : file)}:${placeOf(source, offset).line}`
}

/** Who called whom, innermost first, where a function of the user's was under way; else nothing. */
export function callersText(frames: readonly Frame[], shownFile: string | undefined): string[] {
  if (frames.length < 2) return []
  const texts = frames.map((frame) => {
    const place = placeText(frame, frame.file === frames[0]!.file ? shownFile : undefined)
    return frame.name === '' ? place : `${frame.name} (${place})`
  })
  const lines: string[] = []
  for (let at = 0; at < texts.length; ) {
    let times = 1
    while (texts[at + times] === texts[at]) times++
    lines.push(`  in ${texts[at]}${times > 1 ? ` ${times} times` : ''}`)
    at += times
  }
  const more = lines.length - MOST_CALLERS
  return more > 1 ? [...lines.slice(0, MOST_CALLERS), `  … and ${more} more; .trace shows all`] : lines
}

/** The whole stack of an error and its causes; places in the user's text are told in it, and marked. */
export function traceOf(error: unknown, evaluator: Evaluator, paint: Paint): string {
  const lines: string[] = []
  const seen = new Set<unknown>()
  for (let each = error, label = ''; each !== undefined && each !== null && !seen.has(each); label = 'because: ') {
    seen.add(each)
    const stack = stackOf(each)
    const [head, ...rest] = (stack ?? (typeof each === 'string' ? each : 'thrown: a value without a stack')).split('\n')
    lines.push(paint('red', printable(`${label}${head}`)))
    for (const line of rest) lines.push(traceLine(line, evaluator, paint))
    const origins = typeof each === 'object' ? [evaluator.runtime.origins.get(each as object)] : []
    if (typeof each === 'object') origins.push(...(evaluator.runtime.callers.get(each as object) ?? []))
    for (const origin of origins) {
      if (!origin?.stack) continue
      lines.push(paint('gray', '    waited for in'))
      for (const line of origin.stack.split('\n').slice(1)) lines.push(traceLine(line, evaluator, paint))
    }
    each = causeOf(each)
  }
  return lines.join('\n')
}

function causeOf(error: unknown): unknown {
  try {
    return (error as { cause?: unknown }).cause
  } catch {
    return undefined
  }
}

function traceLine(line: string, evaluator: Evaluator, paint: Paint): string {
  const place = /^\s+at /.test(line) ? PLACE.exec(line)?.groups : undefined
  const text = place && evaluator.sourceOf(place.file!)
  if (!text) return paint('gray', printable(line))
  const { line: row, column } = text.toSource(Number(place.line), Number(place.column))
  const name = nameIn(line)
  return paint('cyan', printable(`  > at ${name === '' ? '' : `${name} `}${place.file}:${row}:${column}`))
}
