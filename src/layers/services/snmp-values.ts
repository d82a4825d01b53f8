/** Values of SNMP: octet strings of a message's header, and what stands in variable bindings. RFC 3416 §3, RFC 2578 §7.1. */
import {
  type AnyPacket,
  type Codec,
  Field,
  formatIpv4,
  Kind,
  PacketError,
  parseIpv4,
  printed,
  type Reader,
  toBytes,
  type Writer,
} from '../../packet/index.js'
import {
  INTEGER,
  integerOf,
  isOid,
  OCTETS,
  OID,
  oidOf,
  readLength,
  readStart,
  writeInteger,
  writeLength,
  writeOid,
} from './snmp-ber.js'
import { sameTree, treeCommand, treeFromJson, treeJson, treeText, type ValueTree } from './value-tree.js'
import { type TextOrBytes, TextOrBytesCodec, textOrBytes } from './zero-text.js'

/** A value: a number, a text (octets, an address, an object identifier), bytes; `''` where the type has none. */
export type SnmpValue = number | bigint | string | Uint8Array

const NULL = 5
const ADDRESS = 0x40
const OPAQUE = 0x44
/** Counters, gauges and times: numbers without a sign. */
const UNSIGNED: ReadonlySet<number> = new Set([0x41, 0x42, 0x43, 0x46, 0x47])
/** Types that have no value. */
const EMPTY: ReadonlySet<number> = new Set([NULL, 0x80, 0x81, 0x82])

/** Tags of values and their names. RFC 3416 §3; 0x45 and 0x47: RFC 1442. */
export const SNMP_TYPES: Readonly<Record<number, string>> = {
  2: 'INTEGER',
  4: 'OCTET STRING',
  5: 'NULL',
  6: 'OID',
  0x40: 'IpAddress',
  0x41: 'Counter32',
  0x42: 'Gauge32',
  0x43: 'TimeTicks',
  0x44: 'Opaque',
  0x45: 'NsapAddress',
  0x46: 'Counter64',
  0x47: 'UInteger32',
  0x80: 'noSuchObject',
  0x81: 'noSuchInstance',
  0x82: 'endOfMibView',
}

/** The tag of a value that came without a type. */
export function tagOf(value: unknown): number {
  if (typeof value === 'number' || typeof value === 'bigint') return INTEGER
  return value === undefined || value === '' ? NULL : OCTETS
}

/** Octets with their tag: text where they are one. */
class OctetsCodec extends TextOrBytesCodec {
  readonly kindName = 'octet string'
  constructor(private readonly isText: boolean) {
    super()
  }

  read(reader: Reader): TextOrBytes {
    const bytes = reader.bytes(readStart(reader, OCTETS))
    return this.isText ? textOrBytes(bytes) : bytes
  }

  write(writer: Writer, value: TextOrBytes): void {
    const bytes = toBytes(value)
    writer.u8(OCTETS)
    writeLength(writer, bytes.length)
    writer.bytes(bytes)
  }

  override empty(): TextOrBytes {
    return this.isText ? '' : new Uint8Array(0)
  }

  override coerce(value: unknown, where: string): TextOrBytes {
    const given = super.coerce(value, where)
    return this.isText ? given : toBytes(given)
  }
}

/** An octet string: text, or bytes where it is none. */
export const berText = (value: TextOrBytes = ''): Field<TextOrBytes> =>
  new Field<TextOrBytes>(Kind.CODEC, 0, new OctetsCodec(true)).default(value)

/** An octet string of bytes. */
export const berOctets = (): Field<Uint8Array, TextOrBytes> =>
  new Field<Uint8Array, TextOrBytes>(Kind.CODEC, 0, new OctetsCodec(false))

/** Length and content of a value whose tag is the binding's `type`. */
class ValueCodec implements Codec<SnmpValue> {
  readonly kindName = 'value'

  read(reader: Reader, packet: AnyPacket): SnmpValue {
    const tag = packet.raw('type') as number
    const bytes = reader.bytes(readLength(reader))
    if (reader.missing > 0) return ''
    if (EMPTY.has(tag) && bytes.length === 0) return ''
    if (tag === OCTETS) return bytes.length === 0 ? bytes : textOrBytes(bytes)
    if (tag === OID) return oidOf(bytes) ?? bytes
    if (tag === ADDRESS && bytes.length === 4)
      return formatIpv4(((bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!) >>> 0)
    if ((tag === INTEGER || UNSIGNED.has(tag)) && bytes.length >= 1 && bytes.length <= 9) {
      const value = integerOf(bytes)
      // Some senders leave out the zero in front of a number whose first bit is set.
      return value < 0 && tag !== INTEGER ? plain(BigInt.asUintN(bytes.length * 8, BigInt(value))) : value
    }
    return bytes
  }

  write(writer: Writer, value: SnmpValue, packet: AnyPacket): void {
    const tag = packet.raw('type') as number
    const wrong = (what: string): never => {
      throw new PacketError(
        `${packet.layerName}.value: ${printed(value)} is no ${what}, which the type ${SNMP_TYPES[tag] ?? tag} wants; set type and value together`,
      )
    }
    if (value instanceof Uint8Array || tag === OCTETS || tag === OPAQUE || SNMP_TYPES[tag] === undefined) {
      const bytes = typeof value === 'number' || typeof value === 'bigint' ? wrong('byte string') : toBytes(value)
      writeLength(writer, bytes.length)
      writer.bytes(bytes)
    } else if (EMPTY.has(tag)) {
      if (value !== '') wrong('empty value')
      writer.u8(0)
    } else if (tag === OID) {
      if (typeof value !== 'string' || !isOid(value)) wrong('object identifier')
      writeOid(writer, value as string)
    } else if (tag === ADDRESS) {
      const address = typeof value === 'string' ? parseIpv4(value) : -1
      if (address < 0) wrong('IPv4 address')
      writer.u8(4)
      writer.u32(address)
    } else writeInteger(writer, typeof value === 'string' ? wrong('whole number') : value)
  }

  coerce(value: unknown, where: string): SnmpValue {
    if (typeof value === 'string' || value instanceof Uint8Array || typeof value === 'bigint') return value
    if (typeof value === 'number' && Number.isSafeInteger(value)) return value
    throw new PacketError(`${where}: ${printed(value)} is no value; give a whole number, a bigint, text or bytes`)
  }

  isSet(): boolean {
    return true
  }

  empty(): SnmpValue {
    return ''
  }

  show(value: SnmpValue): string {
    return treeText(value as ValueTree)
  }

  json(value: SnmpValue): unknown {
    return treeJson(value)
  }

  parse(json: unknown): unknown {
    return treeFromJson(json)
  }

  command(value: SnmpValue): string {
    return treeCommand(value)
  }

  same(a: SnmpValue, b: SnmpValue): boolean {
    return sameTree(a, b)
  }
}

function plain(value: bigint): number | bigint {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value
}

/** A binding's value, of the type that its field `type` says. */
export const berValue = (): Field<SnmpValue> => new Field<SnmpValue>(Kind.CODEC, 0, new ValueCodec())
