/** Options of `http.auth.oauth`. */
import { OptionError } from '../../../exchange/index.js'
import { keepSecret } from '../../../exchange/secrets.js'
import {
  checkTable,
  FLAG,
  type OptionKind,
  type OptionTable,
  oneOf,
  positive,
  text,
  wholeNumber,
} from '../../../tools/option-kinds.js'
import { TLS, type TlsClientOptions } from '../../tls/tls-options.js'
import { isSecureUrl } from './secure-url.js'

/** How a token is got first: by a person in a browser, by a person with a code on another device, by the client itself, or from a refresh token. */
export type OAuthFlow = 'code' | 'device' | 'client' | 'refresh'

export interface OAuthOptions {
  /** URL of the server that gives tokens: it tells its other URLs. */
  issuer?: string
  /** Its URLs, where it does not tell them, or others are to be used. */
  authorizationEndpoint?: string
  tokenEndpoint?: string
  deviceEndpoint?: string
  revocationEndpoint?: string
  /** As which this client is known there. */
  clientId: string
  clientSecret?: string
  /** How the secret is sent: in a header or in the body. Unset: as the server says that it takes it. */
  clientAuth?: 'basic' | 'post'
  /** What the token is to be good for: names with spaces between, or a list. */
  scope?: string | readonly string[]
  /** Unset: 'refresh' with a refreshToken, else 'code'. */
  flow?: OAuthFlow
  /** A refresh token from elsewhere. */
  refreshToken?: string
  /** Further parameters of the first request: `{audience: …, prompt: 'consent'}`. */
  parameters?: Readonly<Record<string, string>>
  /** Port that the browser is sent back to; 0, the default: a free one. */
  redirectPort?: number
  /** Path that it is sent back to. Default '/callback'. */
  redirectPath?: string
  /** Host in that URL, as the server knows it. Default '127.0.0.1'. */
  redirectHost?: '127.0.0.1' | '::1' | 'localhost'
  /** Start a browser where there is a screen. Default true; the URL is printed anyway. */
  browser?: boolean
  /** Seconds that a person has to sign in. Default 300. */
  loginTimeout?: number
  /** Keep tokens on disk: true, false, or the folder. Default true, for flow 'client' false. */
  store?: boolean | string
  /** TLS of requests to the server. */
  tls?: TlsClientOptions
}

/** The same with all that was left out. */
export interface OAuthSettings extends OAuthOptions {
  readonly flow: OAuthFlow
  readonly scope: string | undefined
  readonly parameters: Readonly<Record<string, string>>
  readonly redirectPort: number
  readonly redirectPath: string
  readonly redirectHost: '127.0.0.1' | '::1' | 'localhost'
  readonly browser: boolean
  readonly loginTimeout: number
  readonly store: boolean | string
  /** The server as people know it: its issuer, else the URL of its tokens. */
  readonly server: string
}

const NAME = 'http.auth.oauth'

const ENDPOINT: OptionKind = {
  takes: 'an https URL (http only on this machine)',
  accepts: (value) => typeof value === 'string' && isSecureUrl(value),
}

/** RFC 6749 §3.3. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/

const TABLE: OptionTable<OAuthOptions> = {
  issuer: ENDPOINT,
  authorizationEndpoint: ENDPOINT,
  tokenEndpoint: ENDPOINT,
  deviceEndpoint: ENDPOINT,
  revocationEndpoint: ENDPOINT,
  clientId: text('a text'),
  clientSecret: secret(),
  clientAuth: oneOf('basic', 'post'),
  scope: {
    takes: "names with spaces between, such as 'read write', or a list of them",
    accepts: (value) => SCOPE.test(Array.isArray(value) ? value.join(' ') : String(value)),
  },
  flow: oneOf('code', 'device', 'client', 'refresh'),
  refreshToken: secret(),
  parameters: {
    takes: 'an object of names and texts',
    accepts: (value) =>
      typeof value === 'object' && value !== null && Object.values(value).every((each) => typeof each === 'string'),
  },
  redirectPort: wholeNumber(0, 65535),
  redirectPath: {
    takes: "a path such as '/callback'",
    accepts: (value) => typeof value === 'string' && /^\/[\w\-./~]*$/.test(value),
  },
  redirectHost: oneOf('127.0.0.1', '::1', 'localhost'),
  browser: FLAG,
  loginTimeout: positive('seconds'),
  store: {
    takes: 'true, false or the name of a folder',
    accepts: (value) => typeof value === 'boolean' || (typeof value === 'string' && value !== ''),
  },
  tls: TLS,
}

/** A text that no error may repeat. */
function secret(): OptionKind {
  return {
    takes: 'a text',
    accepts: (value) => {
      if (typeof value === 'string' && value !== '') return true
      throw new OptionError(`${NAME}: clientSecret and refreshToken must be texts`)
    },
  }
}

/** @throws OptionError for what is missing, unknown or does not fit together */
export function settingsOf(given: OAuthOptions): OAuthSettings {
  if (typeof given !== 'object' || given === null)
    throw new OptionError(`${NAME}: give options, such as {issuer: 'https://login.example.com', clientId: 'netshell'}`)
  checkTable(NAME, given, TABLE)
  for (const value of [given.clientSecret, given.refreshToken]) if (value !== undefined) keepSecret(value)
  const { issuer, tokenEndpoint, clientId, scope } = given
  if (clientId === undefined) throw new OptionError(`${NAME}: clientId is missing: as what this client is known there`)
  const flow = given.flow ?? (given.refreshToken === undefined ? 'code' : 'refresh')
  const server = issuer ?? tokenEndpoint
  if (server === undefined) throw new OptionError(`${NAME}: give the issuer, or the tokenEndpoint`)
  for (const [needing, endpoint] of NEEDS)
    if (flow === needing && issuer === undefined && given[endpoint] === undefined)
      throw new OptionError(`${NAME}: flow '${flow}' needs the ${endpoint}, or the issuer, which tells it`)
  if (flow === 'client' && given.clientSecret === undefined)
    throw new OptionError(`${NAME}: flow 'client' needs the clientSecret`)
  if (flow === 'refresh' && given.refreshToken === undefined)
    throw new OptionError(`${NAME}: flow 'refresh' needs a refreshToken`)
  return {
    ...given,
    flow,
    server,
    scope: typeof scope === 'string' || scope === undefined ? scope : scope.join(' '),
    parameters: { ...given.parameters },
    redirectPort: given.redirectPort ?? 0,
    redirectPath: given.redirectPath ?? '/callback',
    redirectHost: given.redirectHost ?? '127.0.0.1',
    browser: given.browser ?? true,
    loginTimeout: given.loginTimeout ?? 300,
    store: given.store ?? flow !== 'client',
  }
}

const NEEDS = [
  ['code', 'authorizationEndpoint'],
  ['device', 'deviceEndpoint'],
] as const
