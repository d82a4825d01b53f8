/**
 * IEEE 802.11, wireless LAN: the header of every frame. IEEE 802.11-2020 §9.2, §9.3. Numbers are little-endian.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------+---+---+---------------+-------------------------------+
 *   |subtype|typ|pro|    FCfield    |              ID               |
 *   +-------+---+---+---------------+-------------------------------+
 *   |                             addr1                             |
 *   |                               +-------------------------------+
 *   |                               |             addr2             |  not in CTS and Ack
 *   +-------------------------------+                               |
 *   |                                                               |
 *   +---------------------------------------------------------------+
 *   |                             addr3                             |  management and data
 *   |                               +-------------------------------+
 *   |                               |              SC               |  management and data
 *   +-------------------------------+-------------------------------+
 *   |                             addr4                             |  data with to-DS and from-DS
 *   |                               +-------------------------------+
 *   |                               |  …
 */
import {
  type AnyPacket,
  answers,
  behave,
  bind,
  bits,
  bitsEnum,
  bytes,
  flags,
  type LayerReference,
  layer,
  mac,
  u8,
  u16le,
  u32le,
} from '../../packet/index.js'
import { LLC } from '../link/llc.js'
import { Raw } from '../raw.js'
import { addressText } from './dot11-addresses.js'
import { Dot11CCMP, encryptedLayer } from './dot11-encrypted.js'
import { checkSequenceLength, Dot11FCS } from './dot11-fcs.js'
import { CONTROL, DATA, FRAME_FLAGS, MANAGEMENT, SUBTYPES, TYPES } from './dot11-numbers.js'
import { RadioTap } from './radiotap.js'

const VERSION = 3
const QOS = 8
const NO_DATA = 4
const WRAPPER = 7
const TO_DS = 1
const FROM_DS = 2
const PROTECTED = 0x40
const ORDER = 0x80

/** The bits of the frame's flags. */
const flagBits = (me: AnyPacket): number => me._stored(me._layer.indexOf('FCfield')) as number
const has = (me: AnyPacket, mask: number): boolean => (flagBits(me) & mask) === mask

const isManagement = (me: AnyPacket): boolean => me.type === MANAGEMENT
const isData = (me: AnyPacket): boolean => me.type === DATA
const isNumbered = (me: AnyPacket): boolean => isManagement(me) || isData(me)

/** Control frames with one address only: the wrapper, CTS and Ack. */
const ONE_ADDRESS: ReadonlySet<number> = new Set([WRAPPER, 12, 13])
const hasSender = (me: AnyPacket): boolean => isNumbered(me) || (me.type === CONTROL && !ONE_ADDRESS.has(me.subtype))

/** Whether radiotap says that headers are filled up to words. */
function isPadded(me: AnyPacket): boolean {
  for (let outer = me.under; outer !== null; outer = outer.under)
    if (outer.layerName === 'RadioTap')
      return ((outer as AnyPacket).Flags as string | undefined)?.includes('pad') === true
  return false
}
const isFour = (me: AnyPacket): boolean => isData(me) && has(me, TO_DS | FROM_DS)
/** Without QoS only a header of four addresses is no multiple of 4 bytes. */
const hasPadding = (me: AnyPacket): boolean => isFour(me) && (me.subtype & QOS) === 0 && isPadded(me)

export const Dot11 = layer(
  'Dot11',
  () => ({
    subtype: bits(4).namesBy('type', SUBTYPES),
    type: bitsEnum(2, 0, TYPES),
    proto: bits(2),
    FCfield: flags(8, FRAME_FLAGS),
    ID: u16le().about(
      'Microseconds for which the medium is reserved; in PS-Poll the association, with the two high bits set.',
    ),
    addr1: mac().about('Who receives it over the air.'),
    addr2: mac().when(hasSender).about('Who sends it over the air.'),
    addr3: mac().when(isNumbered).about('The BSSID; with to-DS the destination, with from-DS the source.'),
    SC: u16le().when(isNumbered).about('16 times the sequence number, plus the fragment number.'),
    addr4: mac().when(isFour).about('The source, between two access points.'),
    htcontrol: u32le()
      .when((me) => isManagement(me) && has(me, ORDER))
      .hex(),
    datapad: bytes(2).when(hasPadding),
  }),
  'IEEE 802.11 frame: wireless LAN.',
  'IEEE 802.11-2020 §9.2',
)

