/** Rings: the newest packets, in bounded memory. */
import { describe, expect, test } from 'vitest'
import { PacketRing, type StorableBatch } from '../../src/capture/index.js'
import { Ether, IP, UDP } from '../../src/layers/index.js'
import { type AnyPacket, stack } from '../../src/packet/index.js'

const FRAME = stack(
  Ether({ src: '02:00:00:00:00:01', dst: '02:00:00:00:00:02' }),
  IP({ src: '10.0.0.1', dst: '10.0.0.2' }),
  UDP({ sport: 1, dport: 9 }),
).bytes()

/** Packets whose source port counts from `first`, `step` seconds apart. */
function batch(first: number, count: number, step = 0.001): StorableBatch {
  const buffer = new Uint8Array(count * FRAME.length)
  const rows = Array.from({ length: count }, (_, i) => i)
  for (const i of rows) {
    buffer.set(FRAME, i * FRAME.length)
    new DataView(buffer.buffer).setUint16(i * FRAME.length + 34, (first + i) & 0xffff)
  }
  const time = (i: number): number => 1000 + (first + i) * step
  return {
    count,
    buffer,
    offsets: rows.map((i) => i * FRAME.length),
    lengths: rows.map(() => FRAME.length),
    originalLengths: rows.map(() => FRAME.length),
    seconds: rows.map((i) => Math.floor(time(i))),
    nanoseconds: rows.map((i) => Math.round((time(i) % 1) * 1e9) % 1e9),
    linkType: 1,
    interfaceName: 'eth0',
  }
}

const port = (packet: unknown): number => (packet as AnyPacket).sport
const ports = (ring: PacketRing): number[] => ring.list().map(port)

describe('keeps the newest', () => {
  test('packets', () => {
    const ring = new PacketRing({ packets: 3 })
    for (let first = 0; first < 1000; first += 7) ring.appendBatch(batch(first, 7))
    expect(ports(ring)).toEqual([998, 999, 1000])
    expect([ring.length, ring.gone]).toEqual([3, 998])
  })

  test('bytes', () => {
    const ring = new PacketRing({ bytes: FRAME.length * 2 + 1 })
    ring.appendBatch(batch(0, 5))
    expect(ports(ring)).toEqual([3, 4])
  })

  test('seconds behind the newest', () => {
    const ring = new PacketRing({ seconds: 1.5 })
    ring.appendBatch(batch(0, 10, 1))
    expect(ports(ring)).toEqual([8, 9])
  })

  test('a packet that is larger than the limit by itself', () => {
    const ring = new PacketRing({ bytes: 1 })
    ring.appendBatch(batch(0, 5))
    expect(ports(ring)).toEqual([4])
  })

  test('changed packets among them', () => {
    const ring = new PacketRing({ packets: 200 })
    const changed = stack(IP({ src: '10.0.0.9' }), UDP({ sport: 7777 }))
    for (let first = 0; first < 1000; first += 100) {
      ring.appendBatch(batch(first, 100))
      ring.push(changed)
    }
    const list = ring.list()
    expect(list.length).toBe(200)
    expect(port(list.at(-1))).toBe(7777)
    expect(list.filter((packet) => port(packet) === 7777).length).toBe(2)
    expect(port(list[0])).toBe(802)
  })
})

test('a list taken from it stays as it is, and may be added to', () => {
  const ring = new PacketRing({ packets: 100 })
  ring.appendBatch(batch(0, 150))
  const before = ring.list()
  ring.appendBatch(batch(150, 500))
  const after = ring.list()
  before.push(stack(Ether(), IP(), UDP({ sport: 4242 })))
  ring.appendBatch(batch(650, 10))
  expect(before.map(port)).toEqual([...Array.from({ length: 100 }, (_, i) => 50 + i), 4242])
  expect(after.map(port)).toEqual(Array.from({ length: 100 }, (_, i) => 550 + i))
  expect(after.filter((packet) => port(packet) === 600).length).toBe(1)
})

test('memory is bounded by the limit, whatever comes', () => {
  const ring = new PacketRing({ packets: 10_000 })
  let most = 0
  for (let first = 0; first < 1_000_000; first += 1000) {
    ring.appendBatch(batch(first, 1000))
    most = Math.max(most, ring.memory)
  }
  expect(ring.gone).toBe(990_000)
  // 42 bytes and 20 of columns a packet, and an eighth for pages that go as a whole; twice that leaves room for growth.
  expect(most).toBeLessThan(10_000 * 62 * 2.5)
  const wide = new PacketRing({ bytes: 1 << 20 })
  for (let first = 0; first < 200_000; first += 1000) wide.appendBatch(batch(first, 1000))
  expect(wide.memory).toBeLessThan(3 << 20)
})

test('limits that make no sense are refused', () => {
  expect(() => new PacketRing({})).toThrow('packets, bytes or seconds')
  expect(() => new PacketRing({ packets: 0 })).toThrow('a ring: packets must be a whole number above 0, not 0')
  expect(() => new PacketRing({ size: 3 } as never)).toThrow('not size')
})
