/** What may stand behind a dot. */
import { type Metadata, membersDescribed } from '../../commands/metadata.js'
import { allLayers, type LayerDefinition, layerByName } from '../../packet/index.js'
import { fieldDetail } from './fields.js'
import { asPacket, classesOf, fieldType, type Known } from './known.js'
import { USUAL } from './member-types.js'
import { compare, isIdentifier } from './names.js'
import { prototypeNamed } from './return-types.js'
import { shapeOf } from './shapes.js'
import type { Completion } from './types.js'
import { classNames, levels, oneLine, ownNames, ownProperty, preview, propertyPreview } from './values.js'

/** The members of something that begin with a word. */
export function membersFor(known: Known, word: string): Completion[] {
  const found = new Map<string, Completion>()
  const add = (item: Completion): void => {
    const wanted = item.text.startsWith(word) && (word.startsWith('_') || !item.text.startsWith('_'))
    if (wanted && isIdentifier(item.text) && !found.has(item.text)) found.set(item.text, item)
  }
  const packet = asPacket(known)
  if (packet !== null) packetFields(packet.layers, word).forEach(add)
  const owner = packet ?? (known.is === 'field' ? fieldType(known.field) : known)
  const described = describedMembers(owner)
  if (owner.is === 'object') {
    for (const [name, value] of owner.members) add({ text: name, kind: 'member', detail: knownText(value()) })
  }
  const value = known.is === 'value' ? known.value : known.is === 'method' ? known.value : undefined
  const prototypes = [...prototypesOf(owner, value)]
  // The prototype of all packets has fields of all layers that were ever used.
  const others = packet === null ? new Set<string>() : fieldNames()
  const rest: Completion[] = []
  for (const [place, level] of prototypes.entries()) {
    const isBase = level === Object.prototype || (level === Function.prototype && typeof value === 'function')
    // What everything has only for who asks for it, or where there is nothing else.
    if (isBase && word === '' && (found.size > 0 || rest.length > 0)) break
    const items: Completion[] = []
    const isClosed = (place > 0 || value === undefined || packet !== null) && isOurs(level)
    for (const name of ownNames(level)) {
      if (!name.startsWith(word) || name === 'constructor' || others.has(name)) continue
      if (word === '' && isNoise(level, name)) continue
      const property = ownProperty(level, name)
      const metadata = described.get(name)
      if (property === undefined || (isClosed && metadata === undefined)) continue
      items.push({ text: name, kind: 'member', detail: memberDetail(metadata, property) })
    }
    const isOwn = place === 0 && value !== undefined && packet === null
    rest.push(...(isOwn ? items : items.sort((a, b) => compare(a.text, b.text))))
  }
  const listed = new Set(rest.map(({ text }) => text))
  const missing = [...described].filter(([name]) => !listed.has(name))
  for (const [name, metadata] of missing) rest.push({ text: name, kind: 'member', detail: describedDetail(metadata) })
  // What is described first: it is meant for the user.
  const isKnown = ({ text }: Completion): boolean => described.has(text)
  for (const item of rest.filter(isKnown)) add(item)
  for (const item of rest.filter((item) => !isKnown(item))) add(item)
  return [...found.values()]
}

function* prototypesOf(owner: Known, value: unknown): Generator<object> {
  if (owner.is === 'packet') yield* levels(prototypeNamed('Packet'))
  else if (owner.is === 'instance') yield* levels(prototypeNamed(owner.className))
  else if (owner.is === 'function') yield* levels(Function.prototype)
  else if (value !== undefined && value !== null) yield* levels(value)
}

/** What texts have for a web of long ago, and what every function has. */
const OLD = new Set('anchor big blink bold fixed fontcolor fontsize italics link small strike sub sup'.split(' '))
const EVERY_FUNCTION = new Set(['length', 'name', 'prototype', 'arguments', 'caller'])

/** Whether a member is offered only to who begins to type it. */
function isNoise(level: object, name: string): boolean {
  return level === String.prototype ? OLD.has(name) : typeof level === 'function' && EVERY_FUNCTION.has(name)
}

/** Whether a prototype is that of a class of netshell's, of which all is described that is meant for the user. */
function isOurs(prototype: object): boolean {
  const maker: unknown = ownProperty(prototype, 'constructor')?.value
  if (typeof maker !== 'function') return false
  const name = classNames(prototype).next().value
  return name !== undefined && prototypeNamed(name) === prototype && membersDescribed(name).size > 0
}

/** What is described of the members of something, also by the classes it is based on. */
function describedMembers(owner: Known): Map<string, Metadata> {
  const all = new Map<string, Metadata>()
  for (const className of classesOf(owner)) {
    for (const [name, [, summary]] of Object.entries(shapeOf(className))) all.set(name, { summary })
    for (const [name, metadata] of membersDescribed(className)) if (!all.has(name)) all.set(name, metadata)
  }
  return all
}

function memberDetail(described: Metadata | undefined, property: PropertyDescriptor): string {
  return described === undefined ? propertyPreview(property) : describedDetail(described)
}

function describedDetail({ summary }: Metadata): string {
  return oneLine(summary)
}

function knownText(known: Known | null): string {
  if (known === null) return 'in this text'
  switch (known.is) {
    case 'value':
      return preview(known.value)
    case 'packet':
      return `packet ${known.layers?.map(({ layerName }) => layerName).join(' / ') ?? ''}`.trimEnd()
    case 'instance':
      return known.className
    case 'function':
      return `function (${oneLine(known.parameters)})`
    default:
      return 'in this text'
  }
}

/** The fields of a packet's layers, outermost first; of one of unknown layers those that it is likely to have. */
function packetFields(layers: readonly LayerDefinition[] | null, word: string): Completion[] {
  const usual = USUAL.flatMap((name) => layerByName(name)?.definition ?? [])
  const all = layers ?? (word === '' ? usual : [...usual, ...allLayers().map(({ definition }) => definition)])
  const named = new Set(all).size > 1
  const items: Completion[] = []
  for (const layer of new Set(all)) {
    for (const field of layer.fields) {
      if (!field.name.startsWith(word)) continue
      items.push({
        text: field.name,
        kind: 'field',
        detail: `${named ? `${layer.layerName}: ` : ''}${fieldDetail(field)}`,
      })
    }
  }
  return items
}

function fieldNames(): Set<string> {
  const names = new Set<string>()
  for (const { definition } of allLayers()) for (const { name } of definition.fields) names.add(name)
  return names
}
