import { linkLayer } from '../layers/link-types.js'
import { type Layer, layerByName, type Packet } from '../packet/index.js'
import { CaptureFileError } from './capture-error.js'

/** Link types by number where they matter here (https://www.tcpdump.org/linktypes.html). */
export const LINKTYPE_ETHERNET = 1
const LINKTYPE_RAW = 101

/** Link types that carry bare IP of either version; 12 and 14 are what some systems' DLT_RAW is. */
const BARE_IP = new Set([LINKTYPE_RAW, 12, 14])

/** What to write for a layer that several link types have, most usual first. */
const PREFERRED = [LINKTYPE_ETHERNET, LINKTYPE_RAW, 113, 276, 0, 108, 229, 127, 105, 119, 192, 195, 104, 9, 50, 147]

/** The outermost layer of a frame: by its link type, and for bare IP by the version in the first byte. */
export function layerOfBytes(linkType: number, bytes: Uint8Array, start: number, end: number): Layer {
  if (BARE_IP.has(linkType) && start < end && bytes[start]! >>> 4 === 6)
    return layerByName('IPv6') ?? linkLayer(linkType)!
  return linkLayer(linkType) ?? layerByName('Raw')!
}

/** The link type of a packet by its outermost layer, or by where it was captured if that fits; undefined when nothing tells. */
export function linkTypeOf(packet: Packet): number | undefined {
  const name = packet.layerName
  const captured = packet._meta?.linkType
  if (captured !== undefined) {
    if (linkLayer(captured)?.layerName === name || (name === 'IPv6' && BARE_IP.has(captured))) return captured
    // A frame that could not be read as its link type says.
    if (name === 'Raw' && packet._buffer !== null) return captured
  }
  if (name === 'IPv6') return LINKTYPE_RAW
  if (name === 'Raw') return undefined
  return PREFERRED.find((number) => linkLayer(number)?.layerName === name)
}

/** The error for a packet that cannot be the outermost thing in a capture file. */
export function noLinkType(packet: Packet, what: string): CaptureFileError {
  return new CaptureFileError(
    'NO_LINK_TYPE',
    `${what}: ${packet.layerName} cannot be the first layer in a capture file; put Ether() or IP() before it, or give linkType`,
  )
}

/** Name of a link type for messages: `1 (Ether)`. */
export function linkTypeText(linkType: number): string {
  const name = linkLayer(linkType)?.layerName
  return name === undefined || name === 'Raw' ? String(linkType) : `${linkType} (${name})`
}
