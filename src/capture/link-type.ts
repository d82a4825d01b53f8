import { linkLayer, linkTypeOf as linkTypeByLayer, linkTypeName } from '../layers/link/link-types.js'
import { type Layer, layerByName, type Packet } from '../packet/index.js'
import { CaptureFileError } from './capture-error.js'

export const LINKTYPE_ETHERNET = 1

/** The outermost layer of the frame in `bytes[start..end]`, by its link type; `Raw` for types that have none. */
export function layerOfBytes(linkType: number, bytes: Uint8Array, start: number, end: number): Layer {
  return linkLayer(linkType, start < end ? bytes[start] : undefined) ?? layerByName('Raw')!
}

/**
 * The link type to write a packet under: the one it was captured with where its outermost layer still fits, else by
 * that layer; undefined when nothing tells.
 */
export function linkTypeOf(packet: Packet): number | undefined {
  const captured = packet._meta?.linkType
  if (captured === undefined) return linkTypeByLayer(packet)
  const definition = packet._layer
  // By the version as a first byte, since bare IP of both versions has the same link types.
  for (const firstByte of [0x45, 0x60]) if (linkLayer(captured, firstByte)?.definition === definition) return captured
  // `Raw` from a capture is a frame that could not be read as its link type says, or of a type that has no layer.
  if (packet.layerName === 'Raw' && packet._buffer !== null && packet._under === null) return captured
  return linkTypeByLayer(packet)
}

/** The error for a packet that cannot be the outermost thing in a capture file. */
export function noLinkType(packet: Packet, what: string): CaptureFileError {
  return new CaptureFileError(
    'NO_LINK_TYPE',
    `${what}: ${packet.layerName} cannot be the first layer in a capture file; put Ether() or IP() before it, or give linkType`,
  )
}

/** A link type for messages: `1 (ETHERNET)`. */
export function linkTypeText(linkType: number): string {
  const name = linkTypeName(linkType)
  return name.endsWith(String(linkType)) ? String(linkType) : `${linkType} (${name})`
}
