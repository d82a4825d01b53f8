/**
 * The fixed parts of IEEE 802.11 management frames; elements follow them. IEEE 802.11-2020 §9.3.3, §9.4.1. Numbers are
 * little-endian.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------------------------------------------------------+
 *   |                      timestamp (8 bytes)                      |  beacon, probe response
 *   +-------------------------------+-------------------------------+
 *   |        beacon_interval        |              cap              |
 *   +-------------------------------+-------------------------------+
 *   |              cap              |        listen_interval        |  association request; current_AP in reassociation
 *   +-------------------------------+-------------------------------+
 *   |              cap              |            status             |  association response
 *   +-------------------------------+-------------------------------+
 *   |              AID              |
 *   +-------------------------------+-------------------------------+-------------------------------+
 *   |             algo              |            seqnum             |            status             |  authentication
 *   +-------------------------------+-------------------------------+-------------------------------+
 *   |            reason             |  disassociation, deauthentication
 *   +---------------+---------------+
 *   |   category    |    action     |  action
 *   +---------------+---------------+
 */
import {
  type AnyPacket,
  behave,
  bind,
  type LayerReference,
  layer,
  mac,
  u8,
  u8Enum,
  u16le,
  u64le,
} from '../../packet/index.js'
import { flags16le } from '../little-endian-flags.js'
import { Raw } from '../raw.js'
import { Dot11 } from './dot11.js'
import { addressText } from './dot11-addresses.js'
import { elementText } from './dot11-element-text.js'
import { Dot11Elt, isElements } from './dot11-elements.js'
import { ALGORITHMS, CAPABILITIES, CATEGORIES, reasons, statuses } from './dot11-numbers.js'

const SAE = 3

const network = () => ({
  timestamp: u64le().about('Microseconds of the access point.'),
  beacon_interval: u16le(100).about('In units of 1024 microseconds.'),
  cap: flags16le(CAPABILITIES),
})

const association = () => ({
  cap: flags16le(CAPABILITIES),
  status: u16le().names(statuses()),
  AID: u16le().about('Number of the association, with the two high bits set.'),
})

const reason = () => ({ reason: u16le(1).names(reasons()) })

export const Dot11Beacon = layer(
  'Dot11Beacon',
  () => network(),
  'Beacon: an access point announces its network.',
  'IEEE 802.11-2020 §9.3.3.2',
)
export const Dot11ATIM = layer(
  'Dot11ATIM',
  () => ({}),
  'Announces traffic in a network without access point. It has no content.',
  'IEEE 802.11-2020 §9.3.3.3',
)
export const Dot11Disas = layer('Dot11Disas', () => reason(), 'Ends an association.', 'IEEE 802.11-2020 §9.3.3.4')
export const Dot11AssoReq = layer(
  'Dot11AssoReq',
  () => ({ cap: flags16le(CAPABILITIES), listen_interval: u16le(200).about('In beacon intervals.') }),
  'Asks an access point to join its network.',
  'IEEE 802.11-2020 §9.3.3.5',
)
export const Dot11AssoResp = layer(
  'Dot11AssoResp',
  () => association(),
  'Says whether a station may join the network.',
  'IEEE 802.11-2020 §9.3.3.6',
)
export const Dot11ReassoReq = layer(
  'Dot11ReassoReq',
  () => ({
    cap: flags16le(CAPABILITIES),
    listen_interval: u16le(200).about('In beacon intervals.'),
    current_AP: mac().about('Where the station is associated until now.'),
  }),
  'Asks to move from one access point to another.',
  'IEEE 802.11-2020 §9.3.3.7',
)
export const Dot11ReassoResp = layer(
  'Dot11ReassoResp',
  () => association(),
  'Says whether a station may move to this access point.',
  'IEEE 802.11-2020 §9.3.3.8',
)
export const Dot11ProbeReq = layer(
  'Dot11ProbeReq',
  () => ({}),
  'Asks which networks there are. Elements follow, the name first.',
  'IEEE 802.11-2020 §9.3.3.9',
)
export const Dot11ProbeResp = layer(
  'Dot11ProbeResp',
  () => network(),
  'Answers a probe request.',
  'IEEE 802.11-2020 §9.3.3.10',
)
export const Dot11Auth = layer(
  'Dot11Auth',
  () => ({
    algo: u16le().names(ALGORITHMS),
    seqnum: u16le(1).about('1 for the first message, counted on.'),
    status: u16le().names(statuses()),
  }),
  'Authentication. With SAE its group, scalar and element follow as bytes.',
  'IEEE 802.11-2020 §9.3.3.11',
)
export const Dot11Deauth = layer('Dot11Deauth', () => reason(), 'Ends an authentication.', 'IEEE 802.11-2020 §9.3.3.12')
export const Dot11Action = layer(
  'Dot11Action',
  () => ({ category: u8Enum(0, CATEGORIES), action: u8() }),
  'Action frame: what is to be done follows as bytes.',
  'IEEE 802.11-2020 §9.3.3.13',
)

