/** Tab completion. Nothing of the user's is run for it: getters and proxies are never asked. */

import { readdirSync } from 'node:fs'
import { types } from 'node:util'
import { metadataOf } from '../commands/metadata.js'
import { allLayers, Packet } from '../packet/index.js'
import { atHome } from './dot/words.js'
import { DOT_COMMANDS } from './dot-commands.js'

const KEYWORDS =
  'await break case catch class const continue default delete else finally for function if import in instanceof let new of return switch this throw try typeof var void while'.split(
    ' ',
  )

/** The candidates for the word at the end of `text`, and that word. */
export function complete(text: string): [candidates: string[], word: string] {
  if (/^\s*\.(?!\d)/.test(text)) return completeDotCommand(text)
  if (inTextOrComment(text)) return [[], '']
  const match = /(?<path>(?:[A-Za-z_$][\w$]*(?:\(\))?\s*\??\.\s*)*)(?<word>[A-Za-z_$][\w$]*)?$/.exec(text)?.groups
  const word = match?.word ?? ''
  const before = text.slice(0, text.length - word.length - (match?.path?.length ?? 0))
  if (/(?:[\w$)\]]|\d)\??\.$/.test(before)) return [[], word]
  if (match?.path) return [matching(membersOf(valueAt(match.path)), word), word]
  const fields = fieldsAround(before)
  if (fields) return [matching(fields, word).map((name) => `${name}: `), word]
  if (word === '') return [[], '']
  return [matching([...Object.getOwnPropertyNames(globalThis), ...KEYWORDS], word), word]
}

function matching(names: Iterable<string>, word: string): string[] {
  const found = [...new Set(names)].filter((name) => name.startsWith(word) && /^[A-Za-z_$][\w$]*$/.test(name))
  // Internals show only to those who ask for them.
  return found.filter((name) => word.startsWith('_') || !name.startsWith('_')).sort()
}

/** The value of `a.b.`, read from plain properties only; undefined when there is none. */
function valueAt(path: string): unknown {
  const names = path
    .split('.')
    .slice(0, -1)
    .map((part) => part.replace('?', '').trim())
  let value: unknown = globalThis
  for (const name of names) {
    if (name.endsWith('()')) {
      // Calling a layer's function has no effect but a packet; nothing else is called.
      const made = plainProperty(value, name.slice(0, -2))
      if (typeof made !== 'function' || !('definition' in made)) return undefined
      value = made()
      continue
    }
    value = plainProperty(value, name)
    if (value === undefined || value === null) return undefined
  }
  return value
}

function plainProperty(object: unknown, name: string): unknown {
  for (const level of levels(object)) {
    const property = Object.getOwnPropertyDescriptor(level, name)
    if (property) return property.value
  }
  return undefined
}

/** The object and its prototypes, up to a proxy. */
function* levels(value: unknown): Generator<object> {
  if (value === undefined || value === null) return
  for (let level: object | null = Object(value); level && !types.isProxy(level); level = Object.getPrototypeOf(level)) {
    yield level
  }
}

function membersOf(value: unknown): Set<string> {
  const names = new Set<string>()
  for (const level of levels(value)) {
    if (level === Object.prototype && names.size > 0) break
    if (level === Function.prototype && typeof value === 'function') break
    for (const name of Object.getOwnPropertyNames(level)) names.add(name)
  }
  if (!types.isProxy(value) && value instanceof Packet) {
    // The prototype of all packets has the fields of all layers.
    const own = new Set(fieldsOfPacket(value))
    for (const layer of allLayers())
      for (const { name } of layer.definition.fields) if (!own.has(name)) names.delete(name)
    for (const name of own) names.add(name)
  }
  names.delete('constructor')
  return names
}

function fieldsOfPacket(packet: Packet): string[] {
  return packet.layers().flatMap((layer) => layer._layer.fields.map(({ name }) => name))
}

/** In `IP({dst: 1, t` the fields of IP that are not there yet, in `sniff({t` the options of sniff; null elsewhere. */
function fieldsAround(before: string): string[] | null {
  const place = objectAround(before)
  if (place === null || !/(?:^|,)\s*$/.test(place.given)) return null
  const { name } = place
  const given = new Set([...place.given.matchAll(/([\w$]+)\s*[:,]/g)].map(([, field]) => field))
  const value = plainProperty(globalThis, name)
  const names =
    typeof value === 'function' && 'definition' in value
      ? (value as unknown as { definition: { fields: { name: string }[] } }).definition.fields
      : metadataOf(name)?.parameters
  return names?.map((field) => field.name).filter((field) => !given.has(field)) ?? null
}

/** The call whose argument is the object literal that is open at the end of the text, and what is in that literal so far. */
function objectAround(before: string): { name: string; given: string } | null {
  let depth = 0
  let brace = -1
  for (let at = before.length - 1; at >= 0; at--) {
    const character = before[at]!
    if (')]}'.includes(character)) depth++
    else if ('([{'.includes(character) && depth > 0) depth--
    else if (brace < 0) {
      if (character === '{') brace = at
      else if (character === '(' || character === '[') return null
    } else if (character === '(') {
      const name = /([A-Za-z_$][\w$]*)$/.exec(before.slice(0, at))?.[1]
      const isArgument = /[(,]\s*$/.test(before.slice(0, brace))
      return name !== undefined && isArgument ? { name, given: before.slice(brace + 1) } : null
    } else if (character === '[' || character === '{' || character === ';') return null
  }
  return null
}

/** Whether the end of the text is inside of a string or a comment (not a template's expression). */
function inTextOrComment(text: string): boolean {
  const line = text.slice(text.lastIndexOf('\n') + 1)
  let quote = ''
  for (let at = 0; at < line.length; at++) {
    const character = line[at]
    if (quote) {
      if (character === '\\') at++
      else if (character === quote) quote = ''
      else if (quote === '`' && character === '$' && line[at + 1] === '{') return false
    } else if (character === '"' || character === "'" || character === '`') {
      quote = character
    } else if (character === '/' && line[at + 1] === '/') {
      return true
    }
  }
  return quote !== ''
}

/** What may end a line that begins with a dot: the names of commands, or of files for `.load`. */
function completeDotCommand(text: string): [candidates: string[], word: string] {
  const word = /\S*$/.exec(text)?.[0] ?? ''
  if (!/^\s*\.load\s+\S*$/.test(text)) {
    const found = text.trim() === word ? Object.keys(DOT_COMMANDS).filter((command) => command.startsWith(word)) : []
    return [found.map((command) => (DOT_COMMANDS[command]!.usage === command ? command : `${command} `)), word]
  }
  const folder = word.slice(0, word.lastIndexOf('/') + 1)
  try {
    const entries = readdirSync(atHome(folder) || '.', { withFileTypes: true })
    const names = entries.map((entry) => `${folder}${entry.name}${entry.isDirectory() ? '/' : ''}`)
    return [names.filter((name) => name.startsWith(word) && (word !== folder || !name.startsWith(`${folder}.`))), word]
  } catch {
    return [[], word]
  }
}
