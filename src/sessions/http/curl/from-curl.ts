/** curl commands read: what request a command makes, as options of this client. */
import { OptionError } from '../../../exchange/index.js'
import type { FormFile } from '../multipart.js'
import { commandWords } from './command-words.js'
import { readOptions } from './curl-options.js'
import { type CallOptions, CurlRequest } from './curl-request.js'
import { type CurlState, type FormPart, newState } from './curl-state.js'

const FORM = 'application/x-www-form-urlencoded'
const JSON_TYPE = 'application/json'
/** Redirects that curl follows with -L. */
const CURL_REDIRECTS = 50

/**
 * Reads a curl command, such as a browser's "Copy as cURL" gives it. Files that it names with @ are read now, those of forms and -T when it is sent.
 * @param call what errors begin with
 * @throws OptionError for an option that is not known, and for what is more than one request
 */
export function fromCurl(command: string, call = 'http.fromCurl'): CurlRequest {
  if (typeof command !== 'string')
    throw new OptionError(`${call}: give the command as a text: ${call}('curl https://…')`)
  if (/^curl(?:\.exe)?\s+(?:-\S+\s+)*\^?"?\^"/.test(command))
    throw new OptionError(`${call}: this command is written for cmd of Windows; copy the one for bash`)
  const words = commandWords(command.trim().replace(/^\$\s+/, ''), call)
  if (!/(?:^|\/)curl(?:\.exe)?$/.test(words[0] ?? ''))
    throw new OptionError(`${call}: a curl command begins with curl, not with '${words[0] ?? ''}'`)
  const state = newState()
  readOptions(words.slice(1), state, call)
  return requestOf(state, call)
}

function requestOf(state: CurlState, call: string): CurlRequest {
  const { url, user } = urlOf(state, call)
  const hasData = state.data.length > 0 && !state.isGet
  const ways = [hasData, state.parts.length > 0, state.upload !== undefined].filter(Boolean)
  if (ways.length > 1) throw new OptionError(`${call}: give one body: -d, -F or -T`)
  const headers = [...state.headers]
  const options: CallOptions = {
    ...bodyOptions(state, headers, hasData, call),
    ...authOptions(state, user, call),
    ...connectionOptions(state, call),
    retries: state.retries ?? 0,
    // curl follows only when it is told to.
    redirects: state.isFollowing ? Math.min(state.mostRedirects ?? CURL_REDIRECTS, 100) : 0,
  }
  const shown = headersOf(headers)
  const ordered: CallOptions = { ...(Object.keys(shown).length === 0 ? {} : { headers: shown }), ...options }
  const usual = state.isHead ? 'HEAD' : state.upload !== undefined ? 'PUT' : ways.length > 0 ? 'POST' : 'GET'
  return new CurlRequest(state.method ?? usual, url, ordered, {
    isFailing: state.isFailing,
    ignored: state.ignored,
    ...(state.output === undefined ? {} : { output: state.output }),
  })
}

/** The URL, with what -G and --url-query put behind the `?`, and without the user that may be in it. */
function urlOf(state: CurlState, call: string): { url: string; user: string | undefined } {
  const [given, ...more] = state.urls
  if (given === undefined) throw new OptionError(`${call}: the URL is missing`)
  if (more.length > 0)
    throw new OptionError(`${call}: one URL at a time, not '${given}' and '${more[0]}' (quotes keep a text together)`)
  if (state.isGlobbing && /[[\]{}]/.test(given.replace(/\/\/[^/]*/, '')))
    throw new OptionError(`${call}: '${given}' stands for several URLs; with -g brackets and braces are what they are`)
  const whole = /^[a-z][a-z\d+.-]*:\/\//i.test(given) ? given : `http://${given}`
  let url: URL
  try {
    url = new URL(whole)
  } catch {
    throw new OptionError(`${call}: '${given}' is no URL`)
  }
  if (!/^https?:$/.test(url.protocol)) throw new OptionError(`${call}: ${url.protocol}// is not spoken here`)
  const user =
    url.username === '' && url.password === '' ? undefined : `${decoded(url.username)}:${decoded(url.password)}`
  url.username = ''
  url.password = ''
  url.hash = ''
  const query = [...state.query, ...(state.isGet ? state.data.map(textOf) : [])].join('&')
  if (query !== '') url.search = url.search === '' ? query : `${url.search}&${query}`
  return { url: url.href, user }
}

function bodyOptions(
  state: CurlState,
  headers: [string, string | undefined][],
  hasData: boolean,
  call: string,
): CallOptions {
  if (state.isJson) {
    if (!has(headers, 'content-type')) headers.push(['Content-Type', JSON_TYPE])
    if (!has(headers, 'accept')) headers.push(['Accept', JSON_TYPE])
  }
  if (state.upload !== undefined) {
    if (state.upload === '-' || state.upload === '.')
      throw new OptionError(`${call}: -T ${state.upload}: there is no standard input here: name a file`)
    return { file: state.upload }
  }
  if (state.parts.length > 0) return formOptions(state.parts)
  if (!hasData) return {}
  const data = joined(state)
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')
  if (typeof data === 'string') {
    const value = type?.[1] === JSON_TYPE ? exactJson(data) : undefined
    if (value !== undefined) {
      headers.splice(headers.indexOf(type!), 1)
      return { json: value }
    }
    const form = type === undefined ? exactForm(data) : undefined
    if (form !== undefined) return { form }
  }
  if (type === undefined) headers.push(['Content-Type', FORM])
  return { body: data }
}

