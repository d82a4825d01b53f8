/**
 * RTCP, the control protocol of RTP: reports, descriptions, goodbyes, feedback. RFC 3550 §6; feedback: RFC 4585 §6;
 * extended reports: RFC 3611. Several packets follow each other. It has no port of its own: `bind(UDP, RTCP, { dport: 4001 })`.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---+-+---------+---------------+-------------------------------+
 *   | v |P|  count  |  packet_type  |            length             |
 *   +---+-+---------+---------------+-------------------------------+
 *   |                          sourcesync                           |
 *   +---------------------------------------------------------------+
 */
import {
  type AnyPacket,
  behave,
  bind,
  bits,
  bitsEnum,
  bytes,
  type Field,
  type LayerReference,
  layer,
  layers,
  list,
  text,
  u8,
  u8Enum,
  u16,
  u24,
  u32,
  u64,
} from '../../packet/index.js'
import { Raw } from '../raw.js'
import { sdesItems } from './rtcp-items.js'

/** IANA, "RTCP Control Packet Types (PT)". */
const TYPES: Readonly<Record<number, string>> = {
  192: 'FIR',
  193: 'NACK',
  194: 'SMPTETC',
  195: 'IJ',
  200: 'SR',
  201: 'RR',
  202: 'SDES',
  203: 'BYE',
  204: 'APP',
  205: 'RTPFB',
  206: 'PSFB',
  207: 'XR',
  208: 'AVB',
  209: 'RSI',
  210: 'TOKEN',
  211: 'IDMS',
}
/** Types outside of these are no RTCP. RFC 5761 §4. */
const LEAST_TYPE = 192
const LAST_TYPE = 223

/** Formats of feedback for the transport. IANA, "FMT Values for RTPFB Payload Types". */
const TRANSPORT_FORMATS: Readonly<Record<number, string>> = {
  1: 'NACK',
  3: 'TMMBR',
  4: 'TMMBN',
  5: 'SR-REQ',
  6: 'RAMS',
  7: 'TLLEI',
  8: 'ECN-FB',
  9: 'pause-resume',
  11: 'CCFB',
  15: 'transport-cc',
}
/** Formats of feedback for the payload. IANA, "FMT Values for PSFB Payload Types". */
const PAYLOAD_FORMATS: Readonly<Record<number, string>> = {
  1: 'PLI',
  2: 'SLI',
  3: 'RPSI',
  4: 'FIR',
  5: 'TSTR',
  6: 'TSTN',
  7: 'VBCM',
  15: 'AFB',
}

const start = () => ({
  version: bits(2, 2),
  padding: bits(1).about('1: the packet ends with padding, whose last byte counts it.'),
})
const type = (number: number) => ({
  packet_type: u8Enum(number, TYPES),
  length: u16()
    .auto((c) => (c.headerLength >>> 2) - 1)
    .about('Words of 4 bytes behind the first one.'),
})
const source = () => ({ sourcesync: u32().hex() })
/** What stands behind the fields. */
const rest = () => ({ rest: bytes().about('What a profile adds, and padding: whole words.') })
const reportBlocks = () => layers(ReceptionReport, { count: 'rc' })

export const ReceptionReport = layer(
  'ReceptionReport',
  () => ({
    sourcesync: u32().hex(),
    fraction_lost: u8().about('Of 256.'),
    cumulative_lost: u24(),
    highest_seqnum_recv: u32(),
    interarrival_jitter: u32().about('Units of the timestamp.'),
    last_SR_timestamp: u32().about('The middle 32 bits of its ntp_timestamp.'),
    delay_since_last_SR: u32().about('Units of 1/65536 s.'),
  }),
  'How well one source is received.',
  'RFC 3550 §6.4.1',
)

export const SDESChunk = layer(
  'SDESChunk',
  () => ({ sourcesync: u32().hex(), items: sdesItems() }),
  'Description of one source.',
  'RFC 3550 §6.5',
)

