/**
 * RIPng, routes of IPv6 by distance. RFC 2080 §2.1. It goes to ff02::9 with a hop limit of 255.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+-------------------------------+
 *   |      cmd      |      ver      |             null              |
 *   +---------------+---------------+-------------------------------+
 *   |                   prefix_or_nh (16 bytes)                     |  entries
 *   +-------------------------------+---------------+---------------+
 *   |           routetag            |   prefixlen   |    metric     |
 *   +-------------------------------+---------------+---------------+
 */
import {
  type AnyPacket,
  behave,
  bind,
  ipv6,
  type LayerReference,
  layer,
  layers,
  u8,
  u8Enum,
  u16,
} from '../../packet/index.js'
import { between } from '../network/between.js'
import { Raw } from '../raw.js'
import { UDP } from '../transport/udp.js'

const PORT = 521
const ENTRY = 20
const NEXT_HOP = 0xff
const COMMANDS: Readonly<Record<number, string>> = { 1: 'request', 2: 'response' }

export const RIPngEntry = layer(
  'RIPngEntry',
  () => ({
    prefix_or_nh: ipv6(),
    routetag: u16(),
    prefixlen: u8(),
    metric: u8(1).about('1 to 15; 16: cannot be reached; 255: prefix_or_nh is the next hop of the routes that follow.'),
  }),
  'One route, or the next hop of those behind it.',
  'RFC 2080 §2.1',
)

/** Whole entries only: less than one behind them is no route. */
const entriesLength = (me: AnyPacket): number => {
  const left = me._end - me._offset - 4
  return left - (left % ENTRY)
}

export const RIPng = layer(
  'RIPng',
  () => ({
    cmd: u8Enum(1, COMMANDS),
    ver: u8(1),
    null: u16(),
    entries: layers(RIPngEntry, { length: entriesLength }),
  }),
  'Routes of IPv6: a list, since one message has more of them than a packet has layers.',
  'RFC 2080 §2.1',
)

function entryText(entry: AnyPacket): string {
  if (entry.metric === NEXT_HOP) return `by ${entry.prefix_or_nh}`
  return `${entry.prefix_or_nh}/${entry.prefixlen} metric ${entry.metric}`
}

function refine(buffer: Uint8Array, start: number, end: number): LayerReference {
  if (end - start < 4) return RIPng
  return buffer[start]! in COMMANDS && buffer[start + 1] === 1 ? RIPng : Raw
}

behave(RIPng, {
  refine,
  summary: (me) =>
    `RIPng${between(me)} ${me.text('cmd')} ${((me.entries ?? []) as AnyPacket[]).map(entryText).join(', ')}`,
  answers: (me, request) => me.cmd === 2 && request.layerName === 'RIPng' && request.cmd === 1,
  hash: () => '',
})
behave(RIPngEntry, { summary: (me) => `RIPngEntry ${entryText(me)}` })

bind(UDP, RIPng, { sport: PORT }, { build: false })
bind(UDP, RIPng, { dport: PORT }, { build: false })
bind(UDP, RIPng, { sport: PORT, dport: PORT })
bind(RIPng, RIPngEntry)
bind(RIPngEntry, RIPngEntry)
