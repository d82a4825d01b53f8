import { formatIpv6, parseIpv4, parseIpv6, parseMac } from './addresses.js'
import { toHex } from './bytes.js'
import { PacketError } from './errors.js'
import { type AnyPacket, Deferred, type Field, Kind } from './field.js'
import { printed } from './literal.js'
import type { Packet } from './packet.js'
import { argument } from './random-source.js'

/** Consecutive stored values; `step` beyond 2^53 is never needed, so IPv6 counts in BigInt from its base. */
interface Run {
  readonly count: number
  at(index: number): unknown
}

/** The values of one field that a packet stands for: single values, inclusive ranges, networks. */
export class FieldSet extends Deferred {
  readonly count: number

  constructor(
    private readonly runs: readonly Run[],
    private readonly source: string,
  ) {
    super()
    this.count = runs.reduce((total, run) => total + run.count, 0)
  }

  /** Stored value number `index`, 0 for the first. */
  at(index: number): unknown {
    let rest = index
    for (const run of this.runs) {
      if (rest < run.count) return run.at(rest)
      rest -= run.count
    }
    return undefined
  }

  override pick(): unknown {
    return this.at(0)
  }

  /** The JavaScript that was given. */
  override toString(): string {
    return this.source
  }
}

/** A set, when the user's value is one for this field: an array on a field that holds no list, a network, a range of addresses. */
export function asSet(field: Field, value: unknown): FieldSet | undefined {
  if (field.kind === Kind.CODEC) {
    const codec = field.codec!
    if (codec.scalar !== undefined) return scalarSet(codec.scalar as Field, value)
    return Array.isArray(value) && codec.isSet?.(value) === true ? listSet(field, value) : undefined
  }
  if (typeof value === 'string') {
    const run = addressRun(field, value)
    return run === undefined ? undefined : new FieldSet([run], `'${value}'`)
  }
  return Array.isArray(value) ? listSet(field, value) : undefined
}

function listSet(field: Field, values: readonly unknown[]): FieldSet {
  if (values.length === 0)
    throw new PacketError(`${field.where}: an empty list stands for no packet at all; give at least one value`)
  return new FieldSet(
    values.map((member: unknown) => memberRun(field, member)),
    argument(values),
  )
}

/** A set of a field whose codec stores what a plain field presents. */
function scalarSet(scalar: Field, value: unknown): FieldSet | undefined {
  const set = asSet(scalar, value)
  return set === undefined
    ? undefined
    : new FieldSet([{ count: set.count, at: (index) => scalar.present(set.at(index)) }], set.toString())
}

function memberRun(field: Field, member: unknown): Run {
  // A random value among others: a new one each time its turn comes.
  if (member instanceof Deferred) return { count: 1, at: () => member }
  if (Array.isArray(member)) {
    if (member.length !== 2)
      throw new PacketError(`${field.where}: a list inside the list is a range of two values, [first, last]`)
    return rangeRun(field, field.coerce(member[0]), field.coerce(member[1]))
  }
  if (typeof member === 'string') {
    const run = addressRun(field, member)
    if (run !== undefined) return run
  }
  const stored = field.coerce(member)
  return { count: 1, at: () => stored }
}

/** Stored value of an address of 128 bits as a number, and back. */
const bigOf = (bytes: Uint8Array): bigint => BigInt(`0x${toHex(bytes)}`)
const bytesOf = (value: bigint): Uint8Array => Uint8Array.from(Buffer.from(value.toString(16).padStart(32, '0'), 'hex'))

function rangeRun(field: Field, first: unknown, last: unknown): Run {
  const ends = [first, last]
  if (ends.every((end) => end instanceof Uint8Array) && field.kind === Kind.IPV6) {
    const low = bigOf(first as Uint8Array)
    return { count: countOfRange(field, low, bigOf(last as Uint8Array)), at: (index) => bytesOf(low + BigInt(index)) }
  }
  if (ends.every((end) => typeof end === 'bigint')) {
    const low = first as bigint
    return { count: countOfRange(field, low, last as bigint), at: (index) => low + BigInt(index) }
  }
  if (typeof first !== 'number' || typeof last !== 'number')
    throw new PacketError(`${field.where}: ranges work for numbers and addresses; give single values`)
  if (last < first) throw endsBeforeItBegins(field, first, last)
  return { count: last - first + 1, at: (index) => first + index }
}

