/** Properties of MQTT 5 as a list: `[['content-type', 'text/plain'], ['user-property', ['unit', '°C']]]`. MQTT 5.0 §2.2.2. */
import {
  type Codec,
  Field,
  fromHex,
  Kind,
  PacketError,
  printed,
  quoted,
  type Reader,
  sameBytes,
  suggestion,
  toBytes,
  toHex,
  Writer,
} from '../../packet/index.js'

/** How the value of a property is written. MQTT 5.0 §1.5. */
type Form = 'byte' | 'two' | 'four' | 'varint' | 'text' | 'binary' | 'pair'

/** One property: its name (its number when unknown) and its value; what could not be read is `['bytes', …]`. */
export type MqttProperty = readonly [name: string, value: unknown]

/** Names and forms by identifier. MQTT 5.0 table 2-4. */
const PROPERTIES: Readonly<Record<number, readonly [name: string, form: Form]>> = {
  1: ['payload-format-indicator', 'byte'],
  2: ['message-expiry-interval', 'four'],
  3: ['content-type', 'text'],
  8: ['response-topic', 'text'],
  9: ['correlation-data', 'binary'],
  11: ['subscription-identifier', 'varint'],
  17: ['session-expiry-interval', 'four'],
  18: ['assigned-client-identifier', 'text'],
  19: ['server-keep-alive', 'two'],
  21: ['authentication-method', 'text'],
  22: ['authentication-data', 'binary'],
  23: ['request-problem-information', 'byte'],
  24: ['will-delay-interval', 'four'],
  25: ['request-response-information', 'byte'],
  26: ['response-information', 'text'],
  28: ['server-reference', 'text'],
  31: ['reason-string', 'text'],
  33: ['receive-maximum', 'two'],
  34: ['topic-alias-maximum', 'two'],
  35: ['topic-alias', 'two'],
  36: ['maximum-qos', 'byte'],
  37: ['retain-available', 'byte'],
  38: ['user-property', 'pair'],
  39: ['maximum-packet-size', 'four'],
  40: ['wildcard-subscription-available', 'byte'],
  41: ['subscription-identifier-available', 'byte'],
  42: ['shared-subscription-available', 'byte'],
}

/** Largest number of a variable byte integer. MQTT 5.0 §1.5.5. */
export const LARGEST_VARINT = 268435455
const MAX_VARINT_BYTES = 4
const MAX_PROPERTIES = 1024

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** The variable byte integer at `at`: its value and where it ends; a value of -1 when it is none. */
export function varintAt(buffer: Uint8Array, at: number, end: number): readonly [value: number, end: number] {
  let value = 0
  for (let i = 0; i < MAX_VARINT_BYTES && at + i < end; i++) {
    const byte = buffer[at + i]!
    value += (byte & 0x7f) * 128 ** i
    if (byte < 0x80) return [value, at + i + 1]
  }
  return [-1, at]
}

/** Writes a variable byte integer in as few bytes as it needs. */
export function writeVarint(writer: Writer, value: number): void {
  let rest = value
  do {
    const byte = rest % 128
    rest = Math.floor(rest / 128)
    writer.u8(rest > 0 ? byte | 0x80 : byte)
  } while (rest > 0)
}

/** Where the value of a property of this form ends, or -1 when it does not fit. */
function valueEnd(form: Form, buffer: Uint8Array, at: number, end: number): number {
  const counted = (from: number): number => {
    const stop = from + 2 <= end ? from + 2 + ((buffer[from]! << 8) | buffer[from + 1]!) : end + 1
    return stop <= end ? stop : -1
  }
  switch (form) {
    case 'byte':
      return at < end ? at + 1 : -1
    case 'two':
      return at + 2 <= end ? at + 2 : -1
    case 'four':
      return at + 4 <= end ? at + 4 : -1
    case 'varint': {
      const [value, stop] = varintAt(buffer, at, end)
      return value < 0 ? -1 : stop
    }
    case 'pair': {
      const middle = counted(at)
      return middle < 0 ? -1 : counted(middle)
    }
    default:
      return counted(at)
  }
}

