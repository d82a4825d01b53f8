import { describe, expect, test } from 'vitest'
import {
  ICMP,
  ICMPExtensionHeader,
  ICMPExtensionInterfaceInformation,
  ICMPExtensionMPLS,
  ICMPExtensionObject,
  ICMPv6DestUnreach,
  IP,
  IPerror,
  IPv6,
  IPv6error,
  MPLS,
  UDPerror,
} from '../../../src/layers/index.js'
import { checksum, dissect, type Packet, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('icmp-extension', [
  ICMPExtensionHeader,
  ICMPExtensionInterfaceInformation,
  ICMPExtensionMPLS,
  ICMPExtensionObject,
])

const names = (packet: Packet) => packet.layers().map((layer) => layer.layerName)
const labels = () => ICMPExtensionMPLS({ labels: [MPLS({ label: 16, s: 0 }), MPLS({ label: 17 })] })

describe('ICMP extensions, beyond the suite', () => {
  test('the quoted datagram is padded to 128 bytes, and the length says so', () => {
    const error = stack(
      ICMP({ type: 11 }),
      IPerror({ len: 33 }),
      UDPerror({ len: 13 }),
      'hello',
      ICMPExtensionHeader,
      labels(),
    )
    const bytes = error.bytes()
    expect(bytes.length).toBe(8 + 128 + 4 + 12)
    expect(bytes[5]).toBe(32)
    expect(checksum(bytes)).toBe(0)
    expect(checksum(bytes.subarray(136))).toBe(0)
    const read = dissect(ICMP, bytes)
    expect(names(read)).toEqual([
      'ICMP',
      'IPerror',
      'UDPerror',
      'Raw',
      'Padding',
      'ICMPExtensionHeader',
      'ICMPExtensionMPLS',
    ])
    expect((read.get(ICMPExtensionMPLS)!.labels as unknown as { label: number }[]).map(({ label }) => label)).toEqual([
      16, 17,
    ])
    for (const layer of read.layers()) for (const field of layer._layer.automatic) layer.unset(field.name)
    expect(read.hex()).toBe(error.hex())
  })

  test('a longer datagram is padded to whole words', () => {
    const bytes = stack(ICMP({ type: 3 }), 'q'.repeat(130), ICMPExtensionHeader, labels()).bytes()
    expect(bytes[5]).toBe(33)
    expect(bytes.length).toBe(8 + 132 + 4 + 12)
  })

  test('in ICMPv6 the length counts 8 bytes', () => {
    const packet = stack(
      IPv6({ src: 'fe80::1', dst: 'fe80::2' }),
      ICMPv6DestUnreach(),
      IPv6error(),
      'q'.repeat(90),
      ICMPExtensionHeader,
      labels(),
    )
    const read = packet.rebuilt()
    expect(read.get(ICMPv6DestUnreach)!.length).toBe(17)
    expect(read.plen).toBe(8 + 136 + 4 + 12)
    expect(read.has(ICMPExtensionMPLS)).toBe(true)
  })

  test('without extensions the length is 0 and nothing is padded', () => {
    const packet = stack(IP(), ICMP({ type: 3 }), IPerror(), UDPerror())
    expect(packet.bytes().length).toBe(56)
    expect(packet.rebuilt().get(ICMP)!.length).toBe(0)
  })

  test('objects of unknown classes keep their bytes', () => {
    const packet = stack(
      ICMP({ type: 11 }),
      'q'.repeat(128),
      ICMPExtensionHeader,
      ICMPExtensionObject({ classnum: 77, data: 'abcd' }),
      labels(),
    )
    const read = packet.rebuilt()
    expect(names(read).slice(-2)).toEqual(['ICMPExtensionObject', 'ICMPExtensionMPLS'])
    expect(read.get(ICMPExtensionObject)!.len).toBe(8)
  })

  test('an interface has the parts that its bits announce', () => {
    const bits = { has_ifindex: 1, has_ipaddr: 1, has_mtu: 1, ifindex: 7, afi: 2, ip6: 'fd00::1', mtu: 1500 }
    const built = stack(
      ICMP({ type: 11 }),
      'q'.repeat(128),
      ICMPExtensionHeader,
      ICMPExtensionInterfaceInformation(bits),
    )
    const read = built.rebuilt().get(ICMPExtensionInterfaceInformation)!
    expect([read.len, read.ifindex, read.ip4, read.ip6, read.ifname, read.mtu]).toEqual([
      32,
      7,
      undefined,
      'fd00::1',
      undefined,
      1500,
    ])
  })
})
