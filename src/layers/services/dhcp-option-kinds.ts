/** What the options of DHCP hold. IANA, "BOOTP Vendor Extensions and DHCP Options"; RFC 2132; names as Scapy's. */

import type { DhcpStructure } from './dhcp-option-structures.js'

/**
 * How the value of an option is written. `ips`, `numbers16` and `codes` take one and more;
 * `routes` are networks with their routers (RFC 3442); `domains` names with compression among them (RFC 3397); the others have
 * a structure of their own.
 */
export type DhcpOptionForm =
  | 'ip'
  | 'ips'
  | 'u8'
  | 'u16'
  | 'u32'
  | 'numbers16'
  | 'text'
  | 'bytes'
  | 'type'
  | 'codes'
  | 'routes'
  | 'domains'
  | DhcpStructure

/** Kinds of messages. RFC 2132 §9.6; the last ones: RFC 3203, RFC 4388; names as Scapy's. */
export const DHCP_TYPES: Readonly<Record<number, string>> = {
  1: 'discover',
  2: 'offer',
  3: 'request',
  4: 'decline',
  5: 'ack',
  6: 'nak',
  7: 'release',
  8: 'inform',
  9: 'force_renew',
  10: 'lease_query',
  11: 'lease_unassigned',
  12: 'lease_unknown',
  13: 'lease_active',
}

export const PAD = 0
export const END = 255

type Kinds = Readonly<Record<number, readonly [name: string, form: DhcpOptionForm]>>

