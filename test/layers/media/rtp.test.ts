import { describe, expect, test } from 'vitest'
import { RTP, RTPExtension, RTPPadding, UDP } from '../../../src/layers/index.js'
import { dissect, fromHex, type Packet, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'
import { bindPortsOfVectors } from '../ports-of-vectors.js'

bindPortsOfVectors()

familySuite('rtp', [RTP, RTPExtension, RTPPadding])

const names = (packet: Packet) => packet.layers().map((layer) => layer.layerName)

describe('RTP, beyond the suite', () => {
  test('an extension and sources set their bits', () => {
    const packet = stack(RTP({ sync: [1, 2] }), RTPExtension({ elements: [[1, fromHex('aabb')]] }), 'sound').rebuilt()
    expect([packet.extension, packet.numsync]).toEqual([1, 2])
    expect(packet.hex()).toBe(`92000000${'00000000'.repeat(2)}0000000100000002bede000111aabb00736f756e64`)
  })

  test('padding is told by the last byte, and counted by UDP', () => {
    const packet = stack(UDP({ dport: 5004 }), RTP({ padding: 1 }), 'sound', RTPPadding({ fill: fromHex('0000') }))
    const read = packet.rebuilt()
    expect(names(read)).toEqual(['UDP', 'RTP', 'Raw', 'RTPPadding'])
    expect([read.len, read.get(RTPPadding)!.size]).toEqual([28, 3])
    // One that is longer than the packet is none.
    expect(names(dissect(RTP, fromHex(`a0000000${'00000000'.repeat(2)}aabbccff`)))).toEqual(['RTP', 'Raw'])
  })

  test('elements that break off or may not be are bytes', () => {
    const read = (hex: string) => dissect(RTPExtension, fromHex(hex)).elements
    expect(read('bede000114aabbcc')).toEqual([['bytes', fromHex('14aabbcc')]])
    expect(read('bede0001f0aabbcc')).toEqual([['bytes', fromHex('f0aabbcc')]])
    expect(read('1000000101ff0000')).toEqual([['bytes', fromHex('01ff0000')]])
    expect(dissect(RTPExtension, fromHex('1234000100000005')).header).toEqual([5])
  })

  test('elements that do not fit are refused', () => {
    expect(() => RTPExtension({ elements: [[15, 'x']] }).bytes()).toThrow('element 15 of 1 bytes does not fit')
    expect(() => RTPExtension({ elements: [[1, new Uint8Array(17)]] }).bytes()).toThrow('does not fit')
    expect(RTPExtension({ header_id: 0x1000, elements: [[15, new Uint8Array(17)]] }).bytes().length).toBe(24)
    expect(() => RTPExtension({ elements: [[1, 5 as never]] })).toThrow('is no element such as')
  })

  test('other bytes are bytes', () => {
    expect(names(stack(UDP({ dport: 5004 }), 'no sound at all').rebuilt())).toEqual(['UDP', 'Raw'])
  })
})
