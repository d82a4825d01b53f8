/** Attributes of RADIUS as a list, `[['User-Name', 'bob'], ['NAS-Port', 5]]`. RFC 2865 §5; tags: RFC 2868 §3. */
import {
  type Codec,
  Field,
  formatIpv4,
  formatIpv6,
  Kind,
  type Option,
  PacketError,
  parseIpv4,
  parseIpv6,
  printed,
  quoted,
  type Reader,
  sameBytes,
  suggestion,
  toBytes,
  Writer,
} from '../../packet/index.js'
import { RADIUS_VALUES, type RadiusForm, radiusKinds, radiusNumber } from './radius-kinds.js'
import { sameTree, treeCommand, treeFromJson, treeJson, treeText, type ValueTree } from './value-tree.js'
import { textOrBytes } from './zero-text.js'

/** A message has at most 4096 bytes. */
const MAX_ATTRIBUTES = 2048
const LONGEST = 253
/** The highest tag; what is larger is the first letter of a text. RFC 2868 §3.1. */
const LAST_TAG = 0x1f

interface Form {
  /** The value that these bytes are, or undefined when they are none of this form. */
  read(bytes: Uint8Array, type: number): ValueTree | undefined
  /** @throws PacketError */
  coerce(value: unknown, where: string, type: number): ValueTree
  write(writer: Writer, value: ValueTree, type: number): void
}

const u32At = (bytes: Uint8Array, at: number): number =>
  ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0

/** The number of a value given by name or number. */
function valueNumber(value: unknown, where: string, type: number, most: number): number | string {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most)
    return RADIUS_VALUES[type]?.[value] ?? value
  const names = Object.values(RADIUS_VALUES[type] ?? {})
  const found = names.find((name) => name.toLowerCase() === String(value).toLowerCase())
  if (typeof value === 'string' && found !== undefined) return found
  throw new PacketError(
    `${where}: ${printed(value)} is no whole number (0..${most})${names.length === 0 ? '' : `; the names are ${names.join(', ')}`}`,
  )
}

const numberIn = (value: ValueTree, type: number): number =>
  typeof value === 'number'
    ? value
    : Number(Object.entries(RADIUS_VALUES[type] ?? {}).find(([, name]) => name === value)![0])

const number: Form = {
  read: (bytes, type) => (bytes.length === 4 ? (RADIUS_VALUES[type]?.[u32At(bytes, 0)] ?? u32At(bytes, 0)) : undefined),
  coerce: (value, where, type) => valueNumber(value, where, type, 0xffffffff),
  write: (writer, value, type) => writer.u32(numberIn(value, type)),
}

/** A list with the tag first; without one where the tag is zero in a number. */
const tagNumber: Form = {
  read(bytes, type) {
    if (bytes.length !== 4 || bytes[0]! > LAST_TAG) return undefined
    const value = u32At(bytes, 0) & 0xffffff
    return [bytes[0]!, RADIUS_VALUES[type]?.[value] ?? value]
  },
  coerce(value, where, type) {
    const [tag, given] = (Array.isArray(value) ? value : [0, value]) as [unknown, unknown]
    return [coerceTag(tag, where), valueNumber(given, where, type, 0xffffff)]
  },
  write(writer, value, type) {
    const [tag, given] = value as [number, ValueTree]
    writer.u32(tag * 0x1000000 + numberIn(given, type))
  },
}

function coerceTag(tag: unknown, where: string): number {
  if (typeof tag === 'number' && Number.isInteger(tag) && tag >= 0 && tag <= LAST_TAG) return tag
  throw new PacketError(`${where}: ${printed(tag)} is no tag (0..${LAST_TAG}); give [tag, value]`)
}

const text: Form = {
  read: (bytes) => (bytes.length === 0 ? undefined : textOrBytes(bytes)),
  coerce(value, where) {
    if (typeof value === 'string') return value
    throw new PacketError(`${where}: ${printed(value)} is no text`)
  },
  write: (writer, value) => writer.bytes(toBytes(value as string)),
}

