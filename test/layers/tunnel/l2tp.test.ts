import { describe, expect, test } from 'vitest'
import { IP, L2TP, L2TPAVP, L2TPControl, UDP } from '../../../src/layers/index.js'
import { fromHex, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('l2tp', [L2TP, L2TPControl])

describe('L2TP, beyond the suite', () => {
  test('attributes take values as their types have them', () => {
    const avps = [L2TPAVP({ value: 'SCCRQ' }), L2TPAVP({ attribute_type: 'host-name', value: 'lac' })]
    const packet = stack(L2TP({ tunnel_id: 1 }), L2TPControl({ avps }))
    expect(packet.hex()).toBe('c802001d000100000000000080080000000000018009000000076c6163')
    expect(packet.rebuilt().summary()).toContain('SCCRQ')
    expect(() => stack(L2TP(), L2TPControl({ avps: [L2TPAVP({ value: 'NOPE' })] })).bytes()).toThrow('L2TPAVP')
  })

  test('version 3 stays bytes', () => {
    const packet = stack(IP(), UDP({ dport: 1701 }), fromHex('c80300140000000000000000')).rebuilt()
    expect(packet.layers().map((each) => each.layerName)).toEqual(['IP', 'UDP', 'Raw'])
  })
})
