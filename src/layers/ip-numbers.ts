/** Protocol numbers of IP and next headers of IPv6. IANA, "Assigned Internet Protocol Numbers". */
export const IP_PROTOCOLS: Readonly<Record<number, string>> = {
  0: 'hopopt',
  1: 'icmp',
  2: 'igmp',
  4: 'ipencap',
  6: 'tcp',
  8: 'egp',
  17: 'udp',
  33: 'dccp',
  41: 'ipv6',
  43: 'ipv6_route',
  44: 'ipv6_frag',
  47: 'gre',
  50: 'esp',
  51: 'ah',
  58: 'ipv6_icmp',
  59: 'ipv6_nonxt',
  60: 'ipv6_opts',
  88: 'eigrp',
  89: 'ospf',
  94: 'ipip',
  103: 'pim',
  112: 'vrrp',
  115: 'l2tp',
  132: 'sctp',
  135: 'mobility_header',
  136: 'udplite',
}

/** Differentiated services field as its byte, for reading: RFC 2474, RFC 3168. */
export const ECN_NAMES: Readonly<Record<number, string>> = { 0: 'not_ect', 1: 'ect1', 2: 'ect0', 3: 'ce' }
