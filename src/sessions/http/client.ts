/** The client: what is asked for becomes a request, which goes through the steps to the wire; the answer comes back through them. */
import { Readable } from 'node:stream'
import { SessionError } from '../face/session-error.js'
import { knowMediaTypes } from '../files/media-types.js'
import { authFrom } from './auth/auth-option.js'
import { authStep } from './auth/auth-step.js'
import { Credentials } from './auth/credentials.js'
import type { HttpAuth } from './auth/http-auth.js'
import { HttpCache } from './cache/http-cache.js'
import { CallAbort, type CallControl, NEVER, progressOf } from './call-control.js'
import { type ConnectionSettings, Connections } from './connections.js'
import { Cookies, cookieHeader, transientCookies } from './cookies.js'
import { ACCEPTED, decoded, decodedStream, isCoded } from './decode.js'
import type { Incoming, Outgoing, Send, Step } from './exchange.js'
import { HttpHeaders } from './headers.js'
import { addParams, checkRequestOptions, type HttpOptions, type HttpSessionOptions, urlOf } from './http-options.js'
import { redirectStep } from './redirects.js'
import { requestBody } from './request-body.js'
import { HttpResponse } from './response.js'
import { retryStep } from './retries.js'
import { isSecretHeader } from './secret-headers.js'
import { clientParts } from './undici-parts.js'
import { sendOnWire } from './wire.js'
import { requestName } from './wire-errors.js'

const TIMEOUT = 30
const RETRIES = 2
const REDIRECTS = 10
const LIMIT = 64 * 1024 * 1024
/** Sets of connections of one client with settings of single calls. */
const MOST_SETTINGS = 16

/** An answer whose body is read as it comes. */
export interface OpenAnswer {
  readonly request: Outgoing
  readonly answer: Incoming
  /** Decompressed: to be read instead of `raw`. */
  readonly body: Readable
  /** As it came. */
  readonly raw: Readable
  readonly history: readonly HttpResponse[]
  /** `performance.now()` */
  readonly began: number
}

/** What a request would have. */
export interface PreparedRequest {
  readonly url: URL
  readonly headers: HttpHeaders
  readonly tls: HttpOptions['tls'] | undefined
  readonly proxy: HttpOptions['proxy'] | undefined
}

const NO_ANSWER: Incoming = {
  status: 200,
  statusText: '',
  headers: new HttpHeaders(),
  version: '1.1',
  body: new Uint8Array(),
  marks: { start: 0 },
  remote: undefined,
  source: 'network',
}

/** Sends requests that have defaults, connections, cookies and a cache in common. */
export class HttpClient {
  readonly base: URL | undefined
  readonly cookies: Cookies | undefined
  readonly auth: HttpAuth | undefined
  readonly #defaults: HttpSessionOptions
  readonly #headers: HttpHeaders
  readonly #credentials: Credentials | undefined
  readonly #connections = new Map<string, Connections>()
  readonly #caches = new Map<string, HttpCache>()
  #usual: Send | undefined
  #usualHeaders: HttpHeaders | undefined

  /**
   * @param options checked before
   * @param keeps whether cookies are kept from one call to the next
   */
  constructor(options: HttpSessionOptions = {}, keeps = false, call = 'http.session') {
    this.#defaults = options
    this.base = options.base === undefined ? undefined : urlOf(call, options.base, undefined)
    this.#headers = HttpHeaders.from(options.headers, `${call}: headers`)
    this.auth = options.auth === undefined ? undefined : authFrom(options.auth, call)
    this.#credentials =
      options.credentials === undefined && options.netrc !== true
        ? undefined
        : new Credentials(options.credentials, { netrc: options.netrc === true })
    this.cookies = keeps ? new Cookies(options.cookies, this.base, call) : undefined
  }

  /** Sends a request and reads the whole answer. */
  async send(
    method: string,
    url: string | URL,
    options: HttpOptions = NONE,
    control?: CallControl,
  ): Promise<HttpResponse> {
    // What it costs to load the library is no part of any request.
    if (!isLoaded) await load()
    if (options.files !== undefined) await knowMediaTypes()
    const began = performance.now()
    const first = this.#outgoing(method, url, options, false, began, control)
    const answer = await this.#chain(first, options)(first)
    const { request } = first.trail.at(-1)!
    const body = answer.body as Uint8Array
    const bytes = isCoded(answer.headers)
      ? await decoded(requestName(request), answer.headers, body, first.limit)
      : body
    return new HttpResponse(request, answer, bytes, historyOf(first), began)
  }

