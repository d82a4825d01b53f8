/**
 * Domain names. RFC 1035 §3.1, compression: §4.1.4; which types may use it: RFC 3597 §4.
 * As text they end in a dot: `'www.example.com.'`, the root is `'.'`; a dot within a label is `\.`, a backslash `\\`,
 * bytes that are not printable are `\DDD` in decimal.
 */
import {
  type AnyPacket,
  Field,
  Kind,
  PacketError,
  PlainValueCodec,
  printed,
  type Reader,
  toBytes,
  type Writer,
} from '../../packet/index.js'

const MAX_LABEL = 63
const MAX_NAME = 255
/** A name has at most so many labels, and no sensible sender uses more than one pointer for each. */
const MAX_POINTERS = 127
/** A pointer has 14 bits. */
const LAST_TARGET = 0x3fff

/** In `Writer.names`: where the message starts. No name is empty, so the key is free. */
const MESSAGE_START = ''

/** Text of each byte in a label. */
const SHOWN = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte)
  if (character === '.' || character === '\\') return `\\${character}`
  return byte >= 32 && byte <= 126 ? character : `\\${String(byte).padStart(3, '0')}`
})

/** Layers whose names count from their start. */
const MESSAGES: ReadonlySet<string> = new Set(['DNS', 'LLMNRQuery', 'LLMNRResponse'])

/** Where the message starts that pointers in this packet's names count from: the message's own layer says it. */
export function messageStart(packet: AnyPacket): number {
  const message = packet.under
  if (message === null || !MESSAGES.has(message.layerName)) return packet._offset
  return message._offset + lengthPrefix(message as AnyPacket)
}

/** Bytes of the length in front of a message: 2 over TCP, where several messages may follow one another, else 0. */
export function lengthPrefix(message: AnyPacket): number {
  let outer = message.under
  while (outer !== null && outer.layerName === 'DNS') outer = outer.under
  return outer !== null && outer.layerName === 'TCP' ? 2 : 0
}

/** Reads a name; pointers lead strictly backwards, so none can loop. The reader is marked as failed where it is no name. */
export function readName(reader: Reader, start: number): string {
  const { buffer } = reader
  let { end } = reader
  let at = reader.position
  let limit = at
  let after = -1
  let size = 1
  let pointers = 0
  let name = ''
  while (at < end) {
    const length = buffer[at]!
    if (length === 0) {
      reader.position = after < 0 ? at + 1 : after
      return name === '' ? '.' : name
    }
    if (length <= MAX_LABEL) {
      const stop = at + 1 + length
      size += length + 1
      if (size > MAX_NAME) return failed(reader, `the name is longer than ${MAX_NAME} bytes`)
      if (stop > end) break
      for (let i = at + 1; i < stop; i++) name += SHOWN[buffer[i]!]!
      name += '.'
      at = stop
    } else if (length >= 0xc0) {
      if (at + 1 >= end) break
      const target = start + (((length & 0x3f) << 8) | buffer[at + 1]!)
      if (after < 0) after = at + 2
      if (target >= limit) return failed(reader, 'a name points forward')
      if (++pointers > MAX_POINTERS) return failed(reader, `a name has more than ${MAX_POINTERS} pointers`)
      // What is pointed to stands wholly before what points to it.
      end = limit
      limit = target
      at = target
    } else
      return failed(reader, `a label starts with 0x${length.toString(16)}, which is neither a length nor a pointer`)
  }
  // Behind a pointer the missing bytes are not the field's own.
  if (after >= 0) return failed(reader, 'a name points to one that does not end')
  reader.need(reader.left + 1)
  return '.'
}

function failed(reader: Reader, reason: string): string {
  reader.fail(reason)
  return '.'
}

/** Where a name ends, or -1 when it does not end before `end`. Pointers are not followed. */
export function nameEnd(buffer: Uint8Array, position: number, end: number): number {
  let at = position
  while (at < end) {
    const length = buffer[at]!
    if (length === 0) return at + 1
    if (length >= 0xc0) return at + 2
    if (length > MAX_LABEL) return -1
    at += length + 1
  }
  return -1
}

/** Starts a message: names that are written from here on may point back to one another. */
export function beginNames(writer: Writer, start: number): void {
  writer.names = new Map([[MESSAGE_START, start]])
}