/** A text, or a tag and a text. */
const tagText: Form = {
  read(bytes) {
    if (bytes.length === 0) return undefined
    return bytes[0]! <= LAST_TAG ? [bytes[0]!, textOrBytes(bytes.subarray(1))] : textOrBytes(bytes)
  },
  coerce(value, where) {
    if (!Array.isArray(value)) return text.coerce(value, where, 0)
    const [tag, given] = value as [unknown, unknown]
    return [coerceTag(tag, where), given instanceof Uint8Array ? given : text.coerce(given, where, 0)]
  },
  write(writer, value) {
    const [tag, given] = (Array.isArray(value) ? value : [undefined, value]) as [number | undefined, string]
    if (tag !== undefined) writer.u8(tag)
    writer.bytes(toBytes(given))
  },
}

const bytesForm: Form = {
  read: () => undefined,
  coerce(value, where) {
    if (typeof value === 'string') return toBytes(value)
    throw new PacketError(`${where}: ${printed(value)} is no byte string; give text or bytes`)
  },
  write: () => undefined,
}

const ip: Form = {
  read: (bytes) => (bytes.length === 4 ? formatIpv4(u32At(bytes, 0)) : undefined),
  coerce(value, where) {
    const address = typeof value === 'string' ? parseIpv4(value) : -1
    if (address >= 0) return formatIpv4(address)
    throw new PacketError(`${where}: ${printed(value)} is no IPv4 address such as '10.0.0.1'`)
  },
  write: (writer, value) => writer.u32(parseIpv4(value as string)),
}

const ip6: Form = {
  read: (bytes) => (bytes.length === 16 ? formatIpv6(bytes) : undefined),
  coerce(value, where) {
    const address = typeof value === 'string' ? parseIpv6(value) : undefined
    if (address !== undefined) return formatIpv6(address)
    throw new PacketError(`${where}: ${printed(value)} is no IPv6 address such as 'fd00::1'`)
  },
  write: (writer, value) => writer.bytes(parseIpv6(value as string)!),
}

/** Bytes that a prefix needs. */
const prefixSize = (length: number): number => (length + 7) >>> 3

/** `'fd00::/64'`: only the bytes of the prefix need be there; where more are sent, `['fd00::/64', 16]`. RFC 3162 §2.3. */
const prefix: Form = {
  read(bytes) {
    const size = bytes.length - 2
    if (size < 0 || size > 16 || bytes[0] !== 0 || bytes[1]! > 128 || size < prefixSize(bytes[1]!)) return undefined
    const address = new Uint8Array(16)
    address.set(bytes.subarray(2))
    const text = `${formatIpv6(address)}/${bytes[1]}`
    return size === prefixSize(bytes[1]!) ? text : [text, size]
  },
  coerce(value, where) {
    const [given, size] = (Array.isArray(value) ? value : [value]) as [unknown, unknown]
    const [address, length] = String(given).split('/')
    const parsed = parseIpv6(address ?? '')
    const isPrefix = typeof given === 'string' && parsed !== undefined && /^\d{1,3}$/.test(length ?? '')
    const isSize =
      size === undefined ||
      (Number.isInteger(size) && (size as number) >= prefixSize(Number(length)) && (size as number) <= 16)
    if (!isPrefix || Number(length) > 128 || !isSize)
      throw new PacketError(`${where}: ${printed(value)} is no prefix such as 'fd00::/64'`)
    const text = `${formatIpv6(parsed)}/${Number(length)}`
    return size === undefined ? text : [text, size as number]
  },
  write(writer, value) {
    const [text, size] = (Array.isArray(value) ? value : [value]) as [string, number | undefined]
    const [address, length] = text.split('/')
    writer.u16(Number(length))
    writer.bytes(parseIpv6(address!)!.subarray(0, size ?? prefixSize(Number(length))))
  },
}

