/**
 * Linux cooked captures: what libpcap gives on the `any` device, where links have different headers.
 * LINKTYPE_LINUX_SLL (tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html) and LINKTYPE_LINUX_SLL2, which adds the interface.
 *
 *   CookedLinux                                   CookedLinuxV2
 *   +---------------+---------------+             +---------------+---------------+
 *   |    pkttype    |  lladdrtype   |             |     proto     |   reserved    |
 *   +---------------+---------------+             +---------------+---------------+
 *   |   lladdrlen   |               |             |            ifindex            |
 *   +---------------+               +             +---------------+-------+-------+
 *   |          src (8 bytes)        |             |  lladdrtype   |pkttype|lladdrl|
 *   +               +---------------+             +---------------+-------+-------+
 *   |               |     proto     |             |         src (8 bytes)         |
 *   +---------------+---------------+             +---------------+---------------+
 */
import {
  type AnyPacket,
  answers,
  behave,
  bytes,
  formatMac,
  type LayerReference,
  layer,
  toHex,
  u8,
  u8Enum,
  u16,
  u16Enum,
  u32,
} from '../../packet/index.js'
import { Raw } from '../raw.js'
import { ETHER_TYPES } from './ethernet.js'

/** Where the packet went, seen from the capturing host. Linux, if_packet.h. */
const PACKET_TYPES: Readonly<Record<number, string>> = {
  0: 'unicast',
  1: 'broadcast',
  2: 'multicast',
  3: 'otherhost',
  4: 'outgoing',
}

/** Link types of devices. IANA, "ARP Parameters: Hardware Types", and Linux, if_arp.h. */
export const HARDWARE_TYPES: Readonly<Record<number, string>> = {
  1: 'Ethernet',
  6: 'IEEE802',
  7: 'ARCNET',
  15: 'FrameRelay',
  16: 'ATM',
  17: 'HDLC',
  18: 'FibreChannel',
  24: 'IEEE1394',
  27: 'EUI64',
  32: 'InfiniBand',
  280: 'CAN',
  512: 'PPP',
  519: 'RawIP',
  768: 'IPIP',
  769: 'IP6IP6',
  772: 'Loopback',
  776: 'SIT',
  778: 'GRE',
  801: 'IEEE80211',
  803: 'IEEE80211Radiotap',
  823: 'IP6GRE',
  824: 'Netlink',
  65534: 'None',
}

/** Devices whose protocol field is no EtherType: frame relay, Wi-Fi with radiotap, netlink. */
const OTHER_PROTOCOLS: ReadonlySet<number> = new Set([15, 803, 824])

/** Protocol numbers below the EtherTypes. Linux, if_ether.h. */
const PROTOCOLS: Readonly<Record<number, string>> = { ...ETHER_TYPES, 0x0001: 'IEEE8023', 0x0004: 'LLC', 0x000c: 'CAN' }

export const CookedLinux = layer(
  'CookedLinux',
  () => ({
    pkttype: u16Enum(0, PACKET_TYPES),
    lladdrtype: u16Enum(512, HARDWARE_TYPES),
    lladdrlen: u16(),
    src: bytes(8),
    proto: u16Enum(0x0800, PROTOCOLS).hex(),
  }),
  "Linux cooked capture (SLL): what tcpdump -i any writes. src is the sender's link address, lladdrlen bytes of it.",
  'tcpdump.org/linktypes: LINKTYPE_LINUX_SLL',
)

export const CookedLinuxV2 = layer(
  'CookedLinuxV2',
  () => ({
    proto: u16Enum(0x0800, PROTOCOLS).hex(),
    reserved: u16(),
    ifindex: u32(),
    lladdrtype: u16Enum(1, HARDWARE_TYPES),
    pkttype: u8Enum(0, PACKET_TYPES),
    lladdrlen: u8(),
    src: bytes(8),
  }),
  'Linux cooked capture, second version (SLL2): with the index of the interface.',
  'tcpdump.org/linktypes: LINKTYPE_LINUX_SLL2',
)

/** Short names of the two, as tcpdump has them. */
export const SLL = CookedLinux
export const SLL2 = CookedLinuxV2

const guess = (me: AnyPacket): LayerReference | undefined => (OTHER_PROTOCOLS.has(me.lladdrtype) ? Raw : undefined)

function senderOf(me: AnyPacket): string {
  const address = ((me.src ?? []) as Uint8Array).slice(0, Math.min(me.lladdrlen, 8))
  if (address.length !== 6) return toHex(address) || '-'
  return formatMac(address.reduce((total, byte) => total * 256 + byte, 0))
}

const SIZES = [
  [CookedLinux, 16],
  [CookedLinuxV2, 20],
] as const

for (const [each, size] of SIZES) {
  behave(each, {
    headerLength: () => size,
    guess,
    summary: (me) => `${me.layerName} ${me.text('pkttype')} ${senderOf(me)} (${me.text('proto')})`,
    answers: (me, request) => me.proto === request.proto && answers(me.payload, request.payload),
    hash: (me, inner) => `${me.proto} ${inner}`,
  })
}
