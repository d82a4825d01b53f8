/**
 * What can be said of a value without running anything: properties are read from their descriptors, getters and proxies are
 * never asked, nothing is converted to text or iterated.
 */
import { types } from 'node:util'
import { PacketList } from '../../capture/index.js'
import { membersDescribed } from '../../commands/metadata.js'
import { printable } from '../../exchange/printable.js'
import { isLayer, type Layer, LayerDefinition, Packet } from '../../packet/index.js'
import { parametersOf } from './parameters.js'

/** Names that are looked at of one object: more nobody reads, and asking takes time. */
const MAX_NAMES = 5000
/** Layers of a packet that are looked at. */
const MAX_LAYERS = 64
/** Characters of a text that a preview shows. */
const SHOWN = 40

// Taken before anybody could replace them.
const lengthOfTyped = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), 'length')!.get!
const sizeOfMap = Object.getOwnPropertyDescriptor(Map.prototype, 'size')!.get!
const sizeOfSet = Object.getOwnPropertyDescriptor(Set.prototype, 'size')!.get!
const payloadOf = Object.getOwnPropertyDescriptor(Packet.prototype, 'payload')!.get as (this: Packet) => Packet | null
const lengthOfList = Object.getOwnPropertyDescriptor(PacketList.prototype, 'length')!.get!

/** The object and its prototypes, up to a proxy. */
export function* levels(value: unknown): Generator<object> {
  if (value === undefined || value === null) return
  for (let level: object | null = Object(value); level && !types.isProxy(level); level = Object.getPrototypeOf(level)) {
    yield level
  }
}

/** A property wherever it stands; undefined where there is none, or only a proxy knows. */
export function propertyOf(value: unknown, name: PropertyKey): PropertyDescriptor | undefined {
  for (const level of levels(value)) {
    const property = ownProperty(level, name)
    if (property !== undefined) return property
  }
  return undefined
}

/** The value of a property that is no getter. */
export function plainValue(value: unknown, name: PropertyKey): unknown {
  return propertyOf(value, name)?.value
}

/** An own property; of a proxy nothing is known. */
export function ownProperty(object: object, name: PropertyKey): PropertyDescriptor | undefined {
  if (types.isProxy(object)) return undefined
  try {
    return Object.getOwnPropertyDescriptor(object, name)
  } catch {
    // What a module exports and has not set yet.
    return undefined
  }
}

/** The names of one object's own properties; indexes of lists are left out. */
export function ownNames(object: object): string[] {
  if (types.isTypedArray(object) || types.isProxy(object)) return []
  if (Array.isArray(object) && (ownProperty(object, 'length')?.value as number) > MAX_NAMES) return ['length']
  const names = Object.getOwnPropertyNames(object)
  return names.length > MAX_NAMES ? names.slice(0, MAX_NAMES) : names
}

/** Whether the value is made by this class or one that extends it. A proxy is nothing that is known. */
export function isA<T>(value: unknown, type: abstract new (...args: never[]) => T): value is T {
  if (typeof value !== 'object' || value === null) return false
  for (const level of levels(value)) if (level === type.prototype) return true
  return false
}

/** The layer's definition when the value is a layer, as `TCP` is. */
export function definitionOf(value: unknown): LayerDefinition | undefined {
  return isPlainLayer(value) ? value.definition : undefined
}

/** The layers of a packet from here inwards, as far as they can be told without running functions of the user's layers. */
export function layersOf(packet: Packet, shipped: ReadonlySet<unknown>): LayerDefinition[] {
  const layers: LayerDefinition[] = []
  try {
    for (let layer: Packet | null | undefined = packet; layer && layers.length < MAX_LAYERS; ) {
      const definition: unknown = ownProperty(layer, '_layer')?.value
      if (!isA(definition, LayerDefinition)) break
      layers.push(definition)
      const inner = ownProperty(layer, '_payload')?.value as Packet | null | undefined
      // What is inside is found by the layer's own functions.
      layer = inner === undefined && shipped.has(definition.callable) ? payloadOf.call(layer) : inner
      if (layer && !isA(layer, Packet)) break
    }
  } catch {
    // What there is so far.
  }
  return layers
}

