import type { AnyPacket } from './field.js'
import type { Packet } from './packet.js'

/**
 * Whether `reply` answers `request`, layer by layer: each layer's own rule decides and asks for its payload;
 * a layer without a rule answers the same layer when their payloads do.
 */
export function answers(reply: Packet | null, request: Packet | null): boolean {
  if (reply === null || request === null) return reply === request || reply === null
  if (reply._layer.isOpaque) return request._layer.isOpaque
  const rule = reply._layer.behaviour.answers
  if (rule !== undefined) return rule(reply as AnyPacket, request as AnyPacket)
  return reply._layer === request._layer && answers(reply.payload, request.payload)
}

/** A text that is equal for a request and all packets that may answer it: candidates are looked up by it. */
export function hashKey(packet: Packet | null): string {
  if (packet === null || packet._layer.isOpaque) return ''
  const inner = (): string => hashKey(packet.payload)
  const rule = packet._layer.behaviour.hash
  return rule === undefined ? inner() : rule(packet as AnyPacket, inner())
}
