/** Names that stand alone: those of the text, of the session, of netshell, of the language and of node. */
import { metadataOf } from '../../commands/metadata.js'
import type { Local } from './locals.js'
import { isPreloaded } from './session.js'
import type { Completion, CompletionKind } from './types.js'
import { isPlainLayer, oneLine, propertyPreview } from './values.js'

const KEYWORDS: Readonly<Record<string, string>> = {
  async: 'a function that may use await',
  await: 'waits for a Promise; what waits in netshell is waited for anyway',
  break: 'leaves the loop',
  case: 'of a switch',
  catch: 'what to do after an error',
  class: 'declares a class',
  const: 'declares a constant',
  continue: 'goes on with the next round of the loop',
  debugger: 'stops where a debugger is attached',
  default: 'of a switch: all other cases',
  delete: 'removes a property; delete packet.ttl makes the field automatic again',
  do: 'a loop that runs at least once',
  else: 'of an if',
  export: 'makes a name of a module known',
  extends: 'the class that a class is based on',
  false: 'the opposite of true',
  finally: 'runs in any case, also after Ctrl-C',
  for: 'a loop: for (const p of pkts) …',
  function: 'declares a function',
  if: 'runs a part only where a condition holds',
  import: "brings in a module: import {readFileSync} from 'node:fs'",
  in: 'whether a packet has a layer: TCP in packet',
  instanceof: 'whether a value is of a class',
  let: 'declares a variable',
  new: 'makes an object of a class',
  null: 'no value; as a field: automatic',
  of: 'for (const p of pkts) …',
  return: 'ends a function with a value',
  super: 'the class that this one is based on',
  switch: 'chooses by a value',
  this: 'the object that a method belongs to',
  throw: 'raises an error',
  true: 'the opposite of false',
  try: 'runs a part that may fail',
  typeof: 'the kind of a value, as text',
  undefined: 'no value',
  var: 'declares a variable of the whole function',
  void: 'gives undefined',
  while: 'a loop while a condition holds',
  yield: 'of a generator: hands out a value',
}

/** Globals of node that are enumerable, as the user's variables are. */
const NODE_ENUMERABLE = new Set(
  (
    'global clearImmediate setImmediate clearInterval clearTimeout setInterval setTimeout queueMicrotask structuredClone ' +
    'atob btoa performance fetch navigator crypto localStorage sessionStorage'
  ).split(' '),
)

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u

export function isIdentifier(name: string): boolean {
  return IDENTIFIER.test(name)
}

/**
 * Names that begin with a word: what the text declares, the user's variables, what is described, keywords, then the rest.
 * Internals (`_x`) only for who asks for them; without a word neither keywords nor what node has, for both are many.
 */
export function namesFor(word: string, locals: ReadonlyMap<string, Local>): Completion[] {
  const wanted = (name: string): boolean => name.startsWith(word) && (word.startsWith('_') || !name.startsWith('_'))
  const groups: [Completion[], Completion[], Completion[], Completion[], Completion[]] = [[], [], [], [], []]
  for (const local of [...locals.values()].reverse()) {
    if (wanted(local.name)) groups[0].push({ text: local.name, kind: 'variable', detail: localDetail(local) })
  }
  for (const name of globalNames()) {
    if (!wanted(name) || !isIdentifier(name) || locals.has(name) || Object.hasOwn(KEYWORDS, name)) continue
    const found = globalName(name, word !== '')
    if (found !== null) groups[found[0]].push(found[1])
  }
  for (const [name, detail] of word === '' ? [] : Object.entries(KEYWORDS)) {
    if (wanted(name)) groups[3].push({ text: name, kind: 'keyword', detail })
  }
  for (const group of groups.slice(1)) group.sort((a, b) => compare(a.text, b.text))
  return groups.flat()
}

/** Names of the global object and, behind a proxy or not, nothing of what it inherits. */
function globalNames(): string[] {
  return Object.getOwnPropertyNames(globalThis)
}

/** In which group a global name stands, and what is said of it; null for node's own unless they are wanted. */
function globalName(name: string, all: boolean): [group: 1 | 2 | 4, item: Completion] | null {
  const property = Object.getOwnPropertyDescriptor(globalThis, name)!
  const described = metadataOf(name)
  const isOwn = isPreloaded(property.value) !== undefined || property.get !== undefined
  if (property.enumerable && !NODE_ENUMERABLE.has(name) && !isOwn) {
    return [1, { text: name, kind: 'variable', detail: propertyPreview(property) }]
  }
  if (described !== undefined) {
    return [2, { text: name, kind: kindOf(property.value), detail: oneLine(described.summary) }]
  }
  if (/^_\d*$/.test(name)) return [1, { text: name, kind: 'variable', detail: propertyPreview(property) }]
  if (!all) return null
  return [4, { text: name, kind: 'global', detail: property.get === undefined ? propertyPreview(property) : "node's" }]
}

function kindOf(value: unknown): CompletionKind {
  if (isPlainLayer(value)) return 'layer'
  return typeof value === 'function' ? 'function' : 'global'
}

function localDetail({ kind, parameters }: Local): string {
  if (kind === 'function') return `function (${oneLine(parameters ?? '')}), declared above`
  return kind === 'parameter' ? 'parameter' : `${kind}, declared above`
}

/** Alphabetical, whatever the case: `ARP` between `apropos` and `arping`. */
export function compare(a: string, b: string): number {
  const [left, right] = [a.toLowerCase(), b.toLowerCase()]
  return left < right ? -1 : left > right ? 1 : a < b ? -1 : a > b ? 1 : 0
}
