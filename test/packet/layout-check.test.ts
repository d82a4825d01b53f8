/** What is wrong with the declaration of a layer is said when it is declared. */
import { describe, expect, test } from 'vitest'
import { UDP } from '../../src/layers/index.js'
import {
  allLayers,
  behave,
  bind,
  bits,
  bitsEnum,
  bytes,
  Field,
  flags,
  fromHex,
  layer,
  layers,
  list,
  nested,
  recognize,
  text,
  u8,
  u8Enum,
  u16,
} from '../../src/packet/index.js'

// biome-ignore lint/suspicious/noExplicitAny: what people type is not always of the right type
const declare = (layout: any) => () => layer('TestWrong', layout)

describe('a wrong declaration', () => {
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const any = (value: unknown): any => value
  test.each<[string, () => unknown, string]>([
    ['a kind without its parentheses', declare({ a: u8 }), 'u8 is no field yet; write u8()'],
    ['a number', declare({ a: 5 }), 'TestWrong.a: 5 is no kind of field'],
    ['nothing', declare({ a: undefined }), 'TestWrong.a: undefined is no kind of field'],
    ['a layer', declare({ a: UDP }), 'write nested(UDP) for one of it, layers(UDP) for a list'],
    ['a list of fields', declare([u8()]), 'the fields are an object'],
    ['no fields', declare(undefined), 'the fields are an object'],
    ['no name', () => layer(any({ a: u8() }), any(undefined)), 'a layer has a name, then its fields'],
    ['a length of nothing', declare({ n: u8().lengthOf('lod'), load: bytes('n') }), "did you mean 'load'?"],
    ['a count of nothing', declare({ n: u8().countOf('xs') }), 'the fields are n'],
    ['a length that nobody says', declare({ n: u8(), load: bytes('m') }), "no field 'm' that says how long it is"],
    ['a length behind', declare({ load: text('n'), n: u8() }), 'must stand in front of it'],
    ['its own length', declare({ load: text('load') }), 'must stand in front of it'],
    ['a count behind', declare({ xs: list(u8(), { count: 'n' }), n: u8() }), 'must stand in front of it'],
    ['layers counted by nothing', declare({ xs: layers(UDP, { count: 'n' }) }), "no field 'n'"],
    ['a nested layer of no length', declare({ x: nested(UDP, 'n') }), "no field 'n'"],
    ['names by nothing', declare({ x: u8().namesBy('kind', {}) }), "no field 'kind' that its names depend on"],
    ['computed bytes', declare({ n: bytes(2).lengthOf('x'), x: bytes() }), 'only numbers are computed'],
    ['names of bytes', declare({ n: bytes(2).names({ 1: 'a' }) }), 'only numbers have names'],
    [
      'a condition that reads a count',
      declare({ n: u8().countOf('x'), x: list(u8(), { count: 'n' }), y: u8().when((me) => me.n > 0) }),
      "let it read 'x'",
    ],
    ['a condition that is none', () => u8().when(any('n')), "when('n') wants a function"],
    ['names without default', () => u8Enum(any({ 1: 'a' }), any(undefined)), "u8Enum(1, {1: 'ask', 2: 'tell'})"],
    ['the same of bits', () => bitsEnum(4, any({ 1: 'a' }), any(undefined)), "bitsEnum(4, 1, {1: 'ask', 2: 'tell'})"],
    ['flags without their number', () => flags(any('ABC'), any(undefined)), "flags(8, 'ABCDEFGH')"],
    ['more flags than bits', () => flags(4, 'ABCDE'), '5 names for 4 bits'],
    ['a negative length', () => bytes(-1), 'give a whole number of bytes'],
    ['an empty ending', () => text({ until: '' }), 'give what ends it'],
    ['a list of no kind', () => list(any(u8)), 'wants the kind of its elements'],
    ['a list that ends nowhere', () => list(u8(), any({ cout: 3 })), "{count: …} or {length: …}, not 'cout'"],
    ['layers of values', () => layers(any(u8())), 'list(…) takes values of one kind'],
    ['layers of text', () => layers(any('UDP')), 'give a layer'],
  ])('%s', (_, attempt, message) => {
    expect(attempt).toThrow(message)
  })

  test('leaves no layer behind that names it', () => {
    expect(declare({ a: u8().lengthOf('b') })).toThrow()
    expect(allLayers().map(({ layerName }) => layerName)).not.toContain('TestWrong')
  })

  test('nothing is wrong with the layers that there are', () => {
    for (const { definition } of allLayers())
      expect(definition.fields.every((field) => field instanceof Field)).toBe(true)
  })
})

