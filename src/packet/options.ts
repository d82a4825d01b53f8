import { fromHex, type Reader, toHex, type Writer } from './bytes.js'
import { PacketError, suggestion } from './errors.js'
import { type AnyPacket, type Codec, Field, Kind } from './field.js'
import { bytesCommand, printed, quoted } from './literal.js'

/** One option: its name (or its number when unknown) and, unless it has none, its value. */
export type Option = readonly [name: string | number, value?: unknown]

/** What options of one number hold. The fields are read one after the other; one field gives its value, several a list. */
export interface OptionKind {
  readonly name: string
  /** Fields of the value. None: the option's value is left out, or bytes when there are some. */
  // biome-ignore lint/suspicious/noExplicitAny: any kind of fixed size
  readonly fields?: readonly Field<any, any>[]
  /** The last field repeats until the option ends (SACK blocks, recorded routes). */
  readonly repeats?: boolean
  /** A single byte without a length (NOP, EOL). */
  readonly bare?: boolean
}

export interface OptionsFormat {
  /** Kinds by number. */
  readonly kinds: Readonly<Record<number, OptionKind>>
  /** Bytes of type and of length; 1 each unless said. */
  readonly typeSize?: 1 | 2
  readonly lengthSize?: 1 | 2
  /** What the length counts: the value alone, or (TCP, IP) type and length too. */
  readonly lengthCounts?: 'value' | 'all'
  /** Number of the option that ends the list; what follows it is padding. */
  readonly end?: number
  /** The list is filled up with zeros to a multiple of this many bytes. */
  readonly align?: number
  /** Number of the option (with a length) that fills up two bytes and more, instead of zeros: PadN. */
  readonly filler?: number
}

const MAX_OPTIONS = 1024

/**
 * Options as type, length, value. A list that breaks off ends with `['bytes', …]`, which holds what could not be read:
 * it is built back to the same bytes.
 */
class OptionsCodec implements Codec<Option[]> {
  readonly kindName = 'options'
  readonly align: number | undefined
  private readonly numbers = new Map<string, number>()
  /** The options without a value: every list has the same ones. */
  private readonly bare: Record<number, Option> = {}

  constructor(private readonly format: OptionsFormat) {
    this.align = format.align
    for (const [number, kind] of Object.entries(format.kinds)) {
      this.numbers.set(kind.name.toLowerCase(), Number(number))
      if ((kind as OptionKind).bare === true) this.bare[Number(number)] = Object.freeze([kind.name] as const)
      for (const field of (kind as OptionKind).fields ?? []) field.name = kind.name
    }
  }

  read(reader: Reader): Option[] {
    const { typeSize = 1, lengthSize = 1, lengthCounts = 'all', end: endType, kinds } = this.format
    const { buffer, end } = reader
    const header = typeSize + lengthSize
    const options: Option[] = []
    let at = reader.position
    reader.position = end
    while (at < end) {
      if (options.length >= MAX_OPTIONS || end - at < typeSize) {
        options.push(['bytes', buffer.subarray(at, end)])
        break
      }
      const type = typeSize === 1 ? buffer[at]! : (buffer[at]! << 8) | buffer[at + 1]!
      const kind = kinds[type]
      if (kind !== undefined && kind.bare === true) {
        options.push(this.bare[type]!)
        at += typeSize
        if (type !== endType || at === end) continue
        const padding = buffer.subarray(at, end)
        if (padding.some((byte) => byte !== 0) || !this.isAligned(at - reader.start, padding.length))
          options.push(['bytes', padding])
        break
      }
      let length = -1
      if (end - at >= header) {
        const lengthAt = at + typeSize
        length =
          (lengthSize === 1 ? buffer[lengthAt]! : (buffer[lengthAt]! << 8) | buffer[lengthAt + 1]!) -
          (lengthCounts === 'all' ? header : 0)
      }
      const valueAt = at + header
      if (length < 0 || length > end - valueAt) {
        options.push(['bytes', buffer.subarray(at, end)])
        break
      }
      at = valueAt + length
      options.push(readOne(type, kind, buffer, valueAt, at))
    }
    return options
  }

  /** Whether building would fill up with as many zeros after an end option. */
  private isAligned(size: number, padding: number): boolean {
    const { align = 1 } = this.format
    return (align - (size % align)) % align === padding
  }

