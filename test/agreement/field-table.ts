/** The fields that are compared, layer by layer: tshark's name, our layer, our field. */
import { DNS_ROWS } from './dns-fields.js'
import { ICMPV6_ROWS } from './icmpv6-fields.js'
import { field, number, type OurLayer, type Row, row, same } from './row.js'

/** Values of flag letters, as Scapy has them. */
const TCP_FLAGS: Record<string, number> = { F: 1, S: 2, R: 4, P: 8, A: 16, U: 32, E: 64, C: 128, N: 256 }
const IP_FLAGS: Record<string, number> = { MF: 1, DF: 2, evil: 4 }
const TCP_OPTION_KINDS: Record<string, number> = {
  EOL: 0,
  NOP: 1,
  MSS: 2,
  WScale: 3,
  SAckOK: 4,
  SAck: 5,
  Timestamp: 8,
  AltChkSum: 14,
  AltChkSumOpt: 15,
  MD5: 19,
  Mood: 25,
  UTO: 28,
  AO: 29,
  MPTCP: 30,
  TFO: 34,
}

const sum = (letters: readonly string[], values: Record<string, number>): number =>
  letters.filter(Boolean).reduce((total, letter) => total + (values[letter] ?? Number.NaN), 0)

/** An 802.1ad tag is a Dot1Q layer after the type 0x88a8, if it has no layer of its own. */
const isServiceTag = (name: string, index: number, layers: readonly OurLayer[]) =>
  name === 'Dot1AD' || (name === 'Dot1Q' && layers[index - 1]?.fields.type === 0x88a8)
const isCustomerTag = (name: string, index: number, layers: readonly OurLayer[]) =>
  name === 'Dot1Q' && !isServiceTag(name, index, layers)

type Option = readonly [string | number, unknown]
const tcpOptions = ({ fields }: OurLayer) => (fields.options ?? []) as Option[]
const tcpOption = (layer: OurLayer, name: string) =>
  tcpOptions(layer)
    .filter(([kind]) => kind === name)
    .map(([, value]) => value)
const pairs = (value: unknown) => (value as number[][]).map((pair) => pair)

const FRAME: Row[] = [
  { tshark: 'frame.len', normalise: number, ours: (packet) => [String(packet.originalLength)] },
  { tshark: 'frame.cap_len', normalise: number, ours: (packet) => [String(packet.length)] },
  { tshark: 'frame.time_epoch', normalise: same, ours: (packet) => [packet.time] },
]

const LINK: Row[] = [
  field('eth.dst', /^(Ether|Dot3)$/, 'dst', same),
  field('eth.src', /^(Ether|Dot3)$/, 'src', same),
  // Below 0x600 it is the length of an IEEE 802.3 frame.
  row('eth.type', 'Ether', ({ fields: { type } }) => (Number(type) < 0x600 ? undefined : type)),
  row('eth.len', /^(Ether|Dot3)$/, ({ fields: { type, len } }) => (Number(type) >= 0x600 ? undefined : (len ?? type))),
  field('vlan.priority', isCustomerTag, 'prio'),
  field('vlan.dei', isCustomerTag, 'dei'),
  field('vlan.id', isCustomerTag, 'vlan'),
  field('vlan.etype', isCustomerTag, 'type'),
  field('ieee8021ad.priority', isServiceTag, 'prio'),
  field('ieee8021ad.id', isServiceTag, 'vlan'),
  field('sll.pkttype', /^(SLL2?|CookedLinux(V2)?)$/, 'pkttype'),
  field('sll.hatype', /^(SLL2?|CookedLinux(V2)?)$/, 'lladdrtype'),
  field('sll.halen', /^(SLL2?|CookedLinux(V2)?)$/, 'lladdrlen'),
  field('sll.etype', /^(SLL2?|CookedLinux(V2)?)$/, 'proto'),
  field('null.family', 'Loopback', 'type'),
  field('arp.hw.type', 'ARP', 'hwtype'),
  field('arp.proto.type', 'ARP', 'ptype'),
  field('arp.hw.size', 'ARP', 'hwlen'),
  field('arp.proto.size', 'ARP', 'plen'),
  field('arp.opcode', 'ARP', 'op'),
  field('arp.src.hw_mac', 'ARP', 'hwsrc', same),
  field('arp.src.proto_ipv4', 'ARP', 'psrc', same),
  field('arp.dst.hw_mac', 'ARP', 'hwdst', same),
  field('arp.dst.proto_ipv4', 'ARP', 'pdst', same),
]

