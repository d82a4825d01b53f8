import { formatIpv4, formatIpv6, formatMac, parseIpv4, parseIpv6, parseMac } from './addresses.js'
import type { BuildContext } from './build-context.js'
import { type Reader, toHex, type Writer } from './bytes.js'
import { PacketError, suggestion } from './errors.js'
import { printed, quoted } from './literal.js'
import type { Packet } from './packet.js'

/** A packet as conditions, lengths and behaviours see it: any field by its name. */
// biome-ignore lint/suspicious/noExplicitAny: a layer's own functions run before its type is known
export type AnyPacket = Packet & Record<string, any>

/** How the bytes of a field hold its value. Numbers are read and written by one switch; the rest has a codec. */
export const Kind = {
  BITS: 0,
  U8: 1,
  U16: 2,
  U24: 3,
  U32: 4,
  U64: 5,
  U16LE: 6,
  U32LE: 7,
  U64LE: 8,
  IPV4: 9,
  IPV6: 10,
  MAC: 11,
  CODEC: 12,
} as const

const MAX_FLAG_TEXTS = 1024

/** How a flag without a name is written. */
const UNNAMED_FLAG = /^bit(\d+)$/

const SIZE: readonly number[] = [0, 1, 2, 3, 4, 8, 2, 4, 8, 4, 16, 6, 0]

/** Reads, writes and prints values that are no plain numbers or addresses: byte strings, lists, options, layers. */
export interface Codec<T = unknown> {
  /** What it holds, in a word or two, for listings. */
  readonly kindName?: string
  /** Names that an element of the list may begin with, each with what is known of it: for completion. */
  optionNames?(): readonly (readonly [name: string, about: string])[]
  /** Bytes, when it is always the same number. */
  readonly size?: number
  /** Whether bytes stand for it even where its value is empty: what ends a text. */
  readonly isNeverEmpty?: boolean
  /** Fields of the layer that say how long it is. */
  readonly needs?: readonly string[]
  /** Must stay within the reader's bounds, also on hostile bytes; a read that fails leaves `reader.missing` set. */
  read(reader: Reader, packet: AnyPacket): T
  write(writer: Writer, value: T, packet: AnyPacket): void
  /** @throws PacketError when the value cannot be one of this field's; `where` is `Layer.field`. */
  coerce(value: unknown, where: string): T
  /** The value of a field that was never set. */
  empty(): T
  show(value: T): string
  json(value: T): unknown
  /** The value that `json` printed, in a form that `coerce` takes. */
  parse(json: unknown): unknown
  /** JavaScript that gives the value. */
  command(value: T): string
  same(a: T, b: T): boolean
  /** Whether the value may say less than the bytes that it was read from: they are then kept while it is not set. */
  readonly isLossy?: boolean
  /** How many elements the value has, for `countOf`. */
  count?(value: T): number
  /** The value is filled up until the header has a multiple of this many bytes. */
  readonly align?: number
  /** Whether a list that is given stands for several values, a set; without this a list is one value. */
  isSet?(list: readonly unknown[]): boolean
  /** Whether the value is a list of layers: what they are given for is kept in them. */
  readonly holdsLayers?: boolean
  /** The plain field whose sets (ranges, networks) this one takes too; its presented values are values of the codec. */
  readonly scalar?: Field<never, never>
}

/** A stored value that stands for many (a set) or for a new one each time (a random value). */
export abstract class Deferred {
  /** One concrete value, as a user would give it. */
  abstract pick(): unknown
  abstract toString(): string
}

export type AutoFunction = (context: BuildContext) => number
export type Condition = (packet: AnyPacket) => boolean

/**
 * One field of a layer: its place, its kind, its default, its names. Made by the functions of `kinds.ts`;
 * `layer()` then gives it its name and its place.
 *
 * Values exist in two forms. *Stored*: what the bytes hold (numbers for flags, IPv4 and MAC addresses), kept by packets.
 * *Presented*: what the user reads and writes (`'SA'`, `'10.0.0.1'`).
 */
