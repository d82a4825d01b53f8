import { isIPv4, isIPv6 } from 'node:net'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatIpv4, formatIpv6, formatMac, parseIpv4, parseIpv6, parseMac } from '../../src/packet/index.js'

describe('IPv4', () => {
  test('reads what the standard library takes for an address, and nothing else', () => {
    const octetLike = fc.oneof(
      fc.integer({ min: 0, max: 300 }).map(String),
      fc.constantFrom('', '00', '01', '-1', 'a', '1e1', ' 1', '256'),
    )
    const text = fc.array(octetLike, { minLength: 3, maxLength: 5 }).map((parts) => parts.join('.'))
    fc.assert(fc.property(text, (candidate) => parseIpv4(candidate) >= 0 === isIPv4(candidate)))
  })

  test('gives back the number it was formatted from', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (number) => parseIpv4(formatIpv4(number)) === number),
    )
    expect(formatIpv4(0xc0a80001)).toBe('192.168.0.1')
    expect(formatIpv4(0xffffffff)).toBe('255.255.255.255')
  })
})

describe('IPv6', () => {
  test('reads what the standard library takes for an address, and nothing else', () => {
    const part = fc.constantFrom('', '0', '1', 'ffff', '12345', 'g', 'abcd', '1.2.3.4', '1.2.3', '::')
    const text = fc.array(part, { minLength: 1, maxLength: 9 }).map((parts) => parts.join(':'))
    fc.assert(
      fc.property(text, (candidate) => (parseIpv6(candidate) !== undefined) === isIPv6(candidate)),
      { numRuns: 3000 },
    )
  })

  test('gives back the bytes it was formatted from', () => {
    const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }))
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const bytes = Uint8Array.from(groups.flatMap((value) => [value >> 8, value & 255]))
        expect(parseIpv6(formatIpv6(bytes))).toEqual(bytes)
      }),
    )
  })

  // RFC 5952 §4.2: lower case, the longest run of zeros (the first of equals), never a single group, dotted for mapped addresses (§5).
  test.each([
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['1:0:0:0:0:0:0:0', '1::'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['::ffff:1.2.3.4', '::ffff:1.2.3.4'],
  ])('%s is written %s', (given, canonical) => {
    expect(formatIpv6(parseIpv6(given)!)).toBe(canonical)
  })
})

describe('MAC', () => {
  test('gives back the number it was formatted from', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 48 - 1 }), (number) => parseMac(formatMac(number)) === number))
    expect(parseMac('02-00-5E-00-53-01')).toBe(0x02005e005301)
  })

  test.each(['', '02:00:00:00:00', '02:00:00:00:00:0', '02:00:00:00:00:0g', '020000000001', '02:00:00:00:00:01:02'])(
    '%j is none',
    (text) => {
      expect(parseMac(text)).toBe(-1)
    },
  )
})