function endsBeforeItBegins(field: Field, first: unknown, last: unknown): PacketError {
  const text = (end: unknown): string =>
    printed(typeof end === 'bigint' && field.kind === Kind.IPV6 ? formatIpv6(bytesOf(end)) : field.present(end))
  return new PacketError(`${field.where}: the range ${text(first)}..${text(last)} ends before it begins`)
}

function countOfRange(field: Field, first: bigint, last: bigint): number {
  if (last < first) throw endsBeforeItBegins(field, first, last)
  if (last - first >= 1n << 53n)
    throw new PacketError(`${field.where}: the range has more than 2^53 values; give a smaller one`)
  return Number(last - first + 1n)
}

/**
 * Networks (`10.0.0.0/30`, `fd00::/126`), ranges (`10.0.0.1-10.0.1.5`, or with the last part alone: `10.0.0.1-20`, `fd00::1-ff`), and
 * parts that are ranges or anything (`10.0-3.*.1`, `02:00:00:00:*:1`), as nmap has them.
 */
function addressRun(field: Field, text: string): Run | undefined {
  const { kind } = field
  if (kind !== Kind.IPV4 && kind !== Kind.IPV6 && kind !== Kind.MAC) return undefined
  const slash = text.indexOf('/')
  if (slash >= 0 && kind !== Kind.MAC) return networkRun(field, text, text.slice(0, slash), text.slice(slash + 1))
  const dash = text.indexOf('-')
  if (dash < 0 && !text.includes('*')) return undefined
  if (dash >= 0 && isAddress(kind, text.slice(0, dash)) && isAddress(kind, text.slice(dash + 1)))
    return rangeRun(field, field.coerce(text.slice(0, dash)), field.coerce(text.slice(dash + 1)))
  if (kind === Kind.IPV6) return lastPartRun(field, text)
  return kind === Kind.IPV4 ? partsRun(field, text, '.', 4, 10) : partsRun(field, text, ':', 6, 16)
}

function isAddress(kind: number, text: string): boolean {
  if (kind === Kind.IPV4) return parseIpv4(text) >= 0
  return kind === Kind.MAC ? text.includes(':') && parseMac(text) >= 0 : parseIpv6(text) !== undefined
}

/** `fd00::1-ff`: from the address to the one whose last group is what stands behind the dash. */
function lastPartRun(field: Field, text: string): Run | undefined {
  const range = /^(.*:)([0-9a-f]{1,4})-([0-9a-f]{1,4})$/i.exec(text)
  if (range === null) return undefined
  return rangeRun(field, field.coerce(range[1]! + range[2]!), field.coerce(range[1]! + range[3]!))
}

/** Parts that are numbers, ranges of them or `*`: the last one changes fastest. */
function partsRun(field: Field, text: string, separator: string, count: number, base: 10 | 16): Run | undefined {
  const parts = text.split(separator)
  const digits = base === 10 ? '\\d{1,3}' : '[0-9a-f]{1,2}'
  const part = new RegExp(`^(?:\\*|(${digits})(?:-(${digits}))?)$`, 'i')
  const matches = parts.map((each) => part.exec(each))
  if (parts.length !== count || matches.some((match) => match === null)) return undefined
  const ranges = matches.map((match) => {
    const [, low, high] = match!
    const first = low === undefined ? 0 : Number.parseInt(low, base)
    const last = low === undefined ? 255 : high === undefined ? first : Number.parseInt(high, base)
    if (last > 255) throw new PacketError(`${field.where}: '${text}' has a part above 255`)
    if (last < first) throw new PacketError(`${field.where}: '${text}' has a range that ends before it begins`)
    return [first, last - first + 1] as const
  })
  return {
    count: ranges.reduce((total, [, size]) => total * size, 1),
    at(index) {
      let rest = index
      let value = 0
      let scale = 1
      for (let i = ranges.length - 1; i >= 0; i--) {
        const [first, size] = ranges[i]!
        value += (first + (rest % size)) * scale
        rest = Math.floor(rest / size)
        scale *= 256
      }
      return value
    },
  }
}

