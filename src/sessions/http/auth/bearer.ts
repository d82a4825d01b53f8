/** Bearer: who has the token may. RFC 6750. */
import type { Outgoing } from '../exchange.js'
import { HttpAuth } from './http-auth.js'
import { Jwt } from './jwt.js'
import { readToken } from './secret-text.js'

/** Sends a token with each request. */
export class BearerAuth extends HttpAuth {
  readonly scheme = 'Bearer'
  readonly #token: string

  /** @throws OptionError for what is no token */
  constructor(token: string, call = 'http.auth.bearer') {
    super()
    this.#token = readToken(call, token)
  }

  authorize({ headers }: Outgoing): void {
    headers.set('Authorization', `Bearer ${this.#token}`)
  }

  /** What the token says, where it is a JWT. */
  get jwt(): Jwt | undefined {
    return Jwt.isOne(this.#token) ? new Jwt(this.#token) : undefined
  }

  toString(): string {
    const { jwt } = this
    const age = jwt?.validity ?? ''
    const kind = jwt === undefined ? `of ${this.#token.length} characters` : `that is a JWT${age && `, ${age}`}`
    return `Bearer with a token ${kind}`
  }
}

/** Bearer with this token. */
export function bearer(token: string): BearerAuth {
  return new BearerAuth(token)
}