const u64: Form = {
  read: (bytes) => (bytes.length === 8 ? BigInt(u32At(bytes, 0)) * 0x100000000n + BigInt(u32At(bytes, 4)) : undefined),
  coerce(value, where) {
    if (
      (typeof value === 'bigint' && value >= 0n && value < 1n << 64n) ||
      (Number.isSafeInteger(value) && (value as number) >= 0)
    )
      return BigInt(value as bigint)
    throw new PacketError(`${where}: ${printed(value)} is no number of 64 bits such as 5n`)
  },
  write(writer, value) {
    writer.u32(Number((value as bigint) >> 32n))
    writer.u32(Number((value as bigint) & 0xffffffffn))
  },
}

/** Vendor's number and its attributes, `[9, [[1, bytes]]]`, or its bytes where they are none. RFC 2865 §5.26. */
const vendor: Form = {
  read(bytes) {
    if (bytes.length < 4) return undefined
    const parts: ValueTree[] = []
    for (let at = 4; at < bytes.length; ) {
      const length = bytes[at + 1] ?? 0
      if (length < 2 || at + length > bytes.length) return [u32At(bytes, 0), bytes.subarray(4)]
      parts.push([bytes[at]!, bytes.subarray(at + 2, at + length)])
      at += length
    }
    return [u32At(bytes, 0), parts]
  },
  coerce(value, where) {
    const [number, parts] = (Array.isArray(value) ? value : []) as [unknown, unknown]
    if (typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= 0xffffffff) {
      if (parts instanceof Uint8Array) return [number, parts]
      if (typeof parts === 'string') return [number, toBytes(parts)]
      if (Array.isArray(parts)) return [number, parts.map((part: unknown) => vendorPart(part, where))]
    }
    throw new PacketError(
      `${where}: ${printed(value)} is no vendor's attribute; give [9, [[1, 'text or bytes']]] with the vendor's number first`,
    )
  },
  write(writer, value) {
    const [number, parts] = value as [number, Uint8Array | [number, Uint8Array][]]
    writer.u32(number)
    if (parts instanceof Uint8Array) writer.bytes(parts)
    else
      for (const [type, content] of parts) {
        writer.u8(type)
        writer.u8(content.length + 2)
        writer.bytes(content)
      }
  },
}

function vendorPart(part: unknown, where: string): ValueTree {
  const [type, value] = (Array.isArray(part) ? part : []) as [unknown, unknown]
  const content = typeof value === 'string' ? toBytes(value) : value
  if (
    typeof type === 'number' &&
    Number.isInteger(type) &&
    type >= 0 &&
    type <= 255 &&
    content instanceof Uint8Array &&
    content.length <= LONGEST
  )
    return [type, content]
  throw new PacketError(`${where}: ${printed(part)} is no part of a vendor's attribute such as [1, 'text or bytes']`)
}

const FORMS: Readonly<Record<RadiusForm, Form>> = {
  text,
  bytes: bytesForm,
  number,
  time: number,
  u64,
  ip,
  ip6,
  prefix,
  vendor,
  tagnumber: tagNumber,
  tagtext: tagText,
  tagbytes: tagText,
}

const formOf = (type: number): Form => FORMS[radiusKinds().get(type)?.[1] ?? 'bytes']

/** The value of an attribute's bytes, if writing it gives them back; else the bytes. */
function readValue(type: number, bytes: Uint8Array): ValueTree {
  const value = formOf(type).read(bytes, type)
  if (value === undefined || value instanceof Uint8Array) return bytes
  const again = new Writer()
  formOf(type).write(again, value, type)
  return sameBytes(again.buffer.subarray(0, again.length), bytes) ? value : bytes
}

class AttributesCodec implements Codec<Option[]> {
  readonly kindName = 'attributes'

