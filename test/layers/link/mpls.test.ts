import { describe, expect, test } from 'vitest'
import { Ether, IP, IPv6, MPLS, UDP } from '../../../src/layers/index.js'
import { dissect, fromHex, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('mpls', [MPLS])

describe('MPLS, beyond the suite', () => {
  test('labels above another one say so, and IP of either version follows the last', () => {
    for (const network of [IP({ src: '10.0.0.1', dst: '10.0.0.2' }), IPv6({ src: 'fd00::1', dst: 'fd00::2' })]) {
      const frame = stack(Ether(), MPLS({ label: 16 }), MPLS({ label: 17 }), network, UDP()).rebuilt()
      expect(frame.layers().map((layer) => layer.layerName)).toEqual([
        'Ether',
        'MPLS',
        'MPLS',
        network.layerName,
        'UDP',
      ])
      expect(frame.s).toBe(0)
      expect(frame.payload!.payload!.raw('s')).toBe(1)
    }
  })

  test('anything else behind the last label is Raw', () => {
    expect(dissect(MPLS, fromHex('0001014000000000')).summary()).toBe('MPLS label 16 / Raw')
  })
})
