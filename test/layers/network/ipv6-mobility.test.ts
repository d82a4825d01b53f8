import { describe, expect, test } from 'vitest'
import {
  IPv6,
  MIP6MH_BA,
  MIP6MH_BE,
  MIP6MH_BRR,
  MIP6MH_BU,
  MIP6MH_CoT,
  MIP6MH_CoTI,
  MIP6MH_Generic,
  MIP6MH_HoT,
  MIP6MH_HoTI,
} from '../../../src/layers/index.js'
import { answers, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('ipv6-mobility', [
  MIP6MH_BA,
  MIP6MH_BE,
  MIP6MH_BRR,
  MIP6MH_BU,
  MIP6MH_CoT,
  MIP6MH_CoTI,
  MIP6MH_Generic,
  MIP6MH_HoT,
  MIP6MH_HoTI,
])

const ends = { src: 'fd00::1', dst: 'fd00::2' }
const back = { src: 'fd00::2', dst: 'fd00::1' }

describe('the mobility header, beyond the suite', () => {
  test('is filled up to 8 bytes and named by IPv6', () => {
    for (const each of [
      MIP6MH_BRR,
      MIP6MH_HoTI,
      MIP6MH_CoTI,
      MIP6MH_HoT,
      MIP6MH_CoT,
      MIP6MH_BU,
      MIP6MH_BA,
      MIP6MH_BE,
    ]) {
      const packet = stack(IPv6(ends), each()).rebuilt()
      expect([packet.nh, packet.plen % 8, packet.layers()[1]!.layerName, packet.issues()]).toEqual([
        135,
        0,
        each.layerName,
        [],
      ])
    }
    expect(stack(IPv6(ends), MIP6MH_Generic({ mhtype: 13, msg: 'abc' })).rebuilt().plen).toBe(16)
  })

  test('a message too short for its type stays bytes', () => {
    const packet = stack(IPv6(ends), MIP6MH_Generic({ mhtype: 7, msg: 'ab' })).rebuilt()
    expect(packet.layers().map((each) => each.layerName)).toEqual(['IPv6', 'MIP6MH_Generic'])
  })

  test('a test has the cookie of its init, an acknowledgement the number of its update', () => {
    const init = stack(IPv6(ends), MIP6MH_HoTI({ cookie: 'abcdefgh' }))
    expect(answers(stack(IPv6(back), MIP6MH_HoT({ cookie: 'abcdefgh' })), init)).toBe(true)
    expect(answers(stack(IPv6(back), MIP6MH_HoT({ cookie: 'abcdefgX' })), init)).toBe(false)
    expect(answers(stack(IPv6(back), MIP6MH_CoT({ cookie: 'abcdefgh' })), init)).toBe(false)
    const update = stack(IPv6(ends), MIP6MH_BU({ seq: 5 }))
    expect(answers(stack(IPv6(back), MIP6MH_BA({ seq: 5 })), update)).toBe(true)
    expect(answers(stack(IPv6(back), MIP6MH_BA({ seq: 6 })), update)).toBe(false)
  })

  test('flags and status have names', () => {
    expect(MIP6MH_BU({ flags: 'AH' }).bytes()[8]).toBe(0xc0)
    expect(MIP6MH_BA({ status: 'duplicate-address' }).status).toBe(134)
    expect(() => MIP6MH_BA({ status: 'duplicat-address' })).toThrow("did you mean 'duplicate-address'")
  })
})