describe('wrong calls', () => {
  const Mine = layer('TestRight', { n: u8() })
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const any = (value: unknown): any => value
  test.each<[string, () => unknown, string]>([
    ['bind to a port alone', () => bind(UDP, Mine, any(4321)), '{dport: 4321}'],
    ['bind what is no layer', () => bind(UDP, any(undefined), { dport: 1 }), 'undefined is no layer'],
    ['bind a name', () => bind(any('UDP'), Mine), "'UDP' is no layer"],
    ['recognize what is no layer', () => recognize(UDP, any(5), () => true), '5 is no layer'],
    ['behave with a part that is none', () => behave(Mine, any({ anwers: () => true })), "did you mean 'answers'?"],
    ['behave with a part that is like none', () => behave(Mine, any({ dissect: () => true })), 'what there is: '],
    ['behave of nothing', () => behave(any(undefined), {}), 'undefined is no layer'],
  ])('%s', (_, attempt, message) => {
    expect(attempt).toThrow(message)
  })
})

describe('what a declaration can say', () => {
  test('a length and a count are adjusted', () => {
    const Words = layer('TestWords', {
      size: u8().lengthOf('words', (all) => all / 4 + 1),
      most: u8().countOf('words', (count) => count - 1),
      words: list(u16(), { length: (me) => (me.size - 1) * 4 }),
    })
    const packet = Words({ words: [1, 2] })
    expect(packet.hex()).toBe('020100010002')
    expect(Words(packet.bytes()).words).toEqual([1, 2])
  })

  test('a text or bytes go on to their ending', () => {
    const Line = layer('TestLine', { name: text({ until: '\0' }), load: bytes({ until: '\r\n' }), tail: u8(9) })
    const hex = '616e6e00 780d79 0d0a 09'.replaceAll(' ', '')
    expect(Line({ name: 'ann', load: 'x\ry' }).hex()).toBe(hex)
    const packet = Line(fromHex(hex))
    expect([packet.name, packet.load, packet.tail]).toEqual(['ann', fromHex('780d79'), 9])
    expect(packet.issues()).toEqual([])
    // Unset, too, the endings are there.
    expect(Line().hex()).toBe('000d0a09')
    expect(Line({ tail: 9 }).hex()).toBe('000d0a09')
    for (const length of [0, 2, 3, 4, 6, 8]) expect(Line(fromHex(hex).subarray(0, length)).issues()).toHaveLength(1)
    expect(Line(fromHex('616e6e')).issues()[0]!.toString()).toContain("no '\\x00' ends it")
    expect(() => Line({ name: 'a\0b' })).toThrow('which ends it')
    expect(() => Line({ load: 'a\r\nb' })).toThrow('which ends it')
  })

  test('a text alone that ends with a zero is never without it', () => {
    const Name = layer('TestNameAlone', { name: text({ until: '\0' }) })
    expect(Name().hex()).toBe('00')
    expect(Name({ name: 'a' }).hex()).toBe('6100')
  })

  test('bytes are shown in hexadecimal when asked', () => {
    const Key = layer('TestKey', { key: bytes(3).hex() })
    expect(Key({ key: fromHex('0102ff') }).fieldsText()).toEqual([['key', '0102ff']])
  })

  test('a condition may read what is counted', () => {
    const Acks = layer('TestAcks', {
      n: u8().countOf('acks'),
      acks: list(u8(), { count: 'n' }),
      of: u8().when((me) => me.acks.length > 0),
      pad: bits(8),
    })
    expect(Acks({ of: 5 }).hex()).toBe('0000')
    expect(Acks({ acks: [7], of: 5 }).hex()).toBe('01070500')
    expect(Acks(fromHex('01070500')).of).toBe(5)
    expect(Acks(fromHex('0000')).of).toBe(undefined)
  })
})
