/** The options of DHCP as a list, `[['message-type', 'discover'], ['param_req_list', ['router']], 'end']`. RFC 2132 §2. */
import {
  type Codec,
  Field,
  fromHex,
  Kind,
  type Option,
  PacketError,
  printed,
  quoted,
  type Reader,
  sameBytes,
  suggestion,
  toHex,
  type Writer,
} from '../../packet/index.js'
import { dhcpOptionName, dhcpOptionNames, dhcpOptionNumber, END, PAD } from './dhcp-option-kinds.js'
import { coerceDhcpValue, type DhcpValue, readDhcpValue, writeDhcpValue } from './dhcp-option-values.js'

/** More than a packet has: each takes at least a byte, and a datagram of Ethernet has fewer. */
const MAX_OPTIONS = 2048
/** Most zeros that one pad stands for: a whole datagram. */
const MAX_PAD = 65535

/** An option as it may be given: its name alone, name and value, or name and several values as Scapy has them. */
export type DhcpOptionInput = string | number | readonly [name: string | number, ...values: unknown[]]

const END_OPTION: Option = Object.freeze(['end'] as const)
const PAD_OPTION: Option = Object.freeze(['pad'] as const)

/** Reads options up to `end`; zeros are `['pad', how many]`, what breaks off or stands behind the end is `['bytes', …]`. */
export function readDhcpOptions(buffer: Uint8Array, start = 0, end = buffer.length): Option[] {
  const options: Option[] = []
  let at = start
  let ended = false
  while (at < end) {
    const number = buffer[at]!
    if (number === PAD) {
      const first = at
      while (at < end && buffer[at] === PAD) at++
      options.push(at - first === 1 ? PAD_OPTION : ['pad', at - first])
    } else if (number === END && !ended) {
      options.push(END_OPTION)
      ended = true
      at++
    } else {
      const valueAt = at + 2
      const length = at + 1 < end ? buffer[at + 1]! : -1
      if (ended || length < 0 || length > end - valueAt || options.length >= MAX_OPTIONS) {
        options.push(['bytes', buffer.subarray(at, end)])
        break
      }
      options.push([dhcpOptionName(number), readDhcpValue(number, buffer.subarray(valueAt, valueAt + length))])
      at = valueAt + length
    }
  }
  return options
}

class DhcpOptionsCodec implements Codec<Option[]> {
  readonly kindName = 'options'
  read(reader: Reader): Option[] {
    const options = readDhcpOptions(reader.buffer, reader.position, reader.end)
    reader.position = reader.end
    return options
  }

  write(writer: Writer, options: Option[]): void {
    for (const [name, value] of options) {
      if (name === 'bytes') {
        writer.bytes(value as Uint8Array)
        continue
      }
      const number = numberOf(name)!
      if (number === PAD) {
        writer.reserve((value as number | undefined) ?? 1)
        continue
      }
      writer.u8(number)
      if (number === END) continue
      const lengthAt = writer.reserve(1)
      if (value !== undefined) writeDhcpValue(writer, number, value as DhcpValue)
      const length = writer.length - lengthAt - 1
      if (length > 255)
        throw new PacketError(
          `DHCP.options: option ${String(name)} has ${length} bytes; one holds 255: give it several times, the parts are joined (RFC 3396)`,
        )
      writer.buffer[lengthAt] = length
    }
  }

  coerce(value: unknown, where: string): Option[] {
    if (!Array.isArray(value))
      throw new PacketError(
        `${where}: ${printed(value)} is no list of options such as [['message-type', 'discover'], 'end']`,
      )
    return value.map((given: unknown) => coerceOption(given, where))
  }

  optionNames(): (readonly [name: string, about: string])[] {
    return dhcpOptionNames().map((name) => [name, `option ${dhcpOptionNumber(name)}`] as const)
  }

  empty(): Option[] {
    return []
  }

