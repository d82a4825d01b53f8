/** What to do about an error while code ran: names that were meant, and the words of another language. */
import { types } from 'node:util'
import { membersDescribed } from '../commands/metadata.js'
import { allLayers, suggestion } from '../packet/index.js'
import type { Frame } from './error-frames.js'
import type { Evaluator } from './evaluate.js'
import { SCAPY_WORDS } from './scapy-fields.js'
import { eachChild, isFunction, type SyntaxNode, shortText } from './syntax.js'

/** Names that people know from Python and Scapy, and what they are here. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  True: 'JavaScript writes true',
  False: 'JavaScript writes false',
  None: 'JavaScript writes null, or leaves it out',
  print: 'JavaScript writes console.log(…); at the prompt a value is shown by itself',
  len: 'JavaScript writes list.length',
  str: 'JavaScript writes String(x)',
  int: 'JavaScript writes Number(x), or parseInt(text, 16)',
  float: 'JavaScript writes Number(x)',
  bytes: 'write packet.bytes() of a packet, Buffer.from(…) of text',
  range: 'JavaScript writes [...Array(n).keys()], or for (let i = 0; i < n; i++)',
  dir: 'write ls(x), or x? for its help',
  type: 'JavaScript writes typeof x',
  repr: 'a value is shown by itself; console.log(x) shows it anywhere',
  raw: 'write packet.bytes()',
  self: 'JavaScript writes this',
  exit: 'write .exit, or press Ctrl-D',
  quit: 'write .exit, or press Ctrl-D',
  lsc: 'help lists the commands',
  explore: 'ls() lists the layers',
  dict: 'JavaScript writes {name: value}',
  list: 'JavaScript writes [...items]',
  time: 'JavaScript writes Date.now() / 1000; sleep(seconds) waits',
  elif: 'JavaScript writes else if',
  pass: 'JavaScript needs nothing there',
  nil: 'JavaScript writes null',
  xrange: 'JavaScript writes [...Array(n).keys()]',
}

/** Methods that people know from Scapy and Python, and what is written here. */
const METHODS_ELSEWHERE: Readonly<Record<string, string>> = {
  haslayer: 'write TCP in packet',
  getlayer: 'write packet[TCP]',
  show2: 'write IP(packet.bytes()).show(): what was dissected has its computed values',
  nsummary: 'a list is shown by itself; summary() prints it',
  append: 'JavaScript writes list.push(x)',
  extend: 'JavaScript writes list.push(...others)',
  items: 'JavaScript writes Object.entries(x)',
  keys: 'JavaScript writes Object.keys(x)',
  upper: 'JavaScript writes text.toUpperCase()',
  lower: 'JavaScript writes text.toLowerCase()',
  strip: 'JavaScript writes text.trim()',
  startswith: 'JavaScript writes text.startsWith(x)',
  endswith: 'JavaScript writes text.endsWith(x)',
  encode: 'JavaScript writes Buffer.from(text)',
}

/** Layers of a protocol that an error names. */
const NAMED = 3

/** Errors about what a function of ours was given. */
const OURS = new Set(['PacketError', 'OptionError', 'LinkError', 'CaptureFileError', 'TypeError', 'RangeError'])

/** What comes behind the message: `; did you mean 'sniff'?`, or '' where nothing is known. */
export function runTimeHint(error: Error, message: string, frame: Frame | undefined, evaluator: Evaluator): string {
  const isOf = (name: string): boolean => error.name === name || error.constructor?.name === name
  const python = frame && OURS.has(error.name) ? pythonArguments(frame, evaluator) : undefined
  if (python) return `\n  that is Python: JavaScript writes ${python}`
  const unknown = /^(?<name>[\w$]+) is not defined$/.exec(message)?.groups?.name
  if (unknown && isOf('ReferenceError')) {
    if (Object.hasOwn(ELSEWHERE, unknown)) return `; ${ELSEWHERE[unknown]}`
    if (Object.hasOwn(SCAPY_WORDS, unknown)) return `; write ${SCAPY_WORDS[unknown]} (docs/own-layer.md has the others)`
    return layersOf(unknown) ?? suggestion(unknown, Object.getOwnPropertyNames(globalThis))
  }
  const call = /^(?<object>.+)\.(?<name>[\w$]+) is not a function$/.exec(message)?.groups
  if (call) return missingMethod(call.object!, call.name!, frame, evaluator)
  const value = /^(?<name>[\w$]+) is not a function$/.exec(message)?.groups?.name
  if (value) return whatItIs(value)
  const reading = /^Cannot (?:read|set) properties of (?<nothing>null|undefined) /.exec(message)?.groups?.nothing
  if (reading && frame?.direct) return nothingThere(reading, frame, evaluator)
  return ''
}

/** A protocol was named that has several layers: `OSPF`. Undefined where none begins so, or one is called so in other letters. */
function layersOf(name: string): string | undefined {
  if (name.length < 3) return undefined
  const lower = name.toLowerCase()
  const names = allLayers().map(({ layerName }) => layerName)
  if (names.some((each) => each.toLowerCase() === lower)) return undefined
  const found = names.filter((each) => each.toLowerCase().startsWith(lower))
  if (found.length === 0) return undefined
  if (found.length === 1) return `; did you mean '${found[0]}'?`
  // The header is what most look for.
  const isHeader = (each: string): boolean => /(?:Hdr|Header)$/.test(each)
  found.sort((a, b) => Number(isHeader(b)) - Number(isHeader(a)) || a.length - b.length)
  const more = found.length > NAMED ? ' …' : ''
  return `; its layers are ${found.slice(0, NAMED).join(', ')}${more}: ls('${name}') lists them`
}