  write(writer: Writer, options: Option[], packet: AnyPacket): void {
    const { typeSize = 1, lengthSize = 1, lengthCounts = 'all', kinds, align = 1 } = this.format
    for (const option of options) {
      const [name, value] = option
      if (name === 'bytes') {
        writer.bytes(value as Uint8Array)
        continue
      }
      const type = typeof name === 'number' ? name : this.numbers.get(name.toLowerCase())!
      const start = writer.length
      writeNumber(writer, type, typeSize)
      const kind = kinds[type]
      if (kind?.bare === true) continue
      const lengthAt = writer.length
      writeNumber(writer, 0, lengthSize)
      const valueAt = writer.length
      if (value instanceof Uint8Array) writer.bytes(value)
      else if (value !== undefined && kind?.fields !== undefined) writeFields(kind, writer, value, packet)
      const length = writer.length - (lengthCounts === 'all' ? start : valueAt)
      if (length >= 256 ** lengthSize)
        throw new PacketError(
          `${packet.layerName}: option ${String(name)} has ${length} bytes; its length field holds ${256 ** lengthSize - 1}`,
        )
      if (lengthSize === 1) writer.buffer[lengthAt] = length
      else writer.patch16(lengthAt, length)
    }
    const gap = (align - ((writer.length - writer.start) % align)) % align
    if (gap >= 2 && this.format.filler !== undefined) {
      writer.u8(this.format.filler)
      writer.u8(gap - 2)
    }
    while ((writer.length - writer.start) % align !== 0) writer.u8(0)
  }

  coerce(value: unknown, where: string): Option[] {
    if (!Array.isArray(value))
      throw new PacketError(`${where}: ${printed(value)} is no list of options such as [['${this.exampleName()}', …]]`)
    return value.map((given: unknown) => this.coerceOne(given, where))
  }

  optionNames(): (readonly [name: string, about: string])[] {
    return Object.entries(this.format.kinds).map(([number, { name, fields, bare, repeats }]: [string, OptionKind]) => {
      const bits = (fields ?? []).map((field) => `${field.bits} bits`).join(', ')
      const value = bare === true || fields === undefined ? (bare === true ? 'no value' : 'bytes or no value') : bits
      return [name, `option ${number}, ${value}${repeats === true ? ', repeated' : ''}`] as const
    })
  }

  private exampleName(): string {
    return Object.values(this.format.kinds).find((kind) => kind.fields !== undefined)?.name ?? 'name'
  }

  private coerceOne(given: unknown, where: string): Option {
    const [name, value] = (Array.isArray(given) ? given : [given]) as [unknown, unknown]
    if (name === 'bytes' && value instanceof Uint8Array) return ['bytes', value]
    const type =
      typeof name === 'number' ? name : typeof name === 'string' ? this.numbers.get(name.toLowerCase()) : undefined
    if (type === undefined || !(Number.isInteger(type) && type >= 0 && type < 256 ** (this.format.typeSize ?? 1))) {
      const names = Object.values(this.format.kinds).map((kind) => kind.name)
      const near = typeof name === 'string' ? suggestion(name, names) : ''
      throw new PacketError(
        `${where}: no option ${printed(name)}${near === '' ? `; the names are ${names.join(' ')}` : near}`,
      )
    }
    const kind = this.format.kinds[type]
    const known = kind?.name ?? type
    if (value === undefined || value === null) return [known]
    if (value instanceof Uint8Array) return [known, value]
    if (kind?.bare === true) throw new PacketError(`${where}: option ${kind.name} has no value`)
    if (kind?.fields === undefined) {
      if (typeof value === 'string') return [known, new TextEncoder().encode(value)]
      throw new PacketError(`${where}: the value of option ${String(known)} must be bytes`)
    }
    return [known, coerceFields(kind, value, `${where} ${kind.name}`)]
  }

  empty(): Option[] {
    return []
  }

  show(options: Option[]): string {
    return `[${options.map(([name, value]) => (value === undefined ? String(name) : `${String(name)} ${shown(value)}`)).join(', ')}]`
  }

  json(options: Option[]): unknown {
    return options.map(([name, value]) => (value === undefined ? [name] : [name, jsonValue(value)]))
  }

