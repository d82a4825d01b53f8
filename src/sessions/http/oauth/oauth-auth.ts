/** OAuth 2: a token that is got, kept, and replaced when it is no longer good. */
import { createHash } from 'node:crypto'
import { OptionError, report, Task } from '../../../exchange/index.js'
import { SessionError } from '../../face/session-error.js'
import { HttpAuth } from '../auth/http-auth.js'
import { Jwt } from '../auth/jwt.js'
import type { AbortHook, Incoming, Outgoing } from '../exchange.js'
import { withLock } from './file-lock.js'
import { clipped } from './oauth-error.js'
import type { OAuthFlow, OAuthSettings } from './oauth-options.js'
import { OAuthServer } from './oauth-server.js'
import { hookOf, SharedWork } from './shared-work.js'
import { isGood, type Token, tokenFrom } from './token.js'
import { type TokenOwner, TokenStore } from './token-store.js'

/** A server that answers 401 to a new token will do so again: it is not asked for another one within this time, ms. */
const PATIENCE = 5000

/**
 * Proves who asks with a token from a server. Made by `http.auth.oauth`. The first request that needs a token gets one, which may
 * mean that somebody has to sign in; one that is no longer good is replaced once, however many requests wait for it.
 */
export class OAuthAuth extends HttpAuth {
  readonly scheme = 'Bearer'
  readonly #settings: OAuthSettings
  readonly #server: OAuthServer
  readonly #store: TokenStore | undefined
  #token: Token | undefined
  /** Whether the store has been read. */
  #isLoaded = false
  readonly #getting = new SharedWork((signal) => this.#get(signal))
  /** When a token was replaced because of an answer 401, `performance.now()`. */
  #replaced = Number.NEGATIVE_INFINITY

  /** @param settings those that `settingsOf` gives */
  constructor(settings: OAuthSettings) {
    super()
    this.#settings = settings
    const { store } = settings
    this.#server = new OAuthServer(this.#place, settings)
    this.#store =
      store === false ? undefined : new TokenStore(this.#place, ownerOf(settings), store === true ? undefined : store)
  }

  /** The server: its issuer, else the URL of its tokens. */
  get server(): string {
    return this.#settings.server
  }

  get clientId(): string {
    return this.#settings.clientId
  }

  /** `code`, `device`, `client` or `refresh`. */
  get flow(): OAuthFlow {
    return this.#settings.flow
  }

  /** What the token is good for, as far as the server has told; before that what is asked for. */
  get scope(): string | undefined {
    return this.#known()?.scope ?? this.#settings.scope
  }

  /** Whether there is a token that is good now. */
  get isSignedIn(): boolean {
    const token = this.#known()
    return token !== undefined && isGood(token)
  }

  /** Until when the token is good; undefined: there is none, or the server does not say. */
  get expires(): Date | undefined {
    const expires = this.#known()?.expires
    return expires === undefined ? undefined : new Date(expires)
  }

  /** Whether another token can be had without signing in. */
  get canRefresh(): boolean {
    return this.flow === 'client' || this.#refreshToken !== undefined
  }

  /** Who has signed in, where the server tells (OpenID Connect): what its ID token says. It came from the server itself, for this client. */
  get identity(): Jwt | undefined {
    const id = this.#known()?.id
    return id !== undefined && Jwt.isOne(id) ? new Jwt(id) : undefined
  }

  /** Where tokens are kept; undefined: only in memory. */
  get file(): string | undefined {
    return this.#store?.file
  }

  /**
   * Signs in anew, whatever token there is.
   * @returns itself
   * @throws SessionError where it does not work
   */
  login(): Task<OAuthAuth> {
    return this.#task('login', async (signal) => {
      const work = new SharedWork((given) => this.#first(given))
      await work.join(hookOf(signal))
    })
  }

