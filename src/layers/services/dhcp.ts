/**
 * BOOTP and DHCP, how hosts get their addresses. RFC 951, RFC 2131 §2; options: RFC 2132; flags: RFC 1542 §3.1.1.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+---------------+---------------+
 *   |      op       |     htype     |     hlen      |     hops      |
 *   +---------------+---------------+---------------+---------------+
 *   |                              xid                              |
 *   +-------------------------------+-+-----------------------------+
 *   |             secs              |B|            flags            |
 *   +-------------------------------+-+-----------------------------+
 *   |     ciaddr, yiaddr, siaddr, giaddr (4 bytes each)             |
 *   +---------------------------------------------------------------+
 *   |     chaddr (16 bytes), sname (64), file (128)                 |
 *   +---------------------------------------------------------------+
 *   |     options: 63 82 53 63 when DHCP's follow                   |
 *   +---------------------------------------------------------------+
 */
import { type AnyPacket, behave, bind, bytes, flags, ipv4, layer, u8, u8Enum, u16, u32 } from '../../packet/index.js'
import { HARDWARE_TYPES } from '../link/sll.js'
import { UDP } from '../transport/udp.js'
import { clientHardwareAddress, paddedText } from './dhcp-fields.js'
import { dhcpOptions } from './dhcp-options.js'

export { type DhcpOptionInput, readDhcpOptions, wholeDhcpOptions } from './dhcp-options.js'

const SERVER_PORT = 67
const CLIENT_PORT = 68

const OPERATIONS: Readonly<Record<number, string>> = { 1: 'BOOTREQUEST', 2: 'BOOTREPLY' }
const REQUEST = 1
const REPLY = 2

/** The bytes that options begin with. RFC 2131 §3. */
const MAGIC = Uint8Array.of(0x63, 0x82, 0x53, 0x63)
/** Bytes in front of the options. */
const FIXED = 236

/** B, the highest bit: answers are to be broadcast. The others have no meaning. */
const FLAGS = [...Array.from({ length: 15 }, (_, bit) => `bit${bit}`), 'B']

/** The magic bytes alone, or all there is when others stand there (a vendor's area, RFC 951). */
function optionsLength(me: AnyPacket): number {
  const start = me._offset + FIXED
  const left = me._end - start
  return left >= MAGIC.length && MAGIC.every((byte, i) => me._buffer![start + i] === byte) ? MAGIC.length : left
}

export const BOOTP = layer(
  'BOOTP',
  () => ({
    op: u8Enum(REQUEST, OPERATIONS),
    htype: u8Enum(1, HARDWARE_TYPES),
    hlen: u8(6),
    hops: u8(),
    xid: u32().hex(),
    secs: u16(),
    flags: flags(16, FLAGS),
    ciaddr: ipv4(),
    yiaddr: ipv4(),
    siaddr: ipv4(),
    giaddr: ipv4(),
    chaddr: clientHardwareAddress(),
    sname: paddedText(64),
    file: paddedText(128),
    options: bytes(optionsLength),
  }),
  'Bootstrap Protocol. chaddr is a MAC address or up to 16 bytes; flag B asks for answers by broadcast.',
  'RFC 951; RFC 2131 §2; flags: RFC 1542 §3.1.1',
)

export const DHCP = layer(
  'DHCP',
  () => ({ options: dhcpOptions() }),
  "Options of DHCP behind BOOTP. DHCP({options: [['message-type', 'discover'], 'end']}).",
  'RFC 2131 §3; RFC 2132',
)

const who = (message: AnyPacket): string => message.text('chaddr')

/** `request of 02:…`, `reply 10.0.0.5 to 02:…`. */
function bootpText(me: AnyPacket, kinds: Readonly<Record<number, string>>): string {
  if (me.op === REQUEST) return `${kinds[REQUEST]} of ${who(me)}`
  if (me.op !== REPLY) return `op ${me.op}`
  return `${kinds[REPLY]}${me.yiaddr === '0.0.0.0' ? '' : ` ${me.yiaddr}`} to ${who(me)}`
}

/** `discover of 02:…`, `offer 10.0.0.5 to 02:…`; of options that stand alone the kind alone. */
function dhcpText(me: AnyPacket): string {
  const found = (me.options as [string | number, unknown][]).find(([name]) => name === 'message-type')
  const kind = found === undefined || found[1] instanceof Uint8Array ? 'options' : String(found[1])
  const outer = me.under
  return outer?.layerName === 'BOOTP' ? bootpText(outer as AnyPacket, { [REQUEST]: kind, [REPLY]: kind }) : kind
}

behave(BOOTP, {
  summary: (me) => `BOOTP ${bootpText(me, { [REQUEST]: 'request', [REPLY]: 'reply' })}`,
  answers: (me, request) =>
    request._layer === me._layer && me.op === REPLY && request.op === REQUEST && me.xid === request.xid,
  hash: (me) => String(me.xid),
})

behave(DHCP, { summary: (me) => `DHCP ${dhcpText(me)}` })

bind(BOOTP, DHCP, { options: MAGIC })
bind(UDP, BOOTP, { dport: SERVER_PORT }, { build: false })
// A program that is no client of the system asks from any port, and is answered there.
bind(UDP, BOOTP, { sport: SERVER_PORT }, { build: false })
bind(UDP, BOOTP, { dport: CLIENT_PORT }, { build: false })
bind(UDP, BOOTP, { sport: CLIENT_PORT, dport: SERVER_PORT })
