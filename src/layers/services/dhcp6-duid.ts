/**
 * Identifiers of DHCPv6's clients and servers. RFC 8415 §11; UUIDs: RFC 6355 §4.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------------------------------+-------------------------------+
 *   |             type              |  hwtype, enterprise number …  |
 *   +-------------------------------+-------------------------------+
 */
import { bytes, type LayerReference, layer, type Reader, u16, u16Enum, u32 } from '../../packet/index.js'
import { HARDWARE_TYPES } from '../link/sll.js'
import { linkAddress } from './dhcp6-parts.js'

const TYPES: Readonly<Record<number, string>> = { 1: 'LLT', 2: 'EN', 3: 'LL', 4: 'UUID' }

export const DUID_LLT = layer(
  'DUID_LLT',
  () => ({
    type: u16Enum(1, TYPES),
    hwtype: u16Enum(1, HARDWARE_TYPES),
    timeval: u32().about('When it was made: seconds since the start of 2000, UTC.'),
    lladdr: linkAddress(),
  }),
  'Identifier from a link address and a time.',
  'RFC 8415 §11.2',
)
export const DUID_EN = layer(
  'DUID_EN',
  () => ({ type: u16Enum(2, TYPES), enterprisenum: u32(311), id: bytes() }),
  "Identifier of a vendor's own.",
  'RFC 8415 §11.3',
)
export const DUID_LL = layer(
  'DUID_LL',
  () => ({ type: u16Enum(3, TYPES), hwtype: u16Enum(1, HARDWARE_TYPES), lladdr: linkAddress() }),
  'Identifier from a link address.',
  'RFC 8415 §11.4',
)
export const DUID_UUID = layer(
  'DUID_UUID',
  () => ({ type: u16Enum(4, TYPES), uuid: bytes() }),
  'Identifier that is a UUID of 16 bytes.',
  'RFC 6355 §4',
)
export const DUID_Unknown = layer(
  'DUID_Unknown',
  () => ({ type: u16(), data: bytes() }),
  'Identifier of a type that has no layer of its own.',
  'RFC 8415 §11',
)

/** Layer of each type and its least length. */
const DUIDS: Readonly<Record<number, readonly [layer: LayerReference, least: number]>> = {
  1: [DUID_LLT, 8],
  2: [DUID_EN, 6],
  3: [DUID_LL, 4],
  4: [DUID_UUID, 2],
}

/** Which identifier stands at the reader's position. */
export function duidAt({ buffer, position, end }: Reader): LayerReference {
  if (end - position < 2) return DUID_Unknown
  const found = DUIDS[(buffer[position]! << 8) | buffer[position + 1]!]
  return found === undefined || end - position < found[1] ? DUID_Unknown : found[0]
}
