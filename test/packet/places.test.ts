import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { DNS, DNSQR, DNSRR, Ether, ICMP, IP, IPv6, Raw, TCP, UDP } from '../../src/layers/index.js'
import { type Field, Kind, type Packet, RandIP, stack, toHex } from '../../src/packet/index.js'
import { type PlacedLayer, placesOf } from '../../src/packet/places.js'
import { bytesOf, outermostOf, vectorsOf } from '../layers/vectors.js'

const FILES = readdirSync(new URL('../vectors', import.meta.url))
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.slice(0, -5))

/** A known packet, read anew by each call of `make`. */
interface Known {
  name: string
  /** The sender's encoding is another one: built anew, the fields stand elsewhere. */
  isOwnEncoding: boolean
  make: () => Packet
}

const KNOWN = FILES.map((file): [file: string, packets: Known[]] => [
  file,
  (vectorsOf(file) ?? []).map((vector) => ({
    name: vector.name,
    isOwnEncoding: vector.encoding === undefined,
    make: () =>
      outermostOf(vector, vector.layers?.[0] ?? Object.keys(vector.other ?? {})[0] ?? 'Ether')(bytesOf(vector)),
  })),
])

/** One test for each file of known packets: there are thousands of them, and one alone takes less than its test would. */
function testKnown(title: string, check: (known: Known) => void): void {
  test.each(KNOWN)(`%s: ${title}`, (_, packets) => {
    for (const known of packets) {
      try {
        check(known)
      } catch (error) {
        ;(error as Error).message = `${known.name}: ${(error as Error).message}`
        throw error
      }
    }
  })
}

/** Bits of a field in the packet's bytes, by its range alone. */
function bitsOf(bytes: Uint8Array, packet: Packet, path: string): string {
  const { offset, length, bits } = packet.rangeOf(path)!
  const all = Array.from(bytes.subarray(offset, offset + length), (byte) => byte.toString(2).padStart(8, '0')).join('')
  return bits === undefined ? all : all.slice(bits.first, bits.first + bits.count)
}

/** A number as bits, as a field of that kind has it on the wire. */
function numberBits(field: Field, stored: number | bigint): string {
  const digits = BigInt(stored).toString(2).padStart(field.bits, '0')
  const isLittle = field.kind === Kind.U16LE || field.kind === Kind.U32LE || field.kind === Kind.U64LE
  return isLittle ? digits.match(/.{8}/g)!.reverse().join('') : digits
}

