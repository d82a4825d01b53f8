/**
 * MPLS label stack entries. RFC 3032 §2.1; traffic class: RFC 5462.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------------------------------+-----+-+---------------+
 *   |                 label                 | cos |s|      ttl      |
 *   +---------------------------------------+-----+-+---------------+
 */
import { type AnyPacket, behave, bind, bits, type LayerReference, layer, u8 } from '../../packet/index.js'
import { IP } from '../network/ip.js'
import { IPv6 } from '../network/ipv6.js'
import { Raw } from '../raw.js'
import { bindEtherType } from './ether-type.js'

export const MPLS = layer(
  'MPLS',
  () => ({ label: bits(20, 3), cos: bits(3), s: bits(1, 1), ttl: u8() }),
  'MPLS label. s is 1 in the last label of the stack, which IP of either version follows, else Raw.',
  'RFC 3032 §2.1; traffic class: RFC 5462',
)

/** Nothing says what follows the last label: the first four bits tell the versions of IP. RFC 4928 §3. */
function afterLastLabel(me: AnyPacket): LayerReference {
  const version = me._buffer![me._headerStop()]! >>> 4
  return version === 4 ? IP : version === 6 ? IPv6 : Raw
}

behave(MPLS, {
  guess: (me) => (me.s === 0 ? undefined : afterLastLabel(me)),
  summary: (me) => `MPLS label ${me.label}`,
})

bind(MPLS, MPLS, { s: 0 })

bindEtherType(0x8848, MPLS)
bindEtherType(0x8847, MPLS)
