import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rdpcap, wrpcap } from '../../src/capture/index.js'
import { CookedLinux, Ether, IP, UDP } from '../../src/layers/index.js'
import { type MemoryLink, memoryLinkPair } from '../../src/link/index.js'
import { type Packet, stack } from '../../src/packet/index.js'
import { replay } from '../../src/tools/replay/index.js'
import { Schedule } from '../../src/tools/replay/schedule.js'
import { type Lab, openLab } from '../lab/lab.js'
import { onFrames } from '../link/on-frames.js'

/** Frame number `n`, captured `at` seconds after the start of the year 2020. */
function frame(n: number, at = 0, size = 20): Packet {
  const packet = stack(
    Ether({ src: '02:00:00:00:00:01', dst: '02:00:00:00:00:02' }),
    IP({ src: '10.0.0.1', dst: '10.0.0.2', id: n % 65536 }),
    UDP({ sport: 1000, dport: 9 }),
    new Uint8Array(size),
  )
  packet.time = 1577836800 + at
  return packet
}

/** All that arrives at a link, with the time of arrival. */
function arrivals(link: MemoryLink): { bytes: Uint8Array; at: number }[] {
  const list: { bytes: Uint8Array; at: number }[] = []
  onFrames(link, (frame, at) => {
    list.push({ bytes: frame.bytes(), at })
    return []
  })
  return list
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 20))

