/** Times of NTP: seconds and a fraction in fixed point. RFC 5905 §6; eras: RFC 4330 §3. */
import {
  type Codec,
  Field,
  Kind,
  PacketError,
  PlainValueCodec,
  printed,
  type Reader,
  type Writer,
} from '../../packet/index.js'
import { SignedByteCodec } from '../signed-byte.js'

/** Seconds from the start of 1900, where era 0 begins, to that of 1970. */
const EPOCH = 2208988800n
const ERA = 1n << 32n
/** Decimals that tell any two fractions of 32 bits apart. */
const DECIMALS = 10
const SCALE = 10n ** BigInt(DECIMALS)
const TEXT = /^(-?\d+)(?:\.(\d+))?$/

/** Seconds since 1970 with ten decimals; `'0'` where no bit is set, which says that the time is not known. */
function timeText(seconds: bigint, fraction: bigint): string {
  if (seconds === 0n && fraction === 0n) return '0'
  // Times before 1968 belong to the era that begins in 2036.
  const whole = seconds - EPOCH + (seconds < ERA / 2n ? ERA : 0n)
  return `${whole}.${((fraction * SCALE + ERA / 2n) / ERA).toString().padStart(DECIMALS, '0')}`
}

/** The 64 bits of a time given as text. */
function timeBits(text: string): bigint {
  if (text === '0') return 0n
  const [, whole, decimals = ''] = TEXT.exec(text)!
  const fraction = BigInt(decimals.slice(0, DECIMALS).padEnd(DECIMALS, '0'))
  const seconds = BigInt.asUintN(32, BigInt(whole!) + EPOCH)
  return BigInt.asUintN(64, (seconds << 32n) + (fraction * ERA + SCALE / 2n) / SCALE)
}

/** `2023-11-14 22:13:20`, of a time's text. */
function dateText(text: string): string {
  const date = new Date(Number(text.split('.')[0]) * 1000)
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, 19).replace('T', ' ')
}

class TimestampCodec extends PlainValueCodec<string> {
  readonly kindName = 'time'
  readonly size = 8

  read(reader: Reader): string {
    const seconds = BigInt(reader.u32())
    return timeText(seconds, BigInt(reader.u32()))
  }

  write(writer: Writer, value: string): void {
    const bits = timeBits(value)
    writer.u32(Number(bits >> 32n))
    writer.u32(Number(bits & (ERA - 1n)))
  }

  coerce(value: unknown, where: string): string {
    if (value === 0 || value === '0') return '0'
    if (typeof value === 'bigint' && value >= 0n && value < ERA * ERA) return timeText(value >> 32n, value & (ERA - 1n))
    const text =
      value instanceof Date
        ? (value.getTime() / 1000).toFixed(3)
        : typeof value === 'number' && Number.isFinite(value)
          ? value.toFixed(DECIMALS)
          : value
    if (typeof text === 'string' && TEXT.test(text)) {
      const bits = timeBits(text)
      return timeText(bits >> 32n, bits & (ERA - 1n))
    }
    throw new PacketError(
      `${where}: ${printed(value)} is no time; give seconds since 1970 (1700000000.25, or as text with ten decimals), a Date, or the 64 bits as a bigint`,
    )
  }

  empty(): string {
    return '0'
  }

  override show(value: string): string {
    return value === '0' ? '0' : `${value} (${dateText(value)})`
  }
}

/** A time of 64 bits: text with seconds since 1970 and ten decimals, `'0'` for none. A number or a Date may be given. */
export const timestamp = (): Field<string, string | number | bigint> =>
  new Field<string, string | number | bigint>(Kind.CODEC, 0, new TimestampCodec())

const SHORT = 65536

/** Seconds in 16 bits, the fraction in 16 more: a float holds them exactly. */
class ShortTimeCodec extends PlainValueCodec<number> {
  readonly kindName = 'seconds'
  readonly size = 4

  read(reader: Reader): number {
    return reader.u32() / SHORT
  }

  write(writer: Writer, value: number): void {
    writer.u32(Math.round(value * SHORT))
  }

  coerce(value: unknown, where: string): number {
    if (typeof value === 'number' && value >= 0 && Math.round(value * SHORT) < SHORT * SHORT)
      return Math.round(value * SHORT) / SHORT
    throw new PacketError(`${where}: ${printed(value)} is no number of seconds (0..65535.99998)`)
  }

  empty(): number {
    return 0
  }
}

/** Seconds with a fraction of 1/65536, as a number. */
export const shortTime = (): Field<number> => new Field<number>(Kind.CODEC, 0, new ShortTimeCodec())

/** A power of two in a signed byte. */
class PowerCodec extends SignedByteCodec {
  readonly kindName = 'exponent'
  protected readonly refusal = 'is no exponent'

  override show(value: number): string {
    return `${value} (2^${value} s)`
  }
}

/** Seconds as a power of two: the exponent, -128 to 127. */
export const powerOfTwo = (value: number): Field<number> =>
  new Field<number>(Kind.CODEC, 0, new PowerCodec() as Codec).default(value)

/** Four letters filled up with zeros, or bytes where they are none. */
class ClockCodec extends PlainValueCodec<string> {
  readonly kindName = 'text'
  readonly size = 4

  read(reader: Reader): string {
    const bytes = reader.bytes(4)
    let length = bytes.length
    while (length > 0 && bytes[length - 1] === 0) length--
    let text = ''
    for (const byte of bytes.subarray(0, length)) {
      if (byte < 33 || byte > 126 || byte === 0x5c)
        return `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, 4).toString('hex')}`
      text += String.fromCharCode(byte)
    }
    return text
  }

  write(writer: Writer, value: string): void {
    const bytes = value.startsWith('\\x') ? Buffer.from(value.slice(2), 'hex') : Buffer.from(value, 'latin1')
    writer.bytes(bytes)
    writer.reserve(4 - bytes.length)
  }

  coerce(value: unknown, where: string): string {
    if (typeof value === 'string' && (/^[!-[\]-~]{0,4}$/.test(value) || /^\\x[0-9a-f]{8}$/.test(value))) return value
    throw new PacketError(
      `${where}: ${printed(value)} is no clock's name of up to four letters such as 'GPS' ('\\x00000001' gives four bytes)`,
    )
  }

  empty(): string {
    return ''
  }
}

/** Name of a clock or a reason, up to four letters; `'\\x…'` with eight digits where the bytes are no letters. */
export const clockName = (): Field<string> => new Field<string>(Kind.CODEC, 0, new ClockCodec())
