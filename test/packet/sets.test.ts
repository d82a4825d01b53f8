import { describe, expect, test } from 'vitest'
import { ARP, DNS, Ether, ICMPv6MLReport2, IP, IPv6, MQTTPublish, Raw, TCP, UDP } from '../../src/layers/index.js'
import { type AnyPacket, layer, type Packet, RandChoice, stack, text, u8, u64 } from '../../src/packet/index.js'

/** Values of a field in the packets that one stands for. */
const valuesOf = (packet: Packet, field: string): unknown[] => [...packet].map((each) => each[field])

describe('sets in every kind of field', () => {
  test.each([
    ['a network', '10.0.0.8/30', ['10.0.0.8', '10.0.0.9', '10.0.0.10', '10.0.0.11']],
    ['the last part', '10.0.0.1-3', ['10.0.0.1', '10.0.0.2', '10.0.0.3']],
    ['from an address to another', '10.0.0.254-10.0.1.1', ['10.0.0.254', '10.0.0.255', '10.0.1.0', '10.0.1.1']],
    ['parts', '10.0-1.0.1-2', ['10.0.0.1', '10.0.0.2', '10.1.0.1', '10.1.0.2']],
    [
      'a list',
      ['10.0.0.0/31', '1.1.1.1', ['2.0.0.1', '2.0.0.2']],
      ['10.0.0.0', '10.0.0.1', '1.1.1.1', '2.0.0.1', '2.0.0.2'],
    ],
  ] as const)('IPv4 addresses: %s', (_, given, expected) => {
    const packet = IP({ dst: given as never })
    expect(packet.count()).toBe(expected.length)
    expect(valuesOf(packet, 'dst')).toEqual(expected)
  })

  test('IPv6 addresses, also as ranges', () => {
    expect(valuesOf(IPv6({ dst: 'fd00::/126' }), 'dst')).toEqual(['fd00::', 'fd00::1', 'fd00::2', 'fd00::3'])
    expect(valuesOf(IPv6({ dst: 'fd00::e-10' }), 'dst')).toEqual(['fd00::e', 'fd00::f', 'fd00::10'])
    expect(valuesOf(IPv6({ dst: 'fd00::ffff-fd00::1:0' }), 'dst')).toEqual(['fd00::ffff', 'fd00::1:0'])
    expect(valuesOf(IPv6({ dst: [['fd00::1', 'fd00::2'], '::1'] }), 'dst')).toEqual(['fd00::1', 'fd00::2', '::1'])
    expect(() => IPv6({ dst: [['::', 'ffff::']] })).toThrow('more than 2^53 values')
  })

  test('MAC addresses', () => {
    expect(valuesOf(Ether({ dst: '02:00:00:00:00:fe-ff' }), 'dst')).toEqual(['02:00:00:00:00:fe', '02:00:00:00:00:ff'])
    expect(valuesOf(Ether({ dst: '02:00:00:00:00:ff-02:00:00:00:01:00' }), 'dst')).toEqual([
      '02:00:00:00:00:ff',
      '02:00:00:00:01:00',
    ])
    expect(Ether({ src: '02:00:00:00:*:*' }).count()).toBe(65536)
    // With dashes it is one address.
    expect(Ether({ src: '02-00-00-00-00-01' }).src).toBe('02:00:00:00:00:01')
  })

  test('names of numbers, flags, and numbers of 64 bits', () => {
    expect(valuesOf(TCP({ dport: ['http', ['ssh', 'telnet']] }), 'dport')).toEqual([80, 22, 23])
    expect(valuesOf(TCP({ flags: ['S', 'SA', 16] }), 'flags')).toEqual(['S', 'SA', 'A'])
    const Big = layer('TestBig', { big: u64() })
    expect(valuesOf(Big({ big: [1n, [5n, 7n]] as never }), 'big')).toEqual([1n, 5n, 6n, 7n])
  })

  test('texts, bytes, and addresses that a codec holds', () => {
    const Text = layer('TestText', { n: u8().lengthOf('said'), said: text('n') })
    expect(valuesOf(Text({ said: ['a', 'bc'] as never }), 'said')).toEqual(['a', 'bc'])
    expect([...Text({ said: ['a', 'bc'] as never })].map((each) => each.hex())).toEqual(['0161', '026263'])
    expect([...stack(IP(), UDP(), Raw({ load: ['GET', 'PUT'] as never }))]).toHaveLength(2)
    expect(Raw({ load: [1, 2, 255] as never }).hex()).toBe('0102ff')
    expect(MQTTPublish({ topic: ['a', 'b'], value: ['1', '2', '3'] as never }).count()).toBe(6)
    expect(valuesOf(ARP({ pdst: '10.0.0.0/31' }), 'pdst')).toEqual(['10.0.0.0', '10.0.0.1'])
  })

  test('random values among others are new each time', () => {
    expect(valuesOf(IP({ ttl: [1, RandChoice(7), 3] }), 'ttl')).toEqual([1, 7, 3])
    expect(IP({ ttl: [1, RandChoice(7)] }).command()).toBe('IP({ttl: [1, RandChoice(7)]})')
  })

  test('mistakes are told', () => {
    expect(() => IP({ dst: '10.0.0.5-1' })).toThrow("IP.dst: '10.0.0.5-1' has a range that ends before it begins")
    expect(() => IP({ dst: '10.0.0.1-300' })).toThrow("'10.0.0.1-300' has a part above 255")
    expect(() => IPv6({ dst: 'fd00::2-1' })).toThrow("the range 'fd00::2'..'fd00::1' ends before it begins")
    expect(() => TCP({ dport: [] })).toThrow('stands for no packet at all')
    expect(() => MQTTPublish({ topic: [['a', 'b']] as never })).toThrow('ranges work for numbers and addresses')
  })
})

