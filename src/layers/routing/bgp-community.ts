/** Communities of BGP as text: `65001:100`, `no-export`, `64496:1:2`. RFC 1997, RFC 8092, RFC 4360. */
import {
  type AnyPacket,
  Field,
  formatIpv4,
  fromHex,
  Kind,
  PacketError,
  PlainValueCodec,
  parseIpv4,
  printed,
  type Reader,
  toHex,
  type Writer,
} from '../../packet/index.js'

/** IANA, "BGP Well-known Communities". */
const WELL_KNOWN: Readonly<Record<string, number>> = {
  'graceful-shutdown': 0xffff0000,
  'accept-own': 0xffff0001,
  'long-lived-stale': 0xffff0006,
  'no-long-lived-graceful-restart': 0xffff0007,
  blackhole: 0xffff029a,
  'no-export': 0xffffff01,
  'no-advertise': 0xffffff02,
  'no-export-subconfed': 0xffffff03,
  'no-peer': 0xffffff04,
}

function wellKnownName(value: number): string | undefined {
  return Object.keys(WELL_KNOWN).find((name) => WELL_KNOWN[name] === value)
}

/** Whole numbers of a text with colons, each at most its limit; undefined for anything else. */
function parts(text: unknown, ...limits: number[]): number[] | undefined {
  if (typeof text !== 'string' || !/^\d+(:\d+)*$/.test(text)) return undefined
  const numbers = text.split(':').map(Number)
  return numbers.length === limits.length && numbers.every((each, i) => each <= limits[i]!) ? numbers : undefined
}

class CommunityCodec extends PlainValueCodec<string> {
  readonly kindName = 'community'
  readonly size = 4
  read(reader: Reader): string {
    const value = reader.u32()
    return wellKnownName(value) ?? `${value >>> 16}:${value & 0xffff}`
  }

  write(writer: Writer, value: string): void {
    const known = WELL_KNOWN[value]
    const [high, low] = known === undefined ? parts(value, 0xffff, 0xffff)! : [known >>> 16, known & 0xffff]
    writer.u16(high!)
    writer.u16(low!)
  }

  coerce(value: unknown, where: string): string {
    const text = typeof value === 'number' ? `${value >>> 16}:${value & 0xffff}` : value
    if (typeof text === 'string' && Object.hasOwn(WELL_KNOWN, text)) return text
    const numbers = parts(text, 0xffff, 0xffff)
    if (numbers === undefined)
      throw new PacketError(
        `${where}: ${printed(value)} is no community such as '65001:100' or ${Object.keys(WELL_KNOWN).join(' ')}`,
      )
    return wellKnownName(numbers[0]! * 0x10000 + numbers[1]!) ?? `${numbers[0]}:${numbers[1]}`
  }

  empty(): string {
    return '0:0'
  }

  override show(value: string): string {
    return value
  }
}

class LargeCommunityCodec extends PlainValueCodec<string> {
  readonly kindName = 'large community'
  readonly size = 12
  read(reader: Reader): string {
    return `${reader.u32()}:${reader.u32()}:${reader.u32()}`
  }

  write(writer: Writer, value: string): void {
    for (const each of value.split(':')) writer.u32(Number(each))
  }

  coerce(value: unknown, where: string): string {
    const numbers = parts(value, 0xffffffff, 0xffffffff, 0xffffffff)
    if (numbers === undefined)
      throw new PacketError(`${where}: ${printed(value)} is no large community such as '64496:1:2'`)
    return numbers.join(':')
  }

  empty(): string {
    return '0:0:0'
  }

  override show(value: string): string {
    return value
  }
}

/** What the six bytes of an extended community are, by its first type: `65001:100`, `10.0.0.1:5`, `70000:5`, else `0x…`. */
class ExtendedValueCodec extends PlainValueCodec<string> {
  readonly kindName = 'extended community'
  readonly size = 6
  read(reader: Reader, packet: AnyPacket): string {
    const form = (packet.raw('type_high') as number) & 0x3f
    if (form === 0) return `${reader.u16()}:${reader.u32()}`
    if (form === 1) return `${formatIpv4(reader.u32())}:${reader.u16()}`
    if (form === 2) return `${reader.u32()}:${reader.u16()}`
    return `0x${toHex(reader.bytes(6))}`
  }

  write(writer: Writer, value: string, packet: AnyPacket): void {
    if (value.startsWith('0x')) {
      writer.bytes(fromHex(value))
      return
    }
    const form = (packet.raw('type_high') as number) & 0x3f
    const [first, second] = value.split(':') as [string, string]
    const address = parseIpv4(first)
    if (address >= 0) writer.u32(address)
    else if (form === 2) writer.u32(Number(first))
    else writer.u16(Number(first))
    if (address < 0 && form !== 2) writer.u32(Number(second))
    else writer.u16(Number(second))
  }

  coerce(value: unknown, where: string): string {
    if (typeof value === 'string') {
      if (/^0x[0-9a-f]{12}$/i.test(value)) return value.toLowerCase()
      const found = /^([\d.]+):(\d+)$/.exec(value)
      const isAddress =
        found !== null && found[1]!.includes('.') && parseIpv4(found[1]!) >= 0 && Number(found[2]) <= 0xffff
      if (isAddress || parts(value, 0xffff, 0xffffffff) !== undefined || parts(value, 0xffffffff, 0xffff) !== undefined)
        return value
    }
    throw new PacketError(
      `${where}: ${printed(value)} is no value such as '65001:100', '10.0.0.1:5' or '0x' and 12 hexadecimal digits`,
    )
  }

  empty(): string {
    return '0:0'
  }

  override show(value: string): string {
    return value
  }
}

/** A community of 4 bytes as text. */
export const community = (): Field<string> => new Field<string>(Kind.CODEC, 0, new CommunityCodec())
/** A community of 12 bytes as text. */
export const largeCommunity = (): Field<string> => new Field<string>(Kind.CODEC, 0, new LargeCommunityCodec())
/** The value of an extended community as text. */
export const extendedValue = (): Field<string> => new Field<string>(Kind.CODEC, 0, new ExtendedValueCodec())
