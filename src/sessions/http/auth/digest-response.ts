/** What Digest sends: the computation alone. RFC 7616 §3.4. */
import { createHash } from 'node:crypto'
import { quoted } from './challenge.js'

/** The algorithms that can be told in a challenge (IANA "Hash Algorithms for HTTP Digest Authentication"), strongest first. */
const HASHES: Readonly<Record<string, string>> = { 'SHA-512-256': 'sha512-256', 'SHA-256': 'sha256', MD5: 'md5' }

/** An algorithm: what it computes with, and whether the nonces are computed into the key (`-sess`). */
export interface DigestAlgorithm {
  /** As the server wrote it; undefined: it named none, which means MD5. */
  readonly name: string | undefined
  readonly hash: string
  readonly isSession: boolean
  /** Greater is stronger. */
  readonly strength: number
}

/** The algorithm of that name; undefined: it is not known. */
export function digestAlgorithm(name: string | undefined): DigestAlgorithm | undefined {
  const [, base, session] = /^(.+?)(-sess)?$/i.exec(name ?? 'MD5')!
  const place = Object.keys(HASHES).indexOf(base!.toUpperCase())
  if (place < 0) return undefined
  return { name, hash: Object.values(HASHES)[place]!, isSession: session !== undefined, strength: -place }
}

/** What a server said, checked. Texts of it have one character a byte, as they came. */
export interface DigestChallenge {
  readonly realm: string
  readonly nonce: string
  readonly opaque: string | undefined
  readonly algorithm: DigestAlgorithm
  /** Undefined: as before RFC 2617, without a count of requests. */
  readonly qop: 'auth' | 'auth-int' | undefined
  /** The name is sent as a hash. */
  readonly isUserHashed: boolean
  /** The server says that it reads UTF-8. */
  readonly isUtf8: boolean
}

/** What one request adds. */
export interface DigestRequest {
  readonly user: string
  readonly password: string
  readonly method: string
  /** Path and query, as they are sent. */
  readonly uri: string
  /** How often the nonce was used, this time included. */
  readonly count: number
  readonly cnonce: string
  /** Hash of the body, for `auth-int`. */
  readonly bodyHash?: string | undefined
}

/** A hash as Digest writes it. @param text with one character a byte */
export function hashOf({ hash }: DigestAlgorithm, text: string): string {
  return createHash(hash).update(text, 'latin1').digest('hex')
}

/** The value of `Authorization`. */
export function digestAuthorization(challenge: DigestChallenge, request: DigestRequest): string {
  const { realm, nonce, opaque, algorithm, qop, isUserHashed, isUtf8 } = challenge
  const { method, uri, count, cnonce, bodyHash } = request
  const hash = (...parts: string[]): string => hashOf(algorithm, parts.join(':'))
  const user = bytesOf(request.user)
  const secret = hash(user, realm, bytesOf(request.password))
  const key = algorithm.isSession ? hash(secret, nonce, cnonce) : secret
  const what = qop === 'auth-int' ? hash(method, uri, bodyHash!) : hash(method, uri)
  const nc = count.toString(16).padStart(8, '0')
  const response = qop === undefined ? hash(key, nonce, what) : hash(key, nonce, nc, cnonce, qop, what)
  const isExtended = !isUserHashed && isUtf8 && !/^[\x20-\x7e]*$/.test(user)
  // Which of them are quoted is fixed: RFC 7616 §3.4.
  const fields = [
    isExtended
      ? `username*=UTF-8''${extended(request.user)}`
      : `username=${quoted(isUserHashed ? hash(user, realm) : user)}`,
    `realm=${quoted(realm)}`,
    `nonce=${quoted(nonce)}`,
    `uri=${quoted(uri)}`,
    `response=${quoted(response)}`,
  ]
  if (algorithm.name !== undefined) fields.push(`algorithm=${algorithm.name}`)
  if (qop !== undefined) fields.push(`cnonce=${quoted(cnonce)}`, `nc=${nc}`, `qop=${qop}`)
  if (opaque !== undefined) fields.push(`opaque=${quoted(opaque)}`)
  if (isUserHashed) fields.push('userhash=true')
  return `Digest ${fields.join(', ')}`
}

/** UTF-8 with one character a byte. */
function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1')
}

/** RFC 8187 §3.2: what encodeURIComponent leaves and RFC 8187 does not. */
function extended(text: string): string {
  return encodeURIComponent(text).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
