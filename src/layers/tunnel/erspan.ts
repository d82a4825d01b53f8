/**
 * ERSPAN: frames that a switch has copied from a port, in GRE. draft-foschiano-erspan §4.2, §4.3. Type I has no header.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------+-----------------------+-----+---+-+-------------------+
 *   |  ver  |         vlan          | cos | en|t|    session_id     |
 *   +-------+-----------------------+-----+---+-+-------------------+
 *   |       reserved        |                 index                 |  ERSPAN_II
 *   +-----------------------+---------------------------------------+
 *   |                           timestamp                           |  ERSPAN_III
 *   +-------------------------------+-+---------+-----------+-+---+-+
 *   |           sgt_other           |p|   ft    |    hw     |d|gra|o|
 *   +-------------------------------+-+---------+-----------+-+---+-+
 *   |       platform (8 bytes, if o)                                …
 *   +---------------------------------------------------------------+
 */
import { behave, bind, bits, bitsEnum, bytes, layer, u16, u32 } from '../../packet/index.js'
import { Ether } from '../link/ethernet.js'
import { GRE } from './gre.js'

const TYPE_2 = 0x88be
const TYPE_3 = 0x22eb

/** What the timestamp counts in. draft-foschiano-erspan §4.3. */
const GRANULARITIES: Readonly<Record<number, string>> = {
  0: '100-microseconds',
  1: '100-nanoseconds',
  2: 'IEEE-1588',
  3: 'by-platform',
}

export const ERSPAN_II = layer(
  'ERSPAN_II',
  () => ({
    ver: bits(4, 1),
    vlan: bits(12),
    cos: bits(3),
    en: bits(2).about('How the VLAN was tagged: 0 not, 1 ISL, 2 802.1Q, 3 the tag is still in the frame.'),
    t: bits(1).about('1: the frame is cut off.'),
    session_id: bits(10),
    reserved: bits(12),
    index: bits(20).about('Port and direction, as the switch numbers them.'),
  }),
  "Copy of a frame from a switch's port, type II.",
  'draft-foschiano-erspan §4.2',
)

export const ERSPAN_III = layer(
  'ERSPAN_III',
  () => ({
    ver: bits(4, 2),
    vlan: bits(12),
    cos: bits(3),
    bso: bits(2).about('1: a short frame, 2: one too long, 3: a bad one; 0: good or not known.'),
    t: bits(1).about('1: the frame is cut off.'),
    session_id: bits(10),
    timestamp: u32(),
    sgt_other: u16(),
    p: bits(1).about('1: an Ethernet frame.'),
    ft: bitsEnum(5, 0, { 0: 'Ethernet', 2: 'IP' }),
    hw: bits(6),
    d: bits(1).about('1: a frame that left the port, 0: one that came in.'),
    gra: bitsEnum(2, 0, GRANULARITIES),
    o: bits(1).about('1: platform follows.'),
    platform: bytes(8).when((me) => me.o === 1),
  }),
  "Copy of a frame from a switch's port, type III: with the time.",
  'draft-foschiano-erspan §4.3',
)

for (const each of [ERSPAN_II, ERSPAN_III]) {
  behave(each, { summary: (me) => `${me.layerName} session ${me.session_id} vlan ${me.vlan}` })
  bind(each, Ether)
}

// Type I has neither a header nor a number in GRE.
bind(GRE, Ether, { proto: TYPE_2 }, { build: false })
bind(GRE, ERSPAN_II, { proto: TYPE_2, seqnum_present: 1 })
bind(GRE, ERSPAN_III, { proto: TYPE_3, seqnum_present: 1 })
