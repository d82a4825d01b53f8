/**
 * Values of DHCP options that have an inner structure: relay agents' sub-options (RFC 3046), vendors' options (RFC 3925, RFC 2132
 * §8.4), user classes (RFC 3004), client names (RFC 4702), SIP servers (RFC 3361), status (RFC 6926).
 */
import { formatIpv4, PacketError, parseIpv4, printed, Reader, toBytes, Writer } from '../../packet/index.js'
import { canonicalName, readName, writeName } from './dns-names.js'
import type { ValueTree } from './value-tree.js'
import { textOrBytes } from './zero-text.js'

/** How the values of one form are read, given and written. */
export interface DhcpValueForm {
  /** The value that these bytes are, or undefined when they are none of this form. */
  read(bytes: Uint8Array): ValueTree | undefined
  /** @throws PacketError */
  coerce(value: unknown, where: string): ValueTree
  write(writer: Writer, value: ValueTree): void
}

type SubForm = 'bytes' | 'text' | 'ip' | 'u8' | 'u32'

/** Sub-options of option 82. IANA, "DHCP Relay Agent Sub-Option Codes". */
const RELAY_PARTS: Readonly<Record<number, readonly [name: string, form: SubForm]>> = {
  1: ['circuit-id', 'bytes'],
  2: ['remote-id', 'bytes'],
  4: ['docsis-device-class', 'u32'],
  5: ['link-selection', 'ip'],
  6: ['subscriber-id', 'text'],
  7: ['radius-attributes', 'bytes'],
  8: ['authentication', 'bytes'],
  9: ['vendor-specific', 'bytes'],
  10: ['relay-flags', 'u8'],
  11: ['server-id-override', 'ip'],
  12: ['relay-agent-id', 'bytes'],
  13: ['access-technology-type', 'bytes'],
  14: ['access-network-name', 'text'],
  15: ['access-point-name', 'text'],
  16: ['access-point-bssid', 'bytes'],
  17: ['operator-id', 'bytes'],
  18: ['operator-realm', 'text'],
  19: ['source-port', 'bytes'],
  151: ['virtual-subnet-selection', 'bytes'],
  152: ['virtual-subnet-control', 'bytes'],
}

