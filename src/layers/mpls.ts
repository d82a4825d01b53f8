/**
 * MPLS label stack entries. RFC 3032 §2.1; traffic class: RFC 5462.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------------------------------+-----+-+---------------+
 *   |                 label                 | cos |s|      ttl      |
 *   +---------------------------------------+-----+-+---------------+
 */
import { behave, bits, layer, u8 } from '../packet/index.js'
import { bindEtherType } from './ether-type.js'

export const MPLS = layer(
  'MPLS',
  { label: bits(20, 3), cos: bits(3), s: bits(1, 1), ttl: u8() },
  'MPLS label. RFC 3032. s is 1 in the last label of the stack; what follows that one has no type and is Raw.',
)

behave(MPLS, {
  guess: (me) => (me.s === 0 ? MPLS : undefined),
  summary: (me) => `MPLS label ${me.label}`,
})

bindEtherType(0x8848, MPLS)
bindEtherType(0x8847, MPLS)
