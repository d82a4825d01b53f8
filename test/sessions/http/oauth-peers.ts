/** Servers that give tokens, and somebody who signs in there with a browser. */
import { readFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CookieJar } from 'tough-cookie'
import { setReporter } from '../../../src/exchange/index.js'
import { authStep } from '../../../src/sessions/http/auth/auth-step.js'
import type { HttpAuth } from '../../../src/sessions/http/auth/http-auth.js'
import { Connections } from '../../../src/sessions/http/connections.js'
import type { Incoming } from '../../../src/sessions/http/exchange.js'
import { HttpHeaders } from '../../../src/sessions/http/headers.js'
import { type OAuthAuth, type OAuthOptions, oauth } from '../../../src/sessions/http/oauth/index.js'
import { sendOnWire } from '../../../src/sessions/http/wire.js'

/** What we use of oidc-provider, which has no types. */
interface Provider {
  on(event: string, listener: (...values: never[]) => void): void
  callback(): RequestListener
  AccessToken: TokenModel
  RefreshToken: TokenModel
  proxy: boolean
}
interface TokenModel {
  find(value: string): Promise<{ destroy(): Promise<void>; scope?: string; isValid: boolean } | undefined>
}

/** A running oidc-provider: certified, with PKCE demanded, and refresh tokens that are good for one use. */
export interface OidcPeer {
  readonly issuer: string
  readonly provider: Provider
  /** Grants that were given: `authorization_code`, `refresh_token` …, in order. */
  readonly grants: string[]
  /** What it was asked: `POST /token`. */
  readonly requests: string[]
  close(): Promise<void>
}

export interface OidcOptions {
  /** Signing in begins with a request of the client's (RFC 9126). */
  pushed?: boolean
  /** Seconds that things live: `{AccessToken: 2}`. */
  ttl?: Record<string, number>
}

