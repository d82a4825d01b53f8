/**
 * Lists of type, length and value, each filled up with zeros to 4 bytes: parameters and causes of SCTP, attributes of STUN.
 * They read as `[['STATE-COOKIE', bytes], ['ECN']]`, as options do.
 */
import {
  type AnyPacket,
  bytesCommand,
  type Codec,
  Field,
  fromHex,
  Kind,
  type Option,
  PacketError,
  printed,
  quoted,
  type Reader,
  suggestion,
  toHex,
  Writer,
} from '../../packet/index.js'
import { anyBytes, jsonOf, parsedOf, type ValueForm } from './tlv-values.js'

const HEADER = 4
const ALIGN = 4
const LARGEST = 0xffff
const MAX_OPTIONS = 1024

/** What an element of the list may be given as: its name alone, or name and value. */
export type TlvInput = string | number | readonly [name: string | number, value?: unknown]

export interface TlvFormat {
  /** Name and form of the value by type; without a form the value is bytes. Asked for once. */
  readonly kinds: () => Readonly<Record<number, readonly [name: string, form?: ValueForm]>>
  /** What the length counts: the value alone, or type and length too. */
  readonly lengthCounts: 'value' | 'all'
  /** Bytes of the list, when it does not go on to the end of the header. */
  readonly extent?: (packet: AnyPacket) => number
}

export class TlvListCodec implements Codec<Option[]> {
  readonly kindName = 'options'
  /** What fills a value up may be anything. */
  readonly isLossy = true
  private table: Readonly<Record<number, readonly [name: string, form?: ValueForm]>> | null = null
  private readonly numbers = new Map<string, number>()

  constructor(private readonly format: TlvFormat) {}

  private get kinds(): Readonly<Record<number, readonly [name: string, form?: ValueForm]>> {
    if (this.table === null) {
      this.table = this.format.kinds()
      for (const [number, [name]] of Object.entries(this.table)) this.numbers.set(name.toLowerCase(), Number(number))
    }
    return this.table
  }

  private typeOf(name: string | number): number | undefined {
    const { kinds } = this
    return typeof name === 'number' ? name : kinds && this.numbers.get(name.toLowerCase())
  }

  private formOf(name: string | number): ValueForm {
    const type = this.typeOf(name)
    return (type === undefined ? undefined : this.kinds[type]?.[1]) ?? anyBytes
  }

  read(reader: Reader, packet: AnyPacket): Option[] {
    const extent = this.format.extent?.(packet) ?? reader.left
    const end = reader.position + Math.max(0, Math.min(reader.left, extent))
    const options = this.readAll(reader.buffer, reader.position, end, packet)
    reader.position = reader.end
    return options
  }

  /** The elements of `buffer[start..end]`; what breaks off is `['bytes', …]`. */
  readAll(buffer: Uint8Array, start: number, end: number, packet: AnyPacket): Option[] {
    const { kinds } = this
    const own = this.format.lengthCounts === 'all' ? HEADER : 0
    const options: Option[] = []
    for (let at = start; at < end; ) {
      const length = end - at < HEADER ? -1 : ((buffer[at + 2]! << 8) | buffer[at + 3]!) - own
      if (length < 0 || length > end - at - HEADER || options.length >= MAX_OPTIONS) {
        options.push(['bytes', buffer.subarray(at, end)])
        break
      }
      const type = (buffer[at]! << 8) | buffer[at + 1]!
      const [name, form = anyBytes] = kinds[type] ?? [type]
      const value = buffer.subarray(at + HEADER, at + HEADER + length)
      options.push(length === 0 ? [name] : [name, form.read(value, packet) ?? value])
      at = Math.min(end, at + padded(HEADER + length))
    }
    return options
  }

  write(writer: Writer, options: Option[], packet: AnyPacket): void {
    this.writeAll(writer, options, packet)
    while ((writer.length - writer.start) % ALIGN !== 0) writer.u8(0)
  }

  /** Writes the elements without what fills the last one up. */
  writeAll(writer: Writer, options: readonly Option[], packet: AnyPacket): void {
    const start = writer.length
    for (const [name, value] of options) {
      while ((writer.length - start) % ALIGN !== 0) writer.u8(0)
      if (name === 'bytes') {
        writer.bytes(value as Uint8Array)
        continue
      }
      const bytes = this.bytesOf(name, value, packet)
      const length = bytes.length + (this.format.lengthCounts === 'all' ? HEADER : 0)
      if (length > LARGEST)
        throw new PacketError(
          `${packet.layerName}: ${String(name)} has ${length} bytes; its length field holds ${LARGEST}`,
        )
      writer.u16(this.typeOf(name)!)
      writer.u16(length)
      writer.bytes(bytes)
    }
  }

  private bytesOf(name: string | number, value: unknown, packet: AnyPacket): Uint8Array {
    if (value instanceof Uint8Array) return value
    const form = this.formOf(name)
    return value === undefined ? new Uint8Array(form.sizeWhenUnset ?? 0) : form.write(value, packet)
  }

