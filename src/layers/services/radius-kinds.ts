/** Attributes of RADIUS: names, and what they hold. IANA, "RADIUS Attribute Types"; RFC 2865, 2866, 2868, 2869, 3162, 5176. */

/**
 * How a value is written: `text`, `bytes`, a number of 32 bits, an address, `prefix` (IPv6 with a length), `interface`
 * (8 bytes), `time` (seconds since 1970), `vendor`; with a tag in front `tagnumber` and `tagtext`. `u64` has eight bytes.
 */
export type RadiusForm =
  | 'text'
  | 'bytes'
  | 'number'
  | 'u64'
  | 'ip'
  | 'ip6'
  | 'prefix'
  | 'time'
  | 'vendor'
  | 'tagnumber'
  | 'tagtext'
  | 'tagbytes'

export type RadiusKind = readonly [name: string, form: RadiusForm]

const letters: Readonly<Record<string, RadiusForm>> = {
  t: 'text',
  b: 'bytes',
  n: 'number',
  q: 'u64',
  i: 'ip',
  j: 'ip6',
  p: 'prefix',
  d: 'time',
  v: 'vendor',
  N: 'tagnumber',
  T: 'tagtext',
  B: 'tagbytes',
}

/** Number, letter of the form, name. */
const ATTRIBUTES = `
1 t User-Name|2 b User-Password|3 b CHAP-Password|4 i NAS-IP-Address|5 n NAS-Port|6 n Service-Type|7 n Framed-Protocol
8 i Framed-IP-Address|9 i Framed-IP-Netmask|10 n Framed-Routing|11 t Filter-Id|12 n Framed-MTU|13 n Framed-Compression
14 i Login-IP-Host|15 n Login-Service|16 n Login-TCP-Port|18 t Reply-Message|19 t Callback-Number|20 t Callback-Id
22 t Framed-Route|23 n Framed-IPX-Network|24 b State|25 b Class|26 v Vendor-Specific|27 n Session-Timeout
28 n Idle-Timeout|29 n Termination-Action|30 t Called-Station-Id|31 t Calling-Station-Id|32 t NAS-Identifier
33 b Proxy-State|34 t Login-LAT-Service|35 t Login-LAT-Node|36 b Login-LAT-Group|37 n Framed-AppleTalk-Link
38 n Framed-AppleTalk-Network|39 t Framed-AppleTalk-Zone|40 n Acct-Status-Type|41 n Acct-Delay-Time
42 n Acct-Input-Octets|43 n Acct-Output-Octets|44 t Acct-Session-Id|45 n Acct-Authentic|46 n Acct-Session-Time
47 n Acct-Input-Packets|48 n Acct-Output-Packets|49 n Acct-Terminate-Cause|50 t Acct-Multi-Session-Id
51 n Acct-Link-Count|52 n Acct-Input-Gigawords|53 n Acct-Output-Gigawords|55 d Event-Timestamp|56 n Egress-VLANID
57 n Ingress-Filters|58 b Egress-VLAN-Name|59 b User-Priority-Table|60 b CHAP-Challenge|61 n NAS-Port-Type
62 n Port-Limit|63 t Login-LAT-Port|64 N Tunnel-Type|65 N Tunnel-Medium-Type|66 T Tunnel-Client-Endpoint
67 T Tunnel-Server-Endpoint|68 t Acct-Tunnel-Connection|69 B Tunnel-Password|70 b ARAP-Password|71 b ARAP-Features
72 n ARAP-Zone-Access|73 n ARAP-Security|74 b ARAP-Security-Data|75 n Password-Retry|76 n Prompt|77 t Connect-Info
78 b Configuration-Token|79 b EAP-Message|80 b Message-Authenticator|81 T Tunnel-Private-Group-ID
82 T Tunnel-Assignment-ID|83 N Tunnel-Preference|84 b ARAP-Challenge-Response|85 n Acct-Interim-Interval
86 n Acct-Tunnel-Packets-Lost|87 t NAS-Port-Id|88 t Framed-Pool|89 b CUI|90 T Tunnel-Client-Auth-ID
91 T Tunnel-Server-Auth-ID|92 t NAS-Filter-Rule|94 b Originating-Line-Info|95 j NAS-IPv6-Address
96 b Framed-Interface-Id|97 p Framed-IPv6-Prefix|98 j Login-IPv6-Host|99 t Framed-IPv6-Route|100 t Framed-IPv6-Pool
101 n Error-Cause|102 b EAP-Key-Name|103 t Digest-Response|104 t Digest-Realm|105 t Digest-Nonce
106 t Digest-Response-Auth|107 t Digest-Nextnonce|108 t Digest-Method|109 t Digest-URI|110 t Digest-Qop
111 t Digest-Algorithm|112 t Digest-Entity-Body-Hash|113 t Digest-CNonce|114 t Digest-Nonce-Count
115 t Digest-Username|116 t Digest-Opaque|117 t Digest-Auth-Param|118 t Digest-AKA-Auts|119 t Digest-Domain
120 t Digest-Stale|121 t Digest-HA1|122 t SIP-AOR|123 p Delegated-IPv6-Prefix|124 q MIP6-Feature-Vector
125 p MIP6-Home-Link-Prefix|126 t Operator-Name|127 b Location-Information|128 b Location-Data
129 b Basic-Location-Policy-Rules|130 b Extended-Location-Policy-Rules|131 n Location-Capable
132 n Requested-Location-Info|133 n Framed-Management-Protocol|134 n Management-Transport-Protection
135 t Management-Policy-Id|136 n Management-Privilege-Level|137 b PKM-SS-Cert|138 b PKM-CA-Cert
139 b PKM-Config-Settings|140 b PKM-Cryptosuite-List|141 b PKM-SAID|142 b PKM-SA-Descriptor|143 b PKM-Auth-Key
144 t DS-Lite-Tunnel-Name|145 t Mobile-Node-Identifier|146 t Service-Selection|147 j PMIP6-Home-LMA-IPv6-Address
148 j PMIP6-Visited-LMA-IPv6-Address|149 i PMIP6-Home-LMA-IPv4-Address|150 i PMIP6-Visited-LMA-IPv4-Address
151 p PMIP6-Home-HN-Prefix|152 p PMIP6-Visited-HN-Prefix|153 b PMIP6-Home-Interface-ID
154 b PMIP6-Visited-Interface-ID|155 b PMIP6-Home-IPv4-HoA|156 b PMIP6-Visited-IPv4-HoA
157 i PMIP6-Home-DHCP4-Server-Address|158 i PMIP6-Visited-DHCP4-Server-Address|159 j PMIP6-Home-DHCP6-Server-Address
160 j PMIP6-Visited-DHCP6-Server-Address|161 i PMIP6-Home-IPv4-Gateway|162 i PMIP6-Visited-IPv4-Gateway
163 n EAP-Lower-Layer|164 t GSS-Acceptor-Service-Name|165 t GSS-Acceptor-Host-Name
166 t GSS-Acceptor-Service-Specifics|167 t GSS-Acceptor-Realm-Name|168 j Framed-IPv6-Address
169 j DNS-Server-IPv6-Address|170 b Route-IPv6-Information|171 t Delegated-IPv6-Prefix-Pool
172 t Stateful-IPv6-Address-Pool|173 b IPv6-6rd-Configuration|174 t Allowed-Called-Station-Id|175 b EAP-Peer-Id
176 b EAP-Server-Id|177 n Mobility-Domain-Id|178 n Preauth-Timeout|179 b Network-Id-Name|180 b EAPoL-Announcement
181 t WLAN-HESSID|182 n WLAN-Venue-Info|183 b WLAN-Venue-Language|184 t WLAN-Venue-Name|185 n WLAN-Reason-Code
186 n WLAN-Pairwise-Cipher|187 n WLAN-Group-Cipher|188 n WLAN-AKM-Suite|189 n WLAN-Group-Mgmt-Cipher
190 n WLAN-RF-Band|241 b Extended-Attribute-1|242 b Extended-Attribute-2|243 b Extended-Attribute-3
244 b Extended-Attribute-4|245 b Extended-Attribute-5|246 b Extended-Attribute-6`

