import { describe, expect, test } from 'vitest'
import { compileFilter, validateFilter } from '../../src/link/filter.js'

/** Ethernet, IPv4 10.0.0.1 to 10.0.0.2, TCP 1024 to 80. */
const FRAME = Buffer.from(
  'ffffffffffff020000000001080045000028000100004006000a0a0000010a0000020400005000000000000000005002200000000000',
  'hex',
)

describe('compileFilter', () => {
  test('matches frames, also inside of a larger buffer', () => {
    const filter = compileFilter('tcp dst port 80 and src host 10.0.0.1', 1)
    expect(filter(FRAME)).toBe(true)
    const buffer = Buffer.concat([Buffer.alloc(7), FRAME, Buffer.alloc(9)])
    expect(filter(buffer, FRAME.length, 7, 7 + FRAME.length)).toBe(true)
    expect(filter(buffer)).toBe(false)
    expect(compileFilter('udp', 1)(FRAME)).toBe(false)
  })

  test('len is the length on the wire', () => {
    const filter = compileFilter('greater 1000', 1)
    expect(filter(FRAME)).toBe(false)
    expect(filter(FRAME, 1500)).toBe(true)
  })

  test('the empty expression matches everything', () => {
    expect(compileFilter(' ', 1)(new Uint8Array(1))).toBe(true)
  })

  test('other link types', () => {
    const packet = FRAME.subarray(14)
    expect(compileFilter('tcp port 80', 101)(packet)).toBe(true)
    const cooked = Buffer.concat([
      Buffer.from('0000000100060200000000010000', 'hex'),
      Buffer.from('0800', 'hex'),
      packet,
    ])
    expect(compileFilter('tcp port 80', 113)(cooked)).toBe(true)
    const cooked2 = Buffer.concat([Buffer.from('080000000000000200010006020000000001', 'hex'), Buffer.alloc(2), packet])
    expect(compileFilter('tcp port 80', 276)(cooked2)).toBe(true)
  })
})

describe('validateFilter', () => {
  test('accepts what is right', () => {
    expect(validateFilter('tcp port 80 or (udp and not port 53)', 1)).toBeUndefined()
    expect(validateFilter('', 1)).toBeUndefined()
  })

  test.each([
    ['tcp port 80 adn host 1.2.3.4', "after 'tcp port 80', at 'adn host 1.2.3.4' (column 13"],
    ['tcp and', "after 'tcp', at 'and' (column 5"],
    ['(tcp', "1 ')' missing"],
    ['tcp)', "1 ')' too many"],
    ['foo', 'syntax error'],
    ['port 99999', 'illegal port number 99999 > 65535'],
    ['host 300.1.1.1', '300.1.1.1'],
    ['tcp\0udp', 'zero byte'],
  ])('says where %j is wrong', (text, where) => {
    expect(() => validateFilter(text, 1)).toThrow(
      expect.objectContaining({ name: 'LinkError', code: 'BAD_FILTER', message: expect.stringContaining(where) }),
    )
  })
})
