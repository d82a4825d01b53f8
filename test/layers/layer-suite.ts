/** The tests that every layer passes: `layerSuite(UDP, { vectors: vectorsOf('udp') })`. */
import { describe, expect, test } from 'vitest'
import '../../src/layers/index.js'
import { type Layer, type Packet, type PacketJson, packetFromJson } from '../../src/packet/index.js'
import { evaluateCommand } from './evaluate-command.js'
import { examineMutations, examineTruncations, seedOf } from './hostile-bytes.js'
import { bytesOf, outermostOf, type Vector } from './vectors.js'

/** A packet made from fields, and the bytes that it must have. */
export interface BuildCase {
  name: string
  packet: () => Packet
  hex: string
}

export interface LayerSuiteOptions {
  /** Known packets; at least one must come from another tool than Scapy. */
  vectors: readonly Vector[]
  build?: readonly BuildCase[]
}

/** Seeded mutations of a layer's vectors, all vectors together. */
const MUTATIONS = 1000

/** Checks one layer against known packets, its own encodings against each other, and against hostile bytes. */
// biome-ignore lint/suspicious/noExplicitAny: the suite takes layers of any fields
export function layerSuite(layer: Layer<any, any>, { vectors, build = [] }: LayerSuiteOptions): void {
  const name = layer.layerName
  describe(name, () => {
    test('has a vector that does not come from Scapy, and each says its source', () => {
      expect(vectors.some((vector) => vector.tool !== 'Scapy')).toBe(true)
      for (const vector of vectors) expect(vector.source, vector.name).not.toBe('')
    })
    for (const vector of vectors) describe(vector.name, () => vectorTests(layer, vector))
    for (const { name: title, packet, hex } of build) {
      test(`builds ${title}`, () => {
        expect(packet().hex()).toBe(hex)
        expect(evaluateCommand(packet().command()).hex()).toBe(hex)
        expect(packetFromJson(throughJson(packet())).hex()).toBe(hex)
      })
    }
    test('every truncation is read without harm', () => {
      for (const vector of vectors) examineTruncations(outermostOf(vector, name), bytesOf(vector))
    })
    test(`${MUTATIONS} mutations are read without harm`, () => {
      const each = Math.ceil(MUTATIONS / vectors.length)
      for (const vector of vectors) {
        examineMutations(outermostOf(vector, name), bytesOf(vector), each, seedOf(`${name} ${vector.name}`))
      }
    })
  })
}

