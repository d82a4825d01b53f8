import type { BuildContext, Packet } from '../../packet/index.js'

/**
 * Bytes that belong to the message whose header this is: what follows it in the same segment, from the next layer of the
 * name `header` on, does not count.
 */
export function messageLength(me: Packet, header: string): number {
  const body: Packet[] = []
  let next = me.payload
  for (; next !== null && next.layerName !== header; next = next.payload) body.push(next)
  if (body.length === 0) return 0
  if (next === null) return body[0]!.bytes().length
  // The body alone, without what follows it: built as it will be, under the same header.
  const alone = body[0]!.copy() as Packet
  let last = alone
  for (let i = 1; i < body.length; i++) last = last.payload!
  last.payload = null
  alone._under = me
  return alone.bytes().length
}

/** The same for a header that is being built. */
export function builtMessageLength(context: BuildContext, header: string): number {
  for (let layer = context.packet.payload; layer !== null; layer = layer.payload)
    if (layer.layerName === header) return messageLength(context.packet, header)
  return context.payloadLength
}
