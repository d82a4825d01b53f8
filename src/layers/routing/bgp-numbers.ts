/** Numbers that BGP's messages share. */

/** IANA, "Address Family Numbers". */
export const ADDRESS_FAMILIES: Readonly<Record<number, string>> = {
  1: 'IPv4',
  2: 'IPv6',
  25: 'L2VPN',
  16388: 'BGP-LS',
  16397: 'BFD',
}
/** IANA, "Subsequent Address Family Identifiers (SAFI) Parameters". */
export const SUBSEQUENT_FAMILIES: Readonly<Record<number, string>> = {
  1: 'unicast',
  2: 'multicast',
  4: 'labelled',
  5: 'multicast-vpn',
  65: 'vpls',
  66: 'mdt',
  70: 'evpn',
  71: 'bgp-ls',
  72: 'bgp-ls-vpn',
  73: 'sr-policy',
  85: 'bier',
  128: 'vpn',
  129: 'vpn-multicast',
  132: 'route-target',
  133: 'flowspec',
  134: 'flowspec-vpn',
}

/** The family of plain routes, 4 or 6; undefined for all that has labels, distinguishers or rules. */
export function plainFamily(afi: unknown, safi: unknown): 4 | 6 | undefined {
  if (safi !== 1 && safi !== 2) return undefined
  return afi === 1 ? 4 : afi === 2 ? 6 : undefined
}