export function vectorTests(layer: Layer, vector: Vector): void {
  const outermost = outermostOf(vector, layer.layerName)
  const { hex } = vector
  const dissected = (): Packet => outermost(bytesOf(vector))

  test('known bytes give known fields', () => {
    const packet = dissected()
    if (vector.layers !== undefined) expect(packet.layers().map((each) => each.layerName)).toEqual(vector.layers)
    const json = packet.toJSON()
    expect(json.length).toBe(hex.length / 2)
    for (const [name, fields] of Object.entries({ ...vector.other, [layer.layerName]: vector.fields })) {
      const found = json.layers.find((each) => each.name === name)
      expect(found, name).toBeDefined()
      expect(found!.fields, name).toMatchObject(fields)
    }
    expect(packet.issues()).toEqual([])
    if (vector.summary !== undefined) expect(packet.summary()).toBe(vector.summary)
  })

  test('an unchanged rebuild is identical, also after everything was read', () => {
    const packet = dissected()
    expect(packet.hex()).toBe(hex)
    packet.show({ dump: true })
    JSON.stringify(packet)
    for (const each of packet.layers()) each.fieldsText()
    expect(packet.hex()).toBe(hex)
    expect(packet.copy().hex()).toBe(hex)
  })

  test.skipIf(vector.wrong !== undefined)('a rebuild with all automatic fields cleared is identical', () => {
    const packet = dissected()
    for (const each of packet.layers()) for (const field of each._layer.automatic) each._write(field.index, undefined)
    expect(packet.hex()).toBe(hex)
  })

  test('a packet with every field written anew is identical', () => {
    const packet = writtenAnew(dissected(), vector.encoding === undefined)
    if (vector.encoding === undefined) expect(packet.hex()).toBe(hex)
    else expect(meaning(packet.rebuilt())).toEqual(meaning(dissected()))
  })

  test('JSON gives the packet back', () => {
    const json = throughJson(dissected())
    const packet = packetFromJson(vector.encoding === undefined ? json : withoutAutomatic(json, dissected()))
    if (vector.encoding === undefined) expect(packet.hex()).toBe(hex)
    else expect(meaning(packet.rebuilt())).toEqual(meaning(dissected()))
  })

  test('command() gives the packet back', () => {
    const packet = evaluateCommand(dissected().command())
    if (vector.encoding === undefined) expect(packet.hex()).toBe(hex)
    else expect(meaning(packet.rebuilt())).toEqual(meaning(dissected()))
  })

  test('a copy is independent', () => {
    for (const read of [false, true]) {
      const original = dissected()
      if (read) original.show({ dump: true })
      const copy = original.copy()
      spoil(copy)
      expect(original.hex()).toBe(hex)
      expect(JSON.stringify(original)).toBe(JSON.stringify(dissected()))
      const kept = original.copy()
      spoil(original)
      expect(kept.hex()).toBe(hex)
      expect(JSON.stringify(kept)).toBe(JSON.stringify(dissected()))
    }
  })
}

function throughJson(packet: Packet): PacketJson {
  return JSON.parse(JSON.stringify(packet)) as PacketJson
}

/** A packet of new layers that has the same value in every field; automatic ones are left to be computed when asked so. */
function writtenAnew(packet: Packet, withAutomatic: boolean): Packet {
  const copies = packet.layers().map((each) => {
    const fresh = (each._layer.callable as () => Packet)()
    for (const field of each._layer.fields) {
      const value = each._read(field.index)
      if (value !== undefined && (withAutomatic || field.automatic === null)) fresh._write(field.index, value)
    }
    return fresh
  })
  copies.forEach((each, i) => {
    if (i > 0) copies[i - 1]!.append(each)
  })
  return copies[0]!
}

/** The JSON of a packet without the fields that building computes. */
function withoutAutomatic(json: PacketJson, packet: Packet): unknown {
  const layers = packet.layers().map((each, i) => {
    const { name, fields } = json.layers[i]!
    const automatic = new Set(each._layer.automatic.map((field) => field.name))
    return { name, fields: Object.fromEntries(Object.entries(fields).filter(([key]) => !automatic.has(key))) }
  })
  return { layers }
}

/** Fields that say the same in every encoding: all but lengths and checksums. */
function meaning(packet: Packet): unknown {
  return packet.layers().map((each) => {
    const automatic = new Set(each._layer.automatic.map((field) => field.name))
    const { name, fields } = each.toJSON().layers[0]!
    return {
      name,
      fields: Object.entries(fields)
        .filter(([key]) => !automatic.has(key))
        .map(([key, value]) => [key, withoutLengths(value)]),
    }
  })
}

/** The same for layers inside fields. */
function withoutLengths(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutLengths)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'rdlen')
      .map(([key, inner]) => [key, withoutLengths(inner)]),
  )
}

/** Changes all that can be changed in a packet: lists and the layers in them in place, every field, the payload. */
function spoil(packet: Packet): void {
  for (const each of packet.layers()) {
    for (const field of each._layer.fields) {
      const value = each._read(field.index)
      if (Array.isArray(value)) {
        for (const element of value)
          if (typeof element === 'object' && element !== null && '_layer' in element) spoil(element as Packet)
        value.length = 0
      }
      each._write(field.index, undefined)
    }
  }
  packet.payload = null
}
