import { describe, expect, test } from 'vitest'
import { CookedLinux, CookedLinuxV2, IPv6, SLL, SLL2 } from '../../../src/layers/index.js'
import { stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('sll', [CookedLinux, CookedLinuxV2])

describe('cooked captures, beyond the suite', () => {
  test('have their short names too', () => {
    expect(SLL).toBe(CookedLinux)
    expect(SLL2).toBe(CookedLinuxV2)
  })

  test('the protocol follows the next layer', () => {
    expect(stack(SLL(), IPv6()).hex().slice(0, 36)).toBe('000002000000000000000000000086dd6000')
    expect(stack(SLL2(), IPv6()).hex().slice(0, 4)).toBe('86dd')
  })

  test('of devices whose protocol is no EtherType, the payload is Raw', () => {
    const packet = stack(SLL({ lladdrtype: 824, proto: 0x0800 }), 'netlink message of some length').rebuilt()
    expect(packet.layers().map((layer) => layer.layerName)).toEqual(['CookedLinux', 'Raw'])
  })

  test('the summary names the sender', () => {
    const packet = SLL({
      pkttype: 'outgoing',
      lladdrtype: 1,
      lladdrlen: 6,
      src: Uint8Array.from([2, 0, 0, 0, 0, 1, 0, 0]),
    })
    expect(packet.summary()).toBe('CookedLinux outgoing 02:00:00:00:00:01 (IPv4)')
  })
})
