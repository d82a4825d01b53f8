import { describe, expect, test } from 'vitest'
import { IP, IPerror, Raw, UDP } from '../../../src/layers/index.js'
import { dissect, fromHex, stack } from '../../../src/packet/index.js'
import { layerSuite } from '../layer-suite.js'
import { vectorsOf } from '../vectors.js'

layerSuite(IP, {
  vectors: vectorsOf('ip'),
  // Bytes from Scapy 2.5.0, and the packet of the article.
  build: [
    {
      name: 'a router alert',
      packet: () => stack(IP({ src: '10.0.0.1', dst: '10.0.0.2', options: [['RouterAlert', 0]] }), 'x'),
      hex: '46000019000100004000d1dd0a0000010a0000029404000078',
    },
    {
      name: 'flags, fragment, TOS',
      packet: () =>
        stack(IP({ src: '10.0.0.1', dst: '10.0.0.2', flags: 'MF+DF', frag: 185, ttl: 1, tos: 0xb8, proto: 253 }), 'x'),
      hex: '45b80015000160b901fd43780a0000010a00000278',
    },
    {
      name: 'IP in IP',
      packet: () =>
        stack(IP({ src: '10.0.0.1', dst: '10.0.0.2' }), IP({ src: '10.0.0.1', dst: '10.0.0.2', proto: 253 })),
      hex: '4500002800010000400466cf0a0000010a000002' + '450000140001000040fd65ea0a0000010a000002',
    },
  ],
})
layerSuite(IPerror, {
  vectors: vectorsOf('udp-error').map((vector) => ({ ...vector, fields: { src: '10.9.0.1', proto: 17 } })),
})

describe('what cannot be', () => {
  test.each([
    ['a header of 16 bytes', '440000140001000040fd65ea0a0000010a00000261', /^IP at byte 0.*IP\.ihl/],
    [
      'a header beyond the packet',
      '4f0000140001000040fd65ea0a0000010a00000261',
      /^IP at byte 0 needs 60 bytes, 21 are left \(IP\.ihl\)/,
    ],
    ['a length below the header', '450000100001000040fd65ea0a0000010a00000261', /IP\.len/],
    [
      'a length beyond the packet',
      '450000ff0001000040fd65ea0a0000010a00000261',
      /^IP at byte 0 needs 255 bytes, 21 are left \(IP\.len\): cut short/,
    ],
    ['19 bytes', '450000140001000040fd65ea0a0000010a0000', /^IP at byte 0 needs 20 bytes, 19 are left/],
  ])('%s', (_, hex, message) => {
    const packet = dissect(IP, fromHex(hex))
    expect(String(packet.issue)).toMatch(message)
    expect(packet.hex()).toBe(hex)
  })

  test('only a first fragment has a transport header', () => {
    const fragment = stack(IP({ frag: 1, proto: 17 }), UDP())
    expect(dissect(IP, fragment.bytes()).payload!.layerName).toBe(Raw.layerName)
  })
})
