import { describe, expect, test } from 'vitest'
import {
  ICMPv6ND_NA,
  ICMPv6ND_NS,
  ICMPv6ND_RA,
  ICMPv6ND_Redirect,
  ICMPv6ND_RS,
  ICMPv6NDOptSrcLLAddr,
  IPv6,
} from '../../../src/layers/index.js'
import { type AnyPacket, answers, dissect, hashKey, type Packet, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('icmpv6-neighbour', [ICMPv6ND_NA, ICMPv6ND_NS, ICMPv6ND_RA, ICMPv6ND_RS, ICMPv6ND_Redirect])

describe('neighbour discovery, beyond the suite', () => {
  test('an advertisement answers the multicast solicitation for its target', () => {
    const question = stack(
      IPv6({ src: 'fe80::1', dst: 'ff02::1:ff00:2' }),
      ICMPv6ND_NS({ tgt: 'fe80::2' }),
      ICMPv6NDOptSrcLLAddr(),
    )
    const answer = stack(IPv6({ src: 'fe80::2', dst: 'fe80::1' }), ICMPv6ND_NA({ tgt: 'fe80::2', S: 1 }))
    expect(answers(answer, question)).toBe(true)
    expect(hashKey(answer)).toBe(hashKey(question))
    expect(answers(stack(IPv6({ dst: 'fe80::1' }), ICMPv6ND_NA({ tgt: 'fe80::3' })), question)).toBe(false)
    expect(answers(question, question)).toBe(false)
    expect(question.summary()).toBe('IPv6 / ICMPv6ND_NS fe80::1 > ff02::1:ff00:2 tgt fe80::2 / ICMPv6NDOptSrcLLAddr')
  })

  test('unset, destination and hop limit are those that hosts and routers take', () => {
    const built = (message: Packet) => dissect(IPv6, stack(IPv6({ src: 'fe80::1' }), message).bytes()) as AnyPacket
    expect([built(ICMPv6ND_RS())].map(({ dst, hlim, nh }) => [dst, hlim, nh])).toEqual([['ff02::2', 255, 58]])
    for (const message of [ICMPv6ND_RA(), ICMPv6ND_NS(), ICMPv6ND_NA()])
      expect([built(message).dst, built(message).hlim]).toEqual(['ff02::1', 255])
    expect(built(ICMPv6ND_Redirect()).hlim).toBe(255)
    expect(dissect(IPv6, stack(IPv6({ hlim: 7 }), ICMPv6ND_RS()).bytes()).layers()[1]!.layerName).toBe('ICMPv6ND_RS')
  })

  test('a router advertisement answers a router solicitation', () => {
    const question = stack(IPv6({ src: 'fe80::1', dst: 'ff02::2' }), ICMPv6ND_RS())
    const answer = stack(IPv6({ src: 'fe80::2', dst: 'ff02::1' }), ICMPv6ND_RA({ prf: 'low' }))
    expect(answers(answer, question)).toBe(true)
    expect(hashKey(answer)).toBe(hashKey(question))
    expect(answer.prf).toBe(3)
  })
})