describe('places of what was read', () => {
  testKnown('the bits in a range are the field', ({ make }) => {
    const packet = make()
    const { bytes, layers } = placesOf(packet)
    const found: string[] = []
    const expected: string[] = []
    for (const { layer, fields } of layers) {
      const isFirst = packet.layers().find((each) => each.layerName === layer.layerName) === layer
      for (const { field } of fields) {
        const stored = layer._stored(field.index)
        if (!isFirst || field.kind === Kind.CODEC || (typeof stored !== 'number' && typeof stored !== 'bigint'))
          continue
        found.push(`${field.where}: ${bitsOf(bytes, packet, field.where)}`)
        expected.push(`${field.where}: ${numberBits(field, stored)}`)
      }
    }
    expect(found.join('\n')).toBe(expected.join('\n'))
    const hasNumbers = layers.some(({ fields }) =>
      fields.some(({ field }) => field.kind !== Kind.CODEC && field.kind !== Kind.IPV6),
    )
    expect(found.length > 0).toBe(hasNumbers)
  })

  testKnown('the fields of a layer fill its header without overlap', ({ make }) => {
    for (const { layer, start, headerEnd, fields } of placesOf(make()).layers) {
      const found: string[] = []
      const expected: string[] = []
      let bit = start * 8
      for (const { field, start: from, end } of fields) {
        const isBits = field.kind === Kind.BITS
        found.push(`${field.where}: ${from * 8 + (isBits ? field.bitStart % 8 : 0)}`)
        expected.push(`${field.where}: ${bit}`)
        bit = isBits ? bit + field.bits : end * 8
      }
      expect(found.join('\n')).toBe(expected.join('\n'))
      // What a length field admits beyond the known fields belongs to the header as well.
      if (fields.length > 0) expect(bit, layer.layerName).toBeLessThanOrEqual(headerEnd * 8)
    }
  })

  testKnown('writing a field changes the bytes of its range alone', ({ make }) => {
    const before = make().bytes()
    const wrong: string[] = []
    make()
      .layers()
      .forEach((layer, number) => {
        for (const field of layer._layer.fields) {
          const value = layer._stored(field.index)
          // What decides whether other fields are there moves them, too.
          if (typeof value !== 'number' || field.kind === Kind.CODEC || layer._layer.hasConditions) continue
          const packet = make()
          const changed = packet.layers()[number]!
          const range = placesOf(packet).layers[number]!.fields.find((each) => each.field === field)!
          const other = value === 0 ? 1 : value - 1
          changed._write(field.index, field.kind === Kind.MAC ? field.present(other) : other)
          const after = packet.bytes()
          const differing = [...after.keys()].filter((i) => after[i] !== before[i])
          const elsewhere = differing.filter((i) => i < range.start || i >= range.end)
          if (after.length !== before.length)
            wrong.push(`${field.where}: ${after.length} bytes instead of ${before.length}`)
          if (differing.length === 0) wrong.push(`${field.where}: no byte differs`)
          if (elsewhere.length > 0) wrong.push(`${field.where}: bytes ${elsewhere} differ as well`)
        }
      })
    expect(wrong).toEqual([])
  })
})

/** The places of a packet that is built are those of its bytes read again. */
function expectSamePlaces(packet: Packet): void {
  // A text for each layer: one comparison instead of one for every number.
  const shape = ({ layer, start, headerEnd, fields }: PlacedLayer): string =>
    `${layer.layerName} ${start}..${headerEnd}${fields.map(({ field, start: from, end }) => ` ${field.name} ${from}..${end}`).join('')}`
  const built = placesOf(packet)
  const read = packet.rebuilt()
  expect(toHex(built.bytes)).toBe(read.hex())
  expect(built.layers.map(shape)).toEqual(placesOf(read).layers.map(shape))
}

describe('places of what is built', () => {
  testKnown('written anew', ({ isOwnEncoding, make }) => {
    if (!isOwnEncoding) return
    const packet = make()
    for (const layer of packet.layers()) {
      const { fields } = layer._layer
      for (const field of fields)
        if (field.condition === null && layer._read(field.index) !== undefined)
          layer._write(field.index, layer._read(field.index))
    }
    if (packet.issues().length === 0) expectSamePlaces(packet)
  })

  test('of packets from scratch', () => {
    expectSamePlaces(stack(Ether(), IP(), TCP({ options: [['MSS', 1460], ['NOP']] }), 'hello'))
    expectSamePlaces(stack(IP({ options: [['NOP']] }), UDP(), DNS({ qd: [DNSQR({ qname: 'example.org' })] })))
    expectSamePlaces(
      stack(Ether(), IPv6(), UDP({ sport: 9, dport: 9 }), Raw('x'.repeat(70_000)).load.subarray(0, 60_000)),
    )
    expectSamePlaces(stack(IP(), ICMP()))
  })

  test('a layer that its bytes would not be read back as has its place all the same', () => {
    const packet = stack(IP({ proto: 99 }), TCP({ flags: 'SA' }), 'x')
    expect(packet.rebuilt().layers()[1]!.layerName).toBe('Raw')
    expect(packet.rangeOf('TCP')).toEqual({ layer: 'TCP', offset: 20, length: 20 })
    expect(packet.rangeOf('TCP.flags')).toEqual({
      layer: 'TCP',
      field: 'flags',
      offset: 32,
      length: 2,
      bits: { first: 7, count: 9 },
    })
  })

  test('of a set its first packet, of random values one packet', () => {
    expect(stack(IP({ dst: ['10.0.0.1', '10.0.0.2'] }), UDP()).rangeOf('UDP.dport')?.offset).toBe(22)
    const { bytes, layers } = placesOf(stack(IP({ dst: RandIP() }), UDP()))
    expect(layers[0]!.layer.raw('dst')).toBe(Buffer.from(bytes).readUInt32BE(16))
  })
})

