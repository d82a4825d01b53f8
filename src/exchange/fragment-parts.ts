/** Fragments as bytes: where their headers end, what they carry, where it belongs. RFC 791 §3.2, RFC 8200 §4.5. */
import { type AnyPacket, checksum, formatIpv4, formatIpv6, type LayerDefinition, type Packet } from '../packet/index.js'
import { networkLayer } from './frame-copy.js'

export const IPV4_HEADER = 20
export const IPV6_HEADER = 40
export const FRAGMENT_HEADER = 8
/** Most bytes of an IPv4 packet, and of what follows an IPv6 header. */
export const LARGEST_PACKET = 65535
/** Offsets count in these many bytes. */
export const UNIT = 8
const MORE_FRAGMENTS = 0x20
const HOP_BY_HOP = 0
const ROUTING = 43
const FRAGMENT = 44
const DESTINATION_OPTIONS = 60

/** Where the network layer of a built packet stands. */
export interface NetworkPlace {
  readonly version: 4 | 6
  /** The whole packet with its outer layers. */
  readonly bytes: Uint8Array
  /** Where the IP or IPv6 header starts. */
  readonly start: number
  /** Where the packet ends as its own length says, padding excluded; undefined when bytes are missing. */
  readonly end: number | undefined
}

/** The place of the outermost IP or IPv6 header; undefined when there is none. @throws PacketError for fields that can not be built */
export function networkPlace(packet: Packet): NetworkPlace | undefined {
  const built = packet.rebuilt() as Packet
  const network = networkLayer(built)
  const bytes = built._buffer
  if (network === null || bytes === null) return undefined
  const start = network._offset
  const version = network.layerName === 'IP' ? 4 : 6
  if (bytes.length - start < (version === 4 ? IPV4_HEADER : IPV6_HEADER)) return undefined
  const length = wordAt(bytes, start + (version === 4 ? 2 : 4))
  // Zero stands for a jumbogram, or for a capture before segmentation offload: both go on to the end.
  const end = length === 0 ? bytes.length : start + length + (version === 4 ? 0 : IPV6_HEADER)
  return { version, bytes, start, end: end <= bytes.length ? end : undefined }
}

/** The extension headers of an IPv6 packet that every fragment repeats (RFC 8200 §4.5). */
export interface Repeated {
  /** Where they end: behind the routing header if there is one, else behind the hop-by-hop options, else behind IPv6's. */
  readonly end: number
  /** Where the number of the header behind them stands. */
  readonly nextHeaderAt: number
  /** A fragment header stands at `end`. */
  readonly isFragment: boolean
}

/** Undefined when the chain of headers breaks off. */
export function repeatedHeaders({ bytes, start, end = bytes.length }: NetworkPlace): Repeated | undefined {
  let nextHeaderAt = start + 6
  let position = start + IPV6_HEADER
  let repeated = { end: position, nextHeaderAt }
  for (;;) {
    const next = bytes[nextHeaderAt]!
    if (next === FRAGMENT) {
      if (position + FRAGMENT_HEADER > end) return undefined
      return { end: position, nextHeaderAt, isFragment: true }
    }
    if (next !== HOP_BY_HOP && next !== ROUTING && next !== DESTINATION_OPTIONS)
      return { ...repeated, isFragment: false }
    if (position + 2 > end) return undefined
    nextHeaderAt = position
    position += (bytes[position + 1]! + 1) * 8
    if (position > end) return undefined
    if (next !== DESTINATION_OPTIONS) repeated = { end: position, nextHeaderAt }
  }
}

/** One fragment of a datagram. */
export interface Fragment {
  readonly version: 4 | 6
  /** The outermost layer. */
  readonly layer: LayerDefinition
  /** Which datagram of which link it belongs to. */
  readonly key: string
  /** `10.0.0.1 > 10.0.0.2 id 7`, for messages. */
  readonly name: string
  /** Outer layers, then the headers that all fragments share, as the whole datagram would have them; lengths and checksum are open. */
  readonly head: Uint8Array
  /** Where the IP or IPv6 header starts in `head`. */
  readonly start: number
  /** Where its data belongs in the datagram, in bytes. */
  readonly offset: number
  readonly more: boolean
  /** Unset when the capture cut it, or its headers break off. */
  readonly data: Uint8Array | undefined
}

