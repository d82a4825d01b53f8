import { describe, expect, test } from 'vitest'
import { FOREIGN, flowKey, UNKNOWN } from '../../src/exchange/flow-key.js'
import {
  ICMP,
  ICMPv6DestUnreach,
  ICMPv6EchoReply,
  ICMPv6EchoRequest,
  ICMPv6ND_NS,
  IP,
  IPv6,
  IPv6ExtHdrFragment,
  TCP,
  UDP,
} from '../../src/layers/index.js'
import { dissect, hashKey, type Packet, stack } from '../../src/packet/index.js'

const key = (packet: Packet): number => {
  const bytes = packet.bytes()
  // Somewhere in a larger buffer, as in a capture.
  const buffer = new Uint8Array(bytes.length + 7)
  buffer.set(bytes, 5)
  return flowKey(buffer, 5, 5 + bytes.length)
}
const there = { src: '10.0.0.1', dst: '10.0.0.2' }
const back = { src: '10.0.0.2', dst: '10.0.0.1' }
const there6 = { src: 'fd00::1', dst: 'fd00::2' }
const back6 = { src: 'fd00::2', dst: 'fd00::1' }
const pairs: [string, Packet, Packet][] = [
  [
    'TCP',
    stack(IP(there), TCP({ sport: 4000, dport: 80, flags: 'S' })),
    stack(IP(back), TCP({ sport: 80, dport: 4000, flags: 'SA' })),
  ],
  ['UDP', stack(IP(there), UDP({ sport: 4000, dport: 53 })), stack(IP(back), UDP({ sport: 53, dport: 4000 }), 'x')],
  ['echo', stack(IP(there), ICMP({ id: 7, seq: 3 })), stack(IP(back), ICMP({ type: 0, id: 7, seq: 3 }), 'abc')],
  [
    'TCP over IPv6',
    stack(IPv6(there6), TCP({ sport: 4000, dport: 80 })),
    stack(IPv6(back6), TCP({ sport: 80, dport: 4000 })),
  ],
  ['UDP over IPv6', stack(IPv6(there6), UDP({ sport: 1, dport: 2 })), stack(IPv6(back6), UDP({ sport: 2, dport: 1 }))],
  [
    'echo over IPv6',
    stack(IPv6(there6), ICMPv6EchoRequest({ id: 7, seq: 3 })),
    stack(IPv6(back6), ICMPv6EchoReply({ id: 7, seq: 3 })),
  ],
  [
    'IP options',
    stack(
      IP({
        ...there,
        options: [
          ['NOP', null],
          ['NOP', null],
        ] as never,
      }),
      TCP({ sport: 9, dport: 8 }),
    ),
    stack(IP(back), TCP({ sport: 8, dport: 9 })),
  ],
]

describe('the key of a flow', () => {
  test.each(pairs)('%s: request and answer share it', (_name, request, answer) => {
    expect(key(request)).toBeGreaterThanOrEqual(0)
    expect(key(answer)).toBe(key(request))
  })

  test.each(pairs)('%s: an error about it has it too', (_name, request) => {
    const quoted = request.bytes()
    const isIpv6 = quoted[0]! >>> 4 === 6
    const error = isIpv6
      ? stack(IPv6({ src: 'fd00::99', dst: 'fd00::1' }), ICMPv6DestUnreach(), dissect(IPv6.definition, quoted))
      : stack(
          IP({ src: '10.9.9.9', dst: '10.0.0.1' }),
          ICMP({ type: 3, code: 3 }),
          quoted.subarray(0, (quoted[0]! & 15) * 4 + 8),
        )
    expect(key(error)).toBe(key(request))
  })

  test('tells flows apart as well as the text that layers make', () => {
    const packets: Packet[] = []
    for (let i = 0; i < 3000; i++) {
      const [sport, dport] = [1024 + (i % 60), 1 + Math.floor(i / 60)]
      packets.push(
        stack(IP({ ...there, dst: `10.0.${i % 7}.2` }), i % 2 ? TCP({ sport, dport }) : UDP({ sport, dport })),
      )
    }
    const texts = new Map<string, number>()
    for (const packet of packets) texts.set(hashKey(dissect(IP.definition, packet.bytes())), key(packet))
    // 32 bits for some thousand flows: hardly two share a number.
    expect(new Set(texts.values()).size).toBeGreaterThan(texts.size - 3)
  })

  test.each([
    ['first of several fragments', stack(IP({ ...there, flags: 'MF' as never }), UDP())],
    ['later fragment', stack(IP({ ...there, frag: 10, proto: 17 }), 'abcdefgh')],
    ['tunnel', stack(IP(there), IP(back), UDP())],
    ['fragment header', stack(IPv6(there6), IPv6ExtHdrFragment(), UDP())],
    ['cut short', dissect(IP.definition, stack(IP(there), UDP()).bytes().subarray(0, 24))],
    ['no IP', dissect(IP.definition, new Uint8Array(40))],
  ])('only dissection tells: %s', (_name, packet) => {
    expect(key(packet)).toBe(UNKNOWN)
  })

  test('what can not answer is seen as such', () => {
    expect(key(stack(IP({ ...there, proto: 89 }), 'routing news'))).toBe(FOREIGN)
    expect(key(stack(IPv6({ ...there6, nh: 89 }), 'routing news'))).toBe(FOREIGN)
    expect(key(stack(IPv6(there6), ICMPv6ND_NS()))).toBe(FOREIGN)
    expect(key(stack(IP(there), ICMP({ type: 13 })))).toBe(FOREIGN)
    for (const dst of ['224.0.0.251', '255.255.255.255'])
      expect(key(stack(IP({ ...there, dst }), UDP({ sport: 5353, dport: 5353 })))).toBe(FOREIGN)
    expect(key(stack(IPv6({ ...there6, dst: 'ff02::1' }), UDP()))).toBe(FOREIGN)
  })

  test('never reads past the end, whatever the bytes are', () => {
    let state = 1
    const next = (): number => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0
      return state >>> 16
    }
    for (const [, request] of pairs) {
      const bytes = request.bytes()
      for (let end = 0; end <= bytes.length; end++) expect(Number.isInteger(flowKey(bytes, 0, end))).toBe(true)
      for (let i = 0; i < 500; i++) {
        const mutated = bytes.slice()
        mutated[next() % mutated.length] = next()
        expect(Number.isInteger(flowKey(mutated, 0, mutated.length))).toBe(true)
      }
    }
    expect(flowKey(new Uint8Array(0), 0, 0)).toBe(UNKNOWN)
  })
})
