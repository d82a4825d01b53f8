/** Fields of BOOTP whose size is fixed and whose content is not: names, and the hardware address. */
import {
  type AnyPacket,
  bytesCommand,
  type Codec,
  Field,
  fromHex,
  Kind,
  PacketError,
  printed,
  quoted,
  type Reader,
  sameBytes,
  toHex,
  type Writer,
} from '../../packet/index.js'

/** Text of a fixed field, filled up with zeros; bytes where it holds more than text and zeros behind it. */
class PaddedTextCodec implements Codec<string | Uint8Array> {
  readonly kindName: string = 'text'
  constructor(readonly size: number) {}

  read(reader: Reader): string | Uint8Array {
    const bytes = reader.bytes(this.size)
    let length = bytes.length
    while (length > 0 && bytes[length - 1] === 0) length--
    for (let i = 0; i < length; i++) if (bytes[i]! < 32 || bytes[i]! > 126) return bytes
    return Buffer.from(bytes.buffer, bytes.byteOffset, length).toString('latin1')
  }

  write(writer: Writer, value: string | Uint8Array): void {
    const at = writer.reserve(this.size)
    writer.buffer.set(typeof value === 'string' ? Buffer.from(value) : value, at)
  }

  coerce(value: unknown, where: string): string | Uint8Array {
    const bytes = typeof value === 'string' ? Buffer.from(value) : value
    if (!(bytes instanceof Uint8Array)) throw new PacketError(`${where}: ${printed(value)} is no text`)
    if (bytes.length > this.size)
      throw new PacketError(`${where}: takes at most ${this.size} bytes, ${bytes.length} were given`)
    return value as string | Uint8Array
  }

  isSet(): boolean {
    return true
  }

  empty(): string {
    return ''
  }

  show(value: string | Uint8Array): string {
    return typeof value === 'string' ? quoted(value) : toHex(value)
  }

  json(value: string | Uint8Array): unknown {
    return typeof value === 'string' ? value : { hex: toHex(value) }
  }

  parse(json: unknown): unknown {
    const { hex } = (json ?? {}) as { hex?: unknown }
    return typeof hex === 'string' ? fromHex(hex) : json
  }

  command(value: string | Uint8Array): string {
    return typeof value === 'string' ? quoted(value) : bytesCommand(value)
  }

  same(a: string | Uint8Array, b: string | Uint8Array): boolean {
    return typeof a === 'string' || typeof b === 'string' ? a === b : sameBytes(a, b)
  }
}

/** Text in a field of so many bytes. */
export const paddedText = (size: number): Field<string | Uint8Array> =>
  new Field<string | Uint8Array>(Kind.CODEC, 0, new PaddedTextCodec(size))

/** The client's hardware address: a MAC address where the message says that it has 6 bytes and no more, else all 16 bytes. */
class HardwareAddressCodec extends PaddedTextCodec {
  override readonly kindName = 'hardware address'
  override read(reader: Reader, packet?: AnyPacket): string | Uint8Array {
    const bytes = reader.bytes(this.size)
    const isMac =
      packet?.raw('hlen') === 6 && bytes.length === this.size && bytes.subarray(6).every((byte) => byte === 0)
    return isMac ? macText(bytes) : bytes
  }

  override write(writer: Writer, value: string | Uint8Array): void {
    super.write(writer, typeof value === 'string' ? fromHex(value) : value)
  }

  override coerce(value: unknown, where: string): string | Uint8Array {
    if (typeof value !== 'string') return super.coerce(value, where)
    if (/^[0-9a-f]{1,2}([:-][0-9a-f]{1,2}){5}$/i.test(value))
      return value
        .toLowerCase()
        .split(/[:-]/)
        .map((part) => part.padStart(2, '0'))
        .join(':')
    throw new PacketError(`${where}: ${printed(value)} is no MAC address such as '02:00:00:00:00:01'; bytes work too`)
  }

  override empty(): string {
    return '00:00:00:00:00:00'
  }

  override show(value: string | Uint8Array): string {
    return typeof value === 'string' ? value : toHex(value)
  }

  override command(value: string | Uint8Array): string {
    return typeof value === 'string' ? quoted(value) : `hex('${toHex(value)}')`
  }
}

const macText = (bytes: Uint8Array): string => (toHex(bytes, 0, 6).match(/../g) ?? []).join(':')

/** Hardware address in 16 bytes. */
export const clientHardwareAddress = (): Field<string | Uint8Array> =>
  new Field<string | Uint8Array>(Kind.CODEC, 0, new HardwareAddressCodec(16))
