/**
 * The options of CoAP as a list, `[['Uri-Path', 'sensors'], ['Accept', 'application/json'], ['Block2', '0/0/64']]`; each is told by
 * the distance of its number from the one before. RFC 7252 §3.1; blocks: RFC 7959 §2.2.
 */
import {
  bytesCommand,
  type Codec,
  Field,
  fromHex,
  Kind,
  PacketError,
  printed,
  quoted,
  type Reader,
  suggestion,
  toBytes,
  toHex,
  type Writer,
} from '../../packet/index.js'
import { COAP_OPTIONS, CONTENT_FORMATS, type CoapForm } from './coap-numbers.js'

/** One option: its name (its number when unknown) and, unless it is empty, its value. What breaks off is `['bytes', …]`. */
export type CoapOption = readonly [name: string | number, value?: string | number | Uint8Array]

/** The byte in front of the payload. */
export const PAYLOAD_MARKER = 0xff

const LARGEST_OPTION = 65535
/** A nibble of 13 or 14 has one or two more bytes, which begin to count at these numbers. */
const ONE_MORE = 13
const TWO_MORE = 269
const LARGEST_UINT = 0xffffffff
const BLOCK = /^(\d+)\/([01])\/(16|32|64|128|256|512|1024)$/

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}

/** A number in as few bytes as it needs, none for zero. RFC 7252 §3.2. */
function uintBytes(value: number): Uint8Array {
  const bytes: number[] = []
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return Uint8Array.from(bytes)
}

/** The number in these bytes; undefined for more bytes than it needs. */
function uintOf(bytes: Uint8Array): number | undefined {
  if (bytes.length > 4 || bytes[0] === 0) return undefined
  return bytes.reduce((total, byte) => total * 256 + byte, 0)
}

function blockText(value: number): string | undefined {
  const size = value & 7
  return value > 0xffffff || size === 7 ? undefined : `${value >>> 4}/${(value >>> 3) & 1}/${16 << size}`
}

/** The value that an option's bytes are; the bytes themselves where they are nothing better. */
function readValue(form: CoapForm, bytes: Uint8Array): string | number | Uint8Array | undefined {
  const number = uintOf(bytes)
  switch (form) {
    case 'empty':
      return bytes.length === 0 ? undefined : bytes
    case 'text':
      return textOf(bytes) ?? bytes
    case 'uint':
      return number ?? bytes
    case 'format':
      return number === undefined ? bytes : (CONTENT_FORMATS[number] ?? number)
    case 'block':
      return (number === undefined ? undefined : blockText(number)) ?? bytes
    default:
      return bytes
  }
}

function formatNumber(text: string): number {
  const found = Object.entries(CONTENT_FORMATS).find(([, name]) => name === text || name.split(';')[0] === text)
  return found === undefined ? -1 : Number(found[0])
}

function coerceNumber(value: unknown, most: number, where: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most) return value
  throw new PacketError(`${where}: ${printed(value)} is no whole number (0..${most})`)
}

/** A user's value of an option in the form in which it is read. @throws PacketError */
function coerceValue(form: CoapForm, value: unknown, where: string): string | number | Uint8Array | undefined {
  if (value instanceof Uint8Array) return value
  if (form === 'opaque' || form === 'text') {
    if (typeof value === 'string') return form === 'text' ? value : toBytes(value)
    throw new PacketError(
      `${where}: ${printed(value)} is no ${form === 'text' ? 'text' : 'byte string; give text or bytes'}`,
    )
  }
  if (form === 'empty') {
    if (value === undefined) return undefined
    throw new PacketError(`${where}: has no value`)
  }
  if (form === 'block') {
    const parts = typeof value === 'string' ? BLOCK.exec(value) : null
    if (parts !== null && Number(parts[1]) < 1 << 20) return `${Number(parts[1])}/${parts[2]}/${parts[3]}`
    throw new PacketError(
      `${where}: ${printed(value)} is no block; give number, more (0 or 1) and size (16..1024), such as '0/1/64'`,
    )
  }
  if (form === 'format' && typeof value === 'string') {
    const number = formatNumber(value)
    if (number >= 0) return CONTENT_FORMATS[number]!
    throw new PacketError(
      `${where}: ${printed(value)} is no known media type${suggestion(value, Object.values(CONTENT_FORMATS))}; a number (0..65535) works too`,
    )
  }
  const number = coerceNumber(value, form === 'format' ? LARGEST_OPTION : LARGEST_UINT, where)
  return form === 'format' ? (CONTENT_FORMATS[number] ?? number) : number
}

