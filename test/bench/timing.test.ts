import { describe, expect, it } from 'vitest'
import { captureTimes, deviations, scheduledCapture } from '../../bench/timing.js'
import { readCapture } from '../../src/index.js'

const FRAME = new Uint8Array(60).fill(7)

describe('a capture with a schedule', () => {
  it('has the rate on average, and uneven gaps', () => {
    const times = captureTimes(scheduledCapture(FRAME, 20_000, 10_000))
    expect(times.length).toBe(20_000)
    expect(times[0]).toBe(0)
    expect(times.at(-1)).toBeGreaterThan(1980)
    expect(times.at(-1)).toBeLessThan(2020)
    const gaps = times.subarray(1).map((time, index) => time - times[index]!)
    expect(Math.min(...gaps)).toBeLessThan(0.06)
    expect(Math.min(...gaps)).toBeGreaterThan(0.049)
    expect(Math.max(...gaps)).toBeGreaterThan(0.14)
    expect(Math.max(...gaps)).toBeLessThan(0.151)
  })

  it('is a capture file that netshell reads, with the same times', async () => {
    const file = scheduledCapture(FRAME, 300, 1000)
    const times: number[] = []
    for await (const { count, seconds, nanoseconds, lengths } of readCapture(file)) {
      for (let i = 0; i < count; i++) {
        expect(lengths[i]).toBe(FRAME.length)
        times.push((seconds[i]! - 1_700_000_000) * 1000 + nanoseconds[i]! / 1e6)
      }
    }
    expect(times).toEqual([...captureTimes(file)])
  })
})

describe('deviations from a schedule', () => {
  const schedule = Float64Array.from({ length: 1000 }, (_, index) => index)

  it('are none for frames that are all late by the same time', () => {
    const { most, most99 } = deviations(
      schedule,
      schedule.map((time) => time + 5),
    )
    expect([most, most99]).toEqual([0, 0])
  })

  it('tell the farthest, and what 99 of 100 keep to', () => {
    const times = schedule.map((time, index) => time + (index === 500 ? 30 : index % 100 === 7 ? 2 : 0))
    const { most, most99 } = deviations(schedule, times)
    expect([most, most99]).toEqual([30, 2])
    const fewer = schedule.map((time, index) => time + (index < 10 ? 2 : 0))
    expect(deviations(schedule, fewer)).toEqual({ most: 2, most99: 0 })
  })

  it('are refused when frames are missing', () => {
    expect(() => deviations(schedule, schedule.subarray(1))).toThrow('1000 frames were scheduled, 999 came')
  })
})
