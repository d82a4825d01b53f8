import { readFileSync } from 'node:fs'
import { TCP_PORTS, UDP_PORTS } from '../../layers/transport/ports.js'

/** Transport protocols that have ports here. */
export type PortProtocol = 'tcp' | 'udp'

/**
 * Services that a scan meets and the layers do not name in summaries. IANA, "Service Name and Transport Protocol Port
 * Number Registry"; a system's /etc/services adds its own.
 */
const MORE_TCP: Readonly<Record<number, string>> = {
  1: 'tcpmux',
  11: 'systat',
  17: 'qotd',
  19: 'chargen',
  49: 'tacacs',
  70: 'gopher',
  102: 'iso-tsap',
  109: 'pop2',
  123: 'ntp',
  137: 'netbios-ns',
  138: 'netbios-dgm',
  161: 'snmp',
  220: 'imap3',
  264: 'bgmp',
  311: 'asip-webadmin',
  427: 'svrloc',
  444: 'snpp',
  464: 'kpasswd',
  502: 'mbap',
  512: 'exec',
  513: 'login',
  540: 'uucp',
  544: 'kshell',
  548: 'afpovertcp',
  563: 'nntps',
  593: 'http-rpc-epmap',
  623: 'oob-ws-http',
  646: 'ldp',
  666: 'doom',
  749: 'kerberos-adm',
  860: 'iscsi',
  902: 'ideafarm-door',
  1099: 'rmiregistry',
  1194: 'openvpn',
  1352: 'lotusnote',
  1434: 'ms-sql-m',
  1494: 'ica',
  1701: 'l2f',
  1720: 'h323hostcall',
  1755: 'ms-streaming',
  1900: 'ssdp',
  1935: 'macromedia-fcs',
  2000: 'cisco-sccp',
  2086: 'gnunet',
  2375: 'docker',
  2376: 'docker-s',
  2379: 'etcd-client',
  2380: 'etcd-server',
  2483: 'ttc',
  3000: 'hbci',
  3260: 'iscsi-target',
  3268: 'msft-gc',
  3269: 'msft-gc-ssl',
  3478: 'stun',
  3632: 'distcc',
  4333: 'ahsp',
  4444: 'krb524',
  4500: 'ipsec-nat-t',
  4840: 'opcua-tcp',
  4899: 'radmin-port',
  5000: 'commplex-main',
  5001: 'commplex-link',
  5009: 'winfs',
  5051: 'ida-agent',
  5190: 'aol',
  5280: 'xmpp-bosh',
  5353: 'mdns',
  5355: 'llmnr',
  5357: 'wsdapi',
  5373: 'stun-behavior',
  5431: 'park-agent',
  5601: 'esmagent',
  5631: 'pcanywheredata',
  5666: 'nrpe',
  5671: 'amqps',
  5683: 'coap',
  5986: 'wsmans',
  6000: 'x11',
  6001: 'x11',
  6646: 'mcafee-asap',
  7000: 'afs3-fileserver',
  7070: 'arcp',
  7547: 'cwmp',
  8008: 'http-alt',
  8009: 'nvme-disc',
  8081: 'sunproxyadmin',
  8086: 'd-s-n',
  8088: 'radan-http',
  8089: 'pando-pub',
  8140: 'puppet',
  8333: 'bitcoin',
  8500: 'fmtp',
  8888: 'ddi-tcp-1',
  9001: 'etlservicemgr',
  9042: 'cassandra',
  9092: 'kafka',
  9093: 'copycat',
  9100: 'pdl-datastream',
  9300: 'vrace',
  9999: 'distinct',
  10000: 'ndmp',
  10050: 'zabbix-agent',
  10051: 'zabbix-trapper',
  20000: 'dnp',
  25565: 'minecraft',
  32400: 'plex',
  47808: 'bacnet',
}

const MORE_UDP: Readonly<Record<number, string>> = {
  17: 'qotd',
  19: 'chargen',
  49: 'tacacs',
  80: 'http',
  135: 'epmap',
  139: 'netbios-ssn',
  194: 'irc',
  445: 'microsoft-ds',
  464: 'kpasswd',
  496: 'pim-rp-disc',
  518: 'ntalk',
  593: 'http-rpc-epmap',
  626: 'asia',
  749: 'kerberos-adm',
  1433: 'ms-sql-s',
  1718: 'h323gatedisc',
  1719: 'h323gatestat',
  2049: 'nfs',
  2152: 'gtp-user',
  2222: 'ethernet-ip-1',
  3389: 'ms-wbt-server',
  3784: 'bfd-control',
  5004: 'avt-profile-1',
  5005: 'avt-profile-2',
  5349: 'stuns',
  5684: 'coaps',
  5351: 'nat-pmp',
  17500: 'db-lsp',
  19132: 'minecraft-bedrock',
  27015: 'steam',
  33434: 'traceroute',
  44818: 'ethernet-ip-2',
  47808: 'bacnet',
}

