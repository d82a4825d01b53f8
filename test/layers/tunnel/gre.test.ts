import { describe, expect, test } from 'vitest'
import { Ether, GRE, GRE_PPTP, IP, PPP } from '../../../src/layers/index.js'
import { stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('gre', [GRE, GRE_PPTP])

describe('GRE, beyond the suite', () => {
  test('the checksum is over header and payload', () => {
    const packet = stack(IP(), GRE({ chksum_present: 1 }), IP()).rebuilt()
    const sum = (packet.get(GRE)!.bytes() as Buffer).reduce(
      (total, byte, i) => total + (i % 2 === 0 ? byte << 8 : byte),
      0,
    )
    expect((sum & 0xffff) + (sum >>> 16)).toBe(0xffff)
  })

  test('what it carries gives the type', () => {
    expect(stack(GRE(), Ether()).hex().slice(0, 8)).toBe('00006558')
    expect(stack(IP(), GRE_PPTP(), PPP(), IP()).rebuilt().get(GRE_PPTP)!.payload_len).toBe(22)
  })
})
