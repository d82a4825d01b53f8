/**
 * NetBIOS datagrams: to a name, a group or all. RFC 1002 §4.4.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+-------------------------------+
 *   |     Type      |     Flags     |              ID               |
 *   +---------------+---------------+-------------------------------+
 *   |                           SourceIP                            |
 *   +-------------------------------+-------------------------------+
 *   |          SourcePort           |            Length             |  Length, Offset: direct and broadcast only
 *   +-------------------------------+-------------------------------+
 *   |            Offset             |  SourceName, DestinationName …
 *   +-------------------------------+
 */
import { type AnyPacket, behave, bind, bits, bitsEnum, ipv4, layer, u8Enum, u16 } from '../../packet/index.js'
import { Raw } from '../raw.js'
import { UDP } from '../transport/udp.js'
import { netbiosName } from './netbios-name.js'

const PORT = 138
const FIXED = 10

/** RFC 1002 §4.4.1. */
const TYPES: Readonly<Record<number, string>> = {
  0x10: 'direct-unique',
  0x11: 'direct-group',
  0x12: 'broadcast',
  0x13: 'error',
  0x14: 'query-request',
  0x15: 'positive-response',
  0x16: 'negative-response',
}
const BROADCAST = 0x12
const ERROR = 0x13
const NEGATIVE = 0x16
const NODE_TYPES: Readonly<Record<number, string>> = { 0: 'B node', 1: 'P node', 2: 'M node', 3: 'NBDD' }
const ERRORS: Readonly<Record<number, string>> = {
  0x82: 'destination-name-not-present',
  0x83: 'bad-source-name',
  0x84: 'bad-destination-name',
}

const hasData = (me: AnyPacket): boolean => me.Type <= BROADCAST
const isQuery = (me: AnyPacket): boolean => me.Type > ERROR && me.Type <= NEGATIVE
/** Only the first fragment has the names. */
const isFirst = (me: AnyPacket): boolean => hasData(me) && me.Offset === 0

export const NBTDatagram = layer(
  'NBTDatagram',
  () => ({
    Type: u8Enum(0x10, TYPES),
    reserved: bits(4),
    node_type: bitsEnum(2, 0, NODE_TYPES),
    first: bits(1, 1),
    more: bits(1).about('More fragments follow.'),
    ID: u16().hex(),
    SourceIP: ipv4('127.0.0.1'),
    SourcePort: u16(PORT),
    Length: u16()
      .auto((c) => c.fieldLength('SourceName') + c.fieldLength('DestinationName') + c.payloadLength)
      .when(hasData)
      .about('Bytes of the names and the data.'),
    Offset: u16().when(hasData).about('Place of this fragment in the data.'),
    error_code: u8Enum(0x82, ERRORS).when((me) => me.Type === ERROR),
    SourceName: netbiosName('WORKGROUP<00>').when(isFirst),
    DestinationName: netbiosName('WORKGROUP<00>').when((me) => isFirst(me) || isQuery(me)),
  }),
  'NetBIOS datagram: data to a name, a group or all.',
  'RFC 1002 §4.4',
)

behave(NBTDatagram, {
  refine: (buffer, start, end) =>
    end - start >= FIXED && buffer[start]! >= 0x10 && buffer[start]! <= NEGATIVE ? undefined : Raw,
  guess: () => Raw,
  summary: (me) => {
    const source = me.SourceName === undefined ? '' : ` ${me.SourceName}`
    const destination = me.DestinationName === undefined ? '' : ` > ${me.DestinationName}`
    return `NBTDatagram ${me.text('Type')}${source}${destination}`
  },
  answers: (me, request) => me.Type > ERROR + 1 && request.Type === ERROR + 1 && me.ID === request.ID,
})

bind(UDP, NBTDatagram, { sport: PORT }, { build: false })
bind(UDP, NBTDatagram, { dport: PORT })
