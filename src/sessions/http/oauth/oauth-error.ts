/** What goes wrong with servers that give tokens, told in words. */
import { Interrupted, OptionError, printable } from '../../../exchange/index.js'
import { SessionError, sessionError } from '../../face/session-error.js'

/** RFC 6749 §4.1.2.1 and §5.2, RFC 8628 §3.5. */
const WORDS: Readonly<Record<string, string>> = {
  access_denied: 'the request was denied, there or by the person who was asked',
  expired_token: 'the code has expired before somebody signed in: login() gives another one',
  invalid_client: 'the server does not know this client, or its secret is wrong',
  invalid_grant: 'what was shown is not good any more: sign in again',
  invalid_request: 'the server misses something in the request, or does not like it',
  invalid_scope: 'the server does not give this scope',
  unauthorized_client: 'this client may not get tokens in this way (flow)',
  unsupported_grant_type: 'the server does not give tokens in this way (flow)',
  server_error: 'the server has an error',
  temporarily_unavailable: 'the server is busy: try again later',
}

/** Longer descriptions by servers are cut. */
const LONGEST = 300

/** The errors of oauth4webapi that are looked at: by what they carry. */
interface LibraryError {
  code?: string
  /** Of an answer with an error: RFC 6749's names. */
  error?: string
  error_description?: string
  status?: number
  message: string
  cause?: unknown
}

/** An error of the library, or of the system, as one of a session; its code is the one of OAuth: `invalid_grant`. */
export function oauthError(place: string, thrown: unknown): Error {
  if (thrown instanceof SessionError || thrown instanceof Interrupted || thrown instanceof OptionError) return thrown
  const { code = '', error, error_description: description, message, cause } = (thrown ?? {}) as LibraryError
  if (typeof error === 'string') {
    const said = typeof description === 'string' ? `: ${clipped(description)}` : ''
    const name = clipped(error)
    const words = WORDS[error]
    return new SessionError(`${place}: ${words === undefined ? name : `${words} (${name})`}${said}`, name)
  }
  if (code === 'ERR_INVALID_URL') return new SessionError(`${place}: the server tells something that is no URL`, code)
  if (!code.startsWith('OAUTH_')) return sessionError(place, thrown)
  return new SessionError(`${place}: ${libraryWords(code, message, cause)}`, code)
}

function libraryWords(code: string, message: string, cause: unknown): string {
  const { attribute, status } = (cause ?? {}) as { attribute?: string; status?: number }
  if (code === 'OAUTH_MISSING_SERVER_METADATA')
    return `the server does not tell its ${clipped(attribute ?? 'endpoint')}: it does not offer this, or the option has to say it`
  if (code === 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED' && attribute === 'issuer')
    return 'the server calls itself by another name: the issuer must be written as it writes it, to the last slash'
  if (code === 'OAUTH_RESPONSE_IS_NOT_JSON' || code === 'OAUTH_PARSE_ERROR')
    return 'the answer is no JSON: is that the right URL?'
  if (code === 'OAUTH_RESPONSE_IS_NOT_CONFORM' && status !== undefined)
    return `the answer has status ${status}${status === 404 ? ': is that the right URL?' : ''}`
  return clipped(message)
}

/** What a server said, fit to be printed. */
export function clipped(text: string, longest = LONGEST): string {
  const line = printable(text).replace(/\s+/g, ' ').trim()
  return line.length > longest ? `${line.slice(0, longest)}…` : line
}
