import type { Link } from '../link/index.js'
import { type AnyPacket, asPacket, dissect, Packet, PacketError, type Stackable } from '../packet/index.js'
import { completeFrame, frameLink, frameOf, type Path, type PathOptions, pathOf, resolve } from './addressing.js'
import type { Probe } from './matcher.js'
import { packetCount, report } from './report.js'

/** What can be sent: a packet (with sets: all it stands for), a list of them, or bytes where a frame is meant. */
export type Sendable = Stackable | Iterable<Packet | Uint8Array>

/** A packet ready to leave. */
export interface Outgoing {
  readonly link: Link
  readonly probe: Probe
}

/** More packets than this from one call would not fit into memory as probes. */
const MAX_PACKETS = 4_000_000

/** All packets that a sendable thing stands for, one after the other. @throws PacketError */
export function* concretePackets(given: Sendable): Generator<AnyPacket> {
  const parts =
    given instanceof Packet || typeof given === 'string' || typeof given === 'function' || given instanceof Uint8Array
      ? [given]
      : given
  if (typeof (parts as Iterable<unknown> | null)?.[Symbol.iterator] !== 'function')
    throw new PacketError(`cannot send ${String(given)}: give a packet, a list of packets, or bytes`)
  let count = 0
  for (const part of parts) {
    for (const packet of asPacket(part)) {
      if (++count > MAX_PACKETS)
        throw new PacketError(`more than ${packetCount(MAX_PACKETS)} in one call: send them in parts`)
      yield packet
    }
  }
}

/** Makes network-layer packets ready: route, next hop, frame. Those whose neighbour does not answer have no frame. */
export class NetworkSender {
  private readonly known = new Map<Link, Map<string, number>>()
  private readonly silent = new Set<string>()

  constructor(
    private readonly options: PathOptions,
    private readonly signal: AbortSignal,
  ) {}

  async prepare(packet: AnyPacket): Promise<Outgoing> {
    const path = pathOf(packet, this.options)
    const bytes = packet.bytes()
    const query = dissect(packet._layer, bytes)
    const frame = frameOf(bytes, path, this.addressesOf(path.link)) ?? (await this.ask(path, bytes, query as AnyPacket))
    return { link: path.link, probe: { query, frame, sentAt: 0, sentTimes: 0, answers: [] } }
  }

  private addressesOf(link: Link): Map<string, number> {
    let addresses = this.known.get(link)
    if (addresses === undefined) {
      addresses = new Map()
      this.known.set(link, addresses)
    }
    return addresses
  }

  private async ask(path: Path, bytes: Uint8Array, query: AnyPacket): Promise<Uint8Array | null> {
    const addresses = this.addressesOf(path.link)
    const { nextHop, link } = path
    if (nextHop === undefined || this.silent.has(`${link.name} ${nextHop}`)) return null
    const mac = await resolve(path, query.src as string, this.signal)
    if (mac === undefined) {
      this.silent.add(`${link.name} ${nextHop}`)
      if (!this.signal.aborted)
        report(`nobody answers for ${nextHop} on ${link.name}: packets to it were not sent`, 'warning')
      return null
    }
    addresses.set(nextHop, mac)
    return frameOf(bytes, path, addresses) ?? null
  }
}

/** Makes whole frames ready: fills in the addresses that were left open. */
export async function prepareFrame(packet: AnyPacket, options: PathOptions, signal: AbortSignal): Promise<Outgoing> {
  const link = frameLink(packet, options)
  await completeFrame(packet, link, signal)
  const frame = packet.bytes()
  return { link, probe: { query: dissect(packet._layer, frame), frame, sentAt: 0, sentTimes: 0, answers: [] } }
}
