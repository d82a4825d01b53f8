/** What errors of the system's sockets mean for the one who is asked. */
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the port is closed',
  EHOSTUNREACH: 'host unreachable',
  EHOSTDOWN: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  ETIMEDOUT: 'no connection in time',
  EACCES: 'this machine forbids it (a broadcast address?)',
  EPERM: 'a firewall of this machine forbids it',
  EMSGSIZE: 'too big, must not be fragmented',
  EPROTO: 'parameter problem',
  EINVAL: 'this address cannot be asked (an IPv6 address of a link needs its zone: fe80::1%eth0)',
  EADDRNOTAVAIL: 'this machine does not have the source address',
  EAFNOSUPPORT: 'this machine does not have this version of IP',
  EMFILE: 'too many open files: ask fewer at once',
}

/** An error of the system in words, by its name: `'EHOSTUNREACH'` is `'host unreachable'`. A name without words is given back. */
export function systemErrorWords(code: string): string {
  return WORDS[code] ?? code
}
