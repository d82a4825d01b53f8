import { describe, expect, test } from 'vitest'
import { IP, IPv6, VRRP, VRRPv3 } from '../../../src/layers/index.js'
import { stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('vrrp', [VRRP, VRRPv3])

describe('VRRP, beyond the suite', () => {
  test('addresses are of the family around them', () => {
    const six = stack(
      IPv6({ src: 'fe80::1', dst: 'ff02::12' }),
      VRRPv3({ addrlist: ['fe80::9', '2001:db8::9'] }),
    ).rebuilt()
    expect([six.ipcount, six.addrlist]).toEqual([2, ['fe80::9', '2001:db8::9']])
    const four = stack(IP({ src: '10.0.0.1', dst: '224.0.0.18' }), VRRPv3({ addrlist: ['10.0.0.9'] })).rebuilt()
    expect([four.proto, four.ipcount, four.addrlist]).toEqual([112, 1, ['10.0.0.9']])
  })

  test('CARP has the same number and is not read as VRRP', () => {
    const carp = Uint8Array.from([0x21, 1, 0, 7, 0, 1, ...new Array<number>(30).fill(0)])
    expect(stack(IP({ proto: 112 }), carp).rebuilt().payload!.layerName).toBe('Raw')
  })

  test('no address is refused by name', () => {
    expect(() => VRRPv3({ addrlist: ['10.0.0'] })).toThrow("VRRPv3.addrlist: '10.0.0' is no address such as '10.0.0.1'")
  })
})
