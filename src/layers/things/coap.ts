/**
 * CoAP, the web's requests for small devices. RFC 7252 §3.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---+---+-------+---------------+-------------------------------+
 *   |ver|typ|  tkl  |     code      |            msg_id             |
 *   +---+---+-------+---------------+-------------------------------+
 *   |                     token (0 to 8 bytes) …                    |
 *   +---------------------------------------------------------------+
 *   |                           options …                           |
 *   +---------------+-----------------------------------------------+
 *   |  paymark ff   |  payload …                                    |
 *   +---------------+-----------------------------------------------+
 */
import {
  type AnyPacket,
  behave,
  bind,
  bits,
  bitsEnum,
  bytes,
  layer,
  sameBytes,
  u8Enum,
  u16,
} from '../../packet/index.js'
import { Raw } from '../raw.js'
import { UDP } from '../transport/udp.js'
import { COAP_CODES, COAP_TYPES } from './coap-numbers.js'
import { type CoapOption, coapOptions, payloadMarker } from './coap-options.js'

const PORT = 5683
const VERSION = 1
const LONGEST_TOKEN = 8
const FIXED = 4
const CONFIRMABLE = 0
const ACKNOWLEDGEMENT = 2
const RESET = 3
/** Codes from here on are answers. */
const FIRST_ANSWER = 64

export const CoAP = layer(
  'CoAP',
  () => ({
    ver: bits(2, VERSION),
    type: bitsEnum(2, CONFIRMABLE, COAP_TYPES),
    tkl: bits(4).auto((c) => c.fieldLength('token')),
    code: u8Enum(1, COAP_CODES),
    msg_id: u16(),
    token: bytes('tkl'),
    options: coapOptions(),
    paymark: payloadMarker().about('The byte ff in front of a payload; set when there is one.'),
  }),
  'Constrained Application Protocol. A payload is stacked on it; its marker is set then.',
  'RFC 7252 §3; blocks: RFC 7959',
)

/** The path and query of a request, as in its URI. */
function pathOf(options: readonly CoapOption[]): string {
  const values = (wanted: string): string[] =>
    options.filter(([name]) => name === wanted).map(([, value]) => String(value))
  const query = values('Uri-Query')
  const path = values('Uri-Path')
  if (path.length + query.length === 0) return ''
  return ` /${path.join('/')}${query.length === 0 ? '' : `?${query.join('&')}`}`
}

function blockOf(options: readonly CoapOption[]): string {
  return options
    .filter(([name]) => name === 'Block1' || name === 'Block2')
    .map(([name, value]) => ` ${name} ${String(value)}`)
    .join('')
}

behave(CoAP, {
  refine: (buffer, start, end) => {
    const first = buffer[start]!
    const token = first & 15
    return end - start >= FIXED && first >>> 6 === VERSION && token <= LONGEST_TOKEN && FIXED + token <= end - start
      ? CoAP
      : Raw
  },
  summary(me) {
    const options = (me.options ?? []) as CoapOption[]
    return `CoAP ${me.text('type')} ${me.text('code')}${pathOf(options)}${blockOf(options)}`
  },
  answers: (me, request) => request._layer === me._layer && answersRequest(me, request),
  hash: () => '',
})

/** By its token an answer belongs to a request, by its number an acknowledgement without one. RFC 7252 §5.3.2, §4.2. */
function answersRequest(me: AnyPacket, request: AnyPacket): boolean {
  const isEmpty = me.code === 0
  if (me.type === RESET || (me.type === ACKNOWLEDGEMENT && isEmpty))
    return me.msg_id === request.msg_id && (request.type as number) <= 1
  if ((me.code as number) < FIRST_ANSWER || (request.code as number) >= FIRST_ANSWER || request.code === 0) return false
  return (
    me.token !== undefined &&
    request.token !== undefined &&
    sameBytes(me.token as Uint8Array, request.token as Uint8Array) &&
    (me.type !== ACKNOWLEDGEMENT || me.msg_id === request.msg_id)
  )
}

bind(UDP, CoAP, { sport: PORT }, { build: false })
bind(UDP, CoAP, { dport: PORT })
