import { buildPlaced, isUntouchedPacket, type Placement, standsForMany } from './build.js'
import { PacketError, suggestion } from './errors.js'
import { type Field, Kind } from './field.js'
import type { LayerReference } from './layer-definition.js'
import type { Packet } from './packet.js'

/** Where a field or a layer's header stands in the bytes of a packet. */
export interface FieldRange {
  /** The layer, and the field unless the whole header is meant; inside lists as `an[0].rdata`. */
  layer: string
  field?: string
  /** First byte, counted from the start of the packet's bytes. */
  offset: number
  /** Bytes; 0 for a field that is there and empty. */
  length: number
  /** Of a field that does not fill its bytes: its first bit, counted from the highest of byte `offset`, and how many. */
  bits?: { first: number; count: number }
}

/** A field and its bytes: offsets in the packet's bytes. Bit fields have the bytes that they touch. */
export interface PlacedField {
  field: Field
  start: number
  end: number
}

/** A layer's header, and those of its fields that are there. */
export interface PlacedLayer {
  layer: Packet
  start: number
  headerEnd: number
  fields: PlacedField[]
}

/** A packet's bytes, and where everything stands in them. */
export interface PlacedPacket {
  bytes: Uint8Array
  layers: PlacedLayer[]
}

/** A field or a layer by its name: `'TCP.flags'`, `'ttl'`, `'TCP'`, `TCP`, `'IP:2.src'`, `'DNS.an[0].rdata'`. */
export type FieldPath = string | LayerReference

/** The packet's bytes as they are built, with the places of all layers and fields. Of a set, the first packet's. */
export function placesOf(packet: Packet): PlacedPacket {
  if (standsForMany(packet)) return placesOf(packet[Symbol.iterator]().next().value as Packet)
  const layers = packet.layers()
  if (isUntouchedPacket(packet) && layers.every((layer) => layer._buffer === packet._buffer)) {
    return { bytes: packet.bytes(), layers: layers.map((layer) => readLayer(layer, packet._offset)) }
  }
  const { bytes, placements } = buildPlaced(packet)
  return { bytes, layers: layers.map((layer) => builtLayer(layer, placements.get(layer)!, bytes.length)) }
}

/** A layer whose bytes are those that it was read from; `base` is where the packet starts in them. */
export function readLayer(layer: Packet, base: number): PlacedLayer {
  const { fields, tailStart } = layer._layer
  const headerEnd = layer._headerStop() - base
  const starts: number[] = []
  const ends: number[] = []
  if (tailStart < fields.length) layer._measureTail(starts, ends)
  return placed(layer, layer._offset - base, headerEnd, starts, ends)
}

function builtLayer(layer: Packet, placement: Placement, length: number): PlacedLayer {
  const start = length - placement.fromEnd
  return placed(layer, start, start + placement.headerLength, placement.tailStarts, placement.tailEnds)
}

function placed(
  layer: Packet,
  start: number,
  headerEnd: number,
  tailStarts: readonly number[],
  tailEnds: readonly number[],
): PlacedLayer {
  const { fields, tailStart } = layer._layer
  const there: PlacedField[] = []
  for (const field of fields) {
    if (field.condition !== null && !field.condition(layer as never)) continue
    const inTail = field.index - tailStart
    const from = field.offset >= 0 ? field.offset : tailStarts[inTail]
    // Behind the field where the bytes broke off there is nothing.
    if (from === undefined) continue
    const size = field.kind === Kind.BITS ? field.window : field.size
    const to = inTail >= 0 && field.kind === Kind.CODEC ? tailEnds[inTail]! : from + size
    there.push({ field, start: start + from, end: start + to })
  }
  return { layer, start, headerEnd, fields: there }
}

/** A range, with what stands there. */
export interface FoundRange {
  range: FieldRange
  layer: Packet
  /** Undefined for a whole header. */
  field?: Field
}

/**
 * Where a field, or a layer's header, stands in the packet's bytes.
 * @returns undefined when this packet does not have it: a conditional field, or one that its bytes broke off before
 * @throws PacketError for a name that is none
 */
export function rangeIn(places: PlacedPacket, packet: Packet, path: FieldPath): FoundRange | undefined {
  const name = typeof path === 'string' ? path : path.definition.layerName
  const parts = name.split('.')
  const [, layerName, number] = /^(\w+?)(?::(\d+))?$/.exec(parts[0]!) ?? []
  const same = places.layers.filter(({ layer }) => layer.layerName === layerName)
  if (same.length === 0 && parts.length > 1 && !parts[0]!.endsWith(']')) throw unknownLayer(packet, parts[0]!)
  if (same.length === 0) {
    const own = nameOf(parts[0]!)
    const holder = places.layers.find(({ layer }) => layer._layer.find(own) >= 0)
    if (holder === undefined) throw unknownName(packet, own)
    return fieldRange(places, holder, parts)
  }
  const chosen = same[number === undefined ? 0 : Number(number) - 1]
  if (chosen === undefined)
    throw new PacketError(`${pathOf(packet)} has ${same.length} ${layerName}, there is no ${parts[0]}`)
  if (parts.length === 1) return { range: headerRange(chosen), layer: chosen.layer }
  return fieldRange(places, chosen, parts.slice(1))
}

