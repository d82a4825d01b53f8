import { type Field, Kind } from './field.js'
import type { Packet } from './packet.js'
import { RandIP, RandIP6, RandMAC } from './random-addresses.js'
import { RandLong, RandNum } from './random-numbers.js'
import type { RandomValue } from './random-source.js'
import { tried } from './random-source.js'
import { RandBin, RandString } from './random-texts.js'

/**
 * Packets whose unset fields are random. What layers need to be told apart stays: lengths and checksums, what bindings set, and every
 * field that makes another layer of what follows (or of its own) where it is changed.
 */

/** Bytes and letters of values whose length is free. */
const MOST_BYTES = 64
const MOST_LETTERS = 24

/** A random value of the field's kind and size, or undefined where its kind has none. */
function randomOf(field: Field): RandomValue | undefined {
  switch (field.kind) {
    case Kind.IPV4:
      return RandIP()
    case Kind.IPV6:
      return RandIP6()
    case Kind.MAC:
      return RandMAC('*:*:*:*:*:*')
    case Kind.U64:
    case Kind.U64LE:
      return RandLong()
    case Kind.CODEC:
      return randomOfCodec(field)
    default:
      return RandNum(0, field.maximum)
  }
}

function randomOfCodec(field: Field): RandomValue | undefined {
  const codec = field.codec!
  if (codec.scalar !== undefined) return randomOf(codec.scalar as unknown as Field)
  const empty: unknown = codec.empty()
  if (empty instanceof Uint8Array) return firstThatFits(field, [RandBin(codec.size ?? RandNum(0, MOST_BYTES))])
  if (typeof empty === 'string') return firstThatFits(field, [RandString(codec.size ?? RandNum(1, MOST_LETTERS))])
  if (typeof empty === 'number') return firstThatFits(field, [RandNum(0, 0xffff), RandNum(0, 0xff), RandNum(0, 15)])
  return undefined
}

/** The first value of which a few draws are values of the field. */
function firstThatFits(field: Field, values: readonly RandomValue[]): RandomValue | undefined {
  return values.find((value) =>
    tried(() => {
      try {
        for (let i = 0; i < 8; i++) field.coerce(value.pick())
        return true
      } catch {
        return false
      }
    }),
  )
}

/** Names of a packet's layers up to the first one that is only bytes: what these are read as does not matter. */
const namesOf = (packet: Packet): string => {
  const layers = packet.layers()
  const end = layers.findIndex(({ _layer }) => _layer.isOpaque)
  return (end < 0 ? layers : layers.slice(0, end)).map(({ layerName }) => layerName).join(' / ')
}

/** The same of a packet as its bytes are read; undefined where it cannot be built. */
function readBack(packet: Packet): string | undefined {
  try {
    return namesOf(packet.rebuilt())
  } catch {
    return undefined
  }
}

/** A packet without anything random in it, on which values are tried, and the layers as which it is to be read. */
interface Trial {
  readonly packet: Packet
  readonly layers: readonly Packet[]
  /** As it was made. */
  readonly wanted: string
  /** As it is read, which differs where its ports are those of another layer; undefined where it cannot be built. */
  expected: string | undefined
}

/** Values of fields up to so many bits are all tried. */
const MOST_BITS = 8

function triesOf(field: Field, value: RandomValue): unknown[] {
  const drawn = tried(() => [value.pick(), value.pick(), value.pick()])
  const { bits, kind, maximum } = field
  if (kind === Kind.CODEC || kind === Kind.IPV4 || bits > 32) return drawn
  if (bits <= MOST_BITS) return Array.from({ length: maximum + 1 }, (_, number) => number)
  return [0, maximum, maximum >>> 1, 1, ...drawn]
}

/**
 * Whether the packet is read as the same layers, whatever stands in this field. One of the values tried then stays: what tells a layer
 * apart may be in one field or in another, and one of the two is kept.
 */
function isFree(trial: Trial, layer: Packet, field: Field, value: RandomValue): boolean {
  const { packet, wanted, expected } = trial
  const free = triesOf(field, value).every((each) => {
    layer._write(field.index, each)
    const seen = readBack(packet)
    return seen !== undefined && (seen === expected || seen === wanted || seen.startsWith(`${wanted} / `))
  })
  if (!free) layer._write(field.index, undefined)
  else trial.expected = readBack(packet)
  return free
}

/** Whether nobody has said, and nothing computes, what the field is. */
function isOpen(layer: Packet, field: Field): boolean {
  const { automatic, condition, dynamicDefault, index } = field
  if (layer._isSet(index) || layer._isFromBytes(index) || automatic !== null || dynamicDefault !== null) return false
  return condition === null || condition(layer as never)
}

/** Layers in the lists that a layer was given: each is read by its place, so only its own fields count. */
function fuzzElements(layer: Packet): void {
  for (const field of layer._layer.fields) {
    if (!layer._isSet(field.index) || field.codec?.holdsLayers !== true) continue
    for (const element of layer._read(field.index) as Packet[])
      for (const each of element.layers()) {
        for (const own of each._layer.fields) if (isOpen(each, own)) each._write(own.index, randomOf(own))
        fuzzElements(each)
      }
  }
}

function fuzzLayer(layer: Packet, trial: Trial, place: number): void {
  const definition = layer._layer
  const { payload } = layer
  const implied = payload === null ? [] : (definition.overloads(payload._layer) ?? []).map(([index]) => index)
  for (const field of definition.fields) {
    if (!isOpen(layer, field) || implied.includes(field.index)) continue
    const value = randomOf(field)
    if (value === undefined) continue
    const needsNoTrial = definition.isOpaque || trial.expected === undefined
    if (needsNoTrial || isFree(trial, trial.layers[place]!, field, value)) layer._write(field.index, value)
  }
  fuzzElements(layer)
}

/**
 * A copy of the packet in which every unset field of every layer is a random value of its kind and size; those that were set stay, as do
 * lengths, checksums and what tells the layers apart. The same packets again after `seed(n)`.
 */
export function fuzz<P extends Packet>(packet: P): P {
  const copy = packet.copy()
  const plain = packet.copy()
  const layers = plain.layers()
  const trial: Trial = { packet: plain, layers, wanted: namesOf(plain), expected: tried(() => readBack(plain)) }
  for (const [place, layer] of copy.layers().entries()) fuzzLayer(layer, trial, place)
  return copy
}
