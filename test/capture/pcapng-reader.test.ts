import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { counting, PcapngBuilder } from './capture-builder.js'
import { readRows } from './read-rows.js'

const resolution = (builder: PcapngBuilder, value: number) => builder.option(9, Uint8Array.of(value))

describe('pcapng', () => {
  it.each([true, false])('is read in both byte orders, with several interfaces (little: %s)', async (littleEndian) => {
    const b = new PcapngBuilder(littleEndian)
    b.section(b.option(4, 'made by hand'), b.option(1, 'of the section'))
      .interface(1, 65535, b.option(2, 'eth0'), b.option(1, 'of the interface'), b.option(11, '\0tcp port 80'))
      .interface(1, 0, b.option(2, 'eth1'), resolution(b, 9), b.option(3, 'second'))
      .enhanced(0, 1_700_000_000_123_456n, counting(61))
      .enhanced(1, 1_700_000_000_123_456_789n, counting(7), b.option(1, 'first line'), b.option(1, 'second line'))
    const { rows, reading, warnings } = await readRows(b.build())
    expect(warnings).toEqual([])
    expect(rows.map((row) => [row.time, row.length, row.interfaceName, row.comment])).toEqual([
      ['1700000000.123456000', 61, 'eth0', undefined],
      ['1700000000.123456789', 7, 'eth1', 'first line\nsecond line'],
    ])
    expect(rows[1]!.hex).toBe('00010203040506')
    expect(reading.information).toMatchObject({
      byteOrder: littleEndian ? 'little' : 'big',
      sections: [{ application: 'made by hand', comment: 'of the section' }],
      interfaces: [
        { name: 'eth0', comment: 'of the interface', filter: 'tcp port 80', snaplen: 65535 },
        { name: 'eth1', description: 'second', snaplen: 0 },
      ],
    })
  })

  it('counts time in powers of ten and of two, from any origin', async () => {
    const b = new PcapngBuilder()
    b.section()
      .interface(1, 0, resolution(b, 0))
      .interface(1, 0, resolution(b, 0x80 | 10))
      .interface(1, 0, resolution(b, 12))
      .interface(1, 0, b.option(14, b.u64(1_700_000_000n)))
      .enhanced(0, 7n, counting(1))
      .enhanced(1, 1024n * 3n + 512n, counting(1))
      .enhanced(2, 4_000_000_000_001n + 5000n, counting(1))
      .enhanced(3, 1_500_000n, counting(1))
    const { rows } = await readRows(b.build())
    expect(rows.map((row) => row.time)).toEqual(['7.000000000', '3.500000000', '4.000000005', '1700000001.500000000'])
  })

  it('reads simple packets, cut to the snaplen and without time, and the old packet block', async () => {
    const b = new PcapngBuilder()
    b.section().interface(101, 5).simple(9, counting(5)).simple(3, counting(3))
    b.block(2, b.u16(0), b.u16(77), b.u32(0), b.u32(1_000_001), b.u32(3), b.u32(30), counting(3))
    const { rows, warnings } = await readRows(b.build())
    expect(warnings).toEqual([])
    expect(rows.map((row) => [row.time, row.length, row.originalLength, row.linkType])).toEqual([
      ['NaN.000000000', 5, 9, 101],
      ['NaN.000000000', 3, 3, 101],
      ['1.000001000', 3, 30, 101],
    ])
  })

  it('numbers the interfaces of each section anew, in its own byte order', async () => {
    const first = new PcapngBuilder(true)
    first.section().interface(1, 0, first.option(2, 'a')).enhanced(0, 1_000_000n, counting(2))
    const second = new PcapngBuilder(false)
    second.section().interface(113, 0, second.option(2, 'b')).enhanced(0, 2_000_000n, counting(4))
    const { rows, reading } = await readRows(Buffer.concat([first.build(), second.build(), first.build()]))
    expect(rows.map((row) => [row.interfaceName, row.linkType, row.length])).toEqual([
      ['a', 1, 2],
      ['b', 113, 4],
      ['a', 1, 2],
    ])
    expect(reading.information!.sections.length).toBe(3)
  })

  it('gives packets of one link type in a batch', async () => {
    const b = new PcapngBuilder()
    b.section().interface(1, 0).interface(101, 0)
    for (let i = 0; i < 10; i++) b.enhanced((i >> 1) & 1, 0n, counting(20))
    const { readCapture } = await import('../../src/capture/open-capture.js')
    const batches: [number, number][] = []
    for await (const batch of readCapture(b.build())) batches.push([batch.linkType, batch.count])
    expect(batches).toEqual([
      [1, 2],
      [101, 2],
      [1, 2],
      [101, 2],
      [1, 2],
    ])
  })

  it('passes over blocks it does not know, small and large', async () => {
    const b = new PcapngBuilder()
    b.section().interface(1, 0).block(0x0bad, counting(40)).enhanced(0, 0n, counting(1))
    b.block(0x40000bad, new Uint8Array(5 * 1024 * 1024)).enhanced(0, 0n, counting(2))
    const { rows, warnings } = await readRows(b.build())
    expect(warnings).toEqual([])
    expect(rows.map((row) => row.length)).toEqual([1, 2])
    const cut = await readRows(b.build().subarray(0, 4_000_000))
    expect(cut.rows.length).toBe(1)
    expect(cut.warnings[0]).toMatch(
      /packet 2, byte 136: expected a block of 5242892 bytes, found the end of the file after 3999864/,
    )
  })

  it('collects names and drop counters', async () => {
    const b = new PcapngBuilder()
    const name = (kind: number, address: number[], ...names: string[]) =>
      b.option(kind, Buffer.concat([Buffer.from(address), Buffer.from(`${names.join('\0')}\0`)]))
    b.section()
      .interface(1, 0)
      .block(
        4,
        name(1, [10, 0, 0, 1], 'one', 'uno'),
        name(2, [0x20, 1, 0xd, 0xb8, ...new Array(11).fill(0), 1], 'six'),
        b.option(0, ''),
      )
      .block(5, b.u32(0), b.u64(0n), b.option(4, b.u64(1000n)), b.option(5, b.u64(3n)), b.option(7, b.u64(4n)))
    const { reading, warnings } = await readRows(b.build())
    expect(warnings).toEqual([])
    expect([...reading.information!.names]).toEqual([
      ['10.0.0.1', ['one', 'uno']],
      ['2001:db8::1', ['six']],
    ])
    expect(reading.information!.interfaces[0]).toMatchObject({ received: 1000, dropped: 7 })
  })

  it('passes over a packet that contradicts itself, and says so once', async () => {
    const b = new PcapngBuilder()
    b.section().interface(1, 0).enhanced(0, 0n, counting(1)).enhanced(9, 0n, counting(2)).enhanced(0, 0n, counting(3))
    b.block(6, b.u32(0), b.u32(0), b.u32(0), b.u32(500), b.u32(500), counting(4)).enhanced(0, 0n, counting(5))
    const { rows, warnings } = await readRows(b.build())
    expect(rows.map((row) => row.length)).toEqual([1, 3, 5])
    expect(warnings).toEqual([
      'the bytes given: damaged at packet 2, byte 84: expected a packet of one of the 1 interfaces of the section, ' +
        'found one of interface 9 (and 1 more damaged block, passed over); 1 packet before it is intact',
    ])
  })

  it('stops where the frame of blocks is lost', async () => {
    const b = new PcapngBuilder()
    b.section().interface(1, 0).enhanced(0, 0n, counting(4)).enhanced(0, 0n, counting(4))
    const bytes = b.build()
    bytes.writeUInt32LE(44, bytes.length - 4)
    const { rows, warnings } = await readRows(bytes)
    expect(rows.length).toBe(1)
    expect(warnings[0]).toMatch(
      /packet 2, byte 84: expected the length 36 again at the end of the enhanced packet block, found 44/,
    )
    b.parts.length = 4 * 3
    b.parts.push(Buffer.from('0600000000000010', 'hex'), counting(8))
    expect((await readRows(b.build())).warnings[0]).toMatch(/found the end of the file after 16/)
  })

  it('does not hold endless names', async () => {
    const b = new PcapngBuilder()
    b.section()
    const names = new PcapngBuilder().block(4, b.option(1, Buffer.alloc(60_000, 'x'))).build()
    const { warnings } = await readRows(Readable.from([b.build(), ...new Array<Buffer>(2000).fill(names)]))
    expect(warnings[0]).toMatch(/expected at most 67108864 bytes of descriptions and names/)
  })

  it('refuses a block that claims more than 256 MiB, and too many interfaces', async () => {
    const b = new PcapngBuilder()
    b.section()
    b.parts.push(Buffer.from('0600000004000010', 'hex'), counting(8))
    expect((await readRows(b.build())).warnings[0]).toMatch(
      /expected a block length between 12 and 268435456, found 268435460/,
    )
    const many = new PcapngBuilder()
    many.section()
    const description = new PcapngBuilder().interface(1, 0).build()
    const file = Buffer.concat([many.build(), ...Array.from({ length: 65537 }, () => description)])
    const { reading, warnings } = await readRows(file)
    expect(reading.information!.interfaces.length).toBe(65536)
    expect(warnings[0]).toMatch(/at most 65536 interfaces/)
  })
})
