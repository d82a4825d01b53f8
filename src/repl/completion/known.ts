/** What is known of an expression without running it. */
import { PacketList } from '../../capture/index.js'
import { type Field, Kind, type LayerDefinition, Packet } from '../../packet/index.js'
import { prototypeNamed } from './return-types.js'
import { isPreloaded, shippedLayers } from './session.js'
import { classNames, definitionOf, firstPackets, isA, layersOf, propertyOf } from './values.js'

/** Packets of a list whose layers stand for all. */
const SAMPLED = 16

/** A packet of these layers, outermost first; null: of any. */
export interface KnownPacket {
  is: 'packet'
  layers: readonly LayerDefinition[] | null
}

export type Known =
  /** A value that is there already. */
  | { is: 'value'; value: unknown }
  | KnownPacket
  /** Something made by a class; `of`: what it holds. */
  | { is: 'instance'; className: string; of?: Known | null }
  /** An object that stands in the text. */
  | { is: 'object'; members: ReadonlyMap<string, () => Known | null> }
  /** A function, and what it was read from. */
  | { is: 'method'; owner: Known; name: string; value?: unknown }
  /** A function that stands in the text: what stands between its parentheses. */
  | { is: 'function'; parameters: string }
  /** The value of a packet's field. */
  | { is: 'field'; field: Field; layer: LayerDefinition }

/** An instance of a class by its name; with `[]` behind it, a list of such. */
export function instance(type: string): Known {
  if (type.endsWith('[]')) return { is: 'instance', className: 'Array', of: instance(type.slice(0, -2)) }
  if (type === 'Packet') return { is: 'packet', layers: null }
  const holder = /^(\w+)<(.+)>$/.exec(type)
  if (holder !== null) return { is: 'instance', className: holder[1]!, of: instance(holder[2]!) }
  return { is: 'instance', className: PRIMITIVES.get(type) ?? type }
}

const PRIMITIVES = new Map(
  Object.entries({
    string: 'String',
    number: 'Number',
    boolean: 'Boolean',
    bigint: 'BigInt',
    function: 'Function',
  }),
)

/** The value behind what is known, where there is one. */
export function valueBehind(known: Known | null): unknown {
  if (known === null) return undefined
  return known.is === 'value' || known.is === 'method' ? known.value : undefined
}

/** A packet as such, also one that is there as a value; null for everything else. */
export function asPacket(known: Known | null): KnownPacket | null {
  if (known === null) return null
  if (known.is === 'packet') return known
  if (known.is !== 'value') return null
  if (isA(known.value, Packet)) return { is: 'packet', layers: layersOf(known.value, shippedLayers()) }
  return null
}

/** Whether it is an instance of this class, as a value or known from the text. */
export function isInstance(known: Known | null, className: string): boolean {
  if (known?.is === 'instance') return known.className === className
  if (known?.is !== 'value') return false
  for (const name of classNames(known.value)) if (name === className) return true
  return false
}

/** One of what something holds. */
export function elementOf(known: Known | null): Known | null {
  if (known === null) return null
  if (known.is === 'instance') {
    if (known.of) return known.of
    if (known.className === 'PacketList' || known.className === 'PcapReader') return { is: 'packet', layers: null }
    if (known.className === 'AnswerList') return instance('AnswerPair')
    return known.className === 'JobList' ? instance('Job') : null
  }
  if (known.is === 'packet') return known
  if (known.is !== 'value') return null
  const { value } = known
  if (isA(value, PacketList)) return listElement(value)
  const first = Array.isArray(value) ? propertyOf(value, '0') : undefined
  return first === undefined || first.get !== undefined ? null : { is: 'value', value: first.value }
}

/** The layers that the first packets of a list have, all of them. */
function listElement(list: PacketList): Known {
  const all = new Set<LayerDefinition>()
  for (const packet of firstPackets(list, SAMPLED))
    for (const layer of layersOf(packet, shippedLayers())) all.add(layer)
  return { is: 'packet', layers: all.size === 0 ? null : [...all] }
}

/** What a field's value is. */
export function fieldType(field: Field): Known {
  switch (field.kind) {
    case Kind.IPV4:
    case Kind.IPV6:
    case Kind.MAC:
      return instance('string')
    case Kind.U64:
    case Kind.U64LE:
      return instance('bigint')
    case Kind.CODEC: {
      const empty: unknown = field.codec?.empty()
      if (Array.isArray(empty)) return instance('Array')
      if (typeof empty === 'string' || typeof empty === 'number') return instance(typeof empty)
      return instance(empty instanceof Uint8Array ? 'Uint8Array' : 'Object')
    }
    default:
      return instance(field.flagNames === null ? 'number' : 'string')
  }
}

/** The names of the classes that something is of, the nearest first. */
export function classesOf(known: Known): string[] {
  switch (known.is) {
    case 'packet':
      return ['Packet']
    case 'instance': {
      const prototype = prototypeNamed(known.className)
      return prototype === undefined ? [known.className] : [...new Set([known.className, ...classNames(prototype)])]
    }
    case 'value': {
      const names = new Set(classNames(known.value))
      if (definitionOf(known.value) !== undefined) return ['Layer', ...names]
      const preloaded = isPreloaded(known.value)
      return preloaded === undefined ? [...names] : [preloaded, ...names]
    }
    case 'function':
    case 'method':
      return ['Function']
    default:
      return []
  }
}
