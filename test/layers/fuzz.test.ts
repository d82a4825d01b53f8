/** Arbitrary bytes through every layer: nothing throws, hangs, looks outside of its bytes, or grows without bound. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as layers from '../../src/layers/index.js'
import { allLayers, dissect, fromHex, type Layer, type Packet } from '../../src/packet/index.js'
import { examine } from './hostile-bytes.js'

const { DNS, DNSRR, Ether, IP, TCP, UDP } = layers

/** The same runs every time: a failure is repeatable, and a quiet week is no luck. */
const SEED = 20240101

/** Bytes as attackers like them: noise, runs of one extreme value, and small numbers that pass as lengths and types. */
const hostile = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc
    .array(fc.constantFrom(0, 1, 2, 4, 6, 8, 17, 41, 58, 63, 64, 128, 192, 255), { maxLength: 120 })
    .map((bytes) => Uint8Array.from(bytes)),
  fc.tuple(fc.nat(255), fc.nat(2000)).map(([byte, count]) => new Uint8Array(count).fill(byte)),
)

describe('arbitrary bytes', () => {
  for (const layer of allLayers()) {
    test(`through ${layer.layerName}`, () => {
      fc.assert(
        fc.property(hostile, (bytes) => examine(layer, bytes)),
        { seed: SEED, numRuns: 60 },
      )
    })
  }

  /** Frames that lead to every bound layer, with noise in its place. */
  const frames: [string, Layer, string][] = [
    ['Ether / IP', Ether, '020000000002020000000001' + '0800'],
    [
      'Ether / IP / UDP port 53',
      Ether,
      '0200000000020200000000010800' + '4500006400010000401166810a0000010a000002' + '003500350050' + '0000',
    ],
    [
      'Ether / IP / TCP port 53',
      Ether,
      '0200000000020200000000010800' +
        '4500006400010000400666810a0000010a000002' +
        '00350035000000000000000050180000' +
        '00000000',
    ],
    [
      'Ether / IP / ICMP error',
      Ether,
      '0200000000020200000000010800' + '4500006400010000400166810a0000010a000002' + '0303000000000000' + '45000064',
    ],
    ['Ether / IPv6', Ether, '020000000002020000000001' + '86dd60000000'],
    ['Ether / Dot1Q', Ether, '020000000002020000000001' + '81000001'],
    ['Ether / ARP', Ether, '020000000002020000000001' + '0806'],
  ]
  for (const [name, layer, start] of frames) {
    test(`behind ${name}`, () => {
      const head = fromHex(start)
      fc.assert(
        fc.property(hostile, (bytes) => examine(layer as Layer, Buffer.concat([head, bytes]))),
        { seed: SEED, numRuns: 300 },
      )
    })
  }

  test('behind every value of the fields that choose a layer', () => {
    const noise = new Uint8Array(64).fill(0x41)
    for (let type = 0; type < 0x10000; type++) {
      if (type > 0x0900 && type < 0x8000 && type % 97 !== 0) continue
      const frame = Buffer.concat([fromHex('020000000002020000000001'), Uint8Array.of(type >>> 8, type & 255), noise])
      const packet = Ether(frame) as Packet
      expect(packet.layers().length).toBeLessThan(70)
    }
    for (let proto = 0; proto < 256; proto++) {
      examine(
        IP as Layer,
        Buffer.concat([fromHex(`450000540001000040${proto.toString(16).padStart(2, '0')}00000a0000010a000002`), noise]),
      )
    }
  })
})

describe('bombs', () => {
  test('layers inside one another end at a depth', () => {
    const header = fromHex('4500000000010000400400000a0000010a000002')
    const nested = Buffer.concat(Array.from({ length: 3000 }, () => header))
    const packet = dissect(IP, nested)
    expect(packet.layers().length).toBeLessThan(70)
    expect(packet.hex()).toBe(nested.toString('hex'))
    expect(packet.issues().length).toBeGreaterThan(0)
  })

  test('a message of pointers to pointers is given up', () => {
    const size = 16000
    const bytes = new Uint8Array(size)
    bytes.set(fromHex('000080000000ffff00000000'))
    for (let at = 14; at < size; at += 2) bytes.set([0xc0 | ((at - 2) >>> 8), (at - 2) & 255], at)
    examineWithoutText(DNS as Layer, bytes)
  })

  test('65535 records of the smallest size are read once each', () => {
    const records = 2000
    const bytes = Buffer.concat([fromHex('00008000' + '0000ffff00000000'), Buffer.alloc(records * 11)])
    const packet = dissect(DNS, bytes)
    expect(packet.an.length).toBe(records)
    expect(String(packet.issue)).toContain('DNSRR')
    expect(packet.hex()).toBe(bytes.toString('hex'))
  })

  test('one message after another over TCP ends at a depth', () => {
    const message = fromHex('000c000180000000000000000000')
    const segment = Buffer.concat([TCP({ dport: 53 }).bytes(), ...Array.from({ length: 500 }, () => message)])
    const packet = dissect(TCP, segment)
    expect(packet.layers().filter((each) => each.layerName === 'DNS').length).toBeGreaterThan(10)
    expect(packet.layers().length).toBeLessThan(70)
    expect(packet.hex()).toBe(segment.toString('hex'))
  })

  test('a name that leads to itself, forward, or outside is an issue', () => {
    const cases: [string, RegExp][] = [
      ['c00c', /points forward/],
      ['c00d', /points forward/],
      ['c0ff', /points forward/],
      ['0161c00c', /points to one that does not end|points forward/],
      ['41', /neither a length nor a pointer/],
      ['3f6162', /cut short/],
      ['c0', /cut short/],
      [`3f${'61'.repeat(63)}`.repeat(5), /longer than 255/],
    ]
    for (const [name, reason] of cases) {
      const bytes = fromHex(`000001000001000000000000${name}`)
      const packet = dissect(DNS, bytes)
      expect(String(packet.issue), name).toMatch(reason)
      expect(packet.qd).toEqual([])
      expect(packet.hex()).toBe(Buffer.from(bytes).toString('hex'))
    }
  })

  test('records outside of a message read pointers from their own start', () => {
    expect(String(dissect(DNSRR, fromHex('c00000010001000000000000')).issue)).toContain('points forward')
  })
})

/** Without the text of thousands of records: only that it ends, and that the bytes are kept. */
function examineWithoutText(layer: Layer, bytes: Uint8Array): void {
  const packet = dissect(layer, bytes)
  expect(packet.hex()).toBe(Buffer.from(bytes).toString('hex'))
  packet.layers()
  packet.issues()
}

test('UDP and TCP of any ports and bytes', () => {
  fc.assert(
    fc.property(fc.nat(65535), fc.nat(65535), fc.uint8Array({ maxLength: 64 }), (sport, dport, load) => {
      for (const transport of [UDP({ sport, dport }), TCP({ sport, dport })]) {
        const packet = IP().stack(transport).stack(load)
        examine(IP as Layer, packet.bytes())
      }
    }),
    { seed: SEED, numRuns: 200 },
  )
})
