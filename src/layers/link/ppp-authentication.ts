/**
 * How a peer on a PPP link says who it is: PAP, in clear (RFC 1334 §2.2), and CHAP, by a challenge (RFC 1994 §4).
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+-------------------------------+
 *   |     code      |      id       |              len              |
 *   +---------------+---------------+-------------------------------+
 *   | username_len  |  username …   |  passwd_len   |  password …   |  PPP_PAP_Request
 *   +---------------+---------------+---------------+---------------+
 *   |  value_size   |  value …                    optional_name …   |  PPP_CHAP_ChallengeResponse
 *   +---------------+-----------------------------------------------+
 */
import { type AnyPacket, behave, bind, bytes, type LayerReference, layer, u8 } from '../../packet/index.js'
import { PPP } from './ppp.js'
import { controlBehaviour, controlHeader } from './ppp-control.js'
import { textOrBytesField } from './text-or-bytes.js'

/** RFC 1334 §2.2. */
const PAP_CODES: Readonly<Record<number, string>> = {
  1: 'authenticate-request',
  2: 'authenticate-ack',
  3: 'authenticate-nak',
}
/** RFC 1994 §4. */
const CHAP_CODES: Readonly<Record<number, string>> = { 1: 'challenge', 2: 'response', 3: 'success', 4: 'failure' }

const PAP = 0xc023
const CHAP = 0xc223

export const PPP_PAP = layer(
  'PPP_PAP',
  () => ({ ...controlHeader(1, PAP_CODES), data: bytes() }),
  'Message of PAP that has no layer of its own.',
  'RFC 1334 §2.2',
)

export const PPP_PAP_Request = layer(
  'PPP_PAP_Request',
  () => ({
    ...controlHeader(1, PAP_CODES),
    username_len: u8().lengthOf('username'),
    username: textOrBytesField('username_len'),
    passwd_len: u8().lengthOf('password'),
    password: textOrBytesField('passwd_len'),
  }),
  'Name and password in clear.',
  'RFC 1334 §2.2.1',
)

export const PPP_PAP_Response = layer(
  'PPP_PAP_Response',
  () => ({ ...controlHeader(2, PAP_CODES), msg_len: u8().lengthOf('message'), message: textOrBytesField('msg_len') }),
  'Says whether name and password are right.',
  'RFC 1334 §2.2.2',
)

export const PPP_CHAP = layer(
  'PPP_CHAP',
  () => ({ ...controlHeader(3, CHAP_CODES), data: textOrBytesField() }),
  'Says whether the response was right. data is a message for people.',
  'RFC 1994 §4.2',
)

export const PPP_CHAP_ChallengeResponse = layer(
  'PPP_CHAP_ChallengeResponse',
  () => ({
    ...controlHeader(1, CHAP_CODES),
    value_size: u8().lengthOf('value'),
    value: bytes('value_size'),
    optional_name: textOrBytesField(),
  }),
  'Challenge, or response to it. value: random bytes, or a hash of them with the secret; optional_name: of the sender.',
  'RFC 1994 §4.1',
)

/** Which message these bytes are, where what their codes need is there. */
function family(
  byCode: Readonly<Record<number, LayerReference>>,
  other: LayerReference,
): (buffer: Uint8Array, start: number, end: number) => LayerReference {
  return (buffer, start, end) => {
    const length = end - start < 4 ? 0 : (buffer[start + 2]! << 8) | buffer[start + 3]!
    return length < 5 ? other : (byCode[buffer[start]!] ?? other)
  }
}

const pap = family({ 1: PPP_PAP_Request, 2: PPP_PAP_Response, 3: PPP_PAP_Response }, PPP_PAP)
const chap = family({ 1: PPP_CHAP_ChallengeResponse, 2: PPP_CHAP_ChallengeResponse }, PPP_CHAP)

/** Codes of what is answered, by the code of the answer. */
const PAP_REQUEST: Readonly<Record<number, number>> = { 2: 1, 3: 1 }
const CHAP_REQUEST: Readonly<Record<number, readonly number[]>> = { 2: [1], 3: [2], 4: [2] }

for (const each of [PPP_PAP, PPP_PAP_Request, PPP_PAP_Response]) {
  behave(each, {
    ...controlBehaviour,
    refine: pap,
    summary: (me) =>
      `${me.layerName} ${me.text('code')} ${me.id}${me.username === undefined ? '' : ` ${me.text('username')}`}`,
    answers: (me, request) => me.id === request.id && request.code === PAP_REQUEST[me.code],
    hash: (me) => `PPP_PAP ${me.id}`,
  })
  bind(PPP, each, { proto: PAP })
}

for (const each of [PPP_CHAP, PPP_CHAP_ChallengeResponse]) {
  behave(each, {
    ...controlBehaviour,
    refine: chap,
    summary: (me) => `${me.layerName} ${me.text('code')} ${me.id}${nameOf(me)}`,
    answers: (me, request) => me.id === request.id && CHAP_REQUEST[me.code]?.includes(request.code) === true,
    hash: (me) => `PPP_CHAP ${me.id}`,
  })
  bind(PPP, each, { proto: CHAP })
}

function nameOf(me: AnyPacket): string {
  return me.layerName === 'PPP_CHAP' ? '' : ` ${me.text('optional_name')}`
}
