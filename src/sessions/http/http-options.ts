/** Options of requests, and of the sessions whose defaults they are. */
import { OptionError } from '../../exchange/index.js'
import {
  ANYTHING,
  checkTable,
  FLAG,
  functionOf,
  type OptionKind,
  type OptionTable,
  wholeNumber,
} from '../../tools/option-kinds.js'
import { HISTORY } from '../face/history.js'
import { TLS, type TlsClientOptions } from '../tls/tls-options.js'
import type { AuthOption } from './auth/auth-option.js'
import type { CredentialsOption } from './auth/credentials.js'
import type { CacheOption } from './cache/http-cache.js'
import type { CookiesOption } from './cookies.js'
import type { HeadersInit } from './headers.js'
import type { FilesOption } from './multipart.js'
import type { ProxyChoice } from './proxy.js'
import type { BodySource } from './request-body.js'

/** Query parameters: a value that is a list comes several times, undefined and null are left out; or the text behind the `?`. */
export type ParamsOption = Record<string, unknown> | URLSearchParams | string

/** What requests of a session have in common; each call may say it otherwise. */
export interface HttpDefaults {
  /** Query parameters. */
  params?: ParamsOption
  /** Header fields. */
  headers?: HeadersInit
  /** Who asks: 'user:password', ['user', 'password'], {bearer: token}, what functions of `http.auth` give; false: nobody. */
  auth?: AuthOption
  /** Seconds that all of it may take: redirects, attempts, the body. Of a download: without a byte. Default 30; 0: any time. */
  timeout?: number
  /** Attempts behind the first, where that is safe. Default 2. */
  retries?: number
  /** Redirects that are followed. Default 10; of HEAD 0. */
  redirects?: number
  /** Bytes of an answer in memory, compressed and not. Default 64 MiB. */
  limit?: number
}

/** What a session has besides. */
export interface HttpSessionOptions extends HttpDefaults {
  /** What relative URLs are relative to: `'https://api.example.com/v1/'`. */
  base?: string
  /** Credentials by URL prefix: {'https://api.example.com/v1/': 'user:password'}. */
  credentials?: CredentialsOption
  /** Cookies: {name: value} for the base, or the name of a file in which they are kept. Default: in memory. */
  cookies?: CookiesOption
  /** Answers kept on disk as RFC 9111 says: true, or a folder. Default: none. */
  cache?: CacheOption
  /** The certificates that are trusted, and our own. */
  tls?: TlsClientOptions
  /** A proxy's URL; false: none. Default: what the environment says (https_proxy, no_proxy …). */
  proxy?: ProxyChoice
  /** HTTP/2 with servers that have it. Default false. */
  http2?: boolean
  /** Look for passwords in ~/.netrc. Default false. */
  netrc?: boolean
  /** Exchanges that `history` and `har` keep. Default 100. */
  history?: number
}

/** Options of one request. */
export interface HttpOptions extends HttpDefaults {
  /** Sent as JSON. */
  json?: unknown
  /** Sent as a form; with `files` as its text fields. */
  form?: Record<string, unknown>
  /** Files of a form: a path, several, {field: path}, {field: {name, type, data}}. They are read while they are sent. */
  files?: FilesOption
  /** Sent as it is: text, bytes, a stream. */
  body?: BodySource
  /** A file that is sent as it is. */
  file?: string
  /** Cookies of this request alone: {name: value}. */
  cookies?: Record<string, string>
  /** Of this call alone. */
  tls?: TlsClientOptions
  proxy?: ProxyChoice
  http2?: boolean
  cache?: CacheOption
  netrc?: boolean
  /** Called while a body goes out or comes in: direction ('up', 'down'), bytes so far, bytes in all or undefined. */
  progress?: (direction: 'up' | 'down', done: number, total: number | undefined) => void
}

const TIMEOUT: OptionKind = {
  takes: 'a number of seconds, 0 (any time) or more',
  accepts: (value) => typeof value === 'number' && value >= 0 && value < 2_000_000,
}

