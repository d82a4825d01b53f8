/** Who may have what the server has: whoever knows the password, whoever has a link. */
import type { IncomingMessage } from 'node:http'
import { OptionError } from '../../../exchange/index.js'
import { keepSecret } from '../../../exchange/secrets.js'
import { isLoopback } from '../../stream/place.js'
import { Links } from './links.js'
import { basicCredentials, madePassword, Secret } from './password.js'
import { SlowDown } from './slow-down.js'

/** What a server asks of its clients. */
export interface AccessOptions {
  /** Asked for; true: one is made. False or unset: none. */
  password?: string | boolean | undefined
  /** The user that belongs to it; unset: any. */
  user?: string | undefined
  /** Links that are good once are the only way in. */
  openOnce?: boolean | undefined
  /** Seconds that such a link is good for; unset: an hour. */
  expires?: number | undefined
  /** What the window that asks for the password says. */
  realm?: string | undefined
}

/** An answer that says no. */
export interface Refusal {
  status: number
  headers: Record<string, string>
  text: string
}

const EXPIRES = 3600

/** What one server asks of its clients. */
export class Access {
  /** The password, also one that was made; undefined: there is none. */
  readonly password: string | undefined
  /** With openOnce: the links that are good. */
  readonly links: Links | undefined
  readonly #secret: Secret | undefined
  readonly #user: Secret | undefined
  readonly #realm: string
  readonly #slowDown = new SlowDown()

  constructor({ password = false, user, openOnce = false, expires = EXPIRES, realm = 'netshell' }: AccessOptions = {}) {
    this.password = password === true ? madePassword() : password === false ? undefined : password
    if (this.password !== undefined) {
      keepSecret(this.password)
      this.#secret = new Secret(this.password)
      if (user !== undefined) this.#user = new Secret(user)
    }
    this.#realm = realm.replace(/[^\x20-\x7e]|["\\]/g, '')
    if (openOnce) this.links = new Links(expires)
  }

  /** Whether anybody who reaches the server may have all. */
  get isOpen(): boolean {
    return this.password === undefined && this.links === undefined
  }

  /** Undefined: the request may be answered; else what it is answered with. */
  check(incoming: IncomingMessage): Refusal | undefined {
    if (this.#secret === undefined) return undefined
    const address = incoming.socket.remoteAddress ?? ''
    const wait = this.#slowDown.wait(address)
    const given = basicCredentials(incoming.headers.authorization)
    if (given === undefined) return this.#ask('A password is needed.')
    if (wait > 0) return tooMany(wait)
    // Both are compared whatever comes of the first.
    const isUser = this.#user?.is(given.user) ?? true
    if (this.#secret.is(given.password) && isUser) {
      this.#slowDown.right(address)
      return undefined
    }
    this.#slowDown.wrong(address)
    return this.#ask('The password, or the user, is wrong.')
  }

  /** The user that a request names, for the log. Only of requests that `check` let through. */
  userOf({ headers }: IncomingMessage): string | undefined {
    return this.#secret === undefined ? undefined : basicCredentials(headers.authorization)?.user.toString()
  }

  #ask(text: string): Refusal {
    return {
      status: 401,
      headers: { 'WWW-Authenticate': `Basic realm="${this.#realm}", charset="UTF-8"`, 'Cache-Control': 'no-store' },
      text,
    }
  }
}

function tooMany(seconds: number): Refusal {
  return {
    status: 429,
    headers: { 'Retry-After': String(seconds), 'Cache-Control': 'no-store' },
    text: `Too many wrong passwords: try again in ${seconds} second${seconds === 1 ? '' : 's'}.`,
  }
}

/**
 * Basic sends the password as it is: only over TLS, or to this machine itself.
 * @throws OptionError that says what to do
 */
export function checkPasswordWay(options: {
  password?: string | boolean | undefined
  tls: unknown
  /** Undefined: all addresses. */
  host: string | undefined
  insecurePassword: boolean
}): void {
  const { password, tls, host, insecurePassword } = options
  if (!password || tls || insecurePassword || (host !== undefined && isLoopback(host))) return
  throw new OptionError(
    'serve: without TLS everyone between can read the password: add option tls, or option insecurePassword where you trust the whole network',
  )
}
