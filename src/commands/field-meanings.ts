/** What the fields of the layers that people meet first mean, for help. */
import type { Field } from '../packet/index.js'

type Meanings = Readonly<Record<string, Readonly<Record<string, string>>>>

/** A function, so that the texts cost nothing before they are asked for. */
function meanings(): Meanings {
  const ports = {
    sport: 'Port of the sender; answers come back to it.',
    dport: 'Port of the receiver: which service is meant.',
  }
  return {
    Ether: {
      dst: 'MAC address of the next station: the host itself or a router. Unset: asked for when the frame is sent.',
      src: "MAC address of the sender. Unset: the interface's.",
      type: 'What follows: IPv4, IPv6, ARP, a VLAN tag … Unset: by the next layer.',
    },
    Dot1Q: {
      prio: 'Priority, 0..7; 7 is the highest.',
      dei: '1: may be dropped first where there is too much traffic.',
      vlan: 'Number of the VLAN, 1..4094; 0: only the priority counts.',
      type: 'What follows the tag.',
    },
    ARP: {
      hwtype: 'Kind of link: 1 is Ethernet.',
      ptype: 'Kind of address that is asked for: IPv4.',
      hwlen: 'Bytes of a link address.',
      plen: 'Bytes of an address of the protocol.',
      op: 'who-has asks, is-at answers.',
      hwsrc: "Link address of the sender; in an answer: of who has the address. Unset: the interface's.",
      psrc: 'IP address of the sender.',
      hwdst: 'Link address of the receiver; in a question nobody knows it: zeros.',
      pdst: 'IP address that is asked for.',
    },
    IP: {
      version: '4.',
      ihl: 'Length of the header in words of 4 bytes, options included.',
      tos: 'Type of service: the upper 6 bits are DSCP, the lower 2 ECN.',
      len: 'Length of the whole packet in bytes, header included.',
      id: 'Number that the fragments of one packet share.',
      flags: 'MF: more fragments follow. DF: must not be fragmented. evil: RFC 3514.',
      frag: 'Where this fragment begins, in units of 8 bytes.',
      ttl: 'Hops that it may still take. Each router takes one; at 0 it is thrown away and an ICMP error sent.',
      proto: 'What follows: 1 ICMP, 6 TCP, 17 UDP … Unset: by the next layer.',
      chksum: 'Checksum of the header alone.',
      src: 'Address of the sender. Unset: the one that the route to dst has.',
      dst: 'Address of the receiver. A network or a list stands for many packets.',
      options: 'Options, rarely used; many routers drop packets that have some.',
    },
    IPv6: {
      version: '6.',
      tc: 'Traffic class: the upper 6 bits are DSCP, the lower 2 ECN.',
      fl: 'Flow label: the same for all packets of a flow, or 0.',
      plen: 'Bytes behind this header, extension headers included.',
      nh: 'What follows: 6 TCP, 17 UDP, 58 ICMPv6, or an extension header. Unset: by the next layer.',
      hlim: 'Hops that it may still take, as ttl of IPv4.',
      src: 'Address of the sender. Unset: the one that the route to dst has.',
      dst: 'Address of the receiver.',
    },
    ICMP: {
      type: 'Kind of message: 8 asks for an echo, 0 answers, 3 unreachable, 11 time exceeded.',
      code: 'Which case of the type: of unreachable 0 network, 1 host, 3 port, 4 would have to be fragmented.',
      chksum: 'Checksum of the message.',
      id: 'Tells one series of questions from others.',
      seq: 'Number of the question within its series.',
      nexthopmtu: 'Largest packet that the next link takes, in bytes; of code 4.',
      gw: 'Router that is the better way (redirect).',
      ptr: 'Byte of the quoted packet that was wrong.',
    },
    TCP: {
      ...ports,
      seq: 'Number of the first byte of data; of a SYN the number to begin with.',
      ack: 'Number of the next byte that is expected; counts where flag A is set.',
      dataofs: 'Length of the header in words of 4 bytes, options included.',
      reserved: 'Zero.',
      flags:
        'S: opens a connection. A: ack counts. F: no more data. R: resets. P: push. U: urgptr counts. E, C, N: congestion (ECN).',
      window: 'Bytes that may be sent without an ack; times 2^WScale where that option was agreed on.',
      chksum: 'Checksum of header, data and addresses.',
      urgptr: 'End of urgent data; counts where flag U is set.',
      options: "MSS, WScale, SAckOK, Timestamp …: [['MSS', 1460], 'SAckOK'].",
    },
    UDP: {
      ...ports,
      len: 'Length in bytes, header included.',
      chksum: 'Checksum of header, data and addresses; over IPv4 0 means none.',
    },
    DNS: {
      id: 'Number of the question; the answer repeats it.',
      qr: '0 asks, 1 answers.',
      opcode: 'Kind of question; 0 is the usual one.',
      aa: 'The answer comes from a server that keeps the zone.',
      tc: 'The answer did not fit; ask again over TCP.',
      rd: 'The server shall ask others.',
      ra: 'The server does ask others.',
      ad: 'The server has checked the signatures.',
      cd: 'The server shall not check signatures.',
      rcode: 'How it went: 0 well, 2 the server failed, 3 no such name, 5 refused.',
      qd: 'Questions.',
      an: 'Records that answer.',
      ns: 'Records that name the servers of the zone.',
      ar: 'Further records, among them EDNS.',
    },
    Raw: { load: 'The bytes.' },
    Padding: { load: 'The bytes.' },
  }
}

let known: Meanings | undefined

/** What a field means, or undefined where nothing is said beyond the layer's own summary. */
export function meaningOf({ layerName, name, meaning }: Field): string | undefined {
  if (meaning !== '') return meaning
  known ??= meanings()
  const fields = known[layerName] ?? known[layerName.replace(/error$/, '')]
  return fields !== undefined && Object.hasOwn(fields, name) ? fields[name] : undefined
}

/** All fields that are described, for tests. */
export function meaningsDescribed(): [layer: string, field: string][] {
  known ??= meanings()
  return Object.entries(known).flatMap(([layer, fields]) =>
    Object.keys(fields).map((field) => [layer, field] as [string, string]),
  )
}
