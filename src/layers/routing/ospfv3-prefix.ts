/** Prefixes of OSPF version 3: the first words of an IPv6 address, as many as the prefix's length needs. RFC 5340 §A.4.1. */
import {
  type AnyPacket,
  Field,
  formatIpv6,
  Kind,
  PacketError,
  PlainValueCodec,
  parseIpv6,
  printed,
  type Reader,
  type Writer,
} from '../../packet/index.js'

class PrefixCodec extends PlainValueCodec<string> {
  readonly kindName = 'IPv6 prefix'
  constructor(private readonly lengthField: string) {
    super()
  }

  private byteCount(packet: AnyPacket): number {
    return (((packet.raw(this.lengthField) as number) + 31) >>> 5) << 2
  }

  read(reader: Reader, packet: AnyPacket): string {
    const address = new Uint8Array(16)
    const size = this.byteCount(packet)
    if (size > 16) reader.fail(`a prefix of ${packet.raw(this.lengthField)} bits`)
    else address.set(reader.bytes(size))
    return formatIpv6(address)
  }

  write(writer: Writer, value: string, packet: AnyPacket): void {
    writer.bytes(parseIpv6(value)!.subarray(0, this.byteCount(packet)))
  }

  coerce(value: unknown, where: string): string {
    const bytes = typeof value === 'string' ? parseIpv6(value) : undefined
    if (bytes !== undefined) return formatIpv6(bytes)
    throw new PacketError(
      `${where}: ${printed(value)} is no IPv6 address such as '2001:db8::'; its length stands in ${this.lengthField}`,
    )
  }

  empty(): string {
    return '::'
  }

  override show(value: string): string {
    return value
  }
}

/** A prefix as an address, of as many bits as the other field says. */
export const prefixBy = (lengthField: string): Field<string> =>
  new Field<string>(Kind.CODEC, 0, new PrefixCodec(lengthField))
