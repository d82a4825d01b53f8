/** The checksum that TCP, UDP and ICMPv6 share: over a pseudo-header of the addresses below, and the segment. RFC 9293 §3.1, RFC 8200 §8.1. */
import { type BuildContext, finish, type Packet, parseIpv6, sum } from '../../packet/index.js'

/** Places of the addresses in IP's list of fields, the same in IPerror's. */
let ipv4Source = -1
let ipv4Destination = -1

/**
 * Addresses and length of the pseudo-header as a partial sum, of the nearest IP or IPv6 layer outwards.
 * Zero when there is none: the checksum then covers the segment alone.
 */
function pseudoHeader(packet: Packet, length: number, protocol: number): number {
  let finalDestination: unknown
  for (let outer = packet.under; outer !== null; outer = outer.under) {
    const { layerName } = outer
    if (layerName === 'IP' || layerName === 'IPerror') {
      if (ipv4Source < 0) {
        ipv4Source = outer._layer.indexOf('src')
        ipv4Destination = outer._layer.indexOf('dst')
      }
      const source = outer._stored(ipv4Source) as number
      const destination = (finalDestination ?? outer._stored(ipv4Destination)) as number
      return (source >>> 16) + (source & 0xffff) + (destination >>> 16) + (destination & 0xffff) + protocol + length
    }
    if (layerName === 'IPv6' || layerName === 'IPv6error') {
      const source = outer.raw('src') as Uint8Array
      const destination = (finalDestination ?? outer.raw('dst')) as Uint8Array
      return sum(destination, 0, 16, sum(source, 0, 16)) + (length >>> 16) + (length & 0xffff) + protocol
    }
    // With segments left, the checksum is over the address that the packet will have at its end. RFC 8200 §8.1.
    if (layerName === 'IPv6ExtHdrRouting' && finalDestination === undefined && outer.raw('segleft') !== 0) {
      const addresses = outer.raw('addresses') as string[] | undefined
      if (addresses !== undefined && addresses.length > 0) finalDestination = parseIpv6(addresses.at(-1)!)
    }
    if (layerName === 'IPv6ExtHdrSegmentRouting' && finalDestination === undefined && outer.raw('segleft') !== 0) {
      const addresses = outer.raw('addresses') as string[] | undefined
      if (addresses !== undefined && addresses.length > 0) finalDestination = parseIpv6(addresses[0]!)
    }
  }
  return 0
}

/** The transport checksum of the layer being built, its own checksum field counted as zero. */
export function transportChecksum(context: BuildContext, protocol: number): number {
  const { buffer, start, payloadEnd } = context
  return finish(sum(buffer, start, payloadEnd, pseudoHeader(context.packet, payloadEnd - start, protocol)))
}