/** The header of a layer. */
export function headerRange({ layer, start, headerEnd }: PlacedLayer): FieldRange {
  return { layer: layer.layerName, offset: start, length: Math.max(0, headerEnd - start) }
}

/** A field as a range; `path` is its name with the lists that it is in. */
export function rangeOfField(layer: Packet, { field, start, end }: PlacedField, path = field.name): FieldRange {
  const range: FieldRange = { layer: rootName(layer), field: path, offset: start, length: end - start }
  const first = field.bitStart % 8
  if (field.kind === Kind.BITS && (first !== 0 || field.bits % 8 !== 0)) range.bits = { first, count: field.bits }
  return range
}

/** The field that the names lead to, through lists of layers where there are several. */
function fieldRange(
  places: PlacedPacket,
  owner: PlacedLayer,
  names: readonly string[],
  before = '',
): FoundRange | undefined {
  const { layer, fields } = owner
  const [first, ...rest] = names as [string, ...string[]]
  const name = nameOf(first)
  const index = layer._layer.indexOf(name)
  const found = fields.find(({ field }) => field.index === index)
  const element = /\[(\d+)\]$/.exec(first)?.[1]
  if (element === undefined && rest.length > 0)
    throw new PacketError(`${layer.layerName}.${name}: which one of the list? Write ${name}[0].${rest.join('.')}`)
  if (found === undefined) return undefined
  const { field } = found
  if (element !== undefined) return elementRange(places, owner, field, Number(element), rest, before)
  return { range: rangeOfField(layer, found, before + name), layer, field }
}

/** One layer in a list of layers, or a field of it. */
function elementRange(
  places: PlacedPacket,
  { layer, start }: PlacedLayer,
  field: Field,
  index: number,
  rest: readonly string[],
  before: string,
): FoundRange | undefined {
  const holder = layer._isUntouched() ? layer : readAgain(places, layer)
  if (holder === undefined)
    throw new PacketError(
      `${field.where}: its elements have no places: the bytes are read back as ${pathOf(places.layers[0]!.layer.rebuilt())}`,
    )
  const list = holder._read(field.index)
  const element = Array.isArray(list) ? (list[index] as unknown) : undefined
  if (!isLayer(element)) {
    const what = Array.isArray(list) && isLayer(list[0]) ? `has ${list.length} elements` : 'is no list of layers'
    throw new PacketError(`${field.where} ${what}; there is no ${field.name}[${index}]`)
  }
  const placedElement = readLayer(element, holder._offset - start)
  const own = `${before}${field.name}[${index}]`
  if (rest.length > 0) return fieldRange(places, placedElement, rest, `${own}.`)
  return { range: { ...headerRange(placedElement), layer: rootName(layer), field: own }, layer: element }
}

/** A layer that was built, as its bytes are read back: elements of its lists have their places then. */
function readAgain(places: PlacedPacket, layer: Packet): Packet | undefined {
  const chain = places.layers.map((each) => each.layer)
  const read = chain[0]!.rebuilt().layers()
  const place = chain.indexOf(layer)
  return read.slice(0, place + 1).every((each, i) => each._layer === chain[i]!._layer) ? read[place] : undefined
}

function isLayer(value: unknown): value is Packet {
  return typeof value === 'object' && value !== null && '_layer' in value
}

/** The layer that a layer in a field belongs to. */
function rootName(layer: Packet): string {
  let holder = layer
  while (holder._under !== null && holder._under._payload !== holder) holder = holder._under
  return holder.layerName
}

/** `an` of `an[0]`. */
function nameOf(part: string): string {
  return part.replace(/\[\d+\]$/, '')
}

function pathOf(packet: Packet): string {
  return packet
    .layers()
    .map((layer) => layer.layerName)
    .join(' / ')
}

function unknownLayer(packet: Packet, name: string): PacketError {
  const names = packet.layers().map((layer) => layer.layerName)
  return new PacketError(`${pathOf(packet)} has no layer ${name}${suggestion(name, names)}`)
}

function unknownName(packet: Packet, name: string): PacketError {
  const layers = packet.layers()
  const names = layers.flatMap((layer) => [layer.layerName, ...layer._layer.fields.map((field) => field.name)])
  return new PacketError(`${pathOf(packet)} has no field and no layer '${name}'${suggestion(name, names)}`)
}
