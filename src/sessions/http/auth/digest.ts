/** Digest: proves that both know the password, without sending it. RFC 7616. */
import { createHash, randomBytes } from 'node:crypto'
import { printable } from '../../../exchange/printable.js'
import { SessionError } from '../../face/session-error.js'
import type { Incoming, Outgoing, RequestBody } from '../exchange.js'
import { type Challenge, challengesOf, readParameters } from './challenge.js'
import {
  type DigestAlgorithm,
  type DigestChallenge,
  digestAlgorithm,
  digestAuthorization,
  hashOf,
} from './digest-response.js'
import { HttpAuth } from './http-auth.js'
import { readPassword } from './secret-text.js'
import { covers } from './url-prefix.js'

/** Servers whose nonces are kept; the one that was learned first goes. */
const MOST_ORIGINS = 100
/** A nonce, a realm: longer ones are not repeated to who sent them. */
const LONGEST = 4096
/** RFC 7616 §3.4: the count has eight digits. */
const MOST_USES = 0xffffffff

/** What a server has asked for, and how often it was answered. */
interface Known {
  challenge: DigestChallenge
  /** The same for all requests with a nonce: with `-sess` it is part of the key. */
  readonly cnonce: string
  count: number
  /** Where it asks for it; empty: everywhere. */
  readonly prefixes: readonly URL[]
}

/** Answers the challenges of servers, and from then on goes ahead of them with the same nonce until that is stale. */
export class DigestAuth extends HttpAuth {
  readonly scheme = 'Digest'
  readonly user: string
  readonly #password: string
  readonly #known = new Map<string, Known>()
  /** A challenge is for the request that met it, whatever the others meet meanwhile: a nonce may be good for one request only. */
  readonly #met = new WeakMap<Outgoing, Known>()

  /** @throws OptionError for what cannot be sent */
  constructor(user: string, password: string, call = 'http.auth.digest') {
    super()
    const checked = readPassword(call, user, password)
    this.user = checked.user
    this.#password = checked.password
  }

  authorize(request: Outgoing): void | Promise<void> {
    const known = this.#met.get(request) ?? this.#ahead(request.url)
    if (known === undefined) return
    const { challenge } = known
    if (challenge.qop !== 'auth-int') return this.#sign(request, known)
    return bodyHash(challenge.algorithm, request).then((hash) => this.#sign(request, known, hash))
  }

  /** What a server asked for before, where it asks for it. */
  #ahead(url: URL): Known | undefined {
    const known = this.#known.get(url.origin)
    if (known === undefined || known.count >= MOST_USES) return undefined
    const { prefixes } = known
    return prefixes.length === 0 || prefixes.some((prefix) => covers(prefix, url)) ? known : undefined
  }

  #sign({ headers, method, url }: Outgoing, known: Known, hash?: string): void {
    known.count++
    const { challenge, cnonce, count } = known
    const uri = url.pathname + url.search
    headers.set(
      'Authorization',
      digestAuthorization(challenge, {
        user: this.user,
        password: this.#password,
        method,
        uri,
        count,
        cnonce,
        bodyHash: hash,
      }),
    )
  }

  override challenged(answer: Incoming, request: Outgoing): boolean {
    const found = strongest(challengesOf(answer.headers))
    const sent = sentNonce(request)
    if (found === undefined || (sent !== undefined && !this.#isStale(found, sent, request.url))) {
      this.#forget(request.url, sent)
      return false
    }
    const known: Known = {
      challenge: found.challenge,
      cnonce: randomBytes(16).toString('hex'),
      count: 0,
      prefixes: prefixesOf(found.from, request.url),
    }
    this.#known.delete(request.url.origin)
    this.#known.set(request.url.origin, known)
    if (this.#known.size > MOST_ORIGINS) this.#known.delete(this.#known.keys().next().value!)
    this.#met.set(request, known)
    return true
  }

  /** What was refused is not sent unasked again; what was taken may come with the nonce for the next time (RFC 7616 §3.5). */
  override settled(answer: Incoming, request: Outgoing): void {
    const sent = sentNonce(request)
    if (sent === undefined) return
    if (answer.status === 401) this.#forget(request.url, sent)
    const known = this.#known.get(request.url.origin)
    const next = readParameters(answer.headers.get('authentication-info') ?? '')?.get('nextnonce')
    if (next === undefined || !isUsable(next) || known?.challenge.nonce !== sent) return
    this.#known.set(request.url.origin, { ...known, challenge: { ...known.challenge, nonce: next }, count: 0 })
  }

  /** Not every server says so: what was taken before is refused because of its age, not because of the password. */
  #isStale({ from }: Found, sent: string, { origin }: URL): boolean {
    if (from.parameters.get('stale')?.toLowerCase() === 'true') return true
    const known = this.#known.get(origin)
    return known === undefined || known.challenge.nonce !== sent || known.count > 1
  }

  #forget({ origin }: URL, nonce: string | undefined): void {
    if (this.#known.get(origin)?.challenge.nonce === nonce) this.#known.delete(origin)
  }

  toString(): string {
    return `Digest as ${printable(this.user)}`
  }
}

