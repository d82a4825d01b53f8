/** Values of DHCP options, one codec for each form. What does not read exactly as its form says stays bytes. */
import { formatIpv4, PacketError, parseIpv4, printed, Reader, sameBytes, toBytes, Writer } from '../../packet/index.js'
import { DHCP_OPTIONS, DHCP_TYPES, type DhcpOptionForm, dhcpOptionName, dhcpOptionNumber } from './dhcp-option-kinds.js'
import { DHCP_STRUCTURES, type DhcpValueForm } from './dhcp-option-structures.js'
import { beginNames, canonicalName, readName, writeName } from './dns-names.js'
import { textOf } from './dns-texts.js'
import type { ValueTree } from './value-tree.js'

/** Value of one option: an address, a number, a text, bytes, a list of such. */
export type DhcpValue = ValueTree

type ValueForm = DhcpValueForm

/** A network and the router that leads there, `'10.1.0.0/16:10.0.0.1'`, as Scapy writes it. */
const ROUTE = /^([\d.]+)\/(\d{1,2}):([\d.]+)$/
/** A text with control characters stays bytes; some servers end one in zeros. */
const CONTROLS = /[\x01-\x1f\x7f]|\0[^\0]/

const ipAt = (bytes: Uint8Array, at: number): string =>
  formatIpv4(((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0)

function coerceIp(value: unknown, where: string): string {
  const address = typeof value === 'string' ? parseIpv4(value) : -1
  if (address >= 0) return formatIpv4(address)
  throw new PacketError(`${where}: ${printed(value)} is no IPv4 address such as '10.0.0.1'`)
}

function number(size: 1 | 2 | 4): ValueForm {
  const most = 2 ** (size * 8) - 1
  return {
    read: (bytes) => (bytes.length === size ? bytes.reduce((total, byte) => total * 256 + byte, 0) : undefined),
    coerce(value, where) {
      if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most) return value
      throw new PacketError(`${where}: ${printed(value)} is no whole number (0..${most})`)
    },
    write(writer, value) {
      if (size === 1) writer.u8(value as number)
      else if (size === 2) writer.u16(value as number)
      else writer.u32(value as number)
    },
  }
}

/** A list of values of fixed size; one alone may be given without the list. */
function listOf(size: number, one: ValueForm): ValueForm {
  return {
    read(bytes) {
      if (bytes.length === 0 || bytes.length % size !== 0) return undefined
      const values: (string | number)[] = []
      for (let at = 0; at < bytes.length; at += size) {
        values.push(one.read(bytes.subarray(at, at + size)) as string | number)
      }
      return values
    },
    coerce: (value, where) =>
      (Array.isArray(value) ? value : [value]).map((each) => one.coerce(each, where) as string | number),
    write(writer, value) {
      for (const each of value as (string | number)[]) one.write(writer, each)
    },
  }
}

const ip: ValueForm = {
  read: (bytes) => (bytes.length === 4 ? ipAt(bytes, 0) : undefined),
  coerce: coerceIp,
  write: (writer, value) => writer.u32(parseIpv4(value as string)),
}

const text: ValueForm = {
  read(bytes) {
    const found = textOf(bytes)
    return found === undefined || found === '' || CONTROLS.test(found) ? undefined : found
  },
  coerce(value, where) {
    if (typeof value === 'string') return value
    throw new PacketError(`${where}: ${printed(value)} is no text`)
  },
  write: (writer, value) => writer.bytes(toBytes(value as string)),
}

const bytesForm: ValueForm = {
  read: () => undefined,
  coerce(value, where) {
    if (typeof value === 'string') return toBytes(value)
    throw new PacketError(`${where}: ${printed(value)} is no byte string; give text or bytes`)
  },
  write: () => undefined,
}

const messageType: ValueForm = {
  read: (bytes) => (bytes.length === 1 ? (DHCP_TYPES[bytes[0]!] ?? bytes[0]!) : undefined),
  coerce(value, where) {
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 255)
      return DHCP_TYPES[value] ?? value
    const found = Object.values(DHCP_TYPES).find((name) => name === String(value).toLowerCase())
    if (typeof value === 'string' && found !== undefined) return found
    throw new PacketError(
      `${where}: ${printed(value)} is no kind of message; the kinds are ${Object.values(DHCP_TYPES).join(' ')} (a number 0..255 works too)`,
    )
  },
  write(writer, value) {
    const named = Object.entries(DHCP_TYPES).find(([, name]) => name === value)
    writer.u8(named === undefined ? (value as number) : Number(named[0]))
  },
}

