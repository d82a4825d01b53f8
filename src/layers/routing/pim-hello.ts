/**
 * The hello of PIM: options as type, length, value. RFC 7761 §4.9.2; state refresh: RFC 3973 §4.7.5. Types: IANA, "PIM-Hello Options".
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------------------------------+-------------------------------+
 *   |             type              |            length             |
 *   +-------------------------------+-------------------------------+
 *   |                             value                             |
 *   +---------------------------------------------------------------+
 */
import {
  type AnyPacket,
  behave,
  bind,
  bits,
  bytes,
  type LayerReference,
  layer,
  layers,
  type Reader,
  u8,
  u16,
  u16Enum,
  u32,
} from '../../packet/index.js'
import { between } from '../network/between.js'
import { PIMv2Hdr } from './pim.js'
import { addressBy, family } from './pim-address.js'

const TYPES: Readonly<Record<number, string>> = {
  1: 'holdtime',
  2: 'lan-prune-delay',
  18: 'old-dr-priority',
  19: 'dr-priority',
  20: 'generation-id',
  21: 'state-refresh',
  22: 'bidirectional',
  24: 'address-list',
  25: 'neighbor-list',
  26: 'join-attribute',
  65001: 'old-address-list',
}
const FOREVER = 0xffff

const header = (type: number) => ({
  type: u16Enum(type, TYPES),
  length: u16().auto((c) => c.headerLength - 4),
})
const SOURCE = 'RFC 7761 §4.9.2'

export const PIMv2GenericHello = layer(
  'PIMv2GenericHello',
  () => ({ ...header(22), value: bytes() }),
  'Option of a hello that has no layer of its own.',
  SOURCE,
)
export const PIMv2HelloHoldtime = layer(
  'PIMv2HelloHoldtime',
  () => ({
    ...header(1),
    holdtime: u16(105).about('Seconds for which the neighbour is to be kept; 65535: for ever; 0: it leaves.'),
  }),
  'For how long the sender counts as a neighbour.',
  SOURCE,
)
export const PIMv2HelloLANPruneDelay = layer(
  'PIMv2HelloLANPruneDelay',
  () => ({
    ...header(2),
    t: bits(1).about('1: the sender can do without join suppression.'),
    propagation_delay: bits(15, 500).about('Milliseconds.'),
    override_interval: u16(2500).about('Milliseconds.'),
  }),
  'How long to wait before a prune takes effect.',
  SOURCE,
)
export const PIMv2HelloDRPriority = layer(
  'PIMv2HelloDRPriority',
  () => ({ ...header(19), dr_priority: u32(1) }),
  'Who becomes the designated router: the highest.',
  SOURCE,
)
export const PIMv2HelloGenerationID = layer(
  'PIMv2HelloGenerationID',
  () => ({ ...header(20), generation_id: u32().hex().about('Changes when the sender starts anew.') }),
  'Tells when a neighbour has started anew.',
  SOURCE,
)
export const PIMv2HelloStateRefresh = layer(
  'PIMv2HelloStateRefresh',
  () => ({ ...header(21), version: u8(1), interval: u8().about('Seconds.'), reserved: u16() }),
  'Dense mode: the sender refreshes states.',
  'RFC 3973 §4.7.5.4',
)
export const PIMv2EncodedUnicast = layer(
  'PIMv2EncodedUnicast',
  () => ({ addr_family: family('addr'), encoding_type: u8(), addr: addressBy('addr_family') }),
  "A router's address with its family.",
  'RFC 7761 §4.9.1',
)
export const PIMv2HelloAddrList = layer(
  'PIMv2HelloAddrList',
  () => ({ ...header(24), addresses: layers(PIMv2EncodedUnicast) }),
  "The sender's other addresses on this interface.",
  SOURCE,
)

/** The option at these bytes; one of another length than it should have stays bytes. */
function optionAt(reader: Reader): LayerReference {
  if (reader.left < 4) return PIMv2GenericHello
  const { buffer, position } = reader
  const type = (buffer[position]! << 8) | buffer[position + 1]!
  const length = (buffer[position + 2]! << 8) | buffer[position + 3]!
  if (type === 1 && length === 2) return PIMv2HelloHoldtime
  if (type === 2 && length === 4) return PIMv2HelloLANPruneDelay
  if (type === 19 && length === 4) return PIMv2HelloDRPriority
  if (type === 20 && length === 4) return PIMv2HelloGenerationID
  if (type === 21 && length === 4) return PIMv2HelloStateRefresh
  return (type === 24 || type === 65001) && isAddressList(reader, length) ? PIMv2HelloAddrList : PIMv2GenericHello
}

/** Whether the value is whole addresses of known families. */
function isAddressList({ buffer, position, end }: Reader, length: number): boolean {
  let at = position + 4
  const stop = at + length
  if (stop > end) return false
  while (stop - at >= 2 && (buffer[at] === 1 || buffer[at] === 2)) at += buffer[at] === 1 ? 6 : 18
  return at === stop
}

export const PIMv2Hello = layer(
  'PIMv2Hello',
  () => ({ option: layers(optionAt) }),
  'Says that a router is here, and how it works.',
  SOURCE,
)

const OPTIONS = [
  PIMv2GenericHello,
  PIMv2HelloHoldtime,
  PIMv2HelloLANPruneDelay,
  PIMv2HelloDRPriority,
  PIMv2HelloGenerationID,
  PIMv2HelloStateRefresh,
  PIMv2HelloAddrList,
]
for (const each of OPTIONS) {
  behave(each, {
    headerLength: (me) => 4 + (me.length as number),
    headerLengthField: 'length',
    summary: (me) => me.text('type'),
  })
}

function optionText(option: AnyPacket): string {
  if (option.layerName === 'PIMv2HelloHoldtime')
    return `holdtime ${option.holdtime === FOREVER ? 'for ever' : `${option.holdtime} s`}`
  if (option.layerName === 'PIMv2HelloDRPriority') return `dr-priority ${option.dr_priority}`
  return option.text('type')
}

behave(PIMv2Hello, {
  summary: (me) => `PIMv2Hello${between(me)} ${((me.option ?? []) as AnyPacket[]).map(optionText).join(', ')}`,
})
behave(PIMv2EncodedUnicast, { summary: (me) => `PIMv2EncodedUnicast ${me.addr}` })

bind(PIMv2Hdr, PIMv2Hello, { type: 0 })
