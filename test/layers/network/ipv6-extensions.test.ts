import { describe, expect, test } from 'vitest'
import {
  ICMPv6EchoRequest,
  IPv6,
  IPv6ExtHdrDestOpt,
  IPv6ExtHdrFragment,
  IPv6ExtHdrHopByHop,
  IPv6ExtHdrRouting,
  IPv6ExtHdrRPL,
  IPv6ExtHdrSegmentRouting,
  TCP,
  UDP,
} from '../../../src/layers/index.js'
import { dissect, fromHex, type Packet, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('ipv6-extensions', [
  IPv6ExtHdrDestOpt,
  IPv6ExtHdrFragment,
  IPv6ExtHdrHopByHop,
  IPv6ExtHdrRouting,
  IPv6ExtHdrRPL,
  IPv6ExtHdrSegmentRouting,
])

const ends = { src: 'fd00::1', dst: 'fd00::2' }
const names = (packet: Packet) => packet.layers().map((layer) => layer.layerName)

describe('IPv6 extension headers, beyond the suite', () => {
  test('each names the next one, down to the transport', () => {
    const packet = stack(
      IPv6(ends),
      IPv6ExtHdrHopByHop(),
      IPv6ExtHdrDestOpt(),
      IPv6ExtHdrRouting(),
      IPv6ExtHdrFragment(),
      TCP(),
    )
    const read = packet.rebuilt()
    expect(names(read)).toEqual(names(packet))
    expect(read.layers().map((layer) => layer._layer.find('nh') >= 0 && layer.raw('nh'))).toEqual([
      0,
      60,
      43,
      44,
      6,
      false,
    ])
  })

  test('options are filled up with PadN, or one Pad1', () => {
    expect(IPv6ExtHdrHopByHop().hex()).toBe('3b00010400000000')
    expect(IPv6ExtHdrHopByHop({ options: [['RouterAlert', 0]] }).hex()).toBe('3b00050200000100')
    expect(IPv6ExtHdrDestOpt({ options: [['PadN', new Uint8Array(3)]] }).hex()).toBe('3b00010300000000')
    expect(IPv6ExtHdrDestOpt({ options: [['TunnelEncapsulationLimit', 4]] }).rebuilt().options).toEqual([
      ['TunnelEncapsulationLimit', 4],
      ['PadN', Buffer.from([0])],
    ])
    expect(
      IPv6ExtHdrDestOpt({
        options: [
          ['PadN', new Uint8Array(1)],
          ['HomeAddress', 'fd00::9'],
        ],
      }).hex(),
    ).toHaveLength(48)
  })

  test('checksums are over the last address while segments are left', () => {
    const checksumOf = (packet: Packet): unknown => (packet.rebuilt().get(UDP) as { chksum: number }).chksum
    const direct = checksumOf(stack(IPv6({ src: 'fd00::1', dst: 'fd00::9' }), UDP()))
    expect(checksumOf(stack(IPv6(ends), IPv6ExtHdrRouting({ addresses: ['fd00::8', 'fd00::9'] }), UDP()))).toBe(direct)
    expect(checksumOf(stack(IPv6(ends), IPv6ExtHdrSegmentRouting({ addresses: ['fd00::9', 'fd00::2'] }), UDP()))).toBe(
      direct,
    )
    const arrived = stack(
      IPv6({ src: 'fd00::1', dst: 'fd00::9' }),
      IPv6ExtHdrRouting({ addresses: ['fd00::2'], segleft: 0 }),
      UDP(),
    )
    expect(checksumOf(arrived)).toBe(direct)
  })

  test('segments left are all unless set', () => {
    expect(
      IPv6ExtHdrRouting({ addresses: ['fd00::8', 'fd00::9'] })
        .hex()
        .slice(0, 16),
    ).toBe('3b04000200000000')
    expect(
      IPv6ExtHdrSegmentRouting({ addresses: ['fd00::8', 'fd00::9'] })
        .hex()
        .slice(0, 16),
    ).toBe('3b04040101000000')
    expect(IPv6ExtHdrRouting({ type: 3, data: fromHex('9900000000000001') }).hex()).toBe(
      '3b0103009900000000000001'.padEnd(24, '0'),
    )
  })

  test('only a first fragment names its next layer', () => {
    const fragment = (offset: number) =>
      stack(IPv6(ends), IPv6ExtHdrFragment({ offset, m: 1, nh: 58, id: 7 }), ICMPv6EchoRequest().bytes())
    expect(names(fragment(0).rebuilt())).toEqual(['IPv6', 'IPv6ExtHdrFragment', 'ICMPv6EchoRequest'])
    expect(names(fragment(5).rebuilt())).toEqual(['IPv6', 'IPv6ExtHdrFragment', 'Raw'])
    expect(fragment(5).rebuilt().payload!.summary()).toBe('IPv6ExtHdrFragment id 7 offset 40 more ipv6_icmp / Raw')
  })

  test('a checksum behind a segment list that is cut short is over the destination', () => {
    const packet = dissect(IPv6, fromHex(`6000000000082b40${'00'.repeat(32)}1102040105000000`))
    expect(stack(packet, UDP()).bytes().length).toBe(56)
  })

  test('a header that says more than there is leaves an issue', () => {
    const packet = dissect(IPv6ExtHdrDestOpt, fromHex('3b05010400000000'))
    expect(String(packet.issue)).toBe('IPv6ExtHdrDestOpt at byte 0 needs 48 bytes, 8 are left (IPv6ExtHdrDestOpt.len)')
  })

  test('addresses of RPL leave out what they share, and are padded', () => {
    const packet = IPv6ExtHdrRPL({ cmpri: 15, cmpre: 14, addresses: ['::1', '::2', '::102'] })
    expect(packet.hex()).toBe('3b010303fe400000010201020000' + '0000')
    expect(packet.rebuilt().addresses).toEqual(['::1', '::2', '::102'])
    expect(IPv6ExtHdrRPL().hex()).toBe('3b00030000000000')
    expect(dissect(IPv6ExtHdrRouting, fromHex('3b00030000000000')).layerName).toBe('IPv6ExtHdrRouting')
    expect(names(stack(IPv6(ends), packet, UDP()).rebuilt())).toEqual(['IPv6', 'IPv6ExtHdrRPL', 'UDP'])
    // Padding that is longer than the addresses leaves none.
    expect(dissect(IPv6ExtHdrRPL, fromHex(`3b01030000f00000${'00'.repeat(8)}`)).addresses).toEqual([])
  })

  test('objects of segment routing have names', () => {
    const packet = IPv6ExtHdrSegmentRouting({
      addresses: ['fd00::1'],
      tlv_objects: [['HMAC', new Uint8Array(38)], ['Pad1']],
    }).rebuilt()
    expect(packet.len).toBe(8)
    expect(packet.tlv_objects.map(([name]: [string]) => name)).toEqual(['HMAC', 'Pad1', 'PadN'])
  })
})
