/** Data of the records that have one value: addresses, names, texts, and bytes for the types that no layer knows. */
import {
  type AnyPacket,
  type Codec,
  escapeBytes,
  Field,
  formatIpv4,
  formatIpv6,
  fromHex,
  Kind,
  PacketError,
  parseIpv4,
  parseIpv6,
  printed,
  quoted,
  Reader,
  sameBytes,
  toBytes,
  toHex,
  type Writer,
} from '../../packet/index.js'
import { canonicalName, messageStart, readName, writeName } from './dns-names.js'
import { COMPRESSED_TYPES, NAME_TYPES, TEXT_TYPES, TYPE_A, TYPE_AAAA, typeName } from './dns-numbers.js'
import { type CharacterString, inPieces, readString, stringJson, writeString } from './dns-texts.js'

/** Address or name as text, a list of texts (TXT), or bytes. */
export type Rdata = string | CharacterString[] | Uint8Array

/** Reads and writes by the record's type. What does not read as its type says stays bytes, which any type takes. */
class RdataCodec implements Codec<Rdata> {
  readonly kindName = 'by type'
  read(reader: Reader, packet: AnyPacket): Rdata {
    const length = packet._stored(packet._layer.indexOf('rdlen')) as number
    const at = reader.position
    const bytes = reader.bytes(length)
    if (reader.missing > 0 || length === 0) return bytes
    const type = packet._stored(packet._layer.indexOf('type')) as number
    if (type === TYPE_A)
      return length === 4
        ? formatIpv4(((bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!) >>> 0)
        : bytes
    if (type === TYPE_AAAA) return length === 16 ? formatIpv6(bytes, 0) : bytes
    const isName = NAME_TYPES.has(type)
    if (!isName && !TEXT_TYPES.has(type)) return bytes
    const inner = new Reader(reader.buffer, reader.start, at, at + length)
    const value = isName ? readName(inner, messageStart(packet)) : readStrings(inner)
    return inner.missing > 0 || inner.left > 0 ? bytes : value
  }

  write(writer: Writer, value: Rdata, packet: AnyPacket): void {
    const type = packet.raw('type') as number
    if (value instanceof Uint8Array) writer.bytes(value)
    else if (typeof value !== 'string') for (const text of value) writeString(writer, text, `${packet.layerName}.rdata`)
    else if (NAME_TYPES.has(type))
      writeName(writer, canonicalName(value, `${packet.layerName}.rdata`), COMPRESSED_TYPES.has(type))
    else if (TEXT_TYPES.has(type))
      for (const piece of inPieces(toBytes(value))) writeString(writer, piece, `${packet.layerName}.rdata`)
    else writer.bytes(addressBytes(type, value) ?? toBytes(value))
  }

  coerce(value: unknown, where: string): Rdata {
    if (typeof value === 'string' || value instanceof Uint8Array) return value
    if (Array.isArray(value) && value.every((text) => typeof text === 'string' || text instanceof Uint8Array))
      return [...(value as CharacterString[])]
    throw new PacketError(
      `${where}: ${printed(value)} is no record data; give an address, a name, a list of texts, or bytes`,
    )
  }

  empty(): Rdata {
    return new Uint8Array(0)
  }

  show(value: Rdata): string {
    if (typeof value === 'string') return quoted(value)
    return value instanceof Uint8Array
      ? `'${escapeBytes(value)}'`
      : `[${value.map((text) => (typeof text === 'string' ? quoted(text) : `'${escapeBytes(text)}'`)).join(', ')}]`
  }

  json(value: Rdata): unknown {
    if (typeof value === 'string') return value
    return value instanceof Uint8Array ? toHex(value) : value.map(stringJson)
  }

  /** Addresses and names have a dot or a colon, which hexadecimal has not. */
  parse(json: unknown): unknown {
    if (Array.isArray(json))
      return json.map((text: { hex?: string } | string) => (typeof text === 'object' ? fromHex(text.hex ?? '') : text))
    return typeof json === 'string' && /^(?:[0-9a-f]{2})*$/i.test(json) ? fromHex(json) : json
  }

  command(value: Rdata): string {
    const one = (text: CharacterString): string => (typeof text === 'string' ? quoted(text) : `hex('${toHex(text)}')`)
    return Array.isArray(value) ? `[${value.map(one).join(', ')}]` : one(value as CharacterString)
  }

  same(a: Rdata, b: Rdata): boolean {
    if (Array.isArray(a))
      return Array.isArray(b) && a.length === b.length && a.every((text, i) => sameBytes(toBytes(text), toBytes(b[i]!)))
    return a instanceof Uint8Array ? b instanceof Uint8Array && sameBytes(a, b) : a === b
  }
}

function readStrings(reader: Reader): CharacterString[] {
  const texts: CharacterString[] = []
  while (reader.left > 0 && reader.missing === 0) texts.push(readString(reader))
  return texts
}

/** @throws PacketError when the type wants an address and the text is none */
function addressBytes(type: number, text: string): Uint8Array | undefined {
  if (type === TYPE_A) {
    const address = parseIpv4(text)
    if (address >= 0) return Uint8Array.of(address >>> 24, address >>> 16, address >>> 8, address)
  } else if (type === TYPE_AAAA) {
    const address = parseIpv6(text)
    if (address !== undefined) return address
  } else return undefined
  const [what, example] = type === TYPE_A ? ['IPv4', '192.0.2.1'] : ['IPv6', '2001:db8::1']
  throw new PacketError(
    `DNSRR.rdata: ${printed(text)} is no ${what} address such as '${example}', which a record of type ${typeName(type)} has; set type`,
  )
}

/** The data of a record: its type tells what it may be. */
export const rdata = (): Field<Rdata, string | Uint8Array | readonly CharacterString[]> =>
  new Field<Rdata, string | Uint8Array | readonly CharacterString[]>(Kind.CODEC, 0, new RdataCodec())
