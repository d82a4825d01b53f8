import { formatIpv4, formatIpv6, formatMac, parseIpv4, parseMac } from './addresses.js'
import { PacketError } from './errors.js'
import { Deferred } from './field.js'
import { printed } from './literal.js'

/**
 * Random field values: a new value for every packet that is built or iterated, the same series again after `seed(n)`.
 * For variety in test traffic, not for secrets.
 */

let state = Uint32Array.from([0x9e3779b9, 0x243f6a88, 0xb7e15162, 0xdeadbeef])
seed(Number(process.hrtime.bigint() & 0xffffffffn))

/** Starts the series of random values anew, so that a run can be repeated. */
export function seed(value: number): void {
  if (!Number.isInteger(value)) throw new PacketError(`seed(${printed(value)}): a seed is a whole number`)
  state = Uint32Array.from([value >>> 0, Math.floor(value / 0x100000000) >>> 0, 0x9e3779b9, 1])
  for (let i = 0; i < 15; i++) next()
}

/** 32 random bits (the small fast counting generator sfc32). */
function next(): number {
  const [a, b, c, d] = state as unknown as [number, number, number, number]
  const result = (a + b + d) >>> 0
  state[3] = d + 1
  state[0] = b ^ (b >>> 9)
  state[1] = c + (c << 3)
  state[2] = ((c << 21) | (c >>> 11)) + result
  return result
}

/** A whole number from `low` to `high`, both included. */
function between(low: number, high: number): number {
  const span = high - low + 1
  return (
    low +
    (span <= 0x100000000
      ? Math.floor((next() / 0x100000000) * span)
      : Math.floor((((next() & 0x1fffff) * 0x100000000 + next()) / 2 ** 53) * span))
  )
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

/** Random whole number from `low` to `high`. */
export function RandNum(low: number, high: number): RandomValue {
  if (!(Number.isInteger(low) && Number.isInteger(high) && low <= high))
    throw new PacketError(`RandNum(${low}, ${high}): give two whole numbers, the lower one first`)
  return new RandomValue(() => between(low, high), `RandNum(${low}, ${high})`)
}

/** Random number of 8 bits. */
export const RandByte = (): RandomValue => new RandomValue(() => between(0, 0xff), 'RandByte()')
/** Random number of 16 bits. */
export const RandShort = (): RandomValue => new RandomValue(() => between(0, 0xffff), 'RandShort()')
/** Random number of 32 bits. */
export const RandInt = (): RandomValue => new RandomValue(() => next(), 'RandInt()')
/** Random number of 64 bits. */
export const RandLong = (): RandomValue => new RandomValue(() => (BigInt(next()) << 32n) | BigInt(next()), 'RandLong()')

/** Random IPv4 address, of a network when one is given: `RandIP('10.0.0.0/8')`. */
export function RandIP(network = '0.0.0.0/0'): RandomValue {
  const [address = '', prefixText = '32'] = network.split('/')
  const base = parseIpv4(address)
  const prefix = /^\d{1,2}$/.test(prefixText) ? Number(prefixText) : -1
  if (base < 0 || !(prefix >= 0 && prefix <= 32))
    throw new PacketError(`RandIP(${printed(network)}): give a network such as '10.0.0.0/8'`)
  const size = 2 ** (32 - prefix)
  const first = Math.floor(base / size) * size
  return new RandomValue(
    () => formatIpv4(between(first, first + size - 1)),
    network === '0.0.0.0/0' ? 'RandIP()' : `RandIP(${printed(network)})`,
  )
}

/** Random IPv6 address. */
export const RandIP6 = (): RandomValue => new RandomValue(() => formatIpv6(randomBytes(16)), 'RandIP6()')

/** Random MAC address: any unicast one marked as locally administered, or one that begins with the given bytes (`'00:11:22'`). */
export function RandMAC(prefix = ''): RandomValue {
  const start = prefix === '' ? [] : prefix.split(/[:-]/)
  if (!start.every((part) => /^[0-9a-f]{2}$/i.test(part)) || start.length > 6)
    throw new PacketError(`RandMAC(${printed(prefix)}): give the first bytes, such as '00:11:22'`)
  return new RandomValue(
    () => {
      const rest = Array.from(randomBytes(6 - start.length), (byte, i) =>
        start.length === 0 && i === 0 ? (byte & 0xfc) | 2 : byte,
      )
      return formatMac(parseMac([...start, ...rest.map((byte) => byte.toString(16).padStart(2, '0'))].join(':')))
    },
    prefix === '' ? 'RandMAC()' : `RandMAC(${printed(prefix)})`,
  )
}

/** Random letters and digits, `size` of them (1 to 64 at random when no size is given). */
export function RandString(size?: number): RandomValue {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
  checkSize('RandString', size)
  return new RandomValue(
    () => Array.from({ length: size ?? between(1, 64) }, () => letters[between(0, letters.length - 1)]).join(''),
    `RandString(${size ?? ''})`,
  )
}

/** Random bytes, `size` of them (1 to 64 at random when no size is given). */
export function RandBin(size?: number): RandomValue {
  checkSize('RandBin', size)
  return new RandomValue(() => randomBytes(size ?? between(1, 64)), `RandBin(${size ?? ''})`)
}

/** One of the given values. */
export function RandChoice<T>(...values: T[]): RandomValue {
  if (values.length === 0) throw new PacketError('RandChoice(): give at least one value to choose from')
  return new RandomValue(() => values[between(0, values.length - 1)], `RandChoice(${values.map(printed).join(', ')})`)
}

function checkSize(name: string, size: number | undefined): void {
  if (size !== undefined && !(Number.isInteger(size) && size >= 0 && size <= 65535))
    throw new PacketError(`${name}(${printed(size)}): a size is a whole number of bytes, 0..65535`)
}

function randomBytes(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, () => between(0, 255))
}
