/** What goes wrong in sessions, told in words: what, where, and what to do. */

/** An error of a session. `code` is the system's name for it (`ECONNREFUSED`), or one of ours: `TIMEOUT`, `LIMIT`, `CLOSED`, `AUTH` … */
export class SessionError extends Error {
  override readonly name: string = 'SessionError'
  readonly code: string

  constructor(message: string, code: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused: nothing listens there',
  ECONNRESET: 'the other end broke the connection off',
  ECONNABORTED: 'the connection was broken off',
  EPIPE: 'the other end has closed the connection',
  EHOSTUNREACH: 'no way to the host: it is off, or the address is wrong',
  ENETUNREACH: 'no route to that network: routes() shows those that there are',
  ETIMEDOUT: 'the other end does not answer any more',
  ENOTFOUND: 'the name is not known: is it written right, and is there a name server?',
  EAI_AGAIN: 'the name could not be looked up: no name server answers',
  EADDRNOTAVAIL: 'this machine does not have that address: interfaces() shows those that it has',
  EADDRINUSE: 'the port is in use: connections({listening: true}) shows by whom; port 0 takes a free one',
  EACCES: 'not allowed: ports below 1024, and files of others, need the rights of root',
  EPERM: 'not allowed: a firewall of this machine may forbid it',
  EMFILE: 'too many open files: ulimit -n says how many there may be',
  ENOENT: 'there is no such file',
  EMSGSIZE: 'the message is too big for one datagram: 65507 bytes at most over IPv4',
  EAFNOSUPPORT: 'this machine does not speak that version of IP',
  EINVAL: 'this address cannot be used (an IPv6 address of a link needs its zone: fe80::1%eth0)',
  ENOTSOCK: 'that file is no socket',
}

const TLS_WORDS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by an authority that this machine does not trust',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the authority that signed its certificate is not known',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the authority that signed its certificate is not known',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet (is the clock of this machine right?)',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
}
const TRUST = 'tls: {ca: …} names the certificate to trust, tls: {insecure: true} trusts anybody'

/**
 * What an error says, without the place that it begins with, for a line that names the place already.
 * @param place as it stands before the colon; unset: whatever does
 */
export function reasonOf({ message }: Error, place?: string): string {
  const begin = `${place ?? message.split(': ', 1)[0]}: `
  return message.startsWith(begin) ? message.slice(begin.length) : message
}

/**
 * An error of the system as one of a session.
 * @param place where it happened, as it stands before the colon: `tcp 127.0.0.1:8808`
 */
export function sessionError(place: string, error: unknown): SessionError {
  if (error instanceof SessionError) return error
  const first = error instanceof AggregateError && error.errors.length > 0 ? (error.errors[0] as unknown) : error
  const { code = 'ERROR', message = String(first) } = (first ?? {}) as { code?: string; message?: string }
  // The system's own words are no cause to be shown below: they would only repeat these.
  return new SessionError(`${place}: ${wordsOf(code, message)}`, code)
}

function wordsOf(code: string, message: string): string {
  const trust = TLS_WORDS[code]
  if (trust !== undefined) return `${trust}; ${TRUST}`
  if (/wrong version number|http request|packet length too long|ERR_SSL_WRONG_VERSION/i.test(`${code} ${message}`))
    return 'the other end does not speak TLS there'
  if (/peer did not return a certificate/i.test(message)) return 'a certificate is demanded, and none was shown'
  const alert = /alert (?:number \d+|[a-z ]+)|no shared cipher|handshake failure|certificate required/i.exec(message)
  if (/^ERR_SSL|^EPROTO/.test(code) && alert !== null) return `the TLS handshake failed: ${alert[0]}`
  if (/secure TLS connection was established/i.test(message))
    return 'the other end closed the connection during the TLS handshake: it may not speak TLS, or not trust this end'
  return WORDS[code] ?? message
}