  /** Sends a request and gives the answer as soon as its headers are there. */
  async open(method: string, url: string | URL, options: HttpOptions = {}, control?: CallControl): Promise<OpenAnswer> {
    if (!isLoaded) await load()
    if (options.files !== undefined) await knowMediaTypes()
    const began = performance.now()
    const first = this.#outgoing(method, url, options, true, began, control)
    const answer = await this.#chain(first, options)(first)
    const { request } = first.trail.at(-1)!
    // What comes from the cache is whole.
    const raw = answer.body instanceof Uint8Array ? Readable.from([answer.body], { objectMode: false }) : answer.body
    let body: Readable | undefined
    return {
      request,
      answer,
      raw,
      history: historyOf(first),
      began,
      get body() {
        body ??= decodedStream(requestName(request), answer.headers, raw)
        return body
      },
    }
  }

  /**
   * What the first request would have, with all that says who asks: for what only begins as an exchange of HTTP, a WebSocket.
   */
  async prepared(url: string | URL, options: HttpOptions = {}): Promise<PreparedRequest> {
    const first = this.#outgoing('GET', url, options, false, performance.now(), undefined)
    let last = first
    const nowhere: Send = async (request) => {
      last = request
      return NO_ANSWER
    }
    const steps = [...this.#authSteps(options), ...(this.cookies === undefined ? [] : [this.cookies.step])]
    await steps.reduceRight<Send>((next, step) => (request) => step(request, next), nowhere)(first)
    const { tls = this.#defaults.tls, proxy = this.#defaults.proxy } = options
    return { url: last.url, headers: last.headers, tls, proxy }
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    this.cookies?.save()
    const all = [...this.#connections.values()]
    this.#connections.clear()
    this.#usual = undefined
    await Promise.all(all.map((connections) => connections.close()))
  }

  /** The steps that a request goes through: the same for all whose options do not say otherwise. */
  #chain({ url }: Outgoing, options: HttpOptions): Send {
    const needsProof = url.username !== '' || url.password !== ''
    if (!needsProof && !OF_CHAIN.some((name) => options[name] !== undefined)) {
      this.#usual ??= this.#chainOf(NONE, this.auth !== undefined || this.#credentials !== undefined)
      return this.#usual
    }
    return this.#chainOf(options, true)
  }

  #chainOf(options: HttpOptions, hasProof: boolean): Send {
    const steps = [
      redirectStep,
      ...(hasProof ? this.#authSteps(options) : []),
      this.cookies?.step ?? transientCookies(),
      recordStep,
      ...this.#cacheSteps(options),
      retryStep,
    ]
    return steps.reduceRight<Send>((next, step) => (request) => step(request, next), this.#wire(options))
  }

  #outgoing(
    given: string,
    url: string | URL,
    options: HttpOptions,
    isStreamed: boolean,
    began: number,
    control: CallControl | undefined,
  ): Outgoing {
    const call = 'http'
    if (options !== NONE) checkRequestOptions(call, options)
    const method = methodOf(given)
    const defaults = this.#defaults
    const body = requestBody(call, options)
    const timeout = (options.timeout ?? defaults.timeout ?? TIMEOUT) * 1000 || Number.POSITIVE_INFINITY
    const target = urlOf(call, url, this.base)
    const isElsewhere = this.base !== undefined && target.origin !== this.base.origin
    // A key may stand in them.
    if (!isElsewhere) addParams(call, target, defaults.params)
    addParams(call, target, options.params)
    return {
      method,
      url: target,
      headers: this.#headersOf(options, body?.type, isElsewhere),
      body,
      // What a session with a base proves who asks with is for that origin.
      isForeign: isElsewhere && options.auth === undefined,
      isStreamed,
      abort: control === undefined ? NEVER : new CallAbort(control),
      deadline: began + timeout,
      patience: timeout,
      limit: options.limit ?? defaults.limit ?? LIMIT,
      redirects: options.redirects ?? defaults.redirects ?? (method === 'HEAD' ? 0 : REDIRECTS),
      retries: options.retries ?? defaults.retries ?? RETRIES,
      trail: [],
      progress: progressOf(options, control),
    }
  }

  /** Nobody changes the headers of a request in place: without any of its own it has those that all have. */
  #headersOf(options: HttpOptions, type: string | undefined, isElsewhere: boolean): HttpHeaders {
    if (!isElsewhere && options.headers === undefined && options.cookies === undefined && type === undefined) {
      this.#usualHeaders ??= withUsual(this.#headers.copy(), undefined)
      return this.#usualHeaders
    }
    const headers = this.#headers.copy()
    if (isElsewhere) for (const [name] of this.#headers) if (isSecretHeader(name)) headers.delete(name)
    const own = HttpHeaders.from(options.headers)
    for (const [name] of own) headers.delete(name)
    for (const [name, value] of own) headers.add(name, value)
    if (options.cookies !== undefined) headers.add('Cookie', cookieHeader(options.cookies))
    withUsual(headers, type)
    for (const [name, value] of Object.entries(options.headers ?? {})) if (value === undefined) headers.delete(name)
    return headers
  }

  #authSteps({ auth, netrc }: HttpOptions): Step[] {
    const proof = auth === undefined ? this.auth : auth === false ? undefined : authFrom(auth, 'http')
    const credentials =
      auth === false
        ? undefined
        : netrc === true
          ? new Credentials(this.#defaults.credentials, { netrc: true })
          : this.#credentials
    return [authStep(proof, credentials)]
  }

  #cacheSteps(options: HttpOptions): Step[] {
    const choice = options.cache ?? this.#defaults.cache
    if (choice === undefined || choice === false) return []
    const key = String(choice)
    let cache = this.#caches.get(key)
    if (cache === undefined) {
      cache = new HttpCache(choice)
      this.#caches.set(key, cache)
    }
    return [cache.step]
  }

  #wire({ tls, proxy, http2 }: HttpOptions): Send {
    const { tls: ownTls, proxy: ownProxy, http2: ownHttp2 } = this.#defaults
    const settings: ConnectionSettings = {}
    if ((tls ?? ownTls) !== undefined) settings.tls = tls ?? ownTls
    if ((proxy ?? ownProxy) !== undefined) settings.proxy = proxy ?? ownProxy
    if ((http2 ?? ownHttp2) !== undefined) settings.http2 = http2 ?? ownHttp2
    const key = JSON.stringify(settings)
    let connections = this.#connections.get(key)
    if (connections === undefined) {
      connections = new Connections(settings)
      this.#connections.set(key, connections)
      if (this.#connections.size > MOST_SETTINGS) this.#forgetOldest()
    }
    return (request) => sendOnWire(connections, request)
  }

  #forgetOldest(): void {
    // The first are those that all calls have, where they have been used.
    const [key, connections] = [...this.#connections.entries()][1]!
    this.#connections.delete(key)
    void connections.close()
  }
}

let isLoaded = false

async function load(): Promise<void> {
  await clientParts()
  isLoaded = true
}

/** Options that decide on the steps, not on the request. */
const OF_CHAIN = ['auth', 'netrc', 'cache', 'tls', 'proxy', 'http2'] as const
const NONE: HttpOptions = Object.freeze({})

/** Keeps what was asked and answered: redirects, and what asked who we are, are the history of the answer. */
const recordStep: Step = (request, next) =>
  next(request).then((answer) => {
    request.trail.push({ request, answer })
    return answer
  })

function historyOf({ trail }: Outgoing): HttpResponse[] {
  if (trail.length === 1) return NO_HISTORY
  return trail
    .slice(0, -1)
    .map(({ request, answer }) => new HttpResponse(request, answer, bytesOf(answer), NO_HISTORY, answer.marks.start))
}

const NO_HISTORY: HttpResponse[] = Object.freeze([]) as unknown as HttpResponse[]

/** @throws SessionError for what is no method */
function methodOf(given: string): string {
  if (typeof given === 'string' && /^[!#$%&'*+.^_`|~\dA-Za-z-]+$/.test(given)) {
    const upper = given.toUpperCase()
    // Methods are case-sensitive; those that all know are meant when they are typed in small letters.
    return KNOWN.has(upper) ? upper : given
  }
  throw new SessionError(`http: '${String(given)}' is no method: GET, POST, PURGE …`, 'METHOD')
}

const KNOWN = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'])

function withUsual(headers: HttpHeaders, type: string | undefined): HttpHeaders {
  if (!headers.has('user-agent')) headers.add('User-Agent', 'netshell')
  if (!headers.has('accept')) headers.add('Accept', '*/*')
  if (!headers.has('accept-encoding')) headers.add('Accept-Encoding', ACCEPTED)
  if (type !== undefined && !headers.has('content-type')) headers.add('Content-Type', type)
  return headers
}

/** Of answers that only led on, what is in memory. */
function bytesOf({ body }: Incoming): Uint8Array {
  return body instanceof Uint8Array ? body : NO_BYTES
}

const NO_BYTES = new Uint8Array()
