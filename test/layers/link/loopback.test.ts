import { describe, expect, test } from 'vitest'
import { IP, IPv6, Loopback, LoopbackBE } from '../../../src/layers/index.js'
import { dissect, fromHex, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('loopback', [Loopback, LoopbackBE])

describe('loopback headers, beyond the suite', () => {
  test('the family follows the next layer', () => {
    expect(stack(Loopback(), IP()).hex().slice(0, 8)).toBe('02000000')
    expect(stack(Loopback(), IPv6()).hex().slice(0, 8)).toBe('1e000000')
    expect(stack(LoopbackBE(), IPv6()).hex().slice(0, 8)).toBe('0000001e')
  })

  test.each(['0a000000', '18000000', '1c000000', '0000001e', '0000000a'])('%s is IPv6', (family) => {
    const packet = dissect(Loopback, fromHex(family + stack(IPv6()).hex()))
    expect(packet.payload!.layerName).toBe('IPv6')
  })

  test('a changed family keeps the byte order that it was read in', () => {
    const packet = dissect(Loopback, fromHex('00000002ffff'))
    packet.type = 24
    expect(packet.hex()).toBe('00000018ffff')
    expect(() => Loopback({ type: 0x10000 })).toThrow('Loopback.type: 65536')
  })

  test('the order of a family that is cut short is not that of the bytes behind it', () => {
    for (const outside of ['ffff', '0000']) {
      const packet = dissect(Loopback, fromHex(`0200${outside}`), 0, 2)
      packet.type = 24
      expect(packet.hex()).toBe('18000000')
    }
  })
})
