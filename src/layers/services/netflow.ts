/**
 * NetFlow 5: what flowed through a router. Cisco, "NetFlow Export Datagram Format". The versions with templates are in
 * `netflow9.ts`.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------------------------------+-------------------------------+
 *   |            version            |            count_             |  NetflowHeader, NetflowHeaderV5
 *   +-------------------------------+-------------------------------+
 *   |                           sysUptime                           |
 *   +---------------------------------------------------------------+
 *   |                           unixSecs                            |
 *   +---------------------------------------------------------------+
 *   |                        unixNanoSeconds                        |
 *   +---------------------------------------------------------------+
 *   |                         flowSequence                          |
 *   +---------------+---------------+-------------------------------+
 *   |  engineType   |   engineID    |       samplingInterval        |
 *   +---------------+---------------+-------------------------------+
 *   | records of 48 bytes …
 *   +---------------------------------------------------------------+
 */
import {
  type AnyPacket,
  behave,
  bind,
  flags,
  ipv4,
  layer,
  type Packet,
  u8,
  u8Enum,
  u16,
  u32,
} from '../../packet/index.js'
import { IP_PROTOCOLS } from '../network/ip-numbers.js'
import { Raw } from '../raw.js'
import { UDP } from '../transport/udp.js'

/** Ports that exporters and collectors use; 4739 is IANA's of IPFIX. */
const PORTS = [9996, 9995, 4739, 2055]
const RECORD = 48
const HEADER = 24
const HEADER_9 = 20
const HEADER_10 = 16

/** Records behind a header, in a packet that is being made. */
function recordCount(packet: Packet): number {
  let count = 0
  for (let inner = packet.payload; inner !== null; inner = inner.payload)
    if (inner.layerName === 'NetflowRecordV5') count++
  return count
}

export const NetflowHeader = layer(
  'NetflowHeader',
  () => ({ version: u16(9).names({ 5: 'NetFlow 5', 9: 'NetFlow 9', 10: 'IPFIX' }) }),
  'NetFlow or IPFIX: version of a message about flows.',
  'RFC 3954 §5.1; RFC 7011 §3.1',
)

export const NetflowHeaderV5 = layer(
  'NetflowHeaderV5',
  () => ({
    count_: u16().auto((c) => recordCount(c.packet)),
    sysUptime: u32().about('Milliseconds since the router started.'),
    unixSecs: u32(),
    unixNanoSeconds: u32(),
    flowSequence: u32().about('Flows sent before these.'),
    engineType: u8(),
    engineID: u8(),
    samplingInterval: u16().about('How it samples in the high 2 bits; 1 of so many packets in the others.'),
  }),
  'NetFlow 5: header of up to 30 records.',
  'Cisco, NetFlow Export Datagram Format',
)

export const NetflowRecordV5 = layer(
  'NetflowRecordV5',
  () => ({
    src: ipv4('127.0.0.1'),
    dst: ipv4('127.0.0.1'),
    nexthop: ipv4(),
    input: u16().about('Number of the interface.'),
    output: u16().about('Number of the interface.'),
    dpkts: u32(1).about('Packets.'),
    dOctets: u32(60).about('Bytes.'),
    first: u32().about('sysUptime at the first packet.'),
    last_: u32().about('sysUptime at the last packet.'),
    srcport: u16(),
    dstport: u16(),
    pad1: u8(),
    tcpFlags: flags(8, 'FSRPAUEC'),
    prot: u8Enum(6, IP_PROTOCOLS),
    tos: u8(),
    src_as: u16(),
    dst_as: u16(),
    src_mask: u8(),
    dst_mask: u8(),
    pad2: u16(),
  }),
  'NetFlow 5: one flow.',
  'Cisco, NetFlow Export Datagram Format',
)

behave(NetflowHeader, {
  refine: (buffer, start, end) => (isMessage(buffer, start, end) ? undefined : Raw),
  summary: (me) => `NetflowHeader ${me.text('version')}`,
})

/** Whether a whole message of a known version is there: each version has a length that must come out right. */
function isMessage(buffer: Uint8Array, start: number, end: number): boolean {
  const length = end - start
  if (length < 4 || buffer[start] !== 0) return false
  const number = (buffer[start + 2]! << 8) | buffer[start + 3]!
  if (buffer[start + 1] === 5) return number > 0 && length >= HEADER + RECORD * number
  if (buffer[start + 1] === 10) return number >= HEADER_10 && number <= length
  return buffer[start + 1] === 9 && length >= HEADER_9
}

behave(NetflowHeaderV5, {
  payloadLength: (me) => Math.min((me.count_ as number) * RECORD, me._end - me._headerStop()),
  payloadLengthField: 'count_',
  guess: (me) => (me._contentStop() - me._headerStop() >= RECORD ? NetflowRecordV5 : Raw),
  summary: (me) => `NetFlow 5, ${me.count_ ?? recordCount(me)} flows`,
})

behave(NetflowRecordV5, {
  guess: (me) => (me._contentStop() - me._headerStop() >= RECORD ? NetflowRecordV5 : Raw),
  summary: (me) => `${me.layerName} ${flowText(me)}`,
})

const flowText = (me: AnyPacket): string =>
  `${me.text('prot')} ${me.src}:${me.srcport} > ${me.dst}:${me.dstport} ${me.dpkts} packets ${me.dOctets} bytes`

bind(NetflowHeader, NetflowHeaderV5, { version: 5 })
bind(NetflowHeaderV5, NetflowRecordV5)
bind(NetflowRecordV5, NetflowRecordV5)
for (const port of PORTS) {
  bind(UDP, NetflowHeader, { sport: port }, { build: false })
  bind(UDP, NetflowHeader, { dport: port })
}
