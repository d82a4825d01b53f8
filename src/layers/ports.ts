/** Ports that people know by name. IANA, "Service Name and Transport Protocol Port Number Registry". */
export const TCP_PORTS: Readonly<Record<number, string>> = {
  7: 'echo', 9: 'discard', 13: 'daytime', 20: 'ftp_data', 21: 'ftp', 22: 'ssh', 23: 'telnet', 25: 'smtp', 37: 'time', 43: 'whois', 53: 'domain',
  79: 'finger', 80: 'http', 88: 'kerberos', 110: 'pop3', 111: 'sunrpc', 113: 'auth', 119: 'nntp', 135: 'epmap', 139: 'netbios_ssn', 143: 'imap2',
  179: 'bgp', 194: 'irc', 389: 'ldap', 443: 'https', 445: 'microsoft_ds', 465: 'submissions', 514: 'shell', 515: 'printer', 543: 'klogin',
  554: 'rtsp', 587: 'submission', 631: 'ipp', 636: 'ldaps', 853: 'domain_s', 873: 'rsync', 989: 'ftps_data', 990: 'ftps', 993: 'imaps', 995: 'pop3s',
  1080: 'socks', 1194: 'openvpn', 1433: 'ms_sql_s', 1521: 'oracle', 1723: 'pptp', 1883: 'mqtt', 2049: 'nfs', 2181: 'zookeeper', 3128: 'squid',
  3306: 'mysql', 3389: 'ms_wbt_server', 3690: 'svn', 4369: 'epmd', 5060: 'sip', 5061: 'sips', 5222: 'xmpp_client', 5269: 'xmpp_server',
  5432: 'postgresql', 5672: 'amqp', 5900: 'rfb', 5985: 'wsman', 6379: 'redis', 6443: 'kubernetes', 6667: 'ircd', 6697: 'ircs_u', 8000: 'irdmi',
  8080: 'http_alt', 8443: 'https_alt', 8883: 'secure_mqtt', 9000: 'cslistener', 9090: 'websm', 9200: 'elasticsearch', 9418: 'git', 11211: 'memcache',
  27017: 'mongodb',
}

/** The same for UDP. */
export const UDP_PORTS: Readonly<Record<number, string>> = {
  7: 'echo', 9: 'discard', 13: 'daytime', 37: 'time', 53: 'domain', 67: 'bootps', 68: 'bootpc', 69: 'tftp', 88: 'kerberos', 111: 'sunrpc', 123: 'ntp',
  137: 'netbios_ns', 138: 'netbios_dgm', 161: 'snmp', 162: 'snmptrap', 177: 'xdmcp', 319: 'ptp_event', 320: 'ptp_general', 389: 'ldap', 427: 'svrloc',
  443: 'https', 500: 'isakmp', 514: 'syslog', 520: 'route', 546: 'dhcpv6_client', 547: 'dhcpv6_server', 623: 'asf_rmcp', 631: 'ipp', 853: 'domain_s',
  1194: 'openvpn', 1434: 'ms_sql_m', 1645: 'sightline', 1646: 'sa_msg_port', 1701: 'l2f', 1812: 'radius', 1813: 'radius_acct', 1900: 'ssdp', 3478: 'stun',
  3702: 'ws_discovery', 4500: 'ipsec_nat_t', 4789: 'vxlan', 5060: 'sip', 5353: 'mdns', 5355: 'llmnr', 5683: 'coap', 6343: 'sflow', 11211: 'memcache',
  51820: 'wireguard',
}
