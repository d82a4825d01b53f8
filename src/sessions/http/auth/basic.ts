/** Basic: user and password, as good as in plain text. RFC 7617. */
import { OptionError } from '../../../exchange/index.js'
import { printable } from '../../../exchange/printable.js'
import { keepSecret } from '../../../exchange/secrets.js'
import type { Outgoing } from '../exchange.js'
import { HttpAuth } from './http-auth.js'
import { readPassword } from './secret-text.js'

/** Sends user and password with each request, without waiting to be asked. In UTF-8. */
export class BasicAuth extends HttpAuth {
  readonly scheme = 'Basic'
  readonly user: string
  readonly #value: string

  /** @throws OptionError for what cannot be sent; a colon in the user name cannot, since it ends the name */
  constructor(user: string, password: string, call = 'http.auth.basic') {
    super()
    const checked = readPassword(call, user, password)
    if (checked.user.includes(':')) throw new OptionError(`${call}: a user name cannot have a colon in it`)
    this.user = checked.user
    const credentials = Buffer.from(`${checked.user}:${checked.password}`).toString('base64')
    keepSecret(credentials)
    this.#value = `Basic ${credentials}`
  }

  authorize({ headers }: Outgoing): void {
    headers.set('Authorization', this.#value)
  }

  toString(): string {
    return `Basic as ${printable(this.user)}`
  }
}

/** Basic with this user and password. */
export function basic(user: string, password: string): BasicAuth {
  return new BasicAuth(user, password)
}
