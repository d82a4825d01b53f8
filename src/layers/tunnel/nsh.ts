/**
 * NSH, the path of a packet through service functions. RFC 8300 §2.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---+-+-+-----------+-----------+-------+-------+---------------+
 *   |ver|O|u|    ttl    |  length   |   u   |mdtype |   nextproto   |
 *   +---+-+-+-----------+-----------+-------+-------+---------------+
 *   |                      spi                      |      si       |
 *   +-----------------------------------------------+---------------+
 *   |  context_header: 16 bytes (mdtype 1), or any number (mdtype 2) …
 *   +---------------------------------------------------------------+
 */
import { behave, bind, bits, bitsEnum, bytes, layer, u8, u8Enum, u24 } from '../../packet/index.js'
import { bindEtherType } from '../link/ether-type.js'
import { Ether } from '../link/ethernet.js'
import { MPLS } from '../link/mpls.js'
import { IP } from '../network/ip.js'
import { IPv6 } from '../network/ipv6.js'

/** IANA, "Network Service Header (NSH) Parameters". */
const PROTOCOLS: Readonly<Record<number, string>> = { 1: 'IPv4', 2: 'IPv6', 3: 'Ethernet', 4: 'NSH', 5: 'MPLS' }
const TYPES: Readonly<Record<number, string>> = { 1: 'fixed', 2: 'variable' }

export const NSH = layer(
  'NSH',
  () => ({
    ver: bits(2),
    oam: bits(1),
    unused1: bits(1),
    ttl: bits(6, 63),
    length: bits(6)
      .auto((c) => c.headerLength >>> 2)
      .about('Of the header, in words of 4 bytes.'),
    unused2: bits(4),
    mdtype: bitsEnum(4, 2, TYPES),
    nextproto: u8Enum(3, PROTOCOLS),
    spi: u24().about('Number of the path.'),
    si: u8(255).about('How many service functions are left.'),
    context_header: bytes().about('Metadata: 16 bytes when mdtype is 1, else whole words of 4 bytes.'),
  }),
  'Path of a packet through service functions.',
  'RFC 8300 §2',
)

behave(NSH, {
  headerLength: (me) => me.length * 4,
  headerLengthField: 'length',
  summary: (me) => `NSH path ${me.spi} index ${me.si}`,
})

bindEtherType(0x894f, NSH)
bind(NSH, IP, { nextproto: 1 })
bind(NSH, IPv6, { nextproto: 2 })
bind(NSH, Ether, { nextproto: 3 })
bind(NSH, NSH, { nextproto: 4 })
bind(NSH, MPLS, { nextproto: 5 })
