import { PacketList } from '../capture/index.js'
import type { Layer, Packet } from '../packet/index.js'
import { dissect, PacketError, RandNum } from '../packet/index.js'
import {
  FRAGMENT_HEADER,
  IPV4_HEADER,
  LARGEST_PACKET,
  type NetworkPlace,
  networkPlace,
  repeatedHeaders,
  UNIT,
  wordAt,
  writeLength,
  writeWord,
} from './fragment-parts.js'
import { checkOptions } from './options.js'
import { concretePackets, type Sendable } from './outgoing.js'
import { type DatagramState, Reassembler } from './reassembler.js'
import { packetCount, report } from './report.js'

export interface FragmentOptions {
  /** Most bytes of a fragment, from the IP header on; 28..65535. Default 1500. */
  mtu?: number
  /** Also when the DF flag forbids it; the flag stays set. Default false. */
  force?: boolean
  /** What the fragments of one datagram have in common: 16 bits in IPv4 (default: the packet's), 32 in IPv6 (default: random). */
  id?: number
}

const DO_NOT_FRAGMENT = 0x40
const MORE_FRAGMENTS = 0x20
/** In an option's type: it is in all fragments. RFC 791 §3.1. */
const COPIED = 0x80
const FRAGMENT = 44
const DEFAULT_MTU = 1500

/**
 * Splits packets that are larger than the MTU, IPv4's by RFC 791 §3.2, IPv6's by RFC 8200 §4.5; smaller ones stay as they are.
 * What is around IP (Ether, VLANs) is around each fragment. IP options are repeated where they say so, IPv6's extension headers
 * up to the routing header. A packet that is a fragment itself is split further; of a set, each packet is.
 * @param options `{mtu, force, id}`, or the MTU alone
 * @returns the fragments, in order, ready for `send` or `sendp`
 * @throws PacketError when a packet has no IP layer, must not be fragmented, or the MTU has no room for 8 bytes of data
 */
export function fragment(packet: Sendable, options: FragmentOptions | number = {}): PacketList {
  const { mtu, force, id } = checked(typeof options === 'number' ? { mtu: options } : options)
  const result: Packet[] = []
  for (const each of concretePackets(packet)) {
    const place = networkPlace(each)
    if (place === undefined)
      throw new PacketError(`fragment: ${each.summary()} has no IP or IPv6 layer: fragments are made of these`)
    const end = place.end ?? cutShort(each)
    if (end - place.start <= mtu) {
      result.push(each)
      continue
    }
    const layer = each._layer.callable as Layer
    const parts = place.version === 4 ? splitIpv4(place, end, mtu, force, id) : splitIpv6(place, end, mtu, id)
    for (const part of parts) result.push(dissect(layer, part))
  }
  return new PacketList(result)
}

function checked(options: FragmentOptions): { mtu: number; force: boolean; id: number | undefined } {
  checkOptions('fragment', options, ['mtu', 'force', 'id'])
  const { mtu = DEFAULT_MTU, force = false, id } = options
  if (!Number.isInteger(mtu) || mtu < IPV4_HEADER + UNIT || mtu > LARGEST_PACKET)
    throw new PacketError(
      `fragment: option mtu must be a whole number of bytes from ${IPV4_HEADER + UNIT} to ${LARGEST_PACKET}, not ${String(mtu)}`,
    )
  if (typeof force !== 'boolean')
    throw new PacketError(`fragment: option force must be true or false, not ${String(force)}`)
  if (id !== undefined && !(Number.isInteger(id) && id >= 0 && id <= 0xffffffff))
    throw new PacketError(`fragment: option id must be a whole number of at most 32 bits, not ${String(id)}`)
  return { mtu, force, id }
}

function cutShort(packet: Packet): never {
  throw new PacketError(
    `fragment: ${packet.summary()} has fewer bytes than its own length says: unset IP.len or IPv6.plen to have it computed`,
  )
}

function splitIpv4(
  { bytes, start }: NetworkPlace,
  end: number,
  mtu: number,
  force: boolean,
  id?: number,
): Uint8Array[] {
  const header = (bytes[start]! & 15) * 4
  const flags = bytes[start + 6]!
  if ((flags & DO_NOT_FRAGMENT) !== 0 && !force)
    throw new PacketError(
      `fragment: a packet of ${end - start} bytes has the DF flag (don't fragment) set: unset it, or give {force: true}`,
    )
  if (id !== undefined && id > 0xffff)
    throw new PacketError(`fragment: option id ${id} does not fit IPv4's 16 bits (0..65535)`)
  const field = wordAt(bytes, start + 6)
  const first = (field & 0x1fff) * UNIT
  const data = start + header
  const repeated = copiedOptions(bytes.subarray(start + IPV4_HEADER, data))
  const parts: Uint8Array[] = []
  for (let at = data; at < end; ) {
    const options = at === data ? bytes.subarray(start + IPV4_HEADER, data) : repeated
    const head = IPV4_HEADER + options.length
    const length = Math.min(end - at, roomFor(mtu, head, end - at))
    if (length <= 0) throw noRoom(mtu, `an IPv4 header of ${head}`, head + UNIT)
    const part = new Uint8Array(start + head + length)
    part.set(bytes.subarray(0, start + IPV4_HEADER))
    part.set(options, start + IPV4_HEADER)
    part.set(bytes.subarray(at, at + length), start + head)
    part[start] = 0x40 | (head / 4)
    if (id !== undefined) writeWord(part, start + 4, id)
    const more = at + length < end || (flags & MORE_FRAGMENTS) !== 0
    writeWord(part, start + 6, (field & 0xc000) | (more ? MORE_FRAGMENTS << 8 : 0) | ((first + at - data) / UNIT))
    writeLength(part, 4, start)
    parts.push(part)
    at += length
  }
  return parts
}

