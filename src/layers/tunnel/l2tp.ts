/**
 * L2TP version 2, PPP in UDP: control messages, made of attributes, and data. RFC 2661 §3.1, §4.1.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-----------------------+-------+-------------------------------+
 *   |T L . . S . O P . . . .|version|        len (if length)        |
 *   +-----------------------+-------+-------------------------------+
 *   |           tunnel_id           |          session_id           |
 *   +-------------------------------+-------------------------------+
 *   |       ns (if sequence)        |       nr (if sequence)        |
 *   +-------------------------------+-------------------------------+
 *   |      offset (if offset)       |  offset_pad …
 *   +-+-+-------+-------------------+-------------------------------+
 *   |M|H| res   |      length       |           vendor_id           |  L2TPAVP
 *   +-+-+-------+-------------------+-------------------------------+
 *   |        attribute_type         |  value …
 *   +-------------------------------+-------------------------------+
 */
import {
  type AnyPacket,
  behave,
  bind,
  bits,
  bytes,
  flags,
  layer,
  layers,
  type Packet,
  u16,
  u16Enum,
} from '../../packet/index.js'
import { PPP } from '../link/ppp.js'
import { formField } from '../link/text-or-bytes.js'
import { Raw } from '../raw.js'
import { UDP } from '../transport/udp.js'
import { ATTRIBUTES, attributeForm, MESSAGES } from './l2tp-avps.js'

const PORT = 1701
const VERSION = 2

/** From the lowest bit up. RFC 2661 §3.1. */
const FLAGS = [
  'res00',
  'res01',
  'res02',
  'res03',
  'priority',
  'offset',
  'res06',
  'sequence',
  'res08',
  'res09',
  'length',
  'control',
]
const OFFSET = 0x020
const SEQUENCE = 0x080
const LENGTH = 0x400
const CONTROL = 0x800
const CONTROL_FLAGS = CONTROL | LENGTH | SEQUENCE

/** IANA, "Private Enterprise Numbers": vendors of attributes. */
const VENDORS: Readonly<Record<number, string>> = {
  0: 'IETF',
  9: 'Cisco',
  43: '3Com',
  193: 'Ericsson',
  311: 'Microsoft',
  2636: 'Juniper',
}

const has =
  (flag: number) =>
  (me: AnyPacket): boolean =>
    ((me.raw('hdr') as number) & flag) !== 0

export const L2TP = layer(
  'L2TP',
  () => ({
    hdr: flags(12, FLAGS).about('Which fields are there, and whether it is a control message.'),
    version: bits(4, VERSION),
    len: u16()
      .auto((c) => c.headerLength + c.payloadLength)
      .when(has(LENGTH)),
    tunnel_id: u16().about("The receiver's number of the tunnel."),
    session_id: u16().about("The receiver's number of the session; 0 in control messages of the tunnel."),
    ns: u16().when(has(SEQUENCE)).about('Number of this message.'),
    nr: u16().when(has(SEQUENCE)).about('Number of the message that is awaited next.'),
    offset: u16().lengthOf('offset_pad').when(has(OFFSET)),
    offset_pad: bytes('offset').when(has(OFFSET)),
  }),
  'PPP in UDP. Control messages have hdr control+length+sequence, and their attributes in L2TPControl.',
  'RFC 2661 §3.1',
)

export const L2TPAVP = layer(
  'L2TPAVP',
  () => ({
    mandatory: bits(1, 1).about('1: who does not know it ends the session or tunnel.'),
    hidden: bits(1).about('1: the value is encrypted.'),
    reserved: bits(4),
    length: bits(10).auto((c) => c.headerLength),
    vendor_id: u16Enum(0, VENDORS),
    attribute_type: u16Enum(0, ATTRIBUTES),
    value: formField((me) => (me.length as number) - 6, attributeForm).about(
      'As its type says: a number, text or bytes.',
    ),
  }),
  'Attribute of a control message of L2TP.',
  'RFC 2661 §4.1',
)

export const L2TPControl = layer(
  'L2TPControl',
  () => ({ avps: layers(L2TPAVP) }),
  "Attributes of a control message; the first is its type: [{ value: 'SCCRQ' }, { attribute_type: 'host-name', value: 'lac' }].",
  'RFC 2661 §3.2',
)

behave(L2TP, {
  // Version 3 (RFC 3931) has another header.
  refine: (buffer, start, end) => (end - start >= 2 && (buffer[start + 1]! & 15) !== VERSION ? Raw : undefined),
  payloadLength: (me) => (has(LENGTH)(me) ? me.len - (me._headerStop() - me._offset) : undefined),
  payloadLengthField: 'len',
  guess: (me) => (has(CONTROL)(me) ? L2TPControl : undefined),
  summary: (me) =>
    `L2TP ${has(CONTROL)(me) ? 'control' : 'data'} tunnel ${me.tunnel_id} session ${me.session_id}${has(SEQUENCE)(me) ? ` ns ${me.ns} nr ${me.nr}` : ''}`,
})

/** The type of a control message, which its first attribute has. */
function messageType(me: AnyPacket): number | undefined {
  const first = ((me.avps ?? []) as (Packet & { attribute_type: number; value: unknown })[])[0]
  return first?.attribute_type === 0 && typeof first.value === 'number' ? first.value : undefined
}

behave(L2TPControl, {
  summary: (me) => {
    const type = messageType(me)
    return `L2TPControl ${type === undefined ? '' : (MESSAGES[type] ?? type)}`.trimEnd()
  },
})

// Data first: what is bound last is written where both fit.
bind(L2TP, PPP)
bind(L2TP, L2TPControl, { hdr: CONTROL_FLAGS })
for (const fields of [{ sport: PORT }, { dport: PORT }]) bind(UDP, L2TP, fields, { build: 'dport' in fields })