/** Elements where the bytes are a whole chain of them. */
function elements(me: AnyPacket): LayerReference {
  return me._contentStop() - me._headerStop() >= 2 ? Dot11Elt : Raw
}

for (const each of [
  Dot11Beacon,
  Dot11Disas,
  Dot11AssoReq,
  Dot11AssoResp,
  Dot11ReassoReq,
  Dot11ReassoResp,
  Dot11ProbeReq,
  Dot11ProbeResp,
  Dot11Deauth,
])
  behave(each, { guess: elements })

behave(Dot11Auth, {
  guess: (me) => (me.algo !== SAE && isElements(me._buffer!, me._headerStop(), me._contentStop()) ? Dot11Elt : Raw),
  answers: (me, request) =>
    request.layerName === 'Dot11Auth' && me.algo === request.algo && me.seqnum === request.seqnum + 1,
  summary: (me) =>
    `Dot11Auth ${me.text('algo')} ${me.seqnum}${me.status === 0 ? '' : ` ${me.text('status')}`}${between(me)}`,
})

/** Addresses of the frame around. */
const between = (me: AnyPacket): string =>
  me.under !== null && me.under.layerName === 'Dot11' ? addressText(me.under as AnyPacket) : ''

const transmitter = (me: AnyPacket): string => {
  const sender = me.under !== null && me.under.layerName === 'Dot11' ? (me.under as AnyPacket).addr2 : undefined
  return sender === undefined ? '' : ` ${sender}`
}

for (const each of [Dot11Beacon, Dot11ProbeResp])
  behave(each, {
    summary: (me) => `${me.layerName}${elementText(me)}${each === Dot11Beacon ? transmitter(me) : between(me)}`,
  })
for (const each of [Dot11ProbeReq, Dot11AssoReq, Dot11ReassoReq])
  behave(each, { summary: (me) => `${me.layerName}${elementText(me)}${between(me)}` })
for (const each of [Dot11AssoResp, Dot11ReassoResp])
  behave(each, { summary: (me) => `${me.layerName} ${me.text('status')}${between(me)}` })
for (const each of [Dot11Disas, Dot11Deauth])
  behave(each, { summary: (me) => `${me.layerName} ${me.text('reason')}${between(me)}` })
behave(Dot11Action, { summary: (me) => `Dot11Action ${me.text('category')} ${me.action}${between(me)}` })
behave(Dot11ATIM, { summary: (me) => `Dot11ATIM${between(me)}` })

const SUBTYPES: readonly (readonly [number, LayerReference])[] = [
  [0, Dot11AssoReq],
  [1, Dot11AssoResp],
  [2, Dot11ReassoReq],
  [3, Dot11ReassoResp],
  [4, Dot11ProbeReq],
  [5, Dot11ProbeResp],
  [8, Dot11Beacon],
  [9, Dot11ATIM],
  [10, Dot11Disas],
  [11, Dot11Auth],
  [12, Dot11Deauth],
  [13, Dot11Action],
]
for (const [subtype, upper] of SUBTYPES) bind(Dot11, upper, { type: 0, subtype })
/** Actions that want no acknowledgement have a subtype of their own. */
bind(Dot11, Dot11Action, { type: 0, subtype: 14 }, { build: false })
