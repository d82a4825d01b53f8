import { TCP } from '../layers/index.js'
import { interfaces, type Link } from '../link/index.js'
import { type AnyPacket, asPacket, type LayerDefinition, Packet, PacketError, type Stackable } from '../packet/index.js'
import {
  completeSource,
  completeTarget,
  frameLink,
  frameOf,
  isFrameless,
  isUnset,
  type Path,
  type PathOptions,
  pathOf,
} from './addressing.js'
import { NeighbourTable } from './neighbour-table.js'
import type { AutomaticGuards } from './reset-guards.js'

/** Destinations whose way is remembered within a run. */
const MOST_WAYS = 65_536

/** What can be sent: a packet (with sets: all it stands for), a list of them, or bytes where a frame is meant. */
export type Sendable = Stackable | Iterable<Packet | Uint8Array>

/** A packet ready to leave. */
export interface Outgoing {
  readonly link: Link
  /** The bytes on the wire; null when the neighbour's address is not known. */
  readonly frame: Uint8Array | null
  /** The packet as it was built: its outermost layer and its bytes. */
  readonly layer: LayerDefinition
  readonly bytes: Uint8Array
}

/** All packets that a sendable thing stands for, one after the other. @throws PacketError */
export function* concretePackets(given: Sendable): Generator<AnyPacket> {
  for (const part of partsOf(given)) yield* asPacket(part) as Iterable<AnyPacket>
}

/** How many packets a sendable thing stands for; undefined for an iterable that only tells when it is used up. @throws PacketError */
export function countOf(given: Sendable): number | undefined {
  const parts = partsOf(given)
  if (!Array.isArray(parts)) return undefined
  return parts.reduce((count: number, part) => count + asPacket(part).count(), 0)
}

function partsOf(given: Sendable): Iterable<unknown> {
  const parts =
    given instanceof Packet || typeof given === 'string' || typeof given === 'function' || given instanceof Uint8Array
      ? [given]
      : given
  if (typeof (parts as Iterable<unknown> | null)?.[Symbol.iterator] !== 'function')
    throw new PacketError(`cannot send ${String(given)}: give a packet, a list of packets, or bytes`)
  return parts as Iterable<unknown>
}

/** Arrays of up to `size` items. */
export function* chunksOf<T>(items: Iterable<T>, size: number): Generator<T[]> {
  let chunk: T[] = []
  for (const item of items) {
    chunk.push(item)
    if (chunk.length < size) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}

/** Makes packets ready to leave, some at a time, so that their neighbours are asked for together. */
export interface Preparer {
  /** Keeps the kernel from resetting TCP that is crafted; null lets it. */
  guards: AutomaticGuards | null
  /** In the order and number of the packets. @throws PacketError or LinkError that says what to do */
  prepare(packets: readonly AnyPacket[]): Promise<Outgoing[]>
}

/** Makes network-layer packets ready: source address, route, next hop, frame. Those whose neighbour does not answer have no frame. */
export class NetworkPreparer implements Preparer {
  /** Keeps the kernel from resetting TCP that is crafted; null lets it. */
  guards: AutomaticGuards | null = null
  private readonly neighbours = new NeighbourTable('packets to % were not sent')
  /** Ways of this run by destination (and source, where that is one of ours): packets of one run mostly go to few. */
  private readonly ways = new Map<string, Path>()
  private ownAddresses: ReadonlySet<string> | undefined

  constructor(
    private readonly name: string,
    private readonly options: PathOptions,
    private readonly stop: AbortSignal,
  ) {}

  async prepare(packets: readonly AnyPacket[]): Promise<Outgoing[]> {
    const { neighbours } = this
    const ready = packets.map((packet) => {
      const path = this.pathOf(packet)
      const index = packet._layer.indexOf('src')
      if (path.source !== undefined && isUnset(packet, index)) packet._write(index, path.source)
      const bytes = packet.bytes()
      if (!isFrameless(path.link)) neighbours.want(path, path.source)
      if (this.guards !== null) guard(this.guards, path.link, packet)
      return { path, bytes, layer: packet._layer }
    })
    await neighbours.resolve(this.stop)
    return ready.map(({ path, bytes, layer }) => {
      const { link } = path
      if (isFrameless(link)) return { link, frame: bytes, layer, bytes }
      const target = neighbours.get(path)
      return { link, frame: target === undefined ? null : frameOf(bytes, path, target), layer, bytes }
    })
  }

  private pathOf(packet: AnyPacket): Path {
    const { layerName } = packet
    const destination = layerName === 'IP' || layerName === 'IPv6' ? (packet.dst as string) : ''
    const source = destination === '' ? undefined : this.ownSource(packet)
    const key = source === undefined ? destination : `${destination} ${source}`
    let path = this.ways.get(key)
    if (path === undefined) {
      path = pathOf(this.name, packet, this.options, source)
      if (this.ways.size >= MOST_WAYS) this.ways.clear()
      this.ways.set(key, path)
    }
    return path
  }

  /** The packet's source where it is set to an address of this machine: rules may choose the route by it. Others they do not know. */
  private ownSource(packet: AnyPacket): string | undefined {
    const { link, netns } = this.options
    if (link !== undefined || isUnset(packet, packet._layer.indexOf('src'))) return undefined
    if (this.ownAddresses === undefined) {
      const own = interfaces(netns === undefined ? {} : { netns }).flatMap(({ ipv4, ipv6 }) => [...ipv4, ...ipv6])
      this.ownAddresses = new Set(own.map(({ address }) => address))
    }
    const source = packet.src as string
    return this.ownAddresses.has(source) ? source : undefined
  }
}

/** Makes whole frames ready: fills in the addresses that were left open. */
export class FramePreparer implements Preparer {
  guards: AutomaticGuards | null = null
  private readonly neighbours = new NeighbourTable('frames to % go to the broadcast address')

  constructor(
    _name: string,
    private readonly options: PathOptions,
    private readonly stop: AbortSignal,
  ) {}

  async prepare(packets: readonly AnyPacket[]): Promise<Outgoing[]> {
    const { neighbours } = this
    const ready = packets.map((packet) => {
      const link = frameLink(packet, this.options)
      const path = completeSource(packet, link)
      if (path !== undefined) neighbours.want(path, path.source)
      if (this.guards !== null) guard(this.guards, link, packet)
      return { packet, link, path }
    })
    await neighbours.resolve(this.stop)
    return ready.map(({ packet, link, path }) => {
      const target = path === undefined ? undefined : neighbours.get(path)
      if (target !== undefined) completeTarget(packet, target)
      const frame = packet.bytes()
      return { link, frame, layer: packet._layer, bytes: frame }
    })
  }
}

/** Where answers to a crafted TCP packet come to this machine's kernel, it is kept from resetting them. */
function guard(guards: AutomaticGuards, link: Link, packet: AnyPacket): void {
  if (link.backend === 'memory') return
  const tcp = packet.get(TCP)
  if (tcp !== undefined) guards.note(tcp.sport as number)
}
