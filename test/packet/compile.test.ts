import { describe, expect, test } from 'vitest'
import { Ether, IP, TCP } from '../../src/layers/index.js'
import {
  compileDecodeTail,
  compileFill,
  compileGetter,
  compileKey,
  compileWriteFresh,
} from '../../src/packet/compile.js'
import { allLayers, dissect, type LayerDefinition, layer, type Packet, stack, u8 } from '../../src/packet/index.js'
import { nameId } from '../../src/packet/layer-definition.js'

/** A repeatable series of bytes. */
function series(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state >>> 24
  }
}

const definitions = allLayers()
  .map((each) => each.definition)
  .filter((definition) => !definition.isOpaque)

function packetsOf(definition: LayerDefinition, count: number): Packet[] {
  const next = series(definition.layerName.length * 7919 + definition.fields.length)
  return Array.from({ length: count }, (_, i) => {
    const bytes = Uint8Array.from({ length: 12 + ((i * 13) % 120) }, () => (next() > 96 ? next() : next() & 15))
    return dissect(definition, bytes) as Packet
  }).filter((packet) => packet._layer === definition)
}

describe.each(definitions.map((definition) => [definition.layerName, definition] as const))('%s', (_, definition) => {
  const packets = packetsOf(definition, 60)

  test('its getters read what the generic path reads', () => {
    for (const field of definition.fields) {
      definition.uses++
      const get = compileGetter(nameId(field.name), [definition])!
      for (const packet of packets) expect(get.call(packet), field.name).toEqual(packet._read(field.index))
      const key = compileKey(field)
      if (key !== null) for (const packet of packets) expect(key(packet), field.name).toEqual(packet._key(field.index))
    }
  })

  test('its tail is decoded as the generic path does', () => {
    const compiled = compileDecodeTail(definition)
    if (compiled === null) return
    const { decodeTail } = definition
    for (const packet of packets) {
      const both = [null, compiled].map((way) => {
        definition.decodeTail = way
        const fresh = dissect(definition, packet._buffer!) as Packet
        const tail = fresh._decodeTail()
        return { tail: tail.map((value) => comparable(value)), end: fresh._headerEnd, issue: String(fresh._issue) }
      })
      definition.decodeTail = decodeTail
      expect(both[1]).toEqual(both[0])
    }
  })
})

/** Packets inside of values compare by what they print. */
function comparable(value: unknown): unknown {
  return Array.isArray(value) ? value.map((each) => (typeof each === 'object' ? JSON.stringify(each) : each)) : value
}

test('filling and writing, many times, gives the same bytes as at first', () => {
  const build = (i: number): string =>
    stack(
      Ether({ src: '02:00:00:00:00:01', dst: i % 2 === 0 ? 'ff:ff:ff:ff:ff:ff' : '02:00:00:00:00:02' }),
      IP({
        src: '10.0.0.1',
        dst: '10.0.0.2',
        id: i & 0xffff,
        flags: i % 3 === 0 ? 'DF' : '',
        frag: i % 7,
        tos: 3,
        version: 4,
      }),
      TCP({
        sport: 1024 + (i % 1000),
        dport: i % 5 === 0 ? 'http' : 443,
        seq: (i * 2654435761) >>> 0,
        flags: i % 2 === 0 ? 'SA' : 0x10,
        window: 5,
        options: i % 4 === 0 ? [['MSS', 1460]] : null,
      }),
      'x'.repeat(i % 50),
    ).hex()
  const first = Array.from({ length: 60 }, (_, i) => build(i))
  for (let i = 0; i < 3000; i++) build(i)
  expect(Array.from({ length: 60 }, (_, i) => build(i))).toEqual(first)
})

test('a mistake is told in the same words once code was made', () => {
  for (let i = 0; i < 1000; i++) TCP({ dport: i })
  expect(compileFill(TCP.definition)).not.toBeNull()
  expect(compileWriteFresh(TCP.definition)).not.toBeNull()
  expect(() => TCP({ dport: 65536 })).toThrow('TCP.dport: 65536 does not fit 16 bits (0..65535)')
  expect(() => TCP({ dprot: 1 } as never)).toThrow("TCP has no field 'dprot'; did you mean 'dport'?")
  expect(() => TCP({ flags: 'X' })).toThrow("TCP.flags: no flag 'X'")
  expect(() => IP({ dst: '1.2.3' })).toThrow("IP.dst: '1.2.3' is no IPv4 address")
})

test('a layer declared when getters are made already is found by name', () => {
  for (let i = 0; i < 5000; i++) expect(TCP({ window: i }).window).toBe(i)
  const Late = layer('TestLate', { other: u8(), window: u8(7) })
  const packet = Late(Uint8Array.of(1, 9))
  expect(packet.window).toBe(9)
  expect(Late().window).toBe(7)
  packet.window = 3
  expect(packet.hex()).toBe('0103')
})
