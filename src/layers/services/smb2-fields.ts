/** Kinds of fields that SMB has: identifiers and times. */
import {
  Field,
  fromHex,
  Kind,
  PacketError,
  PlainValueCodec,
  printed,
  type Reader,
  toHex,
  type Writer,
} from '../../packet/index.js'

const GUID = /^([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})$/i
/** The first three parts stand with the lowest byte first. */
const GUID_ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]

/** A GUID as text: `d9fd9dd8-df92-45ec-8b26-0a8b3f4c0a3e`. [MS-DTYP] §2.3.4. */
class GuidCodec extends PlainValueCodec<string> {
  readonly kindName = 'GUID'
  readonly size = 16

  read(reader: Reader): string {
    const bytes = reader.bytes(16)
    if (bytes.length < 16) return this.empty()
    const hex = toHex(Uint8Array.from(GUID_ORDER, (from) => bytes[from]!))
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
  }

  write(writer: Writer, value: string): void {
    const bytes = fromHex(value)
    writer.bytes(Uint8Array.from(GUID_ORDER, (from) => bytes[from]!))
  }

  coerce(value: unknown, where: string): string {
    if (typeof value === 'string' && GUID.test(value)) return value.toLowerCase()
    throw new PacketError(`${where}: ${printed(value)} is no GUID such as 'd9fd9dd8-df92-45ec-8b26-0a8b3f4c0a3e'`)
  }

  empty(): string {
    return '00000000-0000-0000-0000-000000000000'
  }
}

export const guid = (): Field<string> => new Field<string>(Kind.CODEC, 0, new GuidCodec())

/** Text of two bytes a character, the lower first, to the end of its extent. */
export function utf16(bytes: Uint8Array): string {
  return new TextDecoder('utf-16le').decode(bytes)
}
