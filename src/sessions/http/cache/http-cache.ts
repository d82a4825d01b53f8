/** Answers kept on disk, used again as RFC 9111 says. */
import path from 'node:path'
import type CachePolicy from 'http-cache-semantics'
import { OptionError } from '../../../exchange/index.js'
import { fullPath } from '../../../exchange/invoking-user.js'
import { cacheFolder } from '../../../exchange/user-files.js'
import type { Incoming, Outgoing, Send, Step } from '../exchange.js'
import { HttpHeaders } from '../headers.js'
import { isSecretHeader } from '../secret-headers.js'
import { type CacheEntry, CacheFolder } from './cache-folder.js'

/** true: in the user's cache folder; or the folder; false: none. */
export type CacheOption = boolean | string

/** Methods that change nothing (RFC 9110 §9.2.1): what is kept stays good. */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])
/** Bytes of a body that is kept. */
const LARGEST_BODY = 16 * 1024 * 1024
/** With one of these the caller does the asking for changes. */
const CONDITIONS = ['if-none-match', 'if-modified-since', 'if-match', 'if-unmodified-since', 'if-range', 'range']

/** A private cache: what is for one user alone is kept, too, for him alone. */
export class HttpCache {
  readonly #folder: CacheFolder

  constructor(option: CacheOption) {
    if (option !== true && (typeof option !== 'string' || option === ''))
      throw new OptionError('http: cache must be true, false or the name of a folder')
    this.#folder = new CacheFolder(option === true ? path.join(cacheFolder(), 'http') : fullPath(option))
  }

  /** Answers from the cache what it may, and keeps what it may. */
  readonly step: Step = async (request, next) => {
    if (!SAFE.has(request.method)) return this.#changing(request, next)
    const isOurs = request.method === 'GET' && !CONDITIONS.some((name) => request.headers.has(name))
    if (!isOurs) return next(request)
    const { default: Policy } = await import('http-cache-semantics')
    const asked = plain(request)
    const kept = await this.#folder.read(keyOf(request))
    if (kept === undefined) return this.#fetched(Policy, request, asked, next)
    const policy = Policy.fromObject(kept.policy as CachePolicy.CachePolicyObject)
    if (policy.satisfiesWithoutRevalidation(asked)) return answerOf(kept, policy, 'cache')
    const headers = HttpHeaders.from(policy.revalidationHeaders(asked) as Record<string, string>)
    const answer = await next({ ...request, headers })
    const { policy: renewed, modified } = policy.revalidatedPolicy(asked, plainAnswer(answer))
    if (modified || answer.status !== 304)
      return this.#keep(new Policy(asked, plainAnswer(answer), PRIVATE), request, answer)
    await this.#folder.write(keyOf(request), { ...kept, policy: renewed.toObject() })
    return { ...answerOf(kept, renewed, 'revalidated'), marks: answer.marks, remote: answer.remote }
  }

  async #fetched(
    Policy: typeof CachePolicy,
    request: Outgoing,
    asked: CachePolicy.HttpRequest,
    next: Send,
  ): Promise<Incoming> {
    const answer = await next(request)
    return this.#keep(new Policy(asked, plainAnswer(answer), PRIVATE), request, answer)
  }

  async #keep(policy: CachePolicy, request: Outgoing, answer: Incoming): Promise<Incoming> {
    const { body, status, statusText, version, headers } = answer
    if (policy.storable() && body instanceof Uint8Array && body.length <= LARGEST_BODY)
      await this.#folder.write(keyOf(request), {
        policy: policy.toObject(),
        status,
        statusText,
        version,
        headers: [...headers.raw],
        body,
      })
    return answer
  }

  /** What changes something makes what is kept of that URL worthless (RFC 9111 §4.4). */
  async #changing(request: Outgoing, next: Send): Promise<Incoming> {
    const answer = await next(request)
    if (answer.status < 400) await this.#folder.remove(keyOf({ ...request, method: 'GET' }))
    return answer
  }
}

const PRIVATE = { shared: false }

/** Who shows other credentials, or other cookies, gets other answers. */
function keyOf({ url, headers }: Outgoing): string {
  const names = new Set([...headers].map(([name]) => name.toLowerCase()).filter((name) => isSecretHeader(name)))
  // New for each form that is sent, and no part of who asks.
  const secrets = [...names].filter((name) => !/[cx]srf/.test(name)).map((name) => [name, headers.get(name)])
  return `${url.origin}${url.pathname}${url.search}\n${JSON.stringify(secrets)}`
}

function plain({ method, url, headers }: Outgoing): CachePolicy.HttpRequest {
  return { method, url: url.href, headers: headers.toJSON() }
}

function plainAnswer({ status, headers }: Incoming): CachePolicy.HttpResponse {
  return { status, headers: headers.toJSON() }
}

function answerOf(kept: CacheEntry, policy: CachePolicy, source: 'cache' | 'revalidated'): Incoming {
  const now = performance.now()
  const headers = HttpHeaders.from(policy.responseHeaders() as Record<string, string>)
  return {
    status: kept.status,
    statusText: kept.statusText,
    version: kept.version,
    headers,
    body: kept.body,
    marks: { start: now, firstByte: now, end: now },
    remote: undefined,
    source,
  }
}
