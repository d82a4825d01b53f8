import { describe, expect, test } from 'vitest'
import { Ether, IP, UDP, VXLAN } from '../../../src/layers/index.js'
import { fromHex, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('vxlan', [VXLAN])

describe('VXLAN, beyond the suite', () => {
  test('from scratch', () => {
    expect(
      stack(IP(), UDP(), VXLAN({ vni: 42 }), Ether())
        .rebuilt()
        .get(UDP)!.dport,
    ).toBe(4789)
    expect(VXLAN({ vni: 42 }).hex()).toBe('0800000000002a00')
    expect(stack(VXLAN(), IP()).hex().slice(0, 16)).toBe('0c00000100000000')
  })

  test('other protocols on its ports stay bytes', () => {
    const packet = stack(IP(), UDP({ dport: 8472 }), fromHex('0000000000000000')).rebuilt()
    expect(packet.layers().map((each) => each.layerName)).toEqual(['IP', 'UDP', 'Raw'])
  })
})
