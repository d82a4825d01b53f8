/** The forms in which values of TLS extensions are written. What does not read exactly as its form stays bytes. */
import { PacketError, printed, Reader, toBytes, type Writer } from '../../packet/index.js'

/** Value of an extension: a name, a number, bytes, or a list of such. */
export type ExtensionValue = string | number | Uint8Array | readonly ExtensionValue[]

/** How one value is read, checked and written. */
export interface Form {
  /** Marks the reader as failed when the bytes are none of this form. */
  read(reader: Reader): ExtensionValue
  /** @throws PacketError */
  coerce(value: unknown, where: string): ExtensionValue
  write(writer: Writer, value: ExtensionValue): void
}

type Names = Readonly<Record<number, string>>

const readNumber = (reader: Reader, size: number): number => {
  let value = 0
  for (let i = 0; i < size; i++) value = value * 256 + reader.u8()
  return value
}

function writeNumber(writer: Writer, value: number, size: number): void {
  const at = writer.reserve(size)
  for (let i = 0; i < size; i++) writer.buffer[at + i] = Math.floor(value / 256 ** (size - 1 - i))
}

/** A number of so many bytes; its name where it has one that stands for it alone. */
export function number(size: 1 | 2 | 4, names: () => Names = () => ({})): Form {
  const most = 256 ** size - 1
  // Sixteen numbers are called GREASE: which one it is must stay known.
  const named = (value: number): string | number => {
    const name = names()[value]
    return name === undefined || name === 'GREASE' ? value : name
  }
  return {
    read: (reader) => named(readNumber(reader, size)),
    coerce(value, where) {
      if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most) return named(value)
      const known = typeof value === 'string' ? numberOf(names(), value) : undefined
      if (known !== undefined) return named(known)
      throw new PacketError(`${where}: ${printed(value)} is no known name nor a number (0..${most})`)
    },
    write: (writer, value) =>
      writeNumber(writer, typeof value === 'number' ? value : (numberOf(names(), value as string) ?? 0), size),
  }
}

function numberOf(names: Names, name: string): number | undefined {
  const lower = name.toLowerCase()
  for (const [value, known] of Object.entries(names)) if (known.toLowerCase() === lower) return Number(value)
  return undefined
}

/** Bytes, all that are there. */
export const rest: Form = {
  read: (reader) => reader.rest(),
  coerce(value, where) {
    if (value instanceof Uint8Array) return value
    if (typeof value === 'string') return toBytes(value)
    throw new PacketError(`${where}: ${printed(value)} is no byte string; give text or bytes`)
  },
  write: (writer, value) => writer.bytes(value as Uint8Array),
}

/** Text in printable ASCII; bytes where it has others. */
export const text: Form = {
  read(reader) {
    const bytes = reader.rest()
    for (const byte of bytes) if (byte < 32 || byte > 126) return bytes
    return String.fromCharCode(...bytes)
  },
  coerce: (value, where) => (typeof value === 'string' ? value : rest.coerce(value, where)),
  write: (writer, value) => writer.bytes(toBytes(value as string | Uint8Array)),
}

/** A value with its length in bytes before it. */
export function prefixed(size: 1 | 2, inner: Form): Form {
  return {
    read(reader) {
      const sub = reader.sub(readNumber(reader, size))
      const value = inner.read(sub)
      if (sub.missing > 0 || sub.left > 0) reader.fail('a length that does not fit its content')
      return value
    },
    coerce: (value, where) => inner.coerce(value, where),
    write(writer, value) {
      const at = writer.reserve(size)
      inner.write(writer, value)
      const length = writer.length - at - size
      if (length >= 256 ** size)
        throw new PacketError(`an extension has a value of ${length} bytes; its length field holds ${256 ** size - 1}`)
      if (size === 1) writer.buffer[at] = length
      else writer.patch16(at, length)
    },
  }
}

/** Values of one form, to the end; one alone may be given without the list. */
export function listOf(element: Form): Form {
  return {
    read(reader) {
      const values: ExtensionValue[] = []
      while (reader.left > 0 && reader.missing === 0) {
        const before = reader.position
        values.push(element.read(reader))
        if (reader.position === before) reader.fail('an element without bytes')
      }
      return values
    },
    coerce: (value, where) => (Array.isArray(value) ? value : [value]).map((each) => element.coerce(each, where)),
    write(writer, values) {
      for (const value of values as ExtensionValue[]) element.write(writer, value)
    },
  }
}

/** Values of several forms, one after the other. */
export function sequence(...parts: readonly Form[]): Form {
  return {
    read: (reader) => parts.map((part) => part.read(reader)),
    coerce(value, where) {
      if (!Array.isArray(value) || value.length !== parts.length)
        throw new PacketError(`${where}: ${printed(value)} is no list of ${parts.length} values`)
      return parts.map((part, i) => part.coerce(value[i], where))
    },
    write: (writer, values) => parts.forEach((part, i) => part.write(writer, (values as ExtensionValue[])[i]!)),
  }
}

/** Always the same bytes, which have one name. */
export function constant(name: string, bytes: readonly number[]): Form {
  return {
    read(reader) {
      const found = reader.bytes(bytes.length)
      if (found.length !== bytes.length || found.some((byte, i) => byte !== bytes[i])) reader.fail(`not ${name}`)
      return name
    },
    coerce(value, where) {
      if (value === name) return name
      throw new PacketError(
        `${where}: ${printed(value)} is not '${name}'; other values are given as bytes, with the extension's number`,
      )
    },
    write: (writer) => writer.bytes(Uint8Array.from(bytes)),
  }
}

/** Zeros to the end: how many. */
export const zeros: Form = {
  read(reader) {
    const bytes = reader.rest()
    if (bytes.some((byte) => byte !== 0)) reader.fail('padding that is not zero')
    return bytes.length
  },
  coerce(value, where) {
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffff) return value
    throw new PacketError(`${where}: ${printed(value)} is no number of zeros (0..65535)`)
  },
  write: (writer, value) => writer.reserve(value as number),
}

/** The value that these bytes are, or undefined when they are none of this form. */
export function readForm(form: Form, buffer: Uint8Array, start: number, end: number): ExtensionValue | undefined {
  const reader = new Reader(buffer, start, start, end)
  const value = form.read(reader)
  return reader.missing > 0 || reader.left > 0 ? undefined : value
}
