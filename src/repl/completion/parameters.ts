/** The parameters of functions, from their text. */
import { types } from 'node:util'
import { type EditedText, placeOf } from '../edits.js'
import { tokensOf } from '../tokens.js'

/** How a function is called. */
export interface Parameters {
  /** What stands between the parentheses: `host, {port = 80} = {}, ...rest`. Of a class its name. */
  text: string
  /** The parameters one by one. */
  list: readonly string[]
  isClass: boolean
  /** It is built in: the names are made up. */
  isNative: boolean
}

const NONE: Parameters = { text: '', list: [], isClass: false, isNative: true }
/** More of a function's text is not looked at. */
const LONGEST = 4000
/** How the shell's own parameters look in functions that it has rewritten. */
const OWN = /^\$_/

// Taken before anybody could replace it.
const toSource = Function.prototype.toString

let sources: () => Iterable<readonly [file: string, text: EditedText]> = () => []
const found = new WeakMap<object, Parameters>()

/** Says what has been evaluated: functions that wait were rewritten, and their parameters are known from there alone. */
export function useSources(all: () => Iterable<readonly [file: string, text: EditedText]>): void {
  sources = all
}

/** The parameters of a function; reading its text runs nothing. Of built-in functions there is their number alone. */
export function parametersOf(value: object): Parameters {
  if (typeof value !== 'function' || types.isProxy(value)) return NONE
  const known = found.get(value)
  if (known !== undefined) return known
  const parameters = readParameters(value)
  found.set(value, parameters)
  return parameters
}

function readParameters(value: object): Parameters {
  const source = toSource.call(value).slice(0, LONGEST)
  const length = Object.getOwnPropertyDescriptor(value, 'length')?.value
  const count = typeof length === 'number' ? length : 0
  if (/^class\b/.test(source)) {
    const name = Object.getOwnPropertyDescriptor(value, 'name')?.value
    const text = typeof name === 'string' ? name : ''
    return { text, list: constructorParameters(source), isClass: true, isNative: false }
  }
  const isNative = /\{\s*\[native code\]\s*\}$/.test(source)
  const list = isNative ? null : parameterList(source)
  const isRewritten = list?.some((name) => OWN.test(name)) === true
  const named = isRewritten ? (writtenParameters(value, source) ?? generatorParameters(source)) : list
  if (named !== null) return { text: named.join(', '), list: named, isClass: false, isNative }
  const counted = Array.from({ length: Math.min(count, 9) }, (_, index) => 'abcdefghi'[index]!)
  return { text: counted.join(', '), list: counted, isClass: false, isNative }
}

/** The parameters as the user wrote them, found in what was evaluated. */
function writtenParameters(value: object, start: string): string[] | null {
  const compiled = start.length < LONGEST ? start : toSource.call(value)
  for (const [, text] of sources()) {
    const at = text.code.indexOf(compiled)
    if (at < 0) continue
    const { line, column } = placeOf(text.code, at)
    const { offset } = text.toSource(line, column)
    return parameterList(text.source.slice(offset, offset + LONGEST))
  }
  return null
}

function constructorParameters(source: string): string[] {
  const match = /\bconstructor\s*(?=\()/.exec(source)
  return match === null ? [] : (parameterList(source.slice(match.index)) ?? [])
}

/** Functions that wait are rewritten as a generator inside; that one has the parameters. */
function generatorParameters(source: string): string[] | null {
  const match = /\bfunction\*\s*(?=\()/.exec(source)
  return match === null ? null : parameterList(source.slice(match.index))
}

/** What stands in the first parentheses, cut at its commas; the one name of `x => …`. Null when it has no end. */
export function parameterList(source: string): string[] | null {
  const tokens = tokensOf(source).filter(({ kind }) => kind !== 'space' && kind !== 'comment')
  const at = (index: number): string => source.slice(tokens[index]?.start ?? 0, tokens[index]?.end ?? 0)
  let index = 0
  while (index < tokens.length && at(index) !== '(' && at(index) !== '=>') index++
  if (at(index) === '=>') return index === 0 ? null : [at(index - 1)]
  const list: string[] = []
  let depth = 0
  let start = tokens[index]?.end ?? 0
  for (; index < tokens.length; index++) {
    const text = at(index)
    const { start: from, end } = tokens[index]!
    if (/^[([{]$/.test(text)) depth++
    else if (/^[)\]}]$/.test(text)) depth--
    if (depth === 0 || (depth === 1 && text === ',')) {
      const parameter = source.slice(start, from).replace(/\s+/g, ' ').trim()
      if (parameter !== '') list.push(parameter)
      start = end
    }
    if (depth === 0) return list
  }
  return null
}
