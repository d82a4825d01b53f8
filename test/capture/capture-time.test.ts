import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nanosecondTicks, ticksToTime, timeFromSeconds, timeUnit } from '../../src/capture/capture-time.js'

function convert(ticks: bigint, resolution: number, offset = 0): { seconds: number; nanoseconds: number } {
  const time = { seconds: 0, nanoseconds: 0 }
  ticksToTime(Number(ticks >> 32n), Number(ticks & 0xffffffffn), timeUnit(resolution, offset), time)
  return time
}

describe('ticksToTime', () => {
  it('is exact for every power of ten up to nanoseconds', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 64n - 1n), fc.integer({ min: 0, max: 9 }), (ticks, exponent) => {
        const scale = 10n ** BigInt(exponent)
        const seconds = Number(ticks / scale)
        const nanoseconds = Number((ticks % scale) * (1_000_000_000n / scale))
        expect(convert(ticks, exponent)).toEqual({ seconds, nanoseconds })
      }),
    )
  })

  it('takes finer resolutions and powers of two', () => {
    expect(convert(1_700_000_000_123_456_789_123n % 2n ** 64n, 12).nanoseconds).toBeLessThan(1e9)
    expect(convert(5_000_000_000_001n, 12)).toEqual({ seconds: 5, nanoseconds: 0 })
    expect(convert(5n * 2n ** 20n + 2n ** 19n, 0x80 | 20)).toEqual({ seconds: 5, nanoseconds: 500_000_000 })
    expect(convert(3n, 0x80)).toEqual({ seconds: 3, nanoseconds: 0 })
    expect(convert(2n ** 64n - 1n, 0xff)).toEqual({ seconds: 0, nanoseconds: 0 })
  })

  it('adds the offset', () => {
    expect(convert(1_500_000n, 6, -3)).toEqual({ seconds: -2, nanoseconds: 500_000_000 })
  })
})

describe('nanosecondTicks', () => {
  it('is seconds · 10⁹ + nanoseconds in two halves', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 34 - 1 }),
        fc.integer({ min: 0, max: 999_999_999 }),
        (seconds, nanoseconds) => {
          const [high, low] = nanosecondTicks(seconds, nanoseconds)
          expect((BigInt(high) << 32n) + BigInt(low)).toBe(BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds))
        },
      ),
    )
  })
})

describe('times of users', () => {
  it('are rounded to microseconds where a double holds no more', () => {
    expect(timeFromSeconds(1700000000.123457)).toEqual({ seconds: 1700000000, nanoseconds: 123457000 })
    expect(timeFromSeconds(0.000000001)).toEqual({ seconds: 0, nanoseconds: 1 })
    expect(timeFromSeconds(-0.25)).toEqual({ seconds: -1, nanoseconds: 750_000_000 })
    expect(timeFromSeconds(2_000_000.9999999)).toEqual({ seconds: 2_000_001, nanoseconds: 0 })
  })
})
