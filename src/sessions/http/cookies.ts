/** Cookies, kept between requests (RFC 6265): in memory, or in a file. */
import type { CookieJar } from 'tough-cookie'
import { OptionError } from '../../exchange/index.js'
import { fullPath } from '../../exchange/invoking-user.js'
import { readUserFile, shownPath, writeUserFile } from '../../exchange/user-files.js'
import type { Incoming, Outgoing, Send, Step } from './exchange.js'

/** Cookies for the base of a session, or the name of a file that keeps them. */
export type CookiesOption = Record<string, string> | string

/** A cookie, to be looked at. */
export interface HttpCookie {
  name: string
  value: string
  domain: string
  path: string
  /** Unset: until the session ends. */
  expires?: Date
  secure: boolean
  httpOnly: boolean
  sameSite?: string
}

const NONE: Record<string, string> = {}
/** Cookies of a jar, as many as browsers keep; further ones are left out. */
const MOST_COOKIES = 3000

/** The cookies of a session. The library is loaded with the first one. */
export class Cookies {
  readonly #file: string | undefined
  readonly #given: Record<string, string>
  #jar: CookieJar | undefined
  #isChanged = false
  #count = 0

  /** @param given names and values for `base`, or a file */
  constructor(
    given: CookiesOption | undefined,
    private readonly base: URL | undefined,
    call = 'http.session',
  ) {
    this.#file = typeof given === 'string' ? fullPath(given) : undefined
    this.#given = typeof given === 'object' && Object.keys(given).length > 0 ? given : NONE
    if (this.#given !== NONE && base === undefined)
      throw new OptionError(`${call}: cookies belong to a server: give its base, too`)
  }

  /** All, as they are. */
  list(): HttpCookie[] {
    const store = this.#jar?.serializeSync()?.cookies ?? []
    return store.map((cookie) => ({
      name: String(cookie.key ?? ''),
      value: String(cookie.value ?? ''),
      domain: String(cookie.domain ?? ''),
      path: String(cookie.path ?? '/'),
      ...(cookie.expires === undefined || cookie.expires === 'Infinity' || cookie.expires === null
        ? {}
        : { expires: new Date(cookie.expires as string | Date) }),
      secure: cookie.secure === true,
      httpOnly: cookie.httpOnly === true,
      ...(typeof cookie.sameSite === 'string' ? { sameSite: cookie.sameSite } : {}),
    }))
  }

  /** Sends the cookies of a URL with its requests, and keeps those that its answers set. */
  readonly step: Step = (request, next) => {
    if (this.#jar === undefined) {
      const isEmpty = this.#file === undefined && this.#given === NONE
      if (!isEmpty) return this.#load().then((jar) => this.#with(jar, request, next))
      // Nothing to send: the common case should cost nothing.
      return next(request).then((answer) => (setsCookies(answer) ? this._keep(request.url, answer) : answer))
    }
    return this.#with(this.#jar, request, next)
  }

  async #with(jar: CookieJar, request: Outgoing, next: Send): Promise<Incoming> {
    const stored = jar.getCookieStringSync(request.url.href)
    const answer = await next(stored === '' ? request : withCookies(request, stored))
    return setsCookies(answer) ? this._keep(request.url, answer) : answer
  }

  /** Takes all away. */
  clear(): void {
    this.#jar?.removeAllCookiesSync()
    this.#isChanged = true
    this.save()
  }