  parse(json: unknown): unknown {
    if (!Array.isArray(json)) return json
    return json.map((option: unknown) => {
      if (!Array.isArray(option) || typeof option[1] !== 'string') return option
      const type = typeof option[0] === 'number' ? option[0] : this.numbers.get(String(option[0]).toLowerCase())
      const field = (type === undefined ? undefined : this.format.kinds[type]?.fields?.[0]) as Field | undefined
      const isText =
        field !== undefined &&
        (field.kind === Kind.IPV4 || field.kind === Kind.IPV6 || field.kind === Kind.MAC || field.flagNames !== null)
      return isText ? option : [option[0], fromHex(option[1])]
    })
  }

  command(options: Option[]): string {
    const one = ([name, value]: Option): string => {
      const key = typeof name === 'number' ? String(name) : quoted(name)
      return value === undefined ? `[${key}]` : `[${key}, ${literal(value)}]`
    }
    return `[${options.map(one).join(', ')}]`
  }

  same(a: Option[], b: Option[]): boolean {
    return this.command(a) === this.command(b)
  }
}

function writeNumber(writer: Writer, value: number, size: number): void {
  if (size === 1) writer.u8(value)
  else writer.u16(value)
}

/** An option's name and value; bytes that do not read exactly as its fields stay bytes. */
function readOne(type: number, kind: OptionKind | undefined, buffer: Uint8Array, start: number, end: number): Option {
  const name = kind === undefined ? type : kind.name
  if (kind === undefined || kind.fields === undefined)
    return start === end ? [name] : [name, buffer.subarray(start, end)]
  const fields = kind.fields as readonly Field[]
  const { length } = fields
  if (length === 1 && kind.repeats !== true) {
    const field = fields[0]!
    return [name, field.size === end - start ? field.presentAt(buffer, start) : buffer.subarray(start, end)]
  }
  const values: unknown[] = []
  let at = start
  for (let i = 0; i < length || kind.repeats === true; i++) {
    const field = fields[i < length ? i : length - 1]!
    if (kind.repeats === true && i >= length - 1 && at === end) return [name, values]
    if (at + field.size > end) return [name, buffer.subarray(start, end)]
    values.push(field.presentAt(buffer, at))
    at += field.size
  }
  return [name, at === end ? values : buffer.subarray(start, end)]
}

function writeFields(kind: OptionKind, writer: Writer, value: unknown, _packet: AnyPacket): void {
  const fields = kind.fields as readonly Field[]
  const values = Array.isArray(value) ? value : [value]
  values.forEach((one, i) => {
    const field = fields[Math.min(i, fields.length - 1)]!
    const at = writer.reserve(field.size)
    field.writeAt(writer.buffer, at, field.coerce(one))
  })
}

function coerceFields(kind: OptionKind, value: unknown, where: string): unknown {
  const fields = kind.fields as readonly Field[]
  const values: unknown[] = Array.isArray(value) ? value : [value]
  if (kind.repeats !== true && values.length !== fields.length) {
    throw new PacketError(
      `${where}: takes ${fields.length} value${fields.length === 1 ? '' : 's'}, ${values.length} were given`,
    )
  }
  const coerced = values.map((one, i) => {
    const field = fields[Math.min(i, fields.length - 1)]!
    const [layerName, ...rest] = where.split('.')
    field.layerName = layerName!
    field.name = rest.join('.')
    return field.present(field.coerce(one))
  })
  return fields.length === 1 && kind.repeats !== true ? coerced[0] : coerced
}

function shown(value: unknown): string {
  if (value instanceof Uint8Array) return toHex(value)
  return Array.isArray(value) ? `(${value.map(shown).join(' ')})` : String(value)
}

function jsonValue(value: unknown): unknown {
  if (value instanceof Uint8Array) return toHex(value)
  // As fields do: what a number of JSON cannot hold is text.
  if (typeof value === 'bigint') return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : String(value)
  return Array.isArray(value) ? value.map(jsonValue) : value
}

function literal(value: unknown): string {
  if (value instanceof Uint8Array) return bytesCommand(value)
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  return typeof value === 'string' ? quoted(value) : typeof value === 'bigint' ? `${value}n` : String(value)
}

/** Options as type, length, value: `options({ kinds: { 2: { name: 'MSS', fields: [u16()] } }, align: 4 })`. */
export function options(format: OptionsFormat): Field<Option[], readonly (Option | string)[]> {
  return new Field<Option[], readonly (Option | string)[]>(Kind.CODEC, 0, new OptionsCodec(format))
}
