/**
 * BGP version 4: header and messages. RFC 4271 §4; route refresh: RFC 2918 §3, RFC 7313 §3.2.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------------------------------------------------------+
 *   |                       marker (16 bytes)                       |
 *   +-------------------------------+---------------+---------------+
 *   |              len              |     type      |
 *   +-------------------------------+---------------+
 *
 * A segment may hold several messages: each follows the one before. One that goes on in the next segment has its bytes as Raw.
 */
import {
  type AnyPacket,
  type BuildContext,
  behave,
  bind,
  bytes,
  ipv4,
  type LayerReference,
  layer,
  layers,
  type Packet,
  u8,
  u8Enum,
  u16,
  u16Enum,
} from '../../packet/index.js'
import { between } from '../network/between.js'
import { Raw } from '../raw.js'
import { TCP } from '../transport/tcp.js'
import { BGPPathAttr } from './bgp-attribute.js'
import { BGPOptParam, capabilityText } from './bgp-capability.js'
import { ERRORS, SUBERRORS } from './bgp-errors.js'
import { ADDRESS_FAMILIES, SUBSEQUENT_FAMILIES } from './bgp-numbers.js'
import { routes } from './bgp-prefix.js'

const PORT = 179
const MARKER = 16
const HEADER = 19
const KEEPALIVE = 4
/** Route refresh, and the old dynamic capabilities. */
const LAST_TYPE = 6

/** IANA, "BGP Message Types". */
const TYPES: Readonly<Record<number, string>> = {
  1: 'OPEN',
  2: 'UPDATE',
  3: 'NOTIFICATION',
  4: 'KEEPALIVE',
  5: 'ROUTE-REFRESH',
  6: 'CAPABILITY',
}

const MESSAGES: ReadonlySet<string> = new Set(['BGPHeader', 'BGPKeepAlive'])
const BODIES: ReadonlySet<string> = new Set(['BGPOpen', 'BGPUpdate', 'BGPNotification', 'BGPRouteRefresh'])

/** Bytes from each message that was built to the end: a message's own length is without those that follow it. */
const sizes = new WeakMap<Packet, number>()

function noteSize({ packet, start, payloadEnd }: BuildContext): void {
  sizes.set(packet, payloadEnd - start)
}

/** Header and body, without the messages behind them. */
function messageLength({ packet, headerLength, payloadLength }: BuildContext): number {
  const body = packet.payload
  const isBody = body !== null && BODIES.has(body.layerName)
  const next = isBody ? body.payload : body !== null && MESSAGES.has(body.layerName) ? body : null
  const behind = next === null ? 0 : (sizes.get(next) ?? next.bytes().length)
  return headerLength + payloadLength - behind
}

const marker = () => bytes(MARKER).default(new Uint8Array(MARKER).fill(0xff)).about('All ones.')

export const BGPHeader = layer(
  'BGPHeader',
  () => ({
    marker: marker(),
    len: u16().auto(messageLength).about('Bytes of this message, header included.'),
    type: u8Enum(KEEPALIVE, TYPES),
  }),
  'Header of a message: BGPOpen, BGPUpdate, BGPNotification or BGPRouteRefresh follows it.',
  'RFC 4271 §4.1',
)
export const BGPKeepAlive = layer(
  'BGPKeepAlive',
  () => ({ marker: marker(), len: u16().auto(() => HEADER), type: u8Enum(KEEPALIVE, TYPES) }),
  'Says that the sender is still there; it is a header alone.',
  'RFC 4271 §4.4',
)

export const BGPOpen = layer(
  'BGPOpen',
  () => ({
    version: u8(4),
    my_as: u16().about("The sender's system; 23456 where its number has 4 bytes: BGPCapFourBytesASN has it then."),
    hold_time: u16(180).about('Seconds of silence after which the session ends; 0: never.'),
    bgp_id: ipv4(),
    opt_param_len: u8().lengthOf('opt_params'),
    opt_params: layers(BGPOptParam, { length: 'opt_param_len' }),
  }),
  'Opens a session: who the sender is and what it can do.',
  'RFC 4271 §4.2',
)
export const BGPUpdate = layer(
  'BGPUpdate',
  () => ({
    withdrawn_routes_len: u16().lengthOf('withdrawn_routes'),
    withdrawn_routes: routes(() => 4, 'withdrawn_routes_len').about("Routes that are gone, such as '10.0.0.0/8'."),
    path_attr_len: u16().lengthOf('path_attr'),
    path_attr: layers(BGPPathAttr, { length: 'path_attr_len' }),
    nlri: routes(() => 4).about("Routes that have these attributes, such as '10.0.0.0/8'."),
  }),
  'Announces routes and takes others back; an empty one ends the initial update.',
  'RFC 4271 §4.3',
)
export const BGPNotification = layer(
  'BGPNotification',
  () => ({ error_code: u8Enum(0, ERRORS), error_subcode: u8().namesBy('error_code', SUBERRORS), data: bytes() }),
  'Says what is wrong and ends the session.',
  'RFC 4271 §4.5',
)
export const BGPRouteRefresh = layer(
  'BGPRouteRefresh',
  () => ({
    afi: u16Enum(1, ADDRESS_FAMILIES),
    subtype: u8Enum(0, { 0: 'request', 1: 'begin', 2: 'end' }),
    safi: u8Enum(1, SUBSEQUENT_FAMILIES),
    orf_data: bytes().about('Filters for outbound routes.'),
  }),
  'Asks for all routes of a family again.',
  'RFC 2918 §3',
)

