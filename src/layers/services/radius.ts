/**
 * RADIUS, who may enter a network. RFC 2865 §3; accounting: RFC 2866; dynamic authorization: RFC 5176.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+-------------------------------+
 *   |     code      |      id       |              len              |
 *   +---------------+---------------+-------------------------------+
 *   |                   authenticator (16 bytes)                    |
 *   +---------------------------------------------------------------+
 *   |     attributes: type, length (both included), value …         |
 *   +---------------------------------------------------------------+
 */
import { type AnyPacket, behave, bind, bytes, layer, type Option, u8, u8Enum, u16 } from '../../packet/index.js'
import { Raw } from '../raw.js'
import { UDP } from '../transport/udp.js'
import { radiusAttributes } from './radius-attributes.js'
import { readable } from './value-tree.js'

export type { RadiusAttributeInput } from './radius-attributes.js'
export {
  type RadiusMessage,
  radiusAuthenticator,
  radiusHidePassword,
  radiusMessageAuthenticator,
  radiusRevealPassword,
  radiusVerify,
} from './radius-secrets.js'

/** IANA, "RADIUS Packet Type Codes". */
const CODES: Readonly<Record<number, string>> = {
  1: 'Access-Request',
  2: 'Access-Accept',
  3: 'Access-Reject',
  4: 'Accounting-Request',
  5: 'Accounting-Response',
  6: 'Accounting-Status',
  7: 'Password-Request',
  8: 'Password-Ack',
  9: 'Password-Reject',
  10: 'Accounting-Message',
  11: 'Access-Challenge',
  12: 'Status-Server',
  13: 'Status-Client',
  21: 'Resource-Free-Request',
  22: 'Resource-Free-Response',
  23: 'Resource-Query-Request',
  24: 'Resource-Query-Response',
  25: 'Alternate-Resource-Reclaim-Request',
  26: 'NAS-Reboot-Request',
  27: 'NAS-Reboot-Response',
  29: 'Next-Passcode',
  30: 'New-Pin',
  31: 'Terminate-Session',
  32: 'Password-Expired',
  33: 'Event-Request',
  34: 'Event-Response',
  40: 'Disconnect-Request',
  41: 'Disconnect-ACK',
  42: 'Disconnect-NAK',
  43: 'CoA-Request',
  44: 'CoA-ACK',
  45: 'CoA-NAK',
  50: 'IP-Address-Allocate',
  51: 'IP-Address-Release',
  52: 'Protocol-Error',
}

/** Which answers each request may get. */
const ANSWERS: Readonly<Record<number, readonly number[]>> = {
  1: [2, 3, 11, 52],
  4: [5, 52],
  12: [2, 5, 3],
  40: [41, 42],
  43: [44, 45],
}

const HEADER = 20
/** RFC 2865 §3. */
const LONGEST = 4096

export const Radius = layer(
  'Radius',
  () => ({
    code: u8Enum(1, CODES),
    id: u8().about('Number of the request; the answer has the same.'),
    len: u16()
      .auto((c) => c.headerLength)
      .about('Bytes of the whole message.'),
    authenticator: bytes(16)
      .default(new Uint8Array(16))
      .about('Random in a request, else a digest: radiusAuthenticator() computes it.'),
    attributes: radiusAttributes(),
  }),
  "Authentication, authorization and accounting. Radius({attributes: [['User-Name', 'bob'], ['NAS-Port', 1]]}).",
  'RFC 2865 §3; accounting: RFC 2866; CoA: RFC 5176',
)

/** Text of the first of some attributes that is there. */
function first(me: AnyPacket, names: readonly string[]): string {
  for (const name of names) {
    const found = ((me.attributes ?? []) as Option[]).find(([each]) => each === name)
    if (found !== undefined) return ` ${readable((found[1] ?? '') as string)}`
  }
  return ''
}

behave(Radius, {
  summary: (me) => `RADIUS ${me.text('code')} ${me.id}${first(me, ['User-Name', 'Reply-Message', 'Acct-Session-Id'])}`,
  // The header ends where the length says; what is behind it is padding.
  headerLength: (me) => me.len as number,
  headerLengthField: 'len',
  answers: (me, request) =>
    request._layer === me._layer &&
    me.id === request.id &&
    (ANSWERS[request.code as number] ?? []).includes(me.code as number),
  hash: (me) => String(me.id),
  refine(buffer, start, end) {
    if (end - start < HEADER || CODES[buffer[start]!] === undefined) return Raw
    const length = (buffer[start + 2]! << 8) | buffer[start + 3]!
    return length >= HEADER && length <= LONGEST ? Radius : Raw
  },
})

// Authentication, accounting (1645 and 1646 are older), dynamic authorization (1700 is older). RFC 2865 §3, RFC 2866 §3, RFC 5176 §2.
for (const port of [1700, 3799, 1646, 1645, 1813, 1812]) {
  bind(UDP, Radius, { sport: port }, { build: false })
  bind(UDP, Radius, { dport: port })
}
