/** The options of DHCP as a list, `[['message-type', 'discover'], ['param_req_list', ['router']], 'end']`. RFC 2132 §2. */
import {
  type Codec,
  Field,
  Kind,
  type Option,
  PacketError,
  printed,
  quoted,
  type Reader,
  suggestion,
  Writer,
} from '../../packet/index.js'
import { dhcpOptionName, dhcpOptionNames, dhcpOptionNumber, END, PAD } from './dhcp-option-kinds.js'
import { coerceDhcpValue, type DhcpValue, readDhcpValue, writeDhcpValue } from './dhcp-option-values.js'
import { sameTree, treeCommand, treeFromJson, treeJson, treeText, type ValueTree } from './value-tree.js'

/** Bytes that one option holds. */
const LONGEST = 255
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

const OVERLOAD = 52
const IN_FILE = 1
const IN_SNAME = 2

/** Number and bytes of each option up to the end, without padding. */
function rawOptions(bytes: Uint8Array): [number, Uint8Array][] {
  const found: [number, Uint8Array][] = []
  for (let at = 0; at < bytes.length && bytes[at] !== END; ) {
    if (bytes[at] === PAD) at++
    else {
      const stop = at + 2 + (bytes[at + 1] ?? 256)
      if (stop > bytes.length || found.length >= MAX_OPTIONS) break
      found.push([bytes[at]!, bytes.subarray(at + 2, stop)])
      at = stop
    }
  }
  return found
}

/**
 * The options of a whole message: those in `file` and `sname` too where option 52 says that some stand there, and the parts of
 * each joined (RFC 3396). `options` are the bytes behind the magic ones, the others the bytes of the fields.
 */
export function wholeDhcpOptions(options: Uint8Array, file?: Uint8Array, sname?: Uint8Array): Option[] {
  const all = rawOptions(options)
  const overload = all.find(([number]) => number === OVERLOAD)?.[1][0] ?? 0
  if (overload & IN_FILE && file !== undefined) all.push(...rawOptions(file))
  if (overload & IN_SNAME && sname !== undefined) all.push(...rawOptions(sname))
  const joined = new Map<number, Uint8Array[]>()
  for (const [number, content] of all) joined.set(number, [...(joined.get(number) ?? []), content])
  return [...joined].map(([number, pieces]) => [
    dhcpOptionName(number),
    readDhcpValue(number, pieces.length === 1 ? pieces[0]! : Uint8Array.from(Buffer.concat(pieces))),
  ])
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
      if (number === END) {
        writer.u8(END)
        continue
      }
      const content = new Writer()
      if (value !== undefined) writeDhcpValue(content, number, value as DhcpValue)
      // What one option cannot hold stands in several, whose parts belong together. RFC 3396 §5.
      for (let at = 0; at === 0 || at < content.length; at += LONGEST) {
        const part = content.buffer.subarray(at, Math.min(content.length, at + LONGEST))
        writer.u8(number)
        writer.u8(part.length)
        writer.bytes(part)
      }
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
    return `[${options.map(([name, value]) => (value === undefined ? String(name) : `${String(name)} ${treeText(value as DhcpValue)}`)).join(', ')}]`
  }

  /** Bytes are `{"hex": "…"}`: a text may look like hexadecimal. */
  json(options: Option[]): unknown {
    return options.map(([name, value]) => {
      if (value === undefined) return [name]
      return [name, treeJson(value as DhcpValue)]
    })
  }

  parse(json: unknown): unknown {
    return treeFromJson(json)
  }

  command(options: Option[]): string {
    return `[${options.map(commandOf).join(', ')}]`
  }

  same(a: Option[], b: Option[]): boolean {
    return sameTree(a as unknown as ValueTree, b as unknown as ValueTree)
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

function commandOf([name, value]: Option): string {
  const key = typeof name === 'number' ? String(name) : quoted(name)
  return value === undefined ? `[${key}]` : `[${key}, ${treeCommand(value as DhcpValue)}]`
}

/** The options of a DHCP message; names and values are Scapy's. */
export const dhcpOptions = (): Field<Option[], readonly DhcpOptionInput[]> =>
  new Field<Option[], readonly DhcpOptionInput[]>(Kind.CODEC, 0, new DhcpOptionsCodec())
