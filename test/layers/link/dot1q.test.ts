import { describe, expect, test } from 'vitest'
import { ARP, Dot1AD, Dot1Q, Ether, IP, IPv6, UDP } from '../../../src/layers/index.js'
import { answers, dissect, fromHex, hashKey, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('dot1q', [Dot1Q, Dot1AD])

const MACS = '020000000002020000000001'

describe('VLAN tags, beyond the suite', () => {
  test('types follow the next layer', () => {
    const frame = stack(Ether(), Dot1AD({ vlan: 100 }), Dot1Q({ vlan: 5, prio: 7, dei: 1 }), IPv6())
    expect(frame.hex().slice(24, 44)).toBe('88a800648100f00586dd')
    expect(stack(Ether(), Dot1Q(), ARP()).hex().slice(24, 36)).toBe('810000010806')
  })

  test('a length instead of a type ends the payload', () => {
    const frame = dissect(Ether, fromHex(`${MACS}810000050003420003000000`))
    expect(frame.layers().map((layer) => layer.layerName)).toEqual(['Ether', 'Dot1Q', 'LLC', 'Padding'])
    expect(frame.get('Padding')!.load).toEqual(fromHex('000000'))
  })

  test('answers stay within their VLAN', () => {
    const request = stack(
      Ether(),
      Dot1Q({ vlan: 5 }),
      IP({ src: '10.0.0.1', dst: '10.0.0.2' }),
      UDP({ sport: 1, dport: 2 }),
    )
    const reply = stack(
      Ether(),
      Dot1Q({ vlan: 5 }),
      IP({ src: '10.0.0.2', dst: '10.0.0.1' }),
      UDP({ sport: 2, dport: 1 }),
    )
    expect(answers(reply, request)).toBe(true)
    expect(hashKey(reply)).toBe(hashKey(request))
    reply.vlan = 6
    expect(answers(reply, request)).toBe(false)
  })
})
