/** Parameters of SVCB and HTTPS records. RFC 9460 §2.2, keys: §7, §8, §14.3.2; dohpath: RFC 9461. */
import {
  type AnyPacket,
  type Codec,
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
  type Reader,
  suggestion,
  toBytes,
  toHex,
  type Writer,
} from '../../packet/index.js'
import { printable, readString, textOf, writeString } from './dns-texts.js'

type Value = number | string | readonly (string | number)[] | Uint8Array | undefined

/** One parameter: its key (`key667` for one without a name) and, unless it has none, its value. */
export type SvcParam = readonly [key: string, value?: Value]

/** How the value of a key is read and written; undefined where the bytes or the value do not fit. */
interface Form {
  read(reader: Reader): Value
  write(writer: Writer, value: Value, where: string): boolean
}

const listOf = (
  readOne: (reader: Reader) => string | undefined,
  writeOne: (writer: Writer, text: string, where: string) => boolean,
): Form => ({
  read(reader) {
    const values: string[] = []
    while (reader.left > 0) {
      const value = readOne(reader)
      if (value === undefined || reader.missing > 0) return undefined
      values.push(value)
    }
    return values.length === 0 ? undefined : values
  },
  write: (writer, value, where) =>
    (typeof value === 'string' ? [value] : Array.isArray(value) ? (value as unknown[]) : [undefined]).every(
      (one) => typeof one === 'string' && writeOne(writer, one, where),
    ),
})

const port: Form = {
  read: (reader) => (reader.left === 2 ? reader.u16() : undefined),
  write: (writer, value) => {
    if (!(Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 0xffff)) return false
    writer.u16(value as number)
    return true
  },
}

const path: Form = {
  read: (reader) => textOf(reader.rest()),
  write: (writer, value) => {
    if (typeof value !== 'string') return false
    writer.bytes(toBytes(value))
    return true
  },
}

