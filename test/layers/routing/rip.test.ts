import { describe, expect, test } from 'vitest'
import { IP, IPv6, RIP, RIPAuth, RIPEntry, RIPng, RIPngEntry, UDP } from '../../../src/layers/index.js'
import { answers, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('rip', [RIP, RIPEntry, RIPAuth])
familySuite('ripng', [RIPng])

describe('RIP, beyond the suite', () => {
  test('authentication makes it version 2, and ports are set', () => {
    const packet = stack(IP(), UDP(), RIP(), RIPAuth({ password: 'secret' }), RIPEntry({ addr: '10.0.0.0' })).rebuilt()
    expect([packet.sport, packet.dport, packet.get(RIP)!.version, packet.password]).toEqual([520, 520, 2, 'secret'])
  })

  test('a response answers a request', () => {
    const request = stack(
      IP({ src: '10.0.0.1', dst: '10.0.0.2' }),
      UDP(),
      RIP({ cmd: 'request' }),
      RIPEntry({ AF: 0, metric: 16 }),
    )
    const response = stack(IP({ src: '10.0.0.2', dst: '10.0.0.1' }), UDP(), RIP({ cmd: 'response' }), RIPEntry())
    expect(answers(response.rebuilt(), request.rebuilt())).toBe(true)
    expect(answers(request.rebuilt(), response.rebuilt())).toBe(false)
  })

  test('entries of RIPng are a list, and may be stacked as well', () => {
    const entry = { prefix_or_nh: '2001:db8::', prefixlen: 32 }
    const listed = stack(IPv6(), UDP(), RIPng({ entries: [RIPngEntry(entry)] }))
    expect(stack(IPv6(), UDP(), RIPng(), RIPngEntry(entry)).hex()).toBe(listed.hex())
    expect(listed.rebuilt().summary()).toContain('RIPng ::1 > ::1 request 2001:db8::/32 metric 1')
  })

  test('other bytes on the ports are Raw', () => {
    expect(stack(IP(), UDP({ dport: 520 }), 'hello').rebuilt().last.layerName).toBe('Raw')
    expect(stack(IP(), UDP({ dport: 521 }), 'hello').rebuilt().last.layerName).toBe('Raw')
  })
})
