/** Addresses of IPv4 or IPv6 as text, where a protocol has either. */
import {
  type AnyPacket,
  type Codec,
  Field,
  formatIpv4,
  formatIpv6,
  Kind,
  PacketError,
  PlainValueCodec,
  parseIpv4,
  parseIpv6,
  printed,
  quoted,
  type Reader,
  type Writer,
} from '../../packet/index.js'

/** The text of an address as it is always written. @throws PacketError */
export function canonicalAddress(value: unknown, where: string): string {
  if (typeof value === 'string') {
    const number = parseIpv4(value)
    if (number >= 0) return formatIpv4(number)
    const bytes = parseIpv6(value)
    if (bytes !== undefined) return formatIpv6(bytes)
  }
  throw new PacketError(`${where}: ${printed(value)} is no address such as '10.0.0.1' or 'fe80::1'`)
}

/** Reads an address of 4 or 16 bytes. */
export function readAddress(reader: Reader, size: number): string {
  if (size === 4) return formatIpv4(reader.u32())
  const bytes = reader.bytes(16)
  return bytes.length === 16 ? formatIpv6(bytes) : '::'
}

/** Writes an address; its text tells the family. */
export function writeAddress(writer: Writer, address: string): void {
  const number = parseIpv4(address)
  if (number >= 0) writer.u32(number)
  else writer.bytes(parseIpv6(address)!)
}

/** One address; the packet tells of how many bytes, undefined for an address that nothing can be known of. */
class AddressCodec extends PlainValueCodec<string> {
  readonly kindName = 'address'
  constructor(
    private readonly sizeOf: (packet: AnyPacket) => 4 | 16 | undefined,
    private readonly unset: string,
  ) {
    super()
  }

  read(reader: Reader, packet: AnyPacket): string {
    const size = this.sizeOf(packet)
    if (size !== undefined) return readAddress(reader, size)
    reader.fail('an address of an unknown family')
    return this.unset
  }

  write(writer: Writer, value: string): void {
    writeAddress(writer, value)
  }

  coerce(value: unknown, where: string): string {
    return canonicalAddress(value, where)
  }

  empty(): string {
    return this.unset
  }

  override show(value: string): string {
    return value
  }
}

/** A field with an address of either family. */
export const address = (sizeOf: (packet: AnyPacket) => 4 | 16 | undefined, unset = '0.0.0.0'): Field<string> =>
  new Field<string>(Kind.CODEC, 0, new AddressCodec(sizeOf, unset))

class AddressListCodec implements Codec<string[]> {
  readonly kindName = 'addresses'
  constructor(
    private readonly countField: string,
    private readonly sizeOf: (packet: AnyPacket) => 4 | 16,
  ) {}

  read(reader: Reader, packet: AnyPacket): string[] {
    const addresses: string[] = []
    const size = this.sizeOf(packet)
    const count = packet.raw(this.countField) as number
    for (let i = 0; i < count && reader.need(size); i++) addresses.push(readAddress(reader, size))
    return addresses
  }

  write(writer: Writer, addresses: string[]): void {
    for (const each of addresses) writeAddress(writer, each)
  }

  coerce(value: unknown, where: string): string[] {
    if (!Array.isArray(value)) throw new PacketError(`${where}: ${printed(value)} is no list of addresses`)
    return value.map((each: unknown) => canonicalAddress(each, where))
  }

  empty(): string[] {
    return []
  }

  show(addresses: string[]): string {
    return `[${addresses.join(', ')}]`
  }

  json(addresses: string[]): unknown {
    return addresses
  }

  parse(json: unknown): unknown {
    return json
  }

  command(addresses: string[]): string {
    return `[${addresses.map(quoted).join(', ')}]`
  }

  same(a: string[], b: string[]): boolean {
    return a.length === b.length && a.every((each, i) => each === b[i])
  }
}

/** A field with as many addresses as another field says, each of as many bytes as the packet tells. */
export const addressList = (
  countField: string,
  sizeOf: (packet: AnyPacket) => 4 | 16,
): Field<string[], readonly string[]> =>
  new Field<string[], readonly string[]>(Kind.CODEC, 0, new AddressListCodec(countField, sizeOf))
