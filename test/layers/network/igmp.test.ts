import { describe, expect, test } from 'vitest'
import { IGMP, IGMPv3, IGMPv3gr, IGMPv3mq, IGMPv3mr, IGMPv3mra, IP } from '../../../src/layers/index.js'
import { codeValue, delayValue } from '../../../src/layers/network/igmp-times.js'
import { stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('igmp', [IGMP, IGMPv3, IGMPv3mq, IGMPv3mr, IGMPv3mra])

describe('IGMP, beyond the suite', () => {
  test('codes of times stand for themselves, and for floating-point numbers when large', () => {
    expect([0, 127, 128, 0x8f, 0xff].map(codeValue)).toEqual([0, 127, 128, 248, 31744])
    expect([32767, 32768, 0xffff].map(delayValue)).toEqual([32767, 32768, 8387584])
  })

  test('a report counts its records and sources, and has its type', () => {
    const records = [
      IGMPv3gr({ rtype: 'to-exclude', maddr: '239.1.2.3' }),
      IGMPv3gr({ maddr: '232.1.1.1', srcaddrs: ['10.0.0.9'] }),
    ]
    const packet = stack(IP({ src: '10.0.0.5', dst: '224.0.0.22', ttl: 1 }), IGMPv3(), IGMPv3mr({ records })).rebuilt()
    expect([packet.proto, packet.get(IGMPv3)!.text('type'), packet.numgrp]).toEqual([2, 'report-3', 2])
    expect(packet.summary()).toBe(
      'IP / IGMPv3 / IGMPv3mr 10.0.0.5 > 224.0.0.22 to-exclude 239.1.2.3, is-include 232.1.1.1 from 10.0.0.9',
    )
  })

  test('the length of a query tells its version', () => {
    expect(stack(IP(), IGMP()).rebuilt().payload!.layerName).toBe('IGMP')
    expect(stack(IP(), IGMPv3(), IGMPv3mq()).rebuilt().last.layerName).toBe('IGMPv3mq')
  })

  test('a wrong checksum stays', () => {
    expect(
      stack(IP(), IGMP({ chksum: 1 }))
        .rebuilt()
        .get(IGMP)!.chksum,
    ).toBe(1)
  })
})
