import { afterEach, describe, expect, test } from 'vitest'
import {
  Ether,
  ICMP,
  ICMPv6EchoRequest,
  IP,
  IPv6,
  IPv6ExtHdrHopByHop,
  IPv6error,
  TCP,
  UDP,
} from '../../../src/layers/index.js'
import { answers, dissect, hashKey, setRouteSource, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('ipv6', [IPv6, IPv6error])

const [here, there] = ['fd00::1', 'fd00::2']
const ends = { src: here, dst: there }
const back = { src: there, dst: here }

describe('IPv6, beyond the suite', () => {
  afterEach(() => setRouteSource(() => undefined))

  test('version, traffic class and flow label share a word', () => {
    const packet = IPv6({ tc: 0xab, fl: 0xfedcb, ...ends })
    expect(packet.hex().slice(0, 16)).toBe('6abfedcb00003b40')
    expect([packet.rebuilt().version, packet.rebuilt().tc, packet.rebuilt().fl]).toEqual([6, 0xab, 0xfedcb])
  })

  test('the source comes from the route, the next header from the next layer', () => {
    setRouteSource((destination) => (destination === there ? here : undefined))
    const packet = stack(IPv6({ dst: there }), TCP())
    expect(packet.src).toBe(here)
    expect([packet.nh, packet.rebuilt().nh, packet.rebuilt().plen]).toEqual([6, 6, 20])
    expect(IPv6({ dst: 'fd00::/126' }).count()).toBe(4)
  })

  test('IP in IPv6 and IPv6 in IP', () => {
    const inner = stack(IPv6(ends), IP(), ICMP())
    expect(inner.rebuilt().summary()).toBe('IPv6 / IP / ICMP 127.0.0.1 > 127.0.0.1 echo-request 0')
    expect(inner.nh).toBe(4)
    const outer = stack(IP(), IPv6(ends), UDP())
    expect(outer.proto).toBe(41)
    expect(outer.rebuilt().has(UDP)).toBe(true)
  })

  test('a jumbogram has length 0 and goes on to its end', () => {
    const packet = stack(IPv6(ends), IPv6ExtHdrHopByHop({ options: [['Jumbo', 70008]] }), 'x'.repeat(70000))
    const read = packet.rebuilt()
    expect([read.plen, read.get('Raw')!.load.length, read.issues()]).toEqual([0, 70000, []])
    expect(() => stack(IPv6(ends), 'x'.repeat(70000)).bytes()).toThrow(
      'IPv6.plen: the computed value 70000 does not fit',
    )
  })

  test('without a next header what follows is padding', () => {
    const frame = dissect(Ether, Buffer.concat([stack(Ether(), IPv6(ends)).bytes(), Buffer.alloc(6)]))
    expect(frame.layers().map((layer) => layer.layerName)).toEqual(['Ether', 'IPv6', 'Padding'])
  })

  test('answers come from the address that was asked, on the same ports', () => {
    const request = stack(IPv6(ends), UDP({ sport: 1, dport: 2 }))
    const reply = stack(IPv6(back), UDP({ sport: 2, dport: 1 }))
    expect(answers(reply, request)).toBe(true)
    expect(hashKey(reply)).toBe(hashKey(request))
    expect(answers(stack(IPv6({ src: 'fd00::3', dst: here }), UDP({ sport: 2, dport: 1 })), request)).toBe(false)
    expect(
      answers(
        stack(IPv6({ src: 'fd00::3', dst: here }), UDP({ sport: 2, dport: 1 })),
        stack(IPv6({ src: here, dst: 'ff02::fb' }), UDP({ sport: 1, dport: 2 })),
      ),
    ).toBe(true)
  })

  test('extension headers do not hinder the match', () => {
    const request = stack(IPv6(ends), IPv6ExtHdrHopByHop(), UDP({ sport: 1, dport: 2 }))
    const reply = stack(IPv6(back), UDP({ sport: 2, dport: 1 }))
    expect(answers(reply, request)).toBe(true)
    expect(hashKey(reply)).toBe(hashKey(request))
  })

  test('IP and IPv6 never answer each other', () => {
    expect(answers(stack(IP(), ICMP({ type: 0 })), stack(IPv6(ends), ICMPv6EchoRequest()))).toBe(false)
    expect(answers(stack(IPv6(ends), UDP()), stack(IP(), UDP()))).toBe(false)
  })
})
