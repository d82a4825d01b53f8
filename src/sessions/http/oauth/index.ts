/** `http.auth.oauth`: tokens of OAuth 2. */
import { OAuthAuth } from './oauth-auth.js'
import { type OAuthOptions, settingsOf } from './oauth-options.js'

export { OAuthAuth } from './oauth-auth.js'
export type { OAuthFlow, OAuthOptions } from './oauth-options.js'

/**
 * Proves who asks with tokens of OAuth 2. Nothing is asked before the first request, or `login()`.
 * @throws OptionError for options that are wrong, or do not go together
 */
export function oauth(options: OAuthOptions): OAuthAuth {
  return new OAuthAuth(settingsOf(options))
}
