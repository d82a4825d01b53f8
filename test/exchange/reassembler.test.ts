import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fragment, Reassembler } from '../../src/exchange/index.js'
import { Dot1Q, Ether, IP, IPv6, IPv6ExtHdrFragment, UDP } from '../../src/layers/index.js'
import { dissect, type Packet, stack } from '../../src/packet/index.js'

/** A fragment of an IPv4 datagram: bytes `from` to `to` of it, filled with a letter. */
function part4(from: number, to: number, more: boolean, letter = 'a', fields = {}): Packet {
  const header = {
    src: '10.0.0.1',
    dst: '10.0.0.2',
    id: 7,
    proto: 253,
    frag: from / 8,
    flags: more ? 'MF' : 0,
    ...fields,
  }
  return stack(IP(header as never), letter.repeat(to - from))
}

/** The same of IPv6. */
function part6(from: number, to: number, more: boolean, letter = 'a', id = 7): Packet {
  return stack(
    IPv6({ src: 'fd00::1', dst: 'fd00::2' }),
    IPv6ExtHdrFragment({ nh: 253, offset: from / 8, m: more ? 1 : 0, id }),
    letter.repeat(to - from),
  )
}

const at = (packet: Packet, time: number, interfaceName?: string): Packet => {
  packet._meta = { time, ...(interfaceName === undefined ? {} : { interfaceName }) }
  return packet
}
const dataOf = (packet: Packet | null) =>
  packet
    ?.bytes()
    .subarray(packet.layerName === 'IP' ? 20 : 40)
    .toString()

/** Adds all of them; gives what the last one gave, and what was said. */
function feed(parts: Packet[], options = {}) {
  const problems: string[] = []
  const reassembler = new Reassembler({ onProblem: (text) => problems.push(text), ...options })
  const results = parts.map((each) => reassembler.add(each))
  return { last: results.at(-1) ?? null, results, problems, stats: reassembler.stats() }
}

describe('both families', () => {
  test.each([
    ['IPv4', part4],
    ['IPv6', part6],
  ] as const)('%s: in any order, with a hole until the end', (_name, part) => {
    const { results, stats, problems } = feed([part(16, 20, false, 'c'), part(0, 8, true, 'a'), part(8, 16, true, 'b')])
    expect(results.slice(0, 2)).toEqual([null, null])
    expect(dataOf(results[2]!)).toBe('aaaaaaaabbbbbbbbcccc')
    expect(results[2]!.issues()).toEqual([])
    expect(stats).toMatchObject({ complete: 1, pending: 0, bytes: 0 })
    expect(problems).toEqual([])
  })

  test.each([
    ['IPv4', part4],
    ['IPv6', part6],
  ] as const)('%s: the same fragment twice is ignored', (_name, part) => {
    const { last, stats, problems } = feed([part(0, 8, true), part(0, 8, true), part(8, 10, false)])
    expect(dataOf(last)).toBe('a'.repeat(10))
    expect(stats).toMatchObject({ duplicates: 1, overlapping: 0, complete: 1 })
    expect(problems).toEqual([])
  })

  test.each([
    ['IPv4', part4],
    ['IPv6', part6],
  ] as const)('%s: a second end, and data behind the end, drop the datagram', (_name, part) => {
    const second = feed([part(8, 16, false), part(16, 24, false), part(0, 8, true)])
    expect(second.last).toBeNull()
    expect(second.problems[0]).toMatch(
      /^the fragment of .* id 7 at byte 16 ends at byte 24, which contradicts the others; its datagram is dropped$/,
    )
    expect(second.stats).toMatchObject({ malformed: 1, pending: 1, complete: 0 })
    expect(feed([part(8, 16, false), part(16, 24, true)]).stats.malformed).toBe(1)
    expect(feed([part(16, 24, true), part(8, 16, false)]).stats.malformed).toBe(1)
  })

  test.each([
    ['IPv4', part4],
    ['IPv6', part6],
  ] as const)('%s: more than 65535 bytes, and data of no whole 8 bytes', (_name, part) => {
    const death = feed([part(65528, 65528 + 100, false)])
    expect(death.problems[0]).toMatch(/at byte 65528 ends at byte 65628: no packet is longer than 65535 bytes/)
    expect(death.stats).toMatchObject({ malformed: 1 })
    expect(feed([part(0, 7, true)]).problems[0]).toMatch(
      /carries 7 bytes, and only the last may carry no whole number of 8/,
    )
    expect(feed([part(8, 8, false)]).problems[0]).toMatch(/carries no data/)
  })

  test('what is no fragment comes back itself', () => {
    const packets = [stack(IP(), UDP(), 'x'), stack(IPv6(), UDP(), 'x'), stack(Ether(), 'x'), stack('x')]
    const { results, stats } = feed(packets)
    expect(results.every((each, i) => each === packets[i])).toBe(true)
    expect(stats).toMatchObject({ complete: 0, pending: 0 })
  })
})

