/**
 * PIM version 2, multicast routing. Header: RFC 7761 §4.9; dense mode: RFC 3973 §4.7. Its messages go to 224.0.0.13 or ff02::d with
 * TTL 1, except those for one router.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------+-------+---------------+-------------------------------+
 *   |version| type  |   reserved    |            chksum             |
 *   +-------+-------+---------------+-------------------------------+
 */
import {
  type AnyPacket,
  type BuildContext,
  behave,
  bits,
  bitsEnum,
  checksum,
  type LayerReference,
  layer,
  u8,
  u16,
} from '../../packet/index.js'
import { between, networkOf } from '../network/between.js'
import { transportChecksum } from '../network/ip-checksum.js'
import { bindTransport } from '../network/next-header.js'
import { Raw } from '../raw.js'

const PROTOCOL = 103
const VERSION = 2
const REGISTER = 1
/** The checksum of a register covers its header alone, not the packet in it. RFC 7761 §4.9. */
const REGISTER_HEADER = 8

/** IANA, "Protocol Independent Multicast (PIM) Parameters". */
const TYPES: Readonly<Record<number, string>> = {
  0: 'hello',
  1: 'register',
  2: 'register-stop',
  3: 'join-prune',
  4: 'bootstrap',
  5: 'assert',
  6: 'graft',
  7: 'graft-ack',
  8: 'candidate-rp',
  9: 'state-refresh',
  10: 'df-election',
  11: 'ecmp-redirect',
  12: 'flooding',
}

/** Over IPv6 a pseudo-header counts, over IPv4 none does. */
function pimChecksum(context: BuildContext): number {
  const { packet, buffer, start, payloadEnd } = context
  const isRegister = packet.raw('type') === REGISTER
  const end = isRegister ? Math.min(payloadEnd, start + REGISTER_HEADER) : payloadEnd
  if (networkOf(packet as AnyPacket)?.layerName !== 'IPv6') return checksum(buffer, start, end)
  return transportChecksum({ packet, buffer, start, payloadEnd: end } as BuildContext, PROTOCOL)
}

export const PIMv2Hdr = layer(
  'PIMv2Hdr',
  () => ({
    version: bits(4, VERSION),
    type: bitsEnum(4, 0, TYPES),
    reserved: u8(),
    chksum: u16().checksum(pimChecksum).about('Of a register: over the first 8 bytes alone.'),
  }),
  'PIM header; PIMv2Hello and the other messages follow it.',
  'RFC 7761 §4.9',
)

function refine(buffer: Uint8Array, start: number, end: number): LayerReference {
  return start < end && buffer[start]! >>> 4 !== VERSION ? Raw : PIMv2Hdr
}

behave(PIMv2Hdr, { refine, summary: (me) => `PIMv2Hdr${between(me)} ${me.text('type')}` })

bindTransport(PROTOCOL, PIMv2Hdr)
