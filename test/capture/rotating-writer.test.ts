/** Files that are written while packets come. */
import { execFileSync, spawn } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { RotatingWriter, type RotatingWriterOptions, rdpcap, type StorableBatch } from '../../src/capture/index.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netshell-rotating-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Packets of 60 bytes, a second apart; their first byte counts from `first`. */
function batch(first: number, count: number, size = 60): StorableBatch {
  const rows = Array.from({ length: count }, (_, i) => i)
  const buffer = new Uint8Array(count * size)
  for (const i of rows) buffer[i * size] = first + i
  return {
    count,
    buffer,
    offsets: rows.map((i) => i * size),
    lengths: rows.map(() => size),
    originalLengths: rows.map(() => size + 4),
    seconds: rows.map((i) => 1_700_000_000 + first + i),
    nanoseconds: rows.map(() => 123_456_789),
    linkType: 1,
    interfaceName: 'eth0',
  }
}

const errors: Error[] = []
async function open(name: string, options: Partial<RotatingWriterOptions> = {}): Promise<RotatingWriter> {
  errors.length = 0
  return RotatingWriter.open(join(folder, name), {
    interfaces: [{ linkType: 1, interfaceName: 'eth0' }],
    onError: (error) => void errors.push(error),
    ...options,
  })
}

async function firstBytes(name: string): Promise<number[]> {
  const list = await rdpcap(join(folder, name), { onWarning: (warning) => expect.fail(warning.message) })
  return list.map((packet) => packet.bytes()[0]!)
}

describe('one file', () => {
  test.each(['a.pcap', 'a.pcapng', 'a.pcap.gz', 'a.pcapng.gz'])('%s', async (name) => {
    const writer = await open(name)
    writer.add(batch(0, 3))
    writer.add(batch(3, 3), [2, 0])
    await writer.close()
    expect(await firstBytes(name)).toEqual([0, 1, 2, 5, 3])
    const [packet] = await rdpcap(join(folder, name))
    expect(packet?._meta).toMatchObject({ seconds: 1_700_000_000, nanoseconds: 123_456_789, originalLength: 64 })
    expect([writer.packets, writer.dropped, errors]).toEqual([5, 0, []])
  })

  test.each(['a.pcap', 'a.pcapng', 'a.pcapng.gz'])('%s without a packet can be read', async (name) => {
    await (await open(name)).close()
    expect(await firstBytes(name)).toEqual([])
  })

  test('several interfaces, and what they counted', async () => {
    const writer = await open('a.pcapng', {
      interfaces: [
        { linkType: 1, interfaceName: 'eth0' },
        { linkType: 276, interfaceName: 'any' },
      ],
    })
    const both: StorableBatch = {
      ...batch(0, 2),
      interfaceIndexes: [1, 0],
      interfaces: [
        { linkType: 1, name: 'eth0' },
        { linkType: 276, name: 'any' },
      ],
    }
    writer.add(both)
    await writer.close([
      { linkType: 1, interfaceName: 'eth0', counts: { received: 5, dropped: 2, interfaceDropped: 1 } },
    ])
    const list = await rdpcap(join(folder, 'a.pcapng'))
    expect(list.map((packet) => packet._meta?.interfaceName)).toEqual(['any', 'eth0'])
    expect(list.information?.interfaces).toMatchObject([
      { name: 'eth0', linkType: 1, received: 5, dropped: 3 },
      { name: 'any', linkType: 276 },
    ])
  })

  test('can be read while it is written, a moment later', async () => {
    const writer = await open('a.pcap')
    writer.add(batch(0, 3))
    await expect.poll(() => statSync(join(folder, 'a.pcap')).size, { timeout: 5000 }).toBe(24 + 3 * 76)
    writer.add(batch(3, 1))
    await writer.flush()
    expect(await firstBytes('a.pcap')).toEqual([0, 1, 2, 3])
    await writer.close()
  })
})