export class Field<T = unknown, In = T> {
  /** Never set: they carry the types of what is read and what may be given. */
  declare readonly _read: T
  declare readonly _input: In

  readonly kind: number
  readonly bits: number
  /** Largest number that the field holds (for at most 32 bits). */
  readonly maximum: number
  // biome-ignore lint/suspicious/noExplicitAny: a field only ever hands a codec its own values
  readonly codec: Codec<any> | null
  name = ''
  layerName = ''
  index = -1
  /** Byte where the field (for bits: its window) starts in the header, or -1 when that depends on the packet. */
  offset = -1
  /** Bytes of the window that holds a bit field, and how far its value stands from the window's low end. */
  window = 0
  shift = 0
  /** Bit fields that share bytes have one group, numbered by their first field; `bitStart` counts from the group's first bit. */
  group = -1
  groupSize = 0
  bitStart = 0
  defaultValue: unknown = undefined
  dynamicDefault: ((packet: AnyPacket) => unknown) | null = null
  automatic: AutoFunction | null = null
  isChecksum = false
  /** The other field whose bytes or elements this one counts; empty where there is none. */
  measured = ''
  condition: Condition | null = null
  enumNames: Readonly<Record<number, string>> | null = null
  flagNames: readonly string[] | null = null
  /** Names by the value of another field (codes by type), and that field. */
  nameTables: Readonly<Record<number, Readonly<Record<number, string>>>> | null = null
  namesField = ''
  showsHex = false
  /** What the field means, for help; empty where its name says it. */
  meaning = ''
  private enumNumbers: Map<string, number> | null = null
  private flagTexts: (string | undefined)[] | null = null
  private flagNumbers: Map<string, number> | null = null

  constructor(kind: number, bits: number, codec: Codec | null = null) {
    this.kind = kind
    this.bits = bits
    this.maximum = 2 ** bits - 1
    this.codec = codec
  }

  /** One line at the prompt: `<field TCP.dport: 16 bits>`. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    const name = this.layerName === '' ? '' : ` ${this.layerName}.${this.name}`
    return `<field${name}: ${this.codec?.kindName ?? `${this.bits} bit${this.bits === 1 ? '' : 's'}`}>`
  }

  /** Bytes of the field when they are always as many; 0 for bit fields and fields of variable length. */
  get size(): number {
    return this.kind === Kind.CODEC ? (this.codec!.size ?? 0) : SIZE[this.kind]!
  }

  get where(): string {
    return `${this.layerName}.${this.name}`
  }

  // Declaring

  /** Computed at build when unset. It must not depend on other automatic fields of the same layer, unless they come first. */
  auto(compute: AutoFunction): this {
    this.automatic = compute
    return this
  }

  /** Computed at build when unset, after all else of the header is in place and with this field's bytes zero. */
  checksum(compute: AutoFunction): this {
    this.automatic = compute
    this.isChecksum = true
    this.showsHex = true
    return this
  }

  /** The number of bytes of another field of this layer; `adjust` turns it into what is written: `bytes => bytes / 4`. */
  lengthOf(other: string, adjust?: (bytes: number) => number): this {
    this.measured = other
    return this.auto(
      adjust === undefined ? (context) => context.fieldLength(other) : (context) => adjust(context.fieldLength(other)),
    )
  }

  /** The number of elements of another field of this layer; `adjust` turns it into what is written. */
  countOf(other: string, adjust?: (elements: number) => number): this {
    this.measured = other
    return this.auto(
      adjust === undefined ? (context) => context.fieldCount(other) : (context) => adjust(context.fieldCount(other)),
    )
  }

  /** The field is there only when the condition holds. It must not test an automatic field. */
  when(condition: Condition): Field<T | undefined, In> {
    if (typeof condition !== 'function')
      throw new PacketError(`when(${printed(condition)}) wants a function of the packet: when(me => me.kind === 2)`)
    this.condition = condition
    return this
  }

  /** The value when unset, found anew whenever it is read or built. */
  dynamic(value: (packet: AnyPacket) => In | undefined): this {
    this.dynamicDefault = value
    return this
  }