/** Text fields and files; both kinds of one form. */
function formOptions(parts: readonly FormPart[]): CallOptions {
  const form = new Map<string, string | string[]>()
  const files = new Map<string, FormFile | FormFile[]>()
  for (const { name, content, filename, type } of parts) {
    const more = { ...(filename === undefined ? {} : { name: filename }), ...(type === undefined ? {} : { type }) }
    if ('text' in content && filename === undefined && type === undefined) add(form, name, content.text)
    else if ('text' in content) add(files, name, { data: content.text, name: '', ...more })
    else add(files, name, { path: content.file, ...more })
  }
  return { ...(form.size === 0 ? {} : { form: Object.fromEntries(form) }), files: Object.fromEntries(files) }
}

function add<T>(fields: Map<string, T | T[]>, name: string, value: T): void {
  const before = fields.get(name)
  if (before === undefined) fields.set(name, value)
  else fields.set(name, Array.isArray(before) ? [...before, value] : [before, value])
}

function authOptions(state: CurlState, inUrl: string | undefined, call: string): CallOptions {
  if (state.bearer !== undefined) return { auth: { bearer: state.bearer } }
  const user = state.user ?? inUrl
  if (user === undefined) {
    if (typeof state.netrc === 'string')
      throw new OptionError(`${call}: --netrc-file is not known; netrc: true reads ~/.netrc`)
    return state.netrc ? { netrc: true } : {}
  }
  const colon = user.indexOf(':')
  if (colon < 0) throw new OptionError(`${call}: -u ${user}: the password is missing: -u ${user}:password`)
  if (!state.isDigest) return { auth: user }
  return { auth: { user: user.slice(0, colon), password: user.slice(colon + 1), scheme: 'digest' } }
}

function connectionOptions(state: CurlState, call: string): CallOptions {
  const { tls, http2, timeout, limit } = state
  const cookies = cookiesOf(state, call)
  const proxy = proxyOf(state)
  return {
    ...(cookies === undefined ? {} : { cookies }),
    ...(Object.values(tls).some(Boolean) ? { tls } : {}),
    ...(proxy === undefined ? {} : { proxy }),
    ...(http2 === undefined ? {} : { http2 }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(limit === undefined ? {} : { limit }),
  }
}

function proxyOf({ proxy, proxyUser }: CurlState): string | false | undefined {
  if (typeof proxy !== 'string' || proxyUser === undefined) return proxy
  const url = new URL(proxy.includes('://') ? proxy : `http://${proxy}`)
  const colon = proxyUser.indexOf(':')
  url.username = encodeURIComponent(colon < 0 ? proxyUser : proxyUser.slice(0, colon))
  url.password = encodeURIComponent(colon < 0 ? '' : proxyUser.slice(colon + 1))
  return url.href
}

function cookiesOf(state: CurlState, call: string): Record<string, string> | undefined {
  if (state.cookies.length === 0) return undefined
  const cookies = new Map<string, string>()
  for (const pair of state.cookies.join(';').split(';')) {
    if (pair.trim() === '') continue
    const equals = pair.indexOf('=')
    if (equals < 0) throw new OptionError(`${call}: -b '${pair.trim()}': give name=value`)
    cookies.set(pair.slice(0, equals).trim(), pair.slice(equals + 1).trim())
  }
  return Object.fromEntries(cookies)
}

/** Names that come several times are one with a list. */
function headersOf(list: readonly [string, string | undefined][]): Record<string, string | string[] | undefined> {
  const headers = new Map<string, string | string[] | undefined>()
  const names = new Map<string, string>()
  for (const [name, value] of list) {
    const known = names.get(name.toLowerCase())
    if (known === undefined) {
      names.set(name.toLowerCase(), name)
      headers.set(name, value)
    } else if (value !== undefined) {
      const before = headers.get(known)
      headers.set(known, before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value])
    }
  }
  return Object.fromEntries(headers)
}

function has(headers: readonly [string, string | undefined][], name: string): boolean {
  return headers.some(([other]) => other.toLowerCase() === name)
}

function joined({ data }: CurlState): string | Uint8Array {
  if (data.every((piece) => typeof piece === 'string')) return data.join('&')
  const pieces = data.flatMap((piece, index) => [...(index === 0 ? [] : [Buffer.from('&')]), Buffer.from(piece)])
  return Uint8Array.from(Buffer.concat(pieces))
}

function textOf(piece: string | Uint8Array): string {
  return Buffer.from(piece).toString('utf8')
}

/** The value, where writing it gives the same text again. */
function exactJson(text: string): unknown {
  try {
    const value = JSON.parse(text) as unknown
    return JSON.stringify(value) === text ? value : undefined
  } catch {
    return undefined
  }
}

/** The fields, where writing them gives the same text again. */
function exactForm(text: string): Record<string, string | string[]> | undefined {
  const fields = new URLSearchParams(text)
  const form = new Map<string, string | string[]>()
  for (const [name, value] of fields) add(form, name, value)
  const written = [...form].flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, one]))
  return text !== '' && new URLSearchParams(written).toString() === text ? Object.fromEntries(form) : undefined
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