/** Packets at the beginning of a list, at most so many. */
export function firstPackets(list: PacketList, most: number): Packet[] {
  const views = ownProperty(list, '_views')?.value as PacketList['_views'] | undefined
  if (views === undefined) return []
  const count = Math.min(most, lengthOfList.call(list) as number)
  return Array.from({ length: count }, (_, index) => views.get(PacketList.prototype._row.call(list, index)))
}

/** The name of the class that made a value, from its prototype. */
export function classNameOf(value: unknown): string | undefined {
  return classNames(value).next().value ?? undefined
}

/** The names of the classes along the prototypes, the nearest first. */
export function* classNames(value: unknown): Generator<string> {
  for (const level of levels(value)) {
    const maker = ownProperty(level, 'constructor')?.value
    if (typeof maker !== 'function' || types.isProxy(maker)) continue
    const name = ownProperty(maker, 'name')?.value
    if (typeof name === 'string' && name !== '') yield writtenName(name)
  }
}

/** Bundlers put a `_` in front of the names of classes that name themselves. */
function writtenName(className: string): string {
  const name = className.replace(/^_/, '')
  return membersDescribed(name).size > 0 ? name : className
}

/** A value in a few words: `number 64`, `string 'abc'`, `Array(3)`, `function (host, port)`. */
export function preview(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `string ${quotedShort(value)}`
    case 'number':
      return Object.is(value, -0) ? 'number -0' : `number ${value}`
    case 'bigint':
      return `bigint ${shortened(String(value))}n`
    case 'boolean':
      return `boolean ${value}`
    case 'undefined':
      return 'undefined'
    case 'symbol':
      return 'symbol'
    case 'function':
      return functionPreview(value)
    default:
      return value === null ? 'null' : objectPreview(value as object)
  }
}

function functionPreview(value: object): string {
  if (types.isProxy(value)) return 'proxy'
  const definition = definitionOf(value)
  if (definition !== undefined) return oneLine(definition.summaryText)
  const parameters = parametersOf(value)
  if (parameters.isClass) return `class ${parameters.text}`.trimEnd()
  return `function (${parameters.text})`
}

function objectPreview(value: object): string {
  if (types.isProxy(value)) return 'proxy'
  if (Array.isArray(value)) return `${classNameOf(value) ?? 'Array'}(${String(ownProperty(value, 'length')?.value)})`
  if (isA(value, Packet)) return `packet ${packetNames(value)}`
  if (isA(value, PacketList)) return `${classNameOf(value) ?? 'PacketList'}(${String(lengthOfList.call(value))})`
  const name = classNameOf(value)
  if (types.isTypedArray(value)) return `${name ?? 'bytes'}(${String(lengthOfTyped.call(value))})`
  if (types.isMap(value)) return `${name ?? 'Map'}(${String(sizeOfMap.call(value))})`
  if (types.isSet(value)) return `${name ?? 'Set'}(${String(sizeOfSet.call(value))})`
  if (name !== undefined && name !== 'Object') return oneLine(name)
  const names = ownNames(value).slice(0, 4)
  return names.length === 0 ? 'object' : `object {${shortened(names.map(oneLine).join(', '))}}`
}

/** The layers that a packet is known to have, as `IP / TCP`. */
function packetNames(packet: Packet): string {
  return layersOf(packet, new Set())
    .map(({ layerName }) => layerName)
    .join(' / ')
}

/** What a property is, in a few words; a getter is not run for it. */
export function propertyPreview(property: PropertyDescriptor): string {
  if (property.get !== undefined) return 'computed when read'
  if (property.set !== undefined) return 'can only be set'
  return preview(property.value)
}

/** Whether the value is a layer. */
export function isPlainLayer(value: unknown): value is Layer {
  return !types.isProxy(value) && isLayer(value)
}

/** Text in quotes, cut when it is long. */
function quotedShort(text: string): string {
  const short = shortened(text)
  return `'${oneLine(short).replaceAll("'", "\\'")}'`
}

function shortened(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text
}

/** Text that may stand in a line of the list: nothing that a terminal obeys, no line ends. */
export function oneLine(text: string): string {
  return printable(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t')
}
