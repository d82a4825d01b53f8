/** What option `auth` may be, and what becomes of it. */
import { OptionError } from '../../../exchange/index.js'
import { BasicAuth } from './basic.js'
import { BearerAuth } from './bearer.js'
import { DigestAuth } from './digest.js'
import { HttpAuth } from './http-auth.js'

/** Who asks: a user and a password (Basic, unless the scheme says Digest), a token, what a function of `http.auth` made; false: nobody. */
export type AuthOption =
  | string
  | readonly [user: string, password: string]
  | { user: string; password: string; scheme?: 'basic' | 'digest' }
  | { bearer: string }
  | HttpAuth
  | false

/** Nothing is to be proved, also where there would be something to prove it with. */
class NoAuth extends HttpAuth {
  readonly scheme = 'none'
  authorize(): void {}
  toString(): string {
    return 'no authentication'
  }
}
const NO_AUTH = new NoAuth()

const FORMS = "'user:password', {user, password, scheme: 'digest'}, {bearer: token}, or one of http.auth"

/**
 * What proves who asks, from what was given.
 * @param call what it was given to, for errors; they never tell what it was, since that is a secret
 * @throws OptionError
 */
export function authFrom(given: AuthOption, call?: string): HttpAuth
export function authFrom(given: AuthOption | undefined, call?: string): HttpAuth | undefined
export function authFrom(given: AuthOption | undefined, call = 'auth'): HttpAuth | undefined {
  if (given === undefined || given instanceof HttpAuth) return given
  if (given === false) return NO_AUTH
  if (typeof given === 'string') {
    const colon = given.indexOf(':')
    if (colon < 0) throw new OptionError(`${call}: there is no colon in it; give ${FORMS}`)
    return new BasicAuth(given.slice(0, colon), given.slice(colon + 1), call)
  }
  if (Array.isArray(given) && given.length === 2) return new BasicAuth(given[0], given[1], call)
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return fromObject(given, call)
  throw new OptionError(`${call}: give ${FORMS}`)
}

function fromObject(given: object, call: string): HttpAuth {
  const { bearer, user, password, scheme = 'basic', ...others } = given as Record<string, unknown>
  const [other] = Object.keys(others)
  if (other !== undefined) throw new OptionError(`${call} has no '${other}'; give ${FORMS}`)
  if (bearer !== undefined && user === undefined && password === undefined)
    return new BearerAuth(bearer as string, call)
  if (bearer !== undefined || user === undefined || password === undefined)
    throw new OptionError(`${call}: give ${FORMS}`)
  if (scheme === 'basic') return new BasicAuth(user as string, password as string, call)
  if (scheme === 'digest') return new DigestAuth(user as string, password as string, call)
  throw new OptionError(`${call}: scheme must be 'basic' or 'digest'`)
}
