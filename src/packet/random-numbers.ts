import { PacketError } from './errors.js'
import { printed } from './literal.js'
import { between, call, fraction, Kept, normal, oneOf, RandomValue, random32 } from './random-source.js'

/** Random numbers. Those of a distribution are whole and not below 0, as fields are. */

const MAX_64 = (1n << 64n) - 1n

function checkRange(name: string, low: number, high: number): void {
  if (!(Number.isSafeInteger(low) && Number.isSafeInteger(high) && low <= high))
    throw new PacketError(`${name}(${low}, ${high}): give two whole numbers, the lower one first`)
}

const range =
  (name: string, low: number, high: number): (() => RandomValue) =>
  () =>
    new RandomValue(() => between(low, high), `${name}()`)

/** Random whole number from `low` to `high`. */
export function RandNum(low: number, high: number): RandomValue {
  checkRange('RandNum', low, high)
  return new RandomValue(() => between(low, high), call('RandNum', low, high))
}

/** Random number with a fraction, from `low` to `high`. */
export function RandFloat(low: number, high: number): RandomValue {
  if (!(Number.isFinite(low) && Number.isFinite(high) && low <= high))
    throw new PacketError(`RandFloat(${low}, ${high}): give two numbers, the lower one first`)
  return new RandomValue(() => low + (high - low) * fraction(), call('RandFloat', low, high))
}

/** Random number of 8 bits. */
export const RandByte = range('RandByte', 0, 0xff)
/** Random number of 16 bits. */
export const RandShort = range('RandShort', 0, 0xffff)
/** Random number of 32 bits. */
export const RandInt = (): RandomValue => new RandomValue(() => random32(), 'RandInt()')
/** Random number of 64 bits. */
export const RandLong = (): RandomValue =>
  new RandomValue(() => (BigInt(random32()) << 32n) | BigInt(random32()), 'RandLong()')
/** Random number of 8 bits with a sign. */
export const RandSByte = range('RandSByte', -0x80, 0x7f)
/** Random number of 16 bits with a sign. */
export const RandSShort = range('RandSShort', -0x8000, 0x7fff)
/** Random number of 32 bits with a sign. */
export const RandSInt = range('RandSInt', -0x80000000, 0x7fffffff)
/** Random number of 64 bits with a sign. */
export const RandSLong = (): RandomValue =>
  new RandomValue(() => BigInt.asIntN(64, (BigInt(random32()) << 32n) | BigInt(random32())), 'RandSLong()')

const whole = (value: number): number => Math.max(0, Math.round(value))

function checkAbove(name: string, value: number, what: string): void {
  if (!(Number.isFinite(value) && value > 0))
    throw new PacketError(`${name}: ${what} is ${printed(value)}; it is above 0`)
}

/** Random whole number around `mean`, of the normal distribution; what would fall below 0 is 0. */
export function RandNumGauss(mean: number, deviation: number): RandomValue {
  if (!Number.isFinite(mean)) throw new PacketError(`RandNumGauss: the mean is ${printed(mean)}; give a number`)
  checkAbove('RandNumGauss', deviation, 'the deviation')
  return new RandomValue(() => whole(mean + deviation * normal()), call('RandNumGauss', mean, deviation))
}

/** Random whole number of the exponential distribution: `lambda` is 1 by the mean, `base` is added. */
export function RandNumExpo(lambda: number, base = 0): RandomValue {
  checkAbove('RandNumExpo', lambda, 'lambda')
  return new RandomValue(
    () => whole(base - Math.log(1 - fraction()) / lambda),
    call('RandNumExpo', lambda, base === 0 ? undefined : base),
  )
}