  /** Names of values; a name may be given wherever the number may. */
  names(names: Readonly<Record<number, string>>): Field<T, In | string> {
    this.enumNames = names
    return this as unknown as Field<T, In | string>
  }

  /** Names that depend on the value of another field, such as codes on a type. Where a name is given, any table's will do. */
  namesBy(other: string, tables: Readonly<Record<number, Readonly<Record<number, string>>>>): Field<T, In | string> {
    this.nameTables = tables
    this.namesField = other
    return this as unknown as Field<T, In | string>
  }

  /** Shown in hexadecimal. */
  hex(): this {
    this.showsHex = true
    return this
  }

  /** What the field means: unit, range, what stands for what. One sentence, for `help('TCP.window')`. */
  about(meaning: string): this {
    this.meaning = meaning
    return this
  }

  default(value: In): this {
    this.defaultValue = value
    return this
  }

  // Values

  /** The name of an enumerated number, or undefined. Names that depend on another field need the packet. */
  enumName(value: unknown, packet?: Packet): string | undefined {
    if (this.nameTables !== null) {
      const selector = packet?._stored(packet._layer.find(this.namesField))
      return typeof selector === 'number' ? this.nameTables[selector]?.[value as number] : undefined
    }
    return this.enumNames === null || typeof value !== 'number' ? undefined : this.enumNames[value]
  }

  /** Stored form of what a user gave. @throws PacketError */
  coerce(value: unknown): unknown {
    switch (this.kind) {
      case Kind.CODEC:
        // Numbers have names too, however their bytes are written.
        return this.codec!.coerce(
          typeof value === 'string' && this.enumNames !== null ? this.enumNumber(value) : value,
          this.where,
        )
      case Kind.IPV4:
        return this.coerceIpv4(value)
      case Kind.IPV6:
        return this.coerceIpv6(value)
      case Kind.MAC:
        return this.coerceMac(value)
      case Kind.U64:
      case Kind.U64LE:
        return this.coerceBig(value)
      default:
        return this.coerceNumber(value)
    }
  }

  private coerceNumber(value: unknown): number {
    if (typeof value === 'number') {
      if (Number.isInteger(value) && value >= 0 && value <= this.maximum) return value
      throw new PacketError(
        Number.isInteger(value)
          ? `${this.where}: ${value} does not fit ${this.bits} bits (0..${this.maximum})`
          : `${this.where}: ${value} is no whole number (0..${this.maximum})`,
      )
    }
    if (typeof value === 'string') return this.flagNames === null ? this.enumNumber(value) : this.flagNumber(value)
    if (typeof value === 'bigint') return this.coerceNumber(Number(value))
    if (typeof value === 'boolean') return this.coerceNumber(value ? 1 : 0)
    if (value instanceof Uint8Array && value.length * 8 === this.bits) {
      return value.reduce((total, byte) => total * 256 + byte, 0)
    }
    throw new PacketError(`${this.where}: ${printed(value)} is no number (0..${this.maximum})`)
  }

  private enumNumber(text: string): number {
    const tables = this.nameTables === null ? [this.enumNames ?? {}] : Object.values(this.nameTables)
    if (this.enumNames === null && this.nameTables === null)
      throw new PacketError(`${this.where}: '${text}' is no number (0..${this.maximum})`)
    if (this.enumNumbers === null) {
      this.enumNumbers = new Map()
      for (const [number, name] of tables.flatMap((table) => Object.entries(table))) {
        if (!this.enumNumbers.has(name.toLowerCase())) this.enumNumbers.set(name.toLowerCase(), Number(number))
      }
    }
    const found = this.enumNumbers.get(text.toLowerCase())
    if (found !== undefined) return found
    throw new PacketError(
      `${this.where}: '${text}' is no name of a value${suggestion(text, this.enumNumbers.keys())} (a number ${this.kind === Kind.CODEC ? '' : `0..${this.maximum} `}works too)`,
    )
  }

  /** Number of a flag text that was given before, or -1. */
  knownFlags(text: string): number {
    return this.flagNumbers?.get(text) ?? -1
  }