  show(options: Option[]): string {
    return `[${options.map(([name, value]) => (value === undefined ? String(name) : `${String(name)} ${shown(value as DhcpValue)}`)).join(', ')}]`
  }

  /** Bytes are `{"hex": "…"}`: a text may look like hexadecimal. */
  json(options: Option[]): unknown {
    return options.map(([name, value]) => {
      if (value === undefined) return [name]
      return [name, value instanceof Uint8Array ? { hex: toHex(value) } : value]
    })
  }

  parse(json: unknown): unknown {
    if (!Array.isArray(json)) return json
    return json.map((option: unknown) => {
      if (!Array.isArray(option)) return option
      const { hex } = (option[1] ?? {}) as { hex?: unknown }
      return typeof hex === 'string' ? [option[0], fromHex(hex)] : option
    })
  }

  command(options: Option[]): string {
    return `[${options.map(commandOf).join(', ')}]`
  }

  same(a: Option[], b: Option[]): boolean {
    return (
      a.length === b.length &&
      a.every(([name, value], i) => {
        const [otherName, other] = b[i]!
        if (name !== otherName) return false
        if (value instanceof Uint8Array || other instanceof Uint8Array)
          return value instanceof Uint8Array && other instanceof Uint8Array && sameBytes(value, other)
        return JSON.stringify(value) === JSON.stringify(other)
      })
    )
  }
}

function numberOf(name: unknown): number | undefined {
  const number = typeof name === 'string' ? dhcpOptionNumber(name) : name
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= 255 ? number : undefined
}

function coerceOption(given: unknown, where: string): Option {
  const [name, ...values] = (Array.isArray(given) ? given : [given]) as [unknown, ...unknown[]]
  if (name === 'bytes' && values[0] instanceof Uint8Array) return ['bytes', values[0]]
  const number = numberOf(name)
  if (number === undefined) {
    const near = typeof name === 'string' ? suggestion(name, dhcpOptionNames()) : ''
    throw new PacketError(
      `${where}: no option ${printed(name)}${near === '' ? "; the names are Scapy's, such as message-type, requested_addr, param_req_list, or a number 0..255" : near}`,
    )
  }
  const known = dhcpOptionName(number)
  const value = values.length > 1 ? values : values[0]
  if (value === undefined || value === null) return number === END ? END_OPTION : number === PAD ? PAD_OPTION : [known]
  if (number === PAD) return coercePad(value, where)
  if (number === END) throw new PacketError(`${where}: option ${String(known)} has no value`)
  return [known, coerceDhcpValue(number, value, `${where} ${String(known)}`)]
}

function coercePad(value: unknown, where: string): Option {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_PAD)
    return value === 1 ? PAD_OPTION : ['pad', value]
  throw new PacketError(`${where}: ${printed(value)} is no number of zeros for pad (1..${MAX_PAD})`)
}

function shown(value: DhcpValue): string {
  if (value instanceof Uint8Array) return toHex(value)
  return Array.isArray(value)
    ? `(${value.map(shown).join(' ')})`
    : typeof value === 'string'
      ? plain(value)
      : String(value)
}

/** Quoted where it is more than a word: texts come from the network. */
function plain(text: string): string {
  return /^[\w.:/-]+$/.test(text) ? text : quoted(text)
}

function commandOf([name, value]: Option): string {
  const key = typeof name === 'number' ? String(name) : quoted(name)
  return value === undefined ? `[${key}]` : `[${key}, ${literal(value as DhcpValue)}]`
}

function literal(value: DhcpValue): string {
  if (value instanceof Uint8Array) return `hex('${toHex(value)}')`
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  return typeof value === 'string' ? quoted(value) : String(value)
}

/** The options of a DHCP message; names and values are Scapy's. */
export const dhcpOptions = (): Field<Option[], readonly DhcpOptionInput[]> =>
  new Field<Option[], readonly DhcpOptionInput[]>(Kind.CODEC, 0, new DhcpOptionsCodec())
