import { describe, expect, test } from 'vitest'
import { IP, OpenVPN, TCP, UDP } from '../../../src/layers/index.js'
import { dissect, fromHex, stack } from '../../../src/packet/index.js'
import { layerSuite } from '../layer-suite.js'
import { vectorsOf } from '../vectors.js'

/** Session identifier, no acknowledgements, packet 0: what follows the opcode of a first packet. */
const RESET = fromHex('78dd5d8aa7d1c9380000000000')

layerSuite(OpenVPN, {
  vectors: vectorsOf('openvpn'),
  build: [
    {
      name: 'the probe of the article',
      packet: () => stack(OpenVPN({ opcode: 'HARD_RESET_CLIENT_V2' }), RESET),
      hex: '3878dd5d8aa7d1c9380000000000',
    },
    { name: 'a key number', packet: () => OpenVPN({ opcode: 9, keyid: 7 }), hex: '4f' },
  ],
})

describe('the transport decides about the length', () => {
  test('none over UDP', () => {
    const packet = stack(IP(), UDP({ sport: 45290 }), OpenVPN(), RESET)
    expect(packet.dport).toBe(1194)
    expect(packet.get(UDP)!.payload!.hex()).toBe('3878dd5d8aa7d1c9380000000000')
    expect(packet.get(OpenVPN)!.length).toBeUndefined()
    expect(packet.show({ dump: true })).not.toContain('length')
  })

  test('over TCP it counts what follows it', () => {
    const packet = stack(IP(), TCP({ sport: 45290 }), OpenVPN(), RESET)
    expect(packet.dport).toBe(1194)
    expect(packet.get(TCP)!.payload!.hex()).toBe('000e3878dd5d8aa7d1c9380000000000')
    expect(dissect(IP, packet.bytes()).get(OpenVPN)!.length).toBe(14)
  })

  test('a packet of one transport is stacked on the other', () => {
    const overUdp = dissect(IP, stack(IP(), UDP({ dport: 1194 }), OpenVPN({ keyid: 3 }), RESET).bytes())
    const overTcp = stack(IP(), TCP(), overUdp.get(OpenVPN)!)
    expect(overTcp.get(OpenVPN)!.hex()).toBe('000e3b78dd5d8aa7d1c9380000000000')
    const back = stack(IP(), UDP(), dissect(IP, overTcp.bytes()).get(OpenVPN)!)
    expect(back.get(OpenVPN)!.hex()).toBe('3b78dd5d8aa7d1c9380000000000')
  })

  test('a length that is set stays wrong', () => {
    expect(
      stack(TCP(), OpenVPN({ length: 99 }))
        .get(OpenVPN)!
        .hex(),
    ).toBe('006338')
  })
})

test('an opcode may be given by number or by name', () => {
  expect(OpenVPN({ opcode: 5 }).summary()).toBe('OpenVPN ACK_V1 keyid:0')
  expect(OpenVPN({ opcode: 'ack_v1' }).opcode).toBe(5)
  expect(() => OpenVPN({ opcode: 'ACK_V2' })).toThrow(
    /OpenVPN.opcode: 'ACK_V2' is no name of a value; did you mean 'ACK_V1'/i,
  )
  expect(() => OpenVPN({ opcode: 32 })).toThrow('OpenVPN.opcode: 32 does not fit 5 bits (0..31)')
})

test.each([
  [1194, 40000],
  [40000, 1194],
])('bound from port %i to %i', (sport, dport) => {
  expect(dissect(UDP, stack(UDP({ sport, dport }), fromHex('28')).bytes()).has(OpenVPN)).toBe(true)
  expect(dissect(TCP, stack(TCP({ sport, dport }), fromHex('000128')).bytes()).has(OpenVPN)).toBe(true)
})
