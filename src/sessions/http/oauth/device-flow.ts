/** A person signs in on another device, with a code that is shown here (RFC 8628). */
import type { DeviceAuthorizationResponse, TokenEndpointResponse } from 'oauth4webapi'
import { pause, report } from '../../../exchange/index.js'
import { keepSecret } from '../../../exchange/secrets.js'
import { SessionError } from '../../face/session-error.js'
import { clipped } from './oauth-error.js'
import type { Asking, OAuthServer } from './oauth-server.js'

/** Seconds between two questions where the server names none, and how many more when it wants fewer questions (RFC 8628 §3.5). */
const INTERVAL = 5
const SLOWER = 5
/** Seconds between two questions at most while the server cannot be reached. */
const LONGEST_INTERVAL = 60

/** Of URLs that are shown nothing should be missing. */
const LONGEST_URL = 2000

/** Has somebody sign in. */
export function deviceFlow(server: OAuthServer, signal: AbortSignal): Promise<TokenEndpointResponse> {
  return server.ask(async (asking) => {
    const { oauth, as, client, auth, settings, options } = asking
    const { scope, parameters } = settings
    const all = { ...(scope === undefined ? {} : { scope }), ...parameters }
    const response = await oauth.deviceAuthorizationRequest(as, client, auth, all, options(signal))
    const code = await oauth.processDeviceAuthorizationResponse(as, client, response)
    keepSecret(code.device_code)
    show(server.place, code)
    return await token(server.place, asking, code, signal)
  })
}

function show(place: string, code: DeviceAuthorizationResponse): void {
  const whole = code.verification_uri_complete
  const shortcut = whole === undefined ? '' : `\nor open ${clipped(whole, LONGEST_URL)}`
  report(
    `${place}: sign in with any browser at ${clipped(code.verification_uri, LONGEST_URL)}\nand type the code ${clipped(code.user_code)}${shortcut}`,
  )
}

/** Asks until somebody has signed in, or will not. */
async function token(
  place: string,
  { oauth, as, client, auth, settings, options }: Asking,
  code: DeviceAuthorizationResponse,
  signal: AbortSignal,
): Promise<TokenEndpointResponse> {
  let interval = Math.max(code.interval ?? INTERVAL, 1)
  let untilNext = interval
  const end = performance.now() + Math.min(code.expires_in, settings.loginTimeout) * 1000
  for (;;) {
    await pause(untilNext * 1000, signal)
    signal.throwIfAborted()
    if (performance.now() >= end)
      throw new SessionError(
        `${place}: the code has expired before somebody signed in: login() gives another one`,
        'expired_token',
      )
    try {
      const response = await oauth.deviceCodeGrantRequest(as, client, auth, code.device_code, options(signal))
      return await oauth.processDeviceCodeResponse(as, client, response)
    } catch (error) {
      if (error instanceof oauth.ResponseBodyError) {
        if (error.error === 'slow_down') interval += SLOWER
        else if (error.error !== 'authorization_pending') throw error
        untilNext = interval
      } else if (error instanceof SessionError && NETWORK.test(error.code)) {
        // The network may come back before the code expires.
        untilNext = Math.min(untilNext * 2, LONGEST_INTERVAL)
      } else throw error
    }
  }
}

/** Codes of errors behind which the next question may be answered. */
const NETWORK = /^(ECONN|EHOST|ENET|ETIMEDOUT|EPIPE|EAI_AGAIN|TIMEOUT$|UND_ERR)/