const IP: Row[] = [
  // tshark sets this field for IPv6 too.
  field('ip.version', /^IP(v6)?(error6?)?$/, 'version'),
  row('ip.hdr_len', 'IP', ({ fields }) => Number(fields.ihl) * 4),
  field('ip.dsfield', 'IP', 'tos'),
  field('ip.len', 'IP', 'len'),
  field('ip.id', 'IP', 'id'),
  row('ip.flags', 'IP', ({ fields }) => sum(String(fields.flags).split('+'), IP_FLAGS)),
  field('ip.frag_offset', 'IP', 'frag'),
  field('ip.ttl', 'IP', 'ttl'),
  field('ip.proto', 'IP', 'proto'),
  field('ip.checksum', 'IP', 'chksum'),
  field('ip.src', 'IP', 'src', same),
  field('ip.dst', 'IP', 'dst', same),
]

const FRAGMENT = 'IPv6ExtHdrFragment'
const IPV6: Row[] = [
  field('ipv6.version', 'IPv6', 'version'),
  field('ipv6.tclass', 'IPv6', 'tc'),
  field('ipv6.flow', 'IPv6', 'fl'),
  field('ipv6.plen', 'IPv6', 'plen'),
  field('ipv6.nxt', 'IPv6', 'nh'),
  field('ipv6.hlim', 'IPv6', 'hlim'),
  field('ipv6.src', 'IPv6', 'src', same),
  field('ipv6.dst', 'IPv6', 'dst', same),
  field('ipv6.hopopts.nxt', 'IPv6ExtHdrHopByHop', 'nh'),
  field('ipv6.hopopts.len', 'IPv6ExtHdrHopByHop', 'len'),
  field('ipv6.dstopts.nxt', 'IPv6ExtHdrDestOpt', 'nh'),
  field('ipv6.dstopts.len', 'IPv6ExtHdrDestOpt', 'len'),
  field('ipv6.routing.nxt', /^IPv6ExtHdr(Segment)?Routing/, 'nh'),
  field('ipv6.routing.len', /^IPv6ExtHdr(Segment)?Routing/, 'len'),
  field('ipv6.routing.type', /^IPv6ExtHdr(Segment)?Routing/, 'type'),
  field('ipv6.routing.segleft', /^IPv6ExtHdr(Segment)?Routing/, 'segleft'),
  field('ipv6.fraghdr.nxt', FRAGMENT, 'nh'),
  field('ipv6.fraghdr.offset', FRAGMENT, 'offset'),
  field('ipv6.fraghdr.more', FRAGMENT, 'm'),
  field('ipv6.fraghdr.ident', FRAGMENT, 'id'),
]