describe('overlaps', () => {
  test('IPv4: the bytes that came first count, and it is said', () => {
    const { last, stats, problems } = feed([
      part4(8, 24, true, 'a'),
      part4(0, 16, true, 'b'),
      part4(16, 40, false, 'c'),
    ])
    expect(dataOf(last)).toBe(`${'b'.repeat(8)}${'a'.repeat(16)}${'c'.repeat(16)}`)
    expect(stats.overlapping).toBe(2)
    expect(problems[0]).toBe(
      'the fragment of 10.0.0.1 > 10.0.0.2 id 7 at byte 0 overlaps another: the bytes that came first count',
    )
  })

  test('IPv4: one that covers several fills the holes only', () => {
    const { last } = feed([
      part4(8, 16, true, 'a'),
      part4(24, 32, true, 'b'),
      part4(0, 40, true, 'c'),
      part4(40, 44, false, 'd'),
    ])
    expect(dataOf(last)).toBe('ccccccccaaaaaaaaccccccccbbbbbbbbccccccccdddd')
  })

  test('IPv4: one whose bytes are all there still tells the end', () => {
    const { last, stats } = feed([part4(0, 16, true, 'a'), part4(8, 16, false, 'a')])
    expect(dataOf(last)).toBe('a'.repeat(16))
    expect(stats).toMatchObject({ duplicates: 1, complete: 1 })
  })

  test('IPv6: the datagram is dropped, and so is what still comes (RFC 5722)', () => {
    const { results, stats, problems } = feed([
      part6(0, 16, true),
      part6(8, 24, true),
      part6(16, 24, false),
      part6(0, 16, true),
    ])
    expect(results).toEqual([null, null, null, null])
    expect(stats).toMatchObject({ overlapping: 1, complete: 0, pending: 1 })
    expect(problems).toEqual([
      'the fragment of fd00::1 > fd00::2 id 7 at byte 8 overlaps another: its datagram is dropped (RFC 5722)',
    ])
    // The same place with other bytes is an overlap as well.
    expect(feed([part6(0, 8, true, 'a'), part6(0, 8, true, 'b')]).stats).toMatchObject({
      overlapping: 1,
      duplicates: 0,
    })
  })

  test('IPv6: a fragment that is all of its datagram stands alone (RFC 6946)', () => {
    const { results, stats } = feed([part6(0, 8, true), part6(0, 20, false, 'z'), part6(8, 16, false)])
    expect(dataOf(results[1]!)).toBe('z'.repeat(20))
    expect(results[1]!.has('IPv6ExtHdrFragment')).toBe(false)
    expect(dataOf(results[2]!)).toBe('a'.repeat(16))
    expect(stats).toMatchObject({ complete: 2, overlapping: 0 })
  })
})