const DEFAULTS_TABLE: OptionTable<HttpDefaults> = {
  params: ANYTHING,
  headers: ANYTHING,
  auth: ANYTHING,
  timeout: TIMEOUT,
  retries: wholeNumber(0, 100),
  redirects: wholeNumber(0, 100),
  limit: wholeNumber(0),
}

const CONNECTION: OptionTable<Pick<HttpSessionOptions, 'tls' | 'proxy' | 'http2' | 'cache' | 'netrc'>> = {
  tls: TLS,
  proxy: {
    takes: "a proxy's URL, or false",
    accepts: (value) => value === false || (typeof value === 'string' && value !== ''),
  },
  http2: FLAG,
  cache: ANYTHING,
  netrc: FLAG,
}

/** Also for calls that are built on requests, and have options of their own besides. */
export const REQUEST_TABLE: OptionTable<HttpOptions> = {
  ...DEFAULTS_TABLE,
  ...CONNECTION,
  json: ANYTHING,
  form: ANYTHING,
  files: ANYTHING,
  body: ANYTHING,
  file: { takes: 'the name of a file', accepts: (value) => typeof value === 'string' && value !== '' },
  cookies: { takes: 'an object of names and values', accepts: (value) => typeof value === 'object' && value !== null },
  progress: functionOf('direction, bytes and total'),
}

const SESSION_TABLE: OptionTable<HttpSessionOptions> = {
  ...DEFAULTS_TABLE,
  ...CONNECTION,
  base: { takes: "a URL such as 'https://api.example.com/'", accepts: (value) => typeof value === 'string' },
  credentials: ANYTHING,
  cookies: ANYTHING,
  history: HISTORY,
}

/** @throws OptionError for options that requests do not have, and values that they do not take */
export function checkRequestOptions(call: string, options: HttpOptions): void {
  checkTable(call, options, REQUEST_TABLE)
}

/** @throws OptionError for options that sessions do not have, and values that they do not take */
export function checkSessionOptions(call: string, options: HttpSessionOptions): void {
  checkTable(call, options, SESSION_TABLE)
}

/**
 * The URL that is meant: relative ones are taken from the base, and a host alone is asked by https (http where it is this machine).
 * @throws OptionError for what is no URL
 */
export function urlOf(call: string, given: string | URL, base: string | URL | undefined): URL {
  if (typeof given !== 'string' && !(given instanceof URL))
    throw new OptionError(`${call}: give a URL, such as 'https://example.com/'`)
  const text = String(given).trim()
  let url: URL
  try {
    url = base === undefined ? new URL(withScheme(text)) : new URL(text, base)
  } catch {
    throw new OptionError(
      `${call}: '${text.replace(/\/\/[^/]*@/, '//')}' is no URL${base === undefined ? ": write it as 'https://host/path'; a session with a base takes relative ones" : ''}`,
    )
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new OptionError(`${call}: ${url.protocol}// is not spoken here, only http:// and https://`)
  return url
}

/** `example.com/x`, as people type it. */
function withScheme(text: string): string {
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(text) || !/^[\w.[\]-]+(?::\d+)?(?:[/?#]|$)/.test(text)) return text
  const isHere = /^(?:localhost|127\.|\[::1\])/i.test(text)
  return `${isHere ? 'http' : 'https'}://${text}`
}

/** Adds parameters to a URL's query. @throws OptionError for what are none */
export function addParams(call: string, url: URL, params: ParamsOption | undefined): void {
  if (params === undefined) return
  if (typeof params === 'string' || params instanceof URLSearchParams) {
    const more = String(params).replace(/^\?/, '')
    if (more !== '') url.search = url.search === '' ? more : `${url.search}&${more}`
    return
  }
  if (typeof params !== 'object' || params === null || Array.isArray(params))
    throw new OptionError(`${call}: params must be an object of names and values, or the text behind the '?'`)
  for (const [name, value] of fieldsOf(params)) url.searchParams.append(name, value)
}

/** Fields of a query or a form: lists come several times, undefined and null not at all. */
export function fieldsOf(object: Record<string, unknown>): [string, string][] {
  const fields: [string, string][] = []
  for (const [name, value] of Object.entries(object))
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value])
      if (one !== undefined && one !== null) fields.push([name, one instanceof Date ? one.toISOString() : String(one)])
  return fields
}
