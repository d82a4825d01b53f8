/** Conversations over UDP, ICMP, ICMPv6 and ARP. */

import {
  concat,
  ETHERTYPE,
  ethernet,
  type Host,
  icmp,
  internetChecksum,
  ipv4,
  ipv6,
  type Path,
  PROTOCOL,
  reversed,
  transport,
  u16,
  u32,
  udp,
} from './frames.js'
import { EPHEMERAL, type SeededRandom } from './random.js'
import type { Conversation } from './tcp-flows.js'

const text = new TextEncoder()
const RECORD = { a: 1, ns: 2, cname: 5, soa: 6, mx: 15, txt: 16, aaaa: 28, opt: 41 } as const
const SITES = [
  'www.example.com',
  'mail.example.org',
  'cdn.images.example.net',
  'api.v2.service.example',
  'a.root.test',
  'intranet.lan',
]

/** A DNS name without compression (RFC 1035 §3.1). */
function dnsName(name: string): number[] {
  return [...name.split('.').flatMap((label) => [label.length, ...text.encode(label)]), 0]
}

/** A pointer to an earlier name (RFC 1035 §4.1.4). */
const pointer = (offset: number): number[] => u16(0xc000 | offset)

/** The EDNS pseudo record (RFC 6891): root name, largest UDP answer, no options. */
const EDNS = [0, ...u16(RECORD.opt), ...u16(1232), 0, 0, 0, 0, 0, 0]

function record(name: number[], type: number, lifetime: number, data: number[]): number[] {
  return [...name, ...u16(type), 0, 1, ...u32(lifetime), ...u16(data.length), ...data]
}

/** A query and its response; names in the response are compressed. */
export function* nameLookup(random: SeededRandom, path: Path): Conversation {
  const site = random.pick(SITES)
  const type = random.pick([RECORD.a, RECORD.a, RECORD.a, RECORD.aaaa, RECORD.aaaa, RECORD.mx, RECORD.txt])
  const identification = u16(random.below(0x10000))
  const question = [...dnsName(site), ...u16(type), 0, 1]
  const extra = random.chance(0.6) ? EDNS : []
  const additional = extra.length > 0 ? 1 : 0
  const port = random.between(...EPHEMERAL)
  yield udp(path, port, 53, concat(identification, [1, 0, 0, 1, 0, 0, 0, 0, 0, additional], question, extra))
  const answer = random.chance(0.1) ? missing(random, site) : answers(random, type)
  const counts = [0, 1, 0, answer.count, 0, answer.authorities, 0, additional]
  const reply = concat(identification, [0x81, 0x80 | answer.code], counts, question, answer.records, extra)
  yield udp(reversed(path), 53, port, reply)
}

interface Answer {
  code: number
  count: number
  authorities: number
  records: number[]
}

/** NXDOMAIN with the zone's SOA (RFC 2308). */
function missing(random: SeededRandom, site: string): Answer {
  const zone = pointer(12 + site.indexOf('.') + 1)
  const numbers = [random.next() >>> 4, 7200, 900, 1209600, 300].flatMap(u32)
  const data = [2, 0x6e, 0x73, ...zone, 10, ...text.encode('hostmaster'), ...zone, ...numbers]
  return { code: 3, count: 0, authorities: 1, records: record(zone, RECORD.soa, 300, data) }
}

function answers(random: SeededRandom, type: number): Answer {
  const question = pointer(12)
  const lifetime = random.pick([30, 60, 300, 3600, 86400])
  const records: number[] = []
  let owner = question
  let count = 0
  if ((type === RECORD.a || type === RECORD.aaaa) && random.chance(0.4)) {
    const alias = [4, ...text.encode('edge'), ...question]
    records.push(...record(question, RECORD.cname, lifetime, alias))
    owner = alias
    count = 1
  }
  const repeats = type === RECORD.txt ? 1 : random.between(1, 4)
  for (let index = 0; index < repeats; index++) {
    records.push(...record(owner, type, lifetime, recordData(random, type, index)))
    count++
  }
  return { code: 0, count, authorities: 0, records }
}

function recordData(random: SeededRandom, type: number, index: number): number[] {
  if (type === RECORD.a) return [203, 0, 113, random.between(1, 254)]
  if (type === RECORD.aaaa) return [0x20, 1, 0x0d, 0xb8, ...new Array<number>(8).fill(0), ...u32(random.next())]
  if (type === RECORD.mx) return [...u16(10 * (index + 1)), 3, 0x6d, 0x78, 0x30 + index, ...pointer(12)]
  const words = text.encode(`v=spf1 include:_spf${random.below(9)}.example.com ~all`)
  return [words.length, ...words]
}

/** A media stream: RTP datagrams (RFC 3550) of nearly equal size on high ports, marked for expedited forwarding. */
export function* media(random: SeededRandom, path: Path): Conversation {
  const ports = [40_000 + 2 * random.below(500), 40_000 + 2 * random.below(500)] as const
  const sources = [random.bytes(4), random.bytes(4)] as const
  const marked = { ...path, trafficClass: 0xb8 }
  const size = random.pick([160, 214, 480, 1172])
  const length = random.between(10, 60)
  for (let sequence = 0; sequence < length; sequence++) {
    const side = random.below(2)
    const header = [0x80, 96, ...u16(sequence), ...u32(sequence * 160), ...sources[side]!]
    const payload = concat(header, random.bytes(size + random.below(40)))
    yield udp(side === 0 ? marked : reversed(marked), ports[side]!, ports[1 - side]!, payload)
  }
}