let kinds: ReadonlyMap<number, RadiusKind> | undefined

/** Names and forms of all attributes by number; made when first asked for. */
export function radiusKinds(): ReadonlyMap<number, RadiusKind> {
  kinds ??= new Map(
    ATTRIBUTES.trim()
      .split(/[|\n]/)
      .map((entry) => {
        const [number, letter, name] = entry.split(' ') as [string, string, string]
        return [Number(number), [name, letters[letter]!]] as const
      }),
  )
  return kinds
}

let numbers: ReadonlyMap<string, number> | undefined

/** Number of an attribute's name, or undefined. */
export function radiusNumber(name: string): number | undefined {
  numbers ??= new Map([...radiusKinds()].map(([number, [known]]) => [known.toLowerCase(), number]))
  return numbers.get(name.toLowerCase())
}

/** Names of values. IANA, "RADIUS Types". */
export const RADIUS_VALUES: Readonly<Record<number, Readonly<Record<number, string>>>> = {
  6: {
    1: 'Login',
    2: 'Framed',
    3: 'Callback Login',
    4: 'Callback Framed',
    5: 'Outbound',
    6: 'Administrative',
    7: 'NAS Prompt',
    8: 'Authenticate Only',
    9: 'Callback NAS Prompt',
    10: 'Call Check',
    11: 'Callback Administrative',
    17: 'Authorize Only',
  },
  7: { 1: 'PPP', 2: 'SLIP', 3: 'ARAP', 4: 'Gandalf', 5: 'Xylogics', 6: 'X.75' },
  10: { 0: 'None', 1: 'Send', 2: 'Listen', 3: 'Send and Listen' },
  13: { 0: 'None', 1: 'VJ TCP/IP', 2: 'IPX', 3: 'Stac-LZS' },
  15: {
    0: 'Telnet',
    1: 'Rlogin',
    2: 'TCP Clear',
    3: 'PortMaster',
    4: 'LAT',
    5: 'X25-PAD',
    6: 'X25-T3POS',
    8: 'TCP Clear Quiet',
  },
  29: { 0: 'Default', 1: 'RADIUS-Request' },
  40: {
    1: 'Start',
    2: 'Stop',
    3: 'Interim-Update',
    7: 'Accounting-On',
    8: 'Accounting-Off',
    9: 'Tunnel-Start',
    10: 'Tunnel-Stop',
    11: 'Tunnel-Reject',
    12: 'Tunnel-Link-Start',
    13: 'Tunnel-Link-Stop',
    14: 'Tunnel-Link-Reject',
    15: 'Failed',
  },
  45: { 1: 'RADIUS', 2: 'Local', 3: 'Remote', 4: 'Diameter' },
  49: {
    1: 'User Request',
    2: 'Lost Carrier',
    3: 'Lost Service',
    4: 'Idle Timeout',
    5: 'Session Timeout',
    6: 'Admin Reset',
    7: 'Admin Reboot',
    8: 'Port Error',
    9: 'NAS Error',
    10: 'NAS Request',
    11: 'NAS Reboot',
    12: 'Port Unneeded',
    13: 'Port Preempted',
    14: 'Port Suspended',
    15: 'Service Unavailable',
    16: 'Callback',
    17: 'User Error',
    18: 'Host Request',
  },
  61: {
    0: 'Async',
    1: 'Sync',
    2: 'ISDN Sync',
    3: 'ISDN Async V.120',
    4: 'ISDN Async V.110',
    5: 'Virtual',
    15: 'Ethernet',
    16: 'xDSL',
    17: 'Cable',
    18: 'Wireless - Other',
    19: 'Wireless - IEEE 802.11',
  },
  64: {
    1: 'PPTP',
    2: 'L2F',
    3: 'L2TP',
    4: 'ATMP',
    5: 'VTP',
    6: 'AH',
    7: 'IP-IP',
    8: 'MIN-IP-IP',
    9: 'ESP',
    10: 'GRE',
    11: 'DVS',
    12: 'IP-in-IP Tunneling',
    13: 'VLAN',
  },
  65: { 1: 'IPv4', 2: 'IPv6', 3: 'NSAP', 6: '802' },
  76: { 0: 'No Echo', 1: 'Echo' },
  101: {
    201: 'Residual Session Context Removed',
    202: 'Invalid EAP Packet',
    401: 'Unsupported Attribute',
    402: 'Missing Attribute',
    403: 'NAS Identification Mismatch',
    404: 'Invalid Request',
    405: 'Unsupported Service',
    406: 'Unsupported Extension',
    407: 'Invalid Attribute Value',
    501: 'Administratively Prohibited',
    502: 'Request Not Routable',
    503: 'Session Context Not Found',
    504: 'Session Context Not Removable',
    505: 'Other Proxy Processing Error',
    506: 'Resources Unavailable',
    507: 'Request Initiated',
    508: 'Multiple Session Selection Unsupported',
  },
}