function networkRun(field: Field, text: string, address: string, prefixText: string): Run {
  const bits = field.kind === Kind.IPV4 ? 32 : 128
  const prefix = /^\d{1,3}$/.test(prefixText) ? Number(prefixText) : -1
  if (prefix < 0 || prefix > bits)
    throw new PacketError(`${field.where}: the prefix length of '${text}' must be 0..${bits}`)
  if (field.kind === Kind.IPV4) {
    const base = parseIpv4(address)
    if (base < 0) throw new PacketError(`${field.where}: '${address}' is no IPv4 address such as '10.0.0.0'`)
    const size = 2 ** (32 - prefix)
    const first = Math.floor(base / size) * size
    return { count: size, at: (index) => first + index }
  }
  const base = parseIpv6(address)
  if (base === undefined) throw new PacketError(`${field.where}: '${address}' is no IPv6 address such as 'fd00::'`)
  if (prefix < 128 - 53)
    throw new PacketError(
      `${field.where}: the network ${text} has more than 2^53 addresses; give a prefix of 75 or more`,
    )
  const hostBits = BigInt(128 - prefix)
  const first = (bigOf(base) >> hostBits) << hostBits
  return { count: Number(1n << hostBits), at: (index) => bytesOf(first + BigInt(index)) }
}

/** One set of a packet, and where it is. */
interface Digit {
  /** Which layer; of a layer in a list then the list's field, the element, and again which layer. */
  readonly path: readonly number[]
  readonly index: number
  readonly set: FieldSet
}

/** A list of layers that a packet holds or that was read for it, or undefined. */
function layersIn(layer: Packet, index: number): Packet[] | undefined {
  const value = layer._values?.[index] ?? layer._tail?.[index - layer._layer.tailStart]
  if (!Array.isArray(value)) return undefined
  const [first] = value as unknown[]
  return typeof first === 'object' && first !== null && '_layer' in first ? (value as Packet[]) : undefined
}

/** Sets of a packet, slowest first: outer layers before inner ones, in a layer the last-declared field first, in a list its first element. */
function digits(packet: Packet, path: readonly number[] = [], found: Digit[] = []): Digit[] {
  let layer = 0
  for (let at: Packet | null | undefined = packet; at !== null && at !== undefined; at = at._payload, layer++) {
    if (at._values === null && !at._hasLists && at._tail === null) continue
    for (let index = at._layer.fields.length - 1; index >= 0; index--) {
      const value = at._values?.[index]
      if (value instanceof FieldSet) found.push({ path: [...path, layer], index, set: value })
      else
        layersIn(at, index)?.forEach((element, place) => {
          digits(element, [...path, layer, index, place], found)
        })
    }
  }
  return found
}

/** The layer of a copy that a path leads to. */
function followed(packet: Packet, path: readonly number[]): Packet {
  let at = packet
  for (let step = 0; ; step += 3) {
    for (let depth = path[step]!; depth > 0; depth--) at = at._payload!
    if (step + 1 >= path.length) return at
    at = layersIn(at, path[step + 1]!)![path[step + 2]!]!
  }
}

/** How many packets a packet with sets stands for. */
export function countOf(packet: Packet): number {
  return digits(packet).reduce((total, digit) => total * digit.set.count, 1)
}

/** The packets that a packet with sets stands for: an odometer whose last digit turns fastest. */
export function* expand(packet: Packet): Generator<AnyPacket> {
  const wheel = digits(packet)
  const positions = wheel.map(() => 0)
  for (;;) {
    const copy = packet.copy()
    const layers: Packet[] = []
    for (let at: Packet | null | undefined = copy; at !== null && at !== undefined; at = at._payload) layers.push(at)
    for (let i = 0; i < wheel.length; i++) {
      const { path, index, set } = wheel[i]!
      const owner = path.length === 1 ? layers[path[0]!]! : followed(copy, path)
      owner._values![index] = set.at(positions[i]!)
    }
    for (const layer of layers) freezeDeferred(layer)
    yield copy as AnyPacket
    let turn = wheel.length - 1
    while (turn >= 0 && ++positions[turn]! === wheel[turn]!.set.count) positions[turn--] = 0
    if (turn < 0) return
  }
}

function freezeAll(packet: Packet): void {
  for (let at: Packet | null | undefined = packet; at !== null && at !== undefined; at = at._payload) freezeDeferred(at)
}

/** Draws every random value of a layer and of the layers in its lists, once. */
function freezeDeferred(layer: Packet): void {
  const values = layer._values
  layer._many = false
  if (values !== null) {
    for (let i = 0; i < values.length; i++) {
      const value = values[i]
      if (value instanceof Deferred) values[i] = layer._noted(layer._layer.fields[i]!.coerce(value.pick()))
    }
  }
  if (values === null ? layer._tail === null : !layer._hasLists && layer._tail === null) return
  for (let i = 0; i < layer._layer.fields.length; i++) layersIn(layer, i)?.forEach(freezeAll)
}
