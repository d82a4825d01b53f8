import { PacketError } from './errors.js'
import { Deferred } from './field.js'
import { printed } from './literal.js'

/** The one generator that all random values draw from (sfc32, small and fast): for variety in test traffic, not for secrets. */

let state = Uint32Array.from([0x9e3779b9, 0x243f6a88, 0xb7e15162, 0xdeadbeef])
/** Counts the series: values that keep something between two draws begin anew with each. */
let series = 0
/** Whether values are drawn to be looked at, not to be sent: those that count do not go on. */
let isTrial = false
seed(Number(process.hrtime.bigint() & 0xffffffffn))

/** Starts the series of random values anew, so that a run can be repeated. Counters start again too. */
export function seed(value: number): void {
  if (!Number.isInteger(value)) throw new PacketError(`seed(${printed(value)}): a seed is a whole number`)
  state = Uint32Array.from([value >>> 0, Math.floor(value / 0x100000000) >>> 0, 0x9e3779b9, 1])
  for (let i = 0; i < 15; i++) random32()
  series++
}

/** 32 random bits. */
export function random32(): number {
  const [a, b, c, d] = state as unknown as [number, number, number, number]
  const result = (a + b + d) >>> 0
  state[3] = d + 1
  state[0] = b ^ (b >>> 9)
  state[1] = c + (c << 3)
  state[2] = ((c << 21) | (c >>> 11)) + result
  return result
}

/** A number from 0 up to but not including 1, of 53 bits. */
export function fraction(): number {
  return ((random32() & 0x1fffff) * 0x100000000 + random32()) / 2 ** 53
}

/** A whole number from `low` to `high`, both included. */
export function between(low: number, high: number): number {
  const span = high - low + 1
  return low + Math.floor((span <= 0x100000000 ? random32() / 0x100000000 : fraction()) * span)
}

/** A number of the normal distribution with mean 0 and deviation 1 (polar method). */
export function normal(): number {
  for (;;) {
    const x = 2 * fraction() - 1
    const y = 2 * fraction() - 1
    const square = x * x + y * y
    if (square > 0 && square < 1) return x * Math.sqrt((-2 * Math.log(square)) / square)
  }
}

/** Random bytes. */
export function randomBytes(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, () => between(0, 255))
}

/** One of these. */
export function oneOf<T>(values: readonly T[]): T {
  return values[between(0, values.length - 1)]!
}

/** What a draw gives, without the series or any counter going on. */
export function tried<T>(draw: () => T): T {
  const [kept, wasTrial] = [state.slice(), isTrial]
  isTrial = true
  try {
    return draw()
  } finally {
    state = kept
    isTrial = wasTrial
  }
}

/** What a value keeps from one draw to the next; made anew when the series begins anew, and not changed by trials. */
export class Kept<T extends object> {
  private value: T | null = null
  private series = -1

  constructor(private readonly make: () => T) {}

  /** The state to draw from: a copy in a trial. */
  get(): T {
    if (isTrial) return { ...(this.value === null || this.series !== series ? this.make() : this.value) }
    if (this.value === null || this.series !== series) {
      this.value = this.make()
      this.series = series
    }
    return this.value
  }
}

/** The value itself, or what it stands for now. */
export function drawn(value: unknown): unknown {
  return value instanceof Deferred ? drawn(value.pick()) : value
}

/** A value drawn anew each time; `expression` is the JavaScript that makes it. */
export class RandomValue extends Deferred {
  constructor(
    private readonly draw: () => unknown,
    private readonly expression: string,
  ) {
    super()
  }

  override pick(): unknown {
    return this.draw()
  }

  override toString(): string {
    return this.expression
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.expression
  }
}

/** An argument as it stands in the expression of a random value. */
export function argument(value: unknown): string {
  if (value instanceof Uint8Array) return `hex('${Buffer.from(value).toString('hex')}')`
  if (Array.isArray(value)) return `[${value.map(argument).join(', ')}]`
  if (typeof value === 'bigint') return `${value}n`
  if (value instanceof Deferred || value instanceof RegExp) return value.toString()
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .map(([name, inner]) => `${name}: ${argument(inner)}`)
      .join(', ')}}`
  return printed(value)
}

/** The expression of a call, arguments that are unset left out at its end. */
export function call(name: string, ...given: readonly unknown[]): string {
  let count = given.length
  while (count > 0 && given[count - 1] === undefined) count--
  return `${name}(${given.slice(0, count).map(argument).join(', ')})`
}

/** A size that was given: a whole number, or a random value of such. @throws PacketError */
export function checkSize(name: string, size: number | Deferred | undefined): void {
  if (size === undefined || size instanceof Deferred) return
  if (!(Number.isInteger(size) && size >= 0 && size <= 65535))
    throw new PacketError(`${name}(${printed(size)}): a size is a whole number of bytes, 0..65535`)
}

/** The size for one draw: 1 to 64 where none was given. @throws PacketError for a random size that is none */
export function drawnSize(name: string, size: number | Deferred | undefined): number {
  const value = size === undefined ? between(1, 64) : drawn(size)
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65535) return value
  throw new PacketError(`${name}: ${printed(value)} was drawn as its size; a size is a whole number, 0..65535`)
}
