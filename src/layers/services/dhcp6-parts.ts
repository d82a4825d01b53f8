/** Parts of DHCPv6: names that need not be whole, link addresses, a message inside a message. RFC 8415, RFC 4704 §4.2. */
import {
  type AnyPacket,
  Field,
  fromHex,
  Kind,
  LayerListCodec,
  type LayerReference,
  Packet,
  PacketError,
  PlainValueCodec,
  packetFromJson,
  printed,
  Reader,
  stack,
  type Writer,
  writeNested,
} from '../../packet/index.js'
import { Raw } from '../raw.js'
import { canonicalName, readName, writeName } from './dns-names.js'
import { type TextOrBytes, TextOrBytesCodec } from './zero-text.js'

/** A name to the option's end; without a dot at its end where the root's zero byte is missing. */
class PartialNameCodec extends PlainValueCodec<string> {
  readonly kindName = 'domain name'

  read(reader: Reader): string {
    const bytes = reader.rest()
    if (bytes.length === 0) return ''
    const whole = new Reader(bytes, 0, 0, bytes.length)
    const name = readName(whole, 0)
    if (whole.missing === 0 && whole.left === 0) return name
    const closed = new Uint8Array(bytes.length + 1)
    closed.set(bytes)
    const partial = new Reader(closed, 0, 0, closed.length)
    const found = readName(partial, 0)
    if (partial.missing === 0 && partial.left === 0) return found.slice(0, -1)
    reader.fail('the name is none')
    return ''
  }

  write(writer: Writer, value: string): void {
    if (value === '') return
    const names = writer.names
    writer.names = null
    writeName(writer, canonicalName(value, 'fqdn'), false)
    writer.names = names
    if (!value.endsWith('.')) writer.length--
  }

  coerce(value: unknown, where: string): string {
    if (value === '') return ''
    const name = canonicalName(value, where)
    return String(value).endsWith('.') ? name : name.slice(0, -1)
  }

  empty(): string {
    return ''
  }
}

/** A domain name that may be a part of one: `'host'`, or whole with a dot at its end. */
export const partialName = (): Field<string> => new Field<string>(Kind.CODEC, 0, new PartialNameCodec())

const MAC_SIZE = 6

/** A link address to the end: as MAC address where it has six bytes. */
class LinkAddressCodec extends TextOrBytesCodec {
  readonly kindName = 'link address'

  read(reader: Reader): TextOrBytes {
    const bytes = reader.rest()
    if (bytes.length !== MAC_SIZE) return bytes
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':')
  }

  write(writer: Writer, value: TextOrBytes): void {
    writer.bytes(typeof value === 'string' ? fromHex(value) : value)
  }

  override coerce(value: unknown, where: string): TextOrBytes {
    if (value instanceof Uint8Array) return value
    if (typeof value === 'string' && /^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/i.test(value))
      return value.toLowerCase().replaceAll('-', ':')
    throw new PacketError(`${where}: ${printed(value)} is no MAC address such as '02:00:00:00:00:01'; bytes work too`)
  }

  override empty(): TextOrBytes {
    return '00:00:00:00:00:00'
  }
}

/** A link address of any length. */
export const linkAddress = (): Field<TextOrBytes> => new Field<TextOrBytes>(Kind.CODEC, 0, new LinkAddressCodec())

/** Relays inside relays, with their options, that are followed. */
const DEEPEST = 48

/** A whole message with its options, as a list of one packet. */
class MessageCodec extends LayerListCodec {
  override readonly kindName = 'message'
  constructor(private readonly message: (buffer: Uint8Array, start: number, end: number) => LayerReference) {
    super((reader) => message(reader.buffer, reader.position, reader.end), {}, true)
  }

  override read(reader: Reader, packet: AnyPacket): Packet[] {
    if (reader.left === 0) return []
    const { buffer, position, end } = reader
    reader.position = end
    // It stands for itself: what is behind it is no padding of its own. But messages inside messages have an end.
    const layer = packet._depth < DEEPEST ? this.message(buffer, position, end) : Raw
    const message = Packet._dissect(layer.definition, buffer, position, end, null)
    message._depth = packet._depth + 1
    return [message]
  }

  override write(writer: Writer, values: Packet[]): void {
    for (const value of values) writeNested(writer, value)
  }

  override show(values: Packet[]): string {
    return `[${values.map((value) => value.command()).join(', ')}]`
  }

  /** The layers of each message as a list of their own. */
  override command(values: Packet[]): string {
    return `[${values.map((value) => `[${value.layers().map(aloneCommand).join(', ')}]`).join(', ')}]`
  }

  override coerce(value: unknown, where: string): Packet[] {
    return (Array.isArray(value) ? value : [value]).map((given: unknown) => {
      if (Array.isArray(given) && given.length > 0) return stack(...(given as [Packet, ...Packet[]]))
      if (given instanceof Packet) return given
      throw new PacketError(
        `${where}: ${printed(given)} is no message; give a packet such as DHCP6_Solicit(), or the list of its layers`,
      )
    })
  }

  override json(values: Packet[]): unknown {
    return values.map((value) => value.toJSON().layers)
  }

  override parse(json: unknown): unknown {
    return Array.isArray(json) ? json.map((layers: unknown) => packetFromJson({ layers })) : json
  }

  override same(a: Packet[], b: Packet[]): boolean {
    return (
      a.length === b.length &&
      a.every((value, i) => {
        const other = b[i]!
        return value._offset === other._offset && value._buffer === other._buffer && value.layers().every(isAsRead)
      })
    )
  }
}

/** Whether nothing of a layer was changed; bytes that nobody understood have nothing that could be changed in place. */
function isAsRead(layer: Packet): boolean {
  return layer._layer.isOpaque ? layer._values === null : layer._isUntouched()
}

/** JavaScript that gives one layer without what is inside it. */
function aloneCommand(layer: Packet): string {
  const alone = layer.copy()
  alone.payload = null
  return alone.command()
}

/** A message inside an option: a list of one packet. */
export const messageInside = (
  message: (buffer: Uint8Array, start: number, end: number) => LayerReference,
): Field<Packet[], readonly unknown[] | Packet> =>
  new Field<Packet[], readonly unknown[] | Packet>(Kind.CODEC, 0, new MessageCodec(message))