describe('which belong together', () => {
  test('identification, protocol, addresses, interface and VLAN tell datagrams apart', () => {
    const others = [{ id: 8 }, { proto: 254 }, { src: '10.0.0.9' }, { dst: '10.0.0.9' }]
    for (const fields of others) expect(feed([part4(0, 8, true), part4(8, 16, false, 'a', fields)]).last).toBeNull()
    expect(feed([part6(0, 8, true), part6(8, 16, false, 'a', 8)]).last).toBeNull()
    expect(feed([at(part4(0, 8, true), 1, 'eth0'), at(part4(8, 16, false), 1, 'eth1')]).last).toBeNull()
    expect(feed([at(part4(0, 8, true), 1, 'eth0'), at(part4(8, 16, false), 1, 'eth0')]).last).not.toBeNull()
    const frames = (first: number, second: number) =>
      feed([first, second].map((vlan, i) => frame(vlan, part4(i * 8, i * 8 + 8, i === 0)))).last
    const frame = (vlan: number, inner: Packet) =>
      stack(Ether({ src: '02:00:00:00:00:01', dst: '02:00:00:00:00:02' }), Dot1Q({ vlan }), inner)
    expect(frames(1, 2)).toBeNull()
    expect(
      frames(1, 1)!
        .layers()
        .map((layer) => layer.layerName),
    ).toEqual(['Ether', 'Dot1Q', 'IP', 'Raw'])
  })

  test('the datagram has the headers of its first fragment and the time of its last', () => {
    const first = at(part4(0, 8, true, 'a', { ttl: 33, tos: 8 }), 100, 'eth0')
    const last = at(part4(8, 16, false, 'b', { ttl: 44 }), 100.5, 'eth0')
    for (const parts of [
      [first, last],
      [last, first],
    ]) {
      const { last: whole } = feed(parts)
      expect(['ttl', 'tos', 'flags', 'frag', 'len'].map((field) => whole!.raw(field))).toEqual([33, 8, 0, 0, 36])
      expect(whole!._meta).toMatchObject({ interfaceName: 'eth0', originalLength: 36, time: parts[1]!.time })
      const again = whole!.copy().unset('chksum')
      expect(again.hex()).toBe(whole!.hex())
    }
  })
})

describe('bounds', () => {
  test('30 seconds by the time of the packets', () => {
    const { last, stats } = feed([at(part4(0, 8, true), 1000), at(part4(8, 16, false), 1030.5)])
    expect(last).toBeNull()
    expect(stats).toMatchObject({ expired: 1, pending: 1 })
    expect(feed([at(part4(0, 8, true), 1000), at(part4(8, 16, false), 1029.5)]).last).not.toBeNull()
    expect(feed([at(part4(0, 8, true), 1000), at(part4(8, 16, false), 1002)], { timeout: 1 }).last).toBeNull()
    // Without times nothing grows old.
    expect(feed([part4(0, 8, true), part4(8, 16, false)]).last).not.toBeNull()
  })

  test('others that grew old go when any fragment arrives', () => {
    const parts = Array.from({ length: 100 }, (_, id) => at(part4(0, 8, true, 'a', { id }), 1000 + id / 100))
    const { stats } = feed([...parts, at(part4(0, 8, true, 'a', { id: 500 }), 2000)])
    expect(stats).toMatchObject({ expired: 100, pending: 1 })
  })

  test('so many datagrams; the oldest gives way', () => {
    const parts = Array.from({ length: 50 }, (_, id) => part4(0, 8, true, 'a', { id }))
    const { stats, results } = feed(
      [...parts, part4(8, 16, false, 'a', { id: 49 }), part4(8, 16, false, 'a', { id: 0 })],
      {
        datagrams: 10,
      },
    )
    expect(stats).toMatchObject({ evicted: 40, pending: 10, complete: 1 })
    expect(results.at(-2)).not.toBeNull()
    expect(results.at(-1)).toBeNull()
  })

  test('so many bytes, however small the fragments are', () => {
    const bytes = 100_000
    const reassembler = new Reassembler({ bytes })
    let most = 0
    for (let i = 0; i < 20_000; i++) {
      reassembler.add(part4((i % 8000) * 8, (i % 8000) * 8 + 8, true, 'a', { id: i >>> 3 }))
      most = Math.max(most, reassembler.stats().bytes)
    }
    expect(most).toBeLessThanOrEqual(bytes)
    expect(reassembler.stats().evicted).toBeGreaterThan(1000)
    reassembler.clear()
    expect(reassembler.stats()).toMatchObject({ pending: 0, bytes: 0 })
  })

  test('options that make no sense', () => {
    expect(() => new Reassembler({ timeout: 0 })).toThrow('Reassembler: option timeout must be a number above 0, not 0')
    expect(() => new Reassembler({ byte: 1 } as object)).toThrow(
      `Reassembler has no option 'byte'; did you mean 'bytes'?`,
    )
  })
})