describe('replay on a link in memory', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'netshell-replay-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const save = async (name: string, packets: Packet[], options = {}): Promise<string> => {
    const file = join(folder, name)
    await wrpcap(file, packets, options)
    return file
  }

  test('a file keeps its order, its bytes and its timing', async () => {
    const file = await save('timed.pcap', [frame(1), frame(2, 0.05), frame(3, 0.05), frame(4, 0.2)])
    const [link, other] = memoryLinkPair()
    const seen = arrivals(other)
    const result = await replay(file, { link })
    await settle()
    expect(seen.map(({ bytes }) => Buffer.from(bytes).toString('hex'))).toEqual(
      [...(await rdpcap(file))].map((packet) => packet.hex()),
    )
    expect(result).toMatchObject({ sent: 4, passes: 1, interrupted: false, skipped: {} })
    expect(result.duration).toBeGreaterThan(0.19)
    // Never early: each at least as long behind the first as it was.
    for (const [i, gap] of [0, 0.05, 0.05, 0.2].entries())
      expect(seen[i]!.at - seen[0]!.at).toBeGreaterThan(gap - 0.001)
    expect(String(result)).toMatch(
      /^4 packets of .*timed\.pcap sent on left, 248 bytes in \d+\.\d\d ms: \d+ packets\/s/,
    )
    link.close()
  })

  test('faster, at a rate, as fast as possible, several times, and only so many', async () => {
    const packets = Array.from({ length: 20 }, (_, i) => frame(i, i * 0.1))
    const [link] = memoryLinkPair()
    expect((await replay(packets, { link, speed: 100 })).duration).toBeLessThan(1)
    const rated = await replay(packets, { link, rate: 200 })
    expect(rated.duration).toBeGreaterThan(0.094)
    expect(rated.rate).toBeLessThan(215)
    const fast = await replay(packets, { link, topspeed: true, loop: 50 })
    expect(fast).toMatchObject({ sent: 1000, passes: 50, largestLateness: undefined })
    expect(fast.duration).toBeLessThan(1)
    expect(await replay(packets, { link, topspeed: true, loop: 0, count: 45 })).toMatchObject({ sent: 45 })
    expect(await replay(packets, { link, topspeed: true, count: 0 })).toMatchObject({ sent: 0 })
    link.close()
  })

  test('a small file is read once for all passes', async () => {
    const file = await save('once.pcap', [frame(1), frame(2), frame(3)])
    const [link, other] = memoryLinkPair()
    onFrames(other, () => {
      rmSync(file, { force: true })
      return []
    })
    expect(await replay(file, { link, rate: 1000, loop: 0, count: 30 })).toMatchObject({ sent: 30, warnings: [] })
    expect(String(await replay([frame(1)], { link, topspeed: true }))).toMatch(
      /^1 packet of the packets sent on left, 62 bytes$/m,
    )
    link.close()
  })

  test('what the interface cannot take is left out and told', async () => {
    const [link, other] = memoryLinkPair()
    const seen = arrivals(other)
    const bare = stack(IP({ src: '10.0.0.1', dst: '10.0.0.2' }), UDP(), 'bare')
    const cooked = stack(CookedLinux({ proto: 0x0800 }), IP({ src: '10.0.0.1', dst: '10.0.0.2' }), UDP(), 'cooked')
    const list = [frame(1), frame(2, 0, 3000), bare, cooked]
    const without = await replay(list, { link, topspeed: true })
    expect(without.sent).toBe(1)
    expect(without.skipped).toEqual({
      'longer than the MTU of left (1500 bytes)': 1,
      'no Ethernet header, which left needs: option mac says to whom they go': 2,
    })
    expect(String(without)).toContain('1 packet not sent: longer than the MTU')
    const withMac = await replay(list, { link, topspeed: true, mac: '02:00:00:00:00:07' })
    await settle()
    expect(withMac.sent).toBe(3)
    const framed = seen.at(-1)!.bytes
    expect(Buffer.from(framed.subarray(0, 14)).toString('hex')).toBe('0200000000070200000000010800')
    expect(Buffer.from(framed.subarray(-6)).toString()).toBe('cooked')
    link.close()
    const [raw, rawOther] = memoryLinkPair({ linkType: 101 })
    const bareSeen = arrivals(rawOther)
    expect((await replay([frame(1), bare], { link: raw, topspeed: true })).sent).toBe(2)
    await settle()
    expect(bareSeen.map(({ bytes }) => bytes[0])).toEqual([0x45, 0x45])
    raw.close()
  })

  test('a filter, frames that were cut, a damaged file', async () => {
    const [link] = memoryLinkPair()
    const file = await save('cut.pcap', [frame(1), frame(2), frame(3)], { snaplen: 50 })
    const bytes = readFileSync(file)
    const damaged = join(folder, 'damaged.pcap')
    writeFileSync(damaged, bytes.subarray(0, -3))
    const result = await replay(damaged, { link, topspeed: true })
    expect(result.sent).toBe(2)
    expect(result.warnings).toHaveLength(1)
    expect(String(result)).toContain(result.warnings[0])
    const filtered = await replay([frame(1), frame(2)], { link, topspeed: true, filter: 'tcp' })
    expect(filtered).toMatchObject({ sent: 0, filtered: 2 })
    expect(String(filtered)).toContain('2 packets let out by the filter')
    link.close()
  })

  test('Ctrl-C stops it with what was sent, also between two far packets and on a pipe that gives nothing', async () => {
    const [link] = memoryLinkPair()
    const task = replay([frame(1), frame(2, 0.01), frame(3, 3600)], { link })
    setTimeout(() => task.interrupt(), 60)
    expect(await task).toMatchObject({ sent: 2, interrupted: true })
    const endless = replay([frame(1)], { link, rate: 1e6, loop: 0 })
    setTimeout(() => endless.interrupt(), 30)
    expect((await endless).sent).toBeGreaterThan(1)
    const pipe = new PassThrough()
    const waiting = replay(pipe, { link })
    setTimeout(() => waiting.interrupt(), 30)
    expect(await waiting).toMatchObject({ sent: 0, interrupted: true })
    link.close()
  })

  test('a capture without end needs no more memory than one that is short', async () => {
    const [link] = memoryLinkPair()
    const file = await save(
      'part.pcap',
      Array.from({ length: 2000 }, (_, i) => frame(i, 0, 1000)),
    )
    const bytes = readFileSync(file)
    const parts = 60
    const stream = Readable.from(
      (function* () {
        yield bytes.subarray(0, 24)
        for (let i = 0; i < parts; i++) yield bytes.subarray(24)
      })(),
      { objectMode: true },
    )
    const sink = new Proxy(link, {
      get: (target, key) => (key === 'send' ? (frames: Uint8Array[]) => frames.length : Reflect.get(target, key)),
    })
    let most = 0
    const before = process.memoryUsage().arrayBuffers
    const task = replay(stream, { link: sink, rate: 400_000 })
    task.onProgress(() => {
      most = Math.max(most, process.memoryUsage().arrayBuffers - before)
    })
    const result = await task
    expect(result.sent).toBe(2000 * parts)
    expect(result.bytes).toBeGreaterThan(120e6)
    expect(most).toBeGreaterThan(0)
    expect(most).toBeLessThan(60e6)
    link.close()
  }, 20_000)

  test.each([
    [{}, 'say where to'],
    [{ rate: 5, speed: 2 }, 'one of rate and speed'],
    [{ rate: 0 }, 'above 0'],
    [{ loop: 1.5 }, 'whole number'],
    [{ mac: 'x' }, 'must be a MAC address'],
    [{ topsped: true }, "did you mean 'topspeed'?"],
    [{ filter: 'tcp and and' }, 'filter'],
  ])('%j: %s', async (options, message) => {
    const [link] = memoryLinkPair()
    const given = Object.keys(options).length === 0 ? {} : { link, ...options }
    await expect(replay([frame(1)], given as object)).rejects.toThrow(message)
    link.close()
  })

  test('what is no capture is told', async () => {
    const [link] = memoryLinkPair()
    await expect(replay(join(folder, 'nothing'), { link })).rejects.toThrow('nothing')
    await expect(replay(7 as never, { link })).rejects.toThrow('cannot be replayed')
    await expect(replay('-', { link, loop: 2 })).rejects.toThrow('a stream can be read only once')
    link.close()
  })
})