/**
 * Writes a name, whose endings later names can then point to. With `compress`, it ends itself in a pointer to the longest
 * ending that was written before; outside of a message all names are written in full.
 */
export function writeName(writer: Writer, name: string, compress: boolean): void {
  const { names } = writer
  let rest = name
  while (rest !== '.') {
    if (names !== null) {
      const known = names.get(rest)
      if (known !== undefined && compress) {
        writer.u16(0xc000 | known)
        return
      }
      const at = writer.length - names.get(MESSAGE_START)!
      // Of several places the last serves, as in BIND's messages.
      if (at <= LAST_TARGET) names.set(rest, at)
    }
    const dot = labelEnd(rest)
    const label = rest.slice(0, dot)
    const bytes = label.includes('\\') ? unescaped(label) : toBytes(label)
    writer.u8(bytes.length)
    writer.bytes(bytes)
    rest = rest.slice(dot + 1) || '.'
  }
  writer.u8(0)
}

/** Index of the dot that ends the first label. */
function labelEnd(name: string): number {
  let at = name.indexOf('.')
  const backslash = name.indexOf('\\')
  if (backslash < 0 || backslash > at) return at < 0 ? name.length : at
  for (at = 0; at < name.length && name[at] !== '.'; at++) if (name[at] === '\\') at++
  return Math.min(at, name.length)
}

function unescaped(label: string): Uint8Array {
  const bytes: number[] = []
  for (let i = 0; i < label.length; ) {
    if (label[i] !== '\\') {
      const character = String.fromCodePoint(label.codePointAt(i)!)
      bytes.push(...toBytes(character))
      i += character.length
    } else if (/^\d{3}/.test(label.slice(i + 1))) {
      bytes.push(Number(label.slice(i + 1, i + 4)) & 0xff)
      i += 4
    } else {
      bytes.push(...toBytes(label[i + 1] ?? '\\'))
      i += 2
    }
  }
  return Uint8Array.from(bytes)
}

/**
 * A name as packets keep it: with a dot at its end, unusual bytes escaped.
 * @throws PacketError for an empty label, one of more than 63 bytes, or a name of more than 255
 */
export function canonicalName(value: unknown, where: string): string {
  if (typeof value !== 'string')
    throw new PacketError(`${where}: ${printed(value)} is no name; give text such as 'www.example.com'`)
  if (value === '' || value === '.') return '.'
  if (value.length <= MAX_NAME - 2 && /^(?:[\w-]{1,63}\.)*[\w-]{1,63}\.?$/.test(value))
    return value.endsWith('.') ? value : `${value}.`
  let name = ''
  let size = 1
  for (let rest = value; rest !== ''; ) {
    const dot = labelEnd(rest)
    const bytes = unescaped(rest.slice(0, dot))
    if (bytes.length === 0)
      throw new PacketError(`${where}: ${printed(value)} has an empty label: two dots in a row, or one in front`)
    if (bytes.length > MAX_LABEL) {
      throw new PacketError(
        `${where}: the label ${printed(rest.slice(0, dot))} has ${bytes.length} bytes; a label has at most ${MAX_LABEL}`,
      )
    }
    size += bytes.length + 1
    for (const byte of bytes) name += SHOWN[byte]!
    name += '.'
    rest = rest.slice(dot + 1)
  }
  if (size > MAX_NAME) throw new PacketError(`${where}: the name takes ${size} bytes; a name has at most ${MAX_NAME}`)
  return name
}

class NameCodec extends PlainValueCodec<string> {
  readonly kindName = 'domain name'
  constructor(private readonly compress: boolean) {
    super()
  }

  read(reader: Reader, packet: AnyPacket): string {
    return readName(reader, messageStart(packet))
  }

  write(writer: Writer, value: string): void {
    writeName(writer, value, this.compress)
  }

  coerce(value: unknown, where: string): string {
    return canonicalName(value, where)
  }

  empty(): string {
    return '.'
  }
}

/** A domain name: text, with or without the dot at its end. `compress`: whether it may be written as a pointer. */
export function domainName(value = '.', compress = false): Field<string> {
  return new Field<string>(Kind.CODEC, 0, new NameCodec(compress)).default(value)
}
