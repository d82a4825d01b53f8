/** Values of neighbour discovery options that no other protocol writes this way. */
import {
  type AnyPacket,
  type Codec,
  Field,
  formatIpv6,
  Kind,
  PacketError,
  parseIpv6,
  type Reader,
  type Writer,
} from '../packet/index.js'

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

/** Longest domain name, in bytes. RFC 1035 §2.3.4. */
const MAX_NAME = 255

/** Domain names without compression, up to the padding. RFC 8106 §5.2. */
export class DomainListCodec implements Codec<string[]> {
  read(reader: Reader): string[] {
    const names: string[] = []
    while (reader.left > 0 && reader.buffer[reader.position] !== 0) {
      const name = readName(reader)
      if (name === undefined) break
      names.push(name)
    }
    reader.position = reader.end
    return names
  }

  write(writer: Writer, names: string[]): void {
    for (const name of names) {
      for (const label of labelsOf(name)) {
        writer.u8(label.length)
        writer.bytes(label)
      }
      writer.u8(0)
    }
  }

  coerce(value: unknown, where: string): string[] {
    if (!Array.isArray(value) || !value.every((name): name is string => typeof name === 'string')) {
      throw new PacketError(`${where}: give a list of domain names such as ['example.com']`)
    }
    for (const name of value) {
      const labels = labelsOf(name)
      if (
        labels.length === 0 ||
        labels.some((label) => label.length === 0 || label.length > 63) ||
        name.length > MAX_NAME
      ) {
        throw new PacketError(
          `${where}: '${name}' is no domain name: labels have 1 to 63 bytes, all together ${MAX_NAME}`,
        )
      }
    }
    return value.map((name) => (name.endsWith('.') ? name : `${name}.`))
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
    return JSON.stringify(names).replaceAll('"', "'")
  }

  same(a: string[], b: string[]): boolean {
    return a.length === b.length && a.every((name, i) => name === b[i])
  }
}

function readName(reader: Reader): string | undefined {
  let name = ''
  while (reader.left > 0) {
    const length = reader.u8()
    if (length === 0) return name
    if (length > 63 || length > reader.left) return undefined
    name += `${Buffer.from(reader.bytes(length)).toString('latin1')}.`
  }
  return undefined
}

function labelsOf(name: string): Uint8Array[] {
  const text = name.endsWith('.') ? name.slice(0, -1) : name
  return text === '' ? [] : text.split('.').map((label) => Buffer.from(label, 'latin1'))
}

/** The first 0, 8 or 16 bytes of an IPv6 address, as many as the option's length asks for; all when that is unset, if any. RFC 4191 §2.3. */
export class PrefixCodec implements Codec<string> {
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

  show(value: string): string {
    return value
  }

  json(value: string): unknown {
    return value
  }

  parse(json: unknown): unknown {
    return json
  }

  command(value: string): string {
    return `'${value}'`
  }

  same(a: string, b: string): boolean {
    return a === b
  }
}