const codes: ValueForm = {
  read: (bytes) => (bytes.length === 0 ? undefined : Array.from(bytes, dhcpOptionName)),
  coerce: (value, where) =>
    (Array.isArray(value) ? value : [value]).map((each) => dhcpOptionName(coerceCode(each, where))),
  write(writer, value) {
    for (const each of value as (string | number)[]) writer.u8(coerceCode(each, ''))
  },
}

/** Number of an option given by name or number. @throws PacketError */
function coerceCode(value: unknown, where: string): number {
  const found = typeof value === 'string' ? dhcpOptionNumber(value) : value
  if (typeof found === 'number' && Number.isInteger(found) && found >= 0 && found <= 255) return found
  throw new PacketError(`${where}: ${printed(value)} is no option; give a name such as 'router', or a number (0..255)`)
}

const routes: ValueForm = {
  read(bytes) {
    const found: string[] = []
    for (let at = 0; at < bytes.length; ) {
      const prefix = bytes[at]!
      const size = (prefix + 7) >>> 3
      if (prefix > 32 || at + 1 + size + 4 > bytes.length) return undefined
      const network = new Uint8Array(4)
      network.set(bytes.subarray(at + 1, at + 1 + size))
      found.push(`${ipAt(network, 0)}/${prefix}:${ipAt(bytes, at + 1 + size)}`)
      at += 5 + size
    }
    return found.length === 0 ? undefined : found
  },
  coerce(value, where) {
    return (Array.isArray(value) ? value : [value]).map((each: unknown) => {
      const parts = typeof each === 'string' ? ROUTE.exec(each) : null
      if (parts === null || Number(parts[2]) > 32)
        throw new PacketError(`${where}: ${printed(each)} is no route such as '10.1.0.0/16:10.0.0.1'`)
      return `${coerceIp(parts[1], where)}/${parts[2]}:${coerceIp(parts[3], where)}`
    })
  },
  write(writer, value) {
    for (const each of value as string[]) {
      const [, network, prefix, router] = ROUTE.exec(each)!
      const address = parseIpv4(network!)
      writer.u8(Number(prefix))
      for (let i = 0; i < (Number(prefix) + 7) >>> 3; i++) writer.u8((address >>> (24 - i * 8)) & 255)
      writer.u32(parseIpv4(router!))
    }
  },
}

const domains: ValueForm = {
  read(bytes) {
    const reader = new Reader(bytes, 0, 0, bytes.length)
    const names: string[] = []
    while (reader.left > 0 && reader.missing === 0) names.push(readName(reader, 0))
    if (reader.missing > 0 || names.length === 0) return undefined
    // A server that compresses in another way than we do would not get its own bytes back.
    const again = new Writer()
    domains.write(again, names)
    const same = again.length === bytes.length && bytes.every((byte, i) => byte === again.buffer[i])
    return same ? names : undefined
  },
  coerce: (value, where) => (Array.isArray(value) ? value : [value]).map((each: unknown) => canonicalName(each, where)),
  write(writer, value) {
    const before = writer.names
    beginNames(writer, writer.length)
    for (const name of value as string[]) writeName(writer, name, true)
    writer.names = before
  },
}

const FORMS: Readonly<Record<DhcpOptionForm, ValueForm>> = {
  ip,
  ips: listOf(4, ip),
  u8: number(1),
  u16: number(2),
  u32: number(4),
  numbers16: listOf(2, number(2)),
  text,
  bytes: bytesForm,
  type: messageType,
  codes,
  routes,
  domains,
  ...DHCP_STRUCTURES,
}

/** The value that an option's bytes are; the bytes themselves where they are nothing better. */
export function readDhcpValue(option: number, bytes: Uint8Array): DhcpValue {
  const form = DHCP_OPTIONS[option]?.[1]
  const value = form === undefined ? undefined : FORMS[form].read(bytes)
  if (value === undefined || !(form! in DHCP_STRUCTURES)) return value ?? bytes
  // What is written in another way than ours stays bytes.
  const again = new Writer()
  writeDhcpValue(again, option, value)
  return sameBytes(again.buffer.subarray(0, again.length), bytes) ? value : bytes
}

/** The value that a user gave for an option. @throws PacketError */
export function coerceDhcpValue(option: number, value: unknown, where: string): DhcpValue {
  if (value instanceof Uint8Array) return value
  return FORMS[DHCP_OPTIONS[option]?.[1] ?? 'bytes'].coerce(value, where)
}

/** Writes an option's value, without number and length. */
export function writeDhcpValue(writer: Writer, option: number, value: DhcpValue): void {
  if (value instanceof Uint8Array) writer.bytes(value)
  else FORMS[DHCP_OPTIONS[option]?.[1] ?? 'bytes'].write(writer, value)
}
