/**
 * Ethernet II. RFC 894; IEEE 802.3 §3.
 *
 *    6 bytes       6 bytes     2 bytes
 *   +-----------+-----------+---------+--------
 *   |    dst    |    src    |  type   | payload …
 *   +-----------+-----------+---------+--------
 */
import { type AnyPacket, answers, behave, bind, layer, mac, u16Enum } from '../../packet/index.js'
import { Raw } from '../raw.js'

/** EtherTypes. IANA, "IEEE 802 Numbers". */
export const ETHER_TYPES: Readonly<Record<number, string>> = {
  0x0800: 'IPv4',
  0x0806: 'ARP',
  0x0842: 'WoL',
  0x22eb: 'ERSPAN3',
  0x6558: 'TransparentEthernet',
  0x8035: 'RARP',
  0x809b: 'AppleTalk',
  0x8100: 'Dot1Q',
  0x8137: 'IPX',
  0x86dd: 'IPv6',
  0x8808: 'EthernetFlowControl',
  0x8809: 'SlowProtocols',
  0x880b: 'PPP',
  0x8847: 'MPLS',
  0x8848: 'MPLSMulticast',
  0x8863: 'PPPoED',
  0x8864: 'PPPoES',
  0x888e: 'EAPOL',
  0x8892: 'PROFINET',
  0x88a4: 'EtherCAT',
  0x88a8: 'Dot1AD',
  0x88b8: 'GOOSE',
  0x88be: 'ERSPAN',
  0x88cc: 'LLDP',
  0x88e5: 'MACsec',
  0x88e7: 'PBB',
  0x88f5: 'MVRP',
  0x88f7: 'PTP',
  0x8902: 'CFM',
  0x894f: 'NSH',
  0x9100: 'Dot1AD-9100',
  0x9200: 'Dot1AD-9200',
}

/** Smallest EtherType; below it the field is the length of an IEEE 802.3 frame. */
const FIRST_TYPE = 0x0600

export const Ether = layer(
  'Ether',
  () => ({
    dst: mac('ff:ff:ff:ff:ff:ff'),
    src: mac(),
    type: u16Enum(0x9000, ETHER_TYPES).hex(),
  }),
  'Ethernet II frame. When sent, unset addresses come from the interface and the neighbour table.',
  'RFC 894; IEEE 802.3 §3',
)

/** Payload bytes of an 802.3 frame, whose type field is a length; undefined for Ethernet II. */
export function lengthInType(me: AnyPacket): number | undefined {
  const type = me.type as number
  return type < FIRST_TYPE && type > 0 ? type : undefined
}

behave(Ether, {
  payloadLength: lengthInType,
  payloadLengthField: 'type',
  summary: (me) => `Ether ${me.src} > ${me.dst} (${me.text('type')})`,
  answers: (me, request) => me.type === request.type && answers(me.payload, request.payload),
  hash: (me, inner) => `${me.type} ${inner}`,
})

bind(Ether, Raw, { type: 0x9000 }, { build: false })
