import { isUntouchedPacket } from './build.js'
import { PacketError, suggestion } from './errors.js'
import type { LayerDefinition, LayerReference } from './layer-definition.js'
import { printed } from './literal.js'
import type { Packet } from './packet.js'

/** The layers that there are, and how bytes are read as one of them. */
export interface Dissector {
  byName(name: string): LayerDefinition | undefined
  all(): readonly LayerDefinition[]
  dissect(layer: LayerDefinition, buffer: Uint8Array, start: number, end: number, under: Packet): Packet
}

function layerOf(named: LayerReference | string, { byName, all }: Dissector): LayerDefinition {
  const isReference = (typeof named === 'function' || typeof named === 'object') && named !== null
  const definition = isReference ? named.definition : byName(named)
  if (definition !== undefined) return definition.prepare()
  const names = all().map(({ layerName }) => layerName)
  throw new PacketError(
    `decodeAs: ${printed(named)} is no layer${typeof named === 'string' ? suggestion(named, names) : ''}`,
  )
}

/** The layer around the first bytes that nobody understood. */
function aroundRaw(packet: Packet): Packet | undefined {
  const raw = packet.layers().find(({ _layer, _under }) => _layer.isOpaque && !_layer.isPadding && _under !== null)
  return raw?._under ?? undefined
}

/**
 * A copy of the packet in which the payload of `under` (unset: the first bytes that nobody understood) was read as another layer.
 * What was made is built first. @throws PacketError where there is no such layer, or nothing in it
 */
export function decodeAs(
  packet: Packet,
  under: LayerReference | string | undefined,
  as: LayerReference | string,
  dissector: Dissector,
): Packet {
  const upper = layerOf(as, dissector)
  const lower = under === undefined ? undefined : layerOf(under, dissector)
  const read: Packet = isUntouchedPacket(packet) ? packet.copy() : packet.rebuilt()
  const outer = lower === undefined ? aroundRaw(read) : read.get(lower)
  if (outer === undefined)
    throw new PacketError(
      lower === undefined
        ? `decodeAs: every layer of ${packet.summary()} was understood; name the one around what is to be read, such as decodeAs(UDP, ${upper.layerName})`
        : `decodeAs: ${packet.summary()} has no layer ${lower.layerName}`,
    )
  const start = outer._headerStop()
  const end = outer._contentStop()
  if (start >= end)
    throw new PacketError(`decodeAs: ${outer.layerName} has no payload that could be read as ${upper.layerName}`)
  outer._payload = dissector.dissect(upper, outer._buffer!, start, end, outer)
  return read
}
