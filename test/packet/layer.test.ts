import { afterEach, describe, expect, test } from 'vitest'
import { IP, Raw, TCP, UDP } from '../../src/layers/index.js'
import {
  bind,
  bits,
  bytes,
  dissect,
  flags,
  fromHex,
  ipv4,
  ipv6,
  layer,
  layers,
  list,
  mac,
  nested,
  options,
  type Packet,
  stack,
  text,
  toHex,
  u8,
  u16,
  u16le,
  u24,
  u32,
  u32le,
  u64,
  u64le,
} from '../../src/packet/index.js'

const undo: (() => void)[] = []
afterEach(() => {
  for (const each of undo.splice(0)) each()
})

describe('numbers', () => {
  const Numbers = layer('TestNumbers', {
    a: u8(),
    b: u16(),
    c: u24(),
    d: u32(),
    e: u64(),
    f: u16le(),
    g: u32le(),
    h: u64le(),
    i: mac(),
    j: ipv4(),
    k: ipv6(),
  })
  const hex =
    '01 0203 040506 0708090a 0b0c0d0e0f101112 0201 04030201 0807060504030201 020000000001 0a000001 fd000000000000000000000000000001'
  const values = {
    a: 1,
    b: 0x203,
    c: 0x40506,
    d: 0x708090a,
    e: 0x0b0c0d0e0f101112n,
    f: 0x102,
    g: 0x1020304,
    h: 0x0102030405060708n,
    i: '02:00:00:00:00:01',
    j: '10.0.0.1',
    k: 'fd00::1',
  }

  test('are read where they stand', () => {
    const packet = Numbers(fromHex(hex))
    for (const [name, value] of Object.entries(values)) expect(packet[name as 'a'], name).toEqual(value)
  })

  test('are written where they are read', () => {
    expect(Numbers(values).hex()).toBe(hex.replaceAll(' ', ''))
  })

  test('types: read and given', () => {
    const packet = Numbers({ a: 1, e: 5 })
    const a: number = packet.a
    const e: bigint = packet.e
    const j: string = packet.j
    expect([a, e, j]).toEqual([1, 5n, '0.0.0.0'])
    // @ts-expect-error a text is no number of 8 bits
    expect(() => Numbers({ a: { x: 1 } })).toThrow('TestNumbers.a: an object is no number (0..255)')
  })
})

describe('bits and flags', () => {
  const Bits = layer('TestBits', {
    a: bits(3),
    b: bits(13),
    c: bits(4),
    d: bits(20),
    e: flags(8, 'ABCDEFGH'),
    f: bits(1),
    g: flags(7, ['one', 'two', 'three']),
  })

  test('are read across bytes, the most significant first', () => {
    const packet = Bits(fromHex('b234 a12345 81 83'))
    expect(packet).toMatchObject({ a: 5, b: 0x1234, c: 0xa, d: 0x12345, e: 'AH', f: 1, g: 'one+two' })
  })

  test('are written without touching their neighbours', () => {
    expect(Bits({ a: 5, b: 0x1234, c: 0xa, d: 0x12345, e: 'AH', f: 1, g: 'one+two' }).hex()).toBe('b234a123458183')
    const packet = Bits(fromHex('ffffffffffffff'))
    packet.b = 0
    packet.d = 0
    expect(packet.hex()).toBe('e000f00000ffff')
  })

  test('must fill whole bytes', () => {
    expect(() => layer('TestUneven', { a: bits(3), b: bits(4), c: u8() })).toThrow(
      'layer TestUneven: the bit fields a 3, b 4 make 7 bits; they must fill whole bytes',
    )
  })

  test('bits without a letter keep their place', () => {
    const Few = layer('TestFew', { a: flags(8, 'AB') })
    const packet = Few(Uint8Array.of(0x85))
    expect(packet.a).toBe('A+bit2+bit7')
    expect(Few({ a: packet.a }).hex()).toBe('85')
    expect(Few({ a: 'B' }).hex()).toBe('02')
  })

  test('flags say which letters there are', () => {
    expect(() => Bits({ e: 'AX' })).toThrow("TestBits.e: no flag 'X'; the flags are ABCDEFGH")
  })
})