describe('the schedule', () => {
  test('is counted from its start: late frames delay none, clocks that go back hold nothing up', () => {
    const schedule = new Schedule({ kind: 'capture', speed: 2 }, 1000)
    const due = [
      [100, 0],
      [100, 500_000_000],
      [99, 0],
      [Number.NaN, 0],
      [101, 1_000],
    ].map(([seconds, nanoseconds]) => schedule.due(seconds!, nanoseconds!, 5000))
    expect(due).toEqual([1000, 1250, 1250, 1250, 1500.0005])
    schedule.nextPass()
    expect(schedule.due(100, 0, 0)).toBeCloseTo(1625, 1)
  })

  test('a rate does not make up for a long stop by a burst', () => {
    const schedule = new Schedule({ kind: 'rate', rate: 1000 }, 0)
    expect([0, 1, 2].map((now) => schedule.due(0, 0, now))).toEqual([0, 1, 2])
    expect(schedule.due(0, 0, 5000)).toBe(5000)
    expect(schedule.due(0, 0, 5000)).toBe(5001)
  })
})

describe('replay in the lab', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await openLab()
  })
  afterAll(() => lab.close())

  test('tcpdump at the other end sees the timing of the capture', async () => {
    const count = 5000
    const file = join(lab.folder, 'dense.pcap')
    // 10 000 packets a second.
    await wrpcap(
      file,
      Array.from({ length: count }, (_, i) => frame(i, i / 10_000)),
      { nanoseconds: true } as object,
    )
    const capture = await lab.capture('there', 'udp port 9', {
      arguments: ['--time-stamp-precision=nano', '-B', '65536'],
    })
    const result = await replay(file, { iface: lab.here.interfaceName, netns: lab.here.namespace })
    expect(result.sent).toBe(count)
    const seen = await rdpcap(await capture.stop())
    expect(seen.length).toBe(count)
    const { times } = seen
    const off = Array.from(times, (time, i) => Math.abs(time - times[0]! - i / 10_000)).sort((a, b) => a - b)
    // The median: a test machine may stand still for a moment. docs/decisions.md has what was measured on a quiet one.
    expect(off[count >> 1]).toBeLessThan(0.005)
    expect(times.at(-1)! - times[0]!).toBeGreaterThan(((count - 1) / 10_000) * 0.98)
    expect([...seen].map((packet) => packet.get(IP)!.id)).toEqual(Array.from({ length: count }, (_, i) => i % 65536))
  }, 30_000)
})
