import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CaptureWriter, PacketList, pcapReader, rdpcap, readCapture, wrpcap } from '../../src/capture/index.js'
import { Ether, IP, Raw, TCP, UDP } from '../../src/layers/index.js'
import { type AnyPacket, stack } from '../../src/packet/index.js'
import { counting, PcapngBuilder, pcapFile } from './capture-builder.js'
import { readRows } from './read-rows.js'
import { hasTools, output, sharkRows } from './tools.js'

let folder: string
let number = 0
const fresh = (name: string): string => join(folder, `${++number}-${name}`)
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'write-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const ping = () =>
  stack(
    Ether({ src: '02:00:00:00:00:01', dst: '02:00:00:00:00:02' }),
    IP({ src: '10.0.0.1', dst: '10.0.0.2' }),
    UDP({ sport: 5, dport: 6 }),
    'hello',
  )
const bare = () => stack(IP({ src: '10.0.0.1', dst: '10.0.0.2' }), TCP({ sport: 5, dport: 6 }))

function sample(): Buffer {
  const b = new PcapngBuilder()
  b.section()
    .interface(1, 0, b.option(2, 'eth0'), b.option(9, Uint8Array.of(9)))
    .interface(101, 0, b.option(2, 'tun0'), b.option(9, Uint8Array.of(9)))
    .interface(1, 0, b.option(9, Uint8Array.of(9)))
    .enhanced(0, 1_700_000_000_123_456_789n, ping().bytes(), b.option(1, 'first · größer'))
    .enhanced(1, 1_700_000_001_000_000_001n, bare().bytes())
    .enhanced(2, 1_700_000_002_000_000_000n, ping().bytes().subarray(0, 33))
  return b.build()
}