describe('sets in layers that stand in lists', () => {
  const query = () =>
    stack(
      IP({ src: '10.0.0.1', dst: ['10.0.0.2', '10.0.0.3'] }),
      UDP(),
      DNS({ qd: [{ qname: ['a.example', 'b.example'], qtype: ['A', 'AAAA'] }, { qname: 'c.example' }] }),
    )

  test('the packet stands for every combination', () => {
    const packet = query()
    expect(packet.count()).toBe(8)
    const questions = [...packet].map((each) => {
      const [first, second] = each.qd as AnyPacket[]
      return `${each.dst} ${first!.qname} ${first!.text('qtype')} ${second!.qname}`
    })
    expect(questions.slice(0, 5)).toEqual([
      '10.0.0.2 a.example. A c.example.',
      '10.0.0.2 b.example. A c.example.',
      '10.0.0.2 a.example. AAAA c.example.',
      '10.0.0.2 b.example. AAAA c.example.',
      '10.0.0.3 a.example. A c.example.',
    ])
    expect(new Set(questions).size).toBe(8)
    for (const each of packet) {
      expect(each.count()).toBe(1)
      expect((each.rebuilt().qd as AnyPacket[])[0]!.qname).toBe((each.qd as AnyPacket[])[0]!.qname)
    }
  })

  test('the list itself stays a list, and the packet as it was', () => {
    const packet = query()
    for (const _ of packet);
    expect(packet.qd).toHaveLength(2)
    expect(packet.count()).toBe(8)
    expect(packet.command()).toContain("DNSQR({qname: ['a.example', 'b.example'], qtype: ['A', 'AAAA']})")
    expect(packet.hex()).toBe([...packet][0]!.hex())
    expect(packet.copy().count()).toBe(8)
  })

  test('a set that a layer was given later counts too, also in a packet that was read', () => {
    const read = stack(IP({ src: '10.0.0.1', dst: '10.0.0.2' }), UDP(), DNS({ qd: ['a.example'] })).rebuilt()
    expect(read.count()).toBe(1)
    ;(read.qd as AnyPacket[])[0]!.qtype = ['A', 'MX', 'TXT']
    expect(read.count()).toBe(3)
    expect([...read].map((each) => (each.qd as AnyPacket[])[0]!.text('qtype'))).toEqual(['A', 'MX', 'TXT'])
    expect(new Set([...read].map((each) => each.hex())).size).toBe(3)
  })

  test('layers in the payload of others', () => {
    const report = stack(
      IPv6({ src: 'fe80::1', dst: 'ff02::16' }),
      ICMPv6MLReport2({ records: [{ dst: ['ff02::1', 'ff02::2'] }, { dst: 'ff02::3-5' }] }),
    )
    expect(report.count()).toBe(6)
    expect(new Set([...report].map((each) => each.hex())).size).toBe(6)
  })
})