/** The quality of service control field of data frames, the high bits of each byte first. */
export const Dot11QoS = layer(
  'Dot11QoS',
  () => ({
    A_MSDU_Present: bits(1),
    Ack_Policy: bitsEnum(2, 0, { 0: 'normal', 1: 'none', 2: 'no-explicit', 3: 'block' }),
    EOSP: bits(1),
    TID: bits(4).about('Which traffic it is: user priorities 0 to 7, or a stream.'),
    TXOP: u8().about('What it limits, or says of a queue, depends on who sends it.'),
    htcontrol: u32le()
      .when((me) => me.under !== null && me.under.layerName === 'Dot11' && has(me.under as AnyPacket, ORDER))
      .hex(),
    datapad: bytes(2).when(
      (me) => me.under !== null && me.under.layerName === 'Dot11' && !isFour(me.under as AnyPacket) && isPadded(me),
    ),
  }),
  'Quality of service control of an IEEE 802.11 data frame.',
  'IEEE 802.11-2020 §9.2.4.5',
)

/** What the data of a frame is: encrypted, or a packet behind LLC. */
function dataLayer(me: AnyPacket, frame: AnyPacket): LayerReference {
  if ((frame.subtype & NO_DATA) !== 0) return Raw
  // Only the first fragment starts with a header.
  if (has(frame, PROTECTED)) return encryptedLayer(me._buffer!, me._headerStop(), me._contentStop())
  if (((frame.SC as number) & 15) !== 0) return Raw
  return LLC
}

behave(Dot11, {
  // Frames of the other version, which only very slow networks have, have another header.
  refine: (buffer, start, end) => (end > start && (buffer[start]! & VERSION) !== 0 ? Raw : undefined),
  payloadLength: (me) => {
    const left = me._end - me._headerStop()
    const trailer = checkSequenceLength(me)
    return trailer > 0 && left >= trailer ? left - trailer : left
  },
  trailer: (me) => (checkSequenceLength(me) > 0 ? Dot11FCS : undefined),
  guess: (me) => {
    if (isData(me)) return (me.subtype & QOS) !== 0 ? Dot11QoS : dataLayer(me, me)
    if (isManagement(me) && has(me, PROTECTED)) return encryptedLayer(me._buffer!, me._headerStop(), me._contentStop())
    return undefined
  },
  summary: (me) => frameText(me),
  answers: (me, request) => answersFrame(me, request),
  hash: () => 'Dot11',
})

behave(Dot11QoS, {
  guess: (me) => {
    const frame = me.under as AnyPacket | null
    if (frame === null || frame.layerName !== 'Dot11') return LLC
    if (me.A_MSDU_Present === 1 && !has(frame, PROTECTED)) return Raw
    return dataLayer(me, frame)
  },
  summary: (me) =>
    me.under !== null && me.under.layerName === 'Dot11' ? frameText(me.under as AnyPacket) : 'Dot11QoS',
})

/** `Dot11 Ack > aa:…`, `Dot11 QoS Data bb:… > aa:…`. */
export function frameText(me: AnyPacket): string {
  const name = me.layerName === 'Dot11' ? 'Dot11 ' : ''
  return `${name}${me.text('subtype')}${addressText(me)}`
}

/** Which subtype of a management frame answers which: probes, associations, authentication. */
const ANSWERS: Readonly<Record<number, number>> = { 1: 0, 3: 2, 5: 4, 11: 11, 13: 13 }
const CONTROL_ANSWERS: Readonly<Record<number, readonly number[]>> = { 12: [11], 9: [8] }
const ACK = 13

function answersFrame(me: AnyPacket, request: AnyPacket): boolean {
  if (request.layerName !== 'Dot11') return false
  if (me.type === CONTROL) {
    if (me.addr1 !== request.addr2) return false
    if (me.subtype === ACK) return request.type !== CONTROL || request.subtype === 10
    return request.type === CONTROL && CONTROL_ANSWERS[me.subtype as number]?.includes(request.subtype) === true
  }
  if (me.type !== request.type || me.addr1 !== request.addr2) return false
  if (isManagement(me)) return ANSWERS[me.subtype as number] === request.subtype && answersAddress(me, request)
  return isData(me) && answers(me.payload, request.payload)
}

/** A probe request goes to everybody, and the answer then comes from anybody. */
const answersAddress = (me: AnyPacket, request: AnyPacket): boolean =>
  me.addr2 === request.addr1 || request.addr1 === 'ff:ff:ff:ff:ff:ff'

bind(RadioTap, Dot11)
bind(Dot11, LLC, { type: DATA })
bind(Dot11, Dot11QoS, { type: DATA, subtype: QOS })
bind(Dot11QoS, LLC)
bind(Dot11, Dot11CCMP, { type: DATA, FCfield: 'protected' })