function valueBytes(form: CoapForm, value: CoapOption[1]): Uint8Array {
  if (value === undefined) return new Uint8Array(0)
  if (value instanceof Uint8Array) return value
  if (typeof value === 'number') return uintBytes(value)
  if (form === 'format') return uintBytes(formatNumber(value))
  if (form !== 'block') return toBytes(value)
  const [, number, more, size] = BLOCK.exec(value)!
  return uintBytes(Number(number) * 16 + Number(more) * 8 + Math.log2(Number(size)) - 4)
}

function numberOf(name: string | number): number {
  if (typeof name === 'number') return name
  const found = Object.entries(COAP_OPTIONS).find(([, [known]]) => known.toLowerCase() === name.toLowerCase())
  return found === undefined ? -1 : Number(found[0])
}

const formOf = (number: number): CoapForm => COAP_OPTIONS[number]?.[1] ?? 'opaque'

/** The nibble for a distance or a length, and the bytes behind it. */
function extended(value: number): [nibble: number, more: number[]] {
  if (value < ONE_MORE) return [value, []]
  if (value < TWO_MORE) return [13, [value - ONE_MORE]]
  return [14, [(value - TWO_MORE) >>> 8, (value - TWO_MORE) & 255]]
}

class CoapOptionsCodec implements Codec<CoapOption[]> {
  readonly kindName = 'options'

  optionNames(): (readonly [name: string, about: string])[] {
    return Object.entries(COAP_OPTIONS).map(([number, [name, form]]) => [name, `option ${number}, ${form}`] as const)
  }

  read(reader: Reader): CoapOption[] {
    const { buffer, end } = reader
    const options: CoapOption[] = []
    let number = 0
    while (reader.position < end && buffer[reader.position] !== PAYLOAD_MARKER) {
      const start = reader.position
      const head = reader.u8()
      const delta = this.extended(head >>> 4, reader)
      const length = this.extended(head & 15, reader)
      number += delta
      if (delta < 0 || length < 0 || number > LARGEST_OPTION || length > reader.left) {
        // What breaks off is kept as it is: nothing behind it can be found.
        reader.restart(end)
        options.push(['bytes', buffer.subarray(start, end)])
        break
      }
      const bytes = reader.bytes(length)
      const name = COAP_OPTIONS[number]?.[0] ?? number
      const value = readValue(formOf(number), bytes)
      options.push(value === undefined || (bytes.length === 0 && formOf(number) === 'opaque') ? [name] : [name, value])
    }
    return options
  }

  /** The number that a nibble stands for, or -1. */
  private extended(nibble: number, reader: Reader): number {
    if (nibble < 13) return nibble
    if (nibble === 15 || reader.left < nibble - 12) return -1
    return nibble === 13 ? reader.u8() + ONE_MORE : reader.u16() + TWO_MORE
  }

  write(writer: Writer, options: CoapOption[]): void {
    // Options stand in the order of their numbers; those of one number in the order in which they were given.
    const known = options
      .filter(([name]) => name !== 'bytes')
      .map((option) => [numberOf(option[0]), option[1]] as const)
    let before = 0
    for (const [number, value] of known.sort((a, b) => a[0] - b[0])) {
      const bytes = valueBytes(formOf(number), value)
      if (bytes.length > LARGEST_OPTION) throw new PacketError(`CoAP: option ${number} has ${bytes.length} bytes`)
      const [delta, deltaMore] = extended(number - before)
      const [length, lengthMore] = extended(bytes.length)
      writer.u8((delta << 4) | length)
      for (const byte of [...deltaMore, ...lengthMore]) writer.u8(byte)
      writer.bytes(bytes)
      before = number
    }
    for (const [name, value] of options) if (name === 'bytes') writer.bytes(value as Uint8Array)
  }

