/**
 * MACsec: the tag in front of what is protected, and the check value behind it. IEEE 802.1AE §9.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+---+---+-----------+-------------------------------+
 *   |V|E|S|B|E|C|AN |   |    SL     |              PN …             |
 *   +-+-+-+-+-+-+---+---+-----------+-------------------------------+
 *   |                               | system_identifier (if SC) …   |
 *   +-------------------------------+-------------------------------+
 *   |                                                               |
 *   +-------------------------------+-------------------------------+
 *   |   port_identifier (if SC)     |  type (if neither E nor C)    |
 *   +-------------------------------+-------------------------------+
 */
import { type AnyPacket, behave, bits, layer, mac, u16, u16Enum, u32 } from '../../packet/index.js'
import { bindEtherType, carryEtherTypes } from './ether-type.js'
import { ETHER_TYPES } from './ethernet.js'

/** Bytes of the check value of all cipher suites. IEEE 802.1AE §14. */
const CHECK_LENGTH = 16
/** From so many bytes of protected data on, the short length is 0. IEEE 802.1AE §9.7. */
const SHORT = 48

const isClear = (me: AnyPacket): boolean => me.E === 0 && me.C === 0

/** Bytes of the type, which counts as protected data although it can be read. */
const typeLength = (me: AnyPacket): number => (isClear(me) ? 2 : 0)

export const MACsec = layer(
  'MACsec',
  () => ({
    Ver: bits(1),
    ES: bits(1).about('1: the sender is an end station, and its MAC address the system_identifier.'),
    SC: bits(1).about('1: system_identifier and port_identifier follow.'),
    SCB: bits(1).about('1: single copy broadcast.'),
    E: bits(1).about('1: encrypted.'),
    C: bits(1).about('1: the data are not those that were given.'),
    AN: bits(2).about('Which of four keys.'),
    reserved: bits(2),
    SL: bits(6).about('Bytes of protected data where they are fewer than 48, else 0.'),
    PN: u32(1).about('Number of the frame.'),
    system_identifier: mac().when((me) => me.SC === 1),
    port_identifier: u16().when((me) => me.SC === 1),
    type: u16Enum(0, ETHER_TYPES).hex().when(isClear),
  }),
  'MACsec tag. What follows is encrypted unless E and C are 0; the last 16 bytes of it are the check value, as Padding.',
  'IEEE 802.1AE §9',
)

behave(MACsec, {
  payloadLength: (me) => {
    if (me.SL > 0) return me.SL < SHORT ? me.SL - typeLength(me) : undefined
    const left = me._end - me._headerStop() - CHECK_LENGTH
    return left >= 0 ? left : undefined
  },
  payloadLengthField: 'SL',
  summary: (me) => {
    const channel = me.SC === 1 ? ` ${me.system_identifier}/${me.port_identifier}` : ''
    return `MACsec${channel} an ${me.AN} pn ${me.PN}${me.E === 1 ? ' encrypted' : isClear(me) ? ` (${me.text('type')})` : ''}`
  },
})

carryEtherTypes(MACsec, (type) => ({ type }))
bindEtherType(0x88e5, MACsec)
