/**
 * PPP. RFC 1661 §2; in HDLC-like framing: RFC 1662 §3.1, whose address and control may be left out.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+
 *   |    address    |    control    |  HDLC
 *   +---------------+---------------+--------------
 *   |    proto (1 or 2 bytes)       |  information …
 *   +-------------------------------+--------------
 */
import { behave, bind, layer, u8 } from '../../packet/index.js'
import { IP } from '../network/ip.js'
import { IPv6 } from '../network/ipv6.js'
import { MPLS } from './mpls.js'
import { pppProtocol } from './ppp-protocol.js'

const ALL_STATIONS = 0xff
const UNNUMBERED = 3

export const HDLC = layer(
  'HDLC',
  () => ({ address: u8(ALL_STATIONS).hex(), control: u8(UNNUMBERED).hex() }),
  'HDLC-like framing of PPP: address (all stations) and control (unnumbered).',
  'RFC 1662 §3.1',
)

export const PPP = layer(
  'PPP',
  () => ({ proto: pppProtocol(0x0021).about('Written in two bytes; one byte is read too.') }),
  'Point-to-point protocol: the number of what follows.',
  'RFC 1661 §2',
)

behave(HDLC, { summary: () => 'HDLC' })
behave(PPP, {
  // No protocol has a number that begins so: RFC 1662 §3.1 keeps it for the address.
  refine: (buffer, start, end) =>
    end - start >= 2 && buffer[start] === ALL_STATIONS && buffer[start + 1] === UNNUMBERED ? HDLC : undefined,
  summary: (me) => `PPP ${me.text('proto')}`,
})

bind(HDLC, PPP)
bind(PPP, IP, { proto: 0x0021 })
bind(PPP, IPv6, { proto: 0x0057 })
bind(PPP, MPLS, { proto: 0x0283 }, { build: false })
bind(PPP, MPLS, { proto: 0x0281 })
