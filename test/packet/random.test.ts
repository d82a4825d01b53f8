import { expect, test } from 'vitest'
import { IP, Raw, UDP } from '../../src/layers/index.js'
import {
  fromHex,
  parseIpv4,
  parseMac,
  RandBin,
  RandByte,
  RandChoice,
  RandInt,
  RandIP,
  RandIP6,
  RandLong,
  RandMAC,
  RandNum,
  RandShort,
  RandString,
  seed,
  stack,
} from '../../src/packet/index.js'

const draws = <T>(make: () => { pick(): unknown }, count = 500): T[] =>
  Array.from({ length: count }, () => make().pick() as T)

test('values stay within what they promise', () => {
  seed(1)
  expect(Math.max(...draws<number>(RandByte, 5000))).toBe(255)
  expect(draws<number>(() => RandNum(5, 7), 200).every((value) => value >= 5 && value <= 7)).toBe(true)
  expect(new Set(draws<number>(() => RandNum(5, 7), 200)).size).toBe(3)
  expect(draws<number>(RandShort).every((value) => Number.isInteger(value) && value <= 0xffff)).toBe(true)
  expect(draws<number>(RandInt).some((value) => value > 0x80000000)).toBe(true)
  expect(draws<bigint>(RandLong).every((value) => value >= 0n && value < 1n << 64n)).toBe(true)
  expect(
    draws<string>(() => RandIP('10.1.0.0/16')).every((text) => text.startsWith('10.1.') && parseIpv4(text) > 0),
  ).toBe(true)
  expect(
    draws<string>(() => RandMAC('00:11:22')).every((text) => text.startsWith('00:11:22:') && parseMac(text) > 0),
  ).toBe(true)
  expect(draws<string>(() => RandMAC()).every((text) => (Number.parseInt(text.slice(0, 2), 16) & 3) === 2)).toBe(true)
  expect(draws<string>(() => RandString(56)).every((text) => /^[A-Za-z0-9]{56}$/.test(text))).toBe(true)
  expect(draws<Uint8Array>(() => RandBin(8)).every((bytes) => bytes.length === 8)).toBe(true)
  expect(new Set(draws(() => RandChoice('a', 'b'))).size).toBe(2)
  expect(draws<string>(RandIP6).every((text) => text.includes(':'))).toBe(true)
})

test('a seed repeats the series', () => {
  const series = (start: number): unknown[] => {
    seed(start)
    return draws(RandInt, 20)
  }
  expect(series(42)).toEqual(series(42))
  expect(series(42)).not.toEqual(series(43))
})

test('a random field is new in every packet that is built, and fixed in each that is iterated', () => {
  const packet = stack(
    IP({ src: '10.0.0.1', dst: '10.0.0.2', id: RandShort() }),
    UDP({ sport: RandShort() }),
    Raw(RandString(8)),
  )
  expect(new Set(Array.from({ length: 20 }, () => packet.hex())).size).toBeGreaterThan(1)
  const [one] = [...packet]
  expect(one!.hex()).toBe(one!.hex())
  expect(packet.get(UDP)!.text('sport')).toBe('RandShort()')
  expect(packet.command()).toBe(
    "IP({id: RandShort(), src: '10.0.0.1', dst: '10.0.0.2'})/UDP({sport: RandShort()})/Raw(RandString(8))",
  )
  // The checksum covers the value that was drawn.
  const bytes = packet.bytes()
  const again = IP(bytes) as typeof packet
  again.get(UDP)!.unset('chksum')
  expect(again.hex()).toBe(bytes.toString('hex'))
  expect(fromHex(again.hex())).toHaveLength(36)
})

test('nonsense is refused', () => {
  expect(() => RandNum(3, 1)).toThrow('RandNum(3, 1): give two whole numbers, the lower one first')
  expect(() => RandString(-1)).toThrow('RandString(-1): a size is a whole number of bytes, 0..65535')
  expect(() => RandIP('x')).toThrow("RandIP('x'): give a network such as '10.0.0.0/8'")
  expect(() => RandChoice()).toThrow('at least one value')
})
