import { describe, expect, test } from 'vitest'
import { DNS, IP, Raw, TCP, UDP } from '../../src/layers/index.js'
import {
  type AnyPacket,
  AutoTime,
  DelayedEval,
  IncrementalValue,
  IntAutoTime,
  ipv4,
  layer,
  list,
  RandBin,
  RandByte,
  RandInt,
  RandIP,
  RandShort,
  RandString,
  seed,
  stack,
  u8,
} from '../../src/packet/index.js'

const ends = { src: '10.0.0.1', dst: '10.0.0.2' }

describe('values that are found when a packet is built', () => {
  test('a counter goes on with every packet, and begins anew with a seed', () => {
    const packet = stack(IP({ ...ends, id: IncrementalValue(10, 5) }), UDP())
    const ids = (): number[] => Array.from({ length: 3 }, () => (packet.rebuilt() as AnyPacket).id as number)
    seed(1)
    expect(ids()).toEqual([10, 15, 20])
    expect(ids()).toEqual([25, 30, 35])
    seed(1)
    expect(ids()).toEqual([10, 15, 20])
    const ring = IncrementalValue(1, 1, 4)
    expect(Array.from({ length: 5 }, () => ring.pick())).toEqual([1, 2, 3, 1, 2])
    expect(String(IncrementalValue())).toBe('IncrementalValue()')
    expect(String(IncrementalValue(1, 2))).toBe('IncrementalValue(1, 2)')
    expect(String(IncrementalValue(0, 1, 9))).toBe('IncrementalValue(0, 1, 9)')
    expect(() => IncrementalValue(0.5)).toThrow('0.5 is no whole number')
  })

  test('in a set each packet takes the next number', () => {
    const packet = stack(IP({ ...ends, id: IncrementalValue(1) }), TCP({ dport: [[1, 3]] }))
    expect([...packet].map((each) => [each.id, each.dport])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ])
  })

  test('times are those of the build, of a clock that may be another', () => {
    const now = Date.now() / 1000
    const within = (value: unknown, wanted: number): void =>
      expect(Math.abs((value as number) - wanted)).toBeLessThan(5)
    within(AutoTime().pick(), now)
    within(IntAutoTime().pick(), now)
    within(AutoTime(undefined, 3600).pick(), now - 3600)
    within(IntAutoTime(1000).pick(), 1000)
    expect(Number.isInteger(IntAutoTime().pick())).toBe(true)
    expect(String(IntAutoTime())).toBe('IntAutoTime()')
    expect(String(AutoTime(undefined, 5))).toBe('AutoTime(undefined, 5)')
    expect(() => AutoTime(Number.NaN)).toThrow('give seconds')
  })

  test('a function is asked for every packet', () => {
    let calls = 0
    const packet = IP({ ...ends, ttl: DelayedEval(() => ++calls) })
    expect([packet.rebuilt().ttl, packet.rebuilt().ttl]).toEqual([1, 2])
    expect(packet.command()).toBe("IP({ttl: DelayedEval(() => ++calls), src: '10.0.0.1', dst: '10.0.0.2'})")
    expect(() => DelayedEval(5 as never)).toThrow('give a function')
  })
})

describe('random values inside values', () => {
  test('in options', () => {
    seed(2)
    const packet = stack(
      IP(ends),
      TCP({ options: [['MSS', RandShort()], 'NOP', ['Timestamp', [RandInt(), IncrementalValue(7)]]] }),
    )
    expect(packet.command()).toContain(
      "TCP({options: [['MSS', RandShort()], 'NOP', ['Timestamp', [RandInt(), IncrementalValue(7)]]]})",
    )
    expect(packet.get(TCP)!.show({ dump: true })).toContain("options   = [['MSS', RandShort()], 'NOP', ")
    const options = (each: AnyPacket): unknown => JSON.stringify(each.get(TCP)!.options)
    const [one] = [...packet]
    expect(options(one!)).toMatch(/^\[\["MSS",\d+\],\["NOP"\],\["Timestamp",\[\d+,7\]\]\]$/)
    expect(one!.hex()).toBe(one!.hex())
    expect(one!.rebuilt().get(TCP)!.dataofs).toBe(9)
    // Looking whether it fits has taken nothing from the counter.
    expect(options([...packet][0]!)).toContain(',8]')
  })

  test('in lists, in bytes, and in layers in lists', () => {
    const Listed = layer('TestListed', { n: u8().countOf('all'), all: list(ipv4(), { count: 'n' }) })
    const listed = Listed({ all: [RandIP('10.0.0.0/8'), '1.2.3.4'] })
    expect(listed.command()).toBe("TestListed({all: [RandIP('10.0.0.0/8'), '1.2.3.4']})")
    expect(listed.hex()).toMatch(/^020a[0-9a-f]{6}01020304$/)
    expect(stack(IP(ends), Raw(RandBin(5))).bytes()).toHaveLength(25)
    const query = stack(
      IP(ends),
      UDP(),
      DNS({ qd: [{ qname: RandString(6) }, { qname: 'b.example', qtype: RandByte() }] }),
    )
    expect(query.command()).toContain("DNSQR({qname: RandString(6)}), DNSQR({qname: 'b.example.', qtype: RandByte()})")
    seed(3)
    const names = [query, query].map((each) => (each.rebuilt().qd as AnyPacket[])[0]!.qname)
    expect(names[0]).toMatch(/^\w{6}\.$/)
    expect(names[0]).not.toBe(names[1])
    seed(3)
    expect((query.rebuilt().qd as AnyPacket[])[0]!.qname).toBe(names[0])
    const [frozen] = [...query]
    expect(frozen!.hex()).toBe(frozen!.hex())
  })

  test('a copy has its own, and what the user holds stays as it was', () => {
    const given: [string, unknown][] = [['MSS', RandShort()]]
    const packet = TCP({ options: given })
    given.push(['NOP', undefined])
    expect(packet.command()).toBe("TCP({options: [['MSS', RandShort()]]})")
    expect(packet.copy().command()).toBe(packet.command())
    expect([...packet][0]!.command()).toMatch(/^TCP\(\{options: \[\['MSS', \d+\]\]\}\)$/)
    expect(packet.command()).toBe("TCP({options: [['MSS', RandShort()]]})")
  })

  test('what cannot be one of the field is told at once', () => {
    expect(() => TCP({ options: [['MMS', RandShort()]] })).toThrow("no option 'MMS'; did you mean 'MSS'?")
    expect(() => TCP({ options: [['NOP', RandShort()]] })).toThrow('option NOP has no value')
  })
})
