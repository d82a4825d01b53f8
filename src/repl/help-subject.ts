/** What is meant when help is asked for something: a described name, a member, an option, a field, a value. */

import { types } from 'node:util'
import { layerNamed } from '../commands/layer-named.js'
import { definitionOf, fieldOfPacket } from '../commands/listing.js'
import {
  allMetadata,
  classesDescribed,
  type Metadata,
  membersDescribed,
  metadataOf,
  type ParameterMetadata,
} from '../commands/metadata.js'
import { type Layer, type LayerDefinition, Packet } from '../packet/index.js'
import { isA } from './render/context.js'

/** What help is about. */
export type Subject =
  | { kind: 'described'; name: string; metadata: Metadata }
  | { kind: 'layer'; definition: LayerDefinition }
  | { kind: 'field'; definition: LayerDefinition; field: string }
  | { kind: 'parameter'; owner: string; parameter: ParameterMetadata }
  | { kind: 'group'; name: string }
  | { kind: 'function'; value: (...args: unknown[]) => unknown }
  | { kind: 'value'; value: unknown }
  | { kind: 'nothing'; name: string }

/** The subject of a name as it is typed: `sr1`, `sr1()`, `Packet.show`, `sniff.filter`, `TCP.flags`, `pkt.show`, `filters`. */
export function namedSubject(text: string): Subject {
  const name = text.trim().replace(/\((?:[^()]|\([^()]*\))*\)(?=\.|$)/g, '')
  return described(name) ?? memberOf(name) ?? loosely(name) ?? { kind: 'nothing', name }
}

/** The subject of a value. */
export function valueSubject(value: unknown): Subject {
  const definition = definitionOf(value)
  if (definition !== undefined) return layerSubject(definition)
  for (const [name, metadata] of allMetadata())
    if (globalValue(name) === value && value !== undefined) return { kind: 'described', name, metadata }
  if (typeof value === 'function') return methodSubject(value) ?? { kind: 'function', value: value as () => unknown }
  return classSubject(value) ?? { kind: 'value', value }
}

function layerSubject(definition: LayerDefinition): Subject {
  const metadata = metadataOf(definition.layerName)
  const isSame = (globalValue(definition.layerName) as Partial<Layer> | undefined)?.definition === definition
  return metadata !== undefined && isSame && metadata.group === 'Layers'
    ? { kind: 'described', name: definition.layerName, metadata }
    : { kind: 'layer', definition }
}

/** A name that is described as it stands, or that of a layer of the user's, or of a global value. */
function described(name: string): Subject | undefined {
  const metadata = metadataOf(name)
  if (metadata !== undefined) return { kind: 'described', name, metadata }
  const value = globalValue(name)
  if (value !== undefined) return valueSubject(value)
  const layer = layerNamed(name)
  return layer === undefined ? undefined : layerSubject(layer.definition)
}

/** `owner.member`: of a layer a field, of a function an option, of a value what its class has. */
function memberOf(name: string): Subject | undefined {
  const [, owner, member] = /^(.+)\.([\w$]+)$/.exec(name) ?? []
  if (owner === undefined || member === undefined) return undefined
  const value = valueAt(owner)
  const definition = definitionOf(value) ?? layerNamed(owner)?.definition
  if (definition !== undefined) {
    if (definition.find(member) >= 0) return { kind: 'field', definition, field: member }
    const metadata = metadataOf(`Layer.${member}`)
    return metadata === undefined
      ? { kind: 'field', definition, field: member }
      : { kind: 'described', name: `Layer.${member}`, metadata }
  }
  // `job.stop` means that of any job, unless `job` is something.
  const likely = memberOfNamedClass(`${owner[0]!.toUpperCase()}${owner.slice(1)}`, member)
  if (likely !== undefined && (value === undefined || metadataOf(owner) !== undefined)) return likely
  const parameter = parameterOf(owner, member)
  if (parameter !== undefined) return { kind: 'parameter', owner, parameter }
  const inClass = value === undefined ? undefined : memberOfClass(value, member)
  if (inClass !== undefined) return inClass
  if (isA(value, Packet)) {
    const found = fieldOfPacket(value, member)
    if (found !== undefined) return { kind: 'field', definition: found.definition, field: member }
  }
  const own = value === undefined ? undefined : plainProperty(value, member)
  return own === undefined ? undefined : valueSubject(own)
}

