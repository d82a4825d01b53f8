/** JSON Web Tokens: what they say, in a form to be read. RFC 7519, RFC 7515. */
import { OptionError } from '../../../exchange/index.js'
import { printable, printableJson } from '../../../exchange/printable.js'
import { keepSecret } from '../../../exchange/secrets.js'
import { cutTo } from '../../../exchange/text-width.js'
import { fromNow } from './from-now.js'
import { type JwtKey, verifySignature } from './jwt-signature.js'

/** Longer ones are no tokens: they have to fit into a header. */
const LONGEST = 64 * 1024
/** Claims that are shown, and columns of one. */
const MOST_CLAIMS = 50
const WIDEST = 100

/** What the names mean that the RFC gives (RFC 7519 §4.1), for the table. */
const TIMES = ['exp', 'nbf', 'iat', 'auth_time', 'updated_at'] as const
/** Later than this a Date cannot be, in seconds (ECMA-262 §21.4.1.1). */
const LATEST = 8.64e12

/**
 * A token in its parts. Its signature is not checked by reading it: until `verify` says so, anybody may have written it.
 */
export class Jwt {
  /** What the token says of itself: `alg`, `typ`, `kid`. */
  readonly header: Readonly<Record<string, unknown>>
  /** What it says: `sub`, `exp`, and whatever the issuer wrote. */
  readonly claims: Readonly<Record<string, unknown>>
  /** The text that is signed, and the signature. */
  readonly #signed: string
  readonly #signature: Uint8Array
  #isVerified: boolean | undefined

  /** @throws OptionError for what is no JWT, with what is wrong with it */
  constructor(token: string, call = 'http.jwt') {
    if (typeof token !== 'string') throw new OptionError(`${call}: give the token as text, not ${typeof token}`)
    const parts = token
      .trim()
      .replace(/^bearer +/i, '')
      .split('.')
    if (parts.length === 5)
      throw new OptionError(`${call}: this token is encrypted (JWE): only who has the key can read what it says`)
    if (parts.length !== 3 || token.length > LONGEST)
      throw new OptionError(`${call}: a JWT is three parts with dots between, HEADER.CLAIMS.SIGNATURE`)
    const [header, claims, signature] = parts as [string, string, string]
    this.header = partOf(call, 'header', header)
    this.claims = partOf(call, 'claims', claims)
    this.#signature = bytesOf(call, 'signature', signature)
    this.#signed = `${header}.${claims}`
    // Without it the rest proves nothing.
    keepSecret(signature)
  }

  /** Whether a text looks like one, and can be read. */
  static isOne(text: string): boolean {
    try {
      return new Jwt(text) !== undefined
    } catch {
      return false
    }
  }

  /** From when on it is not to be taken any more; undefined: it does not say. */
  get expires(): Date | undefined {
    return dateOf(this.claims.exp)
  }

  /** Before that it is not to be taken. */
  get notBefore(): Date | undefined {
    return dateOf(this.claims.nbf)
  }

  /** When it was made. */
  get issued(): Date | undefined {
    return dateOf(this.claims.iat)
  }

  /** Whether its time is over. One that does not say when never expires. */
  get isExpired(): boolean {
    const { expires } = this
    return expires !== undefined && expires.getTime() <= Date.now()
  }

  /** `expired 3 min ago`, `valid in 2 h`, `expires in 5 min`; empty: it does not say. */
  get validity(): string {
    const { expires, notBefore } = this
    if (expires !== undefined && this.isExpired) return `expired ${fromNow(expires)}`
    if (notBefore !== undefined && notBefore.getTime() > Date.now()) return `not valid yet, but ${fromNow(notBefore)}`
    return expires === undefined ? '' : `expires ${fromNow(expires)}`
  }

  /**
   * Checks the signature, not the times. HMAC, RSA, ECDSA and EdDSA; a token without signature (`alg: 'none'`) is never right.
   * @param key the secret as text or bytes, a key or certificate in PEM, a JWK, or a set of JWKs
   * @throws OptionError for a key that is not of the kind that the token's algorithm takes
   */
  verify(key: JwtKey): boolean {
    this.#isVerified = verifySignature(this.header, this.#signed, this.#signature, key)
    return this.#isVerified
  }

  /** A line about it, and one for each claim. */
  toString(): string {
    const { alg, kid } = this.header
    const state = {
      true: 'the signature is right',
      false: 'the signature is WRONG',
      undefined: 'signature not checked',
    }[`${this.#isVerified}` as const]
    const key = kid === undefined ? '' : `, key ${shown(kid)}`
    const first = ['JWT', `${alg === undefined ? 'no alg' : shown(alg)}${key}`, this.validity, state]
    const all = Object.entries(this.claims)
    const names = all.slice(0, MOST_CLAIMS).map(([name]) => cutTo(printable(name), WIDEST))
    const width = Math.max(0, ...names.map((name) => name.length))
    const lines = names.map((name, i) => `  ${name.padEnd(width)}  ${claimText(...all[i]!)}`)
    if (all.length > MOST_CLAIMS) lines.push(`  … and ${all.length - MOST_CLAIMS} more`)
    return [first.filter((text) => text !== '').join(', '), ...lines].join('\n')
  }

  toJSON(): object {
    const { header, claims } = this
    return { header, claims }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

/** What a token says. */
export function jwt(token: string): Jwt {
  return new Jwt(token)
}

function partOf(call: string, part: string, text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytesOf(call, part, text)))
    // Nested so deep that it cannot be written again, it cannot be shown either.
    JSON.stringify(value)
  } catch (error) {
    if (error instanceof OptionError) throw error
    value = undefined
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new OptionError(`${call}: the ${part} of this token is no JSON object: it is no JWT, or not all of it`)
  return value as Record<string, unknown>
}

/** Base64 of URLs without padding (RFC 7515 §2); a length of 4n+1 does not exist. */
function bytesOf(call: string, part: string, text: string): Uint8Array {
  if (!/^[\w-]*$/.test(text) || text.length % 4 === 1)
    throw new OptionError(`${call}: the ${part} of this token is not in base64url: it is no JWT, or not all of it`)
  return Buffer.from(text, 'base64url')
}

/** Seconds since 1970, also parts of them; anything else is no time. */
function dateOf(value: unknown): Date | undefined {
  return typeof value === 'number' && Math.abs(value) <= LATEST ? new Date(value * 1000) : undefined
}

function claimText(name: string, value: unknown): string {
  const date = (TIMES as readonly string[]).includes(name) ? dateOf(value) : undefined
  if (date === undefined) return shown(value)
  return `${date
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z')} (${fromNow(date)})`
}

/** A text as it is, all else as JSON, in one line. */
function shown(value: unknown): string {
  return cutTo(
    typeof value === 'string' ? printable(value).replaceAll('\n', '\\n') : printableJson(JSON.stringify(value)),
    WIDEST,
  )
}
