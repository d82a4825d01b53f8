/** The addresses of the packet around a message, for the summaries of protocols that stand on IP of either version. */
import type { AnyPacket, Packet } from '../../packet/index.js'

/** The nearest IP or IPv6 layer outwards, or null. */
export function networkOf(me: AnyPacket): Packet | null {
  let outer = me.under
  while (outer !== null && outer.layerName !== 'IP' && outer.layerName !== 'IPv6') outer = outer.under
  return outer
}

/** ` 10.0.0.1 > 224.0.0.5` of the packet around a message, with the blank in front; nothing where there is none. */
export function between(me: AnyPacket): string {
  const outer = networkOf(me)
  return outer === null ? '' : ` ${outer.text('src')} > ${outer.text('dst')}`
}
