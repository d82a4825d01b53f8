import { describe, expect, test } from 'vitest'
import {
  IP,
  IPv6,
  PIMv2Assert,
  PIMv2Bootstrap,
  PIMv2CandidateRP,
  PIMv2Graft,
  PIMv2GraftAck,
  PIMv2GroupAddrs,
  PIMv2Hdr,
  PIMv2Hello,
  PIMv2HelloHoldtime,
  PIMv2JoinAddrs,
  PIMv2JoinPrune,
  PIMv2Register,
  PIMv2RegisterStop,
  PIMv2StateRefresh,
  UDP,
} from '../../../src/layers/index.js'
import { answers, checksum, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('pim', [
  PIMv2Assert,
  PIMv2Bootstrap,
  PIMv2CandidateRP,
  PIMv2Graft,
  PIMv2GraftAck,
  PIMv2Hdr,
  PIMv2Hello,
  PIMv2JoinPrune,
  PIMv2Register,
  PIMv2RegisterStop,
  PIMv2StateRefresh,
])

describe('PIM, beyond the suite', () => {
  test('families, prefix lengths and counts follow from the addresses', () => {
    const jp_ips = [PIMv2GroupAddrs({ gaddr: 'ff0e::1', join_ips: [PIMv2JoinAddrs({ src_ip: '2001:db8::1' })] })]
    const packet = stack(
      IPv6({ src: 'fe80::1', dst: 'ff02::d' }),
      PIMv2Hdr(),
      PIMv2JoinPrune({ up_neighbor_ip: 'fe80::2', jp_ips }),
    ).rebuilt()
    expect([packet.type, packet.up_addr_family, packet.num_group]).toEqual([3, 2, 1])
    const [group] = packet.jp_ips as { mask_len: number; num_joins: number }[]
    expect([group!.mask_len, group!.num_joins]).toEqual([128, 1])
  })

  test('the checksum of a register covers 8 bytes', () => {
    const packet = stack(
      IP(),
      PIMv2Hdr(),
      PIMv2Register(),
      IP({ dst: '239.1.1.1' }),
      UDP({ sport: 5000, dport: 5001 }),
      'data',
    ).rebuilt()
    expect(checksum(packet.get(PIMv2Hdr)!.bytes().subarray(0, 8))).toBe(0)
    expect(packet.layers().map((each) => each.layerName)).toEqual([
      'IP',
      'PIMv2Hdr',
      'PIMv2Register',
      'IP',
      'UDP',
      'Raw',
    ])
  })

  test('options have their lengths', () => {
    const hello = stack(IP(), PIMv2Hdr(), PIMv2Hello({ option: [PIMv2HelloHoldtime({ holdtime: 65535 })] })).rebuilt()
    expect(hello.summary()).toContain('holdtime for ever')
    expect((hello.option as { length: number }[])[0]!.length).toBe(2)
  })

  test('a register-stop answers a register', () => {
    const register = stack(IP({ src: '10.0.0.1', dst: '10.0.0.2' }), PIMv2Hdr(), PIMv2Register({ n: 1 })).rebuilt()
    const stop = stack(IP({ src: '10.0.0.2', dst: '10.0.0.1' }), PIMv2Hdr(), PIMv2RegisterStop()).rebuilt()
    expect(answers(stop, register)).toBe(answers(stop.last, register.last))
    expect(answers(stop.last, register.last)).toBe(true)
  })
})
