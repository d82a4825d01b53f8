/**
 * The mobility header of IPv6 and its messages. RFC 6275 §6.1; options: §6.2 and later ones.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+---------------+---------------+
 *   |      nh       |      len      |    mhtype     |      res      |
 *   +---------------+---------------+---------------+---------------+
 *   |             cksum             |      message, options …       |
 *   +-------------------------------+-------------------------------+
 */
import {
  type AnyPacket,
  behave,
  bits,
  bytes,
  flags,
  ipv6,
  type LayerReference,
  layer,
  options,
  sameBytes,
  u8,
  u8Enum,
  u16,
  u32,
  u64,
} from '../../packet/index.js'
import { addressesOf } from './icmpv6-message.js'
import { paddedTo8 } from './icmpv6-option-codecs.js'
import { transportChecksum } from './ip-checksum.js'
import { IP_PROTOCOLS } from './ip-numbers.js'
import { bindNextHeader } from './next-header.js'

const PROTOCOL = 135
const NO_NEXT_HEADER = 59

/** IANA, "Mobile IPv6 parameters". */
const TYPES: Readonly<Record<number, string>> = {
  0: 'binding-refresh-request',
  1: 'home-test-init',
  2: 'care-of-test-init',
  3: 'home-test',
  4: 'care-of-test',
  5: 'binding-update',
  6: 'binding-acknowledgement',
  7: 'binding-error',
  8: 'fast-binding-update',
  9: 'fast-binding-acknowledgement',
  10: 'fast-neighbour-advertisement',
  11: 'experimental',
  12: 'home-agent-switch',
  13: 'heartbeat',
  14: 'handover-initiate',
  15: 'handover-acknowledge',
  16: 'binding-revocation',
  17: 'localized-routing-initiation',
  18: 'localized-routing-acknowledgement',
  19: 'update-notification',
  20: 'update-notification-acknowledgement',
  21: 'flow-binding',
  22: 'subscription-query',
  23: 'subscription-response',
}

/** IANA, as above; from 128 on the update was refused. */
const STATUS: Readonly<Record<number, string>> = {
  0: 'accepted',
  1: 'accepted-prefix-discovery-necessary',
  128: 'unspecified',
  129: 'administratively-prohibited',
  130: 'insufficient-resources',
  131: 'home-registration-not-supported',
  132: 'not-home-subnet',
  133: 'not-home-agent',
  134: 'duplicate-address',
  135: 'sequence-number-out-of-window',
  136: 'expired-home-nonce-index',
  137: 'expired-care-of-nonce-index',
  138: 'expired-nonces',
  139: 'registration-type-change-disallowed',
}

const ERRORS: Readonly<Record<number, string>> = { 1: 'unknown-binding', 2: 'unrecognized-type' }

/** IANA, as above; names as Scapy's, where it has them. */
const OPTIONS = () =>
  ({
    0: { name: 'Pad1', bare: true },
    1: { name: 'PadN' },
    2: { name: 'BRAdvice', fields: [u16()] },
    3: { name: 'AltCoA', fields: [ipv6()] },
    4: { name: 'NonceIndices', fields: [u16(), u16()] },
    5: { name: 'BindingAuthData' },
    6: { name: 'MobNetPrefix', fields: [u8(), u8(), ipv6()] },
    7: { name: 'LLAddr' },
    8: { name: 'MNID' },
    9: { name: 'MsgAuth' },
    10: { name: 'ReplayProtection', fields: [u64()] },
    11: { name: 'CGAParamsReq' },
    12: { name: 'CGAParams' },
    13: { name: 'Signature' },
    14: { name: 'HomeKeygenToken' },
    15: { name: 'CareOfTestInit' },
    16: { name: 'CareOfTest' },
    22: { name: 'HomeNetworkPrefix', fields: [u8(), u8(), ipv6()] },
    23: { name: 'HandoffIndicator', fields: [u8(), u8()] },
    24: { name: 'AccessTechnologyType', fields: [u8(), u8()] },
    25: { name: 'MobileNodeLinkLayerID' },
    26: { name: 'LinkLocalAddress', fields: [ipv6()] },
    27: { name: 'Timestamp', fields: [u64()] },
    28: { name: 'RestartCounter', fields: [u32()] },
    29: { name: 'IPv4HomeAddress' },
    33: { name: 'GREKey' },
  }) as const

const header = (type: number) => ({
  nh: u8Enum(NO_NEXT_HEADER, IP_PROTOCOLS),
  // Units of 8 bytes behind the first 8.
  len: u8().auto((c) => (c.headerLength - 1) >>> 3),
  mhtype: u8Enum(type, TYPES),
  res: u8(),
  cksum: u16().checksum((c) => transportChecksum(c, PROTOCOL)),
})
const withOptions = () => ({
  options: options({ kinds: OPTIONS(), lengthCounts: 'value', align: 8, filler: 1 }),
})
const eight = () => bytes(8).default(new Uint8Array(8))
/** Units of 4 seconds. */
const lifetime = () => u16().about('Units of 4 s.')

