import { describe, expect, test } from 'vitest'
import { HDLC, IP, PPP } from '../../../src/layers/index.js'
import { dissect, fromHex, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('ppp', [HDLC, PPP])

describe('PPP, beyond the suite', () => {
  test('a protocol read from one byte is written in one byte', () => {
    const packet = dissect(PPP, fromHex('21450000140000000040000000000000000000' + '0000'))
    expect(packet.proto).toBe(0x21)
    packet.get(IP)!.ttl = 9
    expect(packet.hex().slice(0, 4)).toBe('2145')
    expect(stack(HDLC(), PPP(), IP()).hex().slice(0, 8)).toBe('ff030021')
  })

  test('a protocol with an odd first byte is refused', () => {
    expect(() => PPP({ proto: 0x0121 })).toThrow('PPP.proto: 0x121 has an odd first byte')
  })
})