const ipText = (bytes: Uint8Array, at = 0): string =>
  formatIpv4(((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0)

function refuse(where: string, value: unknown, example: string): never {
  throw new PacketError(`${where}: ${printed(value)} is none; give ${example}`)
}

const isByte = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 255

/** Number and length, each a byte, and the bytes: undefined where they do not come out even. */
function parts(bytes: Uint8Array): [number, Uint8Array][] | undefined {
  const found: [number, Uint8Array][] = []
  for (let at = 0; at < bytes.length; ) {
    const stop = at + 2 + (bytes[at + 1] ?? 256)
    if (stop > bytes.length) return undefined
    found.push([bytes[at]!, bytes.subarray(at + 2, stop)])
    at = stop
  }
  return found.length === 0 ? undefined : found
}

function writePart(writer: Writer, number: number, content: Uint8Array): void {
  if (content.length > 255) throw new PacketError(`a part of ${content.length} bytes; one holds 255`)
  writer.u8(number)
  writer.u8(content.length)
  writer.bytes(content)
}

const contentOf = (value: unknown, where: string): Uint8Array =>
  typeof value === 'string' || value instanceof Uint8Array ? toBytes(value) : refuse(where, value, 'text or bytes')

/** `[['circuit-id', bytes], ['link-selection', '10.0.0.1']]`. */
const relay: DhcpValueForm = {
  read: (bytes) =>
    parts(bytes)?.map(([number, content]) => {
      const [name, form] = RELAY_PARTS[number] ?? [number, 'bytes']
      if (form === 'ip' && content.length === 4) return [name, ipText(content)]
      if (form === 'u8' && content.length === 1) return [name, content[0]!]
      if (form === 'u32' && content.length === 4) return [name, new DataView(content.slice().buffer).getUint32(0)]
      return [name, form === 'text' && content.length > 0 ? textOrBytes(content) : content]
    }),
  coerce(value, where) {
    if (!Array.isArray(value))
      refuse(where, value, "a list such as [['circuit-id', bytes], ['link-selection', '10.0.0.1']]")
    return (value as unknown[]).map((part) => {
      const [key, given] = (Array.isArray(part) ? part : [part]) as [unknown, unknown]
      const found = Object.entries(RELAY_PARTS).find(([number, [name]]) => name === key || Number(number) === key)
      if (found === undefined && !isByte(key))
        return refuse(
          where,
          key,
          `a sub-option: ${Object.values(RELAY_PARTS)
            .map(([name]) => name)
            .join(' ')}, or a number`,
        )
      const [name, form] = found?.[1] ?? [key as number, 'bytes' as const]
      if (given instanceof Uint8Array) return [name, given]
      if (form === 'ip')
        return typeof given === 'string' && parseIpv4(given) >= 0
          ? [name, given]
          : refuse(where, given, 'an IPv4 address')
      if (form === 'u8' || form === 'u32')
        return Number.isInteger(given) && (given as number) >= 0 && (given as number) < 2 ** (form === 'u8' ? 8 : 32)
          ? [name, given as number]
          : refuse(where, given, 'a whole number')
      return [name, form === 'text' && typeof given === 'string' ? given : contentOf(given, where)]
    })
  },
  write(writer, value) {
    for (const [key, given] of value as unknown as [string | number, string | number | Uint8Array][]) {
      const found = Object.entries(RELAY_PARTS).find(([, [name]]) => name === key)
      const number = found === undefined ? (key as number) : Number(found[0])
      const content = new Writer()
      if (given instanceof Uint8Array) content.bytes(given)
      else if (found?.[1][1] === 'ip') content.u32(parseIpv4(given as string))
      else if (found?.[1][1] === 'u8') content.u8(given as number)
      else if (found?.[1][1] === 'u32') content.u32(given as number)
      else content.bytes(toBytes(given as string))
      writePart(writer, number, content.buffer.subarray(0, content.length))
    }
  },
}

/** A vendor's options by number, `[[1, bytes]]`; the last may be `[255]`, the end. */
const vendor: DhcpValueForm = {
  read(bytes) {
    const ends = bytes.length > 1 && bytes.at(-1) === 255
    const all = parts(ends ? bytes.subarray(0, -1) : bytes) ?? (ends ? parts(bytes) : undefined)
    if (all === undefined || all.some(([number]) => number === 0 || number === 255)) return undefined
    const isEnded = ends && all.reduce((total, [, content]) => total + content.length + 2, 0) < bytes.length
    return isEnded ? [...all, [255]] : all
  },
  coerce(value, where) {
    if (typeof value === 'string') return toBytes(value)
    if (!Array.isArray(value)) return refuse(where, value, "bytes, or a list such as [[1, 'text or bytes']]")
    return value.map((part: unknown) => {
      const [number, content] = (Array.isArray(part) ? part : [part]) as [unknown, unknown]
      if (!isByte(number)) return refuse(where, part, "a vendor's option such as [1, 'text or bytes']")
      return number === 255 && content === undefined ? [255] : [number, contentOf(content, where)]
    })
  },
  write(writer, value) {
    for (const [number, content] of value as unknown as [number, Uint8Array?][]) {
      if (content === undefined) writer.u8(number)
      else writePart(writer, number, content)
    }
  },
}

/** `['class', …]`, each with its length in front. */
const classes: DhcpValueForm = {
  read(bytes) {
    const found: ValueTree[] = []
    for (let at = 0; at < bytes.length; ) {
      const stop = at + 1 + bytes[at]!
      if (bytes[at] === 0 || stop > bytes.length) return undefined
      found.push(textOrBytes(bytes.subarray(at + 1, stop)))
      at = stop
    }
    return found.length === 0 ? undefined : found
  },
  coerce: (value, where) =>
    (Array.isArray(value) ? value : [value]).map((each: unknown) =>
      typeof each === 'string' ? each : contentOf(each, where),
    ),
  write(writer, value) {
    for (const each of value as (string | Uint8Array)[]) {
      const content = toBytes(each)
      if (content.length > 255) throw new PacketError(`a class of ${content.length} bytes; one holds 255`)
      writer.u8(content.length)
      writer.bytes(content)
    }
  },
}

/** Enterprise numbers, each with bytes behind a length: `[[9, bytes]]`; with sub-options where `inner` reads them. */
const enterprises = (inner: DhcpValueForm | undefined): DhcpValueForm => ({
  read(bytes) {
    const found: ValueTree[] = []
    for (let at = 0; at < bytes.length; ) {
      const stop = at + 5 + (bytes[at + 4] ?? 256)
      if (stop > bytes.length) return undefined
      const content = bytes.subarray(at + 5, stop)
      found.push([new DataView(bytes.slice(at, at + 4).buffer).getUint32(0), inner?.read(content) ?? content])
      at = stop
    }
    return found.length === 0 ? undefined : found
  },
  coerce(value, where) {
    const example = `a list such as [[9, ${inner === undefined ? 'bytes' : "[[1, 'text or bytes']]"}]], with the enterprise's number first`
    if (!Array.isArray(value)) return refuse(where, value, example)
    return value.map((each: unknown) => {
      const [number, content] = (Array.isArray(each) ? each : []) as [unknown, unknown]
      if (!(Number.isInteger(number) && (number as number) >= 0 && (number as number) <= 0xffffffff))
        return refuse(where, each, example)
      return [
        number as number,
        inner !== undefined && Array.isArray(content) ? inner.coerce(content, where) : contentOf(content, where),
      ]
    })
  },
  write(writer, value) {
    for (const [number, content] of value as unknown as [number, ValueTree][]) {
      const written = new Writer()
      if (content instanceof Uint8Array) written.bytes(content)
      else inner!.write(written, content)
      if (written.length > 255) throw new PacketError(`an enterprise's ${written.length} bytes; one holds 255`)
      writer.u32(number)
      writer.u8(written.length)
      writer.bytes(written.buffer.subarray(0, written.length))
    }
  },
})

const FQDN_FLAGS = 'SOEN'
const ENCODED = 4

/** A name without compression; without a dot at its end where the root is missing. Undefined where it is none. */
function wireName(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return ''
  for (const whole of [true, false]) {
    const all = new Uint8Array(bytes.length + (whole ? 0 : 1))
    all.set(bytes)
    const reader = new Reader(all, 0, 0, all.length)
    const name = readName(reader, 0)
    if (reader.missing === 0 && reader.left === 0) return whole ? name : name.slice(0, -1)
  }
  return undefined
}

/** Flags (S: the server updates the address, O: it overrides, E: the name is in wire form, N: no updates), two codes, the name. */
const fqdn: DhcpValueForm = {
  read(bytes) {
    if (bytes.length < 3 || bytes[0]! > 15) return undefined
    const letters = [...FQDN_FLAGS].filter((_, bit) => (bytes[0]! >>> bit) & 1).join('')
    const content = bytes.subarray(3)
    const name = bytes[0]! & ENCODED ? wireName(content) : textOrBytes(content)
    return name === undefined ? undefined : [letters, bytes[1]!, bytes[2]!, name]
  },
  coerce(value, where) {
    if (typeof value === 'string') return ['SE', 0, 0, nameFor(value, where)]
    const [letters, first, second, name] = (Array.isArray(value) ? value : []) as unknown[]
    if (typeof letters !== 'string' || !/^[SOEN]*$/.test(letters) || !isByte(first) || !isByte(second))
      return refuse(where, value, "a name, or ['SE', 0, 0, 'host.example.'] (flags of S O E N, two codes, the name)")
    const sorted = [...FQDN_FLAGS].filter((letter) => letters.includes(letter)).join('')
    return [sorted, first, second, sorted.includes('E') ? nameFor(name, where) : (name as string | Uint8Array)]
  },
  write(writer, value) {
    const [letters, first, second, name] = value as [string, number, number, string | Uint8Array]
    const flags = [...FQDN_FLAGS].reduce((bits, letter, bit) => bits | (letters.includes(letter) ? 1 << bit : 0), 0)
    writer.u8(flags)
    writer.u8(first)
    writer.u8(second)
    if (typeof name !== 'string' || !(flags & ENCODED)) writer.bytes(toBytes(name))
    else if (name !== '') {
      const names = writer.names
      writer.names = null
      writeName(writer, canonicalName(name, 'client_FQDN'), false)
      writer.names = names
      if (!name.endsWith('.')) writer.length--
    }
  },
}

function nameFor(value: unknown, where: string): string {
  if (value === '') return ''
  const name = canonicalName(value, where)
  return String(value).endsWith('.') ? name : name.slice(0, -1)
}

const NAMES = 0
const ADDRESSES = 1

/** Addresses or names, as their first byte says. */
const sip: DhcpValueForm = {
  read(bytes) {
    const content = bytes.subarray(1)
    if (bytes[0] === ADDRESSES && content.length > 0 && content.length % 4 === 0)
      return Array.from({ length: content.length / 4 }, (_, i) => ipText(content, i * 4))
    if (bytes[0] !== NAMES || content.length === 0) return undefined
    const reader = new Reader(content, 0, 0, content.length)
    const names: string[] = []
    while (reader.left > 0 && reader.missing === 0) names.push(readName(reader, 0))
    return reader.missing > 0 ? undefined : names
  },
  coerce(value, where) {
    const all = (Array.isArray(value) ? value : [value]) as unknown[]
    if (all.every((each) => typeof each === 'string' && parseIpv4(each) >= 0)) return all as string[]
    return all.map((each) => canonicalName(each, where))
  },
  write(writer, value) {
    const all = value as string[]
    const areAddresses = all.every((each) => parseIpv4(each) >= 0)
    writer.u8(areAddresses ? ADDRESSES : NAMES)
    const names = writer.names
    writer.names = null
    for (const each of all) {
      if (areAddresses) writer.u32(parseIpv4(each))
      else writeName(writer, each, false)
    }
    writer.names = names
  },
}

/** A status code and a text. */
const status: DhcpValueForm = {
  read: (bytes) => (bytes.length === 0 ? undefined : [bytes[0]!, textOrBytes(bytes.subarray(1))]),
  coerce(value, where) {
    const [code, text] = (Array.isArray(value) ? value : [value, '']) as [unknown, unknown]
    return isByte(code) && (typeof text === 'string' || text instanceof Uint8Array)
      ? [code, text]
      : refuse(where, value, "a code and a text such as [0, 'done']")
  },
  write(writer, value) {
    const [code, text] = value as [number, string | Uint8Array]
    writer.u8(code)
    writer.bytes(toBytes(text))
  },
}

/** All of them, by the names that the table of options uses. */
export const DHCP_STRUCTURES = {
  relay,
  vendor,
  classes,
  'vendor-class': enterprises(undefined),
  'vendor-options': enterprises(vendor),
  fqdn,
  sip,
  status,
}

export type DhcpStructure = keyof typeof DHCP_STRUCTURES
