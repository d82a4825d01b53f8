/** Values that are text where a person wrote them, and bytes where a machine did: names and identifiers of LLDP, PPPoE, L2TP. */
import {
  type AnyPacket,
  bytesCommand,
  type Codec,
  type Extent,
  escapeBytes,
  Field,
  fromHex,
  Kind,
  PacketError,
  printed,
  quoted,
  type Reader,
  sameBytes,
  toBytes,
  toHex,
  type Writer,
} from '../../packet/index.js'

export type TextOrBytes = string | Uint8Array

const decoder = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true })

/** Text when the bytes are printable UTF-8 that builds the same bytes again, else the bytes. */
export function textOrBytes(bytes: Uint8Array): TextOrBytes {
  for (const byte of bytes) if (byte < 32 || byte === 127) return bytes
  const text = decoder.decode(bytes)
  return text.includes('\ufffd') ? bytes : text
}

/** What the values of a field are in its bytes, where that depends on the packet: addresses as text, numbers. */
export interface ValueForm<T> {
  /** The value of these bytes, or undefined where they have none of this form. */
  read(bytes: Uint8Array): T | undefined
  /** Bytes of a value, or undefined where it is no value of this form. */
  write(value: unknown): Uint8Array | undefined
}

function textBytes(value: unknown): Uint8Array | undefined {
  return typeof value === 'string' ? toBytes(value) : undefined
}

/** Bytes of which the packet says what they are: a number, an address, else text or bytes. */
class FormCodec implements Codec<TextOrBytes | number> {
  readonly kindName = 'text or bytes'

  constructor(
    private readonly length: ((packet: AnyPacket) => number) | undefined,
    private readonly formOf: ((packet: AnyPacket) => ValueForm<string | number> | undefined) | undefined,
  ) {}

  read(reader: Reader, packet: AnyPacket): TextOrBytes | number {
    const count = this.length?.(packet)
    const bytes = count === undefined ? reader.rest() : reader.bytes(Number.isFinite(count) ? Math.max(0, count) : 0)
    const form = this.formOf?.(packet)
    return (form === undefined ? undefined : form.read(bytes)) ?? (form === undefined ? textOrBytes(bytes) : bytes)
  }

  write(writer: Writer, value: TextOrBytes | number, packet: AnyPacket): void {
    if (value instanceof Uint8Array) {
      writer.bytes(value)
      return
    }
    const form = this.formOf?.(packet)
    // Nothing is nothing in every form: what a layer has that is made without its value.
    const bytes = form === undefined || value === '' ? textBytes(value) : form.write(value)
    if (bytes === undefined)
      throw new PacketError(
        `${packet.layerName}: ${printed(value)} is no value of this kind; give what its type says, or bytes`,
      )
    writer.bytes(bytes)
  }

  coerce(value: unknown, where: string): TextOrBytes | number {
    if (typeof value === 'string' || value instanceof Uint8Array) return value
    const isNumber = typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffffffff
    if (this.formOf !== undefined && isNumber) return value
    throw new PacketError(
      `${where}: ${printed(value)} is no ${this.formOf === undefined ? 'text or bytes' : 'number (0..4294967295), text or bytes'}`,
    )
  }

  isSet(): boolean {
    return true
  }

  empty(): TextOrBytes {
    return ''
  }

  show(value: TextOrBytes | number): string {
    return value instanceof Uint8Array
      ? `'${escapeBytes(value)}'`
      : typeof value === 'string'
        ? quoted(value)
        : `${value}`
  }

  /** Bytes are `{"hex": "…"}`: a text may look like hexadecimal. */
  json(value: TextOrBytes | number): unknown {
    return value instanceof Uint8Array ? { hex: toHex(value) } : value
  }

  parse(json: unknown): unknown {
    const { hex } = (json ?? {}) as { hex?: unknown }
    return typeof hex === 'string' ? fromHex(hex) : json
  }

  command(value: TextOrBytes | number): string {
    return value instanceof Uint8Array ? bytesCommand(value) : typeof value === 'string' ? quoted(value) : `${value}`
  }

  same(a: TextOrBytes | number, b: TextOrBytes | number): boolean {
    return a instanceof Uint8Array && b instanceof Uint8Array ? sameBytes(a, b) : a === b
  }
}

function lengthFunction(length: Extent | undefined): ((packet: AnyPacket) => number) | undefined {
  if (length === undefined || typeof length === 'function') return length
  return typeof length === 'number' ? () => length : (packet) => packet.raw(length) as number
}

/** Text where the bytes are printable, else bytes: as many as said, or all that is left. */
export function textOrBytesField(length?: Extent): Field<TextOrBytes> {
  return new Field<TextOrBytes>(Kind.CODEC, 0, new FormCodec(lengthFunction(length), undefined) as Codec)
}

/** A value whose form the packet tells; undefined: text or bytes. */
export function formField(
  length: Extent | undefined,
  formOf: (packet: AnyPacket) => ValueForm<string | number> | undefined,
): Field<TextOrBytes | number> {
  return new Field<TextOrBytes | number>(Kind.CODEC, 0, new FormCodec(lengthFunction(length), formOf) as Codec)
}

function numberForm(size: number): ValueForm<string | number> {
  return {
    read: (bytes) => (bytes.length === size ? bytes.reduce((total, byte) => total * 256 + byte, 0) : undefined),
    write: (value) => {
      if (typeof value !== 'number' || value >= 256 ** size) return undefined
      return Uint8Array.from({ length: size }, (_, i) => Math.floor(value / 256 ** (size - 1 - i)) % 256)
    },
  }
}

/** A form by a plain field of fixed size: an address as text, a number. */
export function formOfField(plain: Field<string, never> | Field<string>): ValueForm<string | number> {
  const field = plain as Field
  return {
    read: (bytes) => (bytes.length === field.size ? (field.presentAt(bytes, 0) as string) : undefined),
    write: (value) => {
      const bytes = new Uint8Array(field.size)
      try {
        field.writeAt(bytes, 0, field.coerce(value))
      } catch (error) {
        // The field has no name that would help; the caller knows it.
        if (error instanceof PacketError) return undefined
        throw error
      }
      return bytes
    },
  }
}

/** Unsigned numbers of 8, 16 and 32 bits. */
export const U8_FORM = numberForm(1)
export const U16_FORM = numberForm(2)
export const U32_FORM = numberForm(4)
/** Read as nothing but bytes, though they may be printable. */
export const BYTES_FORM: ValueForm<string | number> = { read: () => undefined, write: textBytes }
