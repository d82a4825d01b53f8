import { describe, expect, test } from 'vitest'
import { ARP, Dot3, Ether, IP, LLC, SNAP, STP } from '../../../src/layers/index.js'
import { dissect, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('llc', [Dot3, LLC, SNAP])

describe('802.3 frames, beyond the suite', () => {
  test('the length is that of what follows, without padding', () => {
    expect(stack(Dot3(), LLC(), STP()).rebuilt().len).toBe(38)
    expect(stack(Dot3(), LLC(), SNAP(), IP()).hex().slice(24, 44)).toBe('001caaaa030000000800')
  })

  test('captured frames are Ether, whose type is the length', () => {
    const frame = dissect(Ether, stack(Dot3(), LLC(), SNAP(), ARP({ psrc: '10.0.0.1' })).bytes())
    expect(frame.layers().map((each) => each.layerName)).toEqual(['Ether', 'LLC', 'SNAP', 'ARP'])
    expect(frame.type).toBe(36)
  })

  test("Novell's frames have no LLC", () => {
    const frame = stack(Dot3(), Uint8Array.of(0xff, 0xff, 0, 30)).rebuilt()
    expect(frame.layers().map((each) => each.layerName)).toEqual(['Dot3', 'Raw'])
  })
})
