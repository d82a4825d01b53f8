/**
 * Optional parameters and capabilities of BGP's OPEN. RFC 4271 §4.2, RFC 5492 §4.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+---------------+---------------+
 *   |  param_type   | param_length  |     code      |    length     |
 *   +---------------+---------------+---------------+---------------+
 *   |                             value                             |
 *   +---------------------------------------------------------------+
 */
import {
  type AnyPacket,
  behave,
  bits,
  bytes,
  flags,
  type LayerReference,
  layer,
  layers,
  type Reader,
  text,
  u8,
  u8Enum,
  u16Enum,
  u32,
} from '../../packet/index.js'
import { ADDRESS_FAMILIES, SUBSEQUENT_FAMILIES } from './bgp-numbers.js'

const CAPABILITIES = 2
/** IANA, "BGP OPEN Optional Parameter Types". */
const PARAMETERS: Readonly<Record<number, string>> = {
  1: 'authentication',
  [CAPABILITIES]: 'capabilities',
  255: 'extended',
}

/** IANA, "Capability Codes". */
const CODES: Readonly<Record<number, string>> = {
  1: 'multiprotocol',
  2: 'route-refresh',
  3: 'outbound-route-filter',
  4: 'multiple-routes',
  5: 'extended-next-hop',
  6: 'extended-message',
  7: 'bgpsec',
  8: 'multiple-labels',
  9: 'role',
  64: 'graceful-restart',
  65: 'four-octet-as',
  67: 'dynamic',
  68: 'multisession',
  69: 'add-path',
  70: 'enhanced-route-refresh',
  71: 'long-lived-graceful-restart',
  72: 'routing-policy-distribution',
  73: 'fqdn',
  75: 'software-version',
  76: 'paths-limit',
  128: 'route-refresh-cisco',
  129: 'outbound-route-filter-cisco',
  130: 'outbound-route-filter-cisco-2',
  131: 'multisession-cisco',
}

const header = (code: number) => ({ code: u8Enum(code, CODES), length: u8().auto((c) => c.headerLength - 2) })
const family = (afi = 1) => ({ afi: u16Enum(afi, ADDRESS_FAMILIES) })
const subsequent = () => ({ safi: u8Enum(1, SUBSEQUENT_FAMILIES) })

export const BGPCapGeneric = layer(
  'BGPCapGeneric',
  () => ({ ...header(2), cap_data: bytes() }),
  'Capability that needs no value, or has no layer of its own.',
  'RFC 5492 §4',
)
export const BGPCapMultiprotocol = layer(
  'BGPCapMultiprotocol',
  () => ({ ...header(1), ...family(), reserved: u8(), ...subsequent() }),
  'Routes of a family can be exchanged.',
  'RFC 4760 §8',
)
export const BGPCapFourBytesASN = layer(
  'BGPCapFourBytesASN',
  () => ({ ...header(65), asn: u32() }),
  'Numbers of systems have 4 bytes; that of the sender.',
  'RFC 6793 §3',
)
export const GracefulRestartEntry = layer(
  'GracefulRestartEntry',
  () => ({
    ...family(),
    ...subsequent(),
    flags: flags(8, ['', '', '', '', '', '', '', 'F']).about('F: forwarding went on.'),
  }),
  'A family whose routes outlive a restart.',
  'RFC 4724 §3',
)
export const BGPCapGracefulRestart = layer(
  'BGPCapGracefulRestart',
  () => ({
    ...header(64),
    restart_flags: flags(4, ['', '', 'N', 'R']).about('R: the sender has restarted; N: notifications do not end it.'),
    restart_time: bits(12, 120).about('Seconds until the session must be back.'),
    entries: layers(GracefulRestartEntry),
  }),
  'Routes are kept while the sender restarts.',
  'RFC 4724 §3',
)
export const BGPAddPathEntry = layer(
  'BGPAddPathEntry',
  () => ({ ...family(), ...subsequent(), send_receive: u8Enum(3, { 1: 'receive', 2: 'send', 3: 'both' }) }),
  'A family of which several paths to one prefix are sent or received.',
  'RFC 7911 §4',
)
export const BGPCapAddPath = layer(
  'BGPCapAddPath',
  () => ({ ...header(69), entries: layers(BGPAddPathEntry) }),
  'Routes have path identifiers.',
  'RFC 7911 §4',
)
export const BGPExtendedNextHopEntry = layer(
  'BGPExtendedNextHopEntry',
  () => ({ ...family(), safi: u16Enum(1, SUBSEQUENT_FAMILIES), nexthop_afi: u16Enum(2, ADDRESS_FAMILIES) }),
  'A family whose routes may have next hops of another.',
  'RFC 8950 §4',
)
export const BGPCapExtendedNextHop = layer(
  'BGPCapExtendedNextHop',
  () => ({ ...header(5), entries: layers(BGPExtendedNextHopEntry) }),
  'Next hops may be of another family than the routes.',
  'RFC 8950 §4',
)
export const BGPLongLivedEntry = layer(
  'BGPLongLivedEntry',
  () => ({
    ...family(),
    ...subsequent(),
    flags: flags(8, ['', '', '', '', '', '', '', 'F']),
    stale_time: bits(24).about('Seconds.'),
  }),
  'A family whose routes are kept for long.',
  'RFC 9494 §3.1',
)
export const BGPCapLongLived = layer(
  'BGPCapLongLived',
  () => ({ ...header(71), entries: layers(BGPLongLivedEntry) }),
  'Stale routes are kept for long.',
  'RFC 9494 §3.1',
)
export const BGPCapRole = layer(
  'BGPCapRole',
  () => ({
    ...header(9),
    role: u8Enum(0, { 0: 'provider', 1: 'route-server', 2: 'route-server-client', 3: 'customer', 4: 'peer' }),
  }),
  "The sender's part in the relation of the two systems.",
  'RFC 9234 §4.1',
)
export const BGPCapFQDN = layer(
  'BGPCapFQDN',
  () => ({
    ...header(73),
    hostname_length: u8().lengthOf('hostname'),
    hostname: text('hostname_length'),
    domain_length: u8().lengthOf('domain'),
    domain: text('domain_length'),
  }),
  "The sender's name.",
  'draft-walton-bgp-hostname-capability',
)