export async function startOidc({ pushed = false, ttl = {} }: OidcOptions = {}): Promise<OidcPeer> {
  let answer: RequestListener = (_request, response) => response.end()
  const requests: string[] = []
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url?.split('?')[0]}`)
    answer(request, response)
  })
  const issuer = await listenOn(server)
  // It has no types, and tells all the time that it is for practice only.
  const name = 'oidc-provider'
  const { console: terminal } = globalThis
  const { warn, info } = terminal
  Object.assign(terminal, { warn: () => undefined, info: () => undefined })
  const { default: Oidc } = (await import(name)) as { default: new (issuer: string, options: object) => Provider }
  const provider = new Oidc(issuer, {
    clients: [
      {
        client_id: 'native',
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        redirect_uris: ['http://127.0.0.1/callback', 'http://localhost/cb', 'http://[::1]/callback'],
        grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
        response_types: ['code'],
      },
      {
        client_id: 'machine',
        client_secret: 'a secret of 32 characters: & % +',
        redirect_uris: [],
        grant_types: ['client_credentials'],
        response_types: [],
      },
    ],
    scopes: ['openid', 'offline_access', 'read', 'write'],
    features: {
      clientCredentials: { enabled: true },
      deviceFlow: { enabled: true },
      revocation: { enabled: true, allowedPolicy: () => true },
      devInteractions: { enabled: true },
      pushedAuthorizationRequests: { enabled: pushed, requirePushedAuthorizationRequests: pushed },
    },
    findAccount: (_context: object, id: string) => ({ accountId: id, claims: () => ({ sub: id }) }),
    pkce: { required: () => true },
    rotateRefreshToken: true,
    ttl: {
      AccessToken: 600,
      ClientCredentials: 600,
      DeviceCode: 600,
      Grant: 3600,
      IdToken: 600,
      Interaction: 600,
      RefreshToken: 3600,
      Session: 3600,
      ...ttl,
    },
  })
  answer = provider.callback()
  const close = (): Promise<void> => {
    Object.assign(terminal, { warn, info })
    return closed(server)
  }
  const grants: string[] = []
  provider.on('grant.success', (context: { oidc: { params: { grant_type: string } } }) => {
    grants.push(context.oidc.params.grant_type)
  })
  return { issuer, provider, grants, requests, close }
}

const connections = new Connections({ proxy: false })

/** Asks for a page with a token, as a request of the client's would. @param abort gives it up */
export function ask(url: string, auth: HttpAuth, abort?: AbortSignal, timeout = 20_000): Promise<Incoming> {
  return authStep(auth, undefined)(
    {
      method: 'GET',
      url: new URL(url),
      headers: new HttpHeaders(),
      body: undefined,
      isForeign: false,
      isStreamed: false,
      abort: {
        get reason() {
          return abort?.reason as unknown
        },
        onAbort(handler) {
          abort?.addEventListener('abort', () => handler(abort.reason))
          return () => undefined
        },
      },
      deadline: performance.now() + timeout,
      patience: timeout,
      limit: 1 << 20,
      redirects: 0,
      retries: 0,
      trail: [],
      progress: undefined,
    },
    (request) => sendOnWire(connections, request),
  )
}

/** The body of an answer, which is JSON. */
export function jsonOf({ body }: Incoming): unknown {
  return JSON.parse(Buffer.from(body as Uint8Array).toString())
}

/** Listens on a free port of loopback; gives the origin. */
export async function listenOn(server: Server, port = 0): Promise<string> {
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

export function closed(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}

/** A page that was seen. */
export interface Page {
  readonly url: string
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** Somebody before a browser: follows redirects, keeps cookies, fills in forms. */
export class Visitor {
  readonly #jar = new CookieJar()

  open(url: string): Promise<Page> {
    return this.#ask(url)
  }

  /** Sends the form of a page. @param filled what is typed into it */
  submit(page: Page, filled: Record<string, string> = {}): Promise<Page> {
    const [, action] = /<form[^>]* action="([^"]+)"/.exec(page.text) ?? []
    if (action === undefined) throw new Error(`there is no form in:\n${page.text}`)
    const hidden = [...page.text.matchAll(/<input[^>]*type="hidden"[^>]*>/g)].map(([input]) => [
      /name="([^"]*)"/.exec(input)![1]!,
      /value="([^"]*)"/.exec(input)?.[1] ?? '',
    ])
    const body = new URLSearchParams([...(hidden as [string, string][]), ...Object.entries(filled)])
    return this.#ask(new URL(action, page.url).href, { method: 'POST', body })
  }

  /** Signs in and agrees to all; gives the page at the end. */
  async signIn(url: string, login = 'alice'): Promise<Page> {
    return await this.agree(await this.open(url), login)
  }

  /** From the page where the login is asked for. */
  async agree(page: Page, login = 'alice'): Promise<Page> {
    const asked = await this.submit(page, { login, password: 'any' })
    return await this.submit(asked)
  }

  async #ask(url: string, options: RequestInit = {}): Promise<Page> {
    let [target, init] = [url, options]
    for (let hops = 0; hops < 15; hops++) {
      const headers = { Cookie: await this.#jar.getCookieString(target) }
      const answer = await fetch(target, { ...init, headers, redirect: 'manual' })
      for (const cookie of answer.headers.getSetCookie()) await this.#jar.setCookie(cookie, target)
      const next = answer.headers.get('location')
      if (next === null)
        return { url: target, status: answer.status, headers: answer.headers, text: await answer.text() }
      await answer.arrayBuffer()
      target = new URL(next, target).href
      init = {}
    }
    throw new Error(`redirected for ever: ${target}`)
  }
}

/** What is told to the user. */
export class Told {
  readonly texts: string[] = []
  readonly #waiting = new Set<() => void>()

  constructor() {
    setReporter((text, kind) => {
      this.texts.push(kind === 'warning' ? `warning: ${text}` : text)
      for (const look of this.#waiting) look()
    })
  }

  /** What was told so far, in one text. */
  get all(): string {
    return this.texts.join('\n')
  }

  /** Waits for something that is told from now on, or was not asked for before. */
  async next(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const at = this.texts.findIndex((text) => pattern.test(text))
      if (at >= 0) return pattern.exec(this.texts.splice(at, 1)[0]!)!
      await new Promise<void>((resolve) => {
        const look = (): void => {
          this.#waiting.delete(look)
          resolve()
        }
        this.#waiting.add(look)
      })
    }
  }

  /** The URL where somebody is asked to sign in. */
  async url(): Promise<string> {
    return (await this.next(/sign in with .*? at\n?\s*(http\S+)/s))[1]!
  }

  end(): void {
    setReporter(() => undefined)
  }
}

/** As which the tests sign in. */
export function nativeOptions(peer: OidcPeer, folder: string): OAuthOptions {
  return {
    issuer: peer.issuer,
    clientId: 'native',
    scope: 'openid offline_access read',
    parameters: { prompt: 'consent' },
    browser: false,
    store: folder,
  }
}

/** Somebody has signed in. */
export async function signedIn(options: OAuthOptions, told: Told, login = 'alice'): Promise<OAuthAuth> {
  const task = oauth(options).login()
  await new Visitor().signIn(await told.url(), login)
  return await task
}

/** What is kept on disk. */
export function storedToken(auth: OAuthAuth): { access: string; refresh: string; id: string; expires: number } {
  return (JSON.parse(readFileSync(auth.file!, 'utf8')) as { token: ReturnType<typeof storedToken> }).token
}
