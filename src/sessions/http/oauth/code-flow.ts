/** A person signs in with a browser: authorization code with PKCE (RFC 6749 §4.1, RFC 7636, RFC 8252). */
import type { TokenEndpointResponse } from 'oauth4webapi'
import { report } from '../../../exchange/index.js'
import { openInBrowser } from '../../app/browser.js'
import { reasonOf, SessionError } from '../../face/session-error.js'
import { oauthError } from './oauth-error.js'
import type { Asking, OAuthServer } from './oauth-server.js'
import { type CameBack, RedirectServer } from './redirect-server.js'
import { isSecureUrl } from './secure-url.js'

/** What this login is known by, from our question to the answer: nobody else can know it. */
interface Marks {
  readonly state: string
  readonly verifier: string
  /** In the ID token, where there will be one. */
  readonly nonce: string | undefined
}

/** Has somebody sign in. */
export function codeFlow(server: OAuthServer, signal: AbortSignal): Promise<TokenEndpointResponse> {
  return server.ask(async (asking) => {
    const { oauth, settings } = asking
    const redirect = new RedirectServer(server.place, settings)
    const isOpenId = settings.issuer !== undefined && (settings.scope ?? '').split(' ').includes('openid')
    const marks: Marks = {
      state: oauth.generateRandomState(),
      verifier: oauth.generateRandomCodeVerifier(),
      nonce: isOpenId ? oauth.generateRandomNonce() : undefined,
    }
    try {
      await redirect.open(signal)
      show(server.place, await questionUrl(server, asking, redirect.uri, marks), settings.browser)
      const back = await redirect.wait(signal)
      return await exchanged(server.place, asking, back, redirect.uri, marks)
    } finally {
      redirect.close()
    }
  })
}

async function questionUrl(
  server: OAuthServer,
  asking: Asking,
  redirectUri: string,
  { state, verifier, nonce }: Marks,
): Promise<string> {
  const { oauth, as, client, auth, settings, options } = asking
  const parameters = new URLSearchParams({
    ...settings.parameters,
    client_id: settings.clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  })
  if (settings.scope !== undefined) parameters.set('scope', settings.scope)
  if (nonce !== undefined) parameters.set('nonce', nonce)
  const endpoint = endpointOf(as.authorization_endpoint, server)
  if (as.require_pushed_authorization_requests !== true) return withParameters(endpoint, parameters)
  const response = await oauth.pushedAuthorizationRequest(as, client, auth, parameters, options())
  const { request_uri } = await oauth.processPushedAuthorizationResponse(as, client, response)
  return withParameters(endpoint, new URLSearchParams({ client_id: settings.clientId, request_uri }))
}

/** A browser is started with it, so it has to be a URL of the web. */
function endpointOf(url: string | undefined, { place }: OAuthServer): URL {
  if (url === undefined)
    throw new SessionError(`${place}: the server does not tell where people sign in`, 'NO_ENDPOINT')
  if (!isSecureUrl(url)) throw new SessionError(`${place}: where people sign in is no https URL`, 'INSECURE')
  return new URL(url)
}

function withParameters(endpoint: URL, parameters: URLSearchParams): string {
  for (const [name, value] of parameters) endpoint.searchParams.set(name, value)
  return endpoint.href
}

/** The code for a token; the page says how it went. */
async function exchanged(
  place: string,
  { oauth, as, client, auth, settings, options }: Asking,
  back: CameBack,
  redirectUri: string,
  { state, verifier, nonce }: Marks,
): Promise<TokenEndpointResponse> {
  const { parameters } = back
  try {
    if (parameters.get('state') !== state)
      throw new SessionError(
        `${place}: the browser came back with the answer to another question (state): nothing of it was used; login() tries again`,
        'STATE',
      )
    // Without an issuer we cannot say whether it is the right one.
    if (settings.issuer === undefined) parameters.delete('iss')
    const checked = oauth.validateAuthResponse(as, client, parameters, state)
    const response = await oauth.authorizationCodeGrantRequest(
      as,
      client,
      auth,
      checked,
      redirectUri,
      verifier,
      options(),
    )
    const token = await oauth.processAuthorizationCodeResponse(as, client, response, {
      ...(nonce === undefined ? {} : { expectedNonce: nonce, requireIdToken: true }),
    })
    back.say('Signed in', 'You can close this window and go back to netshell.')
    return token
  } catch (error) {
    const told = oauthError(place, error)
    back.say('Not signed in', `It did not work: ${reasonOf(told, place)}`)
    throw told
  }
}

/** The URL holds no secret: the code that comes back is worth nothing without the verifier. */
function show(place: string, url: string, browser: boolean): void {
  report(`${place}: sign in with a browser of this machine at\n${url}`)
  if (browser && hasScreen()) openInBrowser(url, 'the URL above')
}

/** Elsewhere than on Linux and its like there is always one. */
function hasScreen(): boolean {
  const { DISPLAY, WAYLAND_DISPLAY, BROWSER } = process.env
  return ['darwin', 'win32'].includes(process.platform) || Boolean(DISPLAY || WAYLAND_DISPLAY || BROWSER)
}
