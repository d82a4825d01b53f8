import { describe, expect, test } from 'vitest'
import {
  ICMPv6ND_RA,
  ICMPv6NDOptDNSSL,
  ICMPv6NDOptDstLLAddr,
  ICMPv6NDOptMTU,
  ICMPv6NDOptPrefixInfo,
  ICMPv6NDOptRDNSS,
  ICMPv6NDOptRedirectedHdr,
  ICMPv6NDOptRouteInfo,
  ICMPv6NDOptSrcLLAddr,
  ICMPv6NDOptUnknown,
} from '../../../src/layers/index.js'
import { dissect, fromHex, stack } from '../../../src/packet/index.js'
import { evaluateCommand } from '../evaluate-command.js'
import { familySuite } from '../family.js'

familySuite('icmpv6-neighbour-options', [
  ICMPv6NDOptDNSSL,
  ICMPv6NDOptDstLLAddr,
  ICMPv6NDOptMTU,
  ICMPv6NDOptPrefixInfo,
  ICMPv6NDOptRDNSS,
  ICMPv6NDOptRedirectedHdr,
  ICMPv6NDOptRouteInfo,
  ICMPv6NDOptSrcLLAddr,
  ICMPv6NDOptUnknown,
])

describe('options of neighbour discovery, beyond the suite', () => {
  test('lengths count 8 bytes, and values are padded to them', () => {
    expect(ICMPv6NDOptUnknown({ type: 14, data: 'nonce' }).hex()).toBe('0e016e6f6e636500')
    expect(ICMPv6NDOptUnknown().hex()).toBe('0001000000000000')
    expect(ICMPv6NDOptUnknown({ type: 14, data: 'nonces!' }).bytes().length).toBe(16)
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
})
