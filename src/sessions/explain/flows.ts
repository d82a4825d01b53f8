/** What a packet tells of the conversation that it belongs to: read from its headers, nothing judged yet. */
import { layerOfBytes } from '../../capture/index.js'
import { isUntouched } from '../../capture/packet-views.js'
import { type AnyPacket, dissect, type Packet } from '../../packet/index.js'
import { type IcmpError, icmpErrorOf } from '../../tools/icmp-error.js'
import { hostPort, plainAddress } from '../stream/place.js'

/** An end of a conversation. */
export interface End {
  address: string
  port: number
}

/** What the TCP header says. */
export interface TcpFacts {
  flags: number
  seq: number
  ack: number
  /** As it stands there, not scaled. */
  window: number
  /** Of a SYN: the shift for windows that it offers. */
  scale: number | undefined
  /** Of a SYN: the largest segment. */
  mss: number | undefined
}

/** A packet of a conversation, or an ICMP error about one. */
export interface Flow {
  protocol: 'tcp' | 'udp'
  /** Who sent it; of an ICMP error, to whom the packet was going that it is about. */
  source: End
  destination: End
  /** Bytes of data on the wire. */
  length: number
  /** Bytes of headers from IP on; of an ICMP error, all of it from IP on. */
  overhead: number
  tcp: TcpFacts | undefined
  error: IcmpError | undefined
  /** The part of a datagram that was cut up. */
  isFragment: boolean
  /** From IP on, as captured. */
  bytes: Uint8Array
  /** The data, as far as it was captured. */
  data: Uint8Array
}

/** Which packets are looked for. */
export interface Conversation {
  protocol?: 'tcp' | 'udp' | undefined
  localPort?: number | undefined
  remote?: { address?: string | undefined; port?: number | undefined } | undefined
}

const FIN = 1
const SYN = 2
const RST = 4
const ACK = 16
export const FLAG = { FIN, SYN, RST, ACK } as const

/** What a packet tells; undefined when it is none of TCP or UDP over IP, nor an ICMP error about one. */
export function flowOf(given: Packet): Flow | undefined {
  const packet = read(given)
  let ip: AnyPacket | null = null
  for (let layer: AnyPacket | null = packet; layer !== null; layer = layer.payload as AnyPacket | null) {
    const name = layer.layerName
    if (name === 'IP' || name === 'IPv6') {
      if (ip !== null) return undefined
      ip = layer
    } else if (ip === null) continue
    else if (name === 'TCP') return transportFlow('tcp', ip, layer)
    else if (name === 'UDP') return transportFlow('udp', ip, layer)
    else if (name === 'TCPerror') return errorFlow('tcp', ip, layer)
    else if (name === 'UDPerror') return errorFlow('udp', ip, layer)
  }
  return undefined
}

/** Whether a flow is what is looked for. */
export function touches({ protocol, source, destination }: Flow, wanted: Conversation): boolean {
  if (wanted.protocol !== undefined && protocol !== wanted.protocol) return false
  const { localPort, remote } = wanted
  const fits = (here: End, there: End): boolean =>
    (localPort === undefined || here.port === localPort) &&
    (remote?.port === undefined || there.port === remote.port) &&
    (remote?.address === undefined || isSameAddress(there.address, remote.address))
  return fits(source, destination) || fits(destination, source)
}

/** Without a zone, which packets do not tell. */
function isSameAddress(one: string, other: string): boolean {
  const [plainOne, plainOther] = [one, other].map((address) => plainAddress(address.replace(/%.*$/, '')))
  return plainOne === plainOther
}

/** `127.0.0.1:8808`, `[::1]:8808`. */
export function endText({ address, port }: End): string {
  return hostPort(address, port)
}

/** A packet that was built or changed is read from the bytes that it gives: only there all fields have values. */
function read(packet: Packet): AnyPacket {
  if (packet._buffer !== null && isUntouched(packet)) return packet as AnyPacket
  const bytes = packet.bytes()
  const linkType = packet._meta?.linkType
  const layer = linkType === undefined ? packet._layer : layerOfBytes(linkType, bytes, 0, bytes.length)
  return dissect(layer, bytes, 0, bytes.length) as AnyPacket
}

function transportFlow(protocol: 'tcp' | 'udp', ip: AnyPacket, transport: AnyPacket): Flow {
  const buffer = ip._buffer!
  const start = transport._headerStop()
  const end = Math.max(start, endOf(ip))
  return {
    protocol,
    source: { address: String(ip.src), port: transport.raw('sport') as number },
    destination: { address: String(ip.dst), port: transport.raw('dport') as number },
    length: end - start,
    overhead: start - ip._offset,
    tcp: protocol === 'tcp' ? tcpFacts(transport) : undefined,
    error: undefined,
    isFragment: isFragment(ip),
    bytes: buffer.subarray(ip._offset, Math.min(end, buffer.length)),
    data: buffer.subarray(start, Math.min(end, transport._end)),
  }
}

/** Where the datagram ends on the wire, which may be behind what was captured. With segmentation done in hardware the length may be 0. */
function endOf(ip: AnyPacket): number {
  const length = ip.layerName === 'IP' ? (ip.raw('len') as number) : (ip.raw('plen') as number) + 40
  return length === 0 || length === 40 ? ip._end : ip._offset + length
}

function isFragment(ip: AnyPacket): boolean {
  if (ip.layerName === 'IPv6') return ip.raw('nh') === 44
  return ip.raw('frag') !== 0 || ((ip.raw('flags') as number) & 1) !== 0
}

function errorFlow(protocol: 'tcp' | 'udp', ip: AnyPacket, quoted: AnyPacket): Flow | undefined {
  const error = icmpErrorOf(ip)
  const network = quoted.under as AnyPacket | null
  if (error === undefined || network === null) return undefined
  const bytes = ip._buffer!.subarray(ip._offset, endOf(ip))
  return {
    protocol,
    source: { address: String(network.dst), port: quoted.raw('dport') as number },
    destination: { address: String(network.src), port: quoted.raw('sport') as number },
    length: 0,
    overhead: endOf(ip) - ip._offset,
    tcp: undefined,
    error,
    isFragment: false,
    bytes,
    data: bytes.subarray(bytes.length),
  }
}

function tcpFacts(tcp: AnyPacket): TcpFacts {
  const flags = tcp.raw('flags') as number
  const options = (flags & SYN) === 0 ? [] : optionsOf(tcp)
  const option = (name: string): number | undefined => {
    const value = options.find(([each]) => each === name)?.[1]
    return typeof value === 'number' ? value : undefined
  }
  return {
    flags,
    seq: tcp.raw('seq') as number,
    ack: tcp.raw('ack') as number,
    window: tcp.raw('window') as number,
    scale: option('WScale'),
    mss: option('MSS'),
  }
}

function optionsOf(tcp: AnyPacket): readonly (readonly [string, unknown])[] {
  const { options } = tcp
  return Array.isArray(options) ? (options as (readonly [string, unknown])[]) : []
}