/** What people call services that IANA calls otherwise. */
const ALIASES: Readonly<Record<string, string>> = {
  www: 'http',
  dns: 'domain',
  imap: 'imap2',
  rdp: 'ms-wbt-server',
  smb: 'microsoft-ds',
  postgres: 'postgresql',
  msrpc: 'epmap',
  'ms-sql': 'ms-sql-s',
  mssql: 'ms-sql-s',
  dot: 'domain-s',
  ike: 'isakmp',
  rpcbind: 'sunrpc',
  vnc: 'rfb',
  'http-proxy': 'http-alt',
  dhcp: 'bootps',
  mongod: 'mongodb',
}

/**
 * TCP ports that `'top'` stands for, our own choice: what servers, desktops, network devices, printers, cameras and
 * database hosts are found to offer. In the order of ports.
 */
const TOP_TCP = [
  7, 9, 13, 21, 22, 23, 25, 37, 49, 53, 79, 80, 88, 102, 110, 111, 113, 119, 135, 139, 143, 161, 179, 389, 427, 443,
  444, 445, 464, 465, 502, 512, 513, 514, 515, 543, 544, 548, 554, 587, 593, 623, 631, 636, 853, 873, 902, 989, 990,
  993, 995, 1080, 1099, 1194, 1433, 1521, 1720, 1723, 1883, 1900, 1935, 2000, 2049, 2181, 2375, 2379, 3000, 3128, 3268,
  3306, 3389, 3690, 4369, 4840, 5000, 5001, 5060, 5222, 5269, 5357, 5432, 5666, 5671, 5672, 5900, 5985, 6000, 6379,
  6443, 6667, 7547, 8000, 8008, 8009, 8080, 8081, 8086, 8088, 8443, 8883, 8888, 9000, 9042, 9090, 9092, 9100, 9200,
  9418, 9999, 10000, 11211, 25565, 27017, 32400,
]

/** The same for UDP. */
const TOP_UDP = [
  7, 9, 13, 17, 19, 37, 49, 53, 67, 68, 69, 80, 88, 111, 123, 135, 137, 138, 139, 161, 162, 177, 389, 427, 443, 445,
  464, 500, 514, 518, 520, 593, 623, 626, 631, 853, 1194, 1433, 1434, 1645, 1646, 1701, 1718, 1719, 1812, 1813, 1900,
  2049, 2152, 2222, 3389, 3478, 3702, 3784, 4500, 4789, 5004, 5060, 5351, 5353, 5355, 5683, 6343, 11211, 17500, 19132,
  27015, 33434, 44818, 47808, 51820,
]

interface Names {
  readonly byPort: Map<number, string>
  readonly byName: Map<string, number>
}

const tables = new Map<PortProtocol, Names>()

/** Name of the service that has this port, as IANA writes it (`'http-alt'`), or undefined. */
export function serviceName(port: number, protocol: PortProtocol): string | undefined {
  return namesOf(protocol).byPort.get(port)
}

/** Port of a service by its name, an alias or the name with underscores; undefined when there is none. */
export function servicePort(name: string, protocol: PortProtocol): number | undefined {
  const key = name.toLowerCase().replaceAll('_', '-')
  const { byName } = namesOf(protocol)
  return byName.get(key) ?? byName.get(ALIASES[key] ?? '')
}

/** All names of services, for suggestions. */
export function serviceNames(protocol: PortProtocol): Iterable<string> {
  return namesOf(protocol).byName.keys()
}

/** The ports that `'top'` stands for, in rising order. */
export function topPorts(protocol: PortProtocol): readonly number[] {
  return protocol === 'tcp' ? TOP_TCP : TOP_UDP
}

function namesOf(protocol: PortProtocol): Names {
  let names = tables.get(protocol)
  if (names === undefined) {
    names = { byPort: new Map(), byName: new Map() }
    const [known, more] = protocol === 'tcp' ? [TCP_PORTS, MORE_TCP] : [UDP_PORTS, MORE_UDP]
    for (const table of [known, more])
      for (const [port, name] of Object.entries(table)) learn(names, Number(port), name.replaceAll('_', '-'))
    readSystemServices(names, protocol)
    tables.set(protocol, names)
  }
  return names
}

function learn({ byPort, byName }: Names, port: number, name: string): void {
  if (!byPort.has(port)) byPort.set(port, name)
  if (!byName.has(name)) byName.set(name, port)
}

/** services(5): `http 80/tcp www # comment`. Ours come first; where there is no such file, they are all. */
function readSystemServices(names: Names, protocol: PortProtocol): void {
  let text: string
  try {
    text = readFileSync('/etc/services', 'utf8')
  } catch {
    return
  }
  for (const line of text.slice(0, 4 << 20).split('\n')) {
    const [name, where, ...aliases] = line.replace(/#.*/, '').trim().split(/\s+/)
    const match = /^(\d{1,5})\/(\w+)$/.exec(where ?? '')
    if (name === undefined || match === null || match[2] !== protocol) continue
    const port = Number(match[1])
    if (port > 65535) continue
    for (const each of [name, ...aliases]) learn(names, port, each.toLowerCase())
  }
}