const TRANSPORT: Row[] = [
  field('icmp.type', 'ICMP', 'type'),
  field('icmp.code', 'ICMP', 'code'),
  field('icmp.checksum', 'ICMP', 'chksum'),
  field('icmp.ident', 'ICMP', 'id'),
  field('icmp.seq', 'ICMP', 'seq'),
  field('icmp.redir_gw', 'ICMP', 'gw', same),
  field('icmp.pointer', 'ICMP', 'ptr'),
  field('icmp.originate_timestamp', 'ICMP', 'ts_ori'),
  field('icmp.receive_timestamp', 'ICMP', 'ts_rx'),
  field('icmp.transmit_timestamp', 'ICMP', 'ts_tx'),
  field('icmp.address_mask', 'ICMP', 'addr_mask', same),
  // Only code 4 has a next-hop MTU; tshark shows the field nowhere else.
  row('icmp.mtu', 'ICMP', ({ fields }) => (fields.type === 3 && fields.code === 4 ? fields.nexthopmtu : undefined)),
  field('tcp.srcport', 'TCP', 'sport'),
  field('tcp.dstport', 'TCP', 'dport'),
  field('tcp.seq', 'TCP', 'seq'),
  field('tcp.ack', 'TCP', 'ack'),
  // Of a quoted header there may be only the first eight bytes.
  row('tcp.hdr_len', 'TCP', ({ fields: { dataofs } }) => (dataofs === undefined ? undefined : Number(dataofs) * 4)),
  row('tcp.flags', 'TCP', ({ fields: { reserved, flags } }) =>
    flags === undefined ? undefined : Number(reserved) * 512 + sum([...String(flags)], TCP_FLAGS),
  ),
  field('tcp.window_size_value', 'TCP', 'window'),
  field('tcp.checksum', 'TCP', 'chksum'),
  field('tcp.urgent_pointer', 'TCP', 'urgptr'),
  row('tcp.option_kind', 'TCP', (layer) => upToEnd(tcpOptions(layer).map(([kind]) => TCP_OPTION_KINDS[kind] ?? kind))),
  row('tcp.options.mss_val', 'TCP', (layer) => tcpOption(layer, 'MSS')),
  row('tcp.options.wscale.shift', 'TCP', (layer) => tcpOption(layer, 'WScale')),
  row('tcp.options.timestamp.tsval', 'TCP', (layer) => pairs(tcpOption(layer, 'Timestamp')).map(([value]) => value)),
  row('tcp.options.timestamp.tsecr', 'TCP', (layer) => pairs(tcpOption(layer, 'Timestamp')).map(([, value]) => value)),
  row('tcp.options.sack_le', 'TCP', (layer) => tcpOption(layer, 'SAck').map((edges) => everySecond(edges, 0))),
  row('tcp.options.sack_re', 'TCP', (layer) => tcpOption(layer, 'SAck').map((edges) => everySecond(edges, 1))),
  field('udp.srcport', 'UDP', 'sport'),
  field('udp.dstport', 'UDP', 'dport'),
  field('udp.length', 'UDP', 'len'),
  field('udp.checksum', 'UDP', 'chksum'),
]

const OPENVPN: Row[] = [
  field('openvpn.opcode', 'OpenVPN', 'opcode'),
  field('openvpn.keyid', 'OpenVPN', 'keyid'),
  field('openvpn.plen', 'OpenVPN', 'length'),
]

/** Edges may be a flat list, as Scapy has them, or a list of pairs. */
function everySecond(edges: unknown, first: number): number[] {
  return (edges as (number | number[])[]).flat().filter((_, index) => index % 2 === first)
}

/** What follows the end of the options is padding, whatever its bytes are. */
function upToEnd<T>(kinds: readonly T[]): T[] {
  const end = kinds.findIndex((kind) => String(kind) === '0')
  return end < 0 ? [...kinds] : kinds.slice(0, end + 1)
}

/** Everything that is compared. */
export const ROWS: readonly Row[] = [
  ...FRAME,
  ...LINK,
  ...IP,
  ...IPV6,
  ...TRANSPORT,
  ...ICMPV6_ROWS,
  ...DNS_ROWS,
  ...OPENVPN,
]

/** Rows whose lists end at the same place only after the padding is cut. */
export const ENDS_AT_ZERO: ReadonlySet<string> = new Set(['tcp.option_kind'])

/** tshark's protocol for our layers, for the comparison of the order of layers. */
export const PROTOCOLS: Record<string, RegExp> = {
  eth: /^(Ether|Dot3)$/,
  vlan: /^Dot1Q$/,
  ieee8021ad: /^Dot1AD$/,
  sll: /^(SLL2?|CookedLinux(V2)?)$/,
  null: /^Loopback$/,
  arp: /^ARP$/,
  ip: /^IP(error)?$/,
  ipv6: /^IPv6(error)?$|^IPerror6$/,
  'ipv6.hopopts': /^IPv6ExtHdrHopByHop$/,
  'ipv6.dstopts': /^IPv6ExtHdrDestOpt$/,
  'ipv6.routing': /^IPv6ExtHdr(Segment)?Routing/,
  'ipv6.fraghdr': /^IPv6ExtHdrFragment$/,
  icmp: /^ICMP(error)?$/,
  tcp: /^TCP(error)?$/,
  udp: /^UDP(error)?$/,
  icmpv6: /^ICMPv6(?!NDOpt|MLDMultAddrRec)/,
  dns: /^DNS$/,
  openvpn: /^OpenVPN$/,
}

export { upToEnd }
