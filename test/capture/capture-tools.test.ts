import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PcapngBuilder, pcapFile } from './capture-builder.js'
import { type Row, readRows } from './read-rows.js'
import { hasTools, output, sharkRows } from './tools.js'

let folder: string
let source: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'capture-tools-'))
  source = join(folder, 'source.pcap')
  await writeFile(
    source,
    pcapFile(
      { magic: 0xa1b23c4d },
      Array.from({ length: 200 }, (_, i) => record(i)),
    ),
  )
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** A UDP frame with i bytes of payload; every fifth was captured cut short. */
function record(i: number): { seconds: number; fraction: number; bytes: Uint8Array; originalLength: number } {
  const payload = Buffer.alloc(i * 3, i)
  const head = Buffer.from(
    '02000000000102000000000208004500001c0001000040110000c0a80001c0a8000204d2003500080000',
    'hex',
  )
  head.writeUInt16BE(28 + payload.length, 16)
  head.writeUInt16BE(8 + payload.length, 38)
  const frame = Buffer.concat([head, payload])
  const bytes = i % 5 === 4 ? frame.subarray(0, 42) : frame
  return {
    seconds: 1_700_000_000 + i,
    fraction: (i * 7_654_321 + 1) % 1_000_000_000,
    bytes,
    originalLength: frame.length,
  }
}

function comparable(rows: (Row | Awaited<ReturnType<typeof sharkRows>>[number])[]): unknown[] {
  return rows.map((row) => ({ time: row.time, length: row.length, originalLength: row.originalLength }))
}

describe.skipIf(!hasTools)('captures of real tools', () => {
  it.each(['pcap', 'nsecpcap', 'pcapng', 'modpcap'])('editcap -F %s', async (format) => {
    const path = join(folder, `converted.${format}`)
    await output('editcap', '-F', format, source, path)
    const original = await readRows(source)
    const { rows, reading, warnings } = await readRows(path)
    expect(warnings).toEqual([])
    expect(reading.information!.format).toBe(format === 'pcapng' ? 'pcapng' : 'pcap')
    expect(comparable(rows)).toEqual(comparable(await sharkRows(path)))
    expect(rows.map((row) => row.hex)).toEqual(original.rows.map((row) => row.hex))
    if (format === 'nsecpcap' || format === 'pcapng') expect(comparable(rows)).toEqual(comparable(original.rows))
    await writeFile(`${path}.gz`, gzipSync(await readFile(path)))
    expect((await readRows(`${path}.gz`)).rows).toEqual(rows)
  })

  it('mergecap: several interfaces with names and comments', async () => {
    const b = new PcapngBuilder(false)
    b.section().interface(1, 0, b.option(2, 'lan0'))
    for (let i = 0; i < 20; i++)
      b.enhanced(0, 1_700_000_000_500_000n + BigInt(i) * 1_000_000n, record(i).bytes, b.option(1, `number ${i}`))
    const other = join(folder, 'other.pcapng')
    await writeFile(other, b.build())
    const merged = join(folder, 'merged.pcapng')
    await output('mergecap', '-w', merged, source, other)
    const { rows, warnings } = await readRows(merged)
    const shark = await sharkRows(merged)
    expect(warnings).toEqual([])
    expect(rows.length).toBe(220)
    expect(comparable(rows)).toEqual(comparable(shark))
    expect(rows.map((row) => row.comment)).toEqual(shark.map((row) => row.comment))
    expect(rows.filter((row) => row.interfaceName === 'lan0').length).toBe(20)
  })

  it('time resolutions, offsets, simple and old blocks: the same as tshark', async () => {
    const b = new PcapngBuilder()
    const frame = record(2).bytes
    b.section()
    for (const resolution of [0, 3, 6, 9, 0x8a, 0x94, 0x9e])
      b.interface(1, 65535, b.option(9, Uint8Array.of(resolution)))
    b.interface(1, 65535, b.option(14, b.u64(1_600_000_000n)))
    ;[1_700_000_000n, 1_700_000_000_123n, 1_700_000_000_123_456n, 1_700_000_000_123_456_789n].forEach((ticks, i) =>
      b.enhanced(i, ticks, frame),
    )
    b.enhanced(4, 1_700_000_000n * 1024n + 513n, frame)
      .enhanced(5, 1_700_000_000n * 1_048_576n + 699_051n, frame)
      .enhanced(6, 1_700_000_000n * 2n ** 30n + 12_345_678n, frame)
      .enhanced(7, 100_000_000_250_000n, frame)
    b.block(2, b.u16(2), b.u16(0), b.u32(395_812), b.u32(1), b.u32(48), b.u32(60), frame)
    const path = join(folder, 'times.pcapng')
    await writeFile(path, b.build())
    const { rows, warnings } = await readRows(path)
    expect(warnings).toEqual([])
    const shark = await sharkRows(path)
    expect(rows.length).toBe(9)
    expect(comparable(rows)).toEqual(comparable(shark))
  })
})