/** Most data behind headers of this length: whole units, or all that is left when that fits. */
function roomFor(mtu: number, header: number, left: number): number {
  const room = mtu - header
  return left <= room ? left : room & ~(UNIT - 1)
}

function noRoom(mtu: number, header: string, needed: number): PacketError {
  return new PacketError(`fragment: an mtu of ${mtu} has no room: ${header} bytes and ${UNIT} of data need ${needed}`)
}

/** The options that every fragment has, padded to whole words. RFC 791 §3.1. */
function copiedOptions(options: Uint8Array): Uint8Array {
  const kept: number[] = []
  for (let at = 0; at < options.length; ) {
    const type = options[at]!
    if (type === 0) break
    const length = type === 1 ? 1 : (options[at + 1] ?? 0)
    if (type !== 1 && (length < 2 || at + length > options.length)) break // not readable from here on
    if ((type & COPIED) !== 0) kept.push(...options.subarray(at, at + length))
    at += length
  }
  while (kept.length % 4 !== 0) kept.push(0)
  return Uint8Array.from(kept)
}

function splitIpv6(place: NetworkPlace, end: number, mtu: number, id?: number): Uint8Array[] {
  const { bytes, start } = place
  const repeated = repeatedHeaders(place)
  if (repeated === undefined) throw new PacketError('fragment: the extension headers of the IPv6 packet break off')
  if (wordAt(bytes, start + 4) === 0) throw new PacketError('fragment: a jumbogram can not be fragmented (RFC 2675 §3)')
  const { isFragment, nextHeaderAt } = repeated
  const at = repeated.end
  // A fragment header that is there already is split further; its place and number stay.
  const field = isFragment ? wordAt(bytes, at + 2) : 0
  const data = isFragment ? at + FRAGMENT_HEADER : at
  const head = at + FRAGMENT_HEADER
  const identification = id ?? (isFragment ? undefined : (RandNum(0, 0xffffffff).pick() as number))
  const parts: Uint8Array[] = []
  for (let from = data; from < end; ) {
    const length = Math.min(end - from, roomFor(mtu, head - start, end - from))
    if (length <= 0) throw noRoom(mtu, `headers of ${head - start}`, head - start + UNIT)
    const part = new Uint8Array(head + length)
    part.set(bytes.subarray(0, at))
    part.set(bytes.subarray(from, from + length), head)
    if (isFragment) part.set(bytes.subarray(at, head), at)
    else {
      part[at] = bytes[nextHeaderAt]!
      part[nextHeaderAt] = FRAGMENT
    }
    const more = from + length < end || (field & 1) !== 0
    writeWord(part, at + 2, ((field & ~7) + from - data) | (field & 6) | (more ? 1 : 0))
    if (identification !== undefined) new DataView(part.buffer).setUint32(at + 4, identification)
    writeLength(part, 6, start)
    parts.push(part)
    from += length
  }
  return parts
}

/** So many datagrams, and bytes of them, may be incomplete at once in a list. */
const LIST_LIMITS = { datagrams: 65_536, bytes: 1 << 30 }

/**
 * Puts fragments together: in the list that it gives, a datagram stands where its last missing fragment stood. What is no
 * fragment stays as it is, and fragments whose datagram is not complete stay too. Fragments that arrive more than 30 s after the first
 * (by the packets' times) belong to another datagram. Overlaps: see `Reassembler`; a warning says how many there were.
 */
export function defragment(packets: Iterable<Packet>): PacketList {
  if (typeof (packets as Iterable<Packet> | null)?.[Symbol.iterator] !== 'function')
    throw new PacketError(`defragment: give a list of packets, such as rdpcap('file.pcap') or sniff()`)
  const reassembler = new Reassembler(LIST_LIMITS)
  const result: (Packet | null)[] = []
  const places = new Map<DatagramState, number[]>()
  for (const packet of packets) {
    const { whole, datagram } = reassembler.take(packet)
    if (datagram === null) {
      result.push(whole ?? packet)
      continue
    }
    const used = places.get(datagram) ?? []
    if (whole === null) {
      places.set(datagram, used)
      used.push(result.length)
      result.push(packet)
      continue
    }
    places.delete(datagram)
    for (const index of used) result[index] = null
    result.push(whole)
  }
  const { overlapping } = reassembler.stats()
  if (overlapping > 0)
    report(
      `${packetCount(overlapping).replace('packet', 'fragment')} overlapped others: of IPv4 the bytes that came first count, of IPv6 the datagram is not put together`,
      'warning',
    )
  return new PacketList(result.filter((packet) => packet !== null))
}