  private flagNumber(text: string): number {
    const number = this.parseFlags(text)
    this.flagNumbers ??= new Map()
    if (this.flagNumbers.size < MAX_FLAG_TEXTS) this.flagNumbers.set(text, number)
    return number
  }

  private get hasLongFlags(): boolean {
    return this.flagNames!.some((name) => name.length > 1)
  }

  /** `+bit7` for each bit of a number that has no letter. */
  private unnamedFlags(value: number): string {
    return this.flagNames!.map((name, bit) =>
      name === '' && Math.floor(value / 2 ** bit) % 2 === 1 ? `+bit${bit}` : '',
    ).join('')
  }

  private parseFlags(text: string): number {
    const names = this.flagNames!
    if (text === '') return 0
    let result = 0
    const long = this.hasLongFlags
    const words = text.split(/[+,| ]+/).filter((word) => word !== '')
    const parts = long ? words : words.flatMap((word) => (UNNAMED_FLAG.test(word) ? [word] : [...word]))
    for (const part of parts) {
      const unnamed = UNNAMED_FLAG.exec(part)
      const exact = names.indexOf(part)
      const named = exact < 0 ? names.findIndex((name) => name.toLowerCase() === part.toLowerCase()) : exact
      const bit = named < 0 && unnamed !== null && Number(unnamed[1]) < names.length ? Number(unnamed[1]) : named
      if (bit < 0) {
        throw new PacketError(
          `${this.where}: no flag '${part}'; the flags are ${names.filter((name) => name !== '').join(long ? ' ' : '')}`,
        )
      }
      result += result & (1 << bit) ? 0 : 2 ** bit
    }
    return result
  }

  private coerceBig(value: unknown): bigint {
    const isWhole =
      (typeof value === 'number' && Number.isSafeInteger(value)) ||
      (typeof value === 'string' && /^\d{1,20}$/.test(value))
    const big = isWhole ? BigInt(value as number | string) : value
    if (typeof big === 'bigint' && big >= 0n && big < 1n << 64n) return big
    throw new PacketError(
      `${this.where}: ${printed(value)} does not fit 64 bits; give a whole number or a bigint such as 5n`,
    )
  }