/** The value of `a.b.c` as far as it can be had without running a getter. */
function valueAt(path: string): unknown {
  let value: unknown = globalThis
  for (const name of path.split('.')) {
    if (value === null || (typeof value !== 'object' && typeof value !== 'function') || types.isProxy(value))
      return undefined
    let holder: object | null = value
    let found: PropertyDescriptor | undefined
    while (holder !== null && found === undefined && !types.isProxy(holder)) {
      found = Object.getOwnPropertyDescriptor(holder, name)
      holder = Object.getPrototypeOf(holder)
    }
    value = found?.value
  }
  return value
}

function missingMethod(object: string, name: string, frame: Frame | undefined, evaluator: Evaluator): string {
  const value = /^[\w$.]+$/.test(object) ? valueAt(object) : undefined
  if (value === undefined || value === null) return frame ? missingOfCall(name, frame, evaluator) : ''
  const own = types.isProxy(value) ? undefined : valueAt(`${object}.${name}`)
  if (own !== undefined) return `; it is ${described(own)}`
  const names = memberNames(value)
  if (!names.includes(name) && Object.hasOwn(METHODS_ELSEWHERE, name)) return `; ${METHODS_ELSEWHERE[name]}`
  return names.includes(name) ? `; it is no method: write ${object}.${name}` : suggestion(name, names)
}

/** `IP().shwo()`: what a layer gives is a packet. */
function missingOfCall(name: string, frame: Frame, evaluator: Evaluator): string {
  const callee = nodeAt(
    frame,
    evaluator,
    (node) => node.type === 'CallExpression' && node.callee.property?.start === frame.offset,
  )
  const object = callee?.callee.object
  const maker =
    object?.type === 'CallExpression' && object.callee.type === 'Identifier' ? valueAt(object.callee.name) : undefined
  const isLayer = typeof maker === 'function' && 'layerName' in maker
  if (Object.hasOwn(METHODS_ELSEWHERE, name)) return `; ${METHODS_ELSEWHERE[name]}`
  return isLayer || object?.type === 'BinaryExpression' ? suggestion(name, membersDescribed('Packet').keys()) : ''
}

function memberNames(object: unknown): string[] {
  const names: string[] = []
  for (let level = Object(object); level && level !== Object.prototype; level = Object.getPrototypeOf(level)) {
    if (types.isProxy(level)) break
    names.push(...Object.getOwnPropertyNames(level))
  }
  return names
}

function whatItIs(name: string): string {
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, name)
  return descriptor && 'value' in descriptor ? `; it is ${described(descriptor.value)}` : ''
}

function described(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (typeof value === 'string') return value.length > 20 ? 'text' : `the text '${value}'`
  if (typeof value === 'number' || typeof value === 'bigint') return `the number ${value}`
  if (typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'function') return 'a function'
  return 'an object'
}

const ASKING = new Set(['sr1', 'srp1'])

/** `sr1(…).ttl` where nothing has answered; else what it was that is not there. */
function nothingThere(nothing: string, frame: Frame, evaluator: Evaluator): string {
  const { source, offset } = frame
  const member = nodeAt(frame, evaluator, (node) => node.type === 'MemberExpression' && node.property.start === offset)
  if (member === undefined) return ''
  const { object } = member
  const text = shortText(source, object, 40)
  if (object.type === 'CallExpression' && object.callee.type === 'Identifier' && ASKING.has(object.callee.name))
    return `: nothing has answered; ${text}?.${member.computed ? '[…]' : member.property.name} copes with that`
  return object.type === 'Super' || text === nothing ? '' : `: ${text} is ${nothing}`
}

/** `IP(dst='1.2.3.4')`, which JavaScript takes for an assignment: how it is written here. */
function pythonArguments(frame: Frame, evaluator: Evaluator): string | undefined {
  const { source, offset } = frame
  const isNamed = (node: SyntaxNode): boolean =>
    node.type === 'AssignmentExpression' && node.operator === '=' && node.left.type === 'Identifier'
  const call = nodeAt(
    frame,
    evaluator,
    (node) => node.type === 'CallExpression' && node.arguments.some(isNamed) && offset <= node.callee.end,
  )
  if (call === undefined) return undefined
  const plain = call.arguments.filter((node: SyntaxNode) => !isNamed(node))
  const named = call.arguments.filter(isNamed)
  const options = named.map(({ left, right }: SyntaxNode) => `${left.name}: ${shortText(source, right, 30)}`)
  const parts = [...plain.map((node: SyntaxNode) => shortText(source, node, 30)), `{${options.join(', ')}}`]
  return `${shortText(source, call.callee, 30)}(${parts.join(', ')})`
}

/** The innermost node around the place of an error that is wanted. */
function nodeAt(
  { source, offset }: Frame,
  evaluator: Evaluator,
  wanted: (node: SyntaxNode) => boolean,
): SyntaxNode | undefined {
  const parsed = evaluator.parseAgain(source)
  if (parsed?.state !== 'complete') return undefined
  let found: SyntaxNode | undefined
  const look = (node: SyntaxNode): void => {
    if (offset < node.start || offset > node.end) return
    if (wanted(node)) found = node
    else if (isFunction(node)) found = undefined
    eachChild(node, look)
  }
  look(parsed.program)
  return found
}
