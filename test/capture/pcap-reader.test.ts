import { describe, expect, it } from 'vitest'
import { counting, pcapFile } from './capture-builder.js'
import { readRows } from './read-rows.js'

const records = [
  { seconds: 1700000000, fraction: 123456, bytes: counting(60), originalLength: 1514 },
  { seconds: 1700000001, fraction: 999999, bytes: counting(0) },
  { seconds: 0xffffffff, fraction: 0, bytes: counting(3) },
]

describe('pcap', () => {
  it.each([true, false])('is read in both byte orders (little: %s)', async (littleEndian) => {
    const { rows, reading, warnings } = await readRows(pcapFile({ littleEndian }, records))
    expect(warnings).toEqual([])
    expect(reading.information).toMatchObject({
      format: 'pcap',
      byteOrder: littleEndian ? 'little' : 'big',
      nanoseconds: false,
    })
    expect(rows.map((row) => [row.time, row.length, row.originalLength])).toEqual([
      ['1700000000.123456000', 60, 1514],
      ['1700000001.999999000', 0, 0],
      ['4294967295.000000000', 3, 3],
    ])
    expect(rows[2]!.hex).toBe('000102')
  })

  it.each([true, false])('in nanoseconds keeps all nine digits (little: %s)', async (littleEndian) => {
    const { rows } = await readRows(
      pcapFile({ magic: 0xa1b23c4d, littleEndian }, [{ seconds: 1700000000, fraction: 123456789, bytes: counting(1) }]),
    )
    expect(rows[0]!.time).toBe('1700000000.123456789')
  })

  it.each([true, false])("in Kuznetzov's variant has 24-byte record headers (little: %s)", async (littleEndian) => {
    const { rows, reading, warnings } = await readRows(pcapFile({ magic: 0xa1b2cd34, extra: 8, littleEndian }, records))
    expect(warnings).toEqual([])
    expect(reading.information!.variant).toBe('Kuznetzov')
    expect(rows.map((row) => row.length)).toEqual([60, 0, 3])
  })

  it('takes the FCS length out of the link type', async () => {
    const { rows, reading } = await readRows(pcapFile({ linkType: 0x24000001 >>> 0 }, records))
    expect(rows[0]!.linkType).toBe(1)
    expect(reading.information!.interfaces[0]!.fcsLength).toBe(4)
  })

  it('swaps the lengths of files before version 2.3', async () => {
    const swapped = [{ bytes: counting(10), length: 100, originalLength: 10 }]
    const { rows, warnings } = await readRows(pcapFile({ version: [2, 2] }, swapped))
    expect(warnings).toEqual([])
    expect(rows[0]).toMatchObject({ length: 10, originalLength: 100 })
  })

  it('carries fractions over a second', async () => {
    const { rows } = await readRows(pcapFile({}, [{ seconds: 5, fraction: 2_500_000, bytes: counting(1) }]))
    expect(rows[0]!.time).toBe('7.500000000')
  })

  it('without packets is no error', async () => {
    const { rows, reading, warnings } = await readRows(pcapFile({ linkType: 101 }, []))
    expect([rows, warnings]).toEqual([[], []])
    expect(reading.information!.interfaces[0]!.linkType).toBe(101)
  })

  it('says what a length that cannot be is, and where', async () => {
    const file = pcapFile({ snaplen: 65535 }, [records[0]!, { bytes: counting(4), length: 0x7fffffff }, records[2]!])
    const { rows, warnings } = await readRows(file)
    expect(rows.length).toBe(1)
    expect(warnings).toEqual([
      'the bytes given: damaged at packet 2, byte 100: expected a captured length of at most 262144 bytes, ' +
        'found 2147483647 (0x7fffffff); 1 packet before it is intact',
    ])
  })

  it('says how much of the last packet is missing', async () => {
    const { rows, warnings } = await readRows(pcapFile({}, records).subarray(0, 90))
    expect(rows.length).toBe(0)
    expect(warnings).toEqual([
      'the bytes given: damaged at packet 1, byte 24: expected 76 bytes of packet header and packet, ' +
        'found the end of the file after 66; no packet can be read',
    ])
  })

  it('takes large packets of link types that have them', async () => {
    const bytes = new Uint8Array(3 * 1024 * 1024).fill(7)
    const { rows, warnings } = await readRows(pcapFile({ linkType: 231 }, [{ bytes }, { bytes: counting(5) }]))
    expect(warnings).toEqual([])
    expect(rows.map((row) => row.length)).toEqual([bytes.length, 5])
  })
})
