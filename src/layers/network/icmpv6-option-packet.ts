/** A packet inside an option: what the redirected header of neighbour discovery quotes. RFC 4861 §4.6.3. */
import {
  bytesCommand,
  type Codec,
  dissect,
  Field,
  fromHex,
  Kind,
  Packet,
  PacketError,
  packetFromJson,
  printed,
  type Reader,
  sameBytes,
  toBytes,
  type Writer,
} from '../../packet/index.js'
import { Raw } from '../raw.js'
import { IPv6error } from './ipv6.js'

const UNIT = 8
const VERSION = 6
/** Bytes of a header of IPv6. */
const HEADER = 40

/** The packet that these bytes are: IPv6 as far as it is quoted, or bytes. */
function packetIn(bytes: Uint8Array): Packet {
  return bytes.length >= HEADER && bytes[0]! >>> 4 === VERSION ? dissect(IPv6error, bytes) : dissect(Raw, bytes)
}

/** A list of no packet or one, whose bytes are filled up with zeros to a multiple of 8. */
class QuotedPacketCodec implements Codec<Packet[]> {
  readonly kindName = 'packet'
  readonly align = UNIT

  read(reader: Reader): Packet[] {
    const bytes = reader.rest()
    return bytes.length === 0 ? [] : [packetIn(bytes)]
  }

  write(writer: Writer, value: Packet[]): void {
    for (const packet of value) writer.bytes(packet.bytes())
    while ((writer.length - writer.start) % UNIT !== 0) writer.u8(0)
  }

  coerce(value: unknown, where: string): Packet[] {
    const given = Array.isArray(value) ? value : [value]
    if (given.length > 1) throw new PacketError(`${where}: takes one packet, ${given.length} were given`)
    return given.map((each: unknown) => {
      if (each instanceof Packet) return each
      if (typeof each === 'string' || each instanceof Uint8Array) return packetIn(toBytes(each))
      throw new PacketError(
        `${where}: ${printed(each)} is no packet; give one such as IPv6({ dst: 'fd00::1' }), or bytes`,
      )
    })
  }

  empty(): Packet[] {
    return []
  }

  show(value: Packet[]): string {
    return `[${value.map((packet) => packet.summary()).join(', ')}]`
  }

  json(value: Packet[]): unknown {
    return value.map((packet) => packet.toJSON().layers)
  }

  parse(json: unknown): unknown {
    if (typeof json === 'string') return fromHex(json)
    return Array.isArray(json) ? json.map((layers: unknown) => packetFromJson({ layers })) : json
  }

  command(value: Packet[]): string {
    // As bytes: they are read as the same packet.
    return `[${value.map((packet) => bytesCommand(packet.bytes())).join(', ')}]`
  }

  same(a: Packet[], b: Packet[]): boolean {
    return a.length === b.length && a.every((packet, i) => sameBytes(packet.bytes(), b[i]!.bytes()))
  }
}

/** A whole packet as the value of a field: give a packet or bytes; it reads as a list of it. */
export function quotedPacket(): Field<Packet[], Packet | readonly Packet[] | Uint8Array | string> {
  return new Field<Packet[], Packet | readonly Packet[] | Uint8Array | string>(
    Kind.CODEC,
    0,
    new QuotedPacketCodec() as Codec,
  )
}
