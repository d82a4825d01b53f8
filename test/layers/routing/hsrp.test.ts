import { describe, expect, test } from 'vitest'
import {
  HSRP,
  HSRPAdvertise,
  HSRPInterfaceState,
  HSRPmd5,
  HSRPText,
  HSRPv2,
  IP,
  UDP,
} from '../../../src/layers/index.js'
import { stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('hsrp', [HSRP, HSRPAdvertise, HSRPv2, HSRPInterfaceState, HSRPText, HSRPmd5])

describe('HSRP, beyond the suite', () => {
  test('TLVs of version 2 follow each other, with their lengths', () => {
    const packet = stack(IP(), UDP(), HSRPv2({ group: 300 }), HSRPText({ auth: 'secret' })).rebuilt()
    expect(packet.layers().map((each) => each.layerName)).toEqual(['IP', 'UDP', 'HSRPv2', 'HSRPText'])
    expect([packet.sport, packet.get(HSRPv2)!.len, packet.get(HSRPText)!.len]).toEqual([1985, 40, 8])
  })

  test('other bytes on the port are Raw', () => {
    expect(stack(IP(), UDP({ dport: 1985 }), 'hello there').rebuilt().last.layerName).toBe('Raw')
  })
})