  /** What breaks off is `['bytes', …]` at the end. */
  read(reader: Reader): Option[] {
    const { buffer, end } = reader
    const found: Option[] = []
    let at = reader.position
    reader.position = end
    while (at < end) {
      const length = at + 1 < end ? buffer[at + 1]! : 0
      if (length < 2 || length > end - at || found.length >= MAX_ATTRIBUTES) {
        found.push(['bytes', buffer.subarray(at, end)])
        break
      }
      const type = buffer[at]!
      found.push([radiusKinds().get(type)?.[0] ?? type, readValue(type, buffer.subarray(at + 2, at + length))])
      at += length
    }
    return found
  }

  write(writer: Writer, attributes: Option[]): void {
    for (const [name, value] of attributes) {
      if (name === 'bytes') {
        writer.bytes(value as Uint8Array)
        continue
      }
      const type = numberOf(name)!
      writer.u8(type)
      const at = writer.reserve(1)
      if (value instanceof Uint8Array) writer.bytes(value)
      else if (value !== undefined) formOf(type).write(writer, value as ValueTree, type)
      const length = writer.length - at + 1
      if (length > LONGEST + 2)
        throw new PacketError(
          `Radius.attributes: ${String(name)} has ${length - 2} bytes; one attribute holds ${LONGEST}, give it several times`,
        )
      writer.buffer[at] = length
    }
  }

  coerce(value: unknown, where: string): Option[] {
    if (!Array.isArray(value))
      throw new PacketError(`${where}: ${printed(value)} is no list of attributes such as [['User-Name', 'bob']]`)
    return value.map((given: unknown) => coerceOne(given, where))
  }

  optionNames(): (readonly [name: string, about: string])[] {
    return [...radiusKinds()].map(([number, [name, form]]) => [name, `attribute ${number}, ${form}`] as const)
  }

  empty(): Option[] {
    return []
  }

  show(attributes: Option[]): string {
    return `[${attributes.map(([name, value]) => `${String(name)}${value === undefined ? '' : ` ${treeText(value as ValueTree)}`}`).join(', ')}]`
  }

  json(attributes: Option[]): unknown {
    return attributes.map(([name, value]) => (value === undefined ? [name] : [name, treeJson(value as ValueTree)]))
  }

  parse(json: unknown): unknown {
    return treeFromJson(json)
  }

  command(attributes: Option[]): string {
    const one = ([name, value]: Option): string => {
      const key = typeof name === 'number' ? String(name) : quoted(name)
      return value === undefined ? `[${key}]` : `[${key}, ${treeCommand(value as ValueTree)}]`
    }
    return `[${attributes.map(one).join(', ')}]`
  }

  same(a: Option[], b: Option[]): boolean {
    return sameTree(a as unknown as ValueTree, b as unknown as ValueTree)
  }
}

function numberOf(name: unknown): number | undefined {
  const number = typeof name === 'string' ? radiusNumber(name) : name
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= 255 ? number : undefined
}

function coerceOne(given: unknown, where: string): Option {
  const [name, value] = (Array.isArray(given) ? given : [given]) as [unknown, unknown]
  if (name === 'bytes' && value instanceof Uint8Array) return ['bytes', value]
  const type = numberOf(name)
  if (type === undefined) {
    const near =
      typeof name === 'string'
        ? suggestion(
            name,
            [...radiusKinds().values()].map(([known]) => known),
          )
        : ''
    throw new PacketError(
      `${where}: no attribute ${printed(name)}${near === '' ? '; names are those of the RFCs, such as User-Name, or a number 0..255' : near}`,
    )
  }
  const known = radiusKinds().get(type)?.[0] ?? type
  if (value === undefined || value === null) return [known]
  if (value instanceof Uint8Array) return [known, value]
  return [known, formOf(type).coerce(value, `${where} ${String(known)}`, type)]
}

/** What an attribute may be given as. */
export type RadiusAttributeInput = readonly [name: string | number, value?: unknown]

/** The attributes of a RADIUS message. */
export const radiusAttributes = (): Field<Option[], readonly RadiusAttributeInput[]> =>
  new Field<Option[], readonly RadiusAttributeInput[]>(Kind.CODEC, 0, new AttributesCodec())
