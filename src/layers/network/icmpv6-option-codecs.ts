/** Values of neighbour discovery options that no other protocol writes this way. */
import {
  type AnyPacket,
  type Codec,
  Field,
  formatIpv6,
  Kind,
  PacketError,
  PlainValueCodec,
  parseIpv6,
  printed,
  quoted,
  Reader,
  toBytes,
  type Writer,
} from '../../packet/index.js'
import { canonicalName, readName, writeName } from '../services/dns-names.js'

/** The same field, filled up with zeros to the next multiple of 8 bytes of its layer. */
export function paddedTo8<T, In>(field: Field<T, In>): Field<T, In> {
  const inner = field.codec!
  const padded = Object.create(inner) as { -readonly [K in keyof Codec]: Codec[K] }
  padded.align = 8
  padded.write = (writer: Writer, value: unknown, packet: AnyPacket): void => {
    inner.write(writer, value, packet)
    while ((writer.length - writer.start) % 8 !== 0) writer.u8(0)
  }
  return new Field<T, In>(Kind.CODEC, 0, padded)
}

/** Domain names without compression, up to the padding. RFC 8106 §5.2. As text they are escaped like those of DNS. */
export class DomainListCodec implements Codec<string[]> {
  readonly kindName = 'domain names'
  read(reader: Reader): string[] {
    const names: string[] = []
    // A message that starts behind the names leaves pointers nothing to point to.
    const inner = new Reader(reader.buffer, reader.start, reader.position, reader.end)
    while (inner.left > 0 && inner.buffer[inner.position] !== 0) {
      const name = readName(inner, inner.end)
      if (inner.missing > 0) break
      names.push(name)
    }
    reader.position = reader.end
    return names
  }

  write(writer: Writer, names: string[]): void {
    for (const name of names) writeName(writer, name, false)
  }

  coerce(value: unknown, where: string): string[] {
    if (!Array.isArray(value)) throw new PacketError(`${where}: give a list of domain names such as ['example.com']`)
    return value.map((given: unknown) => {
      const name = canonicalName(given, where)
      if (name === '.') throw new PacketError(`${where}: the root ${printed(given)} is no domain to look names up in`)
      return name
    })
  }

  empty(): string[] {
    return []
  }

  show(names: string[]): string {
    return `[${names.join(', ')}]`
  }

  json(names: string[]): unknown {
    return names
  }

  parse(json: unknown): unknown {
    return json
  }

  command(names: string[]): string {
    return `[${names.map(quoted).join(', ')}]`
  }

  same(a: string[], b: string[]): boolean {
    return a.length === b.length && a.every((name, i) => name === b[i])
  }
}

/** The first 0, 8 or 16 bytes of an IPv6 address, as many as the option's length asks for; all when that is unset, if any. RFC 4191 §2.3. */
export class PrefixCodec extends PlainValueCodec<string> {
  readonly kindName = 'IPv6 prefix'
  read(reader: Reader): string {
    const address = new Uint8Array(16)
    address.set(reader.bytes(Math.min(16, reader.left)))
    return formatIpv6(address)
  }

  write(writer: Writer, value: string, packet: AnyPacket): void {
    const units = packet.raw('len') as number | undefined
    const plen = packet.raw('plen') as number
    const size = units === undefined ? (plen === 0 ? 0 : 16) : Math.min(16, Math.max(0, units - 1) * 8)
    writer.bytes(parseIpv6(value)!.subarray(0, size))
  }

  coerce(value: unknown, where: string): string {
    if (typeof value === 'string' && parseIpv6(value) !== undefined) return formatIpv6(parseIpv6(value)!)
    throw new PacketError(`${where}: ${String(value)} is no IPv6 address such as '2001:db8::'`)
  }

  empty(): string {
    return '::'
  }

  override show(value: string): string {
    return value
  }
}

/** Text up to the zeros that fill the option up. */
export class PaddedTextCodec extends PlainValueCodec<string> {
  readonly kindName = 'text'
  readonly isLossy = true
  private readonly decoder = new TextDecoder('utf-8', { ignoreBOM: true })

  read(reader: Reader): string {
    return this.decoder.decode(reader.rest()).replace(/\0+$/, '')
  }

  write(writer: Writer, value: string): void {
    writer.bytes(toBytes(value))
  }

  coerce(value: unknown, where: string): string {
    if (typeof value === 'string') return value
    throw new PacketError(`${where}: ${printed(value)} is no text`)
  }

  empty(): string {
    return ''
  }
}

/** The first 12 bytes of an IPv6 address. RFC 8781 §4. */
export class NatPrefixCodec extends PlainValueCodec<string> {
  readonly kindName = 'IPv6 prefix'

  read(reader: Reader): string {
    const address = new Uint8Array(16)
    address.set(reader.bytes(12))
    return formatIpv6(address)
  }

  write(writer: Writer, value: string): void {
    writer.bytes(parseIpv6(value)!.subarray(0, 12))
  }

  coerce(value: unknown, where: string): string {
    const address = typeof value === 'string' ? parseIpv6(value) : undefined
    if (address?.subarray(12).every((byte) => byte === 0)) return formatIpv6(address)
    throw new PacketError(`${where}: ${printed(value)} is no IPv6 prefix of at most 96 bits such as '64:ff9b::'`)
  }

  empty(): string {
    return '::'
  }

  override show(value: string): string {
    return value
  }
}