describe('wrpcap', () => {
  it.each(['pcapng', 'pcapng.gz', 'ntar'])('writes what was read, exactly (%s)', async (suffix) => {
    const path = fresh(`a.${suffix}`)
    const list = await rdpcap(sample())
    const result = await wrpcap(path, list, { comment: 'about all of it' })
    expect(result).toMatchObject({ path, format: 'pcapng', packets: 3 })
    const before = await readRows(sample())
    const after = await readRows(path)
    expect(after.warnings).toEqual([])
    expect(after.rows).toEqual(before.rows)
    expect(after.reading.information!.sections[0]).toMatchObject({
      comment: 'about all of it',
      application: 'netshell',
    })
    expect(after.reading.information!.compressed).toBe(suffix.endsWith('.gz'))
    if (!suffix.endsWith('.gz')) expect((await stat(path)).size).toBe(result.bytes)
  })

  it('writes pcap with nanoseconds where a packet has them, else microseconds', async () => {
    const list = (await rdpcap(sample())).filter('Ether')
    const fine = fresh('fine.pcap')
    await wrpcap(fine, list)
    const rows = await readRows(fine)
    expect(rows.reading.information!.nanoseconds).toBe(true)
    expect(rows.rows.map((row) => row.time)).toEqual(['1700000000.123456789', '1700000002.000000000'])
    const coarse = fresh('coarse.pcap')
    await wrpcap(coarse, list.slice(1))
    expect((await readRows(coarse)).reading.information!.nanoseconds).toBe(false)
    await wrpcap(coarse, list, { nanoseconds: false })
    expect((await readRows(coarse)).rows[0]!.time).toBe('1700000000.123456000')
  })

  it('takes one packet, a set, arrays, bytes, batches and readings', async () => {
    const path = fresh('b.pcap')
    const lengths = async () => (await readRows(path)).rows.map((row) => [row.linkType, row.length])
    await wrpcap(path, ping())
    expect(await lengths()).toEqual([[1, 47]])
    await wrpcap(path, stack(IP({ dst: '10.0.0.0/30' }), TCP({ dport: [80, 443] })))
    expect((await lengths()).length).toBe(8)
    expect((await lengths())[0]).toEqual([101, 40])
    await wrpcap(path, [ping(), counting(60), Raw('abc')])
    expect(await lengths()).toEqual([
      [1, 47],
      [1, 60],
      [1, 3],
    ])
    await wrpcap(path, counting(20), { linkType: 101 })
    expect(await lengths()).toEqual([[101, 20]])
    const source = pcapFile({}, [{ seconds: 3, fraction: 4, bytes: counting(10) }, { bytes: counting(11) }])
    await wrpcap(path, readCapture(source))
    expect(await lengths()).toEqual([
      [1, 10],
      [1, 11],
    ])
    await wrpcap(path, pcapReader(source, { filter: (packet) => packet.bytes().length === 11 }))
    expect(await lengths()).toEqual([[1, 11]])
    await wrpcap(path, [])
    expect(await lengths()).toEqual([])
  })

  it('writes changed packets as they are now, and gives packets without a time the present', async () => {
    const path = fresh('c.pcapng')
    const list = await rdpcap(sample())
    ;(list[1] as AnyPacket).ttl = 9
    list.push(bare())
    await wrpcap(path, list)
    const again = await rdpcap(path)
    expect((again[1] as AnyPacket).ttl).toBe(9)
    expect(again[1]!._meta).toMatchObject({ seconds: 1_700_000_001, nanoseconds: 1, interfaceName: 'tun0' })
    expect(Math.abs(again[3]!.time! - Date.now() / 1000)).toBeLessThan(60)
  })

  it('will not mix link types in a pcap file, nor lose the file that was there', async () => {
    const path = fresh('d.pcap')
    await wrpcap(path, ping())
    await expect(wrpcap(path, [ping(), bare()])).rejects.toThrow(
      /packet 1 has link type 1 \(ETHERNET\), packet 2 has 101 \(RAW \(bare IP\)\): a pcap file holds one; write with format: 'pcapng'/,
    )
    await expect(wrpcap(path, TCP())).rejects.toThrow(
      /TCP cannot be the first layer in a capture file; put Ether\(\) or IP\(\) before it/,
    )
    await expect(wrpcap(path, ping(), { comment: 'x' })).rejects.toThrow(/no place for a comment/)
    await expect(wrpcap(path, 5 as never)).rejects.toThrow('only packets, lists of them and bytes can be written')
    await expect(wrpcap(path, [ping(), 'x'] as never)).rejects.toThrow(
      'only packets, lists of them and bytes can be written',
    )
    await expect(wrpcap(path, pcapReader(path))).rejects.toThrow('is being read')
    await expect(wrpcap(path, new Uint8Array(300_000))).rejects.toThrow('at most 262144')
    expect(await rdpcap(fresh('none')).catch((error: Error) => error.message)).toMatch('no such file')
    const late = stack(Ether(), 'x') as AnyPacket
    late.time = 5e9
    await expect(wrpcap(fresh('late.pcap'), late)).rejects.toThrow(/does not fit a pcap file/)
    await expect(wrpcap(join(folder, 'no', 'x.pcap'), ping())).rejects.toThrow('folder for it does not exist')
    await expect(wrpcap(folder, ping())).rejects.toThrow('is a directory')
    if (process.platform === 'linux')
      await expect(wrpcap('/dev/full', new Array(20_000).fill(counting(60)))).rejects.toThrow('the disk is full')
  })

  it('appends in the format, byte order and resolution of the file', async () => {
    const path = fresh('e.pcap')
    await wrpcap(path, ping(), { append: true })
    const first = await readFile(path)
    await wrpcap(path, [ping(), ping()], { append: true })
    expect((await readRows(path)).rows.length).toBe(3)
    expect((await readFile(path)).subarray(0, first.length).equals(first)).toBe(true)
    await writeFile(path, pcapFile({ littleEndian: false, magic: 0xa1b23c4d }, [{ bytes: counting(4) }]))
    await wrpcap(path, (await rdpcap(sample())).slice(0, 1), { append: true })
    expect((await readRows(path)).rows.map((row) => row.time)).toEqual(['0.000000000', '1700000000.123456789'])
    await expect(wrpcap(path, bare(), { append: true })).rejects.toThrow(
      /link type 101 \(RAW \(bare IP\)\), but the file's is 1 \(ETHERNET\)/,
    )
    await expect(wrpcap(path, ping(), { append: true, format: 'pcapng' })).rejects.toThrow('is a pcap file')
    const ng = fresh('f.pcapng')
    await writeFile(ng, sample())
    await wrpcap(ng, bare(), { append: true })
    expect((await readRows(ng)).rows.length).toBe(4)
    expect((await readRows(ng)).reading.information!.sections.length).toBe(2)
    const zipped = fresh('g.pcap.gz')
    await wrpcap(zipped, ping())
    await wrpcap(zipped, ping(), { append: true })
    expect((await readRows(zipped)).rows.length).toBe(2)
    expect(gunzipSync(await readFile(zipped)).length).toBe(24 + 2 * (16 + 47))
    await writeFile(path, first.subarray(0, -1))
    await expect(wrpcap(path, ping(), { append: true })).rejects.toThrow(
      /damaged at packet 1.*What is appended would be lost/,
    )
    await writeFile(path, pcapFile({ magic: 0xa1b2cd34, extra: 8 }, []))
    await expect(wrpcap(path, ping(), { append: true })).rejects.toThrow('old kind (Kuznetzov)')
    await writeFile(path, '')
    await wrpcap(path, ping(), { append: true })
    expect((await readRows(path)).rows.length).toBe(1)
  })

  it('round trip: any bytes, lengths and times, in both formats', async () => {
    const packet = fc.record({
      bytes: fc.uint8Array({ maxLength: 200 }),
      more: fc.nat(100),
      seconds: fc.integer({ min: 0, max: 0xffffffff }),
      nanoseconds: fc.integer({ min: 0, max: 999_999_999 }),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(packet, { maxLength: 20 }),
        fc.constantFrom('pcap', 'pcapng'),
        async (packets, format) => {
          const source = pcapFile(
            { magic: 0xa1b23c4d },
            packets.map((p) => ({ ...p, fraction: p.nanoseconds, originalLength: p.bytes.length + p.more })),
          )
          const path = fresh('round')
          await wrpcap(path, await rdpcap(source), { format: format as 'pcap' })
          expect((await readRows(path)).rows).toEqual((await readRows(source)).rows)
        },
      ),
      { numRuns: 40 },
    )
  })
})

