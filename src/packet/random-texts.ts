import { toBytes } from './bytes.js'
import { PacketError } from './errors.js'
import type { Deferred } from './field.js'
import { printed } from './literal.js'
import {
  between,
  call,
  checkSize,
  drawn,
  drawnSize,
  fraction,
  oneOf,
  RandomValue,
  randomBytes,
} from './random-source.js'

/** Random texts and bytes, and choices among given values. */

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** Texts that programs stumble over: paths, formats, quotes, ends, and long ones. */
const SINGULAR_TEXTS: readonly string[] = [
  '',
  'A',
  '%',
  '%%',
  '%n%n%n%n',
  '%s%s%s%s',
  '%x%x%x%x',
  '../../../../etc/passwd',
  '..\\..\\..\\boot.ini',
  "'",
  '"',
  "' or 1=1 --",
  '; id',
  '| id',
  '`id`',
  '\0',
  '\r\n',
  '\n',
  '\ufeff',
  '\u202e',
  '0',
  '-1',
  '4294967296',
  'NaN',
  'null',
  '<script>',
  '&amp;',
]

function letters(size: number, from: readonly string[]): string {
  return Array.from({ length: size }, () => oneOf(from)).join('')
}

/** Random letters and digits, or of the given characters; `size` of them (1 to 64 at random when no size is given). */
export function RandString(size?: number | Deferred, characters = LETTERS): RandomValue {
  checkSize('RandString', size)
  if (typeof characters !== 'string' || characters === '')
    throw new PacketError(`RandString: ${printed(characters)} are no characters to choose from`)
  const from = [...characters]
  return new RandomValue(
    () => letters(drawnSize('RandString', size), from),
    call('RandString', size, characters === LETTERS ? undefined : characters),
  )
}

/** Random letters and digits with an end that does not come before: `size` characters, then `end`. */
export function RandTermString(size: number | Deferred, end: string): RandomValue {
  checkSize('RandTermString', size)
  if (typeof end !== 'string' || end === '')
    throw new PacketError(`RandTermString: the end is ${printed(end)}; give a text such as '\\0'`)
  const from = [...LETTERS].filter((letter) => !end.includes(letter))
  return new RandomValue(
    () => letters(drawnSize('RandTermString', size), from) + end,
    call('RandTermString', size, end),
  )
}

/** Random bytes, `size` of them (1 to 64 at random when no size is given). */
export function RandBin(size?: number | Deferred): RandomValue {
  checkSize('RandBin', size)
  return new RandomValue(() => randomBytes(drawnSize('RandBin', size)), call('RandBin', size))
}

/** A text that programs stumble over: empty, long, with formats, quotes, paths, ends in it. */
export const RandSingString = (): RandomValue =>
  new RandomValue(
    () => (between(0, 3) === 0 ? 'A'.repeat(2 ** between(4, 10) + between(-1, 1)) : oneOf(SINGULAR_TEXTS)),
    'RandSingString()',
  )

/** One of the given values; random ones among them are drawn. */
export function RandChoice(...values: readonly unknown[]): RandomValue {
  if (values.length === 0) throw new PacketError('RandChoice(): give at least one value to choose from')
  return new RandomValue(() => drawn(oneOf(values)), call('RandChoice', ...values))
}

/** One of the given values, as often as its weight says: `RandPool([80, 9], [443, 1])`. */
export function RandPool(...weighted: readonly (readonly [value: unknown, weight: number])[]): RandomValue {
  const isWeighted = (pair: unknown): boolean =>
    Array.isArray(pair) && pair.length === 2 && Number.isFinite(pair[1]) && (pair[1] as number) > 0
  if (weighted.length === 0 || !weighted.every(isWeighted))
    throw new PacketError('RandPool: give pairs of a value and a weight above 0, such as [80, 9], [443, 1]')
  const total = weighted.reduce((sum, [, weight]) => sum + weight, 0)
  return new RandomValue(
    () => {
      let rest = fraction() * total
      const found = weighted.find(([, weight]) => {
        rest -= weight
        return rest < 0
      })
      return drawn((found ?? weighted.at(-1)!)[0])
    },
    call('RandPool', ...weighted),
  )
}

/** How much of a value is spoiled. */
export interface Corruption {
  /** Part of the bytes (or bits) that is changed, above 0 and at most 1; 0.01 unless said, and at least one. */
  p?: number
  /** How many are changed. */
  n?: number
}

function corrupted(
  name: string,
  value: string | Uint8Array | Deferred,
  given: Corruption,
  units: number,
  spoil: (bytes: Uint8Array, at: number) => void,
): RandomValue {
  const wrong = Object.keys(given).find((option) => option !== 'p' && option !== 'n')
  if (wrong !== undefined) throw new PacketError(`${name} has no option '${wrong}'; its options are p n`)
  const { p = 0.01, n } = given
  if (!(p > 0 && p <= 1)) throw new PacketError(`${name}: p is ${printed(p)}; it is above 0 and at most 1`)
  if (n !== undefined && !(Number.isInteger(n) && n >= 0))
    throw new PacketError(`${name}: n is ${printed(n)}; give a whole number`)
  const options = { ...(p === 0.01 ? {} : { p }), ...(n === undefined ? {} : { n }) }
  return new RandomValue(
    () => {
      const whole = drawn(value)
      if (typeof whole !== 'string' && !(whole instanceof Uint8Array))
        throw new PacketError(`${name}: ${printed(whole)} is no text and no bytes`)
      const bytes = Uint8Array.from(toBytes(whole))
      const size = bytes.length * units
      const count = Math.min(size, n ?? Math.max(1, Math.floor(size * p)))
      const places = new Set<number>()
      while (places.size < count) places.add(between(0, size - 1))
      for (const at of places) spoil(bytes, at)
      return bytes
    },
    call(name, value, Object.keys(options).length === 0 ? undefined : options),
  )
}

/** The given text or bytes with some bytes changed, others in each packet. */
export function CorruptedBytes(value: string | Uint8Array | Deferred, options: Corruption = {}): RandomValue {
  return corrupted('CorruptedBytes', value, options, 1, (bytes, at) => {
    bytes[at] = (bytes[at]! + between(1, 255)) & 255
  })
}

/** The given text or bytes with some bits turned over, others in each packet. */
export function CorruptedBits(value: string | Uint8Array | Deferred, options: Corruption = {}): RandomValue {
  return corrupted('CorruptedBits', value, options, 8, (bytes, at) => {
    bytes[at >>> 3]! ^= 0x80 >>> (at & 7)
  })
}