  coerce(value: unknown, where: string): CoapOption[] {
    if (!Array.isArray(value))
      throw new PacketError(`${where}: ${printed(value)} is no list of options such as [['Uri-Path', 'sensors']]`)
    return value.map((given: unknown): CoapOption => {
      const [name, inner] = (Array.isArray(given) ? given : [given]) as [unknown, unknown]
      if (name === 'bytes' && inner instanceof Uint8Array) return ['bytes', inner]
      const number = typeof name === 'string' || typeof name === 'number' ? numberOf(name) : -1
      if (!(Number.isInteger(number) && number >= 0 && number <= LARGEST_OPTION)) {
        const names = Object.values(COAP_OPTIONS).map(([known]) => known)
        throw new PacketError(
          `${where}: no option ${printed(name)}${(typeof name === 'string' && suggestion(name, names)) || `; the names are ${names.join(' ')}`}`,
        )
      }
      const known = COAP_OPTIONS[number]?.[0] ?? number
      const form = formOf(number)
      const coerced =
        inner === undefined && form === 'opaque' ? undefined : coerceValue(form, inner, `${where} ${known}`)
      return coerced === undefined ? [known] : [known, coerced]
    })
  }

  empty(): CoapOption[] {
    return []
  }

  show(options: CoapOption[]): string {
    return `[${options.map(([name, value]) => (value === undefined ? String(name) : `${name} ${value instanceof Uint8Array ? toHex(value) : value}`)).join(', ')}]`
  }

  json(options: CoapOption[]): unknown {
    return options.map(([name, value]) =>
      value === undefined ? [name] : [name, value instanceof Uint8Array ? { hex: toHex(value) } : value],
    )
  }

  parse(json: unknown): unknown {
    if (!Array.isArray(json)) return json
    return json.map((option: unknown) => {
      const value = Array.isArray(option) ? (option[1] as { hex?: unknown } | undefined) : undefined
      return typeof value?.hex === 'string' ? [(option as unknown[])[0], fromHex(value.hex)] : option
    })
  }

  command(options: CoapOption[]): string {
    const literal = (value: CoapOption[1]): string =>
      value instanceof Uint8Array ? `hex('${toHex(value)}')` : typeof value === 'string' ? quoted(value) : String(value)
    const key = (name: string | number): string => (typeof name === 'number' ? String(name) : quoted(name))
    return `[${options.map(([name, value]) => (value === undefined ? `[${key(name)}]` : `[${key(name)}, ${literal(value)}]`)).join(', ')}]`
  }

  same(a: CoapOption[], b: CoapOption[]): boolean {
    return this.command(a) === this.command(b)
  }
}

/** Options up to the payload marker. */
export const coapOptions = (): Field<CoapOption[], readonly (CoapOption | string)[]> =>
  new Field<CoapOption[], readonly (CoapOption | string)[]>(Kind.CODEC, 0, new CoapOptionsCodec())

/** The marker in front of a payload: one byte, or none. */
class MarkerCodec implements Codec<Uint8Array> {
  readonly kindName = 'bytes'

  read(reader: Reader): Uint8Array {
    return reader.left > 0 && reader.buffer[reader.position] === PAYLOAD_MARKER ? reader.bytes(1) : this.empty()
  }
  write(writer: Writer, value: Uint8Array): void {
    writer.bytes(value)
  }
  coerce(value: unknown, where: string): Uint8Array {
    const bytes = value instanceof Uint8Array ? value : undefined
    if (bytes !== undefined && (bytes.length === 0 || (bytes.length === 1 && bytes[0] === PAYLOAD_MARKER))) return bytes
    throw new PacketError(`${where}: ${printed(value)} is neither the byte hex('ff') nor none`)
  }
  isSet(): boolean {
    return true
  }

  empty(): Uint8Array {
    return new Uint8Array(0)
  }
  show(value: Uint8Array): string {
    return toHex(value)
  }
  json(value: Uint8Array): string {
    return toHex(value)
  }
  parse(json: unknown): unknown {
    return typeof json === 'string' ? fromHex(json) : json
  }
  command(value: Uint8Array): string {
    return value.length === 0 ? "hex('')" : bytesCommand(value)
  }
  same(a: Uint8Array, b: Uint8Array): boolean {
    return a.length === b.length
  }
}

/** The payload marker: there when a payload is. */
export const payloadMarker = (): Field<Uint8Array> =>
  new Field<Uint8Array>(Kind.CODEC, 0, new MarkerCodec())
    // A default that is not empty says that the field takes part in every build; the value is found anew each time.
    .default(Uint8Array.of(PAYLOAD_MARKER))
    .dynamic((me) => (me.payload === null ? new Uint8Array(0) : Uint8Array.of(PAYLOAD_MARKER)))
