import { describe, expect, test } from 'vitest'
import {
  dissect,
  f32,
  f32le,
  f64,
  f64le,
  fromHex,
  fuzz,
  i8,
  i16,
  i16le,
  i32,
  i32le,
  layer,
  type Packet,
  packetFromJson,
  seed,
  u8,
  u24le,
  u40,
  u48,
} from '../../src/packet/index.js'
// What is left over is Raw.
import '../../src/layers/index.js'
import { evaluateCommand } from '../layers/evaluate-command.js'

const Numbers = layer('TestOddNumbers', {
  a: i8(),
  b: i16(),
  c: i32(),
  d: i16le(),
  e: i32le(),
  f: f32(),
  g: f64(),
  h: f32le(),
  i: f64le(),
  j: u24le(),
  k: u40(),
  l: u48(),
  tail: u8(),
})

/** Written with Python's struct and int.to_bytes. */
const KNOWN: readonly [hex: string, values: Parameters<typeof Numbers>[0]][] = [
  [
    'fe fff6 fffffffd f6ff fdffffff 3f000000 400921fb54442d18 0000003f 182d4454fb210940 0c0b0a 0100000000 010000000000 07',
    {
      a: -2,
      b: -10,
      c: -3,
      d: -10,
      e: -3,
      f: 0.5,
      g: Math.PI,
      h: 0.5,
      i: Math.PI,
      j: 0x0a0b0c,
      k: 2 ** 32,
      l: 2 ** 40,
      tail: 7,
    },
  ],
  [
    '80 8000 80000000 0080 00000080 ff800000 fff0000000000000 cdcccc3d 9a9999999999b93f ffffff ffffffffff ffffffffffff 00',
    {
      a: -128,
      b: -32768,
      c: -(2 ** 31),
      d: -32768,
      e: -(2 ** 31),
      f: Number.NEGATIVE_INFINITY,
      g: Number.NEGATIVE_INFINITY,
      h: Math.fround(0.1),
      i: 0.1,
      j: 0xffffff,
      k: 2 ** 40 - 1,
      l: 2 ** 48 - 1,
      tail: 0,
    },
  ],
]

describe('signed numbers, fractions and numbers of an unusual size', () => {
  test.each(KNOWN)('%s', (spaced, values) => {
    const hex = spaced.replaceAll(' ', '')
    const packet = Numbers(fromHex(hex))
    for (const [name, value] of Object.entries(values as object)) expect(packet[name as 'a'], name).toBe(value)
    expect(Numbers(values).hex()).toBe(hex)
    expect(packetFromJson(JSON.parse(JSON.stringify(packet))).hex()).toBe(hex)
    expect(evaluateCommand(packet.command()).hex()).toBe(hex)
    expect(Numbers(values).copy().hex()).toBe(hex)
  })

  test('bytes that break off are told, not read', () => {
    const hex = KNOWN[0]![0].replaceAll(' ', '')
    for (let length = 0; length < hex.length / 2; length++) {
      const packet = dissect(Numbers, fromHex(hex).subarray(0, length)) as Packet
      expect(packet.issues().length, `${length} bytes`).toBeGreaterThan(0)
    }
  })

  test.each([
    ['a', 128, 'does not fit 8 bits (-128..127)'],
    ['a', -129, 'does not fit 8 bits (-128..127)'],
    ['b', 0.5, 'no whole number'],
    ['c', 'many', 'no number'],
    ['f', 'many', 'no number'],
    ['j', -1, 'does not fit 24 bits (0..16777215)'],
    ['l', 2 ** 48, 'does not fit 48 bits'],
  ] as const)('%s: %s is refused', (name, value, message) => {
    expect(() => Numbers({ [name]: value } as never)).toThrow(message)
  })

  test('a fraction is shown as it was given', () => {
    expect(Numbers({ f: 0.1, g: 0.1 }).fieldsText()).toContainEqual(['f', '0.1'])
    expect(Numbers({ f: 0.1 }).f).toBe(Math.fround(0.1))
  })

  test('a list is a set, as of other numbers', () => {
    expect([...Numbers({ a: [-1, 0, 1] })].map((packet) => (packet as unknown as { a: number }).a)).toEqual([-1, 0, 1])
  })

  test('values may have names', () => {
    const Named = layer('TestNamedOdd', {
      kind: u24le(1).names({ 1: 'ask', 2: 'tell' }),
      left: i8().names({ [-1]: 'none' }),
    })
    expect(Named({ kind: 'tell', left: 'none' }).hex()).toBe('020000ff')
    expect(Named(fromHex('020000ff')).fieldsText()).toEqual([
      ['kind', 'tell'],
      ['left', 'none'],
    ])
    expect(() => Named({ kind: 'tel' })).toThrow("did you mean 'tell'?")
  })

  test('fuzz gives other values each time', () => {
    seed(7)
    const packets = Array.from({ length: 20 }, () => fuzz(Numbers()).hex())
    expect(new Set(packets).size).toBe(20)
  })
})