/** Digest with this user and password. */
export function digest(user: string, password: string): DigestAuth {
  return new DigestAuth(user, password)
}

interface Found {
  readonly challenge: DigestChallenge
  readonly from: Challenge
}

/** The challenge with the strongest algorithm of those that can be answered; of equal ones the server's first. */
function strongest(challenges: readonly Challenge[]): Found | undefined {
  let best: Found | undefined
  for (const from of challenges) {
    const challenge = from.scheme === 'digest' ? readDigest(from) : undefined
    if (challenge === undefined) continue
    if (best === undefined || challenge.algorithm.strength > best.challenge.algorithm.strength)
      best = { challenge, from }
  }
  return best
}

/** Undefined: it lacks something, or wants what is not known. */
function readDigest({ parameters }: Challenge): DigestChallenge | undefined {
  const [realm, nonce, opaque] = ['realm', 'nonce', 'opaque'].map((name) => parameters.get(name))
  const algorithm = digestAlgorithm(parameters.get('algorithm'))
  if (realm === undefined || nonce === undefined || algorithm === undefined) return undefined
  if (![realm, nonce, opaque ?? ''].every(isUsable)) return undefined
  const offered = parameters
    .get('qop')
    ?.split(',')
    .map((each) => each.trim().toLowerCase())
  // That of the body costs reading it twice, so it is for those who insist.
  const qop = (['auth', 'auth-int'] as const).find((each) => offered?.includes(each))
  if (qop === undefined && (offered !== undefined || algorithm.isSession)) return undefined
  const isUserHashed = parameters.get('userhash')?.toLowerCase() === 'true'
  const isUtf8 = parameters.get('charset')?.toLowerCase() === 'utf-8'
  return { realm, nonce, opaque, algorithm, qop, isUserHashed, isUtf8 }
}

function isUsable(text: string): boolean {
  return text.length <= LONGEST
}

/** Where a server asks for the proof (RFC 7616 §3.3, domain); other servers are not its business. */
function prefixesOf({ parameters }: Challenge, url: URL): URL[] {
  const found = (parameters.get('domain') ?? '')
    .split(/\s+/)
    .slice(0, MOST_ORIGINS)
    .filter((each) => each !== '')
  return found
    .flatMap((each) => (URL.canParse(each, url.href) ? [new URL(each, url)] : []))
    .filter(({ origin }) => origin === url.origin)
}

/** The nonce of the proof that a request carries. */
function sentNonce({ headers }: Outgoing): string | undefined {
  const value = headers.get('authorization')
  return value?.startsWith('Digest ') ? readParameters(value.slice('Digest '.length))?.get('nonce') : undefined
}

/** The body is read for its hash, and later once more to be sent. */
async function bodyHash(algorithm: DigestAlgorithm, { body, method, url }: Outgoing): Promise<string> {
  if (body === undefined) return hashOf(algorithm, '')
  if (!body.isRepeatable)
    throw new SessionError(
      `${method} ${url.origin}${url.pathname}: the server wants a digest of the body (auth-int), and this body can be read only once: give it as text, bytes or a file`,
      'AUTH',
    )
  const hash = createHash(algorithm.hash)
  for await (const piece of piecesOf(body)) hash.update(piece)
  return hash.digest('hex')
}

function piecesOf(body: RequestBody): Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array> {
  const opened = body.open()
  return typeof opened === 'string' || opened instanceof Uint8Array ? [opened] : opened
}
