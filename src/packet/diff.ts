import { buildPacket, isUntouchedPacket, standsForMany } from './build.js'
import { sameBytes } from './bytes.js'
import { type Field, Kind } from './field.js'
import type { Packet } from './packet.js'
import { type FieldRange, type PlacedField, type PlacedLayer, placesOf, rangeOfField, readLayer } from './places.js'

/** One field in two packets. A value is undefined where that packet does not have the field or its layer. */
export interface FieldDifference {
  layer: string
  /** Name of the field, inside lists as `an[0].rdata`; `'bytes'` where all fields are the same and the bytes are not. */
  field: string
  a: unknown
  b: unknown
  /** The values as `show()` prints them. */
  aText?: string
  bText?: string
  /** Where they stand in the bytes of their packets. */
  aRange?: FieldRange
  bRange?: FieldRange
  /** Whether they are the same; such fields are there only when all were asked for. */
  isSame: boolean
}

/** The fields of a layer that both packets have, or of one that only one has. */
export interface LayerDifference {
  layer: string
  /** Which packets have the layer. */
  has: 'both' | 'a' | 'b'
  fields: FieldDifference[]
}

/** A layer with the values that it has on the wire. */
interface ComparedLayer {
  layer: Packet
  fields: ComparedField[]
}

interface ComparedField {
  field: Field
  path: string
  value: unknown
  text: string
  range: FieldRange
  /** The layers in it, where it holds some. */
  elements?: () => ComparedLayer[]
}

/**
 * Compares two packets as they are on the wire: layers are aligned by their kind, in each pair of layers field by field.
 * Automatic fields count with the values that building gives them; of a set, the first packet counts.
 * @param all gives the fields that are the same too
 */
export function differencesOf(first: Packet, second: Packet, all: boolean): LayerDifference[] {
  const [a, b] = [onePacket(first), onePacket(second)]
  const groups = pairs(comparedLayers(a), comparedLayers(b)).map(([mine, theirs]): LayerDifference => {
    const layer = (mine ?? theirs)!.layer.layerName
    return {
      layer,
      has: mine === undefined ? 'b' : theirs === undefined ? 'a' : 'both',
      fields: fieldsOf(layer, mine, theirs),
    }
  })
  const isSame = groups.every(({ has, fields }) => has === 'both' && fields.every((field) => field.isSame))
  if (isSame) {
    const [aBytes, bBytes] = [buildPacket(a), buildPacket(b)]
    if (!sameBytes(aBytes, bBytes))
      groups.push({
        layer: a.layerName,
        has: 'both',
        fields: [{ layer: a.layerName, field: 'bytes', a: aBytes, b: bBytes, isSame: false }],
      })
  }
  if (all) return groups
  for (const group of groups) group.fields = group.fields.filter((field) => !field.isSame)
  return groups.filter(({ has, fields }) => has !== 'both' || fields.length > 0)
}

/** A packet whose fields have one value each. */
function onePacket(packet: Packet): Packet {
  return standsForMany(packet) ? (packet[Symbol.iterator]().next().value as Packet) : packet
}

function comparedLayers(packet: Packet): ComparedLayer[] {
  const read = isUntouchedPacket(packet) ? packet : packet.rebuilt()
  const layers = packet.layers()
  const again = read.layers()
  // Where the bytes are read back as other layers, those that were stacked are meant.
  const isReadAlike = layers.length === again.length && layers.every((each, i) => each._layer === again[i]!._layer)
  if (isReadAlike && again.every((each) => each._buffer === read._buffer))
    return again.map((each) => readFields(readLayer(each, read._offset), read._offset))
  const places = placesOf(packet)
  return places.layers.map(({ layer, fields }) => ({
    layer,
    fields: fields.map((placed): ComparedField => {
      const { field, start } = placed
      const value =
        field.kind === Kind.CODEC ? layer._read(field.index) : field.present(field.rawAt(places.bytes, start))
      return comparedField(layer, placed, value, field.name)
    }),
  }))
}

/** The fields of a layer whose bytes say all there is to it; `base` is where the packet starts in them. */
function readFields({ layer, fields }: PlacedLayer, base: number, before = ''): ComparedLayer {
  return {
    layer,
    fields: fields.map((placed) => {
      const { field } = placed
      const value = layer._read(field.index)
      const compared = comparedField(layer, placed, value, before + field.name)
      if (areLayers(value))
        compared.elements = () =>
          value.map((each, i) => readFields(readLayer(each, base), base, `${compared.path}[${i}].`))
      return compared
    }),
  }
}

function comparedField(layer: Packet, placed: PlacedField, value: unknown, path: string): ComparedField {
  const { field } = placed
  return { field, path, value, text: field.show(value, layer), range: rangeOfField(layer, placed, path) }
}

function areLayers(value: unknown): value is Packet[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    typeof value[0] === 'object' &&
    value[0] !== null &&
    '_layer' in value[0]
  )
}

/** Layers of the same kind that stand in the same order on both sides, as many as there are; the others alone. */
function pairs(a: readonly ComparedLayer[], b: readonly ComparedLayer[]): [ComparedLayer?, ComparedLayer?][] {
  const same = (i: number, j: number): boolean => a[i]!.layer._layer === b[j]!.layer._layer
  // How many pairs there can be from each place on.
  const most = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0))
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      most[i]![j] = same(i, j) ? most[i + 1]![j + 1]! + 1 : Math.max(most[i + 1]![j]!, most[i]![j + 1]!)
  const result: [ComparedLayer?, ComparedLayer?][] = []
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    if (i < a.length && j < b.length && same(i, j)) result.push([a[i++], b[j++]])
    else if (j >= b.length || (i < a.length && most[i + 1]![j]! >= most[i]![j + 1]!)) result.push([a[i++], undefined])
    else result.push([undefined, b[j++]])
  }
  return result
}

function fieldsOf(layer: string, a: ComparedLayer | undefined, b: ComparedLayer | undefined): FieldDifference[] {
  const indexes = new Set([...(a?.fields ?? []), ...(b?.fields ?? [])].map(({ field }) => field.index))
  return [...indexes]
    .sort((one, other) => one - other)
    .flatMap((index) => {
      const [mine, theirs] = [a, b].map((side) => side?.fields.find(({ field }) => field.index === index))
      return compared(layer, mine, theirs)
    })
}

function compared(layer: string, a: ComparedField | undefined, b: ComparedField | undefined): FieldDifference[] {
  const [mine, theirs] = [a?.elements?.(), b?.elements?.()]
  if (mine?.length === theirs?.length && mine?.every((each, i) => each.layer._layer === theirs![i]!.layer._layer))
    return mine.flatMap((each, i) => fieldsOf(layer, each, theirs![i]))
  return [
    {
      layer,
      field: (a ?? b)!.path,
      a: a?.value,
      b: b?.value,
      aText: a?.text,
      bText: b?.text,
      aRange: a?.range,
      bRange: b?.range,
      isSame: a !== undefined && b !== undefined && sameValues(a, b),
    },
  ]
}

function sameValues(a: ComparedField, b: ComparedField): boolean {
  if (a.field.kind !== Kind.CODEC) return a.value === b.value
  if (a.value instanceof Uint8Array && b.value instanceof Uint8Array) return sameBytes(a.value, b.value)
  return JSON.stringify(a.field.json(a.value)) === JSON.stringify(b.field.json(b.value))
}