const ALL = [
  BGPCapGeneric,
  BGPCapMultiprotocol,
  BGPCapFourBytesASN,
  BGPCapGracefulRestart,
  BGPCapAddPath,
  BGPCapExtendedNextHop,
  BGPCapLongLived,
  BGPCapRole,
  BGPCapFQDN,
]

/** The capability at these bytes; one of another length than it should have stays bytes. */
function capabilityAt({ buffer, position, end }: Reader): LayerReference {
  if (end - position < 2) return BGPCapGeneric
  const code = buffer[position]!
  const length = buffer[position + 1]!
  if (position + 2 + length > end) return BGPCapGeneric
  if (code === 1 && length === 4) return BGPCapMultiprotocol
  if (code === 5 && length % 6 === 0) return BGPCapExtendedNextHop
  if (code === 9 && length === 1) return BGPCapRole
  if (code === 64 && length % 4 === 2) return BGPCapGracefulRestart
  if (code === 65 && length === 4) return BGPCapFourBytesASN
  if (code === 69 && length % 4 === 0) return BGPCapAddPath
  if (code === 71 && length % 7 === 0) return BGPCapLongLived
  return code === 73 && isTwoNames(buffer, position + 2, position + 2 + length) ? BGPCapFQDN : BGPCapGeneric
}

function isTwoNames(buffer: Uint8Array, start: number, end: number): boolean {
  const second = start + 1 + (start < end ? buffer[start]! : 0)
  return second < end && second + 1 + buffer[second]! === end
}

export const BGPOptParam = layer(
  'BGPOptParam',
  () => ({
    param_type: u8Enum(CAPABILITIES, PARAMETERS),
    param_length: u8().auto((c) => c.headerLength - 2),
    param_value: layers(capabilityAt).when((me) => me.param_type === CAPABILITIES),
    authentication_data: bytes().when((me) => me.param_type !== CAPABILITIES),
  }),
  'Optional parameter: capabilities, one or several.',
  'RFC 4271 §4.2',
)

/** `four-octet-as 65001`: a capability in a few words. */
export function capabilityText(me: AnyPacket): string {
  const name = me.text('code')
  if (me.layerName === 'BGPCapMultiprotocol') return `${name} ${me.text('afi')} ${me.text('safi')}`
  if (me.layerName === 'BGPCapFourBytesASN') return `${name} ${me.asn}`
  return me.layerName === 'BGPCapFQDN' ? `${name} ${me.hostname}` : name
}

for (const each of ALL)
  behave(each, {
    headerLength: (me) => 2 + (me.length as number),
    headerLengthField: 'length',
    summary: capabilityText,
  })
behave(BGPOptParam, {
  headerLength: (me) => 2 + (me.param_length as number),
  headerLengthField: 'param_length',
  summary: (me) => `BGPOptParam ${((me.param_value ?? []) as AnyPacket[]).map(capabilityText).join(', ')}`,
})
