/** What stands at the start of a frame, by the number of its link type (tcpdump.org/linktypes.html). */
import { dissect, type Layer, layerByName, type Packet } from '../../packet/index.js'
import { IP } from '../network/ip.js'
import { IPv6 } from '../network/ipv6.js'
import { Raw } from '../raw.js'
import { Ether } from './ethernet.js'
import { Loopback, LoopbackBE } from './loopback.js'
import { CookedLinux, CookedLinuxV2 } from './sll.js'

/** Link types in which a bare IP packet of either version stands: LINKTYPE_RAW, and DLT_RAW of several systems. */
const RAW_IP: ReadonlySet<number> = new Set([101, 12, 14])

/** Link types of PPP, in which the address of HDLC may stand first, on some also Cisco's. RFC 1662 §3.1, RFC 1547 §4.3.1. */
const POINT_TO_POINT: ReadonlySet<number> = new Set([9, 50])
const BY_ADDRESS: Readonly<Record<number, string>> = { 0xff: 'HDLC', 0x0f: 'CHDLC', 0x8f: 'CHDLC' }

/** Layers, or names of layers that are declared when they are needed. */
const LAYERS = new Map<number, Layer | string>([
  [1, Ether as Layer],
  [0, Loopback as Layer],
  [108, LoopbackBE as Layer],
  [9, 'PPP'],
  [50, 'HDLC'],
  [51, 'PPPoE'],
  [104, 'CHDLC'],
  [113, CookedLinux as Layer],
  [276, CookedLinuxV2 as Layer],
  [105, 'Dot11'],
  [127, 'RadioTap'],
  [228, IP as Layer],
  [229, IPv6 as Layer],
])

/** Names of link types for messages, also of types that stay `Raw`. */
const NAMES: Readonly<Record<number, string>> = {
  0: 'NULL (BSD loopback)',
  1: 'ETHERNET',
  6: 'IEEE802_5 (token ring)',
  8: 'SLIP',
  9: 'PPP',
  10: 'FDDI',
  12: 'RAW (bare IP)',
  14: 'RAW (bare IP)',
  50: 'PPP_HDLC',
  51: 'PPP_ETHER (PPPoE)',
  101: 'RAW (bare IP)',
  104: 'C_HDLC',
  105: 'IEEE802_11',
  107: 'FRELAY',
  108: 'LOOP (OpenBSD loopback)',
  113: 'LINUX_SLL (cooked)',
  119: 'IEEE802_11_PRISM',
  127: 'IEEE802_11_RADIOTAP',
  147: 'USER0',
  189: 'USB_LINUX',
  192: 'PPI',
  195: 'IEEE802_15_4',
  220: 'USB_LINUX_MMAPPED',
  227: 'CAN_SOCKETCAN',
  228: 'IPV4',
  229: 'IPV6',
  239: 'NFLOG',
  249: 'USBPCAP',
  253: 'NETLINK',
  276: 'LINUX_SLL2 (cooked)',
}

/**
 * Layer of the frames of a link type, or undefined when netshell has none for it (dissect those as `Raw`).
 * Bare IP (101, 12, 14) has no layer of its own: IPv6 when `firstByte` of the frame says version 6, else IP. In PPP (9, 50)
 * the first byte says whether the header of HDLC stands there.
 */
export function linkLayer(linkType: number, firstByte?: number): Layer | undefined {
  if (RAW_IP.has(linkType)) return (firstByte !== undefined && firstByte >>> 4 === 6 ? IPv6 : IP) as Layer
  if (POINT_TO_POINT.has(linkType) && firstByte !== undefined) return layerByName(BY_ADDRESS[firstByte] ?? 'PPP')
  const layer = LAYERS.get(linkType)
  return typeof layer === 'string' ? layerByName(layer) : layer
}

/** The same for layers that are declared later, at the prompt or by an extension. Gives the function that takes it back. */
export function bindLinkType(linkType: number, upper: Layer): () => void {
  const before = LAYERS.get(linkType)
  LAYERS.set(linkType, upper)
  return () => {
    if (before === undefined) LAYERS.delete(linkType)
    else LAYERS.set(linkType, before)
  }
}

/** Link type to write a packet under, by its outermost layer: 101 for IP and IPv6; undefined when no link type has that layer. */
export function linkTypeOf(packet: Packet): number | undefined {
  const definition = packet._layer
  if (definition === IP.definition || definition === IPv6.definition) return 101
  const { layerName } = definition
  // A frame of IEEE 802.3 is one of Ethernet with a length in place of the type.
  if (layerName === 'Dot3') return 1
  for (const [linkType, layer] of LAYERS)
    if (layer === layerName || (typeof layer !== 'string' && layer.definition === definition)) return linkType
  return undefined
}

/** Name of a link type for messages: `ETHERNET`, or `link type 147` when it has none here. */
export function linkTypeName(linkType: number): string {
  return NAMES[linkType] ?? `link type ${linkType}`
}

/** The frame in `buffer[offset..end]` by its link type; `Raw` for types without a layer. It never throws, and keeps a view on the buffer. */
export function dissectLink(linkType: number, buffer: Uint8Array, offset = 0, end = buffer.length): Packet {
  const layer = linkLayer(linkType, offset < end ? buffer[offset] : undefined) ?? Raw
  return dissect(layer, buffer, offset, end)
}
