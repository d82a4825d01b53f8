/**
 * AH, the IP Authentication Header. RFC 4302 §2.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |      nh       |  payloadlen   |           reserved            |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                              spi                              |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                              seq                              |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                              icv …                            |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
import {
  type AnyPacket,
  answers,
  behave,
  bytes,
  hashKey,
  type LayerReference,
  layer,
  u8,
  u8Enum,
  u16,
  u32,
} from '../../packet/index.js'
import { IP } from './ip.js'
import { IP_PROTOCOLS } from './ip-numbers.js'
import { IPv6 } from './ipv6.js'
import { bindTransport } from './next-header.js'

const PROTOCOL = 51
const NO_NEXT_HEADER = 59
/** Bytes of the integrity check value of HMAC-SHA1-96, the one that all implementations have. RFC 8221 §6. */
const USUAL_VALUE = 12

/** The layer around this one that has a protocol number: IP unless an IPv6 is nearer. */
function familyOf(me: AnyPacket): { layer: LayerReference; field: 'proto' | 'nh' } {
  for (let outer = me.under; outer !== null; outer = outer.under) {
    if (outer.layerName.startsWith('IPv6')) return { layer: IPv6, field: 'nh' }
    if (outer.layerName.startsWith('IP')) break
  }
  return { layer: IP, field: 'proto' }
}

/** What IP or IPv6 would have after this number: AH stands between them and all that they carry. */
function layerFor(me: AnyPacket): LayerReference | undefined {
  const { layer } = familyOf(me)
  return layer === IP ? IP.definition.boundLayer(IP({ proto: me.nh })) : IPv6.definition.boundLayer(IPv6({ nh: me.nh }))
}

/** The number that IP or IPv6 would take for this payload. */
function numberFor(me: AnyPacket): number {
  if (me.payload === null) return NO_NEXT_HEADER
  const { layer, field } = familyOf(me)
  const index = layer.definition.indexOf(field)
  const found = layer.definition.overloads(me.payload._layer)?.find(([each]) => each === index)
  return found === undefined ? NO_NEXT_HEADER : (found[1] as number)
}

export const AH = layer(
  'AH',
  () => ({
    nh: u8Enum(NO_NEXT_HEADER, IP_PROTOCOLS).dynamic(numberFor),
    payloadlen: u8()
      .auto((c) => (c.headerLength >>> 2) - 2)
      .about('Words of 4 bytes of the whole header, less 2.'),
    reserved: u16(),
    spi: u32(1).hex(),
    seq: u32(1),
    icv: bytes()
      .default(new Uint8Array(USUAL_VALUE))
      .about('Integrity check value: whole words; over IPv6 the header has a multiple of 8 bytes.'),
  }),
  'IP Authentication Header: says that nobody changed the packet. What it protects follows in clear.',
  'RFC 4302 §2',
)

behave(AH, {
  headerLength: (me) => (me.payloadlen + 2) * 4,
  headerLengthField: 'payloadlen',
  guess: layerFor,
  summary: (me) => `AH spi ${me.text('spi')} seq ${me.seq}`,
  answers: (me, request) => request.layerName === 'AH' && answers(me.payload, request.payload),
  hash: (me) => hashKey(me.payload),
})

bindTransport(PROTOCOL, AH)
