/** The server that gives tokens: where it is asked, and as whom. */
import type { AuthorizationServer, Client, ClientAuth, HttpRequestOptions, TokenEndpointResponse } from 'oauth4webapi'
import { SessionError } from '../../face/session-error.js'
import { oauthError } from './oauth-error.js'
import { type OAuthFetch, oauthFetch } from './oauth-fetch.js'
import type { OAuthSettings } from './oauth-options.js'

/** The library as it is when it is loaded. */
export type Library = typeof import('oauth4webapi')

/** What is asked of a server, with the library and what its functions take. */
export interface Asking {
  readonly oauth: Library
  readonly as: AuthorizationServer
  readonly client: Client
  readonly auth: ClientAuth
  readonly settings: OAuthSettings
  /** Options of each request. @param signal gives it up */
  options<M, B>(signal?: AbortSignal): HttpRequestOptions<M, B>
}

/** Where tokens come from. It is asked for its URLs once, when they are needed first. */
export class OAuthServer {
  readonly #fetch: OAuthFetch
  #asking: Promise<Asking> | undefined

  constructor(
    readonly place: string,
    readonly settings: OAuthSettings,
  ) {
    this.#fetch = oauthFetch(place, settings)
  }

  /** Does something with it. @throws SessionError in words for whatever goes wrong there */
  async ask<T>(work: (asking: Asking) => Promise<T>): Promise<T> {
    try {
      this.#asking ??= this.#prepared()
      const asking = await this.#asking.catch((error: unknown) => {
        // The next one tries again.
        this.#asking = undefined
        throw error
      })
      return await work(asking)
    } catch (error) {
      throw oauthError(this.place, error)
    }
  }

  /** A token for the client itself (RFC 6749 §4.4). */
  clientCredentials(): Promise<TokenEndpointResponse> {
    return this.ask(async ({ oauth, as, client, auth, settings, options }) => {
      const { scope, parameters } = settings
      const all = { ...(scope === undefined ? {} : { scope }), ...parameters }
      const response = await oauth.clientCredentialsGrantRequest(as, client, auth, all, options())
      return oauth.processClientCredentialsResponse(as, client, response)
    })
  }

  /** Another token for a refresh token (RFC 6749 §6). */
  refresh(refreshToken: string): Promise<TokenEndpointResponse> {
    return this.ask(async ({ oauth, as, client, auth, options }) => {
      const response = await oauth.refreshTokenGrantRequest(as, client, auth, refreshToken, options())
      return oauth.processRefreshTokenResponse(as, client, response)
    })
  }

  /** Has tokens made worthless (RFC 7009). @returns whether the server does such */
  revoke(tokens: readonly string[]): Promise<boolean> {
    return this.ask(async ({ oauth, as, client, auth, options }) => {
      if (as.revocation_endpoint === undefined) return false
      for (const token of tokens)
        await oauth.processRevocationResponse(await oauth.revocationRequest(as, client, auth, token, options()))
      return true
    })
  }

  async #prepared(): Promise<Asking> {
    const { settings } = this
    const oauth = await import('oauth4webapi')
    const options = <M, B>(signal?: AbortSignal): HttpRequestOptions<M, B> => ({
      [oauth.customFetch]: this.#fetch as never,
      // Ours looks at each URL itself: http on this machine is fine.
      [oauth.allowInsecureRequests]: true,
      ...(signal === undefined ? {} : { signal }),
    })
    const as = { ...(await this.#metadata(oauth, options)), ...endpointsOf(settings) }
    return {
      oauth,
      as,
      client: { client_id: settings.clientId },
      auth: clientAuth(oauth, settings, as),
      settings,
      options,
    }
  }

  /** What the server tells of itself: as OpenID Connect has it, else as RFC 8414 does. */
  async #metadata(oauth: Library, options: Asking['options']): Promise<AuthorizationServer> {
    const { issuer, server } = this.settings
    if (issuer === undefined) return { issuer: server }
    const url = new URL(issuer)
    let response = await oauth.discoveryRequest(url, { ...options(), algorithm: 'oidc' })
    if (response.status === 404) response = await oauth.discoveryRequest(url, { ...options(), algorithm: 'oauth2' })
    if (response.status === 404)
      throw new SessionError(
        `${this.place}: it tells no URLs (.well-known/openid-configuration, .well-known/oauth-authorization-server): is the issuer right? Else give tokenEndpoint and the others`,
        'DISCOVERY',
      )
    return await oauth.processDiscoveryResponse(url, response)
  }
}

function endpointsOf(settings: OAuthSettings): Partial<AuthorizationServer> {
  const given = {
    authorization_endpoint: settings.authorizationEndpoint,
    token_endpoint: settings.tokenEndpoint,
    device_authorization_endpoint: settings.deviceEndpoint,
    revocation_endpoint: settings.revocationEndpoint,
  }
  return Object.fromEntries(Object.entries(given).filter(([, url]) => url !== undefined))
}

/** In a header where nothing else is said, as RFC 6749 §2.3.1 and RFC 8414 §2 have it. */
function clientAuth(oauth: Library, { clientSecret, clientAuth }: OAuthSettings, as: AuthorizationServer): ClientAuth {
  if (clientSecret === undefined) return oauth.None()
  const ways = as.token_endpoint_auth_methods_supported ?? []
  const isPost =
    clientAuth === undefined
      ? ways.includes('client_secret_post') && !ways.includes('client_secret_basic')
      : clientAuth === 'post'
  return isPost ? oauth.ClientSecretPost(clientSecret) : oauth.ClientSecretBasic(clientSecret)
}