/** Name and form of each option but `pad` and `end`, which are one byte without a value. */
export const DHCP_OPTIONS: Kinds = {
  1: ['subnet_mask', 'ip'],
  2: ['time_zone', 'u32'],
  3: ['router', 'ips'],
  4: ['time_server', 'ips'],
  5: ['IEN_name_server', 'ips'],
  6: ['name_server', 'ips'],
  7: ['log_server', 'ips'],
  8: ['cookie_server', 'ips'],
  9: ['lpr_server', 'ips'],
  10: ['impress-servers', 'ips'],
  11: ['resource-location-servers', 'ips'],
  12: ['hostname', 'text'],
  13: ['boot-size', 'u16'],
  14: ['dump_path', 'text'],
  15: ['domain', 'text'],
  16: ['swap-server', 'ip'],
  17: ['root_disk_path', 'text'],
  18: ['extensions-path', 'text'],
  19: ['ip-forwarding', 'u8'],
  20: ['non-local-source-routing', 'u8'],
  21: ['policy-filter', 'ips'],
  22: ['max_dgram_reass_size', 'u16'],
  23: ['default_ttl', 'u8'],
  24: ['pmtu_timeout', 'u32'],
  25: ['path-mtu-plateau-table', 'numbers16'],
  26: ['interface-mtu', 'u16'],
  27: ['all-subnets-local', 'u8'],
  28: ['broadcast_address', 'ip'],
  29: ['perform-mask-discovery', 'u8'],
  30: ['mask-supplier', 'u8'],
  31: ['router-discovery', 'u8'],
  32: ['router-solicitation-address', 'ip'],
  33: ['static-routes', 'ips'],
  34: ['trailer-encapsulation', 'u8'],
  35: ['arp_cache_timeout', 'u32'],
  36: ['ieee802-3-encapsulation', 'u8'],
  37: ['tcp_ttl', 'u8'],
  38: ['tcp_keepalive_interval', 'u32'],
  39: ['tcp_keepalive_garbage', 'u8'],
  40: ['NIS_domain', 'text'],
  41: ['NIS_server', 'ips'],
  42: ['NTP_server', 'ips'],
  43: ['vendor_specific', 'vendor'],
  44: ['NetBIOS_server', 'ips'],
  45: ['NetBIOS_dist_server', 'ips'],
  46: ['NetBIOS_node_type', 'u8'],
  47: ['netbios-scope', 'text'],
  48: ['font-servers', 'ips'],
  49: ['x-display-manager', 'ips'],
  50: ['requested_addr', 'ip'],
  51: ['lease_time', 'u32'],
  // 1: the file field holds options too, 2: the sname field, 3: both. RFC 2132 §9.3.
  52: ['dhcp-option-overload', 'u8'],
  53: ['message-type', 'type'],
  54: ['server_id', 'ip'],
  55: ['param_req_list', 'codes'],
  56: ['error_message', 'text'],
  57: ['max_dhcp_size', 'u16'],
  58: ['renewal_time', 'u32'],
  59: ['rebinding_time', 'u32'],
  60: ['vendor_class_id', 'text'],
  61: ['client_id', 'bytes'],
  62: ['nwip-domain-name', 'text'],
  63: ['nwip-options', 'vendor'],
  64: ['NISplus_domain', 'text'],
  65: ['NISplus_server', 'ips'],
  66: ['tftp_server_name', 'text'],
  67: ['boot-file-name', 'text'],
  68: ['mobile-ip-home-agent', 'ips'],
  69: ['SMTP_server', 'ips'],
  70: ['POP3_server', 'ips'],
  71: ['NNTP_server', 'ips'],
  72: ['WWW_server', 'ips'],
  73: ['Finger_server', 'ips'],
  74: ['IRC_server', 'ips'],
  75: ['StreetTalk_server', 'ips'],
  76: ['StreetTalk_Dir_Assistance', 'ips'],
  77: ['user_class', 'classes'],
  78: ['slp_service_agent', 'bytes'],
  79: ['slp_service_scope', 'bytes'],
  80: ['rapid_commit', 'bytes'],
  81: ['client_FQDN', 'fqdn'],
  82: ['relay_agent_information', 'relay'],
  83: ['isns', 'bytes'],
  85: ['nds-server', 'ips'],
  86: ['nds-tree-name', 'text'],
  87: ['nds-context', 'text'],
  88: ['bcms-controller-namesi', 'domains'],
  89: ['bcms-controller-address', 'ips'],
  90: ['authentication', 'bytes'],
  91: ['client-last-transaction-time', 'u32'],
  92: ['associated-ip', 'ips'],
  93: ['pxe_client_architecture', 'numbers16'],
  94: ['pxe_client_network_interface', 'bytes'],
  95: ['ldap', 'text'],
  97: ['pxe_client_machine_identifier', 'bytes'],
  98: ['uap-servers', 'text'],
  99: ['geoconf-civic', 'bytes'],
  100: ['pcode', 'text'],
  101: ['tcode', 'text'],
  108: ['ipv6-only-preferred', 'u32'],
  109: ['dhcp4o6-s46-saddr', 'bytes'],
  112: ['netinfo-server-address', 'ips'],
  113: ['netinfo-server-tag', 'text'],
  114: ['default-url', 'text'],
  116: ['auto-config', 'u8'],
  117: ['name-service-search', 'numbers16'],
  118: ['subnet-selection', 'ip'],
  119: ['domain-search', 'domains'],
  120: ['sip-servers', 'sip'],
  121: ['classless_static_routes', 'routes'],
  122: ['cablelabs-client-configuration', 'vendor'],
  123: ['geoconf', 'bytes'],
  124: ['vendor_class', 'vendor-class'],
  125: ['vendor_specific_information', 'vendor-options'],
  128: ['tftp_server_ip_address', 'ips'],
  136: ['pana-agent', 'ips'],
  137: ['v4-lost', 'domains'],
  138: ['capwap-ac-v4', 'ips'],
  139: ['mos-address', 'vendor'],
  140: ['mos-fqdn', 'vendor'],
  141: ['sip_ua_service_domains', 'domains'],
  142: ['andsf-address', 'ips'],
  143: ['sztp-redirect', 'bytes'],
  144: ['geoloc', 'bytes'],
  145: ['forcerenew_nonce_capable', 'bytes'],
  146: ['rdnss-selection', 'bytes'],
  147: ['dots-ri', 'domains'],
  148: ['dots-address', 'ips'],
  150: ['tftp_server_address', 'ips'],
  151: ['status-code', 'status'],
  152: ['base-time', 'u32'],
  153: ['start-time-of-state', 'u32'],
  154: ['query-start-time', 'u32'],
  155: ['query-end-time', 'u32'],
  156: ['dhcp-state', 'u8'],
  157: ['data-source', 'u8'],
  158: ['pcp-server', 'bytes'],
  159: ['v4-portparams', 'bytes'],
  160: ['v4-captive-portal', 'text'],
  161: ['mud-url', 'text'],
  162: ['dnr', 'bytes'],
  175: ['etherboot', 'vendor'],
  176: ['ip-telephone', 'bytes'],
  177: ['packetcable', 'bytes'],
  208: ['pxelinux_magic', 'bytes'],
  209: ['pxelinux_configuration_file', 'text'],
  210: ['pxelinux_path_prefix', 'text'],
  211: ['pxelinux_reboot_time', 'u32'],
  212: ['option-6rd', 'bytes'],
  213: ['v4-access-domain', 'domains'],
  220: ['subnet-allocation', 'bytes'],
  221: ['virtual-subnet-selection', 'bytes'],
  // Of Microsoft: the same as 121, from before it had a number; where a browser finds its proxy.
  249: ['ms_classless_static_routes', 'routes'],
  252: ['wpad', 'text'],
}

/** Other names of options: what 114 became with RFC 8910. */
const ALIASES: Readonly<Record<string, number>> = { 'captive-portal': 114 }

const numbers = new Map<string, number>([
  ['pad', PAD],
  ['end', END],
  ...Object.entries(DHCP_OPTIONS).map(([number, [name]]): [string, number] => [name.toLowerCase(), Number(number)]),
])

/** Number of an option's name, or undefined. */
export function dhcpOptionNumber(name: string): number | undefined {
  return numbers.get(name.toLowerCase()) ?? ALIASES[name.toLowerCase()]
}

/** Name of an option, or its number where it has none. */
export function dhcpOptionName(number: number): string | number {
  if (number === PAD) return 'pad'
  return number === END ? 'end' : (DHCP_OPTIONS[number]?.[0] ?? number)
}

/** The names of all options, for messages. */
export const dhcpOptionNames = (): string[] =>
  [...numbers.keys()].map((name) => String(dhcpOptionName(numbers.get(name)!)))
