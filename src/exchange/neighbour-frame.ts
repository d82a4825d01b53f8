import { ARP, Ether, ICMPv6ND_NS, ICMPv6NDOptSrcLLAddr, IPv6 } from '../layers/index.js'
import { formatIpv6, formatMac, parseIpv6, stack } from '../packet/index.js'

/** RFC 4861 §7.1.1: what has passed a router is not from the link. */
const HOP_LIMIT = 255

/**
 * The Ethernet frame that asks who has an address: ARP (RFC 826), or neighbour solicitation (RFC 4861 §4.3).
 * @param source address of ours that asks; undefined: we have none yet
 * @param own MAC address that asks
 */
export function neighbourFrame(address: string, source: string | undefined, own: string): Uint8Array {
  const bytes = parseIpv6(address)
  if (bytes === undefined)
    return stack(
      Ether({ dst: 'ff:ff:ff:ff:ff:ff', src: own }),
      ARP({ op: 1, hwsrc: own, psrc: source ?? '0.0.0.0', pdst: address }),
    ).bytes()
  // The solicited-node group ends in the last three bytes of the address. RFC 4291 §2.7.1.
  const group = parseIpv6('ff02::1:ff00:0')!
  group.set(bytes.subarray(13), 13)
  return stack(
    Ether({ dst: formatMac(0x3333ff000000 + ((bytes[13]! << 16) | (bytes[14]! << 8) | bytes[15]!)), src: own }),
    IPv6({ dst: formatIpv6(group), hlim: HOP_LIMIT, src: source ?? '::' }),
    ICMPv6ND_NS({ tgt: address }),
    // Not when the source is unspecified.
    ...(source === undefined ? [] : [ICMPv6NDOptSrcLLAddr({ lladdr: own })]),
  ).bytes()
}
