import { describe, expect, test } from 'vitest'
import { IP, Raw, TCP } from '../../src/layers/index.js'
import {
  CorruptedBits,
  CorruptedBytes,
  parseIpv4,
  parseIpv6,
  parseMac,
  RandBin,
  RandChoice,
  RandEnum,
  RandEnumByte,
  RandEnumInt,
  RandEnumKeys,
  RandEnumLong,
  RandEnumShort,
  RandFloat,
  RandIP,
  RandIP6,
  RandMAC,
  RandNum,
  RandNumExpo,
  RandNumGamma,
  RandNumGauss,
  RandOID,
  type RandomValue,
  RandPool,
  RandRegExp,
  RandSByte,
  RandShort,
  RandSInt,
  RandSingByte,
  RandSingLong,
  RandSingNum,
  RandSingString,
  RandSLong,
  RandSShort,
  RandString,
  RandTermString,
  RandUUID,
  seed,
} from '../../src/packet/index.js'

/** Values of one random value, drawn one after the other. */
function drawn<T>(value: RandomValue, count = 400): T[] {
  return Array.from({ length: count }, () => value.pick() as T)
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** What the expression of a value gives is a value like it. */
function evaluated(value: RandomValue): RandomValue {
  const makers = {
    RandIP,
    RandNum,
    RandRegExp,
    RandPool,
    RandTermString,
    CorruptedBytes,
    RandString,
    RandUUID,
    RandEnumKeys,
  }
  return new Function(...Object.keys(makers), `return ${value.toString()}`)(...Object.values(makers)) as RandomValue
}

describe('numbers', () => {
  test('signed ones are of their size', () => {
    seed(1)
    for (const [make, low, high] of [
      [RandSByte, -128, 127],
      [RandSShort, -32768, 32767],
      [RandSInt, -(2 ** 31), 2 ** 31 - 1],
    ] as const) {
      const values = drawn<number>(make(), 2000)
      expect(Math.min(...values)).toBeGreaterThanOrEqual(low)
      expect(Math.max(...values)).toBeLessThanOrEqual(high)
      expect(values.some((value) => value < 0)).toBe(true)
    }
    expect(drawn<bigint>(RandSLong()).some((value) => value < 0n)).toBe(true)
    expect(drawn<number>(RandFloat(1, 2)).every((value) => value >= 1 && value <= 2 && value % 1 !== 0)).toBe(true)
  })

  test('distributions have their means, and are whole and not below 0', () => {
    seed(2)
    const gauss = drawn<number>(RandNumGauss(500, 50), 4000)
    expect(mean(gauss)).toBeCloseTo(500, -1)
    expect(Math.sqrt(mean(gauss.map((value) => (value - 500) ** 2)))).toBeCloseTo(50, -1)
    expect(mean(drawn(RandNumExpo(0.01), 4000))).toBeCloseTo(100, -1.5)
    expect(mean(drawn(RandNumExpo(0.01, 1000), 4000))).toBeCloseTo(1100, -1.5)
    expect(mean(drawn(RandNumGamma(3, 20), 4000))).toBeCloseTo(60, -1)
    expect(mean(drawn(RandNumGamma(0.5, 100), 4000))).toBeCloseTo(50, -1)
    for (const value of [RandNumGauss(0, 5), RandNumExpo(1), RandNumGamma(1, 1)])
      expect(drawn<number>(value).every((each) => Number.isInteger(each) && each >= 0)).toBe(true)
  })

  test('RandEnum gives each number once before one comes again', () => {
    seed(3)
    const value = RandEnum(10, 40)
    for (let round = 0; round < 3; round++) {
      const values = drawn<number>(value, 31)
      expect(new Set(values).size).toBe(31)
      expect([Math.min(...values), Math.max(...values)]).toEqual([10, 40])
      expect(values).not.toEqual([...values].sort((a, b) => a - b))
    }
    expect(new Set(drawn(RandEnumByte(), 256)).size).toBe(256)
    expect(new Set(drawn(RandEnumShort(), 65536)).size).toBe(65536)
    expect(new Set(drawn(RandEnumInt(), 1000)).size).toBe(1000)
    expect(drawn<bigint>(RandEnumLong(), 10).every((each) => each >= 0n && each < 1n << 64n)).toBe(true)
    expect(drawn(RandEnum(5, 5), 3)).toEqual([5, 5, 5])
    expect(new Set(drawn(RandEnumKeys({ a: 1, b: 2, c: 3 }), 3))).toEqual(new Set(['a', 'b', 'c']))
  })

  test('a seed begins an order anew too', () => {
    const value = RandEnumByte()
    seed(4)
    const first = drawn(value, 50)
    seed(4)
    expect(drawn(value, 50)).toEqual(first)
  })

  test('singular ones stand at the edges', () => {
    seed(5)
    expect(new Set(drawn(RandSingByte(), 2000))).toContain(255)
    expect(drawn<number>(RandSingByte(), 2000)).toContain(128)
    expect(drawn<number>(RandSingByte()).every((value) => value >= 0 && value <= 255)).toBe(true)
    expect(drawn<number>(RandSingNum(-10, 10), 500)).toContain(-10)
    expect(drawn<bigint>(RandSingLong(), 2000)).toContain((1n << 64n) - 1n)
    expect(new Set(drawn(RandSingString(), 500)).size).toBeGreaterThan(10)
  })
})

describe('addresses and identifiers', () => {
  test('templates are kept to', () => {
    seed(6)
    expect(drawn<string>(RandIP('10.0.*.1-20')).every((text) => /^10\.0\.\d+\.([1-9]|1\d|20)$/.test(text))).toBe(true)
    expect(drawn<string>(RandIP('10.64.0.0/10')).every((text) => parseIpv4(text) >>> 22 === (10 << 2) + 1)).toBe(true)
    expect(drawn(RandIP('10.0.0.7'), 3)).toEqual(['10.0.0.7', '10.0.0.7', '10.0.0.7'])
    expect(drawn<string>(RandIP6('fd00::/8')).every((text) => parseIpv6(text)![0] === 0xfd)).toBe(true)
    expect(new Set(drawn(RandIP6('2001:db8::*:1-2')).map((text) => String(text).at(-1)))).toEqual(new Set(['1', '2']))
    expect(drawn<string>(RandIP6('fe80::/127')).every((text) => /^fe80::1?$/.test(text))).toBe(true)
    expect(drawn<string>(RandMAC('02:00:00:*:*:0-f')).every((text) => /^02:00:00:..:..:0.$/.test(text))).toBe(true)
    expect(drawn<string>(RandMAC('00-11-22')).every((text) => text.startsWith('00:11:22:') && parseMac(text) > 0)).toBe(
      true,
    )
    expect(drawn<string>(RandOID('1.3.6.1.2.*.1-2')).every((text) => /^1\.3\.6\.1\.2\.\d+\.[12]$/.test(text))).toBe(
      true,
    )
    expect(drawn<string>(RandOID()).every((text) => /^(2|[01]\.[0-3]?\d)(\.\d+)*$/.test(text))).toBe(true)
    const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
    expect(drawn<string>(RandUUID()).every((text) => uuid.test(text))).toBe(true)
    expect(String(RandUUID('00000000-0000-1000-8000-0000000000**').pick())).toMatch(
      /^0{8}-0000-1000-8000-0{10}[0-9a-f]{2}$/,
    )
  })

  test('what is no template is refused', () => {
    for (const text of ['10.0.0', '10.0.0.256', '10.0.0.0/33', 'x', '10.0.0.9-1'])
      expect(() => RandIP(text)).toThrow('give a network')
    for (const text of ['fd00', 'fd00::1::2', 'fd00::/129', '1:2:3:4:5:6:7:8:9'])
      expect(() => RandIP6(text)).toThrow('give a network')
    for (const text of ['02:00:00:00:00:00:00', '02:zz', '02:0-1ff'])
      expect(() => RandMAC(text)).toThrow('give the first bytes')
    for (const text of ['', '1.x', '1..2']) expect(() => RandOID(text)).toThrow('give a template')
    expect(() => RandUUID('1234')).toThrow('give a template')
  })
})

describe('texts and bytes', () => {
  test('sizes may be random themselves', () => {
    seed(7)
    const sizes = drawn<string>(RandString(RandNum(2, 4))).map(({ length }) => length)
    expect(new Set(sizes)).toEqual(new Set([2, 3, 4]))
    expect(drawn<string>(RandString(8, 'ab')).every((text) => /^[ab]{8}$/.test(text))).toBe(true)
    expect(drawn<Uint8Array>(RandBin(RandChoice(1, 3))).every(({ length }) => length === 1 || length === 3)).toBe(true)
    expect(() => RandString(RandChoice('x')).pick()).toThrow("'x' was drawn as its size")
    expect(() => RandString(3, '')).toThrow('no characters')
  })

  test('RandTermString ends with its end, which does not come before', () => {
    seed(8)
    expect(drawn<string>(RandTermString(5, 'A\0')).every((text) => /^[^A\0]{5}A\0$/.test(text))).toBe(true)
    expect(() => RandTermString(5, '')).toThrow('give a text')
  })

  test.each([
    ['(GET|POST) /[a-z]{1,8}(\\.html)?'],
    ['^[A-F0-9]{2}(:[A-F0-9]{2}){5}$'],
    ['(\\w)-\\1\\d+[^a-z]\\.\\x41\\u0042'],
    ['(?:ab|cd)*e?.{2,}\\s\\S\\D\\W'],
    ['(?<year>\\d{4})-[01-]?'],
    ['[\\]\\d-]+|x*?'],
  ])('RandRegExp(%j) gives texts that it matches', (source) => {
    seed(9)
    const value = RandRegExp(source)
    for (const text of drawn<string>(value)) expect(text).toMatch(new RegExp(`^(?:${source})$`, 's'))
    expect(drawn(RandRegExp(new RegExp(source)), 1)).toHaveLength(1)
  })

  test('RandRegExp is bounded, and says what it does not understand', () => {
    expect((RandRegExp('((((a*)*)*)*)*'.replaceAll('*', '{1000}')).pick() as string).length).toBeLessThan(6000)
    for (const [source, what] of [
      ['(a', "a missing ')' at character 3"],
      ['a)', "an unexpected ')' at character 2"],
      ['[a', "a missing ']'"],
      ['[^ -~]', 'a set without any character'],
      ['*a', "nothing to repeat before '*'"],
      ['(?=a)', 'a look ahead'],
      ['a{3,1}', 'a repetition that cannot be'],
      ['[z-a]', 'a range that ends before it begins'],
      ['\\', 'a backslash with nothing behind it'],
      ['('.repeat(100), 'groups more than 64 deep'],
    ] as const)
      expect(() => RandRegExp(source), source).toThrow(what)
  })

  test('choices are drawn, also by weight', () => {
    seed(10)
    expect(drawn<number>(RandChoice(1, RandNum(5, 6))).every((value) => [1, 5, 6].includes(value))).toBe(true)
    const pool = drawn<string>(RandPool(['often', 9], ['seldom', 1]), 2000)
    expect(pool.filter((value) => value === 'often').length).toBeGreaterThan(1700)
    expect(new Set(pool).size).toBe(2)
    expect(() => RandPool(['a', 0])).toThrow('give pairs of a value and a weight above 0')
  })

  test('corruption changes as much as was asked for', () => {
    seed(11)
    const differing = (value: Uint8Array, of: string): number =>
      [...value].filter((byte, i) => byte !== of.charCodeAt(i)).length
    const text = 'a text of some length, to be spoiled'
    expect(drawn<Uint8Array>(CorruptedBytes(text)).every((bytes) => differing(bytes, text) === 1)).toBe(true)
    expect(drawn<Uint8Array>(CorruptedBytes(text, { n: 5 })).every((bytes) => differing(bytes, text) === 5)).toBe(true)
    expect(drawn<Uint8Array>(CorruptedBytes(text, { p: 0.5 })).every((bytes) => differing(bytes, text) === 18)).toBe(
      true,
    )
    const bits = (bytes: Uint8Array): number =>
      [...bytes].reduce((sum, byte, i) => sum + (byte ^ text.charCodeAt(i)).toString(2).replaceAll('0', '').length, 0)
    expect(drawn<Uint8Array>(CorruptedBits(text, { n: 3 })).every((bytes) => bits(bytes) === 3)).toBe(true)
    expect(drawn<Uint8Array>(CorruptedBytes('', { n: 3 }), 1)[0]).toHaveLength(0)
    expect(() => CorruptedBytes('x', { p: 2 })).toThrow('above 0 and at most 1')
    expect(Raw(CorruptedBytes('hello')).command()).toBe("Raw(CorruptedBytes('hello'))")
  })
})

test('the expression of a value makes one like it', () => {
  for (const value of [
    RandIP('10.0.0.0/8'),
    RandRegExp(/[a-z]+\/x/),
    RandRegExp('\\d+'),
    RandPool(['a', 1], [new Uint8Array([1]), 2]),
    RandTermString(4, '\0'),
    CorruptedBytes('x', { n: 2 }),
    RandString(RandNum(1, 2), 'ab'),
    RandUUID(),
    RandEnumKeys(['a', 5]),
  ]) {
    if (value.toString().includes('hex(')) continue
    seed(12)
    const first = drawn(value, 20)
    const again = evaluated(value)
    expect(again.toString()).toBe(value.toString())
    seed(12)
    expect(drawn(again, 20)).toEqual(first)
  }
})

test('a value of a distribution that does not fit its field is told when it is built', () => {
  const packet = IP({ src: '10.0.0.1', dst: '10.0.0.2', ttl: RandNumGauss(5000, 1) })
  expect(() => packet.bytes()).toThrow('does not fit 8 bits')
  expect(TCP({ sport: RandShort() }).command()).toBe('TCP({sport: RandShort()})')
})
