/** Texts in DNS records: character strings (a length byte first) and lists of types. RFC 1035 §3.3, RFC 4034 §4.1.2. */
import {
  type AnyPacket,
  type Codec,
  Field,
  Kind,
  PacketError,
  PlainValueCodec,
  printed,
  quoted,
  type Reader,
  toBytes,
  toHex,
  type Writer,
} from '../../packet/index.js'
import { typeName, typeNumber } from './dns-numbers.js'

const MAX_STRING = 255

/** The text that these bytes are in UTF-8, or undefined when they are none. */
export function textOf(bytes: Uint8Array): string | undefined {
  let ascii = true
  for (let i = 0; i < bytes.length && ascii; i++) ascii = bytes[i]! < 0x80
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (ascii) return view.toString('latin1')
  const text = view.toString('utf8')
  return view.equals(toBytes(text)) ? text : undefined
}

/** A text, or bytes where they are no UTF-8. */
export type CharacterString = string | Uint8Array

/** Characters that steer a terminal or hide: controls (ESC and the ones of 8 bits too), directions, line ends. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** A text from the network as it may be printed: what would steer the terminal stands as `\u001b`. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`)
}

/** Reads one character string. */
export function readString(reader: Reader): CharacterString {
  const bytes = reader.bytes(reader.u8())
  return textOf(bytes) ?? bytes
}

/** Writes one character string. @throws PacketError when it is longer than 255 bytes */
export function writeString(writer: Writer, value: CharacterString, where: string): void {
  const bytes = toBytes(value)
  if (bytes.length > MAX_STRING) {
    throw new PacketError(
      `${where}: a text of ${bytes.length} bytes; one text has at most ${MAX_STRING}, give a list of several`,
    )
  }
  writer.u8(bytes.length)
  writer.bytes(bytes)
}

/** Cuts bytes into character strings of the greatest length. */
export function inPieces(bytes: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = []
  for (let at = 0; at === 0 || at < bytes.length; at += MAX_STRING) pieces.push(bytes.subarray(at, at + MAX_STRING))
  return pieces
}

/** One text: with a length byte, or all that is left of the record. Bytes that are no UTF-8 make the record unreadable. */
class StringCodec extends PlainValueCodec<string> {
  readonly kindName = 'text'
  constructor(private readonly toEnd: boolean) {
    super()
  }

  read(reader: Reader): string {
    const text = this.toEnd ? textOf(reader.rest()) : readString(reader)
    if (typeof text === 'string') return text
    reader.fail('the text is no UTF-8')
    return ''
  }

  write(writer: Writer, value: string, packet: AnyPacket): void {
    if (this.toEnd) writer.bytes(toBytes(value))
    else writeString(writer, value, packet.layerName)
  }

  coerce(value: unknown, where: string): string {
    if (typeof value !== 'string') throw new PacketError(`${where}: ${printed(value)} is no text`)
    if (!this.toEnd && toBytes(value).length > MAX_STRING) {
      throw new PacketError(`${where}: takes at most ${MAX_STRING} bytes, ${toBytes(value).length} were given`)
    }
    return value
  }

  empty(): string {
    return ''
  }
}

/** A text of at most 255 bytes. */
export const characterString = (): Field<string> => new Field<string>(Kind.CODEC, 0, new StringCodec(false))
/** A text that goes on to the record's end. */
export const textToEnd = (): Field<string> => new Field<string>(Kind.CODEC, 0, new StringCodec(true))

const WINDOW = 256

/** Lists of types as bit maps in windows of 256. */
class TypeMapCodec implements Codec<string[]> {
  readonly kindName = 'record types'
  read(reader: Reader): string[] {
    const types: string[] = []
    let before = -1
    while (reader.left > 0 && reader.missing === 0) {
      const window = reader.u8()
      const bitmap = reader.bytes(reader.u8())
      // Only the one canonical form can be written back: the record else stays bytes.
      if (window <= before || bitmap.length === 0 || bitmap.length > WINDOW / 8 || bitmap.at(-1) === 0)
        reader.fail('the bit map of types is not canonical')
      before = window
      for (let bit = 0; bit < bitmap.length * 8; bit++) {
        if (bitmap[bit >>> 3]! & (0x80 >>> (bit & 7))) types.push(typeName(window * WINDOW + bit))
      }
    }
    return types
  }

  write(writer: Writer, types: string[]): void {
    const numbers = types.map((name) => typeNumber(name)!).sort((a, b) => a - b)
    for (let i = 0; i < numbers.length; ) {
      const window = numbers[i]! >>> 8
      const bitmap = new Uint8Array(WINDOW / 8)
      let last = 0
      for (; i < numbers.length && numbers[i]! >>> 8 === window; i++) {
        last = numbers[i]! & 0xff
        bitmap[last >>> 3]! |= 0x80 >>> (last & 7)
      }
      writer.u8(window)
      writer.u8((last >>> 3) + 1)
      writer.bytes(bitmap.subarray(0, (last >>> 3) + 1))
    }
  }

  coerce(value: unknown, where: string): string[] {
    if (!Array.isArray(value))
      throw new PacketError(`${where}: ${printed(value)} is no list of types such as ['A', 'NS']`)
    return value.map((type: unknown) => {
      const number = typeof type === 'string' ? typeNumber(type) : type
      if (typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= 0xffff)
        return typeName(number)
      throw new PacketError(
        `${where}: ${printed(type)} is no type of record; give a name such as 'MX' or a number (0..65535)`,
      )
    })
  }

  empty(): string[] {
    return []
  }

  show(value: string[]): string {
    return `[${value.join(' ')}]`
  }

  json(value: string[]): unknown {
    return value
  }

  parse(json: unknown): unknown {
    return json
  }

  command(value: string[]): string {
    return `[${value.map(quoted).join(', ')}]`
  }

  same(a: string[], b: string[]): boolean {
    return a.length === b.length && a.every((type, i) => type === b[i])
  }
}

/** The types that a name has, as names: `['A', 'NS', 'RRSIG']`. Numbers may be given too. */
export const typeMap = (): Field<string[], readonly (string | number)[]> =>
  new Field<string[], readonly (string | number)[]>(Kind.CODEC, 0, new TypeMapCodec())

/** JSON of a character string: text, or `{"hex": "…"}` where it is no UTF-8. */
export const stringJson = (value: CharacterString): unknown =>
  typeof value === 'string' ? value : { hex: toHex(value) }
