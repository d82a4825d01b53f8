/**
 * Loopback headers of BSD systems and macOS: the address family, in the byte order of the host that captured
 * (LINKTYPE_NULL), or in network order (LINKTYPE_LOOP, OpenBSD). tcpdump.org/linktypes.html.
 *
 *      4 bytes
 *   +-----------+--------
 *   |   type    | payload …
 *   +-----------+--------
 */
import {
  type AnyPacket,
  behave,
  Field,
  Kind,
  layer,
  PacketError,
  PlainValueCodec,
  type Reader,
  u32Enum,
  type Writer,
} from '../../packet/index.js'

/** Address families that systems write; IPv6 has a different number on each. */
const FAMILIES: Readonly<Record<number, string>> = {
  2: 'IPv4',
  7: 'OSI',
  10: 'IPv6Linux',
  23: 'IPX',
  24: 'IPv6BSD',
  28: 'IPv6FreeBSD',
  30: 'IPv6Darwin',
}

/** Families are small numbers: whichever byte order makes it one is the capturing host's. */
const LARGEST_FAMILY = 0xffff

/** A family number in either byte order; one that was read keeps its order when it is changed. */
class FamilyCodec extends PlainValueCodec<number> {
  readonly kindName = 'number'
  readonly size = 4
  private readonly plain = u32Enum(0, FAMILIES)

  read(reader: Reader): number {
    const at = reader.position
    return reader.need(4) ? this.skip(reader, littleEndian(reader.buffer, at)) : 0
  }

  private skip(reader: Reader, family: number): number {
    const value = family <= LARGEST_FAMILY ? family : swap(family)
    reader.position += 4
    return value
  }

  write(writer: Writer, value: number, packet: AnyPacket): void {
    const { _buffer: buffer, _offset: offset, _end: end } = packet
    const isSwapped = buffer !== null && offset + 4 <= end && littleEndian(buffer, offset) > LARGEST_FAMILY
    writer.u32(isSwapped ? value : swap(value))
  }

  coerce(value: unknown, where: string): number {
    const [layerName, name] = where.split('.') as [string, string]
    this.plain.layerName = layerName
    this.plain.name = name
    const family = this.plain.coerce(value) as number
    if (family > LARGEST_FAMILY)
      throw new PacketError(`${where}: ${family} is no address family (0..${LARGEST_FAMILY})`)
    return family
  }

  empty(): number {
    return 2
  }

  override show(value: number): string {
    return this.plain.show(value)
  }
}

function littleEndian(buffer: Uint8Array, at: number): number {
  return (buffer[at]! | (buffer[at + 1]! << 8) | (buffer[at + 2]! << 16) | (buffer[at + 3]! << 24)) >>> 0
}

function swap(value: number): number {
  return (((value & 0xff) << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0
}

export const Loopback = layer(
  'Loopback',
  () => ({ type: new Field<number, number | string>(Kind.CODEC, 32, new FamilyCodec()).default(2) }),
  'BSD loopback (LINKTYPE_NULL). type is the address family; read in either byte order, built little-endian.',
  'tcpdump.org/linktypes: LINKTYPE_NULL',
)

export const LoopbackBE = layer(
  'LoopbackBE',
  () => ({ type: u32Enum(2, FAMILIES) }),
  'OpenBSD loopback (LINKTYPE_LOOP). type is the address family in network order.',
  'tcpdump.org/linktypes: LINKTYPE_LOOP',
)

for (const each of [Loopback, LoopbackBE]) {
  behave(each, {
    headerLength: () => 4,
    summary: (me) => `${me.layerName} (${me.text('type')})`,
  })
}
