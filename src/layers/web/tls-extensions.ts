/**
 * The extensions of TLS messages as a list of name and value, `[['server_name', 'example.org'], ['extended_master_secret']]`.
 * RFC 8446 §4.2. One with its number in place of its name has its bytes as they are.
 */
import {
  type AnyPacket,
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
  type Writer,
} from '../../packet/index.js'
import { type ExtensionValue, readForm } from './tls-extension-forms.js'
import { type ExtensionOwner, extensionForm } from './tls-extension-kinds.js'
import { extensionTypes } from './tls-extension-numbers.js'
import { isGrease } from './tls-grease.js'

/** One extension: its name (its number where it has none, or where its bytes are none of its form) and its value. */
export type TlsExtension = readonly [name: string | number, value?: ExtensionValue]

/** More than a message has: each takes four bytes. */
const MAX_EXTENSIONS = 16384

let numbers: Map<string, number> | null = null

/** Number of an extension's name, or undefined. */
export function extensionNumber(name: string | number): number | undefined {
  if (typeof name === 'number') return name
  numbers ??= new Map([
    ['grease', 0x0a0a],
    ['alpn', 16],
    ...Object.entries(extensionTypes()).map(([number, known]): [string, number] => [known, Number(number)]),
  ])
  return numbers.get(name.toLowerCase())
}

/** Reads extensions; what breaks off is `['bytes', …]`. */
function readExtensions(buffer: Uint8Array, start: number, end: number, owner: ExtensionOwner): TlsExtension[] {
  const extensions: TlsExtension[] = []
  let at = start
  while (at < end) {
    const length = end - at < 4 ? -1 : (buffer[at + 2]! << 8) | buffer[at + 3]!
    if (length < 0 || length > end - at - 4 || extensions.length >= MAX_EXTENSIONS) {
      extensions.push(['bytes', buffer.subarray(at, end)])
      break
    }
    const type = (buffer[at]! << 8) | buffer[at + 1]!
    const valueAt = at + 4
    at = valueAt + length
    const name = extensionTypes()[type]
    if (length === 0) extensions.push([name ?? type])
    else {
      const value = name === undefined ? undefined : readForm(extensionForm(type, owner), buffer, valueAt, at)
      extensions.push(value === undefined ? [type, buffer.subarray(valueAt, at)] : [name!, value])
    }
  }
  return extensions
}

class ExtensionsCodec implements Codec<TlsExtension[]> {
  readonly kindName = 'extensions'
  constructor(
    private readonly owner: ExtensionOwner,
    private readonly length: (packet: AnyPacket) => number,
  ) {}

  read(reader: Reader, packet: AnyPacket): TlsExtension[] {
    const { buffer, position, end } = reader
    const last = Math.min(position + this.length(packet), end)
    const extensions = readExtensions(buffer, position, last, this.owner)
    if (last < end) extensions.push(['bytes', buffer.subarray(last, end)])
    reader.position = end
    return extensions
  }

  write(writer: Writer, extensions: TlsExtension[]): void {
    for (const [name, value] of extensions) {
      if (name === 'bytes') {
        writer.bytes(value as Uint8Array)
        continue
      }
      const type = extensionNumber(name)!
      writer.u16(type)
      const lengthAt = writer.reserve(2)
      if (typeof name === 'number') writer.bytes((value as Uint8Array | undefined) ?? new Uint8Array(0))
      else if (value !== undefined) extensionForm(type, this.owner).write(writer, value)
      const length = writer.length - lengthAt - 2
      if (length > 0xffff)
        throw new PacketError(`extension ${String(name)} has ${length} bytes; its length field holds 65535`)
      writer.patch16(lengthAt, length)
    }
  }

  coerce(value: unknown, where: string): TlsExtension[] {
    if (!Array.isArray(value))
      throw new PacketError(
        `${where}: ${printed(value)} is no list of extensions such as [['server_name', 'example.org']]`,
      )
    return value.map((given: unknown) => this.coerceOne(given, where))
  }

