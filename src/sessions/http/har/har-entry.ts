/** One exchange as an entry of a HAR file. */
import type { HttpResponse } from '../response.js'
import {
  isSecretHeader,
  isSecretName,
  LEFT_OUT,
  withoutPassword,
  withoutSecretPairs,
  withoutSecretQuery,
  withoutSecretUrls,
} from '../secret-headers.js'
import type { HarCookie, HarEntry, HarPair, HarRequest, HarResponse, HarTimings } from './har-format.js'

/** What an entry is made of. */
export interface Exchange {
  response: HttpResponse
  started: Date
  /** Milliseconds of the whole, from when it started. */
  total: number
}

/** @param secrets whether passwords, tokens and cookies are written down */
export function harEntry({ response, started, total }: Exchange, secrets: boolean): HarEntry {
  const timings = timingsOf(response, total)
  const { blocked, dns, connect, send, wait, receive } = timings
  const address = addressOf(response.remote)
  return {
    startedDateTime: started.toISOString(),
    time: rounded([blocked, dns, connect, send, wait, receive].reduce((sum, part) => sum + Math.max(0, part), 0)),
    request: requestOf(response, secrets),
    response: responseOf(response, secrets),
    cache: {},
    timings,
    ...(address === undefined ? {} : { serverIPAddress: address }),
  }
}

function requestOf(response: HttpResponse, secrets: boolean): HarRequest {
  const { method, url: whole, headers, text: body } = response.request
  const type = headers.get('content-type')
  const url = secrets ? whole : withoutSecretQuery(withoutPassword(whole))
  const text = secrets || body === undefined ? body : withoutSecretFields(body, type)
  const length = Number(headers.get('content-length') ?? Number.NaN)
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(type ?? '')
  return {
    method,
    url,
    httpVersion: versionText(response.version),
    cookies: secrets ? cookiesSent(headers.get('cookie')) : [],
    headers: pairs(headers, secrets),
    queryString: pairs(new URL(url).searchParams, true),
    ...(text === undefined
      ? {}
      : {
          postData: {
            mimeType: type ?? '',
            text,
            ...(isForm ? { params: pairs(new URLSearchParams(text), true) } : {}),
          },
        }),
    headersSize: -1,
    bodySize:
      body !== undefined ? Buffer.byteLength(body) : Number.isInteger(length) ? length : type === undefined ? 0 : -1,
  }
}

function responseOf(response: HttpResponse, secrets: boolean): HarResponse {
  const { status, statusText, rawHeaders, bytes, isText } = response
  const all = rawHeaders.map(([name, value]) => [name.toLowerCase(), value] as const)
  const fieldOf = (name: string): string | undefined => all.find(([other]) => other === name)?.[1]
  const sent = Number(fieldOf('content-length') ?? Number.NaN)
  const hasBody = response.method !== 'HEAD' && Number.isInteger(sent)
  const isPacked = (fieldOf('content-encoding') ?? 'identity') !== 'identity'
  return {
    status,
    statusText,
    httpVersion: versionText(response.version),
    cookies: secrets ? all.filter(([name]) => name === 'set-cookie').map(([, value]) => cookieSet(value)) : [],
    headers: pairs(rawHeaders, secrets),
    content: {
      size: bytes.length,
      ...(isPacked && hasBody ? { compression: bytes.length - sent } : {}),
      mimeType: fieldOf('content-type') ?? 'x-unknown',
      ...(bytes.length === 0
        ? {}
        : isText
          ? { text: secrets ? response.text() : withoutSecretFields(response.text(), fieldOf('content-type')) }
          : { text: Buffer.from(bytes).toString('base64'), encoding: 'base64' as const }),
    },
    redirectURL:
      status >= 300 && status < 400
        ? secrets
          ? (fieldOf('location') ?? '')
          : withoutSecretUrls('location', fieldOf('location') ?? '')
        : '',
    headersSize: -1,
    bodySize: response.source !== 'network' ? 0 : hasBody ? sent : response.method === 'HEAD' ? 0 : -1,
  }
}

function timingsOf({ timing }: HttpResponse, total: number): HarTimings {
  const { dns, tcp, tls, firstByte } = timing
  const hasConnected = tcp + tls > 0
  const wait = Math.max(0, firstByte - dns - tcp - tls)
  return {
    blocked: -1,
    dns: dns > 0 ? dns : -1,
    connect: hasConnected ? rounded(tcp + tls) : -1,
    send: 0,
    wait: rounded(wait),
    receive: rounded(Math.max(0, total - Math.max(firstByte, dns + tcp + tls))),
    ssl: tls > 0 ? tls : -1,
  }
}

function pairs(list: Iterable<[string, string]>, secrets: boolean): HarPair[] {
  if (secrets) return [...list].map(([name, value]) => ({ name, value }))
  return [...list]
    .filter(([name]) => !isSecretHeader(name))
    .map(([name, value]) => ({ name, value: withoutSecretUrls(name, value) }))
}

/** Values that are secret by their names are left out of a body: a form, or JSON. Other texts stay as they are. */
function withoutSecretFields(text: string, type = ''): string {
  if (/^application\/x-www-form-urlencoded\b/i.test(type)) return withoutSecretPairs(text)
  if (!/[/+]json\b/i.test(type)) return text
  let isChanged = false
  try {
    const value: unknown = JSON.parse(text, (name, part: unknown) => {
      if (!isSecretName(name) || (typeof part !== 'string' && typeof part !== 'number')) return part
      isChanged = true
      return LEFT_OUT
    })
    return isChanged ? JSON.stringify(value) : text
  } catch {
    return text
  }
}

function cookiesSent(header: string | undefined): HarCookie[] {
  return (header ?? '')
    .split(';')
    .filter((pair) => pair.trim() !== '')
    .map(cookieOf)
}

/** RFC 6265 §5.2. */
function cookieSet(header: string): HarCookie {
  const [first = '', ...attributes] = header.split(';')
  const cookie = cookieOf(first)
  for (const attribute of attributes) {
    const { name, value } = cookieOf(attribute)
    const lower = name.toLowerCase()
    if (lower === 'path' || lower === 'domain') cookie[lower] = value
    else if (lower === 'httponly') cookie.httpOnly = true
    else if (lower === 'secure') cookie.secure = true
    else if (lower === 'expires' && !Number.isNaN(Date.parse(value))) cookie.expires = new Date(value).toISOString()
  }
  return cookie
}

function cookieOf(text: string): HarCookie {
  const equals = text.indexOf('=')
  return equals < 0
    ? { name: text.trim(), value: '' }
    : { name: text.slice(0, equals).trim(), value: text.slice(equals + 1).trim() }
}

/** `HTTP/1.1`, `HTTP/2`. */
function versionText(version: string): string {
  return `HTTP/${version}`
}

/** Without port and brackets. */
function addressOf(remote: string | undefined): string | undefined {
  return remote?.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000
}
