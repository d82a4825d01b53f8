/**
 * The source routing header of RPL: addresses without the octets that they share with the destination. RFC 6554 §3.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |      nh       |      len      |   type (3)    |    segleft    |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   | cmpri | cmpre |  pad  |               reserved                |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                          addresses …                          |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
import {
  type AnyPacket,
  bits,
  type Codec,
  Field,
  formatIpv6,
  ipv6,
  Kind,
  layer,
  list,
  parseIpv6,
  type Reader,
  u8,
  u8Enum,
  type Writer,
} from '../../packet/index.js'
import { IP_PROTOCOLS } from './ip-numbers.js'

const NO_NEXT_HEADER = 59
const RPL = 3
const ADDRESS = 16
const UNIT = 8

/** Addresses whose first `cmpri` octets (of the last one `cmpre`) are left out; they read as zeros. */
function elidedAddresses(): Field<string[], readonly string[]> {
  const whole = list(ipv6()).codec!
  const codec = Object.create(whole) as { -readonly [K in keyof Codec]: Codec[K] }
  codec.isLossy = true
  codec.align = UNIT
  codec.read = (reader: Reader, me: AnyPacket): string[] => {
    const inner = ADDRESS - me.cmpri
    const last = ADDRESS - me.cmpre
    const end = reader.end - me.pad
    const addresses: string[] = []
    while (end - reader.position >= last) {
      const size = end - reader.position >= inner + last ? inner : last
      const address = new Uint8Array(ADDRESS)
      address.set(reader.bytes(size), ADDRESS - size)
      addresses.push(formatIpv6(address))
      if (size === last && end - reader.position < last) break
    }
    reader.position = reader.end
    return addresses
  }
  codec.write = (writer: Writer, value: unknown, me: AnyPacket): void => {
    const addresses = value as string[]
    addresses.forEach((address, i) => {
      const isLast = i === addresses.length - 1
      writer.bytes(parseIpv6(address)!.subarray(isLast ? me.cmpre : me.cmpri))
    })
    while ((writer.length - writer.start) % UNIT !== 0) writer.u8(0)
  }
  return new Field<string[], readonly string[]>(Kind.CODEC, 0, codec)
}

/** Octets that fill the addresses up to a multiple of 8. */
function paddingOf(me: AnyPacket): number {
  const count = (me.raw('addresses') as string[] | undefined)?.length ?? 0
  const size = count === 0 ? 0 : (count - 1) * (ADDRESS - me.cmpri) + ADDRESS - me.cmpre
  return (UNIT - (size % UNIT)) % UNIT
}

export const IPv6ExtHdrRPL = layer(
  'IPv6ExtHdrRPL',
  () => ({
    nh: u8Enum(NO_NEXT_HEADER, IP_PROTOCOLS),
    len: u8().auto((c) => (c.headerLength - 1) >>> 3),
    type: u8(RPL),
    segleft: u8().dynamic((me) => Math.min(255, me.addresses?.length ?? 0)),
    cmpri: bits(4).about('Octets left out of all addresses but the last one.'),
    cmpre: bits(4).about('Octets left out of the last address.'),
    pad: bits(4).auto((c) => paddingOf(c.packet as AnyPacket)),
    reserved: bits(20),
    addresses: elidedAddresses().about(
      'The octets that are left out, which are those of the destination, read as zeros.',
    ),
  }),
  'Addresses to visit in a network of RPL. segleft: how many are still to come, all unless set.',
  'RFC 6554 §3',
)
