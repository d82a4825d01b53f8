import { describe, expect, test } from 'vitest'
import { BOOTP, CoAP, DHCP, DNS, Ether, ICMP, IP, IPv6, Raw, TCP, UDP } from '../../src/layers/index.js'
import { type AnyPacket, fuzz, type Packet, seed, stack } from '../../src/packet/index.js'

const names = (packet: Packet): string =>
  packet
    .layers()
    .map((layer) => layer.layerName)
    .join(' / ')
const ends = { src: '10.0.0.1', dst: '10.0.0.2' }

describe('fuzz', () => {
  test('unset fields are random, of their size; set ones, lengths and checksums are not', () => {
    const packet = stack(IP({ ...ends, ttl: 7 }), TCP({ dport: 80 }))
    const fuzzed = fuzz(packet)
    expect(packet.command()).toBe("IP({ttl: 7, src: '10.0.0.1', dst: '10.0.0.2'})/TCP({dport: 80})")
    seed(1)
    const values = Array.from({ length: 200 }, () => fuzzed.rebuilt())
    for (const each of values) {
      expect([each.src, each.dst, each.ttl, each.dport, each.len, each.ihl, each.proto]).toEqual([
        '10.0.0.1',
        '10.0.0.2',
        7,
        80,
        40,
        5,
        6,
      ])
      const again = each.copy()
      again.get(IP)!.unset('chksum')
      again.get(TCP)!.unset('chksum')
      expect(again.hex()).toBe(each.hex())
    }
    const seqs = values.map((each) => each.seq as number)
    expect(new Set(seqs).size).toBe(200)
    expect(Math.max(...seqs)).toBeGreaterThan(2 ** 31)
    expect(new Set(values.map((each) => each.get(TCP)!.flags)).size).toBeGreaterThan(100)
    expect(Math.max(...values.map((each) => each.tos as number))).toBeGreaterThan(200)
  })

  test('a seed gives the same packets', () => {
    const fuzzed = fuzz(stack(IP(ends), UDP(), DNS({ qd: [{}] })))
    const series = (): string[] => Array.from({ length: 5 }, () => fuzzed.hex())
    seed(2)
    const first = series()
    expect(new Set(first).size).toBe(5)
    seed(2)
    expect(series()).toEqual(first)
  })

  test('making one takes nothing from the series', () => {
    seed(3)
    const before = fuzz(IP(ends)).hex()
    seed(3)
    const packet = fuzz(IP(ends))
    fuzz(stack(IP(ends), TCP()))
    expect(packet.hex()).toBe(before)
  })

  test.each([
    ['DNS', () => stack(IP(ends), UDP(), DNS({ qd: [{ qname: 'a.example' }] }))],
    ['CoAP', () => stack(IP(ends), UDP(), CoAP())],
    ['DHCP', () => stack(IP(ends), UDP(), BOOTP(), DHCP())],
    ['ICMP', () => stack(Ether(), IP(ends), ICMP(), Raw())],
    ['IPv6', () => stack(IPv6({ src: 'fd00::1', dst: 'fd00::2' }), TCP({ dport: 9999 }), 'x')],
  ])('%s is read as the layers that it was made of', (_, make) => {
    seed(4)
    const packet = make() as Packet
    const fuzzed = fuzz(packet)
    const wanted = names(packet).replace(/ \/ Raw$/, '')
    // Options that nobody set take no bytes.
    const expected = wanted.replace(/ \/ DHCP$/, '')
    for (let i = 0; i < 100; i++) expect(names(fuzzed.rebuilt()).startsWith(expected)).toBe(true)
  })

  test('what does not tell layers apart is fuzzed, though the bytes behind it may then be read otherwise', () => {
    const fuzzed = fuzz(stack(IP(ends), UDP(), 'x'))
    expect(fuzzed.command()).toContain('UDP({sport: RandNum(0, 65535), dport: RandNum(0, 65535)})')
    // The next layer of a fragment is not read.
    expect(fuzzed.command()).not.toContain('frag:')
    expect(fuzz(stack(IP(ends), UDP(), DNS())).command()).toContain('UDP({sport: RandNum(0, 65535)})')
  })

  test('layers in lists are fuzzed too', () => {
    const fuzzed = fuzz(DNS({ qd: [{ qname: 'a.example' }] }))
    expect(fuzzed.command()).toContain("DNSQR({qname: 'a.example.', qtype: RandNum(0, 65535)")
    const [question] = fuzzed.rebuilt().qd as AnyPacket[]
    expect(question!.qname).toBe('a.example.')
  })

  test('bytes without a length of their own are random; what was read stays as it is', () => {
    expect(fuzz(Raw()).command()).toBe('Raw(RandBin(RandNum(0, 64)))')
    expect(fuzz(Raw('x')).command()).toBe("Raw('x')")
    const read = stack(IP(ends), UDP({ dport: 9 }), 'x').rebuilt()
    expect(fuzz(read).hex()).toBe(read.hex())
  })
})
