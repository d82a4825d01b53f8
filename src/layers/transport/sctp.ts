/**
 * SCTP, the Stream Control Transmission Protocol: the common header. RFC 9260 §3.1; over UDP: RFC 6951. The chunks that follow it
 * are layers of their own (sctp-chunks.ts).
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |             sport             |             dport             |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                              tag                              |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                            chksum                             |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
import { type AnyPacket, answers, behave, bind, layer, u16Enum, u32 } from '../../packet/index.js'
import { bindTransport } from '../network/next-header.js'
import { endpoints } from './endpoints.js'
import { sctpChecksum } from './sctp-checksum.js'
import { SCTPChunkUnknown } from './sctp-chunk.js'
import { UDP } from './udp.js'

const PROTOCOL = 132
/** UDP encapsulation. RFC 6951 §4.1. */
const TUNNEL_PORT = 9899

/** Ports that people know by name. IANA, "Service Name and Transport Protocol Port Number Registry". */
const SCTP_PORTS: Readonly<Record<number, string>> = {
  2904: 'm2ua',
  2905: 'm3ua',
  2944: 'megaco_h248',
  3565: 'm2pa',
  3868: 'diameter',
  5060: 'sip',
  6704: 'frc_hp',
  6705: 'frc_mp',
  6706: 'frc_lp',
  9900: 'iua',
  14001: 'sua',
  36412: 's1_control',
  36422: 'x2_control',
  38412: 'ng_control',
  38422: 'xn_control',
}

export const SCTP = layer(
  'SCTP',
  () => ({
    sport: u16Enum(0, SCTP_PORTS),
    dport: u16Enum(0, SCTP_PORTS),
    tag: u32().hex().about("The receiver's verification tag: its init_tag; 0 in front of an INIT."),
    chksum: u32().checksum((c) => sctpChecksum(c.buffer, c.start, c.payloadEnd)),
  }),
  'Stream Control Transmission Protocol; its chunks follow.',
  'RFC 9260 §3.1; over UDP: RFC 6951',
)

/** Bytes of the header. */
const HEADER = 12

/** What an ICMP error quotes may end behind the tag. RFC 792. */
export const SCTPerror = layer(
  'SCTPerror',
  () => ({
    sport: u16Enum(0, SCTP_PORTS),
    dport: u16Enum(0, SCTP_PORTS),
    tag: u32().hex(),
    chksum: u32()
      .hex()
      .when((me) => me._buffer === null || me._end - me._offset >= HEADER),
  }),
  'SCTP header quoted in an ICMP error, as far as the error has it: at least the ports and tag.',
  'RFC 792',
)

const ports = (me: AnyPacket): string => (me.sport < me.dport ? `${me.sport} ${me.dport}` : `${me.dport} ${me.sport}`)

behave(SCTP, {
  summary: (me) => `SCTP ${endpoints(me)}`,
  answers: (me, request) =>
    me.sport === request.dport && me.dport === request.sport && answers(me.payload, request.payload),
  hash: ports,
})

behave(SCTPerror, {
  headerLength: (me) => Math.min(HEADER, me._end - me._offset),
  summary: (me) => `SCTPerror ${endpoints(me)}`,
  answers: (me, request) =>
    request.layerName === 'SCTP' && me.sport === request.sport && me.dport === request.dport && me.tag === request.tag,
  hash: ports,
})

bindTransport(PROTOCOL, SCTP, SCTPerror)
bind(SCTP, SCTPChunkUnknown)
bind(UDP, SCTP, { sport: TUNNEL_PORT }, { build: false })
bind(UDP, SCTP, { dport: TUNNEL_PORT })
