/** The fields of radiotap's further present words: what each antenna received, mostly. radiotap.org, "Radiotap". */
import {
  type AnyPacket,
  bytesCommand,
  type Codec,
  closest,
  Field,
  fromHex,
  Kind,
  PacketError,
  printed,
  quoted,
  type Reader,
  toHex,
  type Writer,
} from '../../packet/index.js'
import { PRESENT, SIZES } from './radiotap-numbers.js'

/** A field of a further present word: its name, and its number, or its bytes where it is longer than two. */
export type RadioTapExtra = readonly [name: string, value: number | Uint8Array]

const RADIOTAP_NAMESPACE = 29
const VENDOR_NAMESPACE = 30
/** dBm are signed. */
const SIGNED: ReadonlySet<string> = new Set(['dBm_AntSignal', 'dBm_AntNoise', 'dBm_TX_Power'])

/** Whether a bit of a present word is set. */
export const isPresent = (word: number, bit: number): boolean => ((word >>> bit) & 1) === 1

const wordAt = (buffer: Uint8Array, at: number): number =>
  (buffer[at]! | (buffer[at + 1]! << 8) | (buffer[at + 2]! << 16) | (buffer[at + 3]! << 24)) >>> 0

/** Number of present words behind the first one of a dissected header. */
export function furtherWords(me: AnyPacket): number {
  const buffer = me._buffer!
  let at = me._offset + 4
  let count = 0
  while (at + 8 <= me._end && isPresent(wordAt(buffer, at), 31)) {
    at += 4
    count++
  }
  return count
}

/** The fields that follow those of the first word, by the words behind it; what cannot be told (a vendor's) is left. */
class ExtrasCodec implements Codec<RadioTapExtra[]> {
  readonly kindName = 'fields of further present words'
  readonly isLossy = true

  read(reader: Reader, packet: AnyPacket): RadioTapExtra[] {
    const extras: RadioTapExtra[] = []
    let before = packet._stored(packet._layer.indexOf('present')) as number
    const words = packet._stored(packet._layer.indexOf('Ext')) as (string | number)[]
    for (const given of words ?? []) {
      const word = packet._layer.fields[packet._layer.indexOf('present')]!.coerce(given) as number
      // A word that starts no radiotap namespace again has bits that are not defined.
      if (!isPresent(before, RADIOTAP_NAMESPACE) || isPresent(before, VENDOR_NAMESPACE)) break
      if (!readWord(reader, word, extras)) break
      before = word
    }
    return extras
  }

  write(writer: Writer, extras: RadioTapExtra[]): void {
    for (const [name, value] of extras) {
      const [align, size] = SIZES[PRESENT.indexOf(name as (typeof PRESENT)[number])]!
      writer.reserve((align - ((writer.length - writer.start) % align)) % align)
      const at = writer.reserve(size)
      if (typeof value === 'number') for (let i = 0; i < size; i++) writer.buffer[at + i] = value >> (8 * i)
      else writer.buffer.set(value.subarray(0, size), at)
    }
  }

  coerce(value: unknown, where: string): RadioTapExtra[] {
    if (!Array.isArray(value))
      throw new PacketError(`${where}: ${printed(value)} is no list such as [['dBm_AntSignal', -50]]`)
    return value.map((given: unknown) => {
      const [name, content] = (Array.isArray(given) ? given : [given]) as [unknown, unknown]
      const bit = PRESENT.indexOf(name as (typeof PRESENT)[number])
      if (bit < 0 || bit >= SIZES.length) {
        const near = typeof name === 'string' ? closest(name, PRESENT.slice(0, SIZES.length)) : undefined
        throw new PacketError(
          `${where}: no field ${printed(name)}${near === undefined ? '' : `; did you mean '${near}'?`}`,
        )
      }
      const size = SIZES[bit]![1]
      if (content instanceof Uint8Array && content.length === size) return [name as string, content] as const
      const limit = 256 ** size
      if (size <= 2 && Number.isInteger(content) && (content as number) >= -limit / 2 && (content as number) < limit)
        return [name as string, content as number] as const
      throw new PacketError(
        `${where} ${name}: ${printed(content)} is no ${size <= 2 ? `number of ${size}` : `byte string of ${size}`} bytes`,
      )
    })
  }

  empty(): RadioTapExtra[] {
    return []
  }

  show(extras: RadioTapExtra[]): string {
    return `[${extras.map(([name, value]) => `${name} ${typeof value === 'number' ? value : toHex(value)}`).join(', ')}]`
  }

  json(extras: RadioTapExtra[]): unknown {
    return extras.map(([name, value]) => [name, typeof value === 'number' ? value : toHex(value)])
  }

  parse(json: unknown): unknown {
    if (!Array.isArray(json)) return json
    return json.map((extra: unknown) =>
      Array.isArray(extra) && typeof extra[1] === 'string' ? [extra[0], fromHex(extra[1])] : extra,
    )
  }

  command(extras: RadioTapExtra[]): string {
    return `[${extras
      .map(([name, value]) => `[${quoted(name)}, ${typeof value === 'number' ? value : bytesCommand(value)}]`)
      .join(', ')}]`
  }

  same(a: RadioTapExtra[], b: RadioTapExtra[]): boolean {
    return this.command(a) === this.command(b)
  }
}

/** Reads the fields of one present word; false where the header ends or what follows is not known. */
function readWord(reader: Reader, word: number, extras: RadioTapExtra[]): boolean {
  for (let bit = 0; bit < SIZES.length; bit++) {
    if (!isPresent(word, bit)) continue
    const [align, size] = SIZES[bit]!
    const gap = (align - ((reader.position - reader.start) % align)) % align
    if (reader.left < gap + size) return false
    reader.position += gap
    const bytes = reader.bytes(size)
    const name = PRESENT[bit]!
    if (size > 2) extras.push([name, bytes])
    else if (SIGNED.has(name)) extras.push([name, (bytes[0]! << 24) >> 24])
    else extras.push([name, size === 1 ? bytes[0]! : bytes[0]! | (bytes[1]! << 8)])
  }
  return !isPresent(word, 28)
}

/** What the further present words announce: `[['dBm_AntSignal', -56], ['Antenna', 0], …]`, antenna by antenna. */
export const extras = (): Field<RadioTapExtra[], readonly RadioTapExtra[]> =>
  new Field<RadioTapExtra[], readonly RadioTapExtra[]>(Kind.CODEC, 0, new ExtrasCodec())
