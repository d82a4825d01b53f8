/**
 * Exact times: whole seconds since 1970 and nanoseconds apart, since one double cannot hold both.
 * No BigInt on the paths that run once a packet.
 */

/** A point in time; `seconds` NaN means: not recorded. */
export interface ExactTime {
  seconds: number
  /** 0 … 999 999 999 */
  nanoseconds: number
}

/** How an interface of a pcapng file counts time (if_tsresol and if_tsoffset, draft-ietf-opsawg-pcapng §4.2). */
export interface TimeUnit {
  /** Ticks a second where that is a power of ten up to 10⁹, else 0: those take the slow way. */
  readonly ticksPerSecond: number
  readonly base: 2 | 10
  readonly exponent: number
  /** Seconds to add to every time. */
  readonly offset: number
}

/** Unit from an if_tsresol byte: the top bit chooses powers of 2, the rest is the negated exponent. */
export function timeUnit(resolution: number, offset = 0): TimeUnit {
  const base = (resolution & 0x80) === 0 ? 10 : 2
  const exponent = resolution & 0x7f
  return { ticksPerSecond: base === 10 && exponent <= 9 ? 10 ** exponent : 0, base, exponent, offset }
}

/**
 * Splits a 64-bit tick count, given as two 32-bit halves, into seconds and nanoseconds and writes them to `result`.
 * What is finer than a nanosecond is cut off.
 */
export function ticksToTime(high: number, low: number, unit: TimeUnit, result: ExactTime): void {
  const ticks = unit.ticksPerSecond
  if (ticks === 0) {
    const scale = BigInt(unit.base) ** BigInt(unit.exponent)
    const total = (BigInt(high) << 32n) | BigInt(low)
    result.seconds = Number(total / scale) + unit.offset
    result.nanoseconds = Number(((total % scale) * 1_000_000_000n) / scale)
    return
  }
  // Long division with 16-bit digits: every intermediate value stays below 2⁵³.
  const first = Math.floor(high / ticks)
  let rest = (high - first * ticks) * 65536 + (low >>> 16)
  const second = Math.floor(rest / ticks)
  rest = (rest - second * ticks) * 65536 + (low & 0xffff)
  const third = Math.floor(rest / ticks)
  rest -= third * ticks
  result.seconds = first * 4294967296 + second * 65536 + third + unit.offset
  result.nanoseconds = rest * (1_000_000_000 / ticks)
}

/** The inverse for ticks of one nanosecond: [high, low] halves of seconds · 10⁹ + nanoseconds, for 0 ≤ seconds < 2³⁴. */
export function nanosecondTicks(seconds: number, nanoseconds: number): [high: number, low: number] {
  const upperSeconds = Math.floor(seconds / 65536)
  const lower = (seconds - upperSeconds * 65536) * 1_000_000_000 + nanoseconds
  const carry = Math.floor(lower / 65536)
  const upper = upperSeconds * 1_000_000_000 + carry
  const high = Math.floor(upper / 65536)
  return [high, (upper - high * 65536) * 65536 + (lower - carry * 65536)]
}

/**
 * Exact time from a double of seconds. Near the present a double is good to a quarter of a microsecond only, so it is
 * rounded to whole microseconds there: 1700000000.123457 means exactly that.
 */
export function timeFromSeconds(time: number): ExactTime {
  const whole = Math.floor(time)
  const step = Math.abs(time) < 1_000_000 ? 1 : 1000
  const nanoseconds = Math.round(((time - whole) * 1_000_000_000) / step) * step
  return nanoseconds >= 1_000_000_000
    ? { seconds: whole + 1, nanoseconds: nanoseconds - 1_000_000_000 }
    : { seconds: whole, nanoseconds }
}