  /** Writes the file, where there is one and something is new. */
  save(): void {
    if (this.#file === undefined || this.#jar === undefined || !this.#isChanged) return
    this.#isChanged = false
    writeUserFile(this.#file, `${JSON.stringify(this.#jar.serializeSync(), undefined, 1)}\n`)
  }

  async #load(): Promise<CookieJar> {
    if (this.#jar !== undefined) return this.#jar
    const { CookieJar } = await import('tough-cookie')
    let jar = new CookieJar(undefined, { rejectPublicSuffixes: true, looseMode: false })
    const kept = this.#file === undefined ? { missing: true as const } : readUserFile(this.#file)
    if ('refused' in kept) throw new OptionError(`cookies: ${shownPath(this.#file!)}: ${kept.refused}`)
    if ('text' in kept)
      try {
        jar = CookieJar.deserializeSync(kept.text)
      } catch {
        throw new OptionError(`cookies: ${shownPath(this.#file!)} is no file of cookies; another name makes a new one`)
      }
    for (const [name, value] of Object.entries(this.#given)) {
      checkCookie(name, value)
      jar.setCookieSync(`${name}=${value}; Path=/`, this.base!.href)
    }
    this.#jar ??= jar
    return this.#jar
  }

  /** Takes the cookies that an answer sets. */
  async _keep(url: URL, answer: Incoming): Promise<Incoming> {
    const jar = await this.#load()
    for (const value of answer.headers.getAll('set-cookie')) {
      // Those that were replaced or have expired are counted, too, until it matters.
      if (this.#count >= MOST_COOKIES) this.#count = jar.serializeSync()?.cookies.length ?? 0
      if (this.#count >= MOST_COOKIES) break
      // What is no cookie, or none for this server, is left out, as browsers do.
      if (jar.setCookieSync(value, url.href, { ignoreError: true }) !== undefined) this.#count++
    }
    this.#isChanged = true
    this.save()
    return answer
  }
}

/** What an answer of the cache set was set when it came. */
function setsCookies({ headers, source }: Incoming): boolean {
  return source === 'network' && headers.has('set-cookie')
}

/** Cookies of calls that have no session: kept from one redirect to the next, and forgotten with the call. */
export function transientCookies(): Step {
  const ofCalls = new WeakMap<Outgoing['trail'], Cookies>()
  return (request, next) => {
    const { trail, url } = request
    const known = ofCalls.get(trail)
    if (known !== undefined) return known.step(request, next)
    return next(request).then((answer) => {
      if (!setsCookies(answer)) return answer
      const cookies = new Cookies(undefined, undefined)
      ofCalls.set(trail, cookies)
      return cookies._keep(url, answer)
    })
  }
}

/** Cookies of one request alone, as the header has them. @throws OptionError for what cannot be sent */
export function cookieHeader(cookies: Record<string, string>): string {
  return Object.entries(cookies)
    .map(([name, value]) => {
      checkCookie(name, value)
      return `${name}=${value}`
    })
    .join('; ')
}

function checkCookie(name: string, value: unknown): void {
  if (!/^[!#$%&'*+.^_`|~\dA-Za-z-]+$/.test(name) || !/^[\x20-\x2b\x2d-\x3a\x3c-\x7e]*$/.test(String(value)))
    throw new OptionError(
      `cookies: '${name}' has a character that cookies cannot have: no semicolons, commas, line ends`,
    )
}

/** Of `name=value`. */
function nameOf(pair: string): string {
  return pair.split('=', 1)[0]!
}

function withCookies(request: Outgoing, stored: string): Outgoing {
  const headers = request.headers.copy()
  const own = headers.get('cookie')
  // What the request gives itself takes the place of one that is kept: of two that are called the same, servers take either.
  const names = new Set(own?.split('; ').map(nameOf))
  const kept = stored.split('; ').filter((pair) => !names.has(nameOf(pair)))
  headers.set('Cookie', own === undefined ? stored : [...kept, own].join('; '))
  return { ...request, headers }
}

/** The cookies that an answer set: {name: value}. */
export function cookiesSet({ headers }: Pick<Incoming, 'headers'>): Record<string, string> {
  const cookies: Record<string, string> = Object.create(null)
  for (const line of headers.getAll('set-cookie')) {
    const [pair = ''] = line.split(';', 1)
    const sign = pair.indexOf('=')
    if (sign > 0) cookies[pair.slice(0, sign).trim()] = pair.slice(sign + 1).trim()
  }
  return cookies
}