  coerce(value: unknown, where: string): Option[] {
    if (!Array.isArray(value)) {
      const example = Object.values(this.kinds)[0]?.[0] ?? 'name'
      throw new PacketError(`${where}: ${printed(value)} is no list such as [['${example}', …]]`)
    }
    return value.map((given: unknown) => this.coerceOne(given, where))
  }

  private coerceOne(given: unknown, where: string): Option {
    const [name, value] = (Array.isArray(given) ? given : [given]) as [unknown, unknown]
    if (name === 'bytes' && value instanceof Uint8Array) return ['bytes', value]
    const type = typeof name === 'string' || typeof name === 'number' ? this.typeOf(name) : undefined
    if (type === undefined || !(Number.isInteger(type) && type >= 0 && type <= LARGEST)) {
      const names = Object.values(this.kinds).map(([each]) => each)
      const near = typeof name === 'string' ? suggestion(name, names) : ''
      throw new PacketError(
        `${where}: no ${printed(name)} in such a list${near === '' ? '; give a name or a number' : near}`,
      )
    }
    const known = this.kinds[type]?.[0] ?? type
    if (value === undefined || value === null) return [known]
    if (value instanceof Uint8Array) return value.length === 0 ? [known] : [known, value]
    return [known, this.formOf(type).coerce(value, `${where} ${String(known)}`)]
  }

  optionNames(): (readonly [name: string, about: string])[] {
    return Object.entries(this.kinds).map(([number, [name]]) => [name, `type ${number}`] as const)
  }

  empty(): Option[] {
    return []
  }

  show(options: Option[]): string {
    return `[${options.map(([name, value]) => (value === undefined ? String(name) : `${String(name)} ${shown(value)}`)).join(', ')}]`
  }

  json(options: Option[]): unknown {
    return options.map(([name, value]) => {
      if (value === undefined) return [name]
      return [name, name === 'bytes' ? toHex(value as Uint8Array) : jsonOf(this.formOf(name), value)]
    })
  }

  parse(json: unknown): unknown {
    if (!Array.isArray(json)) return json
    return json.map((option: unknown) => {
      if (!Array.isArray(option) || option.length < 2) return option
      const [name, value] = option as [string | number, unknown]
      if (name === 'bytes') return [name, typeof value === 'string' ? fromHex(value) : value]
      return [name, parsedOf(this.formOf(name), value)]
    })
  }

  command(options: Option[]): string {
    const one = ([name, value]: Option): string => {
      const key = typeof name === 'number' ? String(name) : quoted(name)
      if (value === undefined) return `[${key}]`
      // Bytes that the form would take for text stay bytes.
      const isOdd = value instanceof Uint8Array && (name === 'bytes' || this.formOf(name) !== anyBytes)
      return `[${key}, ${isOdd ? `hex('${toHex(value)}')` : literal(value)}]`
    }
    return `[${options.map(one).join(', ')}]`
  }

  same(a: Option[], b: Option[]): boolean {
    return this.command(a) === this.command(b)
  }
}

/** The next multiple of 4. */
export function padded(length: number): number {
  return (length + ALIGN - 1) & ~(ALIGN - 1)
}

/** A list of type, length and value. */
export function tlvList(codec: TlvListCodec): Field<Option[], readonly TlvInput[]> {
  return new Field<Option[], readonly TlvInput[]>(Kind.CODEC, 0, codec as Codec)
}

/** Bytes of a list as a length counts them that leaves out what fills the last element up. */
export function unpaddedLength(codec: TlvListCodec, packet: AnyPacket, field: string): number {
  const writer = new Writer()
  codec.writeAll(writer, (packet.raw(field) ?? []) as Option[], packet)
  return writer.length
}

/** A list inside a value. */
export function nestedList(codec: TlvListCodec): ValueForm {
  return {
    read: (bytes, packet) => codec.readAll(bytes, 0, bytes.length, packet),
    write: (value, packet) => {
      const writer = new Writer()
      codec.writeAll(writer, value as Option[], packet)
      return writer.buffer.subarray(0, writer.length)
    },
    coerce: (value, where) => codec.coerce(value, where),
    json: (value) => codec.json(value as Option[]),
    parse: (json) => codec.parse(json),
  }
}

/** Text that needs no quotes to be read. */
const PLAIN = /^[\w.:[\]-]+$/

function shown(value: unknown): string {
  if (value instanceof Uint8Array) return toHex(value)
  if (typeof value === 'string') return PLAIN.test(value) ? value : quoted(value)
  return Array.isArray(value) ? `(${value.map(shown).join(' ')})` : String(value)
}

function literal(value: unknown): string {
  if (value instanceof Uint8Array) return bytesCommand(value)
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  return typeof value === 'string' ? quoted(value) : typeof value === 'bigint' ? `${value}n` : String(value)
}
