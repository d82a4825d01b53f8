import { createReadStream } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { CaptureFileError } from '../../src/capture/capture-error.js'
import { readCapture } from '../../src/capture/open-capture.js'
import { counting, PcapngBuilder, pcapFile } from './capture-builder.js'
import { readRows } from './read-rows.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'capture-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const packets = Array.from({ length: 5000 }, (_, i) => ({
  seconds: i,
  fraction: i,
  bytes: new Uint8Array(i % 1400).fill(i),
}))
const file = pcapFile({}, packets)

async function failure(input: Parameters<typeof readCapture>[0]): Promise<CaptureFileError> {
  const error = await readRows(input).then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(CaptureFileError)
  return error as CaptureFileError
}

describe('readCapture', () => {
  it('gives the same from a path, a stream in odd pieces, bytes, and gzip of them', async () => {
    const path = join(folder, 'a.pcap')
    await writeFile(path, file)
    const { rows } = await readRows(file)
    expect(rows.length).toBe(5000)
    const pieces: Buffer[] = []
    for (let at = 0, size = 1; at < file.length; at += size, size = ((size * 7 + 3) % 5000) + 1)
      pieces.push(file.subarray(at, at + size))
    const zipped = gzipSync(file)
    const members = Buffer.concat([gzipSync(file.subarray(0, 12345)), gzipSync(file.subarray(12345))])
    await writeFile(`${path}.gz`, zipped)
    for (const input of [
      path,
      createReadStream(path),
      Readable.from(pieces),
      zipped,
      members,
      `${path}.gz`,
      Readable.from([zipped]),
    ]) {
      const again = await readRows(input)
      expect(again.warnings).toEqual([])
      expect(again.rows).toEqual(rows)
    }
  })

  it('batches stay valid when later ones are read', async () => {
    const batches = []
    for await (const batch of readCapture(Readable.from([file, file.subarray(24)]))) batches.push(batch)
    expect(batches.length).toBeGreaterThan(2)
    let number = 0
    for (const batch of batches) {
      for (let i = 0; i < batch.count; i++, number++) {
        const index = number % 5000
        expect(batch.lengths[i]).toBe(index % 1400)
        if (batch.lengths[i]! > 0) expect(batch.buffer[batch.offsets[i]! + batch.lengths[i]! - 1]).toBe(index & 255)
      }
    }
    expect(number).toBe(10000)
  })

  it('reads standard input, and gives packets as they come', async () => {
    const pipe = new PassThrough()
    const stdin = vi.spyOn(process, 'stdin', 'get').mockReturnValue(pipe as unknown as typeof process.stdin)
    const batches = readCapture('-')[Symbol.asyncIterator]()
    pipe.write(file.subarray(0, 24 + 16 + 16 + 1 + 5))
    expect((await batches.next()).value?.count).toBe(2)
    const next = batches.next()
    pipe.end(file.subarray(24 + 16 + 16 + 1 + 5, 24 + 16 * 3 + 1 + 2))
    expect((await next).value?.lengths).toEqual(Uint32Array.of(2))
    expect((await batches.next()).done).toBe(true)
    stdin.mockRestore()
  })

  it('stops when its signal says so, and closes a stream when left early', async () => {
    const stop = new AbortController()
    let count = 0
    for await (const batch of readCapture(file, { signal: stop.signal })) {
      count += batch.count
      stop.abort()
    }
    expect(count).toBeGreaterThan(0)
    expect(count).toBeLessThan(5000)
    const stream = Readable.from([file.subarray(0, 100_000), file.subarray(100_000)])
    for await (const _ of readCapture(stream)) break
    expect(stream.destroyed).toBe(true)
  })

  it('gives what a cut or damaged gzip file still has', async () => {
    const zipped = gzipSync(file)
    const cut = await readRows(zipped.subarray(0, zipped.length >> 1))
    expect(cut.rows.length).toBeGreaterThan(1000)
    expect(cut.warnings).toHaveLength(1)
    expect(cut.warnings[0]).toMatch(/of the uncompressed data: expected .*, found the compressed data ends early/)
    const random = pcapFile(
      {},
      Array.from({ length: 500 }, () => ({ bytes: crypto.getRandomValues(new Uint8Array(1000)) })),
    )
    const damaged = gzipSync(random)
    damaged.fill(0xff, damaged.length - 50_000, damaged.length - 49_000)
    const rest = await readRows(damaged)
    expect(rest.rows.length).toBeGreaterThan(350)
    expect(rest.warnings).toHaveLength(1)
    const checksum = gzipSync(file)
    checksum[checksum.length - 6]! ^= 1
    const whole = await readRows(checksum)
    // zlib keeps back what it inflated in the call that failed: at most 16 KiB.
    expect(whole.rows.length).toBeGreaterThan(4970)
    expect(whole.warnings[0]).toMatch(/found bad compressed data \(incorrect data check\)/)
  })

  it('says clearly why it cannot read', async () => {
    await writeFile(join(folder, 'empty.pcap'), '')
    await writeFile(join(folder, 'secret.pcap'), file)
    await mkdir(join(folder, 'dir.pcap'))
    await chmod(join(folder, 'secret.pcap'), 0)
    expect((await failure(join(folder, 'none.pcap'))).message).toMatch(/none.pcap: there is no such file/)
    expect((await failure(join(folder, 'empty.pcap'))).message).toMatch(/empty.pcap: the file is empty \(0 bytes\)/)
    expect((await failure(join(folder, 'dir.pcap'))).code).toBe('DIRECTORY')
    expect((await failure(join(folder, 'empty.pcap', 'x'))).code).toBe('NOT_FOUND')
    expect((await failure('')).code).toBe('NOT_FOUND')
    if (process.getuid?.() !== 0) expect((await failure(join(folder, 'secret.pcap'))).code).toBe('PERMISSION')
    expect((await failure(Buffer.from('GET / HTTP/1.1\r\n'))).message).toMatch(
      /neither pcap nor pcapng: it starts with 47 45 54 20, which is text/,
    )
    expect((await failure(Buffer.from([1, 2]))).message).toMatch(/has 2 bytes/)
    expect((await failure(gzipSync(''))).code).toBe('EMPTY')
    expect((await failure(gzipSync('nothing of the kind'))).message).toMatch(/the gzipped data is neither/)
    expect((await failure(gzipSync(file).subarray(0, 12))).code).toBe('DAMAGED')
    expect((await failure(Buffer.from('28b52ffd0000', 'hex'))).message).toMatch(/zstd/)
    expect((await failure(Buffer.from('snoop\0\0\0\0\0\0\x02'))).message).toMatch(/snoop capture; convert it: editcap/)
    expect((await failure(Readable.from(['text', 'text']))).message).toMatch(/gives strings, not bytes/)
    const broken = new Readable({
      read() {
        this.destroy(new Error('cable pulled'))
      },
    })
    expect((await failure(broken)).message).toMatch(/cable pulled/)
  })
})

