/**
 * MPLS label stack entries. RFC 3032 §2.1; traffic class: RFC 5462; control word of an Ethernet pseudo-wire: RFC 4448 §4.6.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------------------------------+-----+-+---------------+
 *   |                 label                 | cos |s|      ttl      |
 *   +-------+-----------------------+-------+-----+-+---------------+
 *   | zero  |       reserved        |              seq              |  EoMCW
 *   +-------+-----------------------+-------------------------------+
 */
import { type AnyPacket, behave, bind, bits, type LayerReference, layer, u8, u16 } from '../../packet/index.js'
import { IP } from '../network/ip.js'
import { IPv6 } from '../network/ipv6.js'
import { Raw } from '../raw.js'
import { bindEtherType } from './ether-type.js'
import { ETHER_TYPES, Ether } from './ethernet.js'

export const MPLS = layer(
  'MPLS',
  () => ({ label: bits(20, 3), cos: bits(3), s: bits(1, 1), ttl: u8() }),
  'MPLS label. s is 1 in the last label of the stack, which IP of either version or an Ethernet frame follows.',
  'RFC 3032 §2.1; traffic class: RFC 5462',
)

export const EoMCW = layer(
  'EoMCW',
  () => ({ zero: bits(4), reserved: bits(12), seq: u16().about('Number of the frame; 0 where they are not counted.') }),
  'Control word in front of an Ethernet frame behind MPLS labels.',
  'RFC 4448 §4.6',
)

const CONTROL_WORD = 4
const ETHERNET_HEADER = 14

/** Whether an Ethernet frame with a known type, or a length that fits, seems to stand there. */
function isFrame(buffer: Uint8Array, start: number, end: number): boolean {
  if (end - start < ETHERNET_HEADER || (buffer[start + 6]! & 1) === 1) return false
  const type = (buffer[start + 12]! << 8) | buffer[start + 13]!
  return type in ETHER_TYPES || (type > 2 && type <= end - start - ETHERNET_HEADER && type < 0x600)
}

/**
 * Nothing says what follows the last label: the first four bits tell the versions of IP (RFC 4928 §3), and zero a control
 * word, if an Ethernet frame is behind it.
 */
function afterLastLabel(me: AnyPacket): LayerReference {
  const buffer = me._buffer!
  const start = me._headerStop()
  const end = me._contentStop()
  const version = buffer[start]! >>> 4
  if (version === 4 || version === 6) return version === 4 ? IP : IPv6
  if (version === 0 && isFrame(buffer, start + CONTROL_WORD, end)) return EoMCW
  return isFrame(buffer, start, end) ? Ether : Raw
}

behave(MPLS, {
  guess: (me) => (me.s === 0 ? undefined : afterLastLabel(me)),
  summary: (me) => `MPLS label ${me.label}`,
})

behave(EoMCW, { summary: (me) => `EoMCW${me.seq === 0 ? '' : ` seq ${me.seq}`}` })

bind(MPLS, MPLS, { s: 0 })
bind(MPLS, EoMCW, { s: 1 }, { build: false })
bind(EoMCW, Ether)

bindEtherType(0x8848, MPLS)
bindEtherType(0x8847, MPLS)
