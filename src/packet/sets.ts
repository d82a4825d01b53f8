import { parseIpv4, parseIpv6 } from './addresses.js'
import { PacketError } from './errors.js'
import { type AnyPacket, Deferred, type Field, Kind } from './field.js'
import { printed } from './literal.js'
import type { Packet } from './packet.js'

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
  if (field.kind === Kind.CODEC)
    return field.codec!.scalar === undefined ? undefined : scalarSet(field.codec!.scalar as Field, value)
  if (typeof value === 'string') {
    const run = addressRun(field, value)
    return run === undefined ? undefined : new FieldSet([run], `'${value}'`)
  }
  if (!Array.isArray(value)) return undefined
  if (value.length === 0)
    throw new PacketError(`${field.where}: an empty list stands for no packet at all; give at least one value`)
  const runs = value.map((member: unknown) => memberRun(field, member))
  return new FieldSet(runs, sourceOf(value))
}

/** A set of a field whose codec stores what a plain field presents. */
function scalarSet(scalar: Field, value: unknown): FieldSet | undefined {
  const set = asSet(scalar, value)
  return set === undefined
    ? undefined
    : new FieldSet([{ count: set.count, at: (index) => scalar.present(set.at(index)) }], set.toString())
}

function sourceOf(value: unknown): string {
  return Array.isArray(value)
    ? `[${value.map(sourceOf).join(', ')}]`
    : typeof value === 'string'
      ? `'${value}'`
      : String(value)
}

function memberRun(field: Field, member: unknown): Run {
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

function rangeRun(field: Field, first: unknown, last: unknown): Run {
  if (typeof first !== 'number' || typeof last !== 'number') {
    throw new PacketError(
      `${field.where}: ranges work for numbers, IPv4 and MAC addresses; give single values or a network`,
    )
  }
  if (last < first) {
    throw new PacketError(
      `${field.where}: the range ${printed(field.present(first))}..${printed(field.present(last))} ends before it begins`,
    )
  }
  return { count: last - first + 1, at: (index) => first + index }
}

/** `10.0.0.0/30`, `fd00::/126`, and `10.0.0.1-20` (last part of the address, as nmap has it). */
function addressRun(field: Field, text: string): Run | undefined {
  if (field.kind !== Kind.IPV4 && field.kind !== Kind.IPV6) return undefined
  const slash = text.indexOf('/')
  if (slash < 0 && !text.includes('-')) return undefined
  if (slash >= 0) return networkRun(field, text, text.slice(0, slash), text.slice(slash + 1))
  const range = field.kind === Kind.IPV4 ? /^(\d+\.\d+\.\d+\.)(\d+)-(\d+)$/.exec(text) : null
  if (range === null) return undefined
  return rangeRun(field, field.coerce(range[1]! + range[2]!), field.coerce(range[1]! + range[3]!))
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
  const first = (BigInt(`0x${Buffer.from(base).toString('hex')}`) >> hostBits) << hostBits
  return {
    count: Number(1n << hostBits),
    at: (index) => Uint8Array.from(Buffer.from((first + BigInt(index)).toString(16).padStart(32, '0'), 'hex')),
  }
}

interface Digit {
  readonly layer: number
  readonly index: number
  readonly set: FieldSet
}

/** Sets of a packet, slowest first: outer layers before inner ones, in a layer the last-declared field first. */
function digits(packet: Packet): Digit[] {
  const found: Digit[] = []
  let layer = 0
  for (let at: Packet | null | undefined = packet; at !== null && at !== undefined; at = at._payload, layer++) {
    const values = at._values
    if (values === null) continue
    for (let index = values.length - 1; index >= 0; index--) {
      const value = values[index]
      if (value instanceof FieldSet) found.push({ layer, index, set: value })
    }
  }
  return found
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
    wheel.forEach((digit, i) => {
      layers[digit.layer]!._values![digit.index] = digit.set.at(positions[i]!)
    })
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

function freezeDeferred(layer: Packet): void {
  const values = layer._values
  layer._many = false
  if (values === null) return
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (value instanceof Deferred) values[i] = layer._noted(layer._layer.fields[i]!.coerce(value.pick()))
    // Layers in a field have no part in the odometer, but random values of theirs are drawn now, once.
    else if (Array.isArray(value))
      for (const element of value)
        if (typeof element === 'object' && element !== null && '_layer' in element) freezeAll(element as Packet)
  }
}
