/**
 * What is sent to well-known UDP ports: the shortest question that a service of that port answers. Other ports get an empty
 * datagram. None of them changes anything where it arrives.
 */
import { fromHex } from '../../packet/index.js'

const EMPTY = new Uint8Array(0)

const text = (lines: string): Uint8Array => new TextEncoder().encode(lines.replaceAll('\n', '\r\n'))

/** Asks for the version of the server: a TXT question in class CHAOS, which no server passes on. RFC 1035 §4.1, RFC 4892. */
const DNS = fromHex('0006 0100 0001 0000 0000 0000 0776657273696f6e 0462696e64 00 0010 0003')
/** A client's question of NTP version 4. RFC 5905 §7.3. */
const NTP = fromHex(`e3000afa 00010000 00010000 ${'00'.repeat(28)} c54f234b71b152f3`)
/** GetRequest of sysDescr.0, version 1, community public. RFC 1157 §4. */
const SNMP = fromHex('3026 020100 04067075626c6963 a019 02010a 020100 020100 300e 300c 06082b06010201010100 0500')
/** A request of version 3 that asks for the engine's id, which needs no name. RFC 3414 §4. */
const SNMP3 = fromHex(
  '303a 020103 300f 02024a69 020300ffe3 040104 020103 0410 300e 0400 020100 020100 0400 0400 0400 3012 0400 0400 a00c 020237f0 020100 020100 3000',
)
/** Asks for the node's status: NBSTAT of `*`. RFC 1002 §4.2.17. */
const NETBIOS = fromHex(
  '80f0 0010 0001 0000 0000 0000 20 434b4141414141414141414141414141414141414141414141414141414141 41 00 0021 0001',
)
/** Asks what the host can do. RFC 3261 §11. */
const SIP = text(
  'OPTIONS sip:nm SIP/2.0\nVia: SIP/2.0/UDP nm;branch=z9hG4bKnetshell;rport\nMax-Forwards: 70\nFrom: <sip:nm@nm>;tag=root\nTo: <sip:nm2@nm2>\nCall-ID: 50000\nCSeq: 42 OPTIONS\nContact: <sip:nm@nm>\nAccept: application/sdp\nContent-Length: 0\n\n',
)
/** Read request of a file that is not there. RFC 1350 §5. */
const TFTP = fromHex('0001 6e65747368656c6c2d70726f6265 00 6f63746574 00')
/** NULL call of the port mapper. RFC 5531 §9, RFC 1833. */
const RPC = fromHex(`72fe1d13 00000000 00000002 000186a0 00000002 00000000 ${'00'.repeat(16)}`)
/** Asks for the services of the link by the multicast DNS port. RFC 6763 §9. */
const MDNS = fromHex(
  '0000 0000 0001 0000 0000 0000 095f7365727669636573 075f646e732d7364 045f756470 056c6f63616c 00 000c 0001',
)
/** Search of all devices. UPnP Device Architecture 1.1 §1.3.2. */
const SSDP = text('M-SEARCH * HTTP/1.1\nHost: 239.255.255.250:1900\nMan: "ssdp:discover"\nMX: 1\nST: ssdp:all\n\n')
/** IKEv1 main mode with one proposal. RFC 2408 §3, RFC 2409 §5. */
const IKE = fromHex(
  '5b5e64c03e99b511 0000000000000000 01 10 02 00 00000000 00000054' +
    '00000038 00000001 00000001 0000002c 01010001 00000024 01010000 80010005 80020002 80030001 80040002 800b0001 000c0004 00007080',
)
/** Binding request. RFC 8489 §5. */
const STUN = fromHex('0001 0000 2112a442 6e65747368656c6c2d707262')
/** GET of /.well-known/core. RFC 7252 §3, RFC 6690 §4. */
const COAP = fromHex('4001 6e73 bb 2e77656c6c2d6b6e6f776e 04 636f7265')
/** Presence ping of ASF. DSP0136 §3.2. */
const RMCP = fromHex('0600ff06 000011be 80000000')
/** Statistics request: protocol.txt of memcached, `version`. */
const MEMCACHE = fromHex('6e73 0000 0001 0000 76657273696f6e0d0a')
/** Instances of this server. MC-SQLR §2.2.2. */
const MS_SQL = fromHex('02')
/** Control request of L2TP: SCCRQ. RFC 2661 §6.1. */
const L2TP = fromHex(
  'c802 0046 0000 0000 0000 0000 8008 0000 0000 0001 8008 0000 0002 0100 800a 0000 0003 00000003 800a 0000 0004 00000000 800e 0000 0007 6e65747368656c6c 8008 0000 0009 0001',
)
/** RADIUS Status-Server without a secret. RFC 5997 §4: servers that know the client answer. */
const RADIUS = fromHex('0c6e 0014 00000000000000000000000000000000')
/** XDMCP Query without authentication names. */
const XDMCP = fromHex('0001 0002 0001 00')
/** NAT-PMP: which external address? RFC 6886 §3.2. */
const NAT_PMP = fromHex('0000')
/** Search of BACnet: ReadProperty of the device's object-identifier. ASHRAE 135, annex J. */
const BACNET = fromHex('810a 0011 0104 0005 010c 0c 023fffff 194b')
/** List identity of EtherNet/IP. */
const ETHERNET_IP = fromHex(`6300 0000 00000000 00000000 ${'00'.repeat(8)} 00000000`)
/** Service request of SLP for directory agents. RFC 2608 §8. */
const SLP = fromHex(
  '0201 000036 0000 000000 0001 0002 656e 0000 0015 736572766963653a736572766963652d6167656e74 0007 64656661756c74 0000 0000',
)
/** Server information of the Source engine. */
const STEAM = fromHex('ffffffff54536f7572636520456e67696e6520517565727900')
/** Unconnected ping of RakNet. */
const RAKNET = fromHex('01 0000000000000001 00ffff00fefefefefdfdfdfd12345678 0000000000000002')
/** Search request of LDAP for the root entry, connectionless. RFC 4511 §4.5, RFC 1798. */
const LDAP = fromHex('30 25 020101 63 20 0400 0a0100 0a0100 020100 020100 010100 870b 6f626a656374436c617373 3000')
/** Hard reset of a client, key method 2, without tls-auth: opcode 7, a session id, no acknowledgements, packet id 0. OpenVPN protocol. */
const OPENVPN_RESET = fromHex('38 6bb63669ecaf40b3 00 00000000')
const LINE = fromHex('0d0a')

const PAYLOADS: Readonly<Record<number, Uint8Array>> = {
  7: LINE,
  13: LINE,
  17: LINE,
  19: LINE,
  53: DNS,
  69: TFTP,
  111: RPC,
  123: NTP,
  137: NETBIOS,
  161: SNMP,
  162: SNMP3,
  177: XDMCP,
  389: LDAP,
  427: SLP,
  500: IKE,
  623: RMCP,
  1194: OPENVPN_RESET,
  1434: MS_SQL,
  1645: RADIUS,
  1701: L2TP,
  1812: RADIUS,
  1900: SSDP,
  2049: RPC,
  3478: STUN,
  5060: SIP,
  5351: NAT_PMP,
  5353: MDNS,
  5355: DNS,
  5683: COAP,
  11211: MEMCACHE,
  19132: RAKNET,
  27015: STEAM,
  44818: ETHERNET_IP,
  47808: BACNET,
}

/** The payload for a port. */
export function udpPayload(port: number): Uint8Array {
  return PAYLOADS[port] ?? EMPTY
}