  /** Gets another token without signing in. @throws OptionError where that is not possible; SessionError where it does not work */
  refresh(): Task<OAuthAuth> {
    return this.#task('refresh', async (signal) => {
      if (!this.canRefresh) throw new OptionError(`${this.#place}: there is nothing to refresh: login() signs in`)
      this.#forgetAccess()
      await this.#getting.join(hookOf(signal))
    })
  }

  /** Has the tokens made worthless by the server, and forgets them here, also on disk. @returns itself */
  logout(): Task<OAuthAuth> {
    return this.#task('logout', async () => {
      const token = this.#current()
      this.#token = undefined
      this.#store?.delete()
      if (token === undefined) return
      const tokens = [token.refresh, token.access].filter((each) => each !== undefined && each !== '') as string[]
      if (!(await this.#server.revoke(tokens)))
        report(`${this.#place}: the tokens are forgotten here; the server cannot make them worthless`, 'warning')
    })
  }

  async authorize(request: Outgoing): Promise<void> {
    request.headers.set('Authorization', header(await this.#good(request.abort)))
  }

  override async challenged(_answer: Incoming, request: Outgoing): Promise<boolean> {
    const token = this.#token
    // Another request has had it replaced meanwhile.
    if (token === undefined || request.headers.get('Authorization') !== header(token)) return true
    if (!this.canRefresh || performance.now() - this.#replaced < PATIENCE) return false
    this.#forgetAccess()
    await this.#getting.join(request.abort)
    this.#replaced = performance.now()
    return true
  }

  /** One line without the token. */
  toString(): string {
    const token = this.#known()
    return `OAuth2 ${clipped(this.server)} as ${clipped(this.clientId)}: ${token === undefined ? 'not signed in' : stateText(token, this.canRefresh)}`
  }

  override toJSON(): string {
    return this.toString()
  }

  get #place(): string {
    return `oauth ${this.#settings.server}`
  }

  #task(name: string, work: (signal: AbortSignal) => Promise<void>): Task<OAuthAuth> {
    return Task.run(
      async ({ signal }) => {
        await work(signal)
        return this
      },
      { name: `oauth ${name}` },
    )
  }

  async #good(abort: AbortHook): Promise<Token> {
    const token = this.#current()
    return token !== undefined && isGood(token) ? token : await this.#getting.join(abort)
  }

  /** The token, from disk the first time. */
  #current(): Token | undefined {
    if (!this.#isLoaded) {
      this.#token = this.#store?.read()
      this.#isLoaded = true
    }
    return this.#token
  }

  /** The same for what only shows it. */
  #known(): Token | undefined {
    try {
      return this.#current()
    } catch {
      return undefined
    }
  }

  get #refreshToken(): string | undefined {
    return this.#known()?.refresh ?? this.#settings.refreshToken
  }

  /** The token is not good although it is not over. */
  #forgetAccess(): void {
    const token = this.#current()
    if (token !== undefined) this.#token = { ...token, expires: 0 }
  }

  /** A good token: refreshed where that is possible, else from the beginning. */
  async #get(signal: AbortSignal): Promise<Token> {
    const newer = this.#store?.read()
    // Somebody has signed in, or another netshell has refreshed it.
    if (newer !== undefined && newer.access !== this.#current()?.access && isGood(this.#take(newer))) return newer
    const stale = this.#current()
    if (this.#refreshToken === undefined) return await this.#first(signal)
    try {
      // Not given up half-way: the server may have used up the refresh token by then, and the answer has the next one.
      return await this.#refreshed(stale)
    } catch (error) {
      if (!(error instanceof SessionError && error.code === 'invalid_grant') || this.flow === 'refresh') throw error
      this.#token = undefined
      this.#store?.delete()
      report(`${this.#place}: the sign-in of before is no longer good`, 'warning')
      return await this.#first(signal)
    }
  }

  /** Only one netshell at a time uses up the refresh token: servers take a second use for a theft, and end the sign-in. */
  #refreshed(stale: Token | undefined): Promise<Token> {
    const work = (): Promise<Token> => this.#refreshedAlone(stale)
    return this.#store === undefined ? work() : withLock(`${this.#store.file}.lock`, work)
  }

  async #refreshedAlone(stale: Token | undefined): Promise<Token> {
    const stored = this.#store?.read()
    // Another netshell was faster.
    if (stored !== undefined && stored.access !== stale?.access && isGood(stored)) return this.#take(stored)
    const before = stored ?? stale
    const response = await this.#server.refresh(before?.refresh ?? this.#settings.refreshToken!)
    return this.#keep(tokenFrom(response, this.#settings.scope, before))
  }

  /** A token from the beginning. */
  async #first(signal: AbortSignal): Promise<Token> {
    const { flow, scope } = this.#settings
    if (flow === 'refresh') return await this.#refreshed(undefined)
    if (flow === 'client') return this.#keep(tokenFrom(await this.#server.clientCredentials(), scope))
    const response =
      flow === 'code'
        ? await (await import('./code-flow.js')).codeFlow(this.#server, signal)
        : await (await import('./device-flow.js')).deviceFlow(this.#server, signal)
    return this.#keep(tokenFrom(response, scope))
  }

  #keep(token: Token): Token {
    this.#store?.write(token)
    return this.#take(token)
  }

  #take(token: Token): Token {
    this.#token = token
    this.#isLoaded = true
    return token
  }
}

/** A refresh token that was given decides whose tokens they are. */
function ownerOf({ server, clientId, scope, flow, parameters, refreshToken }: OAuthSettings): TokenOwner {
  const given = refreshToken === undefined ? '' : createHash('sha256').update(refreshToken).digest('hex').slice(0, 16)
  const asked = [
    flow,
    ...(given === '' ? [] : [given]),
    new URLSearchParams(Object.entries(parameters).sort()).toString(),
  ]
  return { server, clientId, scope, asked: asked.join(' ').trim() }
}

function header({ access }: Token): string {
  return `Bearer ${access}`
}

function stateText(token: Token, canRefresh: boolean): string {
  const { expires, scope } = token
  const what = scope === undefined ? 'signed in' : `signed in for ${clipped(scope)}`
  const until = expires === undefined ? '' : isGood(token) ? `, until ${dateText(expires)}` : `, expired`
  return `${what}${until}${canRefresh ? ', can be refreshed' : ''}`
}

/** `2026-11-22 17:36`, of this place. */
function dateText(time: number): string {
  const date = new Date(time - new Date(time).getTimezoneOffset() * 60_000)
  return date.toISOString().slice(0, 16).replace('T', ' ')
}
