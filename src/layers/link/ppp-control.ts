/**
 * What the control protocols of PPP share: code, number, length, and messages that agree on options. RFC 1661 §5.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+-------------------------------+
 *   |     code      |      id       |              len              |
 *   +---------------+---------------+-------------------------------+
 *   |  options, each: type (1), length (1, of all), data …
 *   +---------------------------------------------------------------+
 */
import { type AnyPacket, type Behaviour, bytes, type OptionKind, options, u8, u8Enum, u16 } from '../../packet/index.js'
import { CONTROL_CODES } from './ppp-numbers.js'

const REQUEST = 1
const LAST_CONFIGURE = 4
/** Codes of requests by the code of what answers them. RFC 1661 §5; CCP: RFC 1962 §3. */
const REQUEST_OF: Readonly<Record<number, number>> = { 2: REQUEST, 3: REQUEST, 4: REQUEST, 6: 5, 10: 9, 15: 14 }

/** The first four bytes of every message; len counts them too. */
export const controlHeader = (code: number, codes: Readonly<Record<number, string>> = CONTROL_CODES) => ({
  code: u8Enum(code, codes),
  id: u8().about('Tells which request an answer is to.'),
  len: u16().auto((c) => c.headerLength),
})

/** Messages that agree on options, and all others' bytes. */
export const configuration = (kinds: Readonly<Record<number, OptionKind>>) => ({
  ...controlHeader(REQUEST),
  options: options({ kinds }).when((me) => me.code >= REQUEST && me.code <= LAST_CONFIGURE),
  data: bytes().when((me) => me.code < REQUEST || me.code > LAST_CONFIGURE),
})

/** What is behind the length is padding. RFC 1661 §5. */
export const controlBehaviour: Behaviour = {
  headerLength: (me) => me.len,
  headerLengthField: 'len',
  payloadLength: () => 0,
  summary: (me) => `${me.layerName} ${me.text('code')} ${me.id}`,
  answers: (me, request) => me.id === request.id && request.code === requestOf(me),
  hash: (me) => `${me.layerName.replace(/^(PPP_[A-Z0-9]+).*/, '$1')} ${me.id} ${requestOf(me)}`,
}

function requestOf(me: AnyPacket): number {
  return REQUEST_OF[me.code] ?? me.code
}
