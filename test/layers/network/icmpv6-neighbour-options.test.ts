import { describe, expect, test } from 'vitest'
import {
  ICMPv6ND_RA,
  ICMPv6NDOptAdvInterval,
  ICMPv6NDOptCaptivePortal,
  ICMPv6NDOptDNSSL,
  ICMPv6NDOptDstLLAddr,
  ICMPv6NDOptEFA,
  ICMPv6NDOptHAInfo,
  ICMPv6NDOptMTU,
  ICMPv6NDOptNonce,
  ICMPv6NDOptPREF64,
  ICMPv6NDOptPrefixInfo,
  ICMPv6NDOptRDNSS,
  ICMPv6NDOptRedirectedHdr,
  ICMPv6NDOptRouteInfo,
  ICMPv6NDOptSrcLLAddr,
  ICMPv6NDOptUnknown,
  IPv6,
  UDP,
} from '../../../src/layers/index.js'
import { dissect, fromHex, stack } from '../../../src/packet/index.js'
import { evaluateCommand } from '../evaluate-command.js'
import { familySuite } from '../family.js'

familySuite('icmpv6-neighbour-options', [
  ICMPv6NDOptAdvInterval,
  ICMPv6NDOptCaptivePortal,
  ICMPv6NDOptDNSSL,
  ICMPv6NDOptDstLLAddr,
  ICMPv6NDOptEFA,
  ICMPv6NDOptHAInfo,
  ICMPv6NDOptMTU,
  ICMPv6NDOptNonce,
  ICMPv6NDOptPREF64,
  ICMPv6NDOptPrefixInfo,
  ICMPv6NDOptRDNSS,
  ICMPv6NDOptRedirectedHdr,
  ICMPv6NDOptRouteInfo,
  ICMPv6NDOptSrcLLAddr,
  ICMPv6NDOptUnknown,
])

describe('options of neighbour discovery, beyond the suite', () => {
  test('lengths count 8 bytes, and values are padded to them', () => {
    expect(ICMPv6NDOptUnknown({ type: 13, data: 'nonce' }).hex()).toBe('0d016e6f6e636500')
    expect(ICMPv6NDOptUnknown().hex()).toBe('0001000000000000')
    expect(ICMPv6NDOptUnknown({ type: 13, data: 'nonces!' }).bytes().length).toBe(16)
    expect(ICMPv6NDOptRDNSS({ dns: ['fd00::53', 'fd00::54'] }).bytes()[1]).toBe(5)
    expect(ICMPv6NDOptDNSSL({ searchlist: ['lab.example', 'a.'] }).hex()).toBe(
      '1f030000ffffffff036c6162076578616d706c6500016100',
    )
    expect(() => ICMPv6NDOptDNSSL({ searchlist: ['a..b'] })).toThrow("'a..b' has an empty label")
    expect(() => ICMPv6NDOptDNSSL({ searchlist: ['.'] })).toThrow("the root '.' is no domain")
  })

  test('names from the network neither steer the terminal nor make code of the expression', () => {
    const hostile = ICMPv6NDOptDNSSL({ searchlist: ["a'],x:y,z:['b", '\\027[2Jc', 'a\\.b'] })
    const read = dissect(ICMPv6NDOptDNSSL, hostile.bytes())
    expect(read.searchlist).toEqual(["a'],x:y,z:['b.", '\\027[2Jc.', 'a\\.b.'])
    expect(read.show({ dump: true })).not.toContain('\x1b')
    expect(evaluateCommand(read.command()).hex()).toBe(hostile.hex())
  })

  test('a search list has no pointers', () => {
    const packet = dissect(ICMPv6NDOptDNSSL, fromHex('1f030000ffffffff036c616200c0080000000000'.padEnd(48, '0')))
    expect(packet.searchlist).toEqual(['lab.'])
  })

  test('a route has as much of its prefix as its length says', () => {
    const short = dissect(ICMPv6NDOptRouteInfo, fromHex('1802400000000258fd00000000000001'))
    expect([short.plen, short.prefix]).toEqual([64, 'fd00:0:0:1::'])
    short.prf = 1
    expect(short.hex()).toBe('1802400800000258fd00000000000001')
    expect(dissect(ICMPv6NDOptRouteInfo, fromHex('1801000000000258')).prefix).toBe('::')
    expect(ICMPv6NDOptRouteInfo({ plen: 48, prefix: 'fd00:50::' }).bytes().length).toBe(24)
  })

  test('an option with a length that it cannot have is unknown, and one of length 0 ends them', () => {
    const message = (options: string) => dissect(ICMPv6ND_RA, fromHex(`8600000040c007080000000000000000${options}`))
    const names = (options: string) =>
      message(options)
        .layers()
        .slice(1)
        .map((layer) => layer.layerName)
    expect(names('0501000000000578')).toEqual(['ICMPv6NDOptMTU'])
    expect(names('05020000000005780000000000000000')).toEqual(['ICMPv6NDOptUnknown'])
    expect(names('0102020000000001000000000000000005010000000005dc')).toEqual(['ICMPv6NDOptUnknown', 'ICMPv6NDOptMTU'])
    expect(names('0500000000000578')).toEqual(['ICMPv6NDOptUnknown', 'Raw'])
    expect(message('0500000000000578').issues()).toHaveLength(1)
    expect(stack(ICMPv6ND_RA(), ICMPv6NDOptMTU(), ICMPv6NDOptSrcLLAddr()).rebuilt().layers()).toHaveLength(3)
  })

  test('the packet of a redirect is a packet', () => {
    const datagram = stack(IPv6({ src: 'fd00::1', dst: 'fd00::2' }), UDP({ sport: 1, dport: 2 }), 'abc')
    const option = ICMPv6NDOptRedirectedHdr({ pkt: datagram })
    expect(option.bytes().length).toBe(64)
    const read = option.rebuilt()
    expect(read.len).toBe(8)
    expect(read.pkt[0].layers().map((layer: { layerName: string }) => layer.layerName)).toEqual([
      'IPv6error',
      'UDPerror',
      'Raw',
      'Padding',
    ])
    expect(evaluateCommand(read.command()).hex()).toBe(option.hex())
    expect(ICMPv6NDOptRedirectedHdr().bytes().length).toBe(8)
    // What is changed in the packet counts.
    ;(read.pkt[0] as { hlim: number }).hlim = 9
    expect(read.bytes()[8 + 7]).toBe(9)
    expect(() => ICMPv6NDOptRedirectedHdr({ pkt: 5 as never })).toThrow('is no packet; give one')
    expect(() => ICMPv6NDOptRedirectedHdr({ pkt: [datagram, datagram] })).toThrow('takes one packet')
  })

  test('a portal, a nonce and a prefix fill their options up', () => {
    expect(ICMPv6NDOptCaptivePortal({ uri: 'https://a' }).hex()).toBe(`2502${'68747470733a2f2f61'.padEnd(28, '0')}`)
    expect(ICMPv6NDOptNonce({ nonce: fromHex('010203040506') }).hex()).toBe('0e01010203040506')
    expect(ICMPv6NDOptPREF64({ scaledlifetime: 1, plc: '/64', prefix: 'fd00:1::' }).hex()).toBe(
      '26020009fd0000010000000000000000',
    )
    expect(() => ICMPv6NDOptPREF64({ prefix: 'fd00::1' })).toThrow('is no IPv6 prefix of at most 96 bits')
    expect(() => ICMPv6NDOptCaptivePortal({ uri: 5 as never })).toThrow('is no text')
  })
})
