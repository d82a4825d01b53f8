import { pathOf } from '../../exchange/addressing.js'
import type { PathOptions } from '../../exchange/index.js'
import { NetworkPreparer } from '../../exchange/outgoing.js'
import { IP, IPv6, TCP, UDP } from '../../layers/index.js'
import { LINKTYPE_ETHERNET, type Link } from '../../link/index.js'
import { type AnyPacket, formatMac, type Packet, PacketError, stack } from '../../packet/index.js'
import type { Target } from '../targets.js'
import { FrameTemplate } from './frames.js'

/** How frames get to one host. */
export interface Way {
  readonly target: Target
  readonly link: Link
  /** Null: nobody answers for the next hop, so nothing can be sent. */
  readonly template: FrameTemplate | null
  /** Its MAC address, when it is on the link itself. */
  readonly mac?: string
}

/** Why a host cannot be reached at all. */
export interface NoWay {
  readonly target: Target
  readonly reason: string
}

/** Packets that are made ready together. */
const CHUNK = 1024
/** What our SYN says it takes: RFC 9293 §3.7.1, with the usual MTU of 1500. */
const SEGMENT_SIZE = 1460
const WINDOW = 1024

/**
 * Finds route, source address and next hop of every target.
 * @throws PacketError or LinkError when the only target has none, or nothing can be sent at all
 */
export async function findWays(
  transport: 'tcp' | 'udp',
  targets: readonly Target[],
  options: PathOptions,
  stop: AbortSignal,
): Promise<(Way | NoWay)[]> {
  const found: (Way | NoWay)[] = []
  const preparers = new Map<string, NetworkPreparer>()
  for (let from = 0; from < targets.length && !stop.aborted; from += CHUNK) {
    const chunk = targets.slice(from, from + CHUNK)
    const zones = new Set(chunk.map(({ zone }) => zone ?? ''))
    for (const zone of zones) {
      const way = zone === '' ? options : { ...options, iface: zone }
      let preparer = preparers.get(zone)
      if (preparer === undefined) {
        preparer = new NetworkPreparer('scan', way, stop)
        preparers.set(zone, preparer)
      }
      const members = zones.size === 1 ? chunk : chunk.filter((each) => (each.zone ?? '') === zone)
      found.push(...(await waysOf(preparer, way, transport, members, targets.length === 1)))
    }
  }
  return found
}

async function waysOf(
  preparer: NetworkPreparer,
  options: PathOptions,
  transport: 'tcp' | 'udp',
  targets: readonly Target[],
  alone: boolean,
): Promise<(Way | NoWay)[]> {
  try {
    const packets = targets.map((target) => probePacket(target, transport))
    const ready = await preparer.prepare(packets)
    return targets.map((target, i) => {
      const { link, frame } = ready[i]!
      const isEthernet = link.linkType === LINKTYPE_ETHERNET
      if (frame === null) return { target, link, template: null }
      const template = new FrameTemplate(frame, isEthernet ? 14 : 0)
      const isNeighbour = isEthernet && pathOf('scan', packets[i]!, options).nextHop === target.address
      return { target, link, template, ...(isNeighbour ? { mac: macText(frame) } : {}) }
    })
  } catch (error) {
    // A host without a route must not hide the others.
    if (alone || !(error instanceof PacketError)) throw error
    if (targets.length === 1) return [{ target: targets[0]!, reason: error.message }]
    const found: (Way | NoWay)[] = []
    for (const target of targets) found.push(...(await waysOf(preparer, options, transport, [target], false)))
    return found
  }
}

/** The destination of a frame. */
function macText(frame: Uint8Array): string {
  const high = (frame[0]! << 8) | frame[1]!
  return formatMac(high * 0x100000000 + new DataView(frame.buffer, frame.byteOffset).getUint32(2))
}

function probePacket({ address, family }: Target, transport: 'tcp' | 'udp'): AnyPacket {
  const network: Packet = family === 4 ? IP({ dst: address }) : IPv6({ dst: address })
  const payload: Packet =
    transport === 'udp'
      ? UDP({ sport: 0, dport: 0 })
      : TCP({ flags: 'S', window: WINDOW, options: [['MSS', SEGMENT_SIZE]] })
  return stack(network, payload) as AnyPacket
}
