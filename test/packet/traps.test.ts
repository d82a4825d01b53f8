import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { DNS, Ether, IP, Padding, Raw, TCP, UDP } from '../../src/layers/index.js'
import {
  type AnyPacket,
  bind,
  bytes,
  dissect,
  flags,
  fromHex,
  type LayerReference,
  layer,
  layers,
  list,
  Packet,
  packetFromJson,
  RandShort,
  stack,
  text,
  u8,
  u16,
  u32,
} from '../../src/packet/index.js'

describe('declarations at the prompt', () => {
  test('a field is one line, of a layer with its name', () => {
    expect([inspect(u16()), inspect(bytes()), inspect(TCP.definition.fields[1])]).toEqual([
      '<field: 16 bits>',
      '<field: bytes>',
      '<field TCP.dport: 16 bits>',
    ])
  })

  test('bytes() of a packet says how its bytes are had', () => {
    expect(() => bytes(IP() as never)).toThrow('packet.bytes() gives the bytes of a packet')
  })
})

describe('lengths and automatic fields', () => {
  test('the length of an empty tail is not that of the packet built before', () => {
    const Counted = layer('Counted', { n: u8().lengthOf('data'), data: bytes() })
    expect(Counted({ data: 'hello' }).hex()).toBe('0568656c6c6f')
    expect(Counted().hex()).toBe('00')
  })

  test('a length made automatic in a record that was read is computed', () => {
    const message = DNS({ qr: 1, qd: 'a.b', an: [{ rrname: 'a.b', rdata: '192.0.2.1' }] }).bytes()
    const packet = dissect(DNS, message)
    packet.an[0]!.unset('rdlen')
    expect(packet.hex()).toBe(message.toString('hex'))
  })

  test('text that is no UTF-8 keeps its bytes when another field changes', () => {
    const Mixed = layer('Mixed', { t: text(4), m: u8(), z: text() })
    const packet = dissect(Mixed, fromHex('fffefdfc05efbbbf41ff'))
    packet.m = 6
    expect(packet.hex()).toBe('fffefdfc06efbbbf41ff')
  })
})

describe('declaring layers', () => {
  test('a field object may serve a second layer at another place', () => {
    const field = u16()
    layer('FirstUse', { a: u32(), shared: field })
    const Second = layer('SecondUse', { s: text(2), shared: field })
    expect(Second({ s: 'hi', shared: 0x1234 }).hex()).toBe('68691234')
    expect(dissect(Second, fromHex('68691234')).shared).toBe(0x1234)
  })

  test('names that would hide others are refused before anything is known of the layer', () => {
    expect(() => layer('ttl', { ok1: u8() })).toThrow("packet['ttl'] is a field of another layer")
    expect(() => layer('copy', { ok1: u8() })).toThrow("packet['copy'] is a part of every packet")
    expect(() => layer('Hidden', { ok1: u8(), TCP: u8() })).toThrow("a field cannot be named 'TCP'")
    expect(() => layer('Hidden', { ok1: u8(), 'a-b': u8() })).toThrow("not 'a-b'")
    expect(() => layer('Hidden', { ok1: u8(), copy: u8() })).toThrow("a field cannot be named 'copy'")
    expect('ok1' in Packet.prototype).toBe(false)
    expect(() => flags(40, 'ABC')).toThrow('flags have 1 to 32 bits')
  })

  test('a layer declared again takes the place of the one before in bindings', () => {
    const Before = layer('Again', { a: u8() })
    const unbind = bind(UDP, Before, { dport: 7777 })
    const After = layer('Again', { a: u8(), b: u8() })
    const packet = stack(UDP(), After({ b: 5 }))
    expect(packet.dport).toBe(7777)
    expect(packet.rebuilt().get(After)!.b).toBe(5)
    unbind()
    expect(packet.dport).toBe(53)
    expect(packet.rebuilt().has('Again')).toBe(false)
  })

  test('bindings are taken back in any order', () => {
    const Upper = layer('Upper', { a: u8() })
    const [first, second] = [bind(UDP, Upper, { dport: 1111 }), bind(UDP, Upper, { dport: 2222 })]
    first()
    expect(stack(UDP(), Upper()).dport).toBe(2222)
    second()
    expect(stack(UDP(), Upper()).dport).toBe(53)
  })

  test('a binding may be on bytes', () => {
    const Magic = layer('Magic', { magic: bytes(2) })
    bind(Magic, TCP, { magic: 'ab' })
    expect(Magic(Buffer.from(`ab${'\0'.repeat(12)}\x50${'\0'.repeat(7)}`)).has(TCP)).toBe(true)
    expect(stack(Magic(), TCP()).hex().slice(0, 4)).toBe('6162')
  })

  test('flags whose letters differ by case alone are told apart', () => {
    const Cases = layer('Cases', { f: flags(8, 'Aa') })
    expect(Cases({ f: 'a' }).raw('f')).toBe(2)
    expect(Cases({ f: 'A' }).raw('f')).toBe(1)
  })
})