describe('whatever arrives', () => {
  test('random fragments neither throw nor break the bounds, and what is given is consistent', () => {
    const piece = fc.record({
      from: fc.nat(40),
      length: fc.nat(60),
      more: fc.boolean(),
      id: fc.nat(3),
      six: fc.boolean(),
      letter: fc.constantFrom('a', 'b'),
      time: fc.nat(100),
    })
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const reassembler = new Reassembler({ datagrams: 3, bytes: 4000, timeout: 50 })
        for (const { from, length, more, id, six, letter, time } of pieces) {
          const packet = six
            ? part6(from * 8, from * 8 + length, more, letter, id)
            : part4(from * 8, from * 8 + length, more, letter, { id })
          const whole = reassembler.add(at(packet, time))
          if (whole !== null) expect(whole.issues()).toEqual([])
          const { pending, bytes } = reassembler.stats()
          expect(pending).toBeLessThanOrEqual(3)
          expect(bytes).toBeLessThanOrEqual(4000)
          expect(bytes).toBeGreaterThanOrEqual(0)
        }
      }),
      { numRuns: 300 },
    )
  })

  test('mutated and cut frames never throw', () => {
    const frames = [
      ...fragment(
        stack(
          Ether({ src: '02:00:00:00:00:01', dst: '02:00:00:00:00:02' }),
          IP({ src: '10.0.0.1', dst: '10.0.0.2' }),
          UDP(),
          'x'.repeat(300),
        ),
        100,
      ),
      ...fragment(
        stack(
          Ether({ src: '02:00:00:00:00:01', dst: '02:00:00:00:00:02' }),
          IPv6({ src: '::1', dst: '::2' }),
          UDP(),
          'x'.repeat(300),
        ),
        150,
      ),
    ].map((each) => each.bytes())
    const change = fc.record({ frame: fc.nat(frames.length - 1), cut: fc.nat(200), at: fc.nat(70), value: fc.nat(255) })
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
        const reassembler = new Reassembler({ bytes: 10_000 })
        for (const { frame, cut, at: position, value } of changes) {
          const bytes = Uint8Array.from(
            frames[frame]!.subarray(0, Math.max(14, frames[frame]!.length - (cut > 100 ? 0 : cut))),
          )
          if (position < bytes.length) bytes[position] = value
          reassembler.add(dissect(Ether, bytes))?.summary()
          expect(reassembler.stats().bytes).toBeLessThanOrEqual(10_000)
        }
      }),
      { numRuns: 500 },
    )
  })

  test('a fragment that the capture cut is ignored', () => {
    const whole = part4(0, 80, true).bytes()
    const { results, stats, problems } = feed([dissect(IP, whole.subarray(0, 60))])
    expect(results).toEqual([null])
    expect(problems[0]).toMatch(/is cut short$/)
    expect(stats).toMatchObject({ malformed: 1, pending: 0 })
  })
})