describe('CaptureWriter', () => {
  it('writes in order what is written without waiting, and can be read after flush', async () => {
    const path = fresh('w.pcap')
    const writer = await CaptureWriter.open(path)
    const waiting = Array.from({ length: 300 }, (_, i) => writer.write(new Uint8Array(i * 10)))
    await writer.flush()
    expect((await readRows(path)).rows.map((row) => row.length)).toEqual(Array.from({ length: 300 }, (_, i) => i * 10))
    await Promise.all(waiting)
    await expect(writer.write(bare())).rejects.toThrow('link type 101')
    await writer.write(counting(3))
    await writer.close()
    await writer.close()
    expect((await readRows(path)).rows.length).toBe(301)
    expect(writer.packets).toBe(301)
    await expect(writer.write(counting(3))).rejects.toThrow('closed already')
  })
})

describe('rdpcap', () => {
  it('stops at count, filters packets or bytes', async () => {
    const source = pcapFile(
      {},
      Array.from({ length: 10 }, (_, i) => ({ bytes: counting(20 + i), originalLength: 100 + i })),
    )
    expect((await rdpcap(source, { count: 3 })).length).toBe(3)
    expect((await rdpcap(source, { count: 0 })).length).toBe(0)
    const even = await rdpcap(source, { filter: (packet) => packet.bytes().length % 2 === 0, count: 2 })
    expect(even.bytes().map((bytes) => bytes.length)).toEqual([20, 22])
    const compiled = {
      matches: (bytes: Uint8Array, linkType: number, length: number) =>
        linkType === 1 && bytes.length > 25 && length < 108,
    }
    expect((await rdpcap(source, { filter: compiled })).bytes().map((bytes) => bytes.length)).toEqual([26, 27])
    await expect(rdpcap(source, { count: Number.NaN })).rejects.toThrow('count: NaN is no number of packets')
    const read: number[] = []
    for await (const packet of pcapReader(source, { filter: compiled })) read.push(packet.bytes().length)
    expect(read).toEqual([26, 27])
  })

  it('gives what a damaged file has, and the warning', async () => {
    const warnings: string[] = []
    const list = await rdpcap(sample().subarray(0, -10), { onWarning: (warning) => warnings.push(warning.message) })
    expect(list.length).toBe(2)
    expect(list.warnings.map(String)).toEqual(warnings)
    expect(String(list)).toMatch(/, file damaged>$/)
    expect(list.information!.interfaces.length).toBe(3)
  })

  it('gives packets that keep little memory when read one by one', async () => {
    for await (const packet of pcapReader(sample())) expect(packet._buffer!.buffer.byteLength).toBeLessThanOrEqual(8192)
  })
})

describe.skipIf(!hasTools)('files written here, read by real tools', () => {
  it.each(['pcap', 'pcapng'] as const)('%s', async (format) => {
    const path = fresh(`t.${format}`)
    const list = new PacketList(await rdpcap(sample()).then((all) => all.filter('Ether').slice(0, 1)))
    for (let i = 0; i < 100; i++) list.push(stack(ping(), 'x'.repeat(i)))
    await wrpcap(path, list, { format })
    const shark = await sharkRows(path)
    const { rows } = await readRows(path)
    expect(shark.map((row) => [row.time, row.length, row.originalLength])).toEqual(
      rows.map((row) => [row.time, row.length, row.originalLength]),
    )
    if (format === 'pcapng') expect(shark[0]!.comment).toBe('first · größer')
    const about = await output('capinfos', '-M', '-c', '-t', '-l', path)
    expect(about).toMatch(/Number of packets:\s+101/)
    expect(about).toMatch(format === 'pcap' ? /File type:.*pcap/ : /File type:.*pcapng/)
    expect((await output('tcpdump', '-nr', path)).trim().split('\n').length).toBe(101)
    const back = fresh('back.pcapng')
    await output('editcap', '-F', 'pcapng', path, back)
    expect((await readRows(back)).rows.map((row) => [row.time, row.hex])).toEqual(
      rows.map((row) => [row.time, row.hex]),
    )
  })

  it('several interfaces, appended sections, gzip', async () => {
    const path = fresh('t.pcapng')
    await wrpcap(path, await rdpcap(sample()))
    await wrpcap(path, bare(), { append: true })
    const { rows } = await readRows(path)
    expect((await sharkRows(path)).map((row) => [row.time, row.length])).toEqual(
      rows.map((row) => [row.time, row.length]),
    )
    expect(await output('capinfos', '-E', '-c', path)).toMatch(/Number of packets:\s+4/)
    const zipped = fresh('t.pcap.gz')
    await wrpcap(zipped, [ping(), ping()])
    expect((await sharkRows(zipped)).length).toBe(2)
  })
})