/** xorshift32: the same mutations in every run. */
function randomNumbers(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % limit
  }
}

describe('hostile captures', () => {
  const b = new PcapngBuilder()
  b.section(b.option(4, 'test'))
    .interface(1, 65535, b.option(2, 'eth0'), b.option(9, Uint8Array.of(9)))
    .block(4, b.option(1, Buffer.from('\x0a\0\0\x01one\0')), b.option(0, ''))
    .enhanced(0, 1n, counting(30), b.option(1, 'comment'))
    .interface(101, 0, b.option(14, b.u64(77n)))
    .simple(20, counting(20))
    .enhanced(1, 99n, counting(21))
    .block(5, b.u32(0), b.u64(0n), b.option(4, b.u64(3n)))
  const big = new PcapngBuilder(false)
  big.section().interface(113, 0).enhanced(0, 5n, counting(17))
  const samples = {
    pcap: pcapFile({}, packets.slice(10, 20)),
    'big-endian pcap': pcapFile({ littleEndian: false, magic: 0xa1b23c4d }, packets.slice(10, 15)),
    pcapng: Buffer.concat([b.build(), big.build(), b.build()]),
    'gzipped pcapng': gzipSync(Buffer.concat([b.build(), big.build()])),
  }

  /** Reads to the end; what must hold for any bytes. */
  async function survives(bytes: Uint8Array): Promise<{ count: number; warned: boolean }> {
    let count = 0
    const warnings: unknown[] = []
    try {
      for await (const batch of readCapture(bytes, { onWarning: (warning) => warnings.push(warning) })) {
        for (let i = 0; i < batch.count; i++) {
          expect(batch.offsets[i]! + batch.lengths[i]!).toBeLessThanOrEqual(batch.buffer.length)
          expect(batch.nanoseconds[i]).toBeLessThan(1e9)
        }
        count += batch.count
      }
    } catch (error) {
      expect(error).toBeInstanceOf(CaptureFileError)
      return { count: -1, warned: true }
    }
    expect(warnings.length).toBeLessThanOrEqual(1)
    return { count, warned: warnings.length === 1 }
  }

  it.each(Object.entries(samples))('cut at every byte: %s', async (_, sample) => {
    const whole = await survives(sample)
    expect(whole.warned).toBe(false)
    let before = -1
    for (let length = 0; length < sample.length; length++) {
      const { count, warned } = await survives(sample.subarray(0, length))
      expect(count).toBeLessThanOrEqual(whole.count)
      if (!sample.equals(samples['gzipped pcapng'])) expect(count).toBeGreaterThanOrEqual(before)
      // Silence is right only where the cut falls between two records.
      if (!warned)
        expect((await survives(Buffer.concat([sample.subarray(0, length), Buffer.from([0])]))).warned).toBe(true)
      before = count
    }
  })

  it.each(Object.entries(samples))('a thousand mutations: %s', async (_, sample) => {
    const random = randomNumbers(0x5eed)
    for (let round = 0; round < 1000; round++) {
      const bytes = Buffer.from(sample)
      for (let changes = 1 + random(4); changes > 0; changes--) {
        const at = random(bytes.length)
        bytes[at] = [0, 0xff, 0x80, bytes[at]! ^ (1 << random(8)), random(256)][random(5)]!
      }
      await survives(bytes)
    }
  })

  it('streams a gzip bomb without holding it', async () => {
    // 512 MB of packets of zeros in half a megabyte.
    const header = pcapFile({}, [])
    const packet = pcapFile({}, [{ bytes: new Uint8Array(262144 - 16) }]).subarray(24)
    const megabytes = gzipSync(Buffer.concat(Array.from({ length: 64 }, () => packet)))
    const bomb = Buffer.concat([gzipSync(header), ...Array.from({ length: 32 }, () => megabytes)])
    let count = 0
    let peak = 0
    const before = process.memoryUsage.rss()
    for await (const batch of readCapture(bomb)) {
      count += batch.count
      peak = Math.max(peak, process.memoryUsage.rss() - before)
    }
    expect(count).toBe(64 * 32)
    expect(peak).toBeLessThan(250e6)
  })
})