const addresses = (size: 4 | 16): Form =>
  listOf(
    (reader) => {
      const bytes = reader.bytes(size)
      if (reader.missing > 0) return undefined
      return size === 16
        ? formatIpv6(bytes, 0)
        : formatIpv4(((bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!) >>> 0)
    },
    (writer, text) => {
      const address = size === 16 ? parseIpv6(text) : parseIpv4(text)
      if (address === undefined || address === -1) return false
      if (typeof address === 'number') writer.u32(address)
      else writer.bytes(address)
      return true
    },
  )

const protocols = listOf(
  (reader) => {
    const text = readString(reader)
    return typeof text === 'string' ? text : undefined
  },
  (writer, text, where) => {
    writeString(writer, text, where)
    return true
  },
)

const keys = listOf(
  (reader) => keyName(reader.u16()),
  (writer, text) => {
    const number = keyNumber(text)
    if (number !== undefined) writer.u16(number)
    return number !== undefined
  },
)

/** IANA, "DNS Service Bindings (SVCB)". */
const KEYS: readonly (readonly [name: string, form?: Form])[] = [
  ['mandatory', keys],
  ['alpn', protocols],
  ['no-default-alpn'],
  ['port', port],
  ['ipv4hint', addresses(4)],
  ['ech'],
  ['ipv6hint', addresses(16)],
  ['dohpath', path],
  ['ohttp'],
]

function keyName(key: number): string {
  return KEYS[key]?.[0] ?? `key${key}`
}

/** A number as key is the name that it has; one that is none finds no key. */
function keyText(key: number | string): string {
  return typeof key === 'number' ? keyName(key) : key
}

function keyNumber(name: string): number | undefined {
  const known = KEYS.findIndex(([key]) => key === name.toLowerCase())
  if (known >= 0) return known
  const number = /^key(\d{1,5})$/i.exec(name)
  return number !== null && Number(number[1]) <= 0xffff ? Number(number[1]) : undefined
}

class SvcParamsCodec implements Codec<SvcParam[]> {
  readonly kindName = 'parameters'
  read(reader: Reader): SvcParam[] {
    const params: SvcParam[] = []
    while (reader.left > 0 && reader.missing === 0) {
      const key = reader.u16()
      const length = reader.u16()
      const inner = reader.sub(length)
      if (reader.missing > 0) break
      const start = inner.position
      const value = KEYS[key]?.[1]?.read(inner)
      inner.position = start
      params.push(
        value !== undefined ? [keyName(key), value] : length === 0 ? [keyName(key)] : [keyName(key), inner.rest()],
      )
    }
    return params
  }

  write(writer: Writer, params: SvcParam[], packet: AnyPacket): void {
    const where = `${packet.layerName}.svc_params`
    for (const [key, value] of params) {
      const number = keyNumber(key)!
      writer.u16(number)
      const at = writer.length
      writer.u16(0)
      if (value instanceof Uint8Array) writer.bytes(value)
      else if (value !== undefined && KEYS[number]?.[1]?.write(writer, value, `${where} ${key}`) !== true) {
        throw new PacketError(
          `${where}: ${printed(value)} is no value of ${key}${KEYS[number]?.[1] === undefined ? ', which takes bytes or nothing' : ''}`,
        )
      }
      writer.patch16(at, writer.length - at - 2)
    }
  }

  coerce(value: unknown, where: string): SvcParam[] {
    const given = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : value
    if (!Array.isArray(given))
      throw new PacketError(`${where}: ${printed(value)} is no list of parameters such as [['alpn', ['h2']]]`)
    return given.map((one: unknown) => {
      const [key, param] = (Array.isArray(one) ? one : [one]) as [unknown, Value]
      const number = typeof key === 'number' || typeof key === 'string' ? keyNumber(keyText(key)) : undefined
      if (number === undefined) {
        const names = KEYS.map(([name]) => name)
        throw new PacketError(
          `${where}: no parameter ${printed(key)}${typeof key === 'string' ? suggestion(key, names) : ''}; the names are ${names.join(' ')} and key667`,
        )
      }
      return param === undefined || param === null ? [keyName(number)] : [keyName(number), param]
    })
  }

  empty(): SvcParam[] {
    return []
  }

  show(params: SvcParam[]): string {
    return params
      .map(([key, value]) =>
        value === undefined ? key : `${key}=${value instanceof Uint8Array ? toHex(value) : printable(String(value))}`,
      )
      .join(' ')
  }

  json(params: SvcParam[]): unknown {
    return params.map(([key, value]) =>
      value === undefined ? [key] : [key, value instanceof Uint8Array ? toHex(value) : value],
    )
  }

  /** Only a path is text: any other text is hexadecimal. */
  parse(json: unknown): unknown {
    if (!Array.isArray(json)) return json
    return json.map((param: unknown) =>
      Array.isArray(param) && typeof param[1] === 'string' && param[0] !== 'dohpath'
        ? [param[0], fromHex(param[1])]
        : param,
    )
  }

  command(params: SvcParam[]): string {
    const literal = (value: unknown): string =>
      value instanceof Uint8Array
        ? `hex('${toHex(value)}')`
        : Array.isArray(value)
          ? `[${value.map(literal).join(', ')}]`
          : typeof value === 'string'
            ? quoted(value)
            : String(value)
    return `[${params.map(([key, value]) => (value === undefined ? `[${quoted(key)}]` : `[${quoted(key)}, ${literal(value)}]`)).join(', ')}]`
  }

  same(a: SvcParam[], b: SvcParam[]): boolean {
    return this.command(a) === this.command(b)
  }
}

/** Parameters as pairs: `[['alpn', ['h2', 'h3']], ['port', 8443]]`; an object may be given too. */
export const svcParams = (): Field<SvcParam[], readonly SvcParam[] | Readonly<Record<string, Value>>> =>
  new Field<SvcParam[], readonly SvcParam[] | Readonly<Record<string, Value>>>(Kind.CODEC, 0, new SvcParamsCodec())