/** A message starts with 16 bytes of ones, a length that can be, and a known type; what does not is the middle of one. */
function refine(buffer: Uint8Array, start: number, end: number): LayerReference {
  if (end - start < HEADER) return Raw
  for (let at = start; at < start + MARKER; at++) if (buffer[at] !== 0xff) return Raw
  const length = (buffer[start + MARKER]! << 8) | buffer[start + MARKER + 1]!
  const type = buffer[start + MARKER + 2]!
  if (length < HEADER || type < 1 || type > LAST_TYPE) return Raw
  return type === KEEPALIVE && length === HEADER ? BGPKeepAlive : BGPHeader
}

/** The body by its type, when all of it is there. */
function bodyOf(me: AnyPacket): LayerReference | undefined {
  const length = (me.len as number) - HEADER
  if (length === 0) return BGPHeader
  return length > me._contentEnd - me._headerStop() ? Raw : undefined
}

/** Bytes of a body, which only the header says; without one, all that are there. */
function bodyLength(me: AnyPacket): number {
  const outer = me.under
  return outer?.layerName === 'BGPHeader' ? (outer.raw('len') as number) - HEADER : me._end - me._offset
}

for (const each of [BGPHeader, BGPKeepAlive]) behave(each, { refine, finish: noteSize })
behave(BGPHeader, { guess: bodyOf, summary: (me) => `BGPHeader${between(me)} ${me.text('type')}` })
behave(BGPKeepAlive, { guess: () => BGPHeader, summary: (me) => `BGPKeepAlive${between(me)}` })
for (const each of [BGPOpen, BGPUpdate, BGPNotification, BGPRouteRefresh])
  behave(each, { headerLength: bodyLength, headerLengthField: 'len of BGPHeader', guess: () => BGPHeader })

function capabilitiesOf(me: AnyPacket): string {
  const parameters = (me.opt_params ?? []) as AnyPacket[]
  return parameters
    .flatMap((each) => (each.param_value ?? []) as AnyPacket[])
    .map(capabilityText)
    .join(', ')
}

/** ` by 10.0.0.1 path 65001 65002` as far as there are such attributes. */
function wayOf(attributes: readonly AnyPacket[]): string {
  let text = ''
  for (const { attribute } of attributes) {
    const [value] = (attribute ?? []) as AnyPacket[]
    if (value?.layerName === 'BGPPANextHop') text += ` by ${value.next_hop}`
    if (value?.layerName === 'BGPPAASPath' || value?.layerName === 'BGPPAAS4BytesPath')
      text += ` path ${(value.segments as AnyPacket[]).flatMap((each) => each.segment_value as number[]).join(' ')}`
  }
  return text
}

function updateText(me: AnyPacket): string {
  const attributes = (me.path_attr ?? []) as AnyPacket[]
  const inner = attributes.flatMap(({ attribute }) => (attribute ?? []) as AnyPacket[])
  const routesOf = (name: string, field: string): string[] =>
    inner.flatMap((each) => (each.layerName === name ? ((each[field] ?? []) as string[]) : []))
  const gone = [...((me.withdrawn_routes ?? []) as string[]), ...routesOf('BGPPAMPUnreachNLRI', 'withdrawn_routes')]
  const come = [...((me.nlri ?? []) as string[]), ...routesOf('BGPPAMPReachNLRI', 'nlri')]
  const withdrawn = gone.length === 0 ? '' : ` withdraws ${gone.join(' ')}`
  if (come.length > 0) return `BGPUpdate${between(me)} ${come.join(' ')}${wayOf(attributes)}${withdrawn}`
  return `BGPUpdate${between(me)}${withdrawn === '' && attributes.length === 0 ? ' end of routes' : withdrawn}`
}

behave(BGPOpen, {
  summary: (me) =>
    `BGPOpen${between(me)} AS ${me.my_as} ${me.bgp_id}${capabilitiesOf(me) === '' ? '' : ` ${capabilitiesOf(me)}`}`,
  answers: (_me, request) => request.payload?.layerName === 'BGPOpen' || request.layerName === 'BGPOpen',
})
behave(BGPUpdate, { summary: updateText })
behave(BGPNotification, {
  summary: (me) => `BGPNotification${between(me)} ${me.text('error_code')} ${me.text('error_subcode')}`,
})
behave(BGPRouteRefresh, {
  summary: (me) => `BGPRouteRefresh${between(me)} ${me.text('afi')} ${me.text('safi')} ${me.text('subtype')}`,
})

for (const message of [BGPKeepAlive, BGPHeader]) {
  bind(TCP, message, { sport: PORT }, { build: false })
  bind(TCP, message, { dport: PORT })
}
bind(BGPHeader, BGPOpen, { type: 1 })
bind(BGPHeader, BGPUpdate, { type: 2 })
bind(BGPHeader, BGPNotification, { type: 3 })
bind(BGPHeader, BGPRouteRefresh, { type: 5 })
