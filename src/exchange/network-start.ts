/** Where the network layer of a captured frame is, seen from its bytes: for those who look at every frame. */
import { LINKTYPE_ETHERNET } from '../link/index.js'

export const ETHER_TYPE_IPV4 = 0x0800
export const ETHER_TYPE_IPV6 = 0x86dd
const ETHER_TYPE_VLAN = 0x8100
const ETHER_TYPE_QINQ = 0x88a8
/** Link headers by LINKTYPE, in bytes: BSD loopback, raw IP, cooked Linux. */
const LINK_HEADERS: Readonly<Record<number, number>> = { 0: 4, 12: 0, 101: 0, 108: 4, 113: 16, 228: 0, 229: 0, 276: 20 }
/** IPv6's fragment header as a next header. */
const FRAGMENT = 44

/** Where IPv4 or IPv6 begins in the frame `bytes[start, end)`; -1 when it has neither right behind its link header and VLAN tags. */
export function networkStart(linkType: number, bytes: Uint8Array, start: number, end: number): number {
  if (linkType !== LINKTYPE_ETHERNET) {
    const length = LINK_HEADERS[linkType]
    if (length === undefined || start + length >= end) return -1
    const version = bytes[start + length]! >>> 4
    return version === 4 || version === 6 ? start + length : -1
  }
  let at = start + 12
  for (let tags = 0; tags < 3 && at + 2 <= end; tags++) {
    const type = (bytes[at]! << 8) | bytes[at + 1]!
    if (type === ETHER_TYPE_IPV4 || type === ETHER_TYPE_IPV6) return at + 2
    if (type !== ETHER_TYPE_VLAN && type !== ETHER_TYPE_QINQ) return -1
    at += 4
  }
  return -1
}

/** Whether an IPv4 or IPv6 packet is part of a datagram. RFC 791 §3.1; RFC 8200 §4.5, where the header stands right behind the first. */
export function isFragment(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 20) return false
  if (bytes[start]! >>> 4 === 6) return bytes[start + 6] === FRAGMENT
  return ((bytes[start + 6]! & 0x3f) | bytes[start + 7]!) !== 0
}