/** A number of the gamma distribution of this shape and scale 1 (Marsaglia and Tsang). */
function gamma(shape: number): number {
  if (shape < 1) return gamma(shape + 1) * (1 - fraction()) ** (1 / shape)
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = normal()
    const v = (1 + c * x) ** 3
    if (v > 0 && Math.log(1 - fraction()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v
  }
}

/** Random whole number of the gamma distribution with shape `alpha` and scale `beta`: their product is the mean. */
export function RandNumGamma(alpha: number, beta: number): RandomValue {
  checkAbove('RandNumGamma', alpha, 'alpha')
  checkAbove('RandNumGamma', beta, 'beta')
  return new RandomValue(() => whole(beta * gamma(alpha)), call('RandNumGamma', alpha, beta))
}

/** The numbers 0 to `count` - 1 in a random order, each once, then in another: a permutation that needs no list of them. */
class Deck {
  private readonly half: bigint
  private readonly mask: bigint

  constructor(private readonly count: bigint) {
    let bits = 1n
    while (1n << (2n * bits) < count) bits++
    this.half = bits
    this.mask = (1n << bits) - 1n
  }

  /** A shuffle's keys, and how many it has given. */
  begin(): { next: bigint; keys: number[] } {
    return { next: 0n, keys: Array.from({ length: 4 }, random32) }
  }

  draw(kept: { next: bigint; keys: number[] }): bigint {
    if (kept.next >= this.count) Object.assign(kept, this.begin())
    let value = kept.next++
    // Numbers beyond the last are passed through again until they fall below it.
    do value = this.shuffled(value, kept.keys)
    while (value >= this.count)
    return value
  }

  /** A Feistel network over twice `half` bits. */
  private shuffled(value: bigint, keys: readonly number[]): bigint {
    let left = value >> this.half
    let right = value & this.mask
    for (const key of keys) {
      const mixed = (right * 0x9e3779b97f4a7c15n + BigInt(key) * 0xbf58476d1ce4e5b9n) & MAX_64
      const round = ((mixed ^ (mixed >> 29n)) * 0x94d049bb133111ebn) & MAX_64
      ;[left, right] = [right, (left ^ (round >> 32n)) & this.mask]
    }
    return (left << this.half) | right
  }
}

function deck<T>(count: bigint, expression: string, at: (index: bigint) => T): RandomValue {
  const cards = new Deck(count)
  const kept = new Kept(() => cards.begin())
  return new RandomValue(() => at(cards.draw(kept.get())), expression)
}

/** The whole numbers from `low` to `high` in a random order: each once before one comes again. */
export function RandEnum(low: number, high: number): RandomValue {
  checkRange('RandEnum', low, high)
  return deck(BigInt(high) - BigInt(low) + 1n, call('RandEnum', low, high), (index) => low + Number(index))
}

const everyNumber =
  (name: string, bits: bigint, base = 0): (() => RandomValue) =>
  () =>
    deck(1n << bits, `${name}()`, (index) => base + Number(index))

/** Every number of 8 bits in a random order. */
export const RandEnumByte = everyNumber('RandEnumByte', 8n)
/** Every number of 16 bits in a random order: ports that do not come twice. */
export const RandEnumShort = everyNumber('RandEnumShort', 16n)
/** Every number of 32 bits in a random order. */
export const RandEnumInt = everyNumber('RandEnumInt', 32n)
/** Every number of 64 bits in a random order. */
export const RandEnumLong = (): RandomValue => deck(1n << 64n, 'RandEnumLong()', (index) => index)

/** The given values, or the names of the given object, in a random order: each once before one comes again. */
export function RandEnumKeys(values: readonly unknown[] | Readonly<Record<string, unknown>>): RandomValue {
  const isObject = typeof values === 'object' && values !== null
  const keys: readonly unknown[] = Array.isArray(values) ? values : isObject ? Object.keys(values) : []
  if (keys.length === 0) throw new PacketError('RandEnumKeys: give a list of values, or an object whose names they are')
  return deck(BigInt(keys.length), call('RandEnumKeys', keys), (index) => keys[Number(index)])
}

/** The edges of a range, where programs go wrong: its ends, zero, the powers of two, and what lies beside them. */
function edges(low: bigint, high: bigint): bigint[] {
  const found = new Set<bigint>([low, low + 1n, high - 1n, high, (low + high) / 2n])
  for (let power = 1n; power <= high || -power >= low; power *= 2n)
    for (const value of [power - 1n, power, power + 1n, -power, -power - 1n, 1n - power]) found.add(value)
  return [...found].filter((value) => value >= low && value <= high)
}

function singular(low: bigint, high: bigint, expression: string, isBig = false): RandomValue {
  const values = edges(low, high)
  return new RandomValue(() => (isBig ? oneOf(values) : Number(oneOf(values))), expression)
}

/** A number at the edges of a range: its ends, zero, a power of two, or beside one of them. */
export function RandSingNum(low: number, high: number): RandomValue {
  checkRange('RandSingNum', low, high)
  return singular(BigInt(low), BigInt(high), call('RandSingNum', low, high))
}

const edge =
  (name: string, bits: bigint, isBig = false): (() => RandomValue) =>
  () =>
    singular(0n, (1n << bits) - 1n, `${name}()`, isBig)

/** A number of 8 bits at the edges: 0, 1, 127, 128, 255 … */
export const RandSingByte = edge('RandSingByte', 8n)
/** A number of 16 bits at the edges. */
export const RandSingShort = edge('RandSingShort', 16n)
/** A number of 32 bits at the edges. */
export const RandSingInt = edge('RandSingInt', 32n)
/** A number of 64 bits at the edges. */
export const RandSingLong = edge('RandSingLong', 64n, true)
