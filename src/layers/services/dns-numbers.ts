/** Numbers of DNS and their names. IANA, "Domain Name System (DNS) Parameters". */

/** Types of records and of questions. */
export const DNS_TYPES: Readonly<Record<number, string>> = {
  1: 'A',
  2: 'NS',
  3: 'MD',
  4: 'MF',
  5: 'CNAME',
  6: 'SOA',
  7: 'MB',
  8: 'MG',
  9: 'MR',
  10: 'NULL',
  11: 'WKS',
  12: 'PTR',
  13: 'HINFO',
  14: 'MINFO',
  15: 'MX',
  16: 'TXT',
  17: 'RP',
  18: 'AFSDB',
  19: 'X25',
  20: 'ISDN',
  21: 'RT',
  22: 'NSAP',
  23: 'NSAP-PTR',
  24: 'SIG',
  25: 'KEY',
  26: 'PX',
  27: 'GPOS',
  28: 'AAAA',
  29: 'LOC',
  30: 'NXT',
  31: 'EID',
  32: 'NIMLOC',
  33: 'SRV',
  34: 'ATMA',
  35: 'NAPTR',
  36: 'KX',
  37: 'CERT',
  38: 'A6',
  39: 'DNAME',
  40: 'SINK',
  41: 'OPT',
  42: 'APL',
  43: 'DS',
  44: 'SSHFP',
  45: 'IPSECKEY',
  46: 'RRSIG',
  47: 'NSEC',
  48: 'DNSKEY',
  49: 'DHCID',
  50: 'NSEC3',
  51: 'NSEC3PARAM',
  52: 'TLSA',
  53: 'SMIMEA',
  55: 'HIP',
  56: 'NINFO',
  57: 'RKEY',
  58: 'TALINK',
  59: 'CDS',
  60: 'CDNSKEY',
  61: 'OPENPGPKEY',
  62: 'CSYNC',
  63: 'ZONEMD',
  64: 'SVCB',
  65: 'HTTPS',
  66: 'DSYNC',
  67: 'HHIT',
  68: 'BRID',
  99: 'SPF',
  104: 'NID',
  105: 'L32',
  106: 'L64',
  107: 'LP',
  108: 'EUI48',
  109: 'EUI64',
  249: 'TKEY',
  250: 'TSIG',
  251: 'IXFR',
  252: 'AXFR',
  253: 'MAILB',
  254: 'MAILA',
  255: 'ALL',
  256: 'URI',
  257: 'CAA',
  258: 'AVC',
  259: 'DOA',
  260: 'AMTRELAY',
  261: 'RESINFO',
  32768: 'TA',
  32769: 'DLV',
}

export const DNS_CLASSES: Readonly<Record<number, string>> = { 1: 'IN', 3: 'CH', 4: 'HS', 254: 'NONE', 255: 'ANY' }

export const DNS_OPCODES: Readonly<Record<number, string>> = {
  0: 'QUERY',
  1: 'IQUERY',
  2: 'STATUS',
  4: 'NOTIFY',
  5: 'UPDATE',
  6: 'DSO',
}

/** The first six as Scapy names them. */
export const DNS_RCODES: Readonly<Record<number, string>> = {
  0: 'ok',
  1: 'format-error',
  2: 'server-failure',
  3: 'name-error',
  4: 'not-implemented',
  5: 'refused',
  6: 'YXDomain',
  7: 'YXRRSet',
  8: 'NXRRSet',
  9: 'NotAuth',
  10: 'NotZone',
  11: 'DSOTYPENI',
}

/** IANA, "DNS Security Algorithm Numbers". */
export const DNSSEC_ALGORITHMS: Readonly<Record<number, string>> = {
  0: 'DELETE',
  1: 'RSA/MD5',
  2: 'Diffie-Hellman',
  3: 'DSA/SHA-1',
  5: 'RSA/SHA-1',
  6: 'DSA-NSEC3-SHA1',
  7: 'RSASHA1-NSEC3-SHA1',
  8: 'RSA/SHA-256',
  10: 'RSA/SHA-512',
  12: 'GOST R 34.10-2001',
  13: 'ECDSA P-256/SHA-256',
  14: 'ECDSA P-384/SHA-384',
  15: 'Ed25519',
  16: 'Ed448',
  252: 'Reserved for Indirect Keys',
  253: 'Private algorithms - domain name',
  254: 'Private algorithms - OID',
}

/** IANA, "Delegation Signer (DS) Resource Record (RR) Type Digest Algorithms". */
export const DNSSEC_DIGESTS: Readonly<Record<number, string>> = {
  1: 'SHA-1',
  2: 'SHA-256',
  3: 'GOST R 34.11-94',
  4: 'SHA-384',
}

/** Types whose data is one name. */
export const NAME_TYPES: ReadonlySet<number> = new Set([2, 3, 4, 5, 7, 8, 9, 12, 23, 39])
/** Those of them that may be compressed: the types of RFC 1035. RFC 3597 §4. */
export const COMPRESSED_TYPES: ReadonlySet<number> = new Set([2, 3, 4, 5, 7, 8, 9, 12])
/** Types whose data is a list of texts: TXT, SPF and their kin. */
export const TEXT_TYPES: ReadonlySet<number> = new Set([16, 56, 99, 258, 261])

export const TYPE_A = 1
export const TYPE_AAAA = 28

const typeNumbers = new Map<string, number>(
  Object.entries(DNS_TYPES).map(([number, name]) => [name.toLowerCase(), Number(number)]),
)

/** Name of a type: `'MX'`, or `'TYPE65280'` for one without a name. RFC 3597 §5. */
export const typeName = (type: number): string => DNS_TYPES[type] ?? `TYPE${type}`

/** Number of a type's name, or undefined. */
export function typeNumber(name: string): number | undefined {
  const known = typeNumbers.get(name.toLowerCase())
  if (known !== undefined) return known
  const number = /^type(\d{1,5})$/i.exec(name)
  return number !== null && Number(number[1]) <= 0xffff ? Number(number[1]) : undefined
}