/** A log line to a collector. */
export function* logLine(random: SeededRandom, path: Path): Conversation {
  const message = `<${random.between(8, 190)}>Nov 14 22:13:20 host${random.below(50)} app[${random.below(30000)}]: request ${random.next().toString(16)} done`
  yield udp(path, random.between(...EPHEMERAL), 514, text.encode(message))
}

/** Echo requests and replies. */
export function* ping(random: SeededRandom, path: Path): Conversation {
  const identification = u16(random.below(0x10000))
  const data = random.bytes(random.pick([32, 56, 56, 56]))
  const rounds = random.between(1, 6)
  for (let round = 1; round <= rounds; round++) {
    const body = concat(identification, u16(round), data)
    yield path.version === 4 ? icmp(path, 8, 0, body) : icmpv6(path, 128, body)
    yield path.version === 4 ? icmp(reversed(path), 0, 0, body) : icmpv6(reversed(path), 129, body)
  }
}

function icmpv6(path: Path, type: number, body: ArrayLike<number>): Uint8Array {
  return transport(path, PROTOCOL.icmpv6, concat([type, 0, 0, 0], body), 2)
}

/** A datagram to a closed port or over too many hops, and the error that quotes it (RFC 792). */
export function* unreachable(random: SeededRandom, path: Path): Conversation {
  const frame = udp(
    path,
    random.between(...EPHEMERAL),
    random.between(33434, 33523),
    random.letters(random.between(12, 60)),
  )
  yield frame
  const start = path.vlan === 0 ? 14 : 18
  const end = start + ((frame[start + 2]! << 8) | frame[start + 3]!)
  const quoted = random.chance(0.5) ? frame.subarray(start, end) : frame.subarray(start, start + 28)
  const [type, code] = random.pick([
    [3, 3],
    [3, 1],
    [3, 13],
    [11, 0],
  ] as const)
  yield icmp(reversed(path), type, code, concat([0, 0, 0, 0], quoted))
}

const BROADCAST = new Uint8Array(6).fill(255)

/** Who has an address, and its answer (RFC 826). */
export function* addressQuestion(random: SeededRandom, path: Path): Conversation {
  const packet = (operation: number, from: Host, to: Host, target: Uint8Array): Uint8Array =>
    concat([0, 1, 8, 0, 6, 4, 0, operation], from.mac, from.ipv4, target, to.ipv4)
  yield ethernet(path, ETHERTYPE.arp, packet(1, path.from, path.to, new Uint8Array(6)), BROADCAST)
  if (random.chance(0.9)) yield ethernet(reversed(path), ETHERTYPE.arp, packet(2, path.to, path.from, path.from.mac))
}

/** Neighbour solicitation and advertisement, now and then a router's advertisement (RFC 4861). */
export function* neighbourQuestion(random: SeededRandom, path: Path): Conversation {
  const { from, to } = path
  const target = to.ipv6
  const group = concat([0xff, 2], new Uint8Array(9), [1, 0xff], target.subarray(13))
  const groupMac = concat([0x33, 0x33, 0xff], target.subarray(13))
  yield discovery(path, group, groupMac, 135, concat([0, 0, 0, 0], target, [1, 1], from.mac))
  yield discovery(reversed(path), from.ipv6, from.mac, 136, concat([0x60, 0, 0, 0], target, [2, 1], to.mac))
  if (random.chance(0.7)) return
  const everyone = concat([0xff, 2], new Uint8Array(13), [1])
  const prefix = concat([3, 4, 64, 0xc0], u32(86400), u32(14400), u32(0), to.ipv6.subarray(0, 8), new Uint8Array(8))
  const body = concat([64, 0, ...u16(1800)], u32(0), u32(0), [1, 1], to.mac, [5, 1, 0, 0], u32(1500), prefix)
  const router = { ...to, ipv6: concat([0xfe, 0x80], new Uint8Array(6), to.ipv6.subarray(8)) }
  yield discovery({ ...reversed(path), from: router }, everyone, concat([0x33, 0x33, 0, 0, 0, 1]), 134, body)
}

function discovery(path: Path, to: Uint8Array, destinationMac: Uint8Array, type: number, body: Uint8Array): Uint8Array {
  const message = concat([type, 0, 0, 0], body)
  const pseudoHeader = concat(path.from.ipv6, to, u32(message.length), [0, 0, 0, PROTOCOL.icmpv6])
  message.set(u16(internetChecksum(pseudoHeader, message)), 2)
  return ethernet(path, ETHERTYPE.ipv6, ipv6(path, PROTOCOL.icmpv6, message, 255, to), destinationMac)
}

/** An IPv4 packet with the router alert option (RFC 2113), as IGMP and RSVP send: a header longer than 20 bytes. */
export function* routerAlert(random: SeededRandom, path: Path): Conversation {
  const plain = ipv4(path, PROTOCOL.udp, plainDatagram(random, path), true)
  const packet = concat(plain.subarray(0, 20), [0x94, 4, 0, 0], plain.subarray(20))
  packet[0] = 0x46
  packet.set(u16(packet.length), 2)
  packet.set([0, 0], 10)
  packet.set(u16(internetChecksum(packet.subarray(0, 24))), 10)
  yield ethernet(path, ETHERTYPE.ipv4, packet)
}

function plainDatagram(random: SeededRandom, path: Path): Uint8Array {
  const payload = random.bytes(32)
  const datagram = concat(u16(33_000), u16(33_001), u16(8 + payload.length), [0, 0], payload)
  const pseudoHeader = concat(path.from.ipv4, path.to.ipv4, [0, PROTOCOL.udp], u16(datagram.length))
  datagram.set(u16(internetChecksum(pseudoHeader, datagram) || 0xffff), 6)
  return datagram
}
