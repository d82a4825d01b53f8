/** Packets of several captures in the order of time. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { StorableBatch } from '../../src/capture/index.js'
import { TimeMerge } from '../../src/exchange/time-merge.js'
import type { CaptureBatch } from '../../src/link/index.js'

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000, toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'Date', 'performance'] })
})
afterEach(() => vi.useRealTimers())

const WINDOW = 20

/** A batch of one-byte packets at these times (ms after the start). */
function batch(times: readonly number[], name = 'eth0'): CaptureBatch {
  return {
    count: times.length,
    buffer: Uint8Array.from(times, (time) => time & 255),
    offsets: Uint32Array.from(times, (_, i) => i),
    lengths: Uint32Array.from(times, () => 1),
    originalLengths: Uint32Array.from(times, () => 60),
    seconds: Float64Array.from(times, (time) => Math.floor(1000 + time / 1000)),
    nanoseconds: Uint32Array.from(times, (time) => Math.round((time % 1000) * 1e6)),
    linkType: 1,
    interfaceName: name,
  }
}

interface Emitted {
  time: number
  name: string
  at: number
}

function merging(names = ['eth0', 'eth1']): { merge: TimeMerge; emitted: Emitted[]; kept: [StorableBatch, number][] } {
  const emitted: Emitted[] = []
  const kept: [StorableBatch, number][] = []
  const sources = names.map((interfaceName) => ({ linkType: 1, interfaceName }))
  const merge = new TimeMerge(sources, WINDOW, (from, rows) => {
    for (const row of rows) {
      const time = (from.seconds[row]! - 1000) * 1000 + from.nanoseconds[row]! / 1e6
      emitted.push({ time, name: from.interfaces![from.interfaceIndexes![row]!]!.name, at: Date.now() - 1_000_000 })
      kept.push([from, row])
    }
  })
  return { merge, emitted, kept }
}

/** Lets so many ms go by, with all turns of the event loop in them. */
const after = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds)

test('two captures, one in blocks that come late', async () => {
  const { merge, emitted } = merging()
  await after(4)
  merge.add(0, batch([1, 3]))
  await after(1)
  merge.add(0, batch([5]))
  await after(7)
  merge.add(1, batch([2, 4, 6], 'eth1'))
  await after(100)
  expect(emitted.map(({ time }) => time)).toEqual([1, 2, 3, 4, 5, 6])
  expect(emitted.map(({ name }) => name)).toEqual(['eth0', 'eth1', 'eth0', 'eth1', 'eth0', 'eth1'])
})

test('a packet waits for a silent interface no longer than twice the window', async () => {
  const { merge, emitted } = merging()
  for (let time = 1; time < 200; time++) {
    await after(1)
    merge.add(0, batch([time]))
  }
  await after(100)
  expect(emitted.length).toBe(199)
  for (const { time, at } of emitted) expect(at - time).toBeLessThanOrEqual(2 * WINDOW)
})

test('an interface that is far behind is waited for, but not for ever', async () => {
  const { merge, emitted } = merging()
  for (let now = 1; now < 3000; now++) {
    await after(1)
    merge.add(0, batch([now]))
    // 700 ms behind, as one whose packets are read slowly.
    if (now > 700) merge.add(1, batch([now - 700], 'eth1'))
  }
  merge.flush()
  // From then on that it has given something: who could know before that it would.
  const settled = emitted.filter(({ time }) => time > 700 && time < 2000)
  expect(settled.length).toBeGreaterThan(2000)
  const sorted = [...settled].sort((a, b) => a.time - b.time || a.name.localeCompare(b.name))
  expect(settled).toEqual(sorted)
})

test('nothing is held longer than about a second', async () => {
  const { merge, emitted } = merging()
  merge.add(0, batch([1]))
  for (let now = 1; now < 3000; now += 2) {
    await after(2)
    // Its clock stands still: nothing can be told from it.
    merge.add(1, batch([0], 'eth1'))
    merge.add(0, batch([now]))
  }
  const late = emitted.filter(({ name, time, at }) => name === 'eth0' && at - time > 1500)
  expect(late).toEqual([])
  expect(emitted.length).toBeGreaterThan(1000)
})

test('packets that were given stay what they were', async () => {
  const { merge, kept } = merging()
  for (let time = 1; time < 250; time++) {
    merge.add(time % 2, batch([time]))
    await after(1)
  }
  merge.flush()
  expect(kept.map(([from, row]) => from.buffer[from.offsets[row]!])).toEqual(
    Array.from({ length: 249 }, (_, i) => i + 1),
  )
})

test('same microsecond: by the nanosecond', async () => {
  const { merge } = merging()
  const order: number[] = []
  const one = batch([5])
  one.nanoseconds[0] = 5_000_007
  const other = batch([5], 'eth1')
  other.nanoseconds[0] = 5_000_003
  const exact = new TimeMerge(
    [
      { linkType: 1, interfaceName: 'a' },
      { linkType: 1, interfaceName: 'b' },
    ],
    WINDOW,
    (from, rows) => order.push(...rows.map((row) => from.nanoseconds[row]!)),
  )
  exact.add(0, one)
  exact.add(1, other)
  exact.flush()
  expect(order).toEqual([5_000_003, 5_000_007])
  merge.stop()
})

test('stopped, it gives nothing more', async () => {
  const { merge, emitted } = merging()
  merge.add(0, batch([1]))
  merge.stop()
  await after(100)
  expect(emitted).toEqual([])
})

describe('many interfaces', () => {
  test('ten of them, in random delays', async () => {
    const names = Array.from({ length: 10 }, (_, i) => `eth${i}`)
    const { merge, emitted } = merging(names)
    let seed = 1
    const random = (): number => {
      seed = (seed * 48271) % 2147483647
      return seed / 2147483647
    }
    const waiting = names.map(() => [] as number[])
    for (let now = 1; now < 500; now++) {
      await after(1)
      waiting[Math.floor(random() * 10)]!.push(now)
      for (const [source, times] of waiting.entries()) {
        // A block is handed over when its first packet is 10 ms old.
        if (times.length > 0 && now - times[0]! >= 10) merge.add(source, batch(times.splice(0), names[source]))
      }
    }
    for (const [source, times] of waiting.entries())
      if (times.length > 0) merge.add(source, batch(times, names[source]))
    merge.flush()
    expect(emitted.map(({ time }) => time)).toEqual(Array.from({ length: 499 }, (_, i) => i + 1))
  })
})