describe('lengths, counts, conditions', () => {
  const Item = layer('TestItem', { size: u8().lengthOf('name'), name: text('size') })
  const Holder = layer('TestHolder', {
    kind: u8(),
    extra: u16(7).when((me) => me.kind === 1),
    amount: u8().countOf('numbers'),
    numbers: list(u16(), { count: 'amount' }),
    room: u8().lengthOf('items'),
    items: layers(Item, { length: 'room' }),
    one: nested(Item),
    rest: bytes(),
  })
  const built = () =>
    Holder({
      kind: 1,
      numbers: [1, 2],
      items: [Item({ name: 'ab' }), Item({ name: 'c' })],
      one: Item({ name: 'x' }),
      rest: 'zz',
    })

  test('are filled in when built', () => {
    expect(built().hex()).toBe(
      `01 0007 02 0001 0002 05 02${toHex(Buffer.from('ab'))} 01${toHex(Buffer.from('c'))} 01${toHex(Buffer.from('x'))} 7a7a`.replaceAll(
        ' ',
        '',
      ),
    )
  })

  test('guide the dissection', () => {
    const packet = Holder(built().bytes())
    expect(packet.numbers).toEqual([1, 2])
    expect(packet.items.map((item) => (item as typeof item & { name: string }).name)).toEqual(['ab', 'c'])
    expect(packet.rest).toEqual(Buffer.from('zz'))
    expect(packet.under).toBeNull()
    expect(packet.items[0]!.under).toBe(packet)
  })

  test('a field whose condition fails is absent', () => {
    const packet = Holder({ kind: 0, numbers: [] })
    expect(packet.extra).toBeUndefined()
    expect(packet.hex()).toBe('000000')
  })

  test('a list that was changed in place is built as it is now', () => {
    const packet = Holder(built().bytes())
    packet.items[0]!._write(1, 'longer')
    packet.numbers.push(3)
    packet.unset('amount').unset('room')
    const again = Holder(packet.bytes())
    expect(again.numbers).toEqual([1, 2, 3])
    expect((again.items[0] as { name?: string } | undefined)?.name).toBe('longer')
  })

  test('reading everything does not change the bytes', () => {
    const packet = Holder(built().bytes())
    const before = packet.hex()
    packet.show({ dump: true })
    expect(packet.hex()).toBe(before)
  })
})

describe('options', () => {
  const Options = layer('TestOptions', {
    size: u8().lengthOf('options'),
    options: options({
      kinds: {
        0: { name: 'End', bare: true },
        2: { name: 'Two', fields: [u16()] },
        3: { name: 'Many', fields: [ipv4()], repeats: true },
      },
      end: 0,
    }),
  })

  test('read and write their values, and unknown ones as bytes', () => {
    const packet = Options({ options: [['Two', 5], ['Many', ['1.2.3.4', '5.6.7.8']], [9, Uint8Array.of(1)], ['End']] })
    expect(packet.hex()).toBe('1202040005030a010203040506070809030100')
    expect(Options(packet.bytes()).options).toEqual([
      ['Two', 5],
      ['Many', ['1.2.3.4', '5.6.7.8']],
      [9, Buffer.of(1)],
      ['End'],
    ])
  })

  test('a length that reaches too far keeps its bytes', () => {
    const packet = dissect(Options, fromHex('04 02ff0005'))
    expect(packet.options).toEqual([['bytes', fromHex('02ff0005')]])
    packet.options = [...packet.options]
    expect(packet.hex()).toBe('0402ff0005')
  })

  test('a wrong name is answered with the right one', () => {
    expect(() => Options({ options: [['Tvo', 5]] })).toThrow(
      "TestOptions.options: no option 'Tvo'; did you mean 'Two'?",
    )
  })
})

describe('a layer of one’s own', () => {
  const Own = layer('TestOwn', { kind: bits(5, 7).names({ 7: 'hello', 8: 'bye' }), key: bits(3), load: bytes() })

  test('is found behind the layer it is bound to, the latest binding first, until it is taken back', () => {
    const packet = stack(IP({ src: '1.2.3.4', dst: '1.2.3.5' }), UDP({ sport: 9, dport: 4321 }), 'abc')
    expect(IP(packet.bytes()).last.layerName).toBe('Raw')
    const unbind = bind(UDP, Own, { dport: 4321 })
    undo.push(unbind)
    const again = IP(packet.bytes())
    expect(again.layers().map((one) => one.layerName)).toEqual(['IP', 'UDP', 'TestOwn'])
    expect(again.get(Own)?.kind).toBe(12)
    expect(stack(UDP(), Own()).dport).toBe(4321)
    unbind()
    expect(IP(packet.bytes()).last.layerName).toBe('Raw')
    expect(stack(UDP(), Own()).dport).toBe(53)
  })

  test('may be bound by several fields at once', () => {
    undo.push(bind(TCP, Own, { sport: 5, dport: 6 }))
    const segment = (sport: number, dport: number): Packet => TCP(stack(TCP({ sport, dport }), 'x').bytes())
    expect(segment(5, 6).has(Own)).toBe(true)
    expect(segment(5, 7).has(Own)).toBe(false)
    expect(segment(4, 6).has(Own)).toBe(false)
  })

  test('takes names for values, and prints them', () => {
    const packet = Own({ kind: 'bye' })
    expect(packet.kind).toBe(8)
    expect(packet.text('kind')).toBe('bye')
    expect(() => Own({ kind: 'hellp' })).toThrow(
      "TestOwn.kind: 'hellp' is no name of a value; did you mean 'hello'? (a number 0..31 works too)",
    )
  })

  test('cannot have a field with the name of a packet’s own member', () => {
    expect(() => layer('TestBad', { payload: u8() })).toThrow(
      "a field cannot be named 'payload': every packet has that already; choose another name, such as 'payload_'",
    )
    expect(() => layer('1', { a: u8() })).toThrow("a layer's name is a word of letters, digits and _, not '1'")
  })
})

test('Raw takes text, bytes and nothing', () => {
  expect(Raw('é').hex()).toBe('c3a9')
  expect(Raw(Uint8Array.of(1, 2)).hex()).toBe('0102')
  expect(Raw().hex()).toBe('')
})

test('text of a fixed size that was not given is zeros', () => {
  expect(layer('TestFixedText', { a: u8(1), name_: text(4) })().hex()).toBe('0100000000')
})