export const MIP6MH_Generic = layer(
  'MIP6MH_Generic',
  () => ({ ...header(11), msg: paddedTo8(bytes()) }),
  'Mobility message of a type that has no layer of its own.',
  'RFC 6275 §6.1.1',
)
export const MIP6MH_BRR = layer(
  'MIP6MH_BRR',
  () => ({ ...header(0), res2: u16(), ...withOptions() }),
  'Binding refresh request: asks a mobile node to update its binding.',
  'RFC 6275 §6.1.2',
)
export const MIP6MH_HoTI = layer(
  'MIP6MH_HoTI',
  () => ({ ...header(1), reserved: u16(), cookie: eight(), ...withOptions() }),
  'Home test init: asks for a home keygen token.',
  'RFC 6275 §6.1.3',
)
export const MIP6MH_CoTI = layer(
  'MIP6MH_CoTI',
  () => ({ ...header(2), reserved: u16(), cookie: eight(), ...withOptions() }),
  'Care-of test init: asks for a care-of keygen token.',
  'RFC 6275 §6.1.4',
)
export const MIP6MH_HoT = layer(
  'MIP6MH_HoT',
  () => ({ ...header(3), index: u16(), cookie: eight(), token: eight(), ...withOptions() }),
  'Home test: the home keygen token and the index of its nonce.',
  'RFC 6275 §6.1.5',
)
export const MIP6MH_CoT = layer(
  'MIP6MH_CoT',
  () => ({ ...header(4), index: u16(), cookie: eight(), token: eight(), ...withOptions() }),
  'Care-of test: the care-of keygen token and the index of its nonce.',
  'RFC 6275 §6.1.6',
)
export const MIP6MH_BU = layer(
  'MIP6MH_BU',
  () => ({
    ...header(5),
    seq: u16(),
    flags: flags(7, 'PRMKLHA', 'KHA').about(
      'From the highest bit: acknowledge, home registration, link-local, key management, map, mobile router, proxy.',
    ),
    reserved: bits(9),
    mhtime: lifetime(),
    ...withOptions(),
  }),
  'Binding update: says where a mobile node is.',
  'RFC 6275 §6.1.7; flags: RFC 3963, RFC 5213',
)
export const MIP6MH_BA = layer(
  'MIP6MH_BA',
  () => ({
    ...header(6),
    status: u8Enum(0, STATUS),
    flags: flags(3, 'PRK', 'K'),
    res2: bits(5),
    seq: u16(),
    mhtime: lifetime(),
    ...withOptions(),
  }),
  'Binding acknowledgement.',
  'RFC 6275 §6.1.8',
)
export const MIP6MH_BE = layer(
  'MIP6MH_BE',
  () => ({ ...header(7), status: u8Enum(1, ERRORS), reserved: u8(), ha: ipv6(), ...withOptions() }),
  'Binding error: there is no binding for the home address ha, or no such message.',
  'RFC 6275 §6.1.9',
)

/** Layers by type, with the bytes that they have at least. */
const MESSAGES: Readonly<Record<number, readonly [layer: LayerReference, least: number]>> = {
  0: [MIP6MH_BRR, 8],
  1: [MIP6MH_HoTI, 16],
  2: [MIP6MH_CoTI, 16],
  3: [MIP6MH_HoT, 24],
  4: [MIP6MH_CoT, 24],
  5: [MIP6MH_BU, 12],
  6: [MIP6MH_BA, 12],
  7: [MIP6MH_BE, 24],
}

/** A message too short for its type stays bytes. */
function refine(buffer: Uint8Array, start: number, end: number): LayerReference | undefined {
  if (end - start < 8) return undefined
  const known = MESSAGES[buffer[start + 2]!]
  return known === undefined || (buffer[start + 1]! + 1) * 8 < known[1] ? undefined : known[0]
}

const same = (me: AnyPacket, request: AnyPacket, field: string): boolean =>
  sameBytes(me.raw(field) as Uint8Array, request.raw(field) as Uint8Array)

/** Whether this answers that message: tests have its cookie, an acknowledgement its number. */
const ANSWERS: Readonly<Record<string, (me: AnyPacket, request: AnyPacket) => boolean>> = {
  MIP6MH_HoT: (me, request) => request.layerName === 'MIP6MH_HoTI' && same(me, request, 'cookie'),
  MIP6MH_CoT: (me, request) => request.layerName === 'MIP6MH_CoTI' && same(me, request, 'cookie'),
  MIP6MH_BA: (me, request) => request.layerName === 'MIP6MH_BU' && me.seq === request.seq,
  MIP6MH_BE: (_me, request) => request.layerName.startsWith('MIP6MH_'),
  MIP6MH_BU: (_me, request) => request.layerName === 'MIP6MH_BRR',
}

for (const each of [...Object.values(MESSAGES).map(([message]) => message), MIP6MH_Generic]) {
  behave(each, {
    refine,
    headerLength: (me) => (me.len + 1) * 8,
    headerLengthField: 'len',
    summary: (me) => `${me.layerName}${addressesOf(me)} ${me.text('mhtype')}`,
    answers: (me, request) => ANSWERS[me.layerName]?.(me, request) === true,
    hash: () => 'mobility',
  })
  bindNextHeader(PROTOCOL, each)
}