describe('rangeOf', () => {
  const packet = stack(
    Ether(),
    IP(),
    UDP(),
    DNS({ qd: [DNSQR({ qname: 'a.example' }), DNSQR({ qname: 'b.example' })], an: [DNSRR({ rrname: 'a.example' })] }),
  )

  test('takes layers, fields alone, and elements of lists', () => {
    expect(packet.rangeOf(UDP)).toEqual({ layer: 'UDP', offset: 34, length: 8 })
    expect(packet.rangeOf('dport')).toEqual({ layer: 'UDP', field: 'dport', offset: 36, length: 2 })
    expect(packet.rangeOf('IP.frag')?.bits).toEqual({ first: 3, count: 13 })
    expect(packet.rangeOf('DNS.qd')).toMatchObject({ offset: 54 })
    const first = packet.rangeOf('DNS.qd[0]')!
    const second = packet.rangeOf('qd[1].qname')!
    expect(first).toMatchObject({ layer: 'DNS', field: 'qd[0]', offset: 54, length: 15 })
    expect(second).toMatchObject({ layer: 'DNS', field: 'qd[1].qname', offset: 69 })
    expect(
      packet
        .bytes()
        .subarray(second.offset + 1, second.offset + 2)
        .toString(),
    ).toBe('b')
  })

  test('counts from the layer that is asked', () => {
    expect(packet.get(IP)!.rangeOf('UDP.dport')).toMatchObject({ offset: 22 })
  })

  test('tells layers of one kind apart', () => {
    const tunnel = stack(IP({ src: '10.0.0.1' }), IP({ src: '10.0.0.2' }))
    expect(tunnel.rangeOf('IP.src')?.offset).toBe(12)
    expect(tunnel.rangeOf('IP:2.src')?.offset).toBe(32)
    expect(() => tunnel.rangeOf('IP:3.src')).toThrow('IP / IP has 2 IP, there is no IP:3')
  })

  test('a field that is not there has no range', () => {
    expect(ICMP({ type: 'echo-request' }).rangeOf('seq')).toMatchObject({ offset: 6 })
    expect(ICMP({ type: 'redirect' }).rangeOf('seq')).toBeUndefined()
    const cut = IP(
      stack(IP({ options: [['NOP']] }), 'x')
        .bytes()
        .subarray(0, 16),
    )
    expect(() => cut.rangeOf('IP.src')).toThrow('Raw has no layer IP')
  })

  test('says what there is instead of a name that is none', () => {
    const known = stack(IP(), TCP())
    expect(() => known.rangeOf('TPC.flags')).toThrow("IP / TCP has no layer TPC; did you mean 'TCP'?")
    expect(() => known.rangeOf('TCP.flgs')).toThrow("TCP has no field 'flgs'; did you mean 'flags'?")
    expect(() => known.rangeOf('tll')).toThrow("IP / TCP has no field and no layer 'tll'; did you mean 'ttl'?")
    expect(() => packet.rangeOf('DNS.qd.qname')).toThrow('which one of the list? Write qd[0].qname')
    expect(() => packet.rangeOf('DNS.qd[7]')).toThrow('DNS.qd has 2 elements; there is no qd[7]')
    expect(() => packet.rangeOf('IP.src[0]')).toThrow('IP.src is no list of layers')
  })
})