describe('layers in layers', () => {
  const Tree = layer('Tree', {
    n: u8(),
    kids: layers((): LayerReference => Tree as LayerReference, { count: 'n' }),
  }) as unknown as ((bytes: Uint8Array) => AnyPacket) & LayerReference

  test('damaged ones take no longer with every level', () => {
    for (let i = 0; i < 500; i++) Tree(fromHex('00')).show({ dump: true })
    expect(Tree(fromHex('01'.repeat(60))).issues()).toHaveLength(1)
    expect(Tree(fromHex(`${'01'.repeat(60)}00`)).command()).toContain('kids: [Tree')
    expect(Tree(fromHex('02020100')).issues().map(String)).toHaveLength(1)
  })

  test('random values in them are drawn once for a packet', () => {
    const [packet] = [...DNS({ qd: { qname: 'a', qtype: RandShort() } })]
    expect(packet!.hex()).toBe(packet!.hex())
  })

  test('a list of numbers may be long', () => {
    const Long = layer('Long', { n: u16().countOf('xs'), xs: list(u8(), { count: 'n' }), z: u8() })
    const packet = dissect(Long, Long({ xs: new Array<number>(5000).fill(1), z: 9 }).bytes())
    expect([packet.xs.length, packet.z]).toEqual([5000, 9])
  })
})

describe('an inner layer', () => {
  test('has the padding that its layers list, touched or not', () => {
    const frame = Buffer.concat([
      stack(Ether({ src: '02:00:00:00:00:01' }), IP({ src: '10.0.0.1' }), UDP({ sport: 9, dport: 9 }), 'x').bytes(),
      new Uint8Array(17),
    ])
    const inner = () => dissect(Ether, frame).get(UDP)!
    const touched = inner()
    touched.dport = 9
    expect(inner().bytes().length).toBe(9 + 17)
    expect(touched.bytes().length).toBe(9 + 17)
    expect(inner().copy().layers()).toHaveLength(3)
  })

  test('is read back without what only the layers around it ask for', () => {
    const json = stack(TCP({ dport: 53 }), DNS({ id: 7, qd: 'a.b' }))
      .get(DNS)!
      .toJSON()
    expect(json.layers[0]!.fields).toMatchObject({ id: 7, qdcount: 1 })
  })

  test('says where it is from the start of its packet, wherever that is in the buffer', () => {
    const buffer = new Uint8Array(1034)
    buffer.set([0x08, 0x00], 1012)
    expect(dissect(Ether, buffer, 1000, 1020).issues().map(String)).toEqual([
      'IP at byte 14 needs 20 bytes, 6 are left (packet)',
    ])
  })
})

test('mistakes in JSON name the field', () => {
  expect(() => packetFromJson({ layers: [{ name: 'Raw', fields: { load: 'zz' } }] })).toThrow("Raw.load: 'z'")
  expect(packetFromJson({ layers: [{ name: 'Raw', fields: null }] }).hex()).toBe('')
  expect(() => packetFromJson({ layers: [{ name: 'Raw', fields: [] }] })).toThrow('"fields" of the JSON')
})

test('text from the network cannot steer the terminal', () => {
  const packet = DNS({ an: { type: 'TXT', rdata: ['\u009b2J\u202e'] } })
  expect(packet.show({ dump: true })).toContain("'\\u009b2J\\u202e'")
})

test('the prototype of packets can be looked at', () => {
  expect(stack(IP(), Raw('x')).dport).toBeUndefined()
  expect((Packet.prototype as AnyPacket).ttl).toBeUndefined()
})

test('padding that was read from bytes of its own, shorter than what stands before it, ends where its bytes end', () => {
  const packet = stack(Ether(), Raw(new Uint8Array(76)), Padding(new Uint8Array(16)))
  expect(packet.layers().map(({ layerName }) => layerName)).toEqual(['Ether', 'Raw', 'Padding'])
  expect(packet.hex()).toHaveLength((14 + 76 + 16) * 2)
})
