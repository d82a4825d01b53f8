import { describe, expect, test } from 'vitest'
import { IP, IPv6, IPv6ExtHdrHopByHop, UDP, UDPerror } from '../../../src/layers/index.js'
import { dissect, fromHex, stack } from '../../../src/packet/index.js'
import { layerSuite } from '../layer-suite.js'
import { vectorsOf } from '../vectors.js'

const ip = () => IP({ src: '10.0.0.1', dst: '10.0.0.2' })
const HEADER = '4500001f00010000401166cb0a0000010a000002'

layerSuite(UDP, {
  vectors: vectorsOf('udp'),
  // Bytes from Scapy 2.5.0.
  build: [
    {
      name: 'an odd number of bytes',
      packet: () => stack(ip(), UDP({ sport: 1000, dport: 2000 }), 'abc'),
      hex: `${HEADER}03e807d0000b1bbb616263`,
    },
    {
      name: 'no checksum',
      packet: () => stack(ip(), UDP({ sport: 1000, dport: 2000, chksum: 0 }), 'abc'),
      hex: `${HEADER}03e807d0000b0000616263`,
    },
    {
      name: 'nothing inside',
      packet: () => stack(ip(), UDP({ sport: 1000, dport: 2000 })),
      hex: '4500001c00010000401166ce0a0000010a00000203e807d00008e023',
    },
    {
      name: 'a checksum that would be zero',
      packet: () => stack(ip(), UDP({ sport: 1000, dport: 2000 }), fromHex('e01f')),
      hex: '4500001e00010000401166cc0a0000010a00000203e807d0000affffe01f',
    },
  ],
})
layerSuite(UDPerror, { vectors: vectorsOf('udp-error') })

describe('lengths', () => {
  test('bytes behind the length are padding', () => {
    const packet = dissect(UDP, fromHex('03e807d0000a0000616263'))
    expect(packet.layers().map((each) => each.layerName)).toEqual(['UDP', 'Raw', 'Padding'])
  })

  test('a length of zero goes on to the end', () => {
    expect(dissect(UDP, fromHex('03e807d000000000616263')).payload!.hex()).toBe('616263')
  })

  test('a jumbogram has no length', () => {
    const data = new Uint8Array(70000)
    const jumbo = IPv6ExtHdrHopByHop({ options: [['Jumbo', 8 + 8 + data.length]] })
    const packet = stack(IPv6(), jumbo, UDP({ sport: 9, dport: 9 }), data).rebuilt()
    expect([packet.plen, packet.get(UDP)!.len, packet.get('Raw')!.bytes().length]).toEqual([0, 0, data.length])
    expect(() => stack(IP(), UDP(), data).bytes()).toThrow('UDP.len: the computed value 70008')
  })

  test('a length below its own header is an issue', () => {
    const packet = dissect(UDP, fromHex('03e807d000070000616263'))
    expect(String(packet.issue)).toBe('UDP at byte 0 (UDP.len): its length is shorter than its header')
  })

  test('a datagram that is cut short says so', () => {
    const packet = dissect(IP, fromHex(`${HEADER}03e807d0000b1bbb61`))
    expect(packet.issues().map(String)).toEqual([
      'IP at byte 0 needs 31 bytes, 29 are left (IP.len): cut short',
      'UDP at byte 20 needs 11 bytes, 9 are left (UDP.len): cut short',
    ])
    expect(packet.get('Raw')!.hex()).toBe('61')
  })
})