function parameterOf(owner: string, name: string): ParameterMetadata | undefined {
  const { parameters = [], positionals = [] } = metadataOf(owner) ?? {}
  return [...parameters, ...positionals].find((each) => each.name === name)
}

/** The case of letters is passed over, and groups have names too. */
function loosely(name: string): Subject | undefined {
  const wanted = name.toLowerCase()
  const groups = new Set([...allMetadata().values()].map(({ group = 'Commands' }) => group))
  for (const group of groups) if (group.toLowerCase() === wanted) return { kind: 'group', name: group }
  const fitting = [...allMetadata()].filter(([each]) => each.toLowerCase() === wanted)
  return fitting.length === 1 ? { kind: 'described', name: fitting[0]![0], metadata: fitting[0]![1] } : undefined
}

/** A method as a value, `pkt.show`: by its class where the name alone could be another's. */
function methodSubject(value: object & { name?: string }): Subject | undefined {
  const { name } = value
  if (typeof name !== 'string' || name === '' || Object.hasOwn(value, 'prototype')) return undefined
  if (plainProperty(Packet.prototype, name) === value) return memberOfNamedClass('Packet', name)
  const owners = classesDescribed().filter((each) => each !== 'Packet' && membersDescribed(each).has(name))
  for (const owner of owners) {
    const named = globalValue(owner) as { prototype?: object } | undefined
    if (named?.prototype !== undefined && plainProperty(named.prototype, name) === value)
      return memberOfNamedClass(owner, name)
  }
  const source = Function.prototype.toString.call(value)
  return owners.length === 1 && source.startsWith(`${name}(`) ? memberOfNamedClass(owners[0]!, name) : undefined
}

function memberOfNamedClass(className: string, member: string): Subject | undefined {
  const metadata = membersDescribed(className).get(member)
  return metadata === undefined ? undefined : { kind: 'described', name: `${className}.${member}`, metadata }
}

/** What the class of a value says of it, or one of those that the class extends. */
function memberOfClass(value: unknown, member: string): Subject | undefined {
  for (const className of classNames(value)) {
    const found = memberOfNamedClass(className, member)
    if (found !== undefined) return found
  }
  return undefined
}

function classSubject(value: unknown): Subject | undefined {
  for (const name of classNames(value)) {
    const metadata = metadataOf(name)
    if (metadata !== undefined && (metadata.group === 'Objects' || membersDescribed(name).size > 0))
      return { kind: 'described', name, metadata }
  }
  return undefined
}

/** Names of the classes of an object, its own first. Nothing of the object's is run. */
export function classNames(value: unknown): string[] {
  const names: string[] = []
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return names
  let level: object | null = value
  while (level !== null && !types.isProxy(level)) {
    const made: unknown = Object.getOwnPropertyDescriptor(level, 'constructor')?.value
    const name: unknown = typeof made === 'function' ? plainProperty(made, 'name') : undefined
    if (typeof name === 'string' && name !== '') names.push(name)
    level = Object.getPrototypeOf(level)
  }
  return names
}

/** The value of `a.b`, read from plain properties only. */
function valueAt(path: string): unknown {
  let value: unknown = globalThis
  for (const name of path.split('.')) {
    value = value === globalThis ? globalValue(name) : plainProperty(value, name)
    if (value === undefined || value === null) return undefined
  }
  return value
}

function plainProperty(object: unknown, name: string): unknown {
  if (object === null || (typeof object !== 'object' && typeof object !== 'function')) return undefined
  for (
    let level: object | null = object;
    level !== null && !types.isProxy(level);
    level = Object.getPrototypeOf(level)
  ) {
    const property = Object.getOwnPropertyDescriptor(level, name)
    if (property !== undefined) return property.value
  }
  return undefined
}

/** The value of a global name; getters are not asked. */
export function globalValue(name: string): unknown {
  return Object.getOwnPropertyDescriptor(globalThis, name)?.value
}