export const RTCP = layer(
  'RTCP',
  () => ({ ...start(), count_: bits(5), ...type(208), ...rest() }),
  'RTCP packet of a type that has no layer of its own.',
  'RFC 3550 §6.1',
)
export const RTCP_SR = layer(
  'RTCP_SR',
  () => ({
    ...start(),
    rc: bits(5).countOf('report_blocks'),
    ...type(200),
    ...source(),
    ntp_timestamp: u64().about('Seconds since 1900 in the upper 32 bits.'),
    rtp_timestamp: u32(),
    sender_packet_count: u32(),
    sender_octet_count: u32(),
    report_blocks: reportBlocks(),
    ...rest(),
  }),
  'Sender report: what was sent, and how well others are received.',
  'RFC 3550 §6.4.1',
)
export const RTCP_RR = layer(
  'RTCP_RR',
  () => ({
    ...start(),
    rc: bits(5).countOf('report_blocks'),
    ...type(201),
    ...source(),
    report_blocks: reportBlocks(),
    ...rest(),
  }),
  'Receiver report: how well others are received.',
  'RFC 3550 §6.4.2',
)
export const RTCP_SDES = layer(
  'RTCP_SDES',
  () => ({
    ...start(),
    sc: bits(5).countOf('sdes_chunks'),
    ...type(202),
    sdes_chunks: layers(SDESChunk, { count: 'sc' }),
    ...rest(),
  }),
  'Description of sources.',
  'RFC 3550 §6.5',
)
export const RTCP_BYE = layer(
  'RTCP_BYE',
  () => ({
    ...start(),
    sc: bits(5).countOf('sources'),
    ...type(203),
    sources: list(u32(), { count: 'sc' }),
    ...rest(),
  }),
  'Goodbye of sources. rest: length of the reason, the reason, zeros.',
  'RFC 3550 §6.6',
)
export const RTCP_APP = layer(
  'RTCP_APP',
  () => ({ ...start(), subtype: bits(5), ...type(204), ...source(), app_name: text(4).default('none'), ...rest() }),
  "Packet of an application's own.",
  'RFC 3550 §6.7',
)

const feedback = (fmt: Field<number, number | string>, number: number) => ({
  ...start(),
  fmt,
  ...type(number),
  ...source(),
  media_source: u32().hex(),
  fci: bytes().about('Feedback control information: what the format has.'),
})

export const RTCP_RTPFB = layer(
  'RTCP_RTPFB',
  () => feedback(bitsEnum(5, 1, TRANSPORT_FORMATS), 205),
  'Feedback for the transport: what is missing, how fast to send.',
  'RFC 4585 §6.2',
)
export const RTCP_PSFB = layer(
  'RTCP_PSFB',
  () => feedback(bitsEnum(5, 1, PAYLOAD_FORMATS), 206),
  'Feedback for the payload: which pictures are needed.',
  'RFC 4585 §6.3',
)
export const RTCP_XR = layer(
  'RTCP_XR',
  () => ({ ...start(), reserved: bits(5), ...type(207), ...source(), blocks: bytes() }),
  'Extended report; its blocks as bytes.',
  'RFC 3611 §2',
)

/** Layers by type, with the bytes that they have at least. */
const KNOWN: Readonly<Record<number, readonly [layer: LayerReference, least: number]>> = {
  200: [RTCP_SR, 28],
  201: [RTCP_RR, 8],
  202: [RTCP_SDES, 4],
  203: [RTCP_BYE, 4],
  204: [RTCP_APP, 12],
  205: [RTCP_RTPFB, 12],
  206: [RTCP_PSFB, 12],
  207: [RTCP_XR, 8],
}

/** Version 2 and a type of RTCP; what else follows, such as the trailer of SRTCP, is bytes. */
function refine(buffer: Uint8Array, start: number, end: number): LayerReference {
  const number = end - start < 4 || buffer[start]! >>> 6 !== 2 ? 0 : buffer[start + 1]!
  if (number < LEAST_TYPE || number > LAST_TYPE) return Raw
  const size = (((buffer[start + 2]! << 8) | buffer[start + 3]!) + 1) * 4
  const known = KNOWN[number]
  return known === undefined || size < known[1] ? RTCP : known[0]
}

const hex = (value: number): string => `0x${value.toString(16)}`

/** What follows the type in a summary. */
const DETAILS: Readonly<Record<string, (me: AnyPacket) => string>> = {
  RTCP: (me) => me.text('packet_type'),
  RTCP_SR: (me) => `ssrc ${hex(me.sourcesync)} ${me.rc} reports`,
  RTCP_RR: (me) => `ssrc ${hex(me.sourcesync)} ${me.rc} reports`,
  RTCP_SDES: (me) => `${me.sc} sources`,
  RTCP_BYE: (me) => ((me.sources ?? []) as number[]).map(hex).join(' '),
  RTCP_APP: (me) => `ssrc ${hex(me.sourcesync)} ${me.text('app_name')}`,
  RTCP_RTPFB: (me) => `${me.text('fmt')} ssrc ${hex(me.sourcesync)} media ${hex(me.media_source)}`,
  RTCP_PSFB: (me) => `${me.text('fmt')} ssrc ${hex(me.sourcesync)} media ${hex(me.media_source)}`,
  RTCP_XR: (me) => `ssrc ${hex(me.sourcesync)}`,
}

for (const each of [RTCP, ...Object.values(KNOWN).map(([report]) => report)]) {
  behave(each, {
    refine,
    headerLength: (me) => (me.length + 1) * 4,
    headerLengthField: 'length',
    summary: (me) => `${me.layerName} ${DETAILS[me.layerName]!(me)}`,
  })
  bind(each, RTCP)
}
