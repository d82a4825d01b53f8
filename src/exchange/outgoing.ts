import type { Link } from '../link/index.js'
import { type AnyPacket, asPacket, dissect, Packet, PacketError, type Stackable } from '../packet/index.js'
import {
  completeSource,
  completeTarget,
  frameLink,
  frameOf,
  isFrameless,
  type PathOptions,
  pathOf,
} from './addressing.js'
import type { Probe } from './matcher.js'
import { NeighbourTable } from './neighbour-table.js'

/** What can be sent: a packet (with sets: all it stands for), a list of them, or bytes where a frame is meant. */
export type Sendable = Stackable | Iterable<Packet | Uint8Array>

/** A packet ready to leave. */
export interface Outgoing {
  readonly link: Link
  readonly probe: Probe
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
  prepare(packets: readonly AnyPacket[]): Promise<Outgoing[]>
}

/** Makes network-layer packets ready: route, next hop, frame. Those whose neighbour does not answer have no frame. */
export class NetworkPreparer implements Preparer {
  private readonly neighbours = new NeighbourTable('packets to % were not sent')

  constructor(
    private readonly options: PathOptions,
    private readonly stop: AbortSignal,
  ) {}

  async prepare(packets: readonly AnyPacket[]): Promise<Outgoing[]> {
    const { neighbours } = this
    const ready = packets.map((packet) => {
      const path = pathOf(packet, this.options)
      const bytes = packet.bytes()
      const query = dissect(packet._layer, bytes)
      if (!isFrameless(path.link)) neighbours.want(path, (query as AnyPacket).src as string)
      return { path, bytes, query }
    })
    await neighbours.resolve(this.stop)
    return ready.map(({ path, bytes, query }) => {
      if (isFrameless(path.link)) return outgoing(path.link, query, bytes)
      const target = neighbours.get(path)
      return outgoing(path.link, query, target === undefined ? null : frameOf(bytes, path, target))
    })
  }
}

/** Makes whole frames ready: fills in the addresses that were left open. */
export class FramePreparer implements Preparer {
  private readonly neighbours = new NeighbourTable('frames to % go to the broadcast address')

  constructor(
    private readonly options: PathOptions,
    private readonly stop: AbortSignal,
  ) {}

  async prepare(packets: readonly AnyPacket[]): Promise<Outgoing[]> {
    const { neighbours } = this
    const ready = packets.map((packet) => {
      const link = frameLink(packet, this.options)
      const path = completeSource(packet, link)
      if (path !== undefined) neighbours.want(path, (packet.payload as AnyPacket).src as string)
      return { packet, link, path }
    })
    await neighbours.resolve(this.stop)
    return ready.map(({ packet, link, path }) => {
      const target = path === undefined ? undefined : neighbours.get(path)
      if (target !== undefined) completeTarget(packet, target)
      const frame = packet.bytes()
      return outgoing(link, dissect(packet._layer, frame), frame)
    })
  }
}

function outgoing(link: Link, query: Packet, frame: Uint8Array | null): Outgoing {
  return { link, probe: { query, frame, sentAt: 0, sentTimes: 0, answers: [] } }
}
