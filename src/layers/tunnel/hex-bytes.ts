import type { AnyPacket } from '../../packet/index.js'
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

/** Bytes that are no text and no number, such as identifiers and signatures: read as hexadecimal text. */
class HexBytesCodec extends PlainValueCodec<string> {
  readonly kindName = 'hexadecimal'
  readonly size: number | undefined

  constructor(private readonly extent: number | ((packet: AnyPacket) => number)) {
    super()
    this.size = typeof extent === 'number' ? extent : undefined
  }

  read(reader: Reader, packet: AnyPacket): string {
    return toHex(reader.bytes(typeof this.extent === 'number' ? this.extent : this.extent(packet)))
  }

  write(writer: Writer, value: string): void {
    writer.bytes(fromHex(value))
  }

  coerce(value: unknown, where: string): string {
    const bytes = this.bytesOf(value, where)
    if (this.size === undefined || bytes.length === this.size) return toHex(bytes)
    throw new PacketError(`${where}: takes ${this.size} bytes (${this.size * 2} digits), ${bytes.length} were given`)
  }

  private bytesOf(value: unknown, where: string): Uint8Array {
    if (value instanceof Uint8Array) return value
    if (typeof value !== 'string')
      throw new PacketError(
        `${where}: ${printed(value)} is no bytes; give hexadecimal text such as '78dd5d8a', or bytes`,
      )
    try {
      return fromHex(value)
    } catch (error) {
      throw new PacketError(`${where}: ${(error as Error).message}`)
    }
  }

  empty(): string {
    return '00'.repeat(this.size ?? 0)
  }

  override show(value: string): string {
    return value === '' ? "''" : value
  }
}

/** Bytes read and given as hexadecimal text: a fixed number of them, or as many as a function says. */
export function hexBytes(extent: number | ((packet: AnyPacket) => number)): Field<string, string | Uint8Array> {
  return new Field<string, string | Uint8Array>(Kind.CODEC, 0, new HexBytesCodec(extent))
}