/** Where the properties (their length before them) at `at` end, or -1 when these bytes are none. */
export function propertiesEnd(buffer: Uint8Array, at: number, end: number): number {
  const [length, start] = varintAt(buffer, at, end)
  const stop = start + length
  if (length < 0 || stop > end) return -1
  for (let next = start; next < stop; ) {
    const kind = PROPERTIES[buffer[next]!]
    next = kind === undefined ? -1 : valueEnd(kind[1], buffer, next + 1, stop)
    if (next < 0) return -1
  }
  return stop
}

function readValue(form: Form, bytes: Uint8Array): unknown {
  switch (form) {
    case 'byte':
    case 'two':
    case 'four':
      return bytes.reduce((total, byte) => total * 256 + byte, 0)
    case 'varint':
      return varintAt(bytes, 0, bytes.length)[0]
    case 'text':
      return decoder.decode(bytes.subarray(2))
    case 'binary':
      return bytes.subarray(2)
    case 'pair': {
      const middle = 2 + ((bytes[0]! << 8) | bytes[1]!)
      return [decoder.decode(bytes.subarray(2, middle)), decoder.decode(bytes.subarray(middle + 2))]
    }
  }
}

function writeCounted(writer: Writer, value: unknown, name: string): void {
  const bytes = toBytes(value as string | Uint8Array)
  if (bytes.length > 65535)
    throw new PacketError(`property ${name}: ${bytes.length} bytes; its length field holds 65535`)
  writer.u16(bytes.length)
  writer.bytes(bytes)
}

function writeProperty(writer: Writer, [name, value]: MqttProperty): void {
  if (name === 'bytes') {
    writer.bytes(value as Uint8Array)
    return
  }
  const id = numberOf(name)
  writer.u8(id)
  switch (PROPERTIES[id]![1]) {
    case 'byte':
      writer.u8(value as number)
      break
    case 'two':
      writer.u16(value as number)
      break
    case 'four':
      writer.u32(value as number)
      break
    case 'varint':
      writeVarint(writer, value as number)
      break
    case 'pair':
      for (const part of value as readonly string[]) writeCounted(writer, part, name)
      break
    default:
      writeCounted(writer, value, name)
  }
}

function numberOf(name: string): number {
  const found = Object.entries(PROPERTIES).find(([, [known]]) => known === name)
  return found === undefined ? -1 : Number(found[0])
}

const MOST: Readonly<Partial<Record<Form, number>>> = {
  byte: 255,
  two: 65535,
  four: 4294967295,
  varint: LARGEST_VARINT,
}

function coerceValue(form: Form, value: unknown, where: string): unknown {
  const most = MOST[form]
  if (most !== undefined) {
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most) return value
    throw new PacketError(`${where}: ${printed(value)} is no whole number (0..${most})`)
  }
  if (form === 'pair') {
    if (Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string')) return value
    throw new PacketError(`${where}: ${printed(value)} is no pair of texts such as ['key', 'value']`)
  }
  if (form === 'binary' && (value instanceof Uint8Array || typeof value === 'string'))
    return typeof value === 'string' ? toBytes(value) : value
  if (typeof value === 'string') return value
  throw new PacketError(`${where}: ${printed(value)} is no ${form === 'binary' ? 'byte string' : 'text'}`)
}

class PropertiesCodec implements Codec<MqttProperty[]> {
  readonly kindName = 'properties'

  optionNames(): (readonly [name: string, about: string])[] {
    return Object.entries(PROPERTIES).map(([id, [name, form]]) => [name, `property ${id}, ${form}`] as const)
  }

  read(reader: Reader): MqttProperty[] {
    const { buffer, position, end } = reader
    const [length, start] = varintAt(buffer, position, end)
    if (length < 0) {
      if (reader.left >= MAX_VARINT_BYTES) reader.fail('its length is no variable byte integer')
      else reader.need(reader.left + 1)
      return []
    }
    reader.position = start
    const bytes = reader.bytes(length)
    if (reader.missing > 0) return []
    const properties = this.properties(bytes)
    const again = new Writer()
    this.write(again, properties)
    // A length or text in a form of its own (more bytes than it needs) would not be built to the same bytes.
    const same = sameBytes(again.buffer.subarray(0, again.length), buffer.subarray(position, reader.position))
    return same ? properties : [['encoded', buffer.subarray(position, reader.position)]]
  }

