/**
 * RIP, routes by distance. Version 1: RFC 1058 §3.1; version 2: RFC 2453 §4; authentication: RFC 2453 §4.1, RFC 4822 §2.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+-------------------------------+
 *   |      cmd      |    version    |             null              |
 *   +---------------+---------------+-------------------------------+
 *   |              AF               |           RouteTag            |  entries, up to 25
 *   +-------------------------------+-------------------------------+
 *   |                             addr                              |
 *   +---------------------------------------------------------------+
 *   |                             mask                              |
 *   +---------------------------------------------------------------+
 *   |                            nextHop                            |
 *   +---------------------------------------------------------------+
 *   |                            metric                             |
 *   +-------------------------------+-------------------------------+
 *   |           AF 0xffff           |           authtype            |  RIPAuth: 16 more bytes
 *   +-------------------------------+-------------------------------+
 */
import {
  type AnyPacket,
  behave,
  bind,
  bytes,
  ipv4,
  type LayerReference,
  layer,
  text,
  u8,
  u8Enum,
  u16,
  u16Enum,
  u32,
} from '../../packet/index.js'
import { between } from '../network/between.js'
import { Raw } from '../raw.js'
import { UDP } from '../transport/udp.js'

const PORT = 520
const ENTRY = 20
const LAST_VERSION = 2

/** RFC 1058 §3.1, RFC 1582 §2, RFC 2091 §6. */
const RIP_COMMANDS: Readonly<Record<number, string>> = {
  1: 'request',
  2: 'response',
  3: 'trace-on',
  4: 'trace-off',
  5: 'reserved',
  9: 'update-request',
  10: 'update-response',
  11: 'update-acknowledge',
}

const AUTHENTICATION = 0xffff
const FAMILIES: Readonly<Record<number, string>> = { 0: 'any', 2: 'IP', [AUTHENTICATION]: 'authentication' }

/** Types of authentication: 1 marks the digest at the end. RFC 4822 §2.1. */
const DIGEST = 1
const SIMPLE = 2
const KEYED = 3
const AUTHENTICATIONS: Readonly<Record<number, string>> = { [DIGEST]: 'digest', [SIMPLE]: 'simple', [KEYED]: 'keyed' }

export const RIP = layer(
  'RIP',
  () => ({ cmd: u8Enum(1, RIP_COMMANDS), version: u8(1), null: u16() }),
  'RIP header; RIPEntry layers follow it, RIPAuth in front of them where it is used.',
  'RFC 2453 §4',
)

export const RIPEntry = layer(
  'RIPEntry',
  () => ({
    AF: u16Enum(2, FAMILIES).about('0 with metric 16 in a request: asks for all routes.'),
    RouteTag: u16(),
    addr: ipv4(),
    mask: ipv4(),
    nextHop: ipv4().about('0.0.0.0: the sender.'),
    metric: u32(1).about('1 to 15; 16: cannot be reached.'),
  }),
  'One route. In version 1 RouteTag, mask and nextHop are zero.',
  'RFC 2453 §4',
)

export const RIPAuth = layer(
  'RIPAuth',
  () => ({
    AF: u16Enum(AUTHENTICATION, FAMILIES),
    authtype: u16Enum(SIMPLE, AUTHENTICATIONS),
    password: text(16).when((me) => me.authtype === SIMPLE),
    digestoffset: u16()
      .when((me) => me.authtype === KEYED)
      .about('Bytes from the start of the RIP header to the digest at the end.'),
    keyid: u8().when((me) => me.authtype === KEYED),
    authdatalen: u8(ENTRY)
      .when((me) => me.authtype === KEYED)
      .about('Length of the digest, with its own header of 4 bytes where the sender counts that.'),
    seqnum: u32().when((me) => me.authtype === KEYED),
    zeropad: bytes(8).when((me) => me.authtype === KEYED),
    authdata: bytes().when((me) => me.authtype !== SIMPLE && me.authtype !== KEYED),
  }),
  'Authentication: a password of up to 16 characters, or the key and number of a digest, or (last) the digest itself.',
  'RFC 2453 §4.1; RFC 4822 §2',
)

/** Entries, one behind the other; too few bytes for one are none. */
function entryAt(me: AnyPacket): LayerReference {
  const start = me._headerStop()
  const buffer = me._buffer!
  if (me._contentEnd - start < 4) return Raw
  if (buffer[start] === 0xff && buffer[start + 1] === 0xff) {
    const type = (buffer[start + 2]! << 8) | buffer[start + 3]!
    return type === DIGEST || me._contentEnd - start >= ENTRY ? RIPAuth : Raw
  }
  return me._contentEnd - start < ENTRY ? Raw : RIPEntry
}

/** RIP fills its datagram with entries of one size, its own header apart. */
function refine(buffer: Uint8Array, start: number, end: number): LayerReference {
  if (end - start < 4) return RIP
  const isKnown = buffer[start]! in RIP_COMMANDS && buffer[start + 1]! <= LAST_VERSION
  return isKnown ? RIP : Raw
}

/** What follows the header, in a few words: the summary of the header tells it all. */
function entriesOf(me: AnyPacket): string[] {
  const texts: string[] = []
  for (let entry = me.payload; entry !== null; entry = entry.payload) {
    const { addr, mask, metric } = entry as AnyPacket
    if (entry.layerName === 'RIPEntry') texts.push(`${addr}${mask === '0.0.0.0' ? '' : `/${mask}`} metric ${metric}`)
    else if (entry.layerName === 'RIPAuth') texts.push(`authentication ${entry.text('authtype')}`)
  }
  return texts
}

behave(RIP, {
  refine,
  guess: entryAt,
  summary: (me) => `RIP${between(me)} version ${me.version} ${me.text('cmd')} ${entriesOf(me).join(', ')}`,
  answers: (me, request) => me.cmd === 2 && request.layerName === 'RIP' && request.cmd === 1,
  hash: () => '',
})
for (const each of [RIPEntry, RIPAuth]) behave(each, { guess: entryAt })

bind(UDP, RIP, { sport: PORT }, { build: false })
bind(UDP, RIP, { dport: PORT }, { build: false })
bind(UDP, RIP, { sport: PORT, dport: PORT })
bind(RIP, RIPAuth, { version: 2 })
bind(RIP, RIPEntry)
bind(RIPEntry, RIPEntry)
bind(RIPAuth, RIPEntry)
bind(RIPEntry, RIPAuth)