describe('goes on to the next file', () => {
  test('after so many packets', async () => {
    const writer = await open('a.pcapng', { rotate: { packets: 2 } })
    writer.add(batch(0, 5))
    await writer.close()
    expect(readdirSync(folder).sort()).toEqual(['a-00001.pcapng', 'a-00002.pcapng', 'a-00003.pcapng'])
    expect(await firstBytes('a-00001.pcapng')).toEqual([0, 1])
    expect(await firstBytes('a-00003.pcapng')).toEqual([4])
  })

  test.each(['pcap', 'pcapng'])('before it has more than so many bytes: %s', async (ending) => {
    const writer = await open(`a.${ending}`, { rotate: { bytes: 1000 } })
    for (let i = 0; i < 100; i++) writer.add(batch(i, 1))
    await writer.close()
    const names = readdirSync(folder)
    expect(names.length).toBeGreaterThan(7)
    for (const name of names) expect(statSync(join(folder, name)).size).toBeLessThanOrEqual(1000)
    const all = await Promise.all(names.sort().map(firstBytes))
    expect(all.flat()).toEqual(Array.from({ length: 100 }, (_, i) => i))
  })

  test('a packet that is larger than the limit has a file of its own', async () => {
    const writer = await open('a.pcap', { rotate: { bytes: 100 } })
    writer.add(batch(0, 2, 500))
    await writer.close()
    expect(await firstBytes('a-00001.pcap')).toEqual([0])
    expect(await firstBytes('a-00002.pcap')).toEqual([1])
  })

  test('after so many seconds of the packets', async () => {
    const writer = await open('a.pcap', { rotate: { seconds: 3 } })
    writer.add(batch(0, 7))
    await writer.close()
    expect(await firstBytes('a-00001.pcap')).toEqual([0, 1, 2])
    expect(await firstBytes('a-00003.pcap')).toEqual([6])
  })

  test('and keeps the newest, those of earlier runs among them; other files are left alone', async () => {
    writeFileSync(join(folder, 'a-00041.pcap'), 'old')
    writeFileSync(join(folder, 'a-0042.pcap'), 'not ours: four digits')
    writeFileSync(join(folder, 'a-00043.pcapng'), 'not ours: another format')
    const writer = await open('a.pcap', { rotate: { packets: 1, files: 2 } })
    writer.add(batch(0, 3))
    await writer.close()
    expect(readdirSync(folder).sort()).toEqual(['a-00043.pcap', 'a-00043.pcapng', 'a-00044.pcap', 'a-0042.pcap'])
    expect(writer.files).toEqual([join(folder, 'a-00043.pcap'), join(folder, 'a-00044.pcap')])
    expect(await firstBytes('a-00044.pcap')).toEqual([2])
  })

  test('a date is no number of ours; links and folders of such names are passed by', async () => {
    for (const name of ['a-20260101.pcap', 'a-202601011200.pcap']) writeFileSync(join(folder, name), 'precious')
    writeFileSync(join(folder, 'target'), 'precious')
    symlinkSync('target', join(folder, 'a-00001.pcap'))
    mkdirSync(join(folder, 'a-00002.pcap'))
    const before = readdirSync(folder)
    const writer = await open('a.pcap', { rotate: { packets: 1, files: 2 } })
    writer.add(batch(0, 4))
    await writer.close()
    expect(errors).toEqual([])
    expect(writer.files).toEqual(['a-00005.pcap', 'a-00006.pcap'].map((name) => join(folder, name)))
    expect(readdirSync(folder).sort()).toEqual([...before, 'a-00005.pcap', 'a-00006.pcap'].sort())
    expect(readFileSync(join(folder, 'target'), 'latin1')).toBe('precious')
  })

  test('a file, or a link, that somebody else makes meanwhile is left alone', async () => {
    const writer = await open('a.pcap', { rotate: { packets: 1 } })
    writeFileSync(join(folder, 'target'), 'precious')
    symlinkSync('target', join(folder, 'a-00002.pcap'))
    writeFileSync(join(folder, 'a-00003.pcap'), 'precious')
    writer.add(batch(0, 3))
    await writer.close()
    expect(errors).toEqual([])
    for (const name of ['target', 'a-00003.pcap']) expect(readFileSync(join(folder, name), 'latin1')).toBe('precious')
    const packets = await Promise.all(writer.files.map((file) => rdpcap(file)))
    expect(packets.map((list) => list[0]!.bytes()[0])).toEqual([0, 1, 2])
  })

  test('two at once with the same name have files of their own', async () => {
    const writers = await Promise.all([1, 2].map(() => open('a.pcap', { rotate: { packets: 2 } })))
    writers.forEach((writer, i) => writer.add(batch(10 * i, 6)))
    for (const writer of writers) await writer.close()
    expect(new Set(writers.flatMap(({ files }) => files)).size).toBe(6)
    for (const writer of writers) for (const file of writer.files) expect((await rdpcap(file)).length, file).toBe(2)
  })
})