  private properties(bytes: Uint8Array): MqttProperty[] {
    const found: MqttProperty[] = []
    for (let at = 0; at < bytes.length; ) {
      const kind = PROPERTIES[bytes[at]!]
      const stop = kind === undefined ? -1 : valueEnd(kind[1], bytes, at + 1, bytes.length)
      if (stop < 0 || found.length >= MAX_PROPERTIES) {
        found.push(['bytes', bytes.subarray(at)])
        break
      }
      found.push([kind![0], readValue(kind![1], bytes.subarray(at + 1, stop))])
      at = stop
    }
    return found
  }

  write(writer: Writer, properties: MqttProperty[]): void {
    if (properties[0]?.[0] === 'encoded') {
      writer.bytes(properties[0][1] as Uint8Array)
      return
    }
    const inner = new Writer()
    for (const property of properties) writeProperty(inner, property)
    writeVarint(writer, inner.length)
    writer.bytes(inner.buffer.subarray(0, inner.length))
  }

  coerce(value: unknown, where: string): MqttProperty[] {
    if (!Array.isArray(value))
      throw new PacketError(
        `${where}: ${printed(value)} is no list of properties such as [['content-type', 'text/plain']]`,
      )
    return value.map((given: unknown) => {
      const [name, inner] = (Array.isArray(given) ? given : [given]) as [unknown, unknown]
      if ((name === 'bytes' || name === 'encoded') && inner instanceof Uint8Array) return [name, inner] as const
      const known = typeof name === 'string' ? name.toLowerCase().replace(/[ _]/g, '-') : ''
      const id = typeof name === 'number' ? name : numberOf(known)
      const kind = PROPERTIES[id]
      if (kind === undefined) {
        const names = Object.values(PROPERTIES).map(([each]) => each)
        throw new PacketError(
          `${where}: no property ${printed(name)}${suggestion(known, names) || `; the names are ${names.join(' ')}`}`,
        )
      }
      return [kind[0], coerceValue(kind[1], inner, `${where} ${kind[0]}`)] as const
    })
  }

  empty(): MqttProperty[] {
    return []
  }

  show(properties: MqttProperty[]): string {
    return `[${properties.map(([name, value]) => `${name} ${value instanceof Uint8Array ? toHex(value) : Array.isArray(value) ? value.join('=') : String(value)}`).join(', ')}]`
  }

  json(properties: MqttProperty[]): unknown {
    return properties.map(([name, value]) => [name, value instanceof Uint8Array ? toHex(value) : value])
  }

  parse(json: unknown): unknown {
    if (!Array.isArray(json)) return json
    return json.map((property: unknown) => {
      if (!Array.isArray(property) || typeof property[1] !== 'string') return property
      const [name, value] = property as [string, string]
      const isBytes = name === 'bytes' || name === 'encoded' || PROPERTIES[numberOf(name)]?.[1] === 'binary'
      return isBytes ? [name, fromHex(value)] : property
    })
  }

  command(properties: MqttProperty[]): string {
    const literal = (value: unknown): string =>
      value instanceof Uint8Array
        ? `hex('${toHex(value)}')`
        : Array.isArray(value)
          ? `[${value.map(literal).join(', ')}]`
          : typeof value === 'string'
            ? quoted(value)
            : String(value)
    return `[${properties.map(([name, value]) => `[${quoted(name)}, ${literal(value)}]`).join(', ')}]`
  }

  same(a: MqttProperty[], b: MqttProperty[]): boolean {
    return this.command(a) === this.command(b)
  }
}

/** Properties with their length before them. */
export const properties = (): Field<MqttProperty[], readonly (readonly [string | number, unknown])[]> =>
  new Field<MqttProperty[], readonly (readonly [string | number, unknown])[]>(Kind.CODEC, 0, new PropertiesCodec())