  private coerceIpv4(value: unknown): number {
    if (typeof value === 'string') {
      const number = parseIpv4(value)
      if (number >= 0) return number
    } else if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffffffff) return value
    else if (value instanceof Uint8Array && value.length === 4)
      return value.reduce((total, byte) => total * 256 + byte, 0)
    throw new PacketError(`${this.where}: ${printed(value)} is no IPv4 address such as '10.0.0.1'`)
  }

  private coerceIpv6(value: unknown): Uint8Array {
    if (typeof value === 'string') {
      const bytes = parseIpv6(value)
      if (bytes !== undefined) return bytes
    } else if (value instanceof Uint8Array && value.length === 16) return value.slice()
    throw new PacketError(`${this.where}: ${printed(value)} is no IPv6 address such as 'fd00::1'`)
  }

  private coerceMac(value: unknown): number {
    if (typeof value === 'string') {
      const number = parseMac(value)
      if (number >= 0) return number
    } else if (value instanceof Uint8Array && value.length === 6)
      return value.reduce((total, byte) => total * 256 + byte, 0)
    throw new PacketError(`${this.where}: ${printed(value)} is no MAC address such as '02:00:00:00:00:01'`)
  }

  /** What bindings compare of a stored value: bytes have no identity of their own. */
  key(stored: unknown): unknown {
    if (!(stored instanceof Uint8Array)) return stored
    return this.kind === Kind.IPV6 ? formatIpv6(stored) : toHex(stored)
  }

  /** Presented form of a stored value. */
  present(stored: unknown): unknown {
    if (stored === undefined || stored instanceof Deferred) return stored
    switch (this.kind) {
      case Kind.IPV4:
        return formatIpv4(stored as number)
      case Kind.IPV6:
        return formatIpv6(stored as Uint8Array)
      case Kind.MAC:
        return formatMac(stored as number)
      case Kind.CODEC:
        return stored
      default:
        return this.flagNames === null ? stored : this.flagText(stored as number)
    }
  }

  /** Scapy's letters of a flag number: single letters joined, longer names joined with `+`, lowest bit first. */
  flagText(value: number): string {
    this.flagTexts ??= []
    const known = this.flagTexts[value]
    if (known !== undefined) return known
    const names = this.flagNames!
    const set = names.filter((_, bit) => Math.floor(value / 2 ** bit) % 2 === 1)
    const text = this.hasLongFlags ? set.join('+') : `${set.join('')}${this.unnamedFlags(value)}`
    if (value < 0x10000) this.flagTexts[value] = text
    return text
  }

  // Bytes

  /** Stored value of a field at a known place. */
  rawAt(buffer: Uint8Array, at: number): unknown {
    switch (this.kind) {
      case Kind.BITS:
        return this.bitsAt(buffer, at)
      case Kind.U8:
        return buffer[at]!
      case Kind.U16:
        return (buffer[at]! << 8) | buffer[at + 1]!
      case Kind.U24:
        return (buffer[at]! << 16) | (buffer[at + 1]! << 8) | buffer[at + 2]!
      case Kind.U32:
      case Kind.IPV4:
        return u32At(buffer, at)
      case Kind.U16LE:
        return buffer[at]! | (buffer[at + 1]! << 8)
      case Kind.U32LE:
        return (buffer[at]! | (buffer[at + 1]! << 8) | (buffer[at + 2]! << 16) | (buffer[at + 3]! << 24)) >>> 0
      case Kind.U64:
        return (BigInt(u32At(buffer, at)) << 32n) | BigInt(u32At(buffer, at + 4))
      case Kind.U64LE:
        return BigInt.asUintN(64, Buffer.from(buffer.buffer, buffer.byteOffset + at, 8).readBigUInt64LE())
      case Kind.MAC:
        return ((buffer[at]! << 8) | buffer[at + 1]!) * 0x100000000 + u32At(buffer, at + 2)
      case Kind.IPV6:
        return buffer.slice(at, at + 16)
      default:
        return undefined
    }
  }

  private bitsAt(buffer: Uint8Array, at: number): number {
    switch (this.window) {
      case 1:
        return (buffer[at]! >>> this.shift) & ((1 << this.bits) - 1)
      case 2:
        return (((buffer[at]! << 8) | buffer[at + 1]!) >>> this.shift) & ((1 << this.bits) - 1)
      case 3:
        return (
          (((buffer[at]! << 16) | (buffer[at + 1]! << 8) | buffer[at + 2]!) >>> this.shift) & ((1 << this.bits) - 1)
        )
      case 4: {
        let value = 0
        for (let i = 0; i < this.window; i++) value = value * 256 + buffer[at + i]!
        return Math.floor(value / 2 ** this.shift) % 2 ** this.bits
      }
      default: {
        let value = 0n
        for (let i = 0; i < this.window; i++) value = (value << 8n) | BigInt(buffer[at + i]!)
        return Number((value >> BigInt(this.shift)) & ((1n << BigInt(this.bits)) - 1n))
      }
    }
  }

  /** Presented value of a field at a known place. */
  presentAt(buffer: Uint8Array, at: number): unknown {
    switch (this.kind) {
      case Kind.IPV4:
        return formatIpv4(u32At(buffer, at))
      case Kind.IPV6:
        return formatIpv6(buffer, at)
      case Kind.MAC:
        return formatMac(((buffer[at]! << 8) | buffer[at + 1]!) * 0x100000000 + u32At(buffer, at + 2))
      default: {
        const raw = this.rawAt(buffer, at)
        return this.flagNames === null ? raw : this.flagText(raw as number)
      }
    }
  }

  /** Writes a stored value to a known place. */
  writeAt(buffer: Uint8Array, at: number, stored: unknown): void {
    const value = stored as number
    switch (this.kind) {
      case Kind.BITS:
        this.writeBits(buffer, at, value)
        return
      case Kind.U8:
        buffer[at] = value
        return
      case Kind.U16:
        buffer[at] = value >>> 8
        buffer[at + 1] = value
        return
      case Kind.U24:
        buffer[at] = value >>> 16
        buffer[at + 1] = value >>> 8
        buffer[at + 2] = value
        return
      case Kind.U32:
      case Kind.IPV4:
        writeU32(buffer, at, value)
        return
      case Kind.MAC: {
        const low = value >>> 0
        const high = (value - low) / 0x100000000
        buffer[at] = high >>> 8
        buffer[at + 1] = high
        writeU32(buffer, at + 2, low)
        return
      }
      case Kind.U16LE:
        buffer[at] = value
        buffer[at + 1] = value >>> 8
        return
      case Kind.U32LE:
        for (let i = 0; i < 4; i++) buffer[at + i] = value >>> (8 * i)
        return
      case Kind.U64:
      case Kind.U64LE: {
        const big = BigInt(stored as bigint)
        for (let i = 0; i < 8; i++) {
          const shift = BigInt(8 * (this.kind === Kind.U64 ? 7 - i : i))
          buffer[at + i] = Number((big >> shift) & 255n)
        }
        return
      }
      case Kind.IPV6:
        buffer.set(stored as Uint8Array, at)
        return
    }
  }

  private writeBits(buffer: Uint8Array, at: number, value: number): void {
    if (this.window === 1) {
      const mask = ((1 << this.bits) - 1) << this.shift
      buffer[at] = (buffer[at]! & ~mask) | ((value << this.shift) & mask)
      return
    }
    let rest = value
    let left = this.bits
    let shift = this.shift
    for (let i = this.window - 1; i >= 0; i--) {
      const count = Math.min(8 - shift, left)
      const unit = 1 << count
      const mask = (unit - 1) << shift
      buffer[at + i] = (buffer[at + i]! & ~mask) | ((rest % unit) << shift)
      rest = Math.floor(rest / unit)
      left -= count
      shift = 0
    }
  }

  // Printing

  /** Text of a presented value for `show()`: names for numbers, hexadecimal where that is usual. */
  show(value: unknown, packet?: Packet): string {
    if (value === undefined || value === null) return 'auto'
    if (value instanceof Deferred) return value.toString()
    if (this.kind === Kind.CODEC) {
      if (this.showsHex && value instanceof Uint8Array) return toHex(value)
      return this.enumName(value, packet) ?? this.codec!.show(value)
    }
    if (typeof value === 'number' || typeof value === 'bigint') {
      return this.enumName(value, packet) ?? (this.showsHex ? `0x${value.toString(16)}` : String(value))
    }
    return String(value)
  }

  /** Value of the JSON contract: numbers, text, hexadecimal for bytes. */
  json(value: unknown): unknown {
    if (value === undefined) return null
    if (value instanceof Deferred) return value.toString()
    if (this.kind === Kind.CODEC) return this.codec!.json(value)
    if (typeof value === 'bigint') return value <= 9007199254740991n ? Number(value) : value.toString()
    return value
  }

  /** The value that `json` printed. */
  parse(json: unknown): unknown {
    if (this.kind === Kind.CODEC) return this.codec!.parse(json)
    return typeof json === 'string' && (this.kind === Kind.U64 || this.kind === Kind.U64LE) ? BigInt(json) : json
  }

  /** JavaScript that gives the presented value. */
  command(value: unknown): string {
    if (value instanceof Deferred) return value.toString()
    if (this.kind === Kind.CODEC) return this.codec!.command(value)
    if (typeof value === 'string') return quoted(value)
    return typeof value === 'bigint' ? `${value}n` : String(value)
  }
}

function u32At(buffer: Uint8Array, at: number): number {
  return ((buffer[at]! << 24) | (buffer[at + 1]! << 16) | (buffer[at + 2]! << 8) | buffer[at + 3]!) >>> 0
}

function writeU32(buffer: Uint8Array, at: number, value: number): void {
  buffer[at] = value >>> 24
  buffer[at + 1] = value >>> 16
  buffer[at + 2] = value >>> 8
  buffer[at + 3] = value
}
