/** What values of the lists in `tlv-list.ts` look like: numbers, names, addresses, text, and lists and tuples of them. */
import {
  type AnyPacket,
  formatIpv4,
  formatIpv6,
  fromHex,
  PacketError,
  parseIpv4,
  parseIpv6,
  printed,
  suggestion,
  toBytes,
  toHex,
  Writer,
} from '../../packet/index.js'

/** How one kind of value is read and written. A value is text, a number, a bigint, bytes, or a list of these. */
export interface ValueForm {
  /** Bytes when it is always the same number. */
  readonly size?: number
  /** Zeros that stand for a value left out: it is computed when all else is in place. */
  readonly sizeWhenUnset?: number
  /** The value, or undefined where the bytes are none of this form: they then stay bytes. */
  read(bytes: Uint8Array, packet: AnyPacket): unknown
  write(value: unknown, packet: AnyPacket): Uint8Array
  /** @throws PacketError when the value cannot be one of this form's; `where` names the field. */
  coerce(value: unknown, where: string): unknown
  /** The value that JSON shows; the value itself unless given. */
  json?(value: unknown): unknown
  parse?(json: unknown): unknown
}

type Names = Readonly<Record<number, string>>

/** Any bytes; text is taken as UTF-8. */
export const anyBytes: ValueForm = {
  read: (bytes) => bytes,
  write: (value) => value as Uint8Array,
  coerce: (value, where) => {
    if (typeof value === 'string') return toBytes(value)
    if (value instanceof Uint8Array) return value
    throw new PacketError(`${where}: ${printed(value)} is no byte string; give text or bytes`)
  },
  json: (value) => toHex(value as Uint8Array),
  parse: (json) => (typeof json === 'string' ? fromHex(json) : json),
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Text in UTF-8. */
export const anyText: ValueForm = {
  read: (bytes) => {
    try {
      return decoder.decode(bytes)
    } catch {
      return undefined
    }
  },
  write: (value) => toBytes(value as string),
  coerce: (value, where) => {
    if (typeof value === 'string') return value
    throw new PacketError(`${where}: ${printed(value)} is no text`)
  },
}

/** Unsigned number of 1, 2 or 4 bytes; those that have a name read as it, and may be given by it. */
export function numberOf(size: 1 | 2 | 4, names?: Names): ValueForm {
  const most = 256 ** size - 1
  return {
    size,
    read: (bytes) => {
      if (bytes.length !== size) return undefined
      const number = bytes.reduce((total, byte) => total * 256 + byte, 0)
      return names?.[number] ?? number
    },
    write: (value) => {
      const number = typeof value === 'number' ? value : numberNamed(value as string, names)!
      return Uint8Array.from({ length: size }, (_, i) => Math.floor(number / 256 ** (size - 1 - i)) % 256)
    },
    coerce: (value, where) => {
      const number = typeof value === 'string' ? numberNamed(value, names) : value
      if (typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= most)
        return names?.[number] ?? number
      const near = typeof value === 'string' && names !== undefined ? suggestion(value, Object.values(names)) : ''
      throw new PacketError(`${where}: ${printed(value)} is no number (0..${most})${near}`)
    },
  }
}

function numberNamed(name: string, names: Names = {}): number | undefined {
  const found = Object.entries(names).find(([, each]) => each.toLowerCase() === name.toLowerCase())
  return found === undefined ? undefined : Number(found[0])
}

/** Unsigned number of 8 bytes, a bigint. */
export const bigNumber: ValueForm = {
  size: 8,
  read: (bytes) => (bytes.length === 8 ? BigInt(`0x${toHex(bytes)}`) : undefined),
  write: (value) => fromHex((value as bigint).toString(16).padStart(16, '0')),
  coerce: (value, where) => {
    const number = typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value
    if (typeof number === 'bigint' && number >= 0n && number < 1n << 64n) return number
    throw new PacketError(
      `${where}: ${printed(value)} does not fit 64 bits; give a whole number or a bigint such as 5n`,
    )
  },
  json: (value) => String(value),
  parse: (json) => (typeof json === 'string' ? BigInt(json) : json),
}

/** IPv4 address as text. */
export const ipv4Address: ValueForm = {
  size: 4,
  read: (bytes) => (bytes.length === 4 ? formatIpv4(bytes.reduce((total, byte) => total * 256 + byte, 0)) : undefined),
  write: (value) => {
    const number = parseIpv4(value as string)
    return Uint8Array.of(number >>> 24, number >>> 16, number >>> 8, number)
  },
  coerce: (value, where) => {
    if (typeof value === 'string' && parseIpv4(value) >= 0) return formatIpv4(parseIpv4(value))
    throw new PacketError(`${where}: ${printed(value)} is no IPv4 address such as '10.0.0.1'`)
  },
}

/** IPv6 address as text. */
export const ipv6Address: ValueForm = {
  size: 16,
  read: (bytes) => (bytes.length === 16 ? formatIpv6(bytes) : undefined),
  write: (value) => parseIpv6(value as string)!,
  coerce: (value, where) => {
    const address = typeof value === 'string' ? parseIpv6(value) : undefined
    if (address !== undefined) return formatIpv6(address)
    throw new PacketError(`${where}: ${printed(value)} is no IPv6 address such as 'fd00::1'`)
  },
}

/** Some values of one form and fixed size, one after the other. */
export function listOf(form: ValueForm): ValueForm {
  const size = form.size!
  return {
    read: (bytes, packet) => {
      if (bytes.length % size !== 0) return undefined
      const values: unknown[] = []
      for (let at = 0; at < bytes.length; at += size) values.push(form.read(bytes.subarray(at, at + size), packet))
      return values
    },
    write: (value, packet) => joined((value as unknown[]).map((each) => form.write(each, packet))),
    coerce: (value, where) => {
      if (!Array.isArray(value)) throw new PacketError(`${where}: ${printed(value)} is no list`)
      return value.map((each) => form.coerce(each, where))
    },
  }
}

/** Values of several forms, one after the other; all but the last have a fixed size. */
export function tupleOf(...forms: readonly ValueForm[]): ValueForm {
  const last = forms.length - 1
  const fixed = forms.slice(0, last).reduce((total, form) => total + form.size!, 0)
  return {
    read: (bytes, packet) => {
      if (bytes.length < fixed) return undefined
      let at = 0
      const values: unknown[] = []
      for (const [i, form] of forms.entries()) {
        const end = i === last ? bytes.length : at + form.size!
        const value = form.read(bytes.subarray(at, end), packet)
        if (value === undefined) return undefined
        values.push(value)
        at = end
      }
      return values
    },
    write: (value, packet) => joined(forms.map((form, i) => form.write((value as unknown[])[i], packet))),
    coerce: (value, where) => {
      if (!Array.isArray(value) || value.length !== forms.length)
        throw new PacketError(`${where}: ${printed(value)} is no list of ${forms.length} values`)
      return forms.map((form, i) => form.coerce(value[i], where))
    },
    json: (value) => forms.map((form, i) => jsonOf(form, (value as unknown[])[i])),
    parse: (json) =>
      Array.isArray(json) ? json.map((each, i) => (forms[i] === undefined ? each : parsedOf(forms[i], each))) : json,
  }
}

/** The JSON of a value; bytes where the form has something else are told apart. */
export function jsonOf(form: ValueForm, value: unknown): unknown {
  if (value instanceof Uint8Array && form !== anyBytes) return { bytes: toHex(value) }
  return form.json === undefined ? value : form.json(value)
}

/** The value that `jsonOf` made the JSON of. */
export function parsedOf(form: ValueForm, json: unknown): unknown {
  if (typeof json === 'object' && json !== null && 'bytes' in json && typeof json.bytes === 'string')
    return fromHex(json.bytes)
  return form.parse === undefined ? json : form.parse(json)
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const writer = new Writer()
  for (const part of parts) writer.bytes(part)
  return writer.buffer.subarray(0, writer.length)
}
