/**
 * RTP, the Real-time Transport Protocol. RFC 3550 §5; header extensions: §5.3.1, RFC 8285. It has no port of its own:
 * `bind(UDP, RTP, { dport: 4000 })` says where it is.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---+-+-+-------+-+-------------+-------------------------------+
 *   | v |P|X|numsync|M|payload_type |           sequence            |
 *   +---+-+-+-------+-+-------------+-------------------------------+
 *   |                           timestamp                           |
 *   +---------------------------------------------------------------+
 *   |                          sourcesync                           |
 *   +---------------------------------------------------------------+
 *   |                            sync …                             |
 *   +---------------------------------------------------------------+
 */
import {
  type AnyPacket,
  behave,
  bind,
  bits,
  bitsEnum,
  bytes,
  type LayerReference,
  layer,
  list,
  u8,
  u16,
  u32,
} from '../../packet/index.js'
import { Raw } from '../raw.js'
import { isElementProfile, ONE_BYTE, rtpElements } from './rtp-elements.js'

const HEADER = 12

/** IANA, "RTP Payload Types (PT) for standard audio and video encodings". */
const PAYLOAD_TYPES: Readonly<Record<number, string>> = {
  0: 'PCMU',
  3: 'GSM',
  4: 'G723',
  5: 'DVI4',
  6: 'DVI4-16000',
  7: 'LPC',
  8: 'PCMA',
  9: 'G722',
  10: 'L16-stereo',
  11: 'L16',
  12: 'QCELP',
  13: 'CN',
  14: 'MPA',
  15: 'G728',
  16: 'DVI4-11025',
  17: 'DVI4-22050',
  18: 'G729',
  25: 'CelB',
  26: 'JPEG',
  28: 'nv',
  31: 'H261',
  32: 'MPV',
  33: 'MP2T',
  34: 'H263',
}

export const RTP = layer(
  'RTP',
  () => ({
    version: bits(2, 2),
    padding: bits(1).about('1: an RTPPadding ends the packet.'),
    extension: bits(1).about('1: an RTPExtension follows.'),
    numsync: bits(4).countOf('sync'),
    marker: bits(1),
    payload_type: bitsEnum(7, 0, PAYLOAD_TYPES),
    sequence: u16(),
    timestamp: u32(),
    sourcesync: u32().hex(),
    sync: list(u32(), { count: 'numsync' }).about('Sources that were mixed into this one.'),
  }),
  'Real-time Transport Protocol: sound or picture of one source.',
  'RFC 3550 §5.1',
)

export const RTPExtension = layer(
  'RTPExtension',
  () => ({
    header_id: u16(ONE_BYTE)
      .hex()
      .about('0xbede: elements with one byte of header; 0x1000: with two; others: words of its own.'),
    header_len: u16()
      .auto((c) => (c.headerLength >>> 2) - 1)
      .about('Words of 4 bytes behind this one.'),
    elements: rtpElements().when((me) => isElementProfile(me.header_id)),
    header: list(u32()).when((me) => !isElementProfile(me.header_id)),
  }),
  'Extension of the header of RTP.',
  'RFC 3550 §5.3.1; elements: RFC 8285 §4',
)

export const RTPPadding = layer(
  'RTPPadding',
  () => ({
    fill: bytes((me) => me._end - me._offset - 1),
    size: u8()
      .auto((c) => c.headerLength)
      .about('Bytes of padding, this one counted.'),
  }),
  'Padding at the end of an RTP packet whose padding bit is 1.',
  'RFC 3550 §5.1',
)

/** Bytes of padding, as the last byte says; 0 where they cannot be right. */
function paddingOf(me: AnyPacket): number {
  const left = me._end - me._headerStop()
  if (me.padding !== 1 || left < 1) return 0
  const size = me._buffer![me._end - 1]!
  return size <= left ? size : 0
}

behave(RTP, {
  // Encrypted or foreign bytes behind a header that says version 2 are all that can be told.
  refine: (buffer, start, end): LayerReference | undefined =>
    end - start >= HEADER && buffer[start]! >>> 6 === 2 ? undefined : Raw,
  payloadLength: (me) => {
    const padding = paddingOf(me)
    return padding === 0 ? undefined : me._end - me._headerStop() - padding
  },
  trailer: (me) => (paddingOf(me) === 0 ? undefined : RTPPadding),
  summary: (me) =>
    `RTP ${me.text('payload_type')} seq ${me.sequence} time ${me.timestamp} ssrc ${me.text('sourcesync')}${me.marker === 1 ? ' M' : ''}`,
})

behave(RTPExtension, {
  headerLength: (me) => (me.header_len + 1) * 4,
  headerLengthField: 'header_len',
  summary: (me) => `RTPExtension ${me.text('header_id')}`,
})

behave(RTPPadding, { isTrailer: true, summary: (me) => `RTPPadding ${me.size} bytes` })

bind(RTP, RTPExtension, { extension: 1 })