/** Whether it is a fragment, asked of every packet: nothing is copied. */
export function isFragment(packet: Packet): boolean {
  const network = networkLayer(packet)
  if (network === null) return false
  if (network.layerName === 'IP')
    return (network.raw('frag') as number) !== 0 || ((network.raw('flags') as number) & 1) !== 0
  for (let layer = network.payload; layer?.layerName.startsWith('IPv6ExtHdr') === true; layer = layer.payload)
    if (layer.layerName === 'IPv6ExtHdrFragment') return true
  return false
}

/** The fragment that a packet is; undefined when it is none. */
export function fragmentOf(packet: Packet): Fragment | undefined {
  if (!isFragment(packet)) return undefined
  const place = networkPlace(packet)
  if (place === undefined) return undefined
  const link = `${packet._meta?.interfaceName ?? ''}|${vlansOf(packet)}`
  return place.version === 4 ? fragmentOfIpv4(packet._layer, place, link) : fragmentOfIpv6(packet._layer, place, link)
}

function fragmentOfIpv4(layer: LayerDefinition, { bytes, start, end }: NetworkPlace, link: string): Fragment {
  const headerEnd = start + (bytes[start]! & 15) * 4
  const field = wordAt(bytes, start + 6)
  const address = (at: number) => formatIpv4(new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0))
  const name = `${address(start + 12)} > ${address(start + 16)} id ${wordAt(bytes, start + 4)}`
  const complete = end !== undefined && headerEnd <= end && headerEnd >= start + IPV4_HEADER
  const head = bytes.slice(0, Math.min(headerEnd, bytes.length))
  head[start + 6] = head[start + 6]! & ~MORE_FRAGMENTS & 0xe0
  head[start + 7] = 0
  return {
    version: 4,
    layer,
    key: `4|${link}|${bytes[start + 9]}|${name}`,
    name,
    head,
    start,
    offset: (field & 0x1fff) * UNIT,
    more: ((field >>> 8) & MORE_FRAGMENTS) !== 0,
    data: complete ? bytes.slice(headerEnd, end) : undefined,
  }
}

function fragmentOfIpv6(layer: LayerDefinition, place: NetworkPlace, link: string): Fragment | undefined {
  const { bytes, start, end } = place
  const repeated = repeatedHeaders(place)
  if (repeated === undefined || !repeated.isFragment) return undefined
  const at = repeated.end
  const field = wordAt(bytes, at + 2)
  const id = new DataView(bytes.buffer, bytes.byteOffset + at + 4, 4).getUint32(0)
  const name = `${formatIpv6(bytes, start + 8)} > ${formatIpv6(bytes, start + 24)} id ${id}`
  const head = bytes.slice(0, at)
  head[repeated.nextHeaderAt] = bytes[at]!
  return {
    version: 6,
    layer,
    key: `6|${link}|${name}`,
    name,
    head,
    start,
    offset: field & ~7,
    more: (field & 1) !== 0,
    data: end === undefined ? undefined : bytes.slice(at + FRAGMENT_HEADER, end),
  }
}

/** The whole datagram with its outer layers: lengths and checksum are written into a copy of the head. */
export function wholeDatagram({ version, head, start }: Fragment, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(head.length + data.length)
  bytes.set(head)
  bytes.set(data, head.length)
  writeLength(bytes, version, start)
  return bytes
}

/** Writes the length of an IP or IPv6 packet that ends where the bytes end, and IPv4's checksum. */
export function writeLength(bytes: Uint8Array, version: 4 | 6, start: number): void {
  if (version === 6) {
    writeWord(bytes, start + 4, bytes.length - start - IPV6_HEADER)
    return
  }
  writeWord(bytes, start + 2, bytes.length - start)
  writeWord(bytes, start + 10, 0)
  writeWord(bytes, start + 10, checksum(bytes, start, start + (bytes[start]! & 15) * 4))
}

/** The VLANs that a frame is in: the same addresses may be used in each. */
function vlansOf(packet: Packet): string {
  let text = ''
  for (let layer: Packet | null = packet; layer !== null; layer = layer.payload) {
    if (layer.layerName === 'IP' || layer.layerName === 'IPv6') break
    if (layer.layerName.startsWith('Dot1')) text += `${String((layer as AnyPacket).vlan)},`
  }
  return text
}

export function wordAt(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!
}

export function writeWord(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8
  bytes[at + 1] = value
}