  private coerceOne(given: unknown, where: string): TlsExtension {
    const [name, value] = (Array.isArray(given) ? given : [given]) as [unknown, unknown]
    if (name === 'bytes' && value instanceof Uint8Array) return ['bytes', value]
    if (typeof name === 'number' && Number.isInteger(name) && name >= 0 && name <= 0xffff) {
      if (value === undefined || value === null) return [extensionTypes()[name] ?? name]
      if (typeof value === 'string' || value instanceof Uint8Array) return [name, toBytes(value)]
      throw new PacketError(`${where}: extension ${name}, given by its number, takes bytes, not ${printed(value)}`)
    }
    const type = typeof name === 'string' ? extensionNumber(name) : undefined
    if (type === undefined) {
      const near = typeof name === 'string' ? suggestion(name, Object.values(extensionTypes())) : ''
      throw new PacketError(
        `${where}: no extension ${printed(name)}${near === '' ? '; a number 0..65535 works too' : near}`,
      )
    }
    const known = extensionTypes()[type] ?? type
    if (value === undefined || value === null) return [known]
    return [known, extensionForm(type, this.owner).coerce(value, `${where} ${String(known)}`)]
  }

  optionNames(): (readonly [name: string, about: string])[] {
    return Object.entries(extensionTypes()).map(([number, name]) => [name, `extension ${number}`] as const)
  }

  empty(): TlsExtension[] {
    return []
  }

  show(extensions: TlsExtension[]): string {
    return `[${extensions.map(([name, value]) => `${nameOf(name)}${value === undefined ? '' : ` ${shown(value)}`}`).join(', ')}]`
  }

  json(extensions: TlsExtension[]): unknown {
    return extensions.map(jsonOf)
  }

  parse(json: unknown): unknown {
    return Array.isArray(json) ? json.map(parsed) : json
  }

  command(extensions: TlsExtension[]): string {
    return `[${extensions.map(literal).join(', ')}]`
  }

  same(a: TlsExtension[], b: TlsExtension[]): boolean {
    return isSame(a, b)
  }
}

/** `GREASE` for such a number; the name of one whose value is bytes because it is none of its form. */
const nameOf = (name: string | number): string =>
  typeof name === 'string' ? name : isGrease(name) ? 'GREASE' : (extensionTypes()[name] ?? String(name))

function shown(value: ExtensionValue): string {
  if (value instanceof Uint8Array) return value.length === 0 ? "''" : toHex(value)
  if (typeof value === 'number') return isGrease(value) ? 'GREASE' : String(value)
  if (typeof value === 'string') return /^[\w.:/-]+$/.test(value) ? value : quoted(value)
  return `(${value.map(shown).join(' ')})`
}

/** Bytes are `{"hex": "…"}`: a text may look like hexadecimal. */
function jsonOf(value: unknown): unknown {
  if (value instanceof Uint8Array) return { hex: toHex(value) }
  return Array.isArray(value) ? value.map(jsonOf) : value
}

function parsed(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(parsed)
  const { hex } = (json ?? {}) as { hex?: unknown }
  return typeof hex === 'string' ? fromHex(hex) : json
}

function literal(value: unknown): string {
  if (value instanceof Uint8Array) return `hex('${toHex(value)}')`
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  return typeof value === 'string' ? quoted(value) : String(value)
}

function isSame(a: unknown, b: unknown): boolean {
  if (a instanceof Uint8Array) return b instanceof Uint8Array && sameBytes(a, b)
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b
  return a.length === b.length && a.every((value, i) => isSame(value, b[i]))
}

/** The extensions of a message, as many bytes of it as `length` says. What is left of the message follows as `['bytes', …]`. */
export const tlsExtensions = (
  owner: ExtensionOwner,
  length: (packet: AnyPacket) => number,
): Field<TlsExtension[], readonly (TlsExtension | readonly unknown[] | string)[]> =>
  new Field<TlsExtension[], readonly (TlsExtension | readonly unknown[] | string)[]>(
    Kind.CODEC,
    0,
    new ExtensionsCodec(owner, length),
  )

/** The value of an extension in a message that was read; undefined when it is not there, null when it has none. */
export function extensionOf(message: AnyPacket, name: string): ExtensionValue | null | undefined {
  const found = ((message.ext ?? []) as TlsExtension[]).find((each) => each[0] === name)
  return found === undefined ? undefined : (found[1] ?? null)
}