describe('a named pipe', () => {
  test('waits for its reader, who gets all of it', async () => {
    const pipe = join(folder, 'pipe.pcap')
    execFileSync('mkfifo', [pipe])
    const opening = open('pipe.pcap')
    const copy = rdpcap(pipe)
    const writer = await opening
    // More than a pipe holds.
    writer.add(batch(0, 200, 60_000))
    await writer.close()
    expect(errors).toEqual([])
    expect((await copy).length).toBe(200)
  })

  test('that nobody reads: the wait ends when told to', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe.pcap')])
    const stop = new AbortController()
    const opening = open('pipe.pcap', { signal: stop.signal })
    setTimeout(() => stop.abort(), 20)
    await expect(opening).rejects.toThrow('nobody reads this pipe')
  })

  test('whose reader goes away: told once', async () => {
    const pipe = join(folder, 'pipe.pcap')
    execFileSync('mkfifo', [pipe])
    const opening = open('pipe.pcap')
    const reader = spawn('head', ['-c', '10', pipe])
    const writer = await opening
    for (let i = 0; i < 20 && errors.length === 0; i++) {
      writer.add(batch(0, 10, 60_000))
      await writer.flush()
    }
    await writer.close()
    reader.kill()
    expect(errors.map(String)).toEqual([expect.stringContaining('pipe.pcap: cannot write it: ')])
  })
})

describe('what goes wrong', () => {
  test('no folder, a folder as the file', async () => {
    await expect(open('none/a.pcap')).rejects.toThrow('the folder for it does not exist')
    await expect(open('.')).rejects.toThrow('is a directory')
  })

  test('a pcap file holds one link type', async () => {
    const writer = await open('a.pcap')
    writer.add(batch(0, 1))
    writer.add({ ...batch(1, 1), linkType: 101 })
    writer.add(batch(2, 1))
    await writer.close()
    expect(errors.map(String)).toEqual([expect.stringContaining('a pcap file holds one link type')])
    expect(await firstBytes('a.pcap')).toEqual([0])
  })

  test('a disk that is full: told once, and /dev/full keeps nothing', async () => {
    errors.length = 0
    const writer = await RotatingWriter.open('/dev/full', {
      format: 'pcap',
      onError: (error) => void errors.push(error),
    })
    writer.add(batch(0, 5))
    await writer.flush()
    writer.add(batch(5, 2))
    await writer.close()
    expect(errors.map(String)).toEqual([expect.stringContaining('/dev/full: the disk is full')])
    expect(writer.dropped).toBe(2)
  })

  test('a disk that is too slow: packets are dropped and counted, memory is not filled', async () => {
    const writer = await open('a.pcap', { queue: 1 << 20 })
    // All of it in one turn of the event loop: nothing can be written meanwhile.
    for (let i = 0; i < 100; i++) writer.add(batch(0, 250, 1000))
    await writer.close()
    expect(writer.dropped).toBeGreaterThan(20_000)
    expect(writer.packets + writer.dropped).toBe(25_000)
    expect((await firstBytes('a.pcap')).length).toBe(writer.packets)
  })
})
