/**
 * Control messages of NTP (mode 6, RFC 9327 §2) and private ones (mode 7, of the reference implementation).
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---+-----+-----+-+-+-+---------+-------------------------------+
 *   |lp |vers | mode|R|E|M| op_code |           sequence            |  control
 *   +---+-----+-----+-+-+-+---------+-------------------------------+
 *   |          status_word          |        association_id         |
 *   +-------------------------------+-------------------------------+
 *   |            offset             |             count             |
 *   +-------------------------------+-------------------------------+
 *   |           data (count bytes, filled up to four), authenticator|
 *   +---------------------------------------------------------------+
 *
 *   +-+-+-----+-----+-+-------------+---------------+---------------+
 *   |R|M|vers | mode|A|     seq     |implementation | request_code  |  private
 *   +-+-+-----+-----+-+-------------+---------------+---------------+
 *   |  err  |       nb_items        |  mbz  |     data_item_size    |
 *   +-------+-----------------------+-------+-----------------------+
 *   |           data (nb_items of data_item_size bytes each)        |
 *   +---------------------------------------------------------------+
 */
import {
  type AnyPacket,
  behave,
  bits,
  bitsEnum,
  bytes,
  type LayerReference,
  layer,
  layerByName,
  u8Enum,
  u16,
} from '../../packet/index.js'

/** RFC 9327 §2; 31: ntpsec. */
const COMMANDS: Readonly<Record<number, string>> = {
  1: 'read status',
  2: 'read variables',
  3: 'write variables',
  4: 'read clock variables',
  5: 'write clock variables',
  6: 'set trap address',
  7: 'trap response',
  8: 'runtime configuration',
  9: 'save configuration',
  10: 'read most-recently-used list',
  11: 'read ordered list',
  12: 'request nonce',
  31: 'unset trap address',
}

/** Of ntpd's ntp_request.h. */
const IMPLEMENTATIONS: Readonly<Record<number, string>> = { 0: 'UNIV', 2: 'XNTPD_OLD', 3: 'XNTPD' }

const PRIVATE_REQUESTS: Readonly<Record<number, string>> = {
  0: 'PEER_LIST',
  1: 'PEER_LIST_SUM',
  2: 'PEER_INFO',
  3: 'PEER_STATS',
  4: 'SYS_INFO',
  5: 'SYS_STATS',
  6: 'IO_STATS',
  7: 'MEM_STATS',
  8: 'LOOP_INFO',
  9: 'TIMER_STATS',
  10: 'CONFIG',
  11: 'UNCONFIG',
  12: 'SET_SYS_FLAG',
  13: 'CLR_SYS_FLAG',
  16: 'GET_RESTRICT',
  17: 'RESADDFLAGS',
  18: 'RESSUBFLAGS',
  19: 'UNRESTRICT',
  20: 'MON_GETLIST',
  21: 'RESET_STATS',
  22: 'RESET_PEER',
  23: 'REREAD_KEYS',
  26: 'TRUSTKEY',
  27: 'UNTRUSTKEY',
  28: 'AUTHINFO',
  29: 'TRAPS',
  30: 'ADD_TRAP',
  31: 'CLR_TRAP',
  32: 'REQUEST_KEY',
  33: 'CONTROL_KEY',
  34: 'CTL_STATS',
  36: 'GET_CLOCKINFO',
  37: 'SET_CLKFUDGE',
  38: 'GET_KERNEL',
  39: 'GET_CLKBUGINFO',
  42: 'MON_GETLIST_1',
  44: 'IF_STATS',
  45: 'IF_RELOAD',
}

/** Of ntp_request.h. */
const PRIVATE_ERRORS: Readonly<Record<number, string>> = {
  0: 'no error',
  1: 'incompatible implementation',
  2: 'unimplemented request',
  3: 'format error',
  4: 'no data',
  7: 'authentication failure',
}

const CONTROL_HEADER = 12

/** Zeros up to a multiple of four: there may be none at all at a message's end. */
function paddingLength(me: AnyPacket): number {
  const count = me.count_ as number
  const missing = -count & 3
  return me._end - me._offset - CONTROL_HEADER - count >= missing ? missing : 0
}

export const NTPControl = layer(
  'NTPControl',
  () => ({
    zeros: bits(2),
    version: bits(3, 2),
    mode: bits(3, 6),
    response: bits(1),
    err: bits(1),
    more: bits(1).about('Further messages with the same sequence number follow.'),
    op_code: bitsEnum(5, 2, COMMANDS),
    sequence: u16(),
    status_word: u16().hex(),
    association_id: u16().about('Number of the peer; 0 is the system itself.'),
    offset: u16().about('Where the data stands in the whole answer, in bytes.'),
    count_: u16().lengthOf('data').about('Bytes of data.'),
    data: bytes('count_'),
    padding: bytes(paddingLength),
  }),
  "Control message of NTP (mode 6), what ntpq asks and gets: names and values as text, 'a=1, b=2'.",
  'RFC 9327 §2',
)

export const NTPPrivate = layer(
  'NTPPrivate',
  () => ({
    response: bits(1),
    more: bits(1).about('Further messages follow.'),
    version: bits(3, 2),
    mode: bits(3, 7),
    auth: bits(1),
    seq: bits(7),
    implementation: u8Enum(3, IMPLEMENTATIONS),
    request_code: u8Enum(0, PRIVATE_REQUESTS),
    err: bitsEnum(4, 0, PRIVATE_ERRORS),
    nb_items: bits(12),
    mbz: bits(4),
    data_item_size: bits(12).about('Bytes of one item.'),
    data: bytes((me) => (me.nb_items as number) * (me.data_item_size as number)),
  }),
  'Private message of NTP (mode 7), what ntpdc asks and gets. data: nb_items of data_item_size bytes each.',
  "reference implementation's ntp_request.h",
)

behave(NTPControl, {
  summary: (me) =>
    `NTP v${me.version} control ${me.text('op_code')} ${me.err ? 'error' : me.response ? 'response' : 'request'} seq ${me.sequence}`,
  answers: (me, request) =>
    request._layer === me._layer &&
    me.response === 1 &&
    request.response === 0 &&
    me.sequence === request.sequence &&
    me.op_code === request.op_code,
  hash: (me) => String(me.sequence),
  guess: (me) =>
    me._contentStop() - me._headerStop() >= 20 ? (layerByName('NTPAuthenticator') as LayerReference) : undefined,
})

behave(NTPPrivate, {
  summary: (me) => `NTP v${me.version} private ${me.text('request_code')} ${me.response ? 'response' : 'request'}`,
  answers: (me, request) =>
    request._layer === me._layer &&
    me.response === 1 &&
    request.response === 0 &&
    me.request_code === request.request_code,
  hash: (me) => String(me.request_code),
})
